import type { DeviceBody, FleetBody } from '../cli/api-client.ts';
import type { Transport } from '../simulator/simulated-fleet.ts';

/** Who is on the stage: devices, the fleets they belong to, and what those fleets are at each edition. */
export type SceneDevice = {
  readonly name: string;
  readonly transport: Transport;
  readonly labels: { readonly site: string; readonly role: string; readonly ring: 'stable' | 'canary' };
};

export type SceneFleet = { readonly name: string; readonly matchLabels: Readonly<Record<string, string>> };

export const sites = ['north', 'south', 'west'] as const;
export const canaryFleet: SceneFleet = { name: 'canaries', matchLabels: { ring: 'canary' } };
export const stableFleets: readonly SceneFleet[] = [
  { name: 'gateways', matchLabels: { ring: 'stable', role: 'gateway' } },
  { name: 'kiosks', matchLabels: { ring: 'stable', role: 'kiosk' } },
];
export const fleets: readonly SceneFleet[] = [...stableFleets, canaryFleet];

/** So many devices try a change before the others get it, as a share of all. */
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
    // Of each ten another half, lest every tenth device talk alike.
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

/**
 * A fleet at an edition of its template, with placeholders for what differs from device to device.
 *
 * @param edition which version devices come to run that get the editions one after another, from 1
 * @param note goes into the configuration, to tell editions of the same number apart
 */
export function fleetRequest({ name, matchLabels }: SceneFleet, edition: number, note = 'rollout'): FleetBody {
  const site = [
    'device={{ .metadata.name }}',
    'site={{ .metadata.labels.site }}',
    `edition=${edition}`,
    `note=${note}`,
  ];
  return {
    apiVersion: 'flightctl.io/v1beta1',
    kind: 'Fleet',
    metadata: { name },
    spec: {
      selector: { matchLabels: { ...matchLabels } },
      template: {
        spec: {
          os: { image: `quay.io/acme/${name}-os:1.${edition}` },
          config: [
            { name: 'site', inline: [{ path: '/etc/acme/site.conf', content: `${site.join('\n')}\n`, mode: 0o644 }] },
          ],
          applications: [{ name: 'telemetry', appType: 'container', image: `quay.io/acme/telemetry:2.${edition}` }],
        },
      },
    },
  };
}
