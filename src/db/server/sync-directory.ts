import { open } from 'node:fs/promises';

/** Puts the names of a directory on the disk: a rename is durable only then. */
export async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, 'r');
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}
