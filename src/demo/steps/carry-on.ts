import { countDevices } from '../device-questions.ts';
import { fleets, isCanary } from '../scene.ts';
import { chosen, waitForVersion, type Stage } from '../stage.ts';
import { versionOfCanaries } from './back-up.ts';
import { publish, versionAtBackup } from './roll-out.ts';

/** The edition that all fleets get while a part of the devices is paused. */
const editionOfFix = versionAtBackup + 1;

/** Operation goes on while people decide: a change reaches the others, and the paused devices nothing. */
export async function carryOn(stage: Stage): Promise<void> {
  const { narrator, api } = stage;
  narrator.step(
    'Meanwhile operation goes on',
    'An urgent fix goes to all three fleets. The paused devices must not notice: a change of a fleet does not clear a conflict.',
  );
  narrator.command('muster apply -f fix.yaml');
  await publish(stage, fleets, { edition: editionOfFix, note: 'urgent fix' });
  const others = chosen(stage, (device) => !isCanary(device));
  await waitForVersion(stage, editionOfFix, others);
  const canaries = chosen(stage, isCanary);
  const untouched = canaries.filter(({ applied }) => applied.version === versionOfCanaries).length;
  narrator.expect('paused devices that run what they ran', { expected: canaries.length, found: untouched });
  narrator.expect('devices still paused', {
    expected: canaries.length,
    found: await countDevices(api, 'ConflictPaused'),
  });
}
