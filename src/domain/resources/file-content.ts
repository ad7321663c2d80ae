import { z } from 'zod';
import { limits } from './limits.ts';
import { isTemplated, templatedText } from './templated.ts';

export const encodingTypeSchema = z
  .enum(['plain', 'base64'])
  .meta({ id: 'EncodingType', description: 'How the content of a file is written down.' });
export type EncodingType = z.infer<typeof encodingTypeSchema>;

const account = z.string().max(limits.textLength);

const contentFields = {
  contentEncoding: encodingTypeSchema.optional(),
};

const contentText = z.string().max(limits.contentLength);

/** A rule for files: content that claims to be base64 is. Line breaks in it do not matter, and templates come later. */
function encodedAsStated(
  file: { readonly content?: string | undefined; readonly contentEncoding?: EncodingType | undefined },
  context: z.RefinementCtx,
): void {
  if (file.contentEncoding !== 'base64' || file.content === undefined || isTemplated(file.content)) return;
  const digits = file.content.replaceAll(/[\r\n]/g, '');
  if (digits.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(digits)) {
    context.addIssue({ code: 'custom', path: ['content'], message: 'expected base64, as contentEncoding says' });
  }
}

/** A path from the root of the device's file system. */
export const absolutePathSchema = templatedText(
  /^\/.*$/,
  'expected an absolute path: one that begins with "/"',
  limits.pathLength,
);

/** A path below some directory that it cannot leave. */
export const relativePathSchema = templatedText(
  /^(?!\/)(?!(?:.*\/)?\.\.(?:\/|$)).+$/,
  'expected a relative path without ".."',
  limits.pathLength,
);

export const fileSpecSchema = z
  .looseObject({
    path: absolutePathSchema.meta({ description: 'Where the file goes; one that is there is overwritten.' }),
    content: contentText.meta({ description: 'What is in the file.' }),
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
    path: relativePathSchema.meta({ description: "Where the file goes, from the application's directory." }),
    content: contentText.optional().meta({ description: 'What is in the file.' }),
    ...contentFields,
  })
  .superRefine(encodedAsStated)
  .meta({ id: 'ApplicationContent', description: 'A file that belongs to an application.' });
export type ApplicationContent = z.infer<typeof applicationContentSchema>;
