import { canonicalJson } from '../../domain/json.ts';
import { storableObject } from '../../domain/resources/storable.ts';
import { filesOf, identityOf, type AgentApplication, type AgentFile, type AgentSpec } from './agent-spec.ts';
import { bytesOf, fileDefaults, type DeviceFile } from './device-file.ts';
import type { Application } from './machine.ts';

/** Everything that a device should have by a spec. */
export type WantedThings = {
  readonly files: ReadonlyMap<string, DeviceFile>;
  readonly applications: ReadonlyMap<string, Application>;
  readonly settings: ReadonlyMap<string, string>;
};

/**
 * Reads the orders of a spec. A thing that it does not name is not wanted, and is removed if an earlier spec put it there.
 */
export function wantedThings(spec: AgentSpec): WantedThings {
  return {
    files: new Map(filesOf(spec).map((file) => [file.path, wantedFile(file)])),
    applications: new Map(
      spec.applications.map((application) => [identityOf(application), wantedApplication(application)]),
    ),
    settings: wantedSettings(spec),
  };
}

function wantedFile({ content, contentEncoding, mode, user, group }: AgentFile): DeviceFile {
  return {
    bytes: bytesOf(content, contentEncoding) ?? '',
    mode: (mode ?? fileDefaults.mode) & 0o7777,
    user: user === '' ? fileDefaults.user : user,
    group: group === '' ? fileDefaults.group : group,
  };
}

function wantedApplication(application: AgentApplication): Application {
  const { name: _name, desiredState, restartGeneration, annotations: _notes, inline, ...rest } = application;
  const files = (inline ?? []).map(({ path, content, contentEncoding }) => ({
    path,
    bytes: bytesOf(content, contentEncoding) ?? '',
  }));
  return {
    definition: canonicalJson(storableObject({ ...rest, ...(files.length > 0 && { inline: files }) })),
    isRunning: desiredState !== 'stopped',
    restartGeneration: restartGeneration ?? 0,
  };
}

function wantedSettings({ systemd, resources, updatePolicy }: AgentSpec): ReadonlyMap<string, string> {
  const settings = new Map<string, string>();
  const patterns = systemd?.matchPatterns ?? [];
  if (patterns.length > 0) settings.set('systemd.matchPatterns', canonicalJson(patterns));
  if (resources.length > 0) settings.set('resources', canonicalJson(resources.map((each) => storableObject(each))));
  for (const schedule of ['downloadSchedule', 'updateSchedule'] as const) {
    const set = updatePolicy?.[schedule];
    if (set !== undefined && set !== null) settings.set(`updatePolicy.${schedule}`, canonicalJson(set));
  }
  return settings;
}
