import { sql } from 'drizzle-orm';
import { describe, expect, onTestFinished, test } from 'vitest';
import { deviceSchema } from '../../src/domain/resources/device.ts';
import { fleetListSchema, fleetSchema } from '../../src/domain/resources/fleet.ts';
import { statusSchema } from '../../src/domain/resources/status.ts';
import { rollOutPending } from '../../src/usecases/roll-out-fleet.ts';
import { createApiClient } from '../support/api-client.ts';
import { deviceRequest, documentOf, fleetRequest, refusalOf } from '../support/documents.ts';
import { deviceRow, eventReasons } from '../support/table-rows.ts';
import { createTestContext } from '../support/test-context.ts';
import { useApi } from '../support/use-fleet.ts';

let number = 0;

const { here, api } = await useApi();

/** The first condition of a fleet whose template can be given to every device. */
const valid = { type: 'Valid', status: 'True', reason: 'Valid', message: '' };

const fresh = (): string => `fleet-${(number += 1)}`;
const rollOut = () => rollOutPending(here.context, new AbortController().signal);

/** A fleet of the devices whose label `fleet` is its name. */
async function create(): Promise<string> {
  const name = fresh();
  documentOf(await api.post('/fleets', fleetRequest(name, { fleet: name })), 201, fleetSchema);
  return name;
}

const read = async (name: string, query = '') => documentOf(await api.get(`/fleets/${name}${query}`), 200, fleetSchema);

describe('creating a fleet', () => {
  test('answers it, notes the event and starts its rollout', async () => {
    const name = fresh();
    const request = fleetRequest(name, { fleet: name });
    const fleet = documentOf(await api.post('/fleets', request), 201, fleetSchema);
    expect(fleet).toMatchObject({
      metadata: { name, generation: 1, resourceVersion: '1' },
      spec: request.spec,
      status: { conditions: [valid, { type: 'RolloutInProgress', status: 'True' }] },
    });
    expect(await eventReasons(here.context, name)).toEqual(['ResourceCreated', 'FleetRolloutStarted']);
    await rollOut();
    expect((await read(name)).status?.conditions).toMatchObject([
      valid,
      { type: 'RolloutInProgress', status: 'False' },
    ]);
    expect(await eventReasons(here.context, name)).toEqual([
      'ResourceCreated',
      'FleetRolloutStarted',
      'FleetRolloutCompleted',
    ]);
  });

  test('is refused with 409 for a name that is taken', async () => {
    const name = await create();
    const answer = await api.post('/fleets', fleetRequest(name, { other: 'yes' }));
    expect(documentOf(answer, 409, statusSchema)).toMatchObject({ reason: 'AlreadyExists' });
  });

  const good = fleetRequest('bad', { a: 'b' });
  test.each([
    ['without a name', { ...good, metadata: {} }, 'metadata.name'],
    ['without a template', { ...good, spec: { selector: {} } }, 'spec.template'],
    ['with a selector key that is none', fleetRequest('bad', { 'a b': 'c' }), 'selector'],
    ['with a selector value that is none', fleetRequest('bad', { a: 'not a value' }), 'spec.selector.matchLabels[a]'],
    [
      'with a set of nothing',
      { ...good, spec: { ...good.spec, selector: { matchExpressions: [{ key: 'a', operator: 'In', values: [] }] } } },
      'values',
    ],
    [
      'that would decommission all its devices',
      { ...good, spec: { template: { spec: { decommissioning: { target: 'FactoryReset' } } } } },
      'decommissioning',
    ],
    [
      'with a template that is broken',
      fleetRequest('bad', { a: 'b' }, 'quay.io/{{ .metadata.name'),
      'spec.template.spec.os.image: line 1, column 9: the action that begins here is not closed',
    ],
    [
      'with a function that templates do not know',
      fleetRequest('bad', { a: 'b' }, '{{ sha256 .metadata.name }}'),
      'spec.template.spec.os.image: line 1, column 4: function "sha256" is not supported',
    ],
    [
      'with a field that no device has, in a branch that few would take',
      fleetRequest('bad', { a: 'b' }, '{{ if .metadata.labels.x }}{{ .spec.os.image }}{{ end }}'),
      'spec.template.spec.os.image: line 1, column 31: .spec.os.image is not available',
    ],
  ])('is refused with 400 %s', async (_, request, names) => {
    expect(refusalOf(await api.post('/fleets', request), 400)).toContain(names);
    refusalOf(await api.get('/fleets/bad'), 404);
  });

  test('is taken with templates that need labels which a device may lack', async () => {
    const name = fresh();
    const image = 'quay.io/{{ .metadata.labels.site }}:{{ slice .metadata.labels.version 0 3 }}';
    documentOf(await api.post('/fleets', fleetRequest(name, { fleet: name }, image)), 201, fleetSchema);
  });
});

describe('a template that cannot be filled in for some devices', () => {
  test('makes the fleet invalid, names them, and does not count as having reached every device', async () => {
    const name = fresh();
    const image = 'quay.io/acme/os:{{ .metadata.labels.ring }}';
    const labels = { fleet: name };
    await api.post('/devices', deviceRequest(`${name}-a`, { labels: { ...labels, ring: '1' } }));
    for (const number of [1, 2, 3, 4, 5, 6]) {
      await api.post('/devices', deviceRequest(`${name}-b${number}`, { labels }));
    }
    await api.post('/fleets', fleetRequest(name, labels, image));
    await rollOut();
    const [validity, rollout] = (await read(name)).status?.conditions ?? [];
    expect(validity).toMatchObject({ type: 'Valid', status: 'False', reason: 'Invalid' });
    expect(validity?.message).toMatch(
      new RegExp(`^6 devices keep the spec they had: ${name}-b1 \\(.*ring.*\\), ${name}-b2 .*, and 1 more\\.$`),
    );
    expect(rollout).toMatchObject({
      type: 'RolloutInProgress',
      status: 'False',
      reason: 'Suspended',
      message: 'Generation 1 has not reached 6 devices: see the condition Valid.',
    });
    expect(await eventReasons(here.context, name)).toEqual([
      'ResourceCreated',
      'FleetRolloutStarted',
      'FleetRolloutFailed',
    ]);
    const listed = documentOf(await api.get(`/fleets?fieldSelector=metadata.name=${name}`), 200, fleetListSchema);
    expect(listed.items[0]?.status?.conditions[0]).toEqual(validity);

    for (const number of [1, 2, 3, 4, 5, 6]) {
      await api.put(
        `/devices/${name}-b${number}`,
        deviceRequest(`${name}-b${number}`, { labels: { ...labels, ring: '2' } }),
      );
    }
    expect((await read(name)).status?.conditions).toMatchObject([
      valid,
      { status: 'False', reason: 'Inactive', message: 'Generation 1 has reached every device.' },
    ]);
  });
});

describe('changing a fleet', () => {
  test('by PUT creates or replaces it, and with the same document leaves no trace', async () => {
    const name = fresh();
    documentOf(await api.put(`/fleets/${name}`, fleetRequest(name, { fleet: name })), 201, fleetSchema);
    documentOf(await api.put(`/fleets/${name}`, (await api.get(`/fleets/${name}`)).body), 200, fleetSchema);
    expect((await read(name)).metadata).toMatchObject({ generation: 1, resourceVersion: '1' });
    await rollOut();
    const changed = await api.put(`/fleets/${name}`, fleetRequest(name, { fleet: name }, 'quay.io/acme/os:2'));
    expect(documentOf(changed, 200, fleetSchema)).toMatchObject({
      metadata: { generation: 2, resourceVersion: '2' },
      status: { conditions: [valid, { type: 'RolloutInProgress', status: 'True' }] },
    });
    expect((await eventReasons(here.context, name)).slice(3)).toEqual(['ResourceUpdated', 'FleetRolloutStarted']);
  });

  test('is refused with 400 under another name or with a broken template, and with 409 from an old version', async () => {
    const name = await create();
    refusalOf(await api.put(`/fleets/${name}`, fleetRequest('another', {})), 400);
    const request = fleetRequest(name, { fleet: 'else' });
    refusalOf(await api.put(`/fleets/${name}`, { ...request, metadata: { name, resourceVersion: '9' } }), 409);
    const broken = fleetRequest(name, { fleet: name }, '{{ .metadata.owner }}');
    expect(refusalOf(await api.put(`/fleets/${name}`, broken), 400)).toContain('.metadata.owner is not available');
    expect((await read(name)).metadata.resourceVersion).toBe('1');
  });

  test('that says nothing new to devices starts no rollout', async () => {
    const name = await create();
    await rollOut();
    const request = fleetRequest(name, { fleet: name });
    const policy = { ...request, spec: { ...request.spec, rolloutPolicy: { defaultUpdateTimeout: '10m' } } };
    const answer = await api.put(`/fleets/${name}`, { ...policy, metadata: { name, labels: { team: 'x' } } });
    expect(documentOf(answer, 200, fleetSchema)).toMatchObject({
      metadata: { generation: 2, resourceVersion: '2', labels: { team: 'x' } },
      status: { conditions: [valid, { type: 'RolloutInProgress', status: 'False' }] },
    });
    expect((await eventReasons(here.context, name)).slice(3)).toEqual(['ResourceUpdated']);
  });

  test('by PATCH changes spec and metadata, or is refused with 400, or 404', async () => {
    const name = await create();
    const patch = (...operations: object[]) => api.patch(`/fleets/${name}`, operations);
    const image = '/spec/template/spec/os/image';
    const patched = await patch(
      { op: 'test', path: image, value: 'quay.io/acme/os:1' },
      { op: 'replace', path: image, value: 'quay.io/acme/os:3' },
      { op: 'add', path: '/metadata/labels/team', value: 'y' },
    );
    expect(documentOf(patched, 200, fleetSchema)).toMatchObject({
      metadata: { generation: 2, labels: { team: 'y' } },
      spec: { template: { spec: { os: { image: 'quay.io/acme/os:3' } } } },
    });
    expect(refusalOf(await patch({ op: 'test', path: image, value: 'other' }), 400)).toContain('operation 0');
    refusalOf(await patch({ op: 'replace', path: '/metadata/name', value: 'other' }), 400);
    refusalOf(await patch({ op: 'add', path: '/status/conditions/-', value: {} }), 400);
    refusalOf(await patch({ op: 'remove', path: '/spec/template' }), 400);
    refusalOf(await api.patch('/fleets/nobody', [{ op: 'test', path: '/kind', value: 'Fleet' }]), 404);
    expect((await read(name)).metadata).toMatchObject({ generation: 2, resourceVersion: '2' });
  });

  test('ends what people adopted against its template, if that is what changes', async () => {
    const name = await create();
    const device = `${name}-device`;
    await api.post('/devices', deviceRequest(device, { labels: { fleet: name } }));
    await here.context.database.pool.execute(
      sql`UPDATE devices SET spec_adopted = true, spec = '{"config": []}' WHERE name = ${device}`,
    );
    const selector = { matchExpressions: [{ key: 'fleet', operator: 'In', values: [name] }] };
    await api.patch(`/fleets/${name}`, [{ op: 'replace', path: '/spec/selector', value: selector }]);
    await rollOut();
    expect(await deviceRow(here.context, device)).toMatchObject({
      spec_adopted: true,
      spec: { config: [] },
      owner: `Fleet/${name}`,
    });
    await api.patch(`/fleets/${name}`, [{ op: 'replace', path: '/spec/template/spec/os/image', value: 'new:1' }]);
    expect(await deviceRow(here.context, device)).toMatchObject({ spec_adopted: true, spec: { config: [] } });
    await rollOut();
    expect(await deviceRow(here.context, device)).toMatchObject({
      spec_adopted: false,
      spec: { os: { image: 'new:1' } },
    });
  });
});

describe('a rollout policy, which is not followed', () => {
  const rolloutPolicy = {
    deviceSelection: { strategy: 'BatchSequence', sequence: [{ limit: '10%' }] },
    disruptionBudget: { maxUnavailable: 2 },
  };
  const warning = (name: string) =>
    `299 muster "fleet ${name}: The rollout policy (deviceSelection, disruptionBudget) is kept but not followed: a change of the template goes to all devices of the fleet at once."`;

  test('is kept, and who writes it is warned each time: in the answer, and in a condition', async () => {
    const name = fresh();
    const plain = fleetRequest(name, { fleet: name });
    const request = { ...plain, spec: { ...plain.spec, rolloutPolicy } };
    const answers = [
      await api.post('/fleets', request),
      await api.put(`/fleets/${name}`, request),
      await api.put(`/fleets/${name}`, { ...request, metadata: { name, labels: { team: 'x' } } }),
      await api.patch(`/fleets/${name}`, [{ op: 'replace', path: '/metadata/labels/team', value: 'y' }]),
    ];
    for (const { headers } of answers) expect(headers['warning']).toBe(warning(name));
    const told = expect.stringContaining('(deviceSelection, disruptionBudget) is kept but not followed');
    for (const _ of ['in progress', 'rolled out']) {
      const shown = await read(name);
      expect(shown.spec.rolloutPolicy).toEqual(rolloutPolicy);
      expect(shown.status?.conditions).toContainEqual(
        expect.objectContaining({ type: 'RolloutInProgress', message: told }),
      );
      await rollOut();
    }
    const removed = await api.patch(`/fleets/${name}`, [{ op: 'remove', path: '/spec/rolloutPolicy' }]);
    expect(removed.headers).not.toHaveProperty('warning');
    expect(JSON.stringify((await read(name)).status)).not.toContain('policy');
  });

  test('warns nobody where there is none, or the document is refused', async () => {
    const name = fresh();
    const plain = fleetRequest(name, { fleet: name });
    expect((await api.post('/fleets', plain)).headers).not.toHaveProperty('warning');
    const refused = await api.put(`/fleets/${name}`, {
      ...plain,
      metadata: { name, resourceVersion: '9' },
      spec: { ...plain.spec, rolloutPolicy },
    });
    expect(refused).toMatchObject({ code: 409 });
    expect(refused.headers).not.toHaveProperty('warning');
  });
});

describe('the status of a fleet', () => {
  test('is worked out by the service, whatever others say of it', async () => {
    const name = await create();
    const shown = await read(name);
    expect(documentOf(await api.get(`/fleets/${name}/status`), 200, fleetSchema)).toEqual(shown);
    const said = { ...shown, status: { conditions: [], rollout: { currentBatch: 3 } } };
    expect(documentOf(await api.put(`/fleets/${name}/status`, said), 200, fleetSchema)).toEqual(shown);
    const patch = [{ op: 'replace', path: '/status/conditions', value: [] }];
    expect(documentOf(await api.patch(`/fleets/${name}/status`, patch), 200, fleetSchema)).toEqual(shown);
    refusalOf(await api.patch(`/fleets/${name}/status`, [{ op: 'remove', path: '/spec' }]), 400);
    refusalOf(
      await api.patch(`/fleets/${name}/status`, [{ op: 'replace', path: '/status/conditions', value: 5 }]),
      400,
    );
    refusalOf(await api.put(`/fleets/${name}/status`, { ...said, metadata: { name: 'another' } }), 400);
    refusalOf(await api.put('/fleets/nobody/status', { ...said, metadata: {} }), 404);
    refusalOf(await api.get('/fleets/nobody/status'), 404);
  });
});

describe('listing fleets', () => {
  test('pages in the order of names, selects, and summarises devices where asked', async () => {
    const own = await createTestContext();
    onTestFinished(() => own.close());
    const client = await createApiClient(own.context);
    onTestFinished(() => client.close());
    for (const name of ['c', 'a', 'e', 'b', 'd']) {
      const request = fleetRequest(name, { fleet: name });
      await client.post('/fleets', { ...request, metadata: { name, labels: { odd: String('ace'.includes(name)) } } });
    }
    await client.post('/devices', deviceRequest('one', { labels: { fleet: 'a' } }));
    await client.post('/devices', deviceRequest('two', { labels: { fleet: 'a' } }));
    const list = async (query: string) => documentOf(await client.get(`/fleets?${query}`), 200, fleetListSchema);
    const first = await list('limit=3');
    expect(first.items.map(({ metadata }) => metadata.name)).toEqual(['a', 'b', 'c']);
    expect(first.metadata.remainingItemCount).toBe(2);
    const next = await list(`limit=3&continue=${first.metadata.continue}`);
    expect(next.items.map(({ metadata }) => metadata.name)).toEqual(['d', 'e']);
    expect(next.metadata).toEqual({});
    const odd = await list('labelSelector=odd%3Dtrue&fieldSelector=metadata.name!%3De');
    expect(odd.items.map(({ metadata }) => metadata.name)).toEqual(['a', 'c']);
    const image = 'spec.template.spec.os.image';
    await client.put('/fleets/b', fleetRequest('b', { fleet: 'b' }, 'os:42'));
    const imaged = await list(`fieldSelector=${encodeURIComponent(`${image}=(os:42)`)}`);
    expect(imaged.items.map(({ metadata }) => metadata.name)).toEqual(['b']);
    const { items } = await list('addDevicesSummary=true');
    expect(items.map(({ status }) => status?.devicesSummary?.total)).toEqual([2, 0, 0, 0, 0]);
    expect((await list('')).items[0]?.status).not.toHaveProperty('devicesSummary');
    const summed = documentOf(await client.get('/fleets/a?addDevicesSummary=true'), 200, fleetSchema);
    expect(summed.status?.devicesSummary).toMatchObject({ total: 2, summaryStatus: { Unknown: 2 } });
    for (const query of ['limit=x', 'labelSelector==', 'fieldSelector=lastSeen', 'continue=x', 'addDevicesSummary=2']) {
      refusalOf(await client.get(`/fleets?${query}`), 400);
    }
  });
});

describe('deleting a fleet', () => {
  test('answers a Status; its devices stay, with their own specs or another fleet', async () => {
    const name = await create();
    const both = fresh();
    documentOf(await api.post('/fleets', fleetRequest(both, { both })), 201, fleetSchema);
    const alone = `${name}-alone`;
    const shared = `${name}-shared`;
    await api.post('/devices', deviceRequest(alone, { labels: { fleet: name } }));
    await api.post('/devices', deviceRequest(shared, { labels: { fleet: name, both } }));
    expect(await deviceRow(here.context, shared)).toMatchObject({
      owner: null,
      matching_fleets: [name, both].toSorted(),
    });

    expect(documentOf(await api.delete(`/fleets/${name}`), 200, statusSchema)).toMatchObject({ status: 'Success' });
    refusalOf(await api.get(`/fleets/${name}`), 404);
    refusalOf(await api.delete(`/fleets/${name}`), 404);
    expect(await deviceRow(here.context, alone)).toMatchObject({ owner: null, matching_fleets: null });
    expect(await deviceRow(here.context, shared)).toMatchObject({ owner: `Fleet/${both}`, matching_fleets: null });
    expect(documentOf(await api.get(`/devices/${shared}`), 200, deviceSchema).metadata.owner).toBe(`Fleet/${both}`);
    expect(await eventReasons(here.context, shared)).toEqual([
      'ResourceCreated',
      'DeviceMultipleOwnersDetected',
      'ResourceUpdated',
      'DeviceMultipleOwnersResolved',
    ]);
    expect((await eventReasons(here.context, name)).at(-1)).toBe('ResourceDeleted');
  });
});
