import { Command } from 'commander';
import { addExamples } from '../examples.ts';
import { tokenCreateCommand } from './token-create.ts';
import { tokenDeviceCommand } from './token-device.ts';

/** `muster token`: tokens that need no server to be made. */
export function tokenCommand(): Command {
  const command = new Command('token')
    .description('issue tokens')
    .addCommand(tokenCreateCommand())
    .addCommand(tokenDeviceCommand());
  return addExamples(command, [
    { line: 'muster token create restore-tool --role restorer --expires 365d' },
    { line: 'muster token device gateway-0017 --key pki/device-token.key --expires 90d' },
  ]);
}
