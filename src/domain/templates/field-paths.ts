import type { Place } from './syntax-tree.ts';
import { notAvailable, TemplateError } from './template-error.ts';
import { quoted, shortened } from '../quoted.ts';

type Parsing = { readonly source: string; readonly dotIsRoot: boolean };

/**
 * Refuses fields that no device has, even in branches that would never be taken: after `$`, and after "." outside
 * `{{with}}`, only `.metadata.name`, `.metadata.labels` and a label of it exist.
 *
 * @throws TemplateError
 */
export function checkFieldPath(base: Place, names: readonly string[], { source, dotIsRoot }: Parsing): void {
  const fail = (reason: string): never => {
    throw new TemplateError(reason, source, base.offset);
  };
  const [metadata, field, ...rest] = names;
  if (base.kind === 'variable') return;
  if (base.kind === 'dot' && !dotIsRoot) {
    if (metadata !== 'metadata') return;
    fail(`inside of {{with}}, "." is its value: write ${shortened(['$', ...names].join('.'))}`);
  }
  const [key] = rest;
  if (metadata === 'metadata' && field === 'labels' && rest.length > 1) {
    fail(`a label key with dots in it needs index: {{ index .metadata.labels ${quoted(rest.join('.'))} }}`);
  }
  if (metadata === 'metadata' && field === 'name' && key !== undefined) {
    fail(`.metadata.name is a string and has no field ${quoted(key)}`);
  }
  if (metadata === 'metadata' && (field === 'name' || field === 'labels')) return;
  fail(notAvailable(names));
}
