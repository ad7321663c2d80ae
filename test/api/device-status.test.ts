import { describe, expect, test } from 'vitest';
import { deviceSchema } from '../../src/domain/resources/device.ts';
import { acceptReports } from '../../src/usecases/accept-reports.ts';
import { declareRestore } from '../../src/usecases/declare-restore.ts';
import { renderPending } from '../../src/usecases/render-devices.ts';
import { deviceRequest, documentOf, refusalOf } from '../support/documents.ts';
import { eventReasons, positionRow, restoreCounts } from '../support/table-rows.ts';
import { useApi } from '../support/use-fleet.ts';

let number = 0;

const { here, api } = await useApi();

async function create(spec: object = { os: { image: 'quay.io/acme/os:1' } }): Promise<string> {
  const name = `device-${(number += 1)}`;
  documentOf(await api.post('/devices', deviceRequest(name, { spec })), 201, deviceSchema);
  return name;
}

const report = (device: string, version: number) =>
  acceptReports(here.context, [{ device, position: { timeline: null, version, specHash: null } }]);
const render = () => renderPending(here.context, new AbortController().signal);
const statusRequest = (name: string, status: object) => ({ apiVersion: '', kind: '', metadata: { name }, status });

describe('the status that an administrator gives', () => {
  test('is kept and shown, but proves nothing: nothing is judged and the device has not been seen', async () => {
    const name = await create();
    const { restore } = await declareRestore(here.context, { by: { actor: 'user:test' } });
    const before = await positionRow(here.context, name);
    const status = {
      config: { renderedVersion: '99' },
      os: { image: 'x:1', imageDigest: 'sha256:1' },
      resources: { disk: 'Critical' },
    };
    const answer = await api.put(`/devices/${name}/status`, statusRequest(name, status));
    expect(documentOf(answer, 200, deviceSchema).status).toMatchObject({
      config: { renderedVersion: '99' },
      os: { image: 'x:1' },
      summary: { status: 'AwaitingReconnect' },
    });
    expect(await positionRow(here.context, name)).toEqual(before);
    expect((await restoreCounts(here.context)).kept).toMatchObject({ awaiting: number });
    expect(await eventReasons(here.context, name)).toEqual(['ResourceCreated']);
    expect(await eventReasons(here.context, restore.id)).toEqual(['SystemRestored']);
    await report(name, 0);
    const shown = documentOf(await api.get(`/devices/${name}/status`), 200, deviceSchema);
    expect(shown.status).toMatchObject({ summary: { status: 'Error' }, config: { renderedVersion: '0' } });
  });

  test('cannot leave a device stuck with what the service said of it meanwhile', async () => {
    const name = await create();
    await declareRestore(here.context, { by: { actor: 'user:test' } });
    const shown = documentOf(await api.get(`/devices/${name}`), 200, deviceSchema);
    expect(shown.status?.summary.status).toBe('AwaitingReconnect');
    documentOf(await api.put(`/devices/${name}/status`, shown), 200, deviceSchema);
    await report(name, 0);
    const answered = documentOf(await api.get(`/devices/${name}`), 200, deviceSchema);
    expect(answered.status?.summary).toEqual({ status: 'Online' });
  });

  test('can be patched, and only it', async () => {
    const name = await create();
    await acceptReports(here.context, [
      {
        device: name,
        position: null,
        status: { os: { image: 'x:1', imageDigest: 'd' }, resources: { cpu: 'Warning' } },
      },
    ]);
    const patch = (...operations: object[]) => api.patch(`/devices/${name}/status`, operations);
    const patched = await patch(
      { op: 'test', path: '/status/os/image', value: 'x:1' },
      { op: 'replace', path: '/status/resources/cpu', value: 'Critical' },
      { op: 'add', path: '/status/applications', value: [] },
    );
    expect(documentOf(patched, 200, deviceSchema).status).toMatchObject({
      os: { image: 'x:1' },
      summary: { status: 'Error' },
    });
    refusalOf(await patch({ op: 'add', path: '/spec', value: {} }), 400);
    refusalOf(await patch({ op: 'add', path: '/metadata', value: {} }), 400);
    expect(refusalOf(await patch({ op: 'test', path: '/status/os/image', value: 'y:2' }), 400)).toContain(
      'operation 0',
    );
    refusalOf(await patch({ op: 'replace', path: '/status/none/there', value: 1 }), 400);
    refusalOf(await patch({ op: 'replace', path: '/status/summary/status', value: 'Splendid' }), 400);
    documentOf(await patch({ op: 'remove', path: '/status' }), 200, deviceSchema);
    expect(documentOf(await api.get(`/devices/${name}`), 200, deviceSchema).status?.os.image).toBe('');
  });

  test('is refused with 404 for nobody, 400 for another device or no status, 409 from an old version', async () => {
    const name = await create();
    refusalOf(await api.get('/devices/nobody/status'), 404);
    refusalOf(await api.put('/devices/nobody/status', statusRequest('nobody', {})), 404);
    refusalOf(await api.patch('/devices/nobody/status', [{ op: 'add', path: '/status/applications', value: [] }]), 404);
    refusalOf(await api.put(`/devices/${name}/status`, statusRequest('another', {})), 400);
    refusalOf(await api.put(`/devices/${name}/status`, deviceRequest(name)), 400);
    expect(
      refusalOf(await api.put(`/devices/${name}/status`, statusRequest(name, { os: { image: 5 } })), 400),
    ).toContain('status.os.image');
    const stale = { ...statusRequest(name, {}), metadata: { name, resourceVersion: '77' } };
    refusalOf(await api.put(`/devices/${name}/status`, stale), 409);
  });
});

describe('the rendered device', () => {
  const rendered = (name: string, known?: string) =>
    api.get(`/devices/${name}/rendered${known === undefined ? '' : `?knownRenderedVersion=${known}`}`);

  test('is refused with 409 before anything was rendered, 404 for nobody, 400 for a version that is none', async () => {
    const name = await create();
    refusalOf(await rendered(name), 409);
    refusalOf(await rendered('nobody'), 404);
    refusalOf(await rendered(name, 'seven'), 400);
    refusalOf(await rendered(name, '-1'), 400);
  });

  test('has the rendered spec; nothing for who knows the newest; and asking is no report', async () => {
    const name = await create({ os: { image: 'quay.io/acme/own:1' } });
    await render();
    const before = await positionRow(here.context, name);
    expect(before).toMatchObject({ version: '1' });
    for (const known of [undefined, '', '0']) {
      expect(documentOf(await rendered(name, known), 200, deviceSchema)).toMatchObject({
        metadata: { name, annotations: { 'device-controller/renderedVersion': '1' } },
        spec: { os: { image: 'quay.io/acme/own:1' } },
      });
    }
    expect((await rendered(name, '1')).code).toBe(204);
    expect((await rendered(name, '2')).code).toBe(204);
    expect(await positionRow(here.context, name)).toEqual(before);
  });

  test('is refused with 409 and the reason while the device is awaited or paused', async () => {
    const name = await create();
    await render();
    await report(name, 1);
    await declareRestore(here.context, { by: { actor: 'user:test' } });
    for (const known of [undefined, '0', '1', '9']) {
      expect(refusalOf(await rendered(name, known), 409)).toContain('before it has reported after the restore');
    }
    await report(name, 9);
    for (const known of [undefined, '0', '1', '9']) {
      expect(refusalOf(await rendered(name, known), 409)).toContain('while it is paused');
    }
  });
});
