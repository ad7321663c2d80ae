import type { JsonObject } from '../../src/domain/json.ts';
import { specHash } from '../../src/domain/rendering/spec-hash.ts';

// A content is one short text that stands for a whole spec. The empty text stands for a spec that says nothing.

export const nothingWritten = '';

const givenUp = ' decommissioning';
/** The content that orders a device to decommission itself. */
export const orderToDecommission = (content: string): string => content + givenUp;
export const isOrderToDecommission = (content: string): boolean => content.endsWith(givenUp);

/** A template that is filled in by the name of each device, and one that names a label that no device has. */
export const templateOf = (number: number): string => `quay.io/acme/fleet:${number}-{{ .metadata.name }}`;
export const failingTemplateOf = (number: number): string => `quay.io/acme/fleet:${number}-{{ .metadata.labels.ring }}`;
export const isFailing = (template: string): boolean => template.includes('.metadata.labels.ring');
export const filledIn = (template: string, device: string): string => template.replace('{{ .metadata.name }}', device);

/** The spec of a content as a person writes it: the files stand in two providers, of which an agent reads the first only. */
export function documentOf(content: string): JsonObject {
  return withParts(content, ({ release, variant }) => ({
    config: [
      { name: 'release', inline: [{ path: release.path, content: release.text }] },
      { name: 'variant', inline: [{ path: variant.path, content: variant.text }] },
    ],
  }));
}

/** The same in the form that a device is sent. */
export function deliveredOf(content: string): JsonObject {
  const files = withParts(content, ({ release, variant }) => ({
    config: [{ name: '', inline: [fileInBase64(release), fileInBase64(variant)] }],
  }));
  return { config: [], ...files, consoles: [] };
}

type File = { readonly path: string; readonly text: string };

/** One file that every content changes, and a file and an application that come and go. */
function withParts(
  content: string,
  config: (files: { readonly release: File; readonly variant: File }) => JsonObject,
): JsonObject {
  const own = content.replace(givenUp, '');
  const number = Buffer.from(own.split('-')[0] ?? '').reduce((sum, byte) => sum + byte, 0) % 3;
  const release = { path: '/etc/release', text: own };
  const variant = { path: `/etc/variant/${number}`, text: `${number}` };
  const application = { name: `app-${number}`, appType: 'container', image: `quay.io/acme/app:${number}` };
  return {
    ...(own === nothingWritten ? {} : { ...config({ release, variant }), applications: [application] }),
    ...(isOrderToDecommission(content) ? { decommissioning: { target: 'Unenroll' } } : {}),
  };
}

function fileInBase64({ path, text }: File): JsonObject {
  const content = Buffer.from(text, 'utf8').toString('base64');
  return { path, content, contentEncoding: 'base64', mode: 0o644, user: 'root' };
}

const hashes = new Map<string, string>();
/** The hash of a content in the form that a device is sent. */
export function hashOf(content: string): string {
  const known = hashes.get(content) ?? specHash(deliveredOf(content));
  hashes.set(content, known);
  return known;
}
