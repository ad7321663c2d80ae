import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  lostDocumentListSchema,
  replayResultSchema,
  type LostDocument,
  type ReplayResult,
} from '../../src/domain/resources/lost-document.ts';
import { restoreReportMarkdown } from '../../src/domain/recovery/restore-report-markdown.ts';
import { forbidden } from '../../src/domain/errors.ts';
import { replayLost } from '../../src/usecases/replay-lost.ts';
import { isToBeDelivered } from '../../src/domain/recovery/delivery.ts';
import { readRendered } from '../../src/usecases/read-rendered.ts';
import { reportRestore } from '../../src/usecases/read-restores.ts';
import { createApiClient, type ApiClient } from '../support/api-client.ts';
import { deviceRequest, documentOf, fleetRequest, refusalOf } from '../support/documents.ts';
import { JournalStory } from '../support/journal-story.ts';
import { eventRows } from '../support/restore-rows.ts';

const image = (tag: string) => ({ spec: { os: { image: `quay.io/acme/os:${tag}` } } });

let story: JournalStory;
let api: ApiClient;

/** An edited fleet and device, a new device that runs version 2, and a deleted one: all after the backup. */
beforeEach(async () => {
  story = await JournalStory.begin();
  const { fleet } = story;
  await fleet.create('edited', image('1'));
  await fleet.create('deleted', image('1'));
  await use(async (before) => {
    await before.put('/fleets/edge', fleetRequest('edge', { site: 'none' }));
  });
  await fleet.render();
  const backup = await story.backUp();
  await use(async (after) => {
    await after.put('/fleets/edge', fleetRequest('edge', { site: 'none' }, 'quay.io/acme/os:2'));
    await after.put('/devices/edited', deviceRequest('edited', { spec: secretSpec }));
    await after.put('/devices/new', deviceRequest('new', image('1')));
    await after.delete('/devices/deleted');
    await story.fleet.render();
    await after.put('/devices/new', deviceRequest('new', image('2')));
  });
  await story.fleet.render();
  await story.goBackTo(backup);
  api = await createApiClient(story.here.context);
  await story.fleet.declareRestore();
});

const secretSpec = {
  os: { image: 'quay.io/acme/os:2' },
  config: [{ name: 'c', inline: [{ path: '/etc/c', content: 'password: hunter2' }] }],
};

afterEach(async () => {
  await api.close();
  await story.end();
});

async function use(work: (client: ApiClient) => Promise<void>): Promise<void> {
  const client = await createApiClient(story.here.context);
  await work(client);
  await client.close();
}

async function list(query = ''): Promise<LostDocument[]> {
  return documentOf(await api.get(`/restores/current/lost${query}`), 200, lostDocumentListSchema).items;
}

async function replay(body: object): Promise<ReplayResult> {
  return documentOf(await api.post('/restores/current/replay', body), 200, replayResultSchema);
}

const named = ({ kind, name }: { kind: string; name: string }) => `${kind}/${name}`;

describe('lost edits', () => {
  test('are listed with what, who and when, in the order in which they are put back', async () => {
    const items = await list();
    expect(items.map((item) => [named(item), item.change, item.by, item.replayedAt])).toEqual([
      ['Fleet/edge', 'Edited', 'user:anonymous', null],
      ['Device/edited', 'Edited', 'user:anonymous', null],
      ['Device/new', 'Created', 'user:anonymous', null],
      ['Device/deleted', 'Deleted', 'user:anonymous', null],
    ]);
  });

  test('are listed page by page, and by kind', async () => {
    const first = documentOf(await api.get('/restores/current/lost?limit=3'), 200, lostDocumentListSchema);
    const rest = await list(`?limit=3&continue=${first.metadata.continue ?? ''}`);
    expect([...first.items, ...rest].map(named)).toEqual((await list()).map(named));
    expect((await list('?kind=Fleet')).map(named)).toEqual(['Fleet/edge']);
    refusalOf(await api.get('/restores/current/lost?kind=Secret'), 400);
    refusalOf(await api.get('/restores/01900000-0000-7000-8000-000000000000/lost'), 404);
  });

  test('show what they would change, and no secret', async () => {
    const [edge, edited, created, deleted] = await list('?diff=true');
    expect(edge?.difference).toMatch(/^\+ +image: quay\.io\/acme\/os:2$/m);
    expect(edited?.difference).toMatch(/^- +image: quay\.io\/acme\/os:1$/m);
    expect(edited?.difference).not.toContain('hunter2');
    expect(created?.difference).toMatch(/^\+ +image: quay\.io\/acme\/os:2$/m);
    expect(deleted?.difference).toMatch(/^- +image: quay\.io\/acme\/os:1$/m);
  });
});

describe('a replay', () => {
  test('in a dry run changes nothing', async () => {
    const { replayed, items } = await replay({ all: true, dryRun: true });
    expect(replayed).toBe(4);
    expect(items.every(({ outcome }) => outcome === 'Replayed')).toBe(true);
    expect((await list()).every(({ replayedAt }) => replayedAt === null)).toBe(true);
    expect((await api.get('/devices/new')).code).toBe(404);
  });

  test('puts everything back, names the first author, and does it once', async () => {
    expect(await replay({ all: true, reason: 'INC-1' })).toMatchObject({ replayed: 4 });
    expect((await api.get('/devices/deleted')).code).toBe(404);
    expect((await api.get('/devices/edited')).body).toMatchObject({ spec: secretSpec });
    expect((await api.get('/fleets/edge')).body).toMatchObject({
      spec: { template: { spec: { os: { image: 'quay.io/acme/os:2' } } } },
    });
    const events = await eventRows(story.here.context, 'LostEditReplayed');
    expect(events).toHaveLength(4);
    expect(events[0]?.message).toMatch(/^The lost edit of user:anonymous at 20.*Z was put back: INC-1$/);
    const after = await list();
    expect(after.every(({ replayedBy }) => replayedBy === 'user:anonymous')).toBe(true);
    expect(after.map(({ change }) => change)).toEqual(['Edited', 'Edited', 'Created', 'Deleted']);
    expect(await replay({ all: true, reason: 'again' })).toEqual({ replayed: 0, items: [] });
    const again = await replay({ items: [{ kind: 'Device', name: 'edited' }] });
    expect(again.items[0]).toMatchObject({ outcome: 'Skipped', message: 'it was put back before' });
  });

  test('by somebody who may not do one of the edits does none of them', async () => {
    const assertMay = (kind: string, change: string) => {
      if (kind === 'Device' && change === 'delete') throw forbidden('this needs the permission devices.delete');
    };
    const asked = { restore: 'current', names: undefined, by: { actor: 'user:operator' }, assertMay };
    await expect(replayLost(story.here.context, asked)).rejects.toThrow('devices.delete');
    expect((await list()).every(({ replayedAt }) => replayedAt === null)).toBe(true);
    expect((await api.get('/devices/new')).code).toBe(404);
  });

  test('is on record in the report of the restore', async () => {
    await replay({ items: [{ kind: 'Device', name: 'edited' }], reason: 'INC-1' });
    const report = await reportRestore(story.here.context, 'current');
    expect(report.lost?.map(({ name, replayedBy }) => [name, replayedBy])).toEqual([
      ['edge', null],
      ['edited', 'user:anonymous'],
      ['new', null],
      ['deleted', null],
    ]);
    const markdown = restoreReportMarkdown(report);
    expect(markdown).toContain('## Lost and put back (4, 1)');
    expect(markdown).toMatch(/\| Device edited \| Edited \| user:anonymous \| 20\S+ \| 20\S+ by user:anonymous \|/);
  });

  test('brings a device back awaited, with its position, and delivers nothing by itself', async () => {
    await replay({ items: [{ kind: 'Device', name: 'new' }], reason: 'INC-1' });
    expect(await story.fleet.render()).toBe(0);
    const { state } = await story.fleet.row('new');
    expect(state.server.version).toBe(2);
    expect(await story.fleet.report('new', 2)).toMatchObject({ verdict: 'InSync', gate: 'Open' });
    expect(await story.fleet.render()).toBe(1);
    expect((await story.fleet.row('new')).state.server.version).toBe(3);
    expect((await readRendered(story.here.context, 'new', { knownVersion: 2 }))?.spec).toMatchObject(image('2').spec);
  });

  test('delivers no spec that only the journal has, also where the device is behind (S11)', async () => {
    await replay({ items: [{ kind: 'Device', name: 'new' }], reason: 'INC-1' });
    const { gate, server } = await story.fleet.report('new', 1);
    expect([gate, server.version]).toEqual(['Open', 2]);
    expect(isToBeDelivered(gate, server, { timeline: null, version: 1, specHash: null })).toBe(false);
  });

  test('of all leaves alone what was edited since the restore; by its name it is put back', async () => {
    await api.put('/devices/edited', deviceRequest('edited', image('3')));
    const { items } = await replay({ all: true, reason: 'INC-1' });
    expect(items.find(({ name }) => name === 'edited')).toMatchObject({ outcome: 'Skipped' });
    expect((await api.get('/devices/edited')).body).toMatchObject(image('3'));
    await replay({ items: [{ kind: 'Device', name: 'edited' }], reason: 'INC-1' });
    expect((await api.get('/devices/edited')).body).toMatchObject({ spec: secretSpec });
  });

  test('of what is not lost is refused, and nothing is put back', async () => {
    const body = {
      items: [
        { kind: 'Device', name: 'new' },
        { kind: 'Device', name: 'none' },
      ],
    };
    expect(refusalOf(await api.post('/restores/current/replay', body), 404)).toContain('Device none has no lost edit');
    expect((await api.get('/devices/new')).code).toBe(404);
    refusalOf(await api.post('/restores/current/replay', {}), 400);
    refusalOf(await api.post('/restores/current/replay', { all: true, items: [] }), 400);
  });

  test('that is not possible now is refused, and the others are done', async () => {
    await api.put('/devices/edited', deviceRequest('edited', { labels: { site: 'none' }, ...image('1') }));
    const { items, replayed } = await replay({
      items: [
        { kind: 'Device', name: 'edited' },
        { kind: 'Device', name: 'deleted' },
      ],
      reason: 'INC-1',
    });
    expect(items.map(({ name, outcome }) => [name, outcome])).toContainEqual(['deleted', 'Replayed']);
    expect(items.find(({ name }) => name === 'edited')).toMatchObject({
      outcome: 'Refused',
      message: expect.stringContaining('owned by Fleet/edge') as string,
    });
    expect(replayed).toBe(1);
  });
});
