import { lookup } from 'node:dns/promises';
import { Agent, request } from 'undici';
import { readNamedFile } from '../auth/pem-file.ts';
import { isReadableByAll } from '../auth/static-tokens.ts';
import type { Config } from '../config/config.ts';
import { NetworkGuard } from '../renderer/network-guard.ts';
import { readRendererToken } from '../renderer/open-renderer.ts';
import { readRepositories, type HttpRepository, type Repository } from '../renderer/repositories.ts';
import { rootCause } from '../logging/root-cause.ts';
import { findingsIn, type Finding } from './finding.ts';

const { ok, warning, problem } = findingsIn('renderer');

type Settings = Pick<
  Config,
  'repositories' | 'repositoryNetworks' | 'rendererUrl' | 'rendererTokenFile' | 'rendererCa' | 'rendererTimeoutMs'
>;

/** Reads the repositories as the service does, and looks whether they and the renderer can be reached. Sends no spec. */
export async function examineRenderer(config: Settings): Promise<Finding[]> {
  return [...(await examineRepositories(config)), ...(await examineExternal(config))];
}

async function examineRepositories({ repositories: path, repositoryNetworks }: Settings): Promise<Finding[]> {
  if (path === undefined)
    return [ok('no repositories: MUSTER_REPOSITORIES is not set, so no httpRef is resolved here')];
  try {
    const { repositories, paths } = await readRepositories({ setting: 'MUSTER_REPOSITORIES', path });
    const guard = new NetworkGuard(repositoryNetworks);
    const found = [...repositories.values()];
    const each = await Promise.all(found.map((repository) => examineRepository(repository, guard)));
    const open = await Promise.all(found.some(holdsCredentials) ? paths.map(examineMode) : []);
    return [ok(`MUSTER_REPOSITORIES: repositories in ${path}: ${found.length}`), ...each.flat(), ...open.flat()];
  } catch (error) {
    return [problem(rootCause(error), 'The service does not start like this.')];
  }
}

function holdsCredentials(repository: Repository): boolean {
  return repository.type === 'http' && (repository.authorization !== undefined || repository.tls.key !== undefined);
}

async function examineMode(path: string): Promise<Finding[]> {
  if (!(await isReadableByAll(path))) return [];
  return [
    warning(
      `MUSTER_REPOSITORIES: every user of this machine can read ${path}, which holds credentials`,
      `Let only the service read it: chmod o-r ${path}`,
    ),
  ];
}

async function examineRepository(repository: Repository, guard: NetworkGuard): Promise<Finding[]> {
  if (repository.type !== 'http') return [];
  return [...examineProtection(repository), ...(await examineAddresses(repository, guard))];
}

function examineProtection({ name, url, authorization, tls }: HttpRepository): Finding[] {
  const plain = url.startsWith('http:') && authorization !== undefined;
  return [
    ...(plain
      ? [warning(`repository ${name} is sent its credentials without TLS`, 'Let its url start with https://')]
      : []),
    ...(tls.rejectUnauthorized
      ? []
      : [
          warning(
            `repository ${name}: anybody can answer in its place, because skipServerVerification is true`,
            'Name the authority of its certificate in ca.crt instead.',
          ),
        ]),
  ];
}

async function examineAddresses({ name, url }: HttpRepository, guard: NetworkGuard): Promise<Finding[]> {
  const host = new URL(url).hostname.replace(/^\[(.*)\]$/, '$1');
  try {
    const addresses = await lookup(host, { all: true });
    const permitted = addresses.some(({ address }) => guard.permits(address));
    if (permitted) return [];
    return [
      problem(
        `repository ${name} is at ${addresses.map(({ address }) => address).join(', ')}, in a private or otherwise special network`,
        'Name that network in MUSTER_REPOSITORY_NETWORKS if files are to be fetched from there.',
      ),
    ];
  } catch (error) {
    return [warning(`repository ${name}: ${host} cannot be looked up: ${rootCause(error)}`, 'Check its url.')];
  }
}

async function examineExternal(settings: Settings): Promise<Finding[]> {
  const { rendererUrl, rendererTokenFile, rendererCa, rendererTimeoutMs } = settings;
  if (rendererUrl === undefined) return [ok('no other renderer: MUSTER_RENDERER_URL is not set')];
  try {
    if (rendererTokenFile !== undefined) {
      await readRendererToken({ setting: 'MUSTER_RENDERER_TOKEN_FILE', path: rendererTokenFile });
    }
    const ca =
      rendererCa === undefined ? undefined : await readNamedFile({ setting: 'MUSTER_RENDERER_CA', path: rendererCa });
    return [await reach(rendererUrl, ca, rendererTimeoutMs)];
  } catch (error) {
    return [problem(rootCause(error), 'The service does not start like this.')];
  }
}

/** That it answers is enough, whatever it says: a spec would be a POST. */
async function reach(url: string, ca: string | undefined, timeoutMs: number): Promise<Finding> {
  const dispatcher = new Agent({ connect: ca === undefined ? {} : { ca } });
  try {
    const { body } = await request(url, { dispatcher, signal: AbortSignal.timeout(timeoutMs) });
    body.on('error', () => undefined);
    body.destroy();
    return ok(`MUSTER_RENDERER_URL: ${url} answers`);
  } catch (error) {
    return problem(
      `MUSTER_RENDERER_URL: ${url} cannot be reached: ${rootCause(error)}`,
      'Check that it runs, that this machine may reach it, and that its certificate is from an authority in MUSTER_RENDERER_CA. Until then the specs that need it wait.',
    );
  } finally {
    await dispatcher.destroy();
  }
}
