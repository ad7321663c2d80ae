import type { Command } from 'commander';
import { inheritedEnvironment, settings, type Environment } from '../config/config.ts';

/** Settings given by flags, as commander names them. */
export type SettingFlags = Readonly<Record<string, string | boolean | undefined>>;

const flags = Object.values(settings).flatMap((setting) => ('flag' in setting ? [setting] : []));

/** Adds the flags of the service's settings: each is also an environment variable. */
export function addSettingFlags(command: Command): Command {
  for (const { flag, about, env } of flags) command.option(flag, `${about.replaceAll('`', '')} [${env}]`);
  return command;
}

/** The environment, with what flags say instead of it. */
export function environmentWith(options: SettingFlags): Environment {
  const given = flags.flatMap(({ flag, env }) => {
    const value = options[attributeName(flag)];
    return typeof value === 'string' ? [[env, value] as const] : [];
  });
  return { ...inheritedEnvironment(), ...Object.fromEntries(given) };
}

/** Name that commander gives an option: `--api-listen <host:port>` is `apiListen`. */
function attributeName(flag: string): string {
  const [name = ''] = flag.replace(/^--/, '').split(' ');
  return name.replaceAll(/-([a-z])/g, (_match, letter: string) => letter.toUpperCase());
}
