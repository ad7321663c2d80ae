import type { JsonObject } from '../json.ts';
import { cleanDevicePath } from '../resources/device-path.ts';
import type { FileSpec } from '../resources/file-content.ts';

/** Permission bits of a file that states none. */
const usualMode = 0o644;
const usualUser = 'root';

type MergedFile = {
  path: string;
  content: string;
  contentEncoding: 'base64';
  mode: number;
  user: string;
  group?: string;
};

/**
 * Merges the files of all providers, in their order, into the one provider that an agent reads. A later file replaces an
 * earlier one with the same path, with its own content and mode; a group, and a user given as a number, stay if the later
 * file states none, as in Flight Control. Content in base64 stays unchanged.
 */
export function mergedFiles(files: Iterable<FileSpec>): JsonObject[] {
  const merged = new Map<string, MergedFile>();
  for (const file of files) {
    const path = cleanDevicePath(file.path);
    const earlier = merged.get(path);
    const group = file.group || earlier?.group;
    // Setting an existing key of a Map keeps its place in the order.
    merged.set(path, {
      path,
      content: inBase64(file),
      contentEncoding: 'base64',
      mode: file.mode ?? usualMode,
      user: file.user || (earlier !== undefined && /^\d+$/.test(earlier.user) ? earlier.user : usualUser),
      ...(group === undefined ? {} : { group }),
    });
  }
  return [...merged.values()];
}

function inBase64({ content, contentEncoding }: FileSpec): string {
  return contentEncoding === 'base64' ? content : Buffer.from(content, 'utf8').toString('base64');
}
