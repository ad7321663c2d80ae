import type { JsonObject } from '../../src/domain/json.ts';

/** The image of the specs that every seed begins with. */
export const firstImage = 'quay.io/rig/os:first';
/** Stands for the name of a device in the template of a fleet. */
export const nameInTemplate = '{{ .metadata.name }}';

const base64 = (text: string) => Buffer.from(text, 'utf8').toString('base64');

/**
 * The spec that a person writes together with an image: config of two providers, of which the second comes and goes; both
 * encodings, modes and owners; an application and a systemd unit. It differs from that of every other image.
 *
 * @param name the device's, or {@link nameInTemplate}
 */
export function writtenSpec(image: string, name: string): JsonObject {
  const edit = image.slice(image.lastIndexOf(':') + 1);
  const number = Number.parseInt(edit, 10) || 0;
  const base = {
    name: 'base',
    inline: [
      { path: '/etc/rig/edit.conf', content: `edit=${edit}\n`, mode: 0o640 },
      {
        path: '/etc/rig/name.conf',
        content: base64(`device=${name}\n`),
        contentEncoding: 'base64',
        user: '1000',
        group: '1000',
      },
    ],
  };
  const site = {
    name: 'site',
    inline: [
      { path: `/etc/rig/site-${number % 3}.conf`, content: `${name} at ${edit}\n` },
      { path: '/usr/local/bin/rig-check', content: '#!/bin/sh\n', mode: 0o755 },
    ],
  };
  return {
    os: { image },
    config: number % 4 === 3 ? [base] : [base, site],
    applications: [{ name: `app-${number % 2}`, appType: 'container', image: `quay.io/rig/app:${edit}` }],
    systemd: { matchPatterns: [`rig-${number % 5}.service`] },
  };
}
