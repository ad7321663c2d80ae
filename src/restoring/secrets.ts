import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { SecretReference } from '../domain/recovery-runs/restore-plan.ts';
import type { Environment } from '../config/config.ts';
import { rootCause } from '../logging/root-cause.ts';

/** Secrets of a plan, by name. They are kept in memory alone. */
export type Secrets = ReadonlyMap<string, string>;

/** Text that stands for a secret. */
const mask = '(masked)';

export type SecretSources = {
  readonly environment: Environment;
  /** Directory that paths start from. */
  readonly directory: string;
  /** Runs a command and gives what it prints, which is never logged. */
  readonly output: (command: readonly string[]) => Promise<string>;
};

/** Gets the secrets that a plan refers to. @returns also what could not be had, for people */
export async function resolveSecrets(
  references: Readonly<Record<string, SecretReference>>,
  sources: SecretSources,
): Promise<{ secrets: Secrets; missing: string[] }> {
  const secrets = new Map<string, string>();
  const missing: string[] = [];
  for (const [name, reference] of Object.entries(references)) {
    try {
      const value = (await valueOf(reference, sources)).replace(/\r?\n$/, '');
      if (value === '') missing.push(`the secret ${name} is empty`);
      else secrets.set(name, value);
    } catch (error) {
      missing.push(`the secret ${name} cannot be had: ${rootCause(error)}`);
    }
  }
  return { secrets, missing };
}

async function valueOf(reference: SecretReference, { environment, directory, output }: SecretSources): Promise<string> {
  if ('command' in reference) return await output(reference.command);
  if ('file' in reference) return await readFile(resolve(directory, reference.file), 'utf8');
  const value = environment[reference.env];
  if (value === undefined) throw new Error(`${reference.env} is not set`);
  return value;
}

/** Makes what masks secrets in texts, as they are and in the forms that programs print them in. */
export function maskOf(secrets: Secrets): (text: string) => string {
  const forms = [...secrets.values()]
    .flatMap((value) => [
      value,
      Buffer.from(value).toString('base64').replace(/=+$/, ''),
      encodeURIComponent(value),
      JSON.stringify(value).slice(1, -1),
    ])
    .flatMap((form) => form.split(/\r?\n/))
    .filter((form) => form !== '');
  // The longest first: one may hold another.
  const ordered = [...new Set(forms)].toSorted((a, b) => b.length - a.length);
  return (text) => ordered.reduce((masked, form) => masked.replaceAll(form, mask), text);
}
