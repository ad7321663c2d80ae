import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { UsageError } from '../client/failures.ts';

/**
 * Reads the authorities that a server's certificate may be from.
 *
 * @param option that named the file
 * @returns PEM; undefined without a file
 * @throws UsageError if no certificates are in the file
 */
export function readAuthorities(option: string, file: string | undefined): string | undefined {
  if (file === undefined || file === '') return undefined;
  const text = readNamed(option, file);
  if (isCertificate(text)) return text;
  throw new UsageError(`${option}: expected certificates in PEM form in ${file}`);
}

function readNamed(option: string, file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new UsageError(`${option}: cannot read ${file}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function isCertificate(text: string): boolean {
  try {
    return new X509Certificate(text).fingerprint256 !== '';
  } catch {
    return false;
  }
}
