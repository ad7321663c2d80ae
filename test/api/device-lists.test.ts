import { beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { deviceListSchema, deviceSchema, type DeviceList } from '../../src/domain/resources/device.ts';
import { acceptReports } from '../../src/usecases/accept-reports.ts';
import { declareRestore } from '../../src/usecases/declare-restore.ts';
import { deviceRequest, documentOf, fleetRequest, refusalOf } from '../support/documents.ts';
import { useApi } from '../support/use-fleet.ts';

const count = 25;
/** Names whose byte order is neither that of their making nor that of a dictionary. */
const names = Array.from({ length: count }, (_, index) => `${index % 2 === 0 ? 'b' : 'a'}-${(index * 7) % count}`);
const sorted = names.toSorted();
const labelsOf = (index: number) => ({ site: index % 5 === 0 ? 'north' : 'south', number: String(index) });

const { here, api } = await useApi();

beforeAll(async () => {
  await api.post('/fleets', fleetRequest('north', { site: 'north' }));
  for (const [index, name] of names.entries()) {
    documentOf(await api.post('/devices', deviceRequest(name, { labels: labelsOf(index) })), 201, deviceSchema);
  }
});

async function list(query: Record<string, string> = {}): Promise<DeviceList> {
  return documentOf(await api.get(`/devices?${new URLSearchParams(query).toString()}`), 200, deviceListSchema);
}

const namesOf = ({ items }: DeviceList): Array<string | undefined> => items.map(({ metadata }) => metadata.name);

async function refused(query: string): Promise<string> {
  return refusalOf(await api.get(`/devices?${query}`), 400);
}

describe('pages', () => {
  test('of 7 hold all 25 devices in the order of their names, and say how many are left', async () => {
    const seen: Array<string | undefined> = [];
    const left: Array<number | undefined> = [];
    let token: string | undefined;
    do {
      const page = await list({ limit: '7', ...(token !== undefined && { continue: token }) });
      seen.push(...namesOf(page));
      left.push(page.metadata.remainingItemCount);
      token = page.metadata.continue;
    } while (token !== undefined);
    expect(seen).toEqual(sorted);
    expect(left).toEqual([18, 11, 4, undefined]);
  });

  test('go on where they were although devices come and go in between', async () => {
    const first = await list({ limit: '10' });
    const boundary = sorted[9] ?? '';
    await api.post('/devices', deviceRequest('0-early'));
    await api.post('/devices', deviceRequest('c-late'));
    await api.delete(`/devices/${boundary}`);
    const rest = await list({ continue: first.metadata.continue ?? '' });
    expect(namesOf(rest)).toEqual([...sorted.slice(10), 'c-late']);
    await api.delete('/devices/0-early');
    await api.delete('/devices/c-late');
    await api.post('/devices', deviceRequest(boundary, { labels: labelsOf(names.indexOf(boundary)) }));
  });

  test('that fit everything, exactly or with room, say nothing of more', async () => {
    expect((await list({ limit: String(count) })).metadata).toEqual({});
    expect((await list({ limit: '0' })).metadata).toEqual({});
    expect((await list()).items).toHaveLength(count);
  });

  test('of a selected list do not say how many are left', async () => {
    const page = await list({ limit: '2', labelSelector: 'site=north' });
    expect(page.metadata.continue).toBeTypeOf('string');
    expect(page.metadata.remainingItemCount).toBeUndefined();
    const next = await list({ limit: '9', labelSelector: 'site=north', continue: page.metadata.continue ?? '' });
    expect(namesOf(next)).toHaveLength(3);
  });

  test('refuse with 400 a token that is none, or of another list', async () => {
    const { metadata } = await list({ limit: '2', labelSelector: 'site=north' });
    const token = metadata.continue ?? '';
    await refused('continue=nonsense');
    await refused(`continue=${Buffer.from('{"q":"x","k":"y"}').toString('base64url')}`);
    await refused(`continue=${token}`);
    await refused(`continue=${token}&labelSelector=site%3Dsouth`);
    await refused(`continue=${token}&labelSelector=site%3Dnorth&fieldSelector=metadata.name%3Dx`);
    refusalOf(await api.get(`/fleets?continue=${token}`), 400);
    refusalOf(await api.get(`/events?continue=${token}`), 400);
  });

  test.each(['limit=-1', 'limit=1001', 'limit=many', 'limit=1.5', 'limit=1&limit=2'])(
    'refuse %s with 400',
    async (query) => {
      expect(await refused(query)).toContain('limit');
    },
  );
});

describe('selectors', () => {
  test('choose by labels, by fields and by both', async () => {
    const north = names.filter((_, index) => index % 5 === 0).toSorted();
    expect(namesOf(await list({ labelSelector: 'site=north' }))).toEqual(north);
    expect(namesOf(await list({ labelSelector: 'site in (north), number notin (0)' }))).toHaveLength(4);
    expect(namesOf(await list({ fieldSelector: 'metadata.owner=Fleet/north' }))).toEqual(north);
    const some = sorted[3] ?? '';
    expect(namesOf(await list({ fieldSelector: `metadata.name=${some}` }))).toEqual([some]);
    expect(namesOf(await list({ labelSelector: 'site=north', fieldSelector: `metadata.name=nobody` }))).toEqual([]);
    expect(namesOf(await list({ fieldSelector: `metadata.name!=''` }))).toEqual(sorted);
  });

  test('that are blank choose everything, for this is a list', async () => {
    expect((await list({ labelSelector: ' ', fieldSelector: '' })).items).toHaveLength(count);
  });

  test.each([
    ['labelSelector=%3D%3D', 'labelSelector'],
    ['labelSelector=a%3Eb', 'labelSelector'],
    [
      'fieldSelector=text%3Dx',
      'unknown or unsupported selector: unable to resolve selector name "text". Supported selectors are: [',
    ],
    ['fieldSelector=lastSeen%3Dyesterday', 'lastSeen'],
    ['labelSelector=a%00b', 'NUL'],
  ])('refuse %s with 400', async (query, message) => {
    expect(await refused(query)).toContain(message);
  });
});

describe('summaries', () => {
  test('count devices by state instead of listing them', async () => {
    const { items, metadata, summary } = await list({ summaryOnly: 'true' });
    expect({ items, metadata }).toEqual({ items: [], metadata: {} });
    expect(summary).toEqual({
      total: count,
      applicationStatus: { Unknown: count },
      summaryStatus: { Unknown: count },
      updateStatus: { Unknown: count },
      capabilities: { osMode: { unknown: count } },
    });
    expect((await list({ summaryOnly: 'true', labelSelector: 'site=north' })).summary?.total).toBe(5);
    expect((await list({ summaryOnly: 'true', fieldSelector: 'metadata.owner=Fleet/none' })).summary).toMatchObject({
      total: 0,
      summaryStatus: {},
    });
    expect((await list({ summaryOnly: 'false' })).items).toHaveLength(count);
  });

  test.each([
    'summaryOnly=true&limit=5',
    'summaryOnly=true&continue=x',
    'summaryOnly=maybe',
    'summaryOnly=true&cveId=CVE-2024-12345',
  ])('refuse %s with 400', async (query) => {
    await refused(query);
  });

  test('and lists refuse a CVE, of which nothing is known', async () => {
    expect(await refused('cveId=CVE-2024-12345')).toContain('not supported');
  });
});

test('after a restore, lists and summaries tell who is awaited, who is paused and who answered', async () => {
  await declareRestore(here.context, { by: { actor: 'user:test' } });
  const [paused = '', answered = ''] = sorted;
  const position = { timeline: null, specHash: null };
  await acceptReports(here.context, [
    { device: paused, position: { ...position, version: 12 } },
    { device: answered, position: { ...position, version: 0 }, status: { capabilities: { osMode: 'image' } } },
  ]);
  const { summary } = await list({ summaryOnly: 'true' });
  expect(summary).toMatchObject({
    total: count,
    summaryStatus: { AwaitingReconnect: count - 2, ConflictPaused: 1, Online: 1 },
    updateStatus: { Unknown: count - 2, OutOfDate: 2 },
    capabilities: { osMode: { unknown: count - 1, image: 1 } },
  });
  expect(namesOf(await list({ fieldSelector: 'status.summary.status=ConflictPaused' }))).toEqual([paused]);
  expect((await list({ fieldSelector: 'status.summary.status=AwaitingReconnect' })).items).toHaveLength(count - 2);
  const shown = z
    .array(z.looseObject({ annotations: z.looseObject({ 'device-controller/awaitingReconnect': z.literal('true') }) }))
    .parse(
      (await list({ fieldSelector: 'status.summary.status=AwaitingReconnect' })).items.map(({ metadata }) => metadata),
    );
  expect(shown).toHaveLength(count - 2);
});
