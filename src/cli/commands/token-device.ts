import { Command } from 'commander';
import { issueDeviceToken } from '../../auth/device-tokens.ts';
import { validName } from '../targets.ts';
import { addExamples } from '../examples.ts';
import { lifetimeSeconds } from '../option-values.ts';
import { readTokenKey } from '../pki/token-key.ts';
import { print } from '../../terminal/terminal.ts';

type Options = { readonly key: string; readonly expires?: number };

/** `muster token device` */
export function tokenDeviceCommand(): Command {
  const command = new Command('device')
    .description('issue a device a token, without a server')
    .argument('<name>', 'name of the device')
    .requiredOption('--key <file>', 'Ed25519 private key that signs it, as `muster pki token-key` makes one')
    .option(
      '--expires <lifetime>',
      'after how long it is refused, such as 90d or 12h; never if not given',
      lifetimeSeconds,
    )
    .action(issue);
  command.addHelpText(
    'after',
    '\nThe service accepts it if MUSTER_DEVICE_TOKEN_KEYS holds the public key. The device sends it as Authorization: Bearer TOKEN.\nIt cannot be called back one by one: let it expire, or change the key.',
  );
  return addExamples(command, [
    { line: 'muster token device gateway-0017 --key pki/device-token.key --expires 90d' },
    { line: 'muster token device gateway-0017 --key pki/device-token.key > gateway-0017.token' },
  ]);
}

async function issue(name: string, { key, expires }: Options): Promise<void> {
  const token = await issueDeviceToken(validName(name), {
    key: await readTokenKey(key),
    now: new Date(),
    lifetimeSeconds: expires,
  });
  print(token);
}
