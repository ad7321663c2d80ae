import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import openapiTypescript, { astToString } from 'openapi-typescript';
import { stringify } from 'yaml';
import { buildApp } from '../src/app.ts';
import { readConfig, settings } from '../src/config.ts';
import { createContext } from '../src/context.ts';
import { asyncapiDocument } from '../src/agent/asyncapi.ts';
import { cliReference } from '../src/cli/reference.ts';
import { buildProgram } from '../src/cli/program.ts';
import { createLog } from '../src/log.ts';

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
  await writeFile('src/cli/api-schema.ts', astToString(await openapiTypescript(JSON.stringify(admin))));
  await replaceBetweenMarkers('README.md', 'configuration', configurationTable());
  await writeFile('docs/cli.md', cliReference(buildProgram()));
} finally {
  await rm(dataDir, { recursive: true, force: true });
}

async function writeYaml(file: string, document: unknown): Promise<void> {
  const plain: unknown = JSON.parse(JSON.stringify(document));
  await writeFile(file, stringify(plain, { lineWidth: 0, aliasDuplicateObjects: false }));
}

function configurationTable(): string {
  const rows = Object.values(settings).map((setting) => {
    const parsed = setting.schema.safeParse(undefined);
    const flag = 'flag' in setting ? `\`${setting.flag}\`` : '';
    const fallback = parsed.success && parsed.data !== undefined ? `\`${shown(setting.env, parsed.data)}\`` : '';
    return `| \`${setting.env}\` | ${flag} | ${fallback} | ${setting.about} |`;
  });
  return ['| Variable | Flag of `muster serve` | Default | Meaning |', '| --- | --- | --- | --- |', ...rows].join('\n');
}

function shown(env: string, value: unknown): string {
  if (typeof value === 'object' && value !== null && 'host' in value && 'port' in value)
    return `${String(value.host)}:${String(value.port)}`;
  const isDuration = /TIMEOUT|INTERVAL|AFTER/.test(env) && typeof value === 'number';
  return isDuration ? `${value / 1000}s` : String(value);
}

async function replaceBetweenMarkers(file: string, name: string, content: string): Promise<void> {
  const text = await readFile(file, 'utf8');
  const pattern = new RegExp(`(<!-- generated: ${name} -->\n)[\\s\\S]*?(\n<!-- end: ${name} -->)`);
  if (!pattern.test(text)) throw new Error(`${file} has no place for generated ${name}`);
  await writeFile(
    file,
    text.replace(pattern, (_match, before: string, after: string) => `${before}\n${content}\n${after}`),
  );
}
