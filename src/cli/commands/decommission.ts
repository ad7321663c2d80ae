import { Command, Option } from 'commander';
import {
  deviceDecommissionTargetTypeSchema,
  type DeviceDecommission,
} from '../../domain/resources/device-decommission.ts';
import { answerOf } from '../../client/api-client.ts';
import { suggestWords } from '../completion/command-tree.ts';
import { apiOf } from '../connection.ts';
import { addExamples } from '../examples.ts';
import { UsageError } from '../../client/failures.ts';
import { deviceKind } from '../resources/device-kind.ts';
import { parseTarget } from '../targets.ts';
import { print } from '../../terminal/terminal.ts';

/** `muster decommission` */
export function decommissionCommand(): Command {
  const target = new Option('--target <what>', 'what the device is asked to do')
    .choices(deviceDecommissionTargetTypeSchema.options)
    .default('Unenroll');
  const command = new Command('decommission')
    .description('decommission a device: it is asked to leave, and no restore waits for it from then on')
    .argument('<device...>', 'device NAME or device/NAME')
    .addOption(target)
    .action(decommission);
  return addExamples(suggestWords(command, ['device']), [
    { line: 'muster decommission device gateway-0017', about: 'writes it off if it is never coming back' },
    { line: 'muster decommission device/gateway-0017 --target FactoryReset' },
  ]);
}

async function decommission(words: readonly string[], body: DeviceDecommission, command: Command): Promise<void> {
  const { names } = parseTarget(words, [deviceKind]);
  const [name, ...others] = names;
  if (name === undefined || others.length > 0) throw new UsageError('expected the name of one device');
  const { target } = body;
  const params = { path: { name } };
  await answerOf(apiOf(command).PUT('/api/v1/devices/{name}/decommission', { params, body: { target } }));
  print(`device/${name} decommissioning`);
}
