import { answerOf, type ApiClient } from '../../client/api-client.ts';
import { deletedFleet, isMember } from '../scene.ts';
import { chosen, restartAndReturn, waitForAll, type Stage } from '../stage.ts';

/** Somebody deletes a fleet. Its devices lose their owner and nothing else, and their agents restart to prove it. */
export async function deleteFleet(stage: Stage): Promise<void> {
  const { narrator, api, orders } = stage;
  const members = chosen(stage, (device) => isMember(device, deletedFleet));
  narrator.step(
    'Somebody deletes a fleet',
    'Absence is no order: its devices keep the spec that they had, as their own. Their agents restart too, and have all they had.',
  );
  const before = members.map(thingsOn);
  narrator.command(`muster delete fleet ${deletedFleet.name}`);
  await answerOf(api.DELETE('/api/v1/fleets/{name}', { params: { path: { name: deletedFleet.name } } }));
  await waitForAll(stage, {
    label: 'without an owner',
    total: members.length,
    count: async () => members.length - (await countOwned(api)),
  });
  await restartAndReturn(stage, members);
  const same = members.filter((device, index) => thingsOn(device) === before[index]).length;
  narrator.expect('of its devices, those that have all that they had', { expected: members.length, found: same });
  narrator.expect('things that left a device', { expected: 0, found: orders.removed });
}

async function countOwned(api: ApiClient): Promise<number> {
  const query = { fieldSelector: `metadata.owner=Fleet/${deletedFleet.name}`, limit: 1 };
  const { items, metadata } = await answerOf(api.GET('/api/v1/devices', { params: { query } }));
  return items.length + (metadata.remainingItemCount ?? 0);
}

/** All that a device has, in one text. */
function thingsOn({ machine }: ReturnType<typeof chosen>[number]): string {
  const { files, applications, settings, bootedImage } = machine;
  return JSON.stringify([[...files], [...applications], [...settings], bootedImage]);
}
