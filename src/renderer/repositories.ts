import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { z } from 'zod';
import { readNamedFile, type NamedFile } from '../auth/pem-file.ts';
import { describeProblems } from '../domain/resources/zod-problem.ts';

/** A repository that files can be fetched from over HTTP. */
export type HttpRepository = {
  readonly type: 'http';
  readonly name: string;
  /** Address that suffixes are appended to. */
  readonly url: string;
  /** Header that says who asks, if anything is to be said. */
  readonly authorization: string | undefined;
  readonly tls: {
    readonly ca: string | undefined;
    readonly cert: string | undefined;
    readonly key: string | undefined;
    readonly rejectUnauthorized: boolean;
  };
};

/** A repository of a kind that Muster does not fetch from. It is known, so that messages can say so. */
type OtherRepository = { readonly type: 'other'; readonly name: string; readonly kind: string };

export type Repository = HttpRepository | OtherRepository;
export type Repositories = ReadonlyMap<string, Repository>;

/** Flight Control keeps certificates and keys as base64 of PEM. */
const pem = z.base64({ error: 'expected PEM in base64' }).transform((text, issues) => {
  const decoded = Buffer.from(text, 'base64').toString('utf8');
  if (!decoded.includes('-----BEGIN ')) issues.addIssue('expected PEM in base64');
  return decoded;
});

const httpConfigSchema = z
  .strictObject({
    username: z.string().optional(),
    password: z.string().optional(),
    token: z.string().optional(),
    'tls.crt': pem.optional(),
    'tls.key': pem.optional(),
    'ca.crt': pem.optional(),
    skipServerVerification: z.boolean().default(false),
  })
  .prefault({});

const httpUrl = z.string().refine(
  (text) => {
    const url = URL.canParse(text) ? new URL(text) : undefined;
    if (url === undefined || url.username !== '' || url.password !== '' || url.hash !== '') return false;
    return url.protocol === 'https:' || url.protocol === 'http:';
  },
  {
    error:
      'expected a URL that starts with https:// or http://, without a user (that goes into httpConfig) and fragment',
  },
);

const specSchema = z.discriminatedUnion(
  'type',
  [
    z.strictObject({
      type: z.literal('http'),
      url: httpUrl,
      httpConfig: httpConfigSchema,
      validationSuffix: z.string().optional(),
    }),
    z.looseObject({ type: z.literal('git') }),
    z.looseObject({ type: z.literal('oci') }),
  ],
  { error: 'expected the type http, git or oci' },
);

/** Flight Control's resource. What it says of its state is not read. */
const repositorySchema = z.looseObject({
  kind: z.literal('Repository', { error: 'expected "Repository"' }),
  metadata: z.looseObject({ name: z.string().min(1) }),
  spec: specSchema,
});

const listSchema = z.looseObject({ kind: z.enum(['List', 'RepositoryList']), items: z.array(z.unknown()) });

/**
 * Reads Flight Control's Repository resources from a file of YAML or JSON documents, or from all such files of a
 * directory.
 *
 * @returns the repositories by name, and the files and directories that they were read from
 * @throws Error naming the setting, the file and what is wrong there; secrets are not repeated
 */
export async function readRepositories(
  named: NamedFile,
): Promise<{ repositories: Repositories; paths: readonly string[] }> {
  const files = await filesOf(named);
  const repositories = new Map<string, Repository>();
  for (const path of files) {
    for (const repository of await readFile({ ...named, path })) {
      if (repositories.has(repository.name)) {
        throw new Error(`${named.setting}: ${path}: there is a second repository ${repository.name}`);
      }
      repositories.set(repository.name, repository);
    }
  }
  return { repositories, paths: [...new Set([named.path, ...files])] };
}

async function filesOf({ setting, path }: NamedFile): Promise<string[]> {
  const isDirectory = await stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
  if (!isDirectory) return [path];
  try {
    const names = await readdir(path);
    return names
      .filter((name) => /^[^.].*\.(?:ya?ml|json)$/.test(name))
      .toSorted()
      .map((name) => join(path, name));
  } catch (error) {
    throw new Error(`${setting}: cannot read the directory ${path}`, { cause: error });
  }
}

async function readFile(file: NamedFile): Promise<Repository[]> {
  const text = await readNamedFile(file);
  const documents = parseAllDocuments(text, { prettyErrors: false });
  if (!Array.isArray(documents)) return [];
  return documents.flatMap((document, index) => {
    const where = `document ${index + 1}`;
    if (document.errors.length > 0) throw wrong(file, `${where} is neither YAML nor JSON`);
    const value: unknown = document.toJS();
    if (value === null) return [];
    const list = listSchema.safeParse(value);
    const items = list.success ? list.data.items : [value];
    return items.map((item) => {
      const parsed = repositorySchema.safeParse(item);
      if (!parsed.success) throw wrong(file, describeProblems(parsed.error, where));
      return repositoryOf(parsed.data);
    });
  });
}

function wrong({ setting, path }: NamedFile, what: string): Error {
  return new Error(`${setting}: ${path}: ${what}`);
}

function repositoryOf({ metadata: { name }, spec }: z.infer<typeof repositorySchema>): Repository {
  if (spec.type !== 'http') return { type: 'other', name, kind: spec.type };
  const { username, password, token, ...tls } = spec.httpConfig;
  return {
    type: 'http',
    name,
    url: spec.url,
    authorization: authorizationOf({ username, password, token }),
    tls: {
      ca: tls['ca.crt'],
      cert: tls['tls.crt'],
      key: tls['tls.key'],
      rejectUnauthorized: !tls.skipServerVerification,
    },
  };
}

type Credentials = Pick<z.infer<typeof httpConfigSchema>, 'username' | 'password' | 'token'>;

function authorizationOf({ username, password, token }: Credentials): string | undefined {
  if (token !== undefined) return `Bearer ${token}`;
  if (username === undefined && password === undefined) return undefined;
  return `Basic ${Buffer.from(`${username ?? ''}:${password ?? ''}`).toString('base64')}`;
}
