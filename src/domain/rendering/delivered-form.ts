import type { JsonObject } from '../json.ts';
import { osNeedsImageMode, osTargetOf } from './os-mode.ts';
import { deviceSpecSchema, type DeviceSpec } from '../resources/device-spec.ts';
import type { FileSpec } from '../resources/file-content.ts';
import { formatPath } from '../resources/document-path.ts';
import { specProblems } from '../resources/spec-rules.ts';
import { storableObject } from '../resources/storable.ts';
import { documentProblems, spellProblem, type DocumentProblem } from '../resources/zod-problem.ts';
import type { RenderedDevice, RenderOutcome, SpecRenderer } from './spec-renderer.ts';
import { mergedFiles } from './merged-files.ts';
import { named, unresolvedReferences } from './references.ts';

/** A spec whose form has been checked, or its problems. */
type ReadSpec = { readonly ok: true; readonly spec: DeviceSpec } | Extract<RenderOutcome, { ok: false }>;

/** Checks the form of a spec before it is rendered, because templates have been filled in since it was written. */
export function readSpec(spec: unknown): ReadSpec {
  const parsed = deviceSpecSchema.safeParse(spec);
  if (parsed.success) return { ok: true, spec: parsed.data };
  return refused(documentProblems(parsed.error));
}

/**
 * Puts a spec into the form that an agent reads: all config providers are merged into one without a name, `config` and
 * `consoles` are always lists, and the rest stays as it is. A spec is delivered whole or not at all, because an agent
 * removes what a spec does not name.
 *
 * @param fetched content that was fetched for providers, in base64, by the provider's index in the list `config`
 */
export function deliveredForm(
  spec: DeviceSpec,
  device: RenderedDevice,
  fetched: ReadonlyMap<number, string> = new Map(),
): RenderOutcome {
  const problems = [
    ...unresolvedReferences(spec),
    ...unfetched(spec, fetched),
    ...osProblems(spec, device),
    ...specProblems(spec, { templated: false }),
  ];
  if (problems.length > 0) return refused(problems);
  const inline = mergedFiles(filesOf(spec, fetched));
  return {
    ok: true,
    spec: {
      ...storableObject(spec),
      config: inline.length === 0 ? [] : [{ name: '', inline }],
      consoles: [...storableConsoles(spec)],
    },
  };
}

/** Renders specs that refer to nothing outside themselves. */
export const inlineRenderer: SpecRenderer = {
  render(spec, device) {
    const read = readSpec(spec);
    return read.ok ? deliveredForm(read.spec, device) : read;
  },
};

function unfetched({ config = [] }: DeviceSpec, fetched: ReadonlyMap<number, string>): DocumentProblem[] {
  return config.flatMap(({ name, httpRef }, index) =>
    httpRef === undefined || fetched.has(index)
      ? []
      : [{ path: ['config', index, 'httpRef'], text: `${named(name)} has not been fetched` }],
  );
}

function osProblems(spec: DeviceSpec, { name, osMode }: RenderedDevice): DocumentProblem[] {
  if (osMode !== 'package' || osTargetOf(storableObject(spec)) === undefined) return [];
  return [{ path: ['os'], text: osNeedsImageMode(name) }];
}

function* filesOf({ config = [] }: DeviceSpec, fetched: ReadonlyMap<number, string>): Generator<FileSpec> {
  for (const [index, { inline = [], httpRef }] of config.entries()) {
    yield* inline;
    const body = fetched.get(index);
    if (httpRef === undefined || body === undefined) continue;
    yield { path: httpRef.filePath, content: body, contentEncoding: 'base64' };
  }
}

function storableConsoles({ consoles = [] }: DeviceSpec): JsonObject[] {
  return consoles.map((console) => storableObject(console));
}

const maxProblems = 20;

/** Problems of a spec as sentences, each followed by its place. */
export function refused(problems: readonly DocumentProblem[]): Extract<RenderOutcome, { ok: false }> {
  const told = problems.slice(0, maxProblems).map((problem) => {
    // A text that begins with "expected" follows its place; a whole sentence has its place at its end.
    if (problem.text.startsWith('expected ')) {
      return { message: spellProblem({ ...problem, path: ['spec', ...problem.path] }) };
    }
    return { message: `${problem.text} (${formatPath(['spec', ...problem.path])})` };
  });
  const more = problems.length - told.length;
  return { ok: false, problems: more > 0 ? [...told, { message: `and ${more} more` }] : told };
}
