import { desiredKinds } from './desired-kinds.ts';

/** Kinds of Flight Control's that Muster keeps no resources of, with what there is instead. */
const foreignKinds: Readonly<Record<string, string>> = {
  Repository: 'nothing is fetched from repositories here: write the content inline, or have a renderer fetch it',
  ResourceSync: 'apply the documents of the repository themselves',
  TemplateVersion: 'the template of the fleet is what is rolled out',
  AuthProvider: 'who may do what is a setting of the service',
  Organization: 'there is one organization here',
  Catalog: 'name images instead of items of a catalog',
  CatalogItem: 'name images instead of items of a catalog',
  ImageBuild: 'images are built elsewhere',
  ImageExport: 'images are built elsewhere',
  Event: 'events are written by the service',
  Restore: 'declare one with muster restore declare',
};

const taken = new Intl.ListFormat('en', { type: 'disjunction' }).format(
  desiredKinds.map(({ documentKind }) => documentKind),
);

/** Says why a document of a kind cannot be applied. */
export function refusedKind(kind: string): string {
  const instead = Object.hasOwn(foreignKinds, kind) ? foreignKinds[kind] : undefined;
  if (instead !== undefined) return `kind ${kind} cannot be applied here: ${instead} (expected ${taken})`;
  return `expected kind ${taken}, found ${JSON.stringify(kind)}`;
}
