import { nearestWord } from '../domain/nearest-word.ts';
import { ConfigError, readConfig, settings, type Config, type Environment } from '../config/config.ts';
import { guardedListeners, requireGuard } from '../config/listen-rules.ts';
import { findingsIn, type Finding } from './finding.ts';

const { ok, warning, problem } = findingsIn('configuration');

/** Variables that other commands read, and none of the service's. */
const clientVariables = ['MUSTER_SERVER', 'MUSTER_TOKEN', 'MUSTER_AGENT_SERVER', 'MUSTER_CA'];

/** Reads the configuration as `muster serve` does. @returns it, unless it cannot be used */
export function examineConfiguration(environment: Environment): { config: Config | undefined; findings: Finding[] } {
  try {
    const config = readConfig(environment);
    return {
      config,
      findings: [...listenProblems(config), ...unknownVariables(environment), ...uselessPasswords(environment)],
    };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const wrong = error.message
      .split('\n')
      .map((line) => problem(line, 'Correct it: docs/configuration.md lists all settings.'));
    return { config: undefined, findings: [...wrong, ...unknownVariables(environment)] };
  }
}

function listenProblems(config: Config): Finding[] {
  const found = guardedListeners(config).flatMap((listener) => {
    try {
      requireGuard(listener);
      return [];
    } catch (error) {
      return [problem(error instanceof Error ? error.message : String(error), 'The service does not start like this.')];
    }
  });
  return found.length > 0 ? found : [ok('every setting can be used')];
}

function unknownVariables(environment: Environment): Finding[] {
  const known = new Set([...Object.values(settings).map(({ env }) => env as string), ...clientVariables]);
  return Object.keys(environment)
    .filter((name) => name.startsWith('MUSTER_') && !known.has(name))
    .toSorted()
    .map((name) => {
      const meant = nearestWord(name, known);
      return warning(
        `${name} is set, but there is no such setting`,
        meant === undefined
          ? 'Remove it, or look its name up in docs/configuration.md.'
          : `Rename it if ${meant} is meant.`,
      );
    });
}

function uselessPasswords(environment: Environment): Finding[] {
  const pairs = [
    ['DB_PASSWORD', 'DATABASE_URL'],
    ['KV_PASSWORD', 'REDIS_URL'],
  ] as const;
  return pairs
    .filter(([password, url]) => Boolean(environment[password]) && !environment[url])
    .map(([password, url]) =>
      warning(`${password} is set and ${url} is not`, `Set ${url}: the password alone has no effect.`),
    );
}
