import { LRUCache } from 'lru-cache';
import { deliveredForm, readSpec, refused } from '../domain/rendering/delivered-form.ts';
import { httpReferences, named, unresolvedReferences, type HttpReference } from '../domain/rendering/references.ts';
import type { DeviceSpec } from '../domain/resources/device-spec.ts';
import type { DocumentProblem } from '../domain/resources/zod-problem.ts';
import type { RenderedDevice, RenderOutcome, SpecRenderer } from '../domain/rendering/spec-renderer.ts';
import type { ExternalRenderer } from './external-renderer.ts';
import type { FetchedFile, HttpFiles } from './http-files.ts';
import type { Repositories } from './repositories.ts';

/** Content fetched for one device, in bytes of base64: about as much as a spec may bring with it. */
const maxFetchedBytes = 3 * 1024 * 1024;

/** Characters of specs whose rendered form is remembered. */
const maxRememberedCharacters = 4 * 1024 * 1024;

/** Specs that the renderer outside Muster is asked to render: those with what Muster cannot resolve, or all. */
type RendererScope = 'references' | 'all';

type SpecRendererParts = {
  readonly files: HttpFiles;
  /** The repositories as they are now. */
  readonly repositories: () => Repositories;
  readonly external?: { readonly renderer: ExternalRenderer; readonly scope: RendererScope } | undefined;
};

/** Renders specs into the form that agents read: with files fetched from repositories, or by a renderer outside Muster. */
export function createSpecRenderer({ files, repositories, external }: SpecRendererParts): SpecRenderer {
  const rendered = new LRUCache<string, RenderOutcome>({ maxSize: maxRememberedCharacters });
  return {
    async render(spec, device) {
      // Devices of one fleet have the same spec, or one of a few: where nothing is fetched for it, that is rendered once.
      const key = external?.scope === 'all' ? undefined : `${device.osMode ?? ''} ${JSON.stringify(spec)}`;
      const known = key === undefined ? undefined : rendered.get(key);
      if (known !== undefined) return known;
      const read = readSpec(spec);
      if (!read.ok) return read;
      if (external !== undefined && (external.scope === 'all' || needsAnother(read.spec, repositories()))) {
        return await external.renderer.render(read.spec, device);
      }
      const outcome = await renderHere(read.spec, device, { files, repositories: repositories() });
      const isFetched = httpReferences(read.spec).length > 0;
      if (key !== undefined && outcome.ok && !isFetched) rendered.set(key, outcome, { size: key.length });
      return outcome;
    },
  };
}

/** Tells if a spec has a reference that Muster itself cannot resolve. */
function needsAnother(spec: DeviceSpec, repositories: Repositories): boolean {
  if (unresolvedReferences(spec).length > 0) return true;
  return httpReferences(spec).some(({ repository }) => repositories.get(repository)?.type !== 'http');
}

type Sources = { readonly files: HttpFiles; readonly repositories: Repositories };

async function renderHere(spec: DeviceSpec, device: RenderedDevice, sources: Sources): Promise<RenderOutcome> {
  const references = httpReferences(spec);
  if (references.length === 0) return deliveredForm(spec, device);
  // What cannot be delivered whatever the files hold needs none of them.
  const unfilled = deliveredForm(spec, device, new Map(references.map(({ index }) => [index, ''])));
  if (!unfilled.ok) return unfilled;
  const fetched = new Map<number, string>();
  const problems: DocumentProblem[] = [];
  let mayPass = true;
  let bytes = 0;
  for (const reference of references) {
    const file = await fetchFile(reference, sources);
    const path = ['config', reference.index, 'httpRef'];
    if (!file.ok) {
      problems.push({ path, text: `${named(reference.provider)} cannot be resolved: ${file.reason}` });
      mayPass &&= file.mayPass;
      continue;
    }
    bytes += file.base64.length;
    if (bytes > maxFetchedBytes) {
      const text = `${named(reference.provider)} cannot be resolved: with it, more than ${maxFetchedBytes} bytes of base64 would be fetched for this device`;
      return refused([{ path, text }]);
    }
    fetched.set(reference.index, file.base64);
  }
  if (problems.length > 0) return { ...refused(problems), mayPass };
  return deliveredForm(spec, device, fetched);
}

async function fetchFile({ repository, suffix = '' }: HttpReference, sources: Sources): Promise<FetchedFile> {
  const found = sources.repositories.get(repository);
  if (found === undefined) {
    return { ok: false, reason: `there is no repository "${repository}" in MUSTER_REPOSITORIES`, mayPass: false };
  }
  if (found.type !== 'http') {
    return { ok: false, reason: `repository "${repository}" is of the type ${found.kind}, not http`, mayPass: false };
  }
  return await sources.files.fetch(found, suffix);
}
