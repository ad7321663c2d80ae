import type { z } from 'zod';
import { formatPath, quote } from './document-path.ts';

type Issue = z.core.$ZodIssue;

/** A problem at one place of a document, in words that begin with "expected". */
export type DocumentProblem = { readonly path: readonly PropertyKey[]; readonly text: string };

const maxProblems = 5;
const maxValues = 20;

/**
 * Describes the problems of a document to the person who sent it: one sentence that lists at most five of them as `path:
 * expected …`.
 *
 * @param where the document, such as `body` or `Device`
 */
export function describeProblems(error: z.ZodError, where: string): string {
  return listProblems(documentProblems(error), where);
}

/** Problems of a document, place by place. */
export function documentProblems(error: z.ZodError): DocumentProblem[] {
  return error.issues.flatMap((issue) => problemsOf(issue));
}

/** One sentence that lists at most five problems as `path: expected …`, and counts the rest. */
export function listProblems(problems: readonly DocumentProblem[], where: string): string {
  const shown = problems.slice(0, maxProblems).map(spellProblem);
  const more = problems.length - shown.length;
  if (more > 0) shown.push(`and ${more} more`);
  return `${where} is not valid: ${shown.join('; ')}`;
}

/** `path: expected …` */
export function spellProblem({ path, text }: DocumentProblem): string {
  const place = formatPath(path);
  return place === '' ? text : `${place}: ${text}`;
}

function problemsOf(issue: Issue): DocumentProblem[] {
  // Our own schemas have messages that begin with "expected"; zod's default messages do not fit here.
  if (issue.message.startsWith('expected ')) return [{ path: issue.path, text: issue.message }];
  switch (issue.code) {
    case 'invalid_type':
      return [{ path: issue.path, text: `expected ${withArticle(issue.expected)}` }];
    case 'invalid_value':
      return [{ path: issue.path, text: `expected ${oneOf(issue.values)}` }];
    case 'too_big':
      return [
        {
          path: issue.path,
          text: `expected ${bound(issue.inclusive !== false, 'most')} ${amount(issue.maximum, issue.origin)}`,
        },
      ];
    case 'too_small':
      return [
        {
          path: issue.path,
          text: `expected ${bound(issue.inclusive !== false, 'least')} ${amount(issue.minimum, issue.origin)}`,
        },
      ];
    case 'not_multiple_of':
      return [{ path: issue.path, text: `expected a multiple of ${issue.divisor}` }];
    case 'invalid_format':
      return [{ path: issue.path, text: `expected ${formatName(issue)}` }];
    case 'unrecognized_keys':
      return issue.keys.map((key) => ({ path: [...issue.path, key], text: 'expected no such key' }));
    case 'invalid_union':
      return unionProblems(issue);
    case 'invalid_key':
    case 'invalid_element':
      return within(issue.path, issue.issues.flatMap(problemsOf));
    case 'custom':
      return [{ path: issue.path, text: issue.message }];
    default:
      return issue satisfies never;
  }
}

function within(path: readonly PropertyKey[], problems: readonly DocumentProblem[]): DocumentProblem[] {
  return problems.map((problem) => ({ ...problem, path: [...path, ...problem.path] }));
}

/** Problems of the branch of a union that was most likely meant: the one whose first problem is deepest. */
function unionProblems(issue: Extract<Issue, { code: 'invalid_union' }>): DocumentProblem[] {
  if ('options' in issue && issue.options !== undefined) {
    return [{ path: issue.path, text: `expected ${oneOf(issue.options)}` }];
  }
  const branches = issue.errors.map((issues) => issues.flatMap(problemsOf)).filter((problems) => problems.length > 0);
  const depth = (problems: readonly DocumentProblem[]): number => Math.min(...problems.map(({ path }) => path.length));
  const deepest = Math.max(0, ...branches.map(depth));
  if (deepest === 0) {
    const wanted = new Set(branches.flat().map(({ text }) => text.replace(/^expected /, '')));
    const text = wanted.size === 0 ? 'expected exactly one alternative' : `expected ${[...wanted].join(' or ')}`;
    return [{ path: issue.path, text }];
  }
  const [meant = []] = branches
    .filter((problems) => depth(problems) === deepest)
    .toSorted((left, right) => left.length - right.length);
  return within(issue.path, meant);
}

function withArticle(kind: string): string {
  if (kind === 'record') return 'an object';
  if (kind === 'int') return 'an integer';
  return /^[aeiou]/.test(kind) ? `an ${kind}` : `a ${kind}`;
}

function oneOf(values: readonly unknown[]): string {
  const shown = values.slice(0, maxValues).map((value) => (typeof value === 'string' ? quote(value) : String(value)));
  const list = values.length > maxValues ? [...shown, '…'] : shown;
  return list.length === 1 ? list.join('') : `one of ${list.join(', ')}`;
}

function bound(inclusive: boolean, side: 'most' | 'least'): string {
  if (inclusive) return `at ${side}`;
  return side === 'most' ? 'less than' : 'more than';
}

function amount(count: number | bigint, origin: string): string {
  const plural = count === 1 || count === 1n ? '' : 's';
  switch (origin) {
    case 'string':
      return `${count} character${plural}`;
    case 'array':
      return `${count} item${plural}`;
    default:
      return String(count);
  }
}

function formatName(issue: Extract<Issue, { code: 'invalid_format' }>): string {
  switch (issue.format) {
    case 'uuid':
      return 'a UUID';
    case 'regex':
      return `text that matches ${quote(issue.pattern ?? 'a pattern')}`;
    default:
      return `a valid ${issue.format}`;
  }
}
