import { readFile } from 'node:fs/promises';

/** A file that a setting names. */
export type NamedFile = {
  /** The environment variable, for messages. */
  readonly setting: string;
  readonly path: string;
};

/** Reads a text file. @throws Error that names the setting and says why it cannot be read */
export async function readNamedFile({ setting, path }: NamedFile): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw new Error(`${setting}: cannot read ${path}: ${reasonOf(error)}`, { cause: error });
  }
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EACCES: 'permission denied',
  EISDIR: 'it is a directory',
};

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  return reasons[code] ?? error.message;
}

/** The blocks of a PEM text (RFC 7468) that have one of these labels, in the order of the text. All other text is left out. */
export function pemBlocks(text: string, ...labels: readonly string[]): string[] {
  const found = text.matchAll(/-----BEGIN ([A-Z0-9 ]+)-----[A-Za-z0-9+/=\s]+?-----END \1-----/g);
  return [...found].flatMap(([block, label = '']) => (labels.includes(label) ? [block] : []));
}
