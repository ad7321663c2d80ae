import type { Command } from 'commander';
import { deviceActionCommand, nothingToSendIn } from '../actions/device-action.ts';
import { answerOf } from '../../client/api-client.ts';
import { addExamples } from '../examples.ts';

/** `muster adopt` */
export function adoptCommand(): Command {
  const command = deviceActionCommand({
    verb: 'adopt',
    title: 'Adopt',
    participle: 'adopted',
    description: 'let the spec that paused devices run become their desired one',
    whyNothing: ['runs an empty spec', 'run an empty spec'],
    async send(api, body) {
      const answer = await answerOf(api.POST('/api/v1/deviceactions/adopt', { body }));
      const { adoptedDevices: count, devices: names, withoutSpec = [] } = answer;
      return { count, names, withoutSpec, nothingToSend: nothingToSendIn(answer) };
    },
  });
  return addExamples(command, [
    { line: 'muster adopt device gateway-0017 --reason "the hotfix was made after the backup"' },
    { line: 'muster adopt devices -l site=north --dry-run' },
    { line: 'muster adopt devices --all --yes' },
  ]);
}
