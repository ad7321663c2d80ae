import { z } from 'zod';
import { limits } from './limits.ts';
import { templatedText, type TemplatedForm } from './templated.ts';

const encodingTypeSchema = z
  .enum(['plain', 'base64'])
  .meta({ id: 'EncodingType', description: 'The encoding of the content of a file.' });
type EncodingType = z.infer<typeof encodingTypeSchema>;

const account = z.string().max(limits.textLength);

const contentFields = {
  contentEncoding: encodingTypeSchema.optional(),
};

const contentText = z.string().max(limits.contentLength);

/** Recognizes base64. Line breaks do not matter. A template inside is encoded too, so no braces are visible. */
export function isBase64(content: string): boolean {
  const digits = content.replaceAll(/[\r\n]/g, '');
  return digits.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(digits);
}

/** A rule for files: content declared as base64 must be base64. */
function encodedAsStated(
  file: { readonly content?: string | undefined; readonly contentEncoding?: EncodingType | undefined },
  context: z.RefinementCtx,
): void {
  if (file.contentEncoding !== 'base64' || file.content === undefined || isBase64(file.content)) return;
  context.addIssue({ code: 'custom', path: ['content'], message: 'expected base64, as contentEncoding says' });
}

/** A path from the root of the device's file system. */
export const absolutePathForm: TemplatedForm = {
  pattern: /^\/.*$/,
  templated: /^(?:\/[\s\S]*)?\{\{/,
  expected: 'expected an absolute path: one that begins with "/"',
};
export const absolutePathSchema = templatedText(absolutePathForm, limits.pathLength);

/** A path below a directory that it cannot leave. */
export const relativePathForm: TemplatedForm = {
  pattern: /^(?!\/)(?!(?:.*\/)?\.\.(?:\/|$)).+$/,
  templated: /^(?!\/|\.\.\/)[\s\S]*\{\{/,
  expected: 'expected a relative path without ".."',
};
const relativePathSchema = templatedText(relativePathForm, limits.pathLength);

export const fileSpecSchema = z
  .looseObject({
    path: absolutePathSchema.meta({ description: 'Path of the file on the device; an existing file is overwritten.' }),
    content: contentText.meta({ description: 'The content of the file.' }),
    ...contentFields,
    mode: z
      .int()
      .min(0)
      .max(0o7777)
      .optional()
      .meta({ description: 'Permission bits, with setuid, setgid and sticky; 0644 if not given.' }),
    user: account.optional().meta({ description: 'Owner, by name or number; root if not given.' }),
    group: account.optional().meta({ description: 'Group, by name or number; root if not given.' }),
  })
  .superRefine(encodedAsStated)
  .meta({ id: 'FileSpec', description: 'A file to have on the device.' });
export type FileSpec = z.infer<typeof fileSpecSchema>;

export const applicationContentSchema = z
  .looseObject({
    path: relativePathSchema.meta({ description: "Path of the file, relative to the application's directory." }),
    content: contentText.optional().meta({ description: 'The content of the file.' }),
    ...contentFields,
  })
  .superRefine(encodedAsStated)
  .meta({ id: 'ApplicationContent', description: 'A file that belongs to an application.' });
export type ApplicationContent = z.infer<typeof applicationContentSchema>;
