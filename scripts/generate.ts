import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import openapiTypescript, { astToString } from 'openapi-typescript';
import { stringify } from 'yaml';
import { buildApp } from '../src/service/app.ts';
import { readConfig } from '../src/config/config.ts';
import { createContext } from '../src/context.ts';
import { asyncapiDocument } from './reference/asyncapi.ts';
import { manPage } from './reference/man-page.ts';
import { cliReference } from './reference/cli-reference.ts';
import { configurationReference } from './reference/configuration-reference.ts';
import { buildProgram } from '../src/cli/program.ts';
import { permissionsReference } from './reference/permissions-reference.ts';
import { createLog } from '../src/logging/log.ts';
import { failureTable, stepTable, withMade } from './reference/run-steps-reference.ts';
import { metricsReference } from './reference/metrics-reference.ts';

// Writes what is made from the code: run it after a change of a route, a frame, a setting or a command.

const dataDir = await mkdtemp(join(tmpdir(), 'muster-generate-'));
try {
  const context = await createContext(readConfig({ MUSTER_DATA_DIR: dataDir }), createLog('warn'));
  const app = await buildApp(context);
  await Promise.all([app.api.ready(), app.agent.ready()]);
  const admin = app.api.swagger();
  const agent = app.agent.swagger();
  await app.close();
  await context.destroy();

  await writeYaml('openapi/openapi.yaml', admin);
  await writeYaml('openapi/agent.yaml', agent);
  await writeYaml('openapi/asyncapi.yaml', asyncapiDocument());
  await writeFile('src/client/api-schema.ts', astToString(await openapiTypescript(JSON.stringify(admin))));
  await writeFile('docs/configuration.md', configurationReference());
  await writeFile('docs/cli.md', cliReference(buildProgram()));
  await writeFile('docs/muster.1', manPage(buildProgram()));
  await writeFile('docs/metrics.md', metricsReference());
  await writeFile('docs/permissions.md', permissionsReference());
  await makeWithin('docs/restore-run.md', 'steps', stepTable());
  for (const runbook of ['docs/runbook-kubernetes.md', 'docs/runbook-quadlets.md'])
    await makeWithin(runbook, 'failures', failureTable());
} finally {
  await rm(dataDir, { recursive: true, force: true });
}

async function makeWithin(page: string, name: string, lines: readonly string[]): Promise<void> {
  await writeFile(page, withMade(await readFile(page, 'utf8'), name, lines));
}

async function writeYaml(file: string, document: unknown): Promise<void> {
  const plain: unknown = JSON.parse(JSON.stringify(document));
  await writeFile(file, stringify(plain, { lineWidth: 0, aliasDuplicateObjects: false }));
}
