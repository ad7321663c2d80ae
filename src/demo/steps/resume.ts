import { answerOf } from '../../client/api-client.ts';
import type { SimulatedDevice } from '../../simulator/simulated-device.ts';
import { countDevices } from '../device-questions.ts';
import { isCanary, sites } from '../scene.ts';
import { chosen, type Stage } from '../stage.ts';

const reason = 'INC-4211: the restored configuration is the right one';
/** Selects every device; what `--all` sends. */
const everyDevice = "metadata.name!=''";

export type Resumed = { readonly name: string; /** Version that it ran until then. */ readonly version: number };

/** People decide: first about one site, then about all that is left. @returns who was resumed */
export async function resumeAll(stage: Stage): Promise<Resumed[]> {
  const { narrator, api } = stage;
  const [site] = sites;
  narrator.step(
    'People decide: the restored spec wins',
    'First at one site, to see how it goes, then everywhere. The next version is above what the device runs, so that no device ignores it as old.',
  );
  const canaries = chosen(stage, isCanary);
  const atSite = chosen(stage, (device) => isCanary(device) && device.labels.site === site);
  const elsewhere = canaries.filter((device) => !atSite.includes(device));

  narrator.command(`muster resume devices -l site=${site} --reason '${reason}'`);
  const first = await resume(stage, atSite, { labelSelector: `site=${site}` });
  const left = await countDevices(api, 'ConflictPaused');
  narrator.expect('devices still paused', { expected: elsewhere.length, found: left });

  narrator.command(`muster resume devices --all --reason '${reason}'`);
  const second = await resume(stage, elsewhere, { fieldSelector: everyDevice });
  narrator.expect('devices still paused', { expected: 0, found: await countDevices(api, 'ConflictPaused') });
  return [...first, ...second];
}

async function resume(
  { api, narrator, witness }: Stage,
  expected: readonly SimulatedDevice[],
  selector: { labelSelector: string } | { fieldSelector: string },
): Promise<Resumed[]> {
  const wanted = expected.map(({ name, position }) => ({ name, version: position.version }));
  witness.resuming(wanted);
  const answer = await answerOf(api.POST('/api/v1/deviceactions/resume', { body: { ...selector, reason } }));
  narrator.expect('devices resumed', { expected: expected.length, found: answer.resumedDevices });
  return wanted;
}
