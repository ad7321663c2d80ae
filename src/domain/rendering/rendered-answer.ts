import { z } from 'zod';
import type { DeviceSpec } from '../resources/device-spec.ts';
import { cleanDevicePath } from '../resources/device-path.ts';
import { quote } from '../resources/document-path.ts';
import { assertStorable } from '../resources/storable.ts';
import { describeProblems, type DocumentProblem } from '../resources/zod-problem.ts';
import { MusterError } from '../errors.ts';
import type { RenderedDevice, RenderOutcome } from './spec-renderer.ts';
import { deliveredForm, readSpec, refused } from './delivered-form.ts';
import { httpReferences, named } from './references.ts';
import { shortened } from '../quoted.ts';

const maxProblems = 20;
const maxMessageLength = 500;

/** The answer of a renderer outside Muster: the rendered spec, or the reasons why there is none. */
const answerSchema = z.union(
  [
    z.strictObject({ spec: z.record(z.string(), z.unknown()) }),
    z.strictObject({ problems: z.array(z.looseObject({ message: z.string().min(1) })).min(1) }),
  ],
  { error: 'expected either spec, an object, or problems, a list of objects with a message' },
);

/**
 * Checks the answer of a renderer outside Muster by the rules for our own renderer: its spec is put into the form that an
 * agent reads, and may leave out nothing that the desired spec has.
 *
 * @param desired the spec that it was asked to render
 */
export function judgeAnswer(answer: unknown, desired: DeviceSpec, device: RenderedDevice): RenderOutcome {
  const parsed = answerSchema.safeParse(answer);
  if (!parsed.success) return wrong(describeProblems(parsed.error, 'it'));
  if ('problems' in parsed.data) {
    return { ok: false, problems: parsed.data.problems.slice(0, maxProblems).map(({ message }) => shown(message)) };
  }
  const unstorable = storingProblem(parsed.data.spec);
  if (unstorable !== undefined) return wrong(unstorable);
  const read = readSpec(parsed.data.spec);
  if (!read.ok) return fromRenderer(read);
  // Only the service orders a device to be decommissioned or opens consoles.
  const { decommissioning: _, consoles: __, ...rest } = read.spec;
  const spec: DeviceSpec = { ...rest, ...serviceParts(desired) };
  const problems = [...unresolvedHttp(spec), ...missingParts(desired, spec)];
  if (problems.length > 0) return fromRenderer(refused(problems));
  const delivered = deliveredForm(spec, device);
  return delivered.ok ? delivered : fromRenderer(delivered);
}

function serviceParts({ decommissioning, consoles }: DeviceSpec): Pick<DeviceSpec, 'decommissioning' | 'consoles'> {
  return {
    ...(decommissioning === undefined ? {} : { decommissioning }),
    ...(consoles === undefined ? {} : { consoles }),
  };
}

function storingProblem(spec: Readonly<Record<string, unknown>>): string | undefined {
  try {
    assertStorable(spec);
    return undefined;
  } catch (error) {
    if (error instanceof MusterError) return error.message;
    throw error;
  }
}

function unresolvedHttp(spec: DeviceSpec): DocumentProblem[] {
  return httpReferences(spec).map(({ index, provider }) => ({
    path: ['config', index, 'httpRef'],
    text: `${named(provider)} has not been resolved`,
  }));
}

/** Parts of a spec whose absence removes things from a device, each with a test that the spec has the part. */
const parts = {
  config: ({ config = [] }) => config.some(({ inline }) => inline === undefined || inline.length > 0),
  applications: ({ applications = [] }) => applications.length > 0,
  os: ({ os }) => os?.image !== undefined || os?.catalogItemRef !== undefined,
  systemd: ({ systemd }) => (systemd?.matchPatterns ?? []).length > 0,
  resources: ({ resources = [] }) => resources.length > 0,
  updatePolicy: ({ updatePolicy }) => Object.keys(updatePolicy ?? {}).length > 0,
} as const satisfies Record<string, (spec: DeviceSpec) => boolean>;

/**
 * Finds the parts that the desired spec has and the answer leaves out: a spec that is cut short erases a device as surely
 * as a wrong one.
 */
function missingParts(desired: DeviceSpec, rendered: DeviceSpec): DocumentProblem[] {
  const paths = new Set(filePaths(rendered));
  const applications = new Set((rendered.applications ?? []).map(({ name }) => name));
  const lost = (part: string, what: string) => ({
    path: [part],
    text: `the desired spec has ${what}, and this one has none`,
  });
  return [
    ...Object.entries(parts).flatMap(([part, isThere]) =>
      isThere(desired) && !isThere(rendered) ? [lost(part, `something in "${part}"`)] : [],
    ),
    ...filePaths(desired).flatMap((path) => (paths.has(path) ? [] : [lost('config', `the file ${quote(path)}`)])),
    ...(desired.applications ?? []).flatMap(({ name }) =>
      name === undefined || applications.has(name) ? [] : [lost('applications', `the application ${quote(name)}`)],
    ),
  ];
}

/** Paths of the files that a spec names one by one; files of Git and of secrets are not known before they are fetched. */
function filePaths({ config = [] }: DeviceSpec): string[] {
  return config
    .flatMap(({ inline, httpRef }) => [...(inline ?? []).map(({ path }) => path), httpRef?.filePath])
    .flatMap((path) => (path === undefined ? [] : [cleanDevicePath(path)]));
}

function wrong(what: string): RenderOutcome {
  return { ok: false, problems: [shown(`the renderer's answer cannot be used: ${what}`)] };
}

/** Marks the problems of an answer, so that people do not take them for problems of the desired spec. */
function fromRenderer({ problems }: Extract<RenderOutcome, { ok: false }>): RenderOutcome {
  return { ok: false, problems: problems.map(({ message }) => ({ message: `the renderer's answer: ${message}` })) };
}

/** Puts a message of the renderer into one line of bounded length. */
function shown(message: string): { message: string } {
  const line = message.replaceAll(/[\p{Cc}\p{Cf}\p{Surrogate}\u2028\u2029]+/gu, ' ').trim();
  return { message: shortened(line, maxMessageLength) };
}
