import { answerOf } from '../../client/api-client.ts';
import { bringPlainTo, plainDevices, plainInBackup, plainRequest } from '../plain-devices.ts';
import type { Stage } from '../stage.ts';

/** The version that the edited plain devices run when the database is lost. */
export const versionOfEdited = 3;

/** A few devices that state only a number are registered before the backup is taken. */
export async function registerPlain(stage: Stage): Promise<void> {
  const { narrator } = stage;
  narrator.step(
    'Some devices say only a number',
    `${plainInBackup.join(', ')} have agents that never send the spec that they run.`,
  );
  narrator.command('muster apply -f plain.yaml');
  await Promise.all(plainInBackup.map((name) => register(stage, name)));
}

/** People go on editing while the backup gets older. */
export async function editMore(stage: Stage): Promise<void> {
  const { narrator, api } = stage;
  const { registered, edited, deleted } = plainDevices;
  narrator.step(
    'Today: people go on editing',
    `${registered.join(', ')} are registered, ${edited.join(' and ')} get two more images, ${deleted} is deleted. The journal has it all, and the backup nothing of it.`,
  );
  narrator.command('muster apply -f more.yaml');
  await Promise.all(registered.map((name) => register(stage, name)));
  for (let tag = 2; tag <= versionOfEdited; tag += 1) {
    const edit = async (name: string) => {
      await answerOf(api.PUT('/api/v1/devices/{name}', { params: { path: { name } }, body: plainRequest(name, tag) }));
      await bringPlainTo(stage, name, tag);
    };
    await Promise.all(edited.map(edit));
  }
  narrator.command(`muster delete device ${deleted}`);
  await answerOf(api.DELETE('/api/v1/devices/{name}', { params: { path: { name: deleted } } }));
}

async function register(stage: Stage, name: string): Promise<void> {
  await answerOf(stage.api.POST('/api/v1/devices', { body: plainRequest(name, 1) }));
  await bringPlainTo(stage, name, 1);
}
