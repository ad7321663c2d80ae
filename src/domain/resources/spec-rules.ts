import { readCron, shortestIntervalMinutes } from './cron-schedule.ts';
import { cleanDevicePath, devicePathProblem } from './device-path.ts';
import { formatPath } from './document-path.ts';
import type { ApplicationProviderSpec } from './applications.ts';
import type { ConfigProviderSpec } from './config-providers.ts';
import type { DeviceSpec } from './device-spec.ts';
import type { ApplicationContent, FileSpec } from './file-content.ts';
import { goPatternProblem } from './go-pattern.ts';
import { isTemplated } from './templated.ts';
import type { UpdateSchedule } from './update-policy.ts';
import type { DocumentProblem } from './zod-problem.ts';

/** Largest file that a spec may hold, in bytes of its content. */
export const maxFileBytes = 1024 * 1024;

/** The place in a spec that a rule looks at. */
type Place = readonly PropertyKey[];

/**
 * Finds parts of a well-formed spec that an agent could not apply: files in protected places, content that is too long,
 * patterns and schedules that do not compile, applications without an identity.
 *
 * @param templated true if the spec may hold templates. Values that hold one are not checked before they are filled in.
 */
export function specProblems(spec: DeviceSpec, { templated }: { templated: boolean }): DocumentProblem[] {
  const open = templated ? isTemplated : () => false;
  return [
    ...(spec.config ?? []).flatMap((provider, index) => providerProblems(provider, ['config', index], open)),
    ...(spec.applications ?? []).flatMap((app, index) => applicationProblems(app, ['applications', index], open)),
    ...(spec.systemd?.matchPatterns ?? []).flatMap((pattern, index) =>
      found(['systemd', 'matchPatterns', index], goPatternProblem(pattern)),
    ),
    ...(['downloadSchedule', 'updateSchedule'] as const).flatMap((key) =>
      scheduleProblems(spec.updatePolicy?.[key], ['updatePolicy', key]),
    ),
  ];
}

type IsOpen = (text: string) => boolean;

function found(path: Place, text: string | undefined): DocumentProblem[] {
  return text === undefined ? [] : [{ path, text }];
}

function pathProblems(path: string, at: Place, open: IsOpen): DocumentProblem[] {
  return open(path) ? [] : found(at, devicePathProblem(path));
}

function providerProblems(provider: ConfigProviderSpec, at: Place, open: IsOpen): DocumentProblem[] {
  const { inline, httpRef, secretRef } = provider;
  return [
    ...(inline ?? []).flatMap((file, index) => [
      ...pathProblems(file.path, [...at, 'inline', index, 'path'], open),
      ...contentProblems(file, [...at, 'inline', index, 'content']),
    ]),
    ...(httpRef === undefined ? [] : pathProblems(httpRef.filePath, [...at, 'httpRef', 'filePath'], open)),
    ...(secretRef === undefined ? [] : pathProblems(secretRef.mountPath, [...at, 'secretRef', 'mountPath'], open)),
  ];
}

function contentProblems(file: FileSpec | ApplicationContent, at: Place): DocumentProblem[] {
  const { content = '', contentEncoding } = file;
  const bytes = Buffer.byteLength(content, contentEncoding === 'base64' ? 'base64' : 'utf8');
  if (bytes <= maxFileBytes) return [];
  return [{ path: at, text: `expected at most ${maxFileBytes} bytes, found ${bytes}` }];
}

function applicationProblems(app: ApplicationProviderSpec, at: Place, open: IsOpen): DocumentProblem[] {
  const inline = inlineFilesOf(app);
  if (inline === undefined) return [];
  return [
    ...(app.name === undefined
      ? [{ path: [...at, 'name'], text: 'expected a name: only an application with an image has one without it' }]
      : []),
    ...inline.flatMap((file, index) => [
      ...(open(file.path) ? [] : found([...at, 'inline', index, 'path'], applicationPathProblem(file.path))),
      ...contentProblems(file, [...at, 'inline', index, 'content']),
    ]),
  ];
}

/** The files of an application that is written inline in the spec; undefined for other applications. */
function inlineFilesOf(app: ApplicationProviderSpec): readonly ApplicationContent[] | undefined {
  switch (app.appType) {
    case 'compose':
    case 'quadlet':
    case 'vm':
      return app.inline;
    case 'container':
    case 'helm':
      return undefined;
    default:
      return app satisfies never;
  }
}

function applicationPathProblem(path: string): string | undefined {
  return /^(?!\/)(?!(?:.*\/)?\.\.(?:\/|$)).+$/.test(path) ? undefined : 'expected a relative path without ".."';
}

const unitMinutes = { s: 1 / 60, m: 1, h: 60 } as const;

function scheduleProblems(schedule: UpdateSchedule | undefined, at: Place): DocumentProblem[] {
  if (schedule === undefined) return [];
  const cron = readCron(schedule.at);
  if (typeof cron === 'string') return [{ path: [...at, 'at'], text: cron }];
  const interval = shortestIntervalMinutes(cron);
  if (interval === undefined)
    return [{ path: [...at, 'at'], text: 'expected a schedule that names a time that comes' }];
  const unit = schedule.startGraceDuration.at(-1) as keyof typeof unitMinutes;
  if (Number.parseInt(schedule.startGraceDuration, 10) * unitMinutes[unit] <= interval) return [];
  const text = `expected no more than the ${interval} minutes from one time of the schedule to the next`;
  return [{ path: [...at, 'startGraceDuration'], text }];
}

/**
 * Finds further parts of a spec that a client may not write, beside {@link specProblems}: parts that only the service sets,
 * and a path, a name or a kind of monitor that is there twice.
 */
export function clientProblems(spec: DeviceSpec): DocumentProblem[] {
  return [...serviceFieldProblems(spec), ...doubleProblems(spec), ...namelessProviders(spec)];
}

function serviceFieldProblems({ applications = [], consoles, decommissioning }: DeviceSpec): DocumentProblem[] {
  const text = 'expected nothing: only the service sets it';
  return [
    ...(consoles === undefined ? [] : [{ path: ['consoles'], text }]),
    ...(decommissioning === undefined
      ? []
      : [
          {
            path: ['decommissioning'],
            text: 'expected nothing: a device is decommissioned by PUT /devices/{name}/decommission',
          },
        ]),
    ...applications.flatMap((app, index) =>
      (['desiredState', 'restartGeneration'] as const).flatMap((key) =>
        app[key] === undefined ? [] : [{ path: ['applications', index, key], text }],
      ),
    ),
  ];
}

function namelessProviders({ config = [] }: DeviceSpec): DocumentProblem[] {
  return config.flatMap(({ name }, index) =>
    name === '' ? [{ path: ['config', index, 'name'], text: 'expected a name' }] : [],
  );
}

type Named = { readonly path: Place; readonly value: string };

function doubleProblems({ config = [], applications = [], resources = [] }: DeviceSpec): DocumentProblem[] {
  const paths = config.flatMap(({ inline, httpRef }, index) => [
    ...(inline ?? []).map(({ path }, file) => ({
      path: ['config', index, 'inline', file, 'path'],
      value: cleanDevicePath(path),
    })),
    ...(httpRef === undefined
      ? []
      : [{ path: ['config', index, 'httpRef', 'filePath'], value: cleanDevicePath(httpRef.filePath) }]),
  ]);
  const providers = config.map(({ name }, index) => ({ path: ['config', index, 'name'], value: name }));
  return [
    ...doubles(paths, 'path'),
    ...doubles(providers, 'name'),
    ...doubles(applications.map(identityOf), 'name'),
    ...doubles(
      resources.map(({ monitorType }, index) => ({ path: ['resources', index, 'monitorType'], value: monitorType })),
      'monitorType',
    ),
  ];
}

/** The identity of an application for an agent: its name, or its image if it has no name. */
function identityOf(app: ApplicationProviderSpec, index: number): Named {
  const key = app.name === undefined ? 'image' : 'name';
  return { path: ['applications', index, key], value: app.name ?? app.image ?? `(${index})` };
}

function doubles(items: readonly Named[], what: string): DocumentProblem[] {
  const seen = new Map<string, Place>();
  return items.flatMap(({ path, value }) => {
    const first = seen.get(value);
    if (first === undefined) {
      seen.set(value, path);
      return [];
    }
    return [{ path, text: `expected another ${what} than that of ${formatPath(first)}` }];
  });
}
