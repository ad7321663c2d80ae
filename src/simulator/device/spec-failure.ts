import {
  filesOf,
  identityOf,
  type AgentApplication,
  type AgentFile,
  type AgentSchedule,
  type AgentSpec,
} from './agent-spec.ts';
import { bytesOf, directoriesAbove } from './device-file.ts';
import type { Machine } from './machine.ts';
import { isWindowOpen } from './update-window.ts';

/** A reason for which a version is not applied: it is tried again for as long as it takes, or never again. */
type SpecFailure = { readonly message: string; readonly isRetryable: boolean };

const knownAppTypes: ReadonlySet<string> = new Set(['container', 'compose', 'quadlet', 'helm']);

const forGood = (message: string): SpecFailure => ({ message, isRetryable: false });
const forNow = (message: string): SpecFailure => ({ message, isRetryable: true });

/**
 * Finds the first thing that keeps a version from being applied. One is enough: nothing of that version is applied then
 * (flight-control.md, section 1.5).
 *
 * @param nowMs milliseconds since 1970
 */
export function failureOf(machine: Machine, spec: AgentSpec, nowMs: number): SpecFailure | undefined {
  const { updatePolicy } = spec;
  return (
    windowFailure('download', updatePolicy?.downloadSchedule, nowMs) ??
    unreachableImage(machine, spec) ??
    windowFailure('update', updatePolicy?.updateSchedule, nowMs) ??
    firstOf(spec.applications, applicationFailure) ??
    firstOf(filesOf(spec), (file) => fileFailure(machine, file)) ??
    firstOf(spec.systemd?.matchPatterns ?? [], patternFailure) ??
    osFailure(machine, spec)
  );
}

function firstOf<Item>(
  items: readonly Item[],
  failure: (item: Item) => SpecFailure | undefined,
): SpecFailure | undefined {
  for (const item of items) {
    const found = failure(item);
    if (found !== undefined) return found;
  }
  return undefined;
}

function windowFailure(
  what: string,
  schedule: AgentSchedule | null | undefined,
  nowMs: number,
): SpecFailure | undefined {
  if (schedule === null || schedule === undefined) return undefined;
  try {
    return isWindowOpen(schedule, nowMs) ? undefined : forNow(`waiting for the ${what} window`);
  } catch {
    return forGood(`the ${what} schedule cannot be read: ${schedule.at}`);
  }
}

function unreachableImage({ unreachableImages }: Machine, { os, applications }: AgentSpec): SpecFailure | undefined {
  const images = [...applications.map(({ image }) => image), os?.image ?? ''];
  const missing = images.find((image) => unreachableImages.has(image));
  return missing === undefined ? undefined : forNow(`network: image ${missing} cannot be fetched`);
}

function applicationFailure(application: AgentApplication): SpecFailure | undefined {
  const { name, appType, image, inline } = application;
  if (!knownAppTypes.has(appType)) return forGood(`unsupported application type ${JSON.stringify(appType)}`);
  const hasInline = (inline?.length ?? 0) > 0;
  if (image === '' && !hasInline) return forGood(`application ${name} has neither an image nor inline content`);
  if (identityOf(application) === '') return forGood('an application with inline content has no name');
  const unread = inline?.find(({ content, contentEncoding }) => bytesOf(content, contentEncoding) === undefined);
  if (unread !== undefined) return forGood(`application ${name}: the content of ${unread.path} cannot be decoded`);
  return undefined;
}

function fileFailure({ directories, files, accounts }: Machine, file: AgentFile): SpecFailure | undefined {
  const { path, content, contentEncoding, user, group } = file;
  if (!path.startsWith('/')) return forGood(`the path of file ${JSON.stringify(path)} is not absolute`);
  if (bytesOf(content, contentEncoding) === undefined) return forGood(`the content of ${path} cannot be decoded`);
  const stranger = [user, group].find((name) => !isKnown(accounts, name));
  if (stranger !== undefined) return forGood(`${path}: the device has no account ${stranger}`);
  if (directories.has(path)) return forGood(`${path} is a directory`);
  const inTheWay = directoriesAbove(path).find((directory) => files.has(directory));
  if (inTheWay !== undefined) return forGood(`${inTheWay} is a file, and so ${path} has no place`);
  return undefined;
}

function isKnown(accounts: ReadonlySet<string>, name: string): boolean {
  return name === '' || name === 'root' || /^\d+$/.test(name) || accounts.has(name);
}

/** A pattern must also be a regular expression, which a leading `*` is not. */
function patternFailure(pattern: string): SpecFailure | undefined {
  try {
    void new RegExp(pattern);
    return undefined;
  } catch {
    return forGood(`systemd pattern ${JSON.stringify(pattern)} cannot be compiled`);
  }
}

function osFailure({ osMode }: Machine, { os }: AgentSpec): SpecFailure | undefined {
  const image = os?.image ?? '';
  if (image === '' || osMode === 'image') return undefined;
  return forGood(`OS image ${image} cannot be booted: the device is in package mode`);
}
