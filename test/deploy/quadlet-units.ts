import { readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const quadletDirectory = fileURLToPath(new URL('../../deploy/quadlet', import.meta.url));

/** A unit file: for each section the keys in their order, each with its value. */
type UnitFile = {
  readonly name: string;
  readonly sections: ReadonlyMap<string, readonly (readonly [key: string, value: string])[]>;
};

/**
 * Reads a unit file as systemd.syntax(7) has it: sections, `Key=value`, comments, lines that go on after a backslash.
 *
 * @throws Error naming the line that is none of these
 */
export function parseUnitFile(name: string, text: string): UnitFile {
  const sections = new Map<string, [string, string][]>();
  let section: [string, string][] | undefined;
  for (const line of text.replaceAll(/\\\n/g, ' ').split('\n')) {
    if (/^\s*([#;].*)?$/.test(line)) continue;
    const [, title] = /^\[([\w-]+)\]$/.exec(line) ?? [];
    const [, key, value] = /^([A-Z][A-Za-z0-9]*)=(.*)$/.exec(line) ?? [];
    if (title !== undefined) sections.set(title, (section = sections.get(title) ?? []));
    else if (key !== undefined && value !== undefined && section !== undefined) section.push([key, value.trim()]);
    else throw new Error(`${name}: neither a section, an assignment nor a comment: ${line}`);
  }
  return { name, sections };
}

/** Every quadlet of `deploy/quadlet`. */
export function quadlets(): UnitFile[] {
  return readdirSync(quadletDirectory)
    .filter((file) => extname(file) in quadletSections)
    .map((file) => parseUnitFile(file, readFileSync(join(quadletDirectory, file), 'utf8')));
}

export function valuesOf({ sections }: UnitFile, section: string, key: string): string[] {
  return (sections.get(section) ?? []).filter(([name]) => name === key).map(([, value]) => value);
}

/**
 * The keys that a podman of 5.0 and all later ones of that major version know in the sections that are podman's own
 * (podman-systemd.unit(5); `groupsInfo` of pkg/systemd/quadlet/quadlet.go in its sources), without those it calls
 * deprecated. The other sections are systemd's.
 */
const quadletSections: Readonly<Record<string, { readonly section: string; readonly keys: readonly string[] }>> = {
  '.container': {
    section: 'Container',
    keys: words(`
      AddCapability AddDevice Annotation AutoUpdate ContainerName ContainersConfModule DNS DNSOption DNSSearch
      DropCapability Entrypoint Environment EnvironmentFile EnvironmentHost Exec ExposeHostPort GIDMap
      GlobalArgs Group HealthCmd HealthInterval HealthOnFailure HealthRetries HealthStartPeriod
      HealthStartupCmd HealthStartupInterval HealthStartupRetries HealthStartupSuccess HealthStartupTimeout
      HealthTimeout HostName IP IP6 Image Label LogDriver Mask Mount Network NoNewPrivileges Notify PidsLimit
      Pod PodmanArgs PublishPort Pull ReadOnly ReadOnlyTmpfs Rootfs RunInit SeccompProfile Secret
      SecurityLabelDisable SecurityLabelFileType SecurityLabelLevel SecurityLabelNested SecurityLabelType
      ShmSize StopTimeout SubGIDMap SubUIDMap Sysctl Timezone Tmpfs UIDMap Ulimit Unmask User UserNS Volume
      WorkingDir`),
  },
  '.volume': {
    section: 'Volume',
    keys: words(`
      ContainersConfModule Copy Device Driver GlobalArgs Group Image Label Options PodmanArgs Type User
      VolumeName`),
  },
  '.network': {
    section: 'Network',
    keys: words(`
      ContainersConfModule DNS DisableDNS Driver Gateway GlobalArgs IPAMDriver IPRange IPv6 Internal Label
      NetworkName Options PodmanArgs Subnet`),
  },
};

function words(text: string): string[] {
  return text.trim().split(/\s+/);
}

/** Sections that podman hands on to systemd. */
const systemdSections = ['Unit', 'Service', 'Install'];
const durations = /^(Health(Interval|StartPeriod|Startup(Interval|Timeout)|Timeout))$/;
const switches = ['NoNewPrivileges', 'ReadOnly', 'ReadOnlyTmpfs', 'RunInit'];

/** Faults of a quadlet, as far as they can be found without the others. */
export function problemsOf(unit: UnitFile): string[] {
  const kind = quadletSections[extname(unit.name)];
  if (kind === undefined) return [`${unit.name}: no quadlet`];
  const { section, keys } = kind;
  const own = unit.sections.get(section) ?? [];
  const strange = [...unit.sections.keys()].filter((name) => ![section, ...systemdSections].includes(name));
  return [
    ...strange.map((name) => `[${name}] is no section of ${unit.name}`),
    ...(unit.sections.has(section) ? [] : [`[${section}] is missing`]),
    ...own.filter(([key]) => !keys.includes(key)).map(([key]) => `${key} is no key of [${section}]`),
    ...(section === 'Container' && valuesOf(unit, section, 'Image').length !== 1 ? ['expected one Image'] : []),
    ...own.flatMap(([key, value]) => valueProblems(key, value)),
  ];
}

function valueProblems(key: string, value: string): string[] {
  const expect = (pattern: RegExp) => (pattern.test(value) ? [] : [`${key}=${value} is not as ${String(pattern)}`]);
  if (durations.test(key)) return expect(/^\d+(ms|s|m|h)$/);
  if (switches.includes(key)) return expect(/^(true|false)$/);
  switch (key) {
    case 'Image':
      // A name without a registry is looked for in several: which is found is not ours to say.
      return expect(/^(localhost|[\w-]+(\.[\w-]+)+(:\d+)?)\/[\w./-]+:[\w.-]+$/);
    case 'PublishPort':
      return expect(/^((\d+\.){3}\d+:)?\d+:\d+(\/(tcp|udp))?$/);
    case 'Secret':
      return expect(/^[\w.-]+(,(type=(mount|env)|target=[\w./-]+|uid=\d+|gid=\d+|mode=0[0-7]{3}))*$/);
    case 'Notify':
      return expect(/^(true|false|healthy)$/);
    case 'HealthOnFailure':
      return expect(/^(none|kill|restart|stop)$/);
    case 'HealthRetries':
    case 'StopTimeout':
      return expect(/^\d+$/);
    default:
      return value === '' ? [`${key} has no value`] : [];
  }
}

/** The unit that systemd would see, with a program in the place of podman: what podman does not read is as it is. */
export function plainService({ sections }: UnitFile): string {
  const kept = systemdSections.map((name) => {
    const lines = (sections.get(name) ?? []).map(([key, value]) => `${key}=${value}`);
    return [`[${name}]`, ...lines, ...(name === 'Service' ? ['ExecStart=/bin/true'] : [])].join('\n');
  });
  return `${kept.join('\n\n')}\n`;
}
