import { posix } from 'node:path';

/** Directories of Flight Control's agent: nothing may be written to them or below them. */
const protectedDirectories = ['/var/lib/flightctl', '/usr/lib/flightctl', '/etc/flightctl/certs'];
/** Files that tell the agent where its service is. */
const protectedFiles = ['/etc/flightctl/config.yaml', '/etc/flightctl/config.yml'];

/** The canonical form of a path on a device: without `.`, `..`, doubled slashes and a slash at the end. */
export function cleanDevicePath(path: string): string {
  const normal = posix.normalize(path);
  return normal.length > 1 && normal.endsWith('/') ? normal.slice(0, -1) : normal;
}

/**
 * Says why no file may be written to a path of a device, in words that begin with "expected"; undefined if the path is
 * allowed. Flight Control refuses the same paths.
 */
export function devicePathProblem(path: string): string | undefined {
  if (!path.startsWith('/')) return 'expected an absolute path: one that begins with "/"';
  if (path.includes(':')) return 'expected a path without ":"';
  const clean = cleanDevicePath(path);
  if (clean === '/') return 'expected a path below "/"';
  const directory = protectedDirectories.find((root) => clean === root || clean.startsWith(`${root}/`));
  if (directory !== undefined) return `expected a path outside ${directory}, which belongs to the device's agent`;
  if (protectedFiles.includes(clean))
    return `expected another path than ${clean}, the configuration of the device's agent`;
  return undefined;
}
