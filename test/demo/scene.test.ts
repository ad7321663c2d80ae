import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { castDevices, fleets, isCanary, type SceneDevice } from '../../src/demo/scene.ts';

const count = fc.integer({ min: 10, max: 3_000 });

test('half of the devices talk HTTP and half WebSocket, and a tenth are canaries', () => {
  fc.assert(
    fc.property(count, (devices) => {
      const cast = castDevices(devices);
      const overHttp = cast.filter(({ transport }) => transport === 'http').length;
      expect(new Set(cast.map(({ name }) => name)).size).toBe(devices);
      expect(Math.abs(overHttp - devices / 2)).toBeLessThanOrEqual(1);
      expect(cast.filter(isCanary)).toHaveLength(Math.round(devices / 10));
    }),
  );
});

test('of a thousand devices exactly half talk HTTP, and canaries of both transports stand at every site', () => {
  const cast = castDevices(1_000);
  expect(cast.filter(({ transport }) => transport === 'http')).toHaveLength(500);
  const kinds = new Set(cast.filter(isCanary).map(({ transport, labels }) => `${transport} ${labels.site}`));
  expect([...kinds].toSorted()).toEqual(['http north', 'http south', 'http west', 'ws north', 'ws south', 'ws west']);
});

test('every device belongs to exactly one of the three fleets', () => {
  const owners = ({ labels }: SceneDevice) =>
    fleets.filter(({ matchLabels: { ring, role } }) => ring === labels.ring && (role ?? labels.role) === labels.role);
  const cast = castDevices(1_000);
  expect(cast.filter((device) => owners(device).length !== 1)).toEqual([]);
  expect(new Set(cast.map((device) => owners(device)[0]?.name)).size).toBe(3);
});
