import { absolutePathForm, relativePathForm } from '../resources/file-content.ts';
import { imageReferenceForm } from '../resources/image-reference.ts';
import type { TextForm } from '../resources/templated.ts';

/** A part of a spec that may hold templates, and the places in it. Places that are not named are left as they are. */
export type TemplatePlace =
  /** A string. `form`: the form that it must have once it is filled in. */
  | { readonly kind: 'text'; readonly form: TextForm | undefined }
  /** A list whose items may hold templates. */
  | { readonly kind: 'items'; readonly item: TemplatePlace }
  /** An object with any keys, whose values may hold templates. */
  | { readonly kind: 'values'; readonly value: TemplatePlace }
  /** An object with known keys. */
  | { readonly kind: 'members'; readonly members: Members }
  /** A file: a path, and a content in one of two encodings. */
  | { readonly kind: 'file'; readonly path: TemplatePlace }
  /** One of several kinds of objects; the value of a key says which. */
  | { readonly kind: 'variants'; readonly key: string; readonly variants: Members };

type Members = ReadonlyMap<string, TemplatePlace>;

const text = (form?: TextForm): TemplatePlace => ({ kind: 'text', form });
const items = (item: TemplatePlace): TemplatePlace => ({ kind: 'items', item });
const values = (value: TemplatePlace): TemplatePlace => ({ kind: 'values', value });
const members = (of: Readonly<Record<string, TemplatePlace>>): TemplatePlace => ({
  kind: 'members',
  members: new Map(Object.entries(of)),
});
const filesWith = (path: TextForm): TemplatePlace => items({ kind: 'file', path: text(path) });

const someText: TextForm = { pattern: /^[\s\S]+$/, expected: 'expected some text' };

const image = text(imageReferenceForm);
const envVars = values(text(someText));
const volumes = items(members({ image: members({ reference: image }) }));
const inline = filesWith(relativePathForm);

/** The templates of a fleet's spec are filled in at the same places as in Flight Control (docs/templates.md). */
export const specPlaces: TemplatePlace = members({
  os: members({ image }),
  config: items(
    members({
      gitRef: members({ targetRevision: text(), path: text() }),
      httpRef: members({ suffix: text(), filePath: text(absolutePathForm) }),
      secretRef: members({ name: text(someText), namespace: text(someText), mountPath: text(absolutePathForm) }),
      inline: filesWith(absolutePathForm),
    }),
  ),
  applications: items({
    kind: 'variants',
    key: 'appType',
    variants: new Map([
      ['compose', members({ image, inline, envVars, volumes })],
      ['quadlet', members({ image, inline, envVars, volumes })],
      ['container', members({ image, envVars, volumes })],
      ['helm', members({ image })],
      ['vm', members({ image, inline })],
    ]),
  }),
});
