import type { DeviceBody } from '../client/api-client.ts';
import type { Transport } from '../simulator/simulated-fleet.ts';

/** Cast of the story: devices, their fleets, and the editions of those fleets. */
export type SceneDevice = {
  readonly name: string;
  readonly transport: Transport;
  readonly labels: { readonly site: string; readonly role: string; readonly ring: 'stable' | 'canary' };
};

export type SceneFleet = { readonly name: string; readonly matchLabels: Readonly<Record<string, string>> };

export const sites = ['north', 'south', 'west'] as const;
export const canaryFleet: SceneFleet = { name: 'canaries', matchLabels: { ring: 'canary' } };
/** The fleet that a person deletes in the middle of the story. */
export const deletedFleet: SceneFleet = { name: 'kiosks', matchLabels: { ring: 'stable', role: 'kiosk' } };
export const fleets: readonly SceneFleet[] = [
  { name: 'gateways', matchLabels: { ring: 'stable', role: 'gateway' } },
  deletedFleet,
  canaryFleet,
];

/** Share of the devices that try a change before the others get it. */
const canaryShare = 0.1;

/** The devices: half of them talk HTTP and half WebSocket, and so do the canaries, who stand at every site. */
export function castDevices(count: number): SceneDevice[] {
  const canaries = Math.round(count * canaryShare);
  const canaryIndexes = new Set(
    Array.from({ length: canaries }, (_empty, index) => Math.floor(((index + 0.5) * count) / canaries)),
  );
  const width = String(count).length;
  return Array.from({ length: count }, (_empty, index) => ({
    name: `demo-${String(index + 1).padStart(width, '0')}`,
    // Shifted by one every ten, so that canaries do not all use one transport.
    transport: (index + Math.floor(index / 10)) % 2 === 0 ? 'http' : 'ws',
    labels: {
      site: sites[index % sites.length] ?? sites[0],
      role: Math.floor(index / sites.length) % 2 === 0 ? 'gateway' : 'kiosk',
      ring: canaryIndexes.has(index) ? 'canary' : 'stable',
    },
  }));
}

/** The one device that is registered after the backup. */
export const latecomer: SceneDevice = {
  name: 'demo-latecomer',
  transport: 'http',
  labels: { site: 'north', role: 'gateway', ring: 'stable' },
};

export function isCanary({ labels }: SceneDevice): boolean {
  return labels.ring === 'canary';
}

/** A device as it is registered: its spec comes from its fleet. */
export function deviceRequest({ name, labels }: SceneDevice): DeviceBody {
  return { apiVersion: 'flightctl.io/v1beta1', kind: 'Device', metadata: { name, labels } };
}

/** Tells whether a fleet has a device, by its labels. */
export function isMember({ labels }: SceneDevice, { matchLabels }: SceneFleet): boolean {
  return Object.entries(matchLabels).every(([key, value]) => labels[key as keyof typeof labels] === value);
}
