import { sql } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import { deviceSchema } from '../../src/domain/resources/device.ts';
import { fleetSchema } from '../../src/domain/resources/fleet.ts';
import { acceptReports } from '../../src/usecases/accept-reports.ts';
import { deviceRequest, documentOf, fleetRequest, refusalOf } from '../support/documents.ts';
import { deviceRow } from '../support/table-rows.ts';
import { useApi } from '../support/use-fleet.ts';

const { here, api } = await useApi();

const spec = { config: [{ name: 'a', inline: [{ path: '/var/lib/flightctl/x', content: '' }] }] };
const place = 'config[0].inline[0].path: expected a path outside /var/lib/flightctl';

describe('a spec that no client may write', () => {
  test('is refused with 400 and its place when a device is created, replaced or patched', async () => {
    expect(refusalOf(await api.post('/devices', deviceRequest('new', { spec })), 400)).toContain(`spec.${place}`);
    expect(refusalOf(await api.put('/devices/new', deviceRequest('new', { spec })), 400)).toContain(`spec.${place}`);
    documentOf(await api.post('/devices', deviceRequest('old')), 201, deviceSchema);
    expect(refusalOf(await api.put('/devices/old', deviceRequest('old', { spec })), 400)).toContain(`spec.${place}`);
    const patched = await api.patch('/devices/old', [{ op: 'add', path: '/spec/config', value: spec.config }]);
    expect(refusalOf(patched, 400)).toContain(`spec.${place}`);
    expect(await deviceRow(here.context, 'new')).toBeUndefined();
    expect(await deviceRow(here.context, 'old')).toMatchObject({ spec: {}, resource_version: '1' });
  });

  test('is refused with 400 and its place in the template of a fleet', async () => {
    const fleet = fleetRequest('fleet', { a: 'b' });
    const bad = { ...fleet, spec: { ...fleet.spec, template: { spec } } };
    const where = `spec.template.spec.${place}`;
    expect(refusalOf(await api.post('/fleets', bad), 400)).toContain(where);
    documentOf(await api.post('/fleets', fleet), 201, fleetSchema);
    expect(refusalOf(await api.put('/fleets/fleet', bad), 400)).toContain(where);
    const patched = await api.patch('/fleets/fleet', [{ op: 'replace', path: '/spec/template/spec', value: spec }]);
    expect(refusalOf(patched, 400)).toContain(where);
  });

  test('that is there already does not keep the labels from being edited', async () => {
    documentOf(await api.post('/devices', deviceRequest('stored')), 201, deviceSchema);
    await here.context.database.pool.execute(
      sql`UPDATE devices SET spec = ${JSON.stringify(spec)}::jsonb WHERE name = 'stored'`,
    );
    const labels = { site: 'north' };
    documentOf(await api.put('/devices/stored', deviceRequest('stored', { labels, spec })), 200, deviceSchema);
    expect(await deviceRow(here.context, 'stored')).toMatchObject({ labels, spec });
  });
});

describe('an OS image for a device that reports package mode', () => {
  const os = (image: string) => ({ spec: { os: { image } } });
  const other = { config: [] };

  test('is refused with 400, unless it stood there already or is taken away', async () => {
    documentOf(await api.post('/devices', deviceRequest('packaged', os('a:1'))), 201, deviceSchema);
    const status = { capabilities: { osMode: 'package' } };
    await acceptReports(here.context, [{ device: 'packaged', position: null, status }]);
    const refused = await api.put('/devices/packaged', deviceRequest('packaged', os('a:2')));
    expect(refusalOf(refused, 400)).toContain('spec.os: expected none: device packaged reports osMode package');
    const kept = deviceRequest('packaged', { spec: { ...os('a:1').spec, ...other } });
    documentOf(await api.put('/devices/packaged', kept), 200, deviceSchema);
    documentOf(await api.put('/devices/packaged', deviceRequest('packaged', { spec: other })), 200, deviceSchema);
    refusalOf(await api.patch('/devices/packaged', [{ op: 'add', path: '/spec/os', value: { image: 'a:1' } }]), 400);
  });
});
