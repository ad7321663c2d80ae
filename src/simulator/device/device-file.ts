/** A file on a simulated device. */
export type DeviceFile = {
  /** Its bytes, one character each, so that any content fits and compares exactly. */
  readonly bytes: string;
  /** Permission bits, with setuid, setgid and sticky. */
  readonly mode: number;
  readonly user: string;
  readonly group: string;
};

/** Mode and owner of a file whose spec names none. */
export const fileDefaults = { mode: 0o644, user: 'root', group: 'root' } as const;

/**
 * The bytes that a spec's content stands for, one character each.
 *
 * @returns undefined for an unknown encoding, and for malformed base64
 */
export function bytesOf(content: string, encoding: string): string | undefined {
  switch (encoding) {
    case '':
    case 'plain':
      return Buffer.from(content, 'utf8').toString('latin1');
    case 'base64': {
      const digits = content.replaceAll(/[\r\n]/g, '');
      if (digits.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(digits)) return undefined;
      return Buffer.from(digits, 'base64').toString('latin1');
    }
    default:
      return undefined;
  }
}

/** The text of a file, for people. */
export function textOf({ bytes }: DeviceFile): string {
  return Buffer.from(bytes, 'latin1').toString('utf8');
}

export function isSameFile(one: DeviceFile | undefined, other: DeviceFile | undefined): boolean {
  if (one === undefined || other === undefined) return one === other;
  return one.bytes === other.bytes && one.mode === other.mode && one.user === other.user && one.group === other.group;
}

/** The directories that a path is in, the innermost first, without the root. */
export function directoriesAbove(path: string): string[] {
  const above: string[] = [];
  for (let end = path.lastIndexOf('/'); end > 0; end = path.lastIndexOf('/', end - 1)) above.push(path.slice(0, end));
  return above;
}
