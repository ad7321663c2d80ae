import { shortened } from '../quoted.ts';

const plainKey = /^[A-Za-z_$][\w$-]*$/;
const maxKey = 64;

/** Writes a place in a document as people do: `spec.config[0].name`, `metadata.labels["example.com/site"]`. */
export function formatPath(path: readonly PropertyKey[]): string {
  return path.reduce<string>((text, key) => {
    if (typeof key === 'number') return `${text}[${key}]`;
    const name = String(key);
    if (!plainKey.test(name)) return `${text}[${quote(name)}]`;
    return text === '' ? quoteless(name) : `${text}.${quoteless(name)}`;
  }, '');
}

/** Quotes text of a document for a message: control characters are escaped, and long text is cut. */
export function quote(text: string): string {
  return JSON.stringify(quoteless(text)).replaceAll('\u007f', String.raw`\u007f`);
}

function quoteless(text: string): string {
  return shortened(text, maxKey);
}
