import type { Command } from 'commander';
import { deviceActionCommand, nothingToSendIn } from '../actions/device-action.ts';
import { answerOf } from '../../client/api-client.ts';
import { addExamples } from '../examples.ts';

/** `muster resume` */
export function resumeCommand(): Command {
  const command = deviceActionCommand({
    verb: 'resume',
    title: 'Resume',
    participle: 'resumed',
    description: 'let the restored spec win over paused devices',
    whyNothing: ['has no spec here', 'have no spec here'],
    async send(api, body) {
      const answer = await answerOf(api.POST('/api/v1/deviceactions/resume', { body }));
      const { resumedDevices: count, devices: names } = answer;
      return { count, names, withoutSpec: [], nothingToSend: nothingToSendIn(answer) };
    },
  });
  return addExamples(command, [
    { line: 'muster resume device gateway-0017 --reason "checked by hand"' },
    { line: 'muster resume devices -l site=north --dry-run' },
    {
      line: 'muster resume devices -l site=north --limit 10 --wait',
      about: 'ten of them first, and see how they fare',
    },
    { line: "muster resume devices --field-selector 'metadata.name in (gateway-0017,gateway-0018)'" },
    { line: 'muster resume devices --all --yes' },
  ]);
}
