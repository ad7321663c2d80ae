/** One element of a DER encoding (ITU-T X.690): its tag and where its content lies. */
type Element = { readonly tag: number; readonly from: number; readonly to: number };

const tags = { sequence: 0x30, objectIdentifier: 0x06, octetString: 0x04, extensions: 0xa3 } as const;
const textTags: ReadonlySet<number> = new Set([0x0c, 0x13, 0x16]);

/**
 * The text that an extension of a certificate holds. Only for certificates that have been parsed already: the library that
 * writes them takes longer to read one than a whole handshake takes.
 *
 * @param der the certificate
 * @param id content of the extension's object identifier
 * @returns undefined if there is no such extension; null if it holds no text
 */
export function extensionText(der: Buffer, id: Buffer): string | null | undefined {
  if (!der.includes(id)) return undefined;
  const certificate = elementAt(der, 0, der.length);
  const toBeSigned = certificate && elementAt(der, certificate.from, certificate.to);
  const parts = toBeSigned === undefined ? [] : elementsIn(der, toBeSigned);
  const wrapped = parts.find(({ tag }) => tag === tags.extensions);
  const list = wrapped && elementAt(der, wrapped.from, wrapped.to);
  for (const extension of list === undefined ? [] : elementsIn(der, list)) {
    const [identifier, ...rest] = elementsIn(der, extension);
    if (identifier?.tag !== tags.objectIdentifier || !der.subarray(identifier.from, identifier.to).equals(id)) continue;
    const value = rest.find(({ tag }) => tag === tags.octetString);
    const text = value && elementAt(der, value.from, value.to);
    return text !== undefined && textTags.has(text.tag) ? der.toString('utf8', text.from, text.to) : null;
  }
  return undefined;
}

/** A text as Flight Control's extensions hold it: a PrintableString. */
export function printableString(text: string): Buffer {
  const bytes = Buffer.from(text, 'latin1');
  const length =
    bytes.length < 0x80
      ? [bytes.length]
      : bytes.length < 0x100
        ? [0x81, bytes.length]
        : [0x82, bytes.length >> 8, bytes.length & 0xff];
  return Buffer.concat([Buffer.from([0x13, ...length]), bytes]);
}

/** Content of an object identifier. */
export function objectIdentifier(id: string): Buffer {
  const [first = 0, second = 0, ...rest] = id.split('.').map(Number);
  return Buffer.from([first * 40 + second, ...rest.flatMap(base128)]);
}

function base128(part: number): number[] {
  const digits = [part & 0x7f];
  for (let left = part >>> 7; left > 0; left >>>= 7) digits.unshift((left & 0x7f) | 0x80);
  return digits;
}

function elementsIn(der: Buffer, { from, to }: Element): Element[] {
  const found: Element[] = [];
  for (let at = from; at < to;) {
    const element = elementAt(der, at, to);
    if (element === undefined) return found;
    found.push(element);
    at = element.to;
  }
  return found;
}

/** The element that begins at an offset; undefined if it does not end within its bounds. */
function elementAt(der: Buffer, at: number, end: number): Element | undefined {
  const tag = der[at];
  const first = der[at + 1];
  if (tag === undefined || first === undefined) return undefined;
  const lengthBytes = first < 0x80 ? 0 : first & 0x7f;
  if (lengthBytes > 4 || at + 2 + lengthBytes > end) return undefined;
  const length = lengthBytes === 0 ? first : der.readUIntBE(at + 2, lengthBytes);
  const from = at + 2 + lengthBytes;
  return from + length > end ? undefined : { tag, from, to: from + length };
}
