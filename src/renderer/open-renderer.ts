import type { CredentialFiles } from '../auth/credential-files.ts';
import { readNamedFile, type NamedFile } from '../auth/pem-file.ts';
import type { Clock } from '../time/clock.ts';
import type { Config } from '../config/config.ts';
import type { SpecRenderer } from '../domain/rendering/spec-renderer.ts';
import type { Log } from '../logging/log.ts';
import { ExternalRenderer } from './external-renderer.ts';
import { HttpFiles } from './http-files.ts';
import { readRepositories, type Repositories } from './repositories.ts';
import { createSpecRenderer } from './spec-renderer.ts';

type Settings = Pick<
  Config,
  | 'repositories'
  | 'repositoryNetworks'
  | 'rendererUrl'
  | 'rendererScope'
  | 'rendererTokenFile'
  | 'rendererCa'
  | 'rendererTimeoutMs'
>;
type Deps = { readonly clock: Clock; readonly log: Log; readonly credentialFiles: CredentialFiles };

export type OpenedRenderer = SpecRenderer & {
  /** Ends requests under way. */
  close(): Promise<void>;
};

const noRepositories: Repositories = new Map();

/**
 * Opens the renderer that the settings ask for.
 *
 * @throws Error naming the setting whose file cannot be read, and why
 */
export async function openRenderer(settings: Settings, deps: Deps): Promise<OpenedRenderer> {
  const files = new HttpFiles({ ...deps, allowedNetworks: settings.repositoryNetworks });
  const repositories = await keepRepositories(settings, deps, () => files.forget());
  const external = await openExternal(settings, deps);
  const renderer = createSpecRenderer({
    files,
    repositories,
    external: external === undefined ? undefined : { renderer: external, scope: settings.rendererScope },
  });
  return {
    render: (spec, device) => renderer.render(spec, device),
    async close() {
      await Promise.all([files.close(), external?.close()]);
    },
  };
}

async function keepRepositories(
  { repositories: path }: Settings,
  { credentialFiles }: Deps,
  onChange: () => void,
): Promise<() => Repositories> {
  if (path === undefined) return () => noRepositories;
  const kept = await credentialFiles.keep({
    what: 'repositories',
    paths: [path],
    read: () => readRepositories({ setting: 'MUSTER_REPOSITORIES', path }),
    pathsWithin: ({ paths }) => paths,
    onChange,
  });
  return () => kept.current.repositories;
}

async function openExternal(
  settings: Settings,
  { clock, log, credentialFiles }: Deps,
): Promise<ExternalRenderer | undefined> {
  const { rendererUrl: url, rendererTokenFile, rendererCa, rendererTimeoutMs: timeoutMs } = settings;
  if (url === undefined) return undefined;
  const ca =
    rendererCa === undefined ? undefined : await readNamedFile({ setting: 'MUSTER_RENDERER_CA', path: rendererCa });
  const token = await keepToken(rendererTokenFile, credentialFiles);
  return new ExternalRenderer({ url, timeoutMs, token, ca, clock, log });
}

async function keepToken(
  path: string | undefined,
  credentialFiles: CredentialFiles,
): Promise<() => string | undefined> {
  if (path === undefined) return () => undefined;
  const kept = await credentialFiles.keep({
    what: 'the token for the renderer',
    paths: [path],
    read: () => readRendererToken({ setting: 'MUSTER_RENDERER_TOKEN_FILE', path }),
  });
  return () => kept.current;
}

/** Reads a bearer token. @throws Error naming the setting; the token is not repeated */
export async function readRendererToken(file: NamedFile): Promise<string> {
  const token = (await readNamedFile(file)).trim();
  if (/^[\w.~+/=-]+$/.test(token)) return token;
  throw new Error(`${file.setting}: ${file.path}: expected one line with a bearer token`);
}
