import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { rootCause } from '../logging/root-cause.ts';

/** Tells why a directory cannot be written or made; undefined where it can. Nothing is written. */
export async function notWritable(directory: string): Promise<string | undefined> {
  const existing = await nearestExisting(directory);
  try {
    if (!(await stat(existing)).isDirectory()) return `${existing} is no directory`;
    await access(existing, constants.W_OK | constants.X_OK);
    return undefined;
  } catch (error) {
    return `${existing} cannot be written: ${rootCause(error)}`;
  }
}

async function nearestExisting(directory: string): Promise<string> {
  const there = await stat(directory).then(
    () => true,
    () => false,
  );
  return there || dirname(directory) === directory ? directory : await nearestExisting(dirname(directory));
}
