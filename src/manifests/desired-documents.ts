import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { LineCounter, parseAllDocuments, type Document } from 'yaml';
import { z } from 'zod';
import { CliError } from '../client/failures.ts';
import { manifestText } from './manifest-text.ts';
import { textProblem } from './plain-texts.ts';
import { unfolded } from './unfolded.ts';
import { nestsDeeperThan } from './yaml-nesting.ts';
import { manifestYaml } from './yaml-schema.ts';
import { readStandardInput } from '../terminal/standard-input.ts';
import { shortened } from '../domain/quoted.ts';

/** One document to apply, or the reason why it cannot be applied. `place` says where it stands, for people. */
export type DesiredDocument =
  | { readonly place: string; readonly document: unknown }
  | { readonly place: string; readonly problem: string; readonly document?: unknown };

const listSchema = z.object({ kind: z.string().regex(/List$/), items: z.array(z.unknown()) });

/**
 * The documents of a file, of the files of a directory, or of standard input (`-`): YAML or JSON, many to a file, lists
 * taken apart. Unreadable documents are among them as problems, so that the rest is still applied.
 */
export async function* readDesired(path: string): AsyncGenerator<DesiredDocument> {
  for (const { name, text } of await textsOf(path)) {
    if (typeof text === 'string') yield* documentsOf(name, text);
    else yield { place: name, problem: text.message };
  }
}

async function textsOf(path: string): Promise<{ name: string; text: string | Error }[]> {
  if (path === '-') return [{ name: 'standard input', text: await textOf(readStandardInput()) }];
  const found = await stat(path).catch(asProblem);
  if (found instanceof Error) return [{ name: path, text: found }];
  if (!found.isDirectory()) return [{ name: path, text: await textOf(readFile(path)) }];
  const names = (await readdir(path)).filter((name) => /\.(ya?ml|json)$/.test(name)).toSorted();
  if (names.length === 0) return [{ name: path, text: new CliError('no .yaml, .yml or .json file in the directory') }];
  return await Promise.all(
    names.map(async (name) => ({ name: join(path, name), text: await textOf(readFile(join(path, name))) })),
  );
}

async function textOf(reading: Promise<Buffer>): Promise<string | Error> {
  return await reading.then(manifestText).catch(asProblem);
}

function asProblem(error: unknown): Error {
  return error instanceof Error ? error : new CliError(String(error));
}

/** More than any server takes. */
const maxNesting = 150;

/** The documents of a text. JSON is YAML as well, so one parser reads both. */
export function* documentsOf(name: string, text: string): Generator<DesiredDocument> {
  if (nestsDeeperThan(text, maxNesting)) {
    yield { place: `${name}, line 1`, problem: `expected at most ${maxNesting} levels of nesting` };
    return;
  }
  const lineCounter = new LineCounter();
  // Where a problem stands is found here, for the one that is shown: done by the parser for each, it takes minutes.
  const options = { ...manifestYaml, lineCounter, logLevel: 'error', prettyErrors: false } as const;
  for (const parsed of parseAllDocuments(text, options)) {
    const place = `${name}, line ${lineCounter.linePos(firstOffset(text, parsed.range[0])).line}`;
    // A tag that is not known is no more than a warning of the parser's, but what stands there is not what was meant.
    const problem = parsed.errors[0] ?? parsed.warnings[0];
    if (problem !== undefined) {
      const { line, col } = lineCounter.linePos(problem.pos[0]);
      yield { place, problem: `${inBrief(problem.message)} at line ${line}, column ${col}` };
      continue;
    }
    const document = valueOf(parsed);
    if (document instanceof Error) yield { place, problem: inBrief(document.message) };
    // What stands between two separators may be nothing but a comment.
    else if (document !== null && document !== undefined) yield* takenApart(place, document, parsed);
  }
}

/** More characters than any server takes of one document, once its aliases are unfolded. */
const maxUnfoldedSize = 16 * 1024 * 1024;
/** Aliases and anchors of one document: the parser goes through all of them for each. */
const maxNames = 2_000;

function valueOf(parsed: Document.Parsed): unknown {
  const { size, depth, names } = unfolded(parsed.contents);
  if (size > maxUnfoldedSize) {
    return new CliError(
      `expected at most ${maxUnfoldedSize} characters once each alias is replaced by what it stands for`,
    );
  }
  if (depth > maxNesting) {
    return new CliError(`expected at most ${maxNesting} levels of nesting once each alias is replaced`);
  }
  if (names > maxNames) return new CliError(`expected at most ${maxNames} anchors and aliases`);
  try {
    const value: unknown = parsed.toJS({ maxAliasCount: -1 });
    return isJson(value) ? value : new CliError('expected a document that does not hold itself by an alias');
  } catch (error) {
    // Aliases without a target, or merges of values that cannot be merged.
    return asProblem(error);
  }
}

/** Longest text of a problem, in characters: the parser quotes the place, however long that is. */
const maxProblem = 300;

function inBrief(message: string): string {
  const [line = ''] = message.split('\n');
  return shortened(line, maxProblem);
}

/** True for an alias inside its own target: it makes an endless document, which cannot be sent. */
function isJson(value: unknown): boolean {
  try {
    JSON.stringify(value);
    return true;
  } catch {
    return false;
  }
}

function* takenApart(place: string, document: unknown, source: Document): Generator<DesiredDocument> {
  const list = listSchema.safeParse(document);
  if (!list.success) {
    yield checked(place, document, source);
    return;
  }
  for (const [index, item] of list.data.items.entries())
    yield checked(`${place}, item ${index + 1}`, item, source, ['items', index]);
}

function checked(
  place: string,
  document: unknown,
  source: Document,
  at: readonly (string | number)[] = [],
): DesiredDocument {
  const problem = textProblem(document, source, at);
  return problem === undefined ? { place, document } : { place, problem: inBrief(problem), document };
}

/** Offset at which a document's text begins, past its separator and blank lines. */
function firstOffset(text: string, from: number): number {
  const blank = /^(?:\s|---)*/.exec(text.slice(from, from + 1_000));
  return from + (blank?.[0].length ?? 0);
}
