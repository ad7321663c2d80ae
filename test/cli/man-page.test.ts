import { spawnSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { settings } from '../../src/config/config.ts';
import { clientVariables } from '../../src/cli/client-variables.ts';
import { exitCodes } from '../../src/client/failures.ts';
import { manPage } from '../../scripts/reference/man-page.ts';
import { buildProgram } from '../../src/cli/program.ts';
import { commandsUnder } from '../../scripts/reference/cli-reference.ts';
import { configurationReference, settingRows } from '../../scripts/reference/configuration-reference.ts';

const page = manPage(buildProgram());
const escaped = (text: string) => text.replaceAll('-', '\\-');

/** The lines of a section, up to the next one. */
function section(title: string): string {
  const [, text = ''] = page.split(`.SH ${title}\n`);
  return text.split('\n.SH ')[0] ?? '';
}

test('it has every command, and every option of each', () => {
  for (const command of commandsUnder(buildProgram()).slice(1)) {
    const usage = command.createHelp().commandUsage(command);
    const [, own = ''] = page.split(`\n.SS ${escaped(usage)}\n`);
    const described = own.split('\n.S')[0] ?? '';
    expect(described.length).toBeGreaterThan(20);
    for (const { flags } of command.options) expect(described).toContain(`\n.B ${escaped(flags)}\n`);
  }
});

test('it has every variable of the environment and every exit code; so has the reference of settings', () => {
  const names = [...Object.values(settings), ...clientVariables].map(({ env }) => env);
  for (const name of names) {
    expect(section('ENVIRONMENT')).toContain(`\n.B ${name}\n`);
    expect(configurationReference()).toContain(`| \`${name}\` |`);
  }
  for (const code of Object.values(exitCodes)) expect(section('EXIT STATUS')).toContain(`.B ${code}\n`);
});

test('every default in the reference, written as a setting, means that default', () => {
  const schemas = new Map<string, (typeof settings)[keyof typeof settings]['schema']>(
    Object.values(settings).map(({ env, schema }) => [env, schema]),
  );
  const defaults = settingRows().filter(({ fallback }) => fallback !== undefined);
  expect(defaults.length).toBeGreaterThan(20);
  for (const { env, fallback } of defaults)
    expect([env, schemas.get(env)?.parse(fallback)]).toEqual([env, schemas.get(env)?.parse(undefined)]);
});

test('no text is taken for a request of roff', () => {
  const requests = page.split('\n').flatMap((line) => /^['.](\w*)/.exec(line)?.[1] ?? []);
  expect(new Set(requests)).toEqual(new Set(['TH', 'SH', 'SS', 'B', 'RI', 'I', 'TP', 'PP', 'nf', 'fi', 'sp']));
  expect(page).toMatch(/^[\x20-\x7E\n]+$/);
});

describe.each(['mandoc', 'groff'].filter((program) => spawnSync(program, ['--version']).error === undefined))(
  '%s',
  (program) => {
    const flags =
      {
        mandoc: ['-T', 'lint', '-W', 'error'],
        groff: ['-man', '-T', 'utf8', '-z', '-wmac', '-wescape', '-wsyntax', '-wreg', '-Wbreak'],
      }[program] ?? [];

    test('reads it without a complaint', () => {
      const { status, stdout, stderr } = spawnSync(program, flags, { input: page, encoding: 'utf8' });
      expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: '', stderr: '' });
    });
  },
);
