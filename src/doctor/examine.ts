import type { Environment } from '../config/config.ts';
import { examineCertificates } from './examine-certificates.ts';
import { examineConfiguration } from './examine-configuration.ts';
import { examineDataDirectory } from './examine-data-directory.ts';
import { examineDatabase } from './examine-database.ts';
import { examineIssuer } from './examine-issuer.ts';
import { examineJournal } from './examine-journal.ts';
import { examineListeners } from './examine-listeners.ts';
import { examineMachine } from './examine-machine.ts';
import { examineRedis } from './examine-redis.ts';
import { examineRenderer } from './examine-renderer.ts';
import type { Finding } from './finding.ts';

/**
 * Looks over all that the service needs, with the configuration that it would have in this environment. Needs no running
 * service, and changes nothing. Where the configuration cannot be used, the rest cannot be looked at.
 */
export async function* examine(environment: Environment): AsyncGenerator<Finding> {
  const { config, findings } = examineConfiguration(environment);
  yield* findings;
  yield* examineMachine();
  if (config === undefined) return;
  yield* await examineDataDirectory(config);
  yield* await examineJournal(config);
  yield* await examineCertificates(config, new Date());
  yield* await examineIssuer(config);
  yield* await examineRenderer(config);
  yield* await examineDatabase(config);
  yield* await examineRedis(config);
  yield* await examineListeners(config);
}
