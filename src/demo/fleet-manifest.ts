import { documentsOf } from '../manifests/desired-documents.ts';
import type { FleetBody } from '../client/api-client.ts';
import type { JsonObject } from '../domain/json.ts';
import { fleetRequestSchema } from '../domain/resources/fleet.ts';
import type { SceneDevice, SceneFleet } from './scene.ts';

/** The content of a file of the fleets for a device of that name and site. */
type Content = (name: string, site: string) => string;
type SceneFile = { readonly provider: string; readonly path: string; readonly mode: number; readonly content: Content };
/** One version of a fleet's template. The note tells editions of the same number apart. */
export type Edition = { readonly edition: number; readonly note?: string | undefined };

const units = ['acme-telemetry.service', 'acme-*.timer'];

function filesAt({ edition, note = 'rollout' }: Edition): SceneFile[] {
  return [
    {
      provider: 'site',
      path: '/etc/acme/site.conf',
      mode: 0o644,
      content: (name, site) => `device=${name}\nsite=${site}\nedition=${edition}\nnote=${note}\n`,
    },
    {
      provider: 'credentials',
      path: '/etc/acme/telemetry.env',
      mode: 0o600,
      content: (name) => `TELEMETRY_USER=${name}\n`,
    },
    {
      provider: 'hooks',
      path: '/usr/local/bin/acme-health',
      mode: 0o755,
      content: () => `#!/bin/sh\nexec curl --fail http://127.0.0.1:8080/health?edition=${edition}\n`,
    },
  ];
}

const osImage = (fleet: string, edition: number) => `quay.io/acme/${fleet}-os:1.${edition}`;
const applicationImage = (edition: number) => `quay.io/acme/telemetry:2.${edition}`;

/** A fleet as a person writes it: three config providers, and modes in octal. */
export function fleetManifest({ name, matchLabels }: SceneFleet, version: Edition): string {
  const labels = Object.entries(matchLabels).map(([key, value]) => `      ${key}: ${value}`);
  const providers = filesAt(version).flatMap(({ provider, path, mode, content }) => [
    `        - name: ${provider}`,
    '          inline:',
    `            - path: ${path}`,
    `              mode: 0${mode.toString(8)}`,
    '              content: |',
    ...content('{{ .metadata.name }}', '{{ .metadata.labels.site }}')
      .trimEnd()
      .replaceAll(/^/gm, '                ')
      .split('\n'),
  ]);
  return `${[
    'apiVersion: flightctl.io/v1beta1',
    'kind: Fleet',
    'metadata:',
    `  name: ${name}`,
    'spec:',
    '  selector:',
    '    matchLabels:',
    ...labels,
    '  template:',
    '    spec:',
    '      os:',
    `        image: ${osImage(name, version.edition)}`,
    '      config:',
    ...providers,
    '      applications:',
    '        - name: telemetry',
    '          appType: container',
    `          image: ${applicationImage(version.edition)}`,
    '      systemd:',
    `        matchPatterns: [${units.map((unit) => JSON.stringify(unit)).join(', ')}]`,
  ].join('\n')}\n`;
}

/** The same as `muster apply` sends it. */
export function fleetRequest(fleet: SceneFleet, version: Edition): FleetBody {
  const [read] = documentsOf(`${fleet.name}.yaml`, fleetManifest(fleet, version));
  if (read === undefined || 'problem' in read) throw new Error(`${read?.place ?? fleet.name}: ${read?.problem ?? ''}`);
  return fleetRequestSchema.parse(read.document) as FleetBody;
}

/** The things that a device of that manifest must get, stated independently of the manifest. */
export function specWritten({ name, labels }: SceneDevice, fleet: SceneFleet, version: Edition): JsonObject {
  return {
    os: { image: osImage(fleet.name, version.edition) },
    config: filesAt(version).map(({ provider, path, mode, content }) => ({
      name: provider,
      inline: [{ path, mode, content: content(name, labels.site) }],
    })),
    applications: [{ name: 'telemetry', appType: 'container', image: applicationImage(version.edition) }],
    systemd: { matchPatterns: units },
  };
}
