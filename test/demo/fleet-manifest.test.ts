import { expect, test } from 'vitest';
import { fleetSchema } from '../../src/domain/resources/fleet.ts';
import { fleetManifest, fleetRequest, specWritten } from '../../src/demo/fleet-manifest.ts';
import { castDevices, fleets, isMember } from '../../src/demo/scene.ts';

const [fleet = { name: 'none', matchLabels: {} }] = fleets;

test('a fleet as it is sent is a valid fleet, and each edition differs', () => {
  const editions = [1, 2, 3].map((edition) => fleetSchema.parse(fleetRequest(fleet, { edition })));
  expect(new Set(editions.map((edition) => JSON.stringify(edition.spec.template))).size).toBe(3);
  expect(JSON.stringify(editions[0])).toContain('{{ .metadata.name }}');
});

test('the manifest has several config providers, and modes as people write them', () => {
  const manifest = fleetManifest(fleet, { edition: 1 });
  expect(manifest.match(/^ +- name: .*\n +inline:$/gm)).toHaveLength(3);
  expect(manifest.match(/mode: .*/g)).toEqual(['mode: 0644', 'mode: 0600', 'mode: 0755']);
});

test('a device must come to have what the manifest says once its placeholders are filled in', () => {
  const device = castDevices(10).find((candidate) => isMember(candidate, fleet));
  if (device === undefined) throw new Error('the fleet has a device');
  const { template } = fleetSchema.parse(fleetRequest(fleet, { edition: 3, note: 'urgent' })).spec;
  const filledIn: unknown = JSON.parse(
    JSON.stringify(template.spec)
      .replaceAll('{{ .metadata.name }}', device.name)
      .replaceAll('{{ .metadata.labels.site }}', device.labels.site),
  );
  expect(filledIn).toEqual(specWritten(device, fleet, { edition: 3, note: 'urgent' }));
});
