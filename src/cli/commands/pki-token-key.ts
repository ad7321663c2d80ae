import { Command } from 'commander';
import { addExamples } from '../examples.ts';
import { newTokenKeys } from '../pki/token-key.ts';
import { writeNewFiles } from '../pki/trial-files.ts';
import { print } from '../../terminal/terminal.ts';

/** `muster pki token-key` */
export function pkiTokenKeyCommand(): Command {
  const command = new Command('token-key')
    .description('make the pair of keys that signs and checks device tokens')
    .option('--key <file>', 'where to put the private key; the public one goes beside it, as .pub', 'device-token.key')
    .action(makeKeys);
  command.addHelpText(
    'after',
    '\nThe public keys of several pairs may stand in the one file of MUSTER_DEVICE_TOKEN_KEYS: to change keys, add the new one,\nissue new tokens, then take the old one out.',
  );
  return addExamples(command, [
    { line: 'muster pki token-key' },
    { line: 'muster pki token-key --key pki/device-token-2027.key' },
  ]);
}

async function makeKeys({ key }: { readonly key: string }): Promise<void> {
  const publicKey = `${key.replace(/\.key$/, '')}.pub`;
  const keys = newTokenKeys();
  await writeNewFiles([
    { path: key, text: keys.privateKey, secret: true },
    { path: publicKey, text: keys.publicKey, secret: false },
  ]);
  print(
    `${key} signs device tokens: muster token device NAME --key ${key}\n${publicKey} checks them: set MUSTER_DEVICE_TOKEN_KEYS=${publicKey}`,
  );
}
