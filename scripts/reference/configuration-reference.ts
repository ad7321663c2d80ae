import { code, table } from './markdown.ts';
import { settings } from '../../src/config/config.ts';
import { clientVariables } from '../../src/cli/client-variables.ts';

/** A variable of the environment, as a reference shows it. */
export type VariableRow = {
  readonly env: string;
  readonly flag: string | undefined;
  /** Undefined where nothing is assumed. */
  readonly fallback: string | undefined;
  /** May hold words in backticks. */
  readonly about: string;
};

/** Every setting of the service, in the order of its table. */
export function settingRows(): VariableRow[] {
  return Object.entries(settings).map(([key, setting]) => {
    const parsed = setting.schema.safeParse(undefined);
    return {
      env: setting.env,
      flag: 'flag' in setting ? setting.flag : undefined,
      fallback: parsed.success ? shown(key, parsed.data) : undefined,
      about: setting.about,
    };
  });
}

/** Variables that the commands which talk to a server read from the environment. */
export function clientRows(): VariableRow[] {
  return clientVariables.map((variable) => ({ flag: undefined, fallback: undefined, ...variable }));
}

/** The reference of all settings, as Markdown. */
export function configurationReference(): string {
  return [
    '# Configuration',
    '',
    'Made from the table of settings in `src/config/config.ts`.',
    '',
    'The service is configured by its environment; some settings are also flags of `muster serve`, which win. It reads them when',
    'it starts. `muster doctor` checks them, and what they name.',
    '',
    ...table(
      ['Variable', 'Flag of `muster serve`', 'Default', 'Meaning'],
      settingRows().map(({ env, flag, fallback, about }) => [code(env), code(flag), code(fallback), about]),
    ),
    '',
    '## Commands that talk to a server',
    '',
    ...table(
      ['Variable', 'Default', 'Meaning'],
      clientRows().map(({ env, fallback, about }) => [code(env), code(fallback), about]),
    ),
    '',
  ].join('\n');
}

/** @param key of the setting in the table; one that ends in `Ms` is a time in milliseconds, in `KeepMs` a long one */
function shown(key: string, value: unknown): string | undefined {
  if (typeof value === 'object' && value !== null && 'host' in value && 'port' in value)
    return `${String(value.host)}:${String(value.port)}`;
  if (Array.isArray(value)) return value.length === 0 ? undefined : value.join(key.endsWith('Scopes') ? ' ' : ',');
  if (typeof value === 'number' && key.endsWith('KeepMs')) return `${value / 86_400_000}d`;
  if (typeof value === 'number' && key.endsWith('Ms')) return `${value / 1000}s`;
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? String(value)
    : undefined;
}
