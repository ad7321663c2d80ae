const plainKey = /^[A-Za-z_$][\w$-]*$/;
const maxKey = 64;

/** A place in a document, as people write it: `spec.config[0].name`, `metadata.labels["example.com/site"]`. */
export function formatPath(path: readonly PropertyKey[]): string {
  return path.reduce<string>((text, key) => {
    if (typeof key === 'number') return `${text}[${key}]`;
    const name = String(key);
    if (!plainKey.test(name)) return `${text}[${quote(name)}]`;
    return text === '' ? quoteless(name) : `${text}.${quoteless(name)}`;
  }, '');
}

/** Text from a document within a message: quoted, control characters escaped, cut where it gets long. */
export function quote(text: string): string {
  return JSON.stringify(quoteless(text)).replaceAll('\u007f', String.raw`\u007f`);
}

function quoteless(text: string): string {
  return text.length > maxKey ? `${text.slice(0, maxKey)}…` : text;
}
