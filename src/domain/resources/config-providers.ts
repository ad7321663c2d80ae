import { z } from 'zod';
import { absolutePathSchema, fileSpecSchema } from './file-content.ts';
import { limits } from './limits.ts';
import { exactlyOneOf, requiring } from './object-rules.ts';

const text = z.string().min(1).max(limits.textLength);
const account = z.string().max(limits.textLength);

const gitRefSchema = z
  .looseObject({
    repository: text.meta({ description: 'The repository, by the name of its resource.' }),
    targetRevision: z.string().max(limits.textLength).meta({ description: 'Branch, tag or commit.' }),
    path: z.string().max(limits.pathLength).meta({ description: 'Path of the files in the repository.' }),
  })
  .meta({ id: 'GitRef', description: 'Configuration kept in a Git repository.' });

const secretRefSchema = z
  .looseObject({
    name: text.meta({ description: 'The secret.' }),
    namespace: text.meta({ description: 'The namespace that the secret is in.' }),
    mountPath: absolutePathSchema.meta({ description: 'The directory on the device that it is written to.' }),
    user: account.optional().meta({ description: 'Owner of the files, by name or number; root if not given.' }),
    group: account.optional().meta({ description: 'Group of the files, by name or number; root if not given.' }),
  })
  .meta({ id: 'SecretRef', description: 'Configuration kept in a Kubernetes secret.' });

const httpRefSchema = z
  .looseObject({
    repository: text.meta({ description: 'The repository, by the name of its resource.' }),
    suffix: z
      .string()
      .max(limits.textLength)
      .optional()
      .meta({ description: "Path and query to append to the repository's URL." }),
    filePath: absolutePathSchema.meta({ description: 'The file on the device that the answer is written to.' }),
  })
  .meta({ id: 'HttpRef', description: 'Configuration fetched over HTTP.' });
export type HttpRef = z.infer<typeof httpRefSchema>;

const kinds = ['gitRef', 'secretRef', 'inline', 'httpRef'] as const;

/** Flight Control's four config providers. The key beside the name says which one it is. */
export const configProviderSpecSchema = z
  .looseObject({
    name: z
      .string()
      .max(limits.itemNameLength)
      .meta({ description: 'Name of the provider. Empty only in specs that the service delivers.' }),
    gitRef: gitRefSchema.optional(),
    secretRef: secretRefSchema.optional(),
    inline: z
      .array(fileSpecSchema)
      .max(limits.inlineFileCount)
      .optional()
      .meta({ description: 'Files written out in the spec itself.' }),
    httpRef: httpRefSchema.optional(),
  })
  .superRefine(exactlyOneOf(kinds))
  .meta({
    id: 'ConfigProviderSpec',
    description:
      'The source of a part of the configuration: exactly one of Git, a secret, HTTP, or files written inline.',
    oneOf: requiring(kinds),
  });
export type ConfigProviderSpec = z.infer<typeof configProviderSpecSchema>;
