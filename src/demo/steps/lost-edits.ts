import { answerOf } from '../../client/api-client.ts';
import type { LostDocument } from '../../domain/resources/lost-document.ts';
import { age } from '../../terminal/age.ts';
import { Table } from '../../terminal/table.ts';
import { plainDevices } from '../plain-devices.ts';
import { canaryFleet, latecomer } from '../scene.ts';
import type { Stage } from '../stage.ts';

const reason = 'INC-4211: lost with the database';

type LostCounts = { readonly lostEdits: number; readonly replayed: number };

/** Lists the edits that the backup does not know, and puts back those that are to stay. */
export async function putLostEditsBack({ narrator, api }: Stage): Promise<LostCounts> {
  narrator.step(
    'The edits of today are not lost',
    'The journal kept them beside the database. They are listed with their authors, and put back as edits of whoever puts them back.',
  );
  const params = { path: { name: 'current' } };
  const { items } = await answerOf(api.GET('/api/v1/restores/{name}/lost', { params }));
  narrator.command('muster restore lost');
  narrator.block(tableOf(items));
  const { registered, edited, deleted } = plainDevices;
  const expected = [canaryFleet.name, latecomer.name, ...registered, ...edited, deleted];
  const missing = expected.filter((name) => !items.some((item) => item.name === name));
  narrator.expectThat('every edit of today is among them', missing.length === 0, missing.join(', '));
  narrator.expect('lost edits', { expected: expected.length, found: items.length });

  const chosen = [canaryFleet.name, ...registered, deleted];
  const names = items.filter(({ name }) => chosen.includes(name)).map(({ kind, name }) => ({ kind, name }));
  narrator.command(
    `muster restore replay ${names.map(({ kind, name }) => `${kind.toLowerCase()}/${name}`).join(' ')} --reason '${reason}'`,
  );
  const { replayed } = await answerOf(
    api.POST('/api/v1/restores/{name}/replay', { params, body: { items: names, reason } }),
  );
  narrator.expect('edits put back', { expected: chosen.length, found: replayed });
  return { lostEdits: items.length, replayed };
}

function tableOf(items: readonly LostDocument[]): string {
  const now = new Date();
  const rows = items.map((item) => [
    `${item.kind.toLowerCase()}/${item.name}`,
    item.change,
    item.by,
    age(item.at, now),
  ]);
  return new Table(['RESOURCE', 'CHANGE', 'BY', 'AGE']).lines(rows);
}
