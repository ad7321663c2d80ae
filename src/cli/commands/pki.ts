import { Command } from 'commander';
import { addExamples } from '../examples.ts';
import { pkiDeviceCommand } from './pki-device.ts';
import { pkiInitCommand } from './pki-init.ts';
import { pkiTokenKeyCommand } from './pki-token-key.ts';

/** `muster pki`: certificates and keys for trials. */
export function pkiCommand(): Command {
  const command = new Command('pki')
    .description('make certificates and keys, for trials')
    .addCommand(pkiInitCommand())
    .addCommand(pkiDeviceCommand())
    .addCommand(pkiTokenKeyCommand());
  return addExamples(command, [
    { line: 'muster pki init --host muster.example.com' },
    { line: 'muster pki device gateway-0017 gateway-0018' },
  ]);
}
