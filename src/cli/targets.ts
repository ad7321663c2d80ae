import { resourceNameSchema } from '../domain/resources/object-meta.ts';
import { UsageError } from '../client/failures.ts';
import { wordsFor } from './resources/catalogue.ts';
import type { ResourceKind } from './resources/resource-kind.ts';

/** Resources that the words of a command line name, all of one kind. Without names, the kind as a whole. */
type Target = { readonly kind: ResourceKind; readonly names: readonly string[] };

/**
 * Reads `KIND`, `KIND NAME...` or `KIND/NAME...`.
 *
 * @param kinds those that the command takes
 * @throws UsageError for another kind, for several kinds, or for what cannot be a name
 */
export function parseTarget(words: readonly string[], kinds: readonly ResourceKind[]): Target {
  const [first = '', ...rest] = words;
  if (!first.includes('/')) return { kind: kindCalled(first, kinds), names: rest.map(validName) };
  const pairs = words.map((word) => {
    const slash = word.indexOf('/');
    if (slash === -1) throw new UsageError(`expected KIND/NAME as before it, found ${JSON.stringify(word)}`);
    return { kind: kindCalled(word.slice(0, slash), kinds), name: validName(word.slice(slash + 1)) };
  });
  const [kind, ...others] = new Set(pairs.map((pair) => pair.kind));
  if (kind === undefined || others.length > 0)
    throw new UsageError('expected resources of one kind, found several kinds');
  return { kind, names: pairs.map(({ name }) => name) };
}

function kindCalled(word: string, kinds: readonly ResourceKind[]): ResourceKind {
  const kind = kinds.find((candidate) => wordsFor(candidate).includes(word.toLowerCase()));
  if (kind !== undefined) return kind;
  const known = kinds.map((candidate) => {
    const [plural, ...others] = wordsFor(candidate);
    return `${plural} (${others.join(', ')})`;
  });
  throw new UsageError(`unknown kind of resource ${JSON.stringify(word)}: expected ${known.join(', ')}`);
}

/** Names that a person gave, as names of devices, each once. @throws UsageError for one that is none */
export function deviceNames(names: readonly string[]): string[] {
  return [...new Set(names.map(validName))];
}

/** Checks a name: it goes into selectors and addresses, where an odd one could come to mean something else. */
export function validName(name: string): string {
  const parsed = resourceNameSchema.safeParse(name);
  if (parsed.success) return name;
  const [issue] = parsed.error.issues;
  const problem = name === '' ? 'expected a name, found nothing' : (issue?.message ?? 'invalid');
  throw new UsageError(`${JSON.stringify(name)} cannot be a name: ${problem}`);
}
