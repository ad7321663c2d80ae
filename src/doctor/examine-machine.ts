import { openFileLimit } from './open-file-limit.ts';
import { findingsIn, type Finding } from './finding.ts';

const { ok, warning, problem } = findingsIn('machine');

/** Below this many a muster of a middling fleet meets the limit: each connection of a device is one. */
const fewOpenFiles = 8_192;

/** Examines what the machine gives this process. */
export function examineMachine(): Finding[] {
  return [judgeNode(process.versions.node), judgeOpenFiles(openFileLimit())];
}

/** @param version of Node.js, such as `20.20.1` */
export function judgeNode(version: string): Finding {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major > 20 || (major === 20 && minor >= 20)) return ok(`Node.js ${version}`);
  return problem(`Node.js ${version} is too old`, 'Install Node.js 20.20 or newer.');
}

/** @param limit how many files a process may have open; undefined for any number */
export function judgeOpenFiles(limit: number | undefined): Finding {
  if (limit === undefined) return ok('no limit of open files is known');
  if (limit >= fewOpenFiles) return ok(`${limit} files may be open`);
  return warning(
    `only ${limit} files may be open: each connection of a device is one`,
    'Raise the limit: ulimit -n 65536 in a shell, LimitNOFILE=65536 in a systemd unit.',
  );
}
