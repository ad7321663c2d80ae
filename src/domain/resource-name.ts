import { badRequest } from './errors.ts';

type Named = { readonly metadata: { readonly name?: string | undefined } };

/** The name that a new resource's document gives. @throws MusterError 400 if it gives none */
export function requiredName({ metadata: { name } }: Named, kind: string): string {
  if (name === undefined) throw badRequest(`metadata.name: expected the name of the ${kind}`);
  return name;
}

/** @throws MusterError 400 if a document names another resource than the path does */
export function assertNamedAsPath({ metadata: { name } }: Named, path: string, kind: string): void {
  if (name === undefined || name === path) return;
  throw badRequest(`metadata.name: expected ${path}, the ${kind} in the path, found ${name}`);
}
