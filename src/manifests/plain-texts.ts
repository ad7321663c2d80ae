import { isScalar, type Document } from 'yaml';

/** Maps whose values are text wherever they stand, so that what YAML reads as something else was meant as text. */
const mapsOfTexts: ReadonlySet<string> = new Set(['labels', 'annotations', 'matchLabels', 'envVars']);
/** Free form: a chart judges its content. */
const freeForm: ReadonlySet<string> = new Set(['values']);

type Path = readonly (string | number)[];
type Found = { readonly path: Path; readonly value: unknown };

/**
 * Says of a document where a text was written that YAML 1.1 reads as a boolean, a number or nothing, as the value of a label
 * for example; undefined if nowhere. A server could only say that it got no text, and not why.
 *
 * @param source the document that it was read from
 */
export function textProblem(document: unknown, source: Document, at: Path = []): string | undefined {
  const found = firstNoText(document, []);
  if (found === undefined) return undefined;
  const { path, value } = found;
  const where = path.reduce<string>(
    (text, key) => (typeof key === 'number' ? `${text}[${key}]` : `${text}${text === '' ? '' : '.'}${key}`),
    '',
  );
  const written = writtenAs(source, [...at, ...path]) ?? JSON.stringify(value);
  if (value === null) return `${where}: expected text, found nothing: write "" for an empty one`;
  const isReadAs =
    written === JSON.stringify(value)
      ? `the ${typeof value} ${written}`
      : `${written}, which YAML reads as the ${typeof value} ${JSON.stringify(value)}`;
  return `${where}: expected text, found ${isReadAs}: put it in quotes ("${written}")`;
}

function firstNoText(value: unknown, path: Path): Found | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  for (const [key, inner] of Object.entries(value)) {
    const here = [...path, Array.isArray(value) ? Number(key) : key];
    const found = mapsOfTexts.has(key) ? firstScalar(inner, here) : nameOrDeeper(key, inner, here);
    if (found !== undefined) return found;
  }
  return undefined;
}

function nameOrDeeper(key: string, value: unknown, path: Path): Found | undefined {
  if (key === 'name' && path.at(-2) === 'metadata' && isScalarOtherThanText(value)) return { path, value };
  return freeForm.has(key) ? firstScalarIn(value, path) : firstNoText(value, path);
}

/** Values to compare a label with are a list of texts; a chart's values are an object. */
function firstScalarIn(value: unknown, path: Path): Found | undefined {
  return Array.isArray(value) ? firstScalar(value, path) : undefined;
}

function firstScalar(map: unknown, path: Path): Found | undefined {
  if (typeof map !== 'object' || map === null) return undefined;
  for (const [key, value] of Object.entries(map)) {
    if (isScalarOtherThanText(value)) return { path: [...path, Array.isArray(map) ? Number(key) : key], value };
  }
  return undefined;
}

function isScalarOtherThanText(value: unknown): boolean {
  return value === null || typeof value === 'boolean' || typeof value === 'number';
}

/** A scalar as its document has it; undefined where an alias or a merge brought it there. */
function writtenAs(source: Document, path: Path): string | undefined {
  const node = source.getIn(path, true);
  return isScalar(node) && node.source !== undefined && node.source !== '' ? node.source : undefined;
}
