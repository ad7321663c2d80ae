import { conflict } from './errors.ts';

/**
 * Checks Kubernetes' optimistic concurrency: an edit that states which version of an object it starts from must start from
 * the newest.
 *
 * @param given `metadata.resourceVersion` of the request, which may be left out
 * @throws MusterError 409 if it is not the object's version
 */
export function assertExpectedVersion(
  given: string | undefined,
  { kind, name, resourceVersion }: { kind: string; name: string; resourceVersion: number },
): void {
  if (given === undefined || given === '' || given === String(resourceVersion)) return;
  throw conflict(
    `${kind} ${name} has changed: it is at resourceVersion ${resourceVersion}, the request starts from ${JSON.stringify(given)}; read it again and repeat the change`,
  );
}
