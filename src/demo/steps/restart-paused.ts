import { countDevices } from '../device-questions.ts';
import { isCanary } from '../scene.ts';
import { chosen, restartAndReturn, type Stage } from '../stage.ts';
import { versionOfCanaries } from './back-up.ts';

/** Agents restart while their devices are paused: an agent that has just started applies a document of its own version. */
export async function restartPaused(stage: Stage): Promise<void> {
  const { narrator, api, orders } = stage;
  const canaries = chosen(stage, isCanary);
  narrator.step(
    'The paused devices restart',
    'An agent that has just started applies any document of the version that it runs, an empty one too, and removes what is not in it. So a paused device gets no document at all.',
  );
  narrator.command('systemctl restart flightctl-agent');
  await restartAndReturn(stage, canaries);
  const untouched = canaries.filter(({ applied }) => applied.version === versionOfCanaries).length;
  narrator.expect('paused devices that run what they ran', { expected: canaries.length, found: untouched });
  narrator.expect('things that left them', { expected: 0, found: orders.removed });
  const found = await countDevices(api, 'ConflictPaused');
  narrator.expect('devices still paused', { expected: canaries.length, found });
}
