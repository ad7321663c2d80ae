import { expect, test } from 'vitest';
import { readFrame } from '../src/agent/frames.ts';
import { forwardedCertificate } from '../src/auth/forwarded-certificate.ts';
import { documentsOf } from '../src/manifests/desired-documents.ts';
import { printable } from '../src/terminal/printable.ts';
import { canonicalJson } from '../src/domain/json.ts';
import { storableObject } from '../src/domain/resources/storable.ts';
import { maskRecord, maskSecrets } from '../src/domain/secrets/masked-document.ts';
import { maskedKeys } from '../src/domain/secrets/masked-keys.ts';
import { maskCredentials, maskText } from '../src/domain/secrets/masked-text.ts';
import { parseFieldSelector } from '../src/domain/selectors/field-selector.ts';
import { parseLabelSelector } from '../src/domain/selectors/label-selector.ts';
import { deviceFields } from '../src/domain/selectors/resource-fields.ts';
import { specDifference } from '../src/domain/rendering/spec-difference.ts';
import { checkTemplates, createTemplateRenderer } from '../src/domain/templates/template-renderer.ts';
import { createLog } from '../src/logging/log.ts';

// Text of a stranger, twice as long, must not cost more than three times as much: the ratio of two times of one run, which
// says the same on a slow machine and on a fast one. A function that takes the square of the length comes out at four and more.

const isMasked = maskedKeys();
const log = createLog('info', { stream: { write: () => undefined } });
const templates = createTemplateRenderer();
const mask = () => '*';
const device = { name: 'a', labels: {} };

/** Functions that take text from outside. What they say of it is not asked here. */
const takers: Record<string, (text: string) => unknown> = {
  'a field of the log': (text) => log.info({ path: text }, 'refused'),
  'a message of the log': (text) => log.info(text),
  'an error of the log': (text) => log.error({ err: new Error(text, { cause: new Error(text) }) }, 'failed'),
  'a key of the log': (text) => log.info({ [text]: text }, 'done'),
  'masking a text': (text) => maskText(text, isMasked, mask),
  'masking credentials': (text) => maskCredentials(text, mask),
  'masking a document': (text) => maskSecrets({ a: text, password: text, [text]: text }, isMasked),
  'masking a record': (text) => maskRecord({ a: text, name: text }, isMasked),
  'a template': (text) => templates.render({ os: { image: text } }, device),
  'a template of a file': (text) => templates.render({ config: [{ inline: [{ path: '/a', content: text }] }] }, device),
  'a check of templates': (text) => checkTemplates({ os: { image: `{{ printf "%s" "" }}${text}` } }),
  'a template in base64': (text) =>
    templates.render({ config: [{ inline: [{ content: text, contentEncoding: 'base64' }] }] }, device),
  'a label selector': (text) => parseLabelSelector(text),
  'a field selector': (text) => parseFieldSelector(text, deviceFields),
  'a frame': (text) => readFrame('device', text),
  'a frame that is one text': (text) => readFrame('device', JSON.stringify({ type: 'report', renderedVersion: text })),
  'documents to apply': (text) => documentsOf('input', text),
  'text for a terminal': (text) => printable(text),
  'canonical JSON': (text) => canonicalJson({ [text]: text }),
  'a stored document': (text) => storableObject({ [text]: text }),
  'a difference of specs': (text) => specDifference({ os: { image: text } }, { os: { image: `${text}.` } }),
  'a forwarded certificate': (text) => forwardedCertificate(text),
};

/** Pieces of text that make a careless scanner start over at each of them. */
const pieces = [
  [
    'a',
    'A1',
    ' ',
    '\n',
    '\t- ',
    '. ',
    '-',
    '_',
    '@',
    '%',
    '%zz',
    ',',
    '!',
    '=',
    ':',
    '://',
    'a://',
    'a:b@',
    '\\',
    '"',
    "'",
  ],
  ['eyJ-', 'eyJaaaaa.', 'Bearer ', '\nparams: ', '\\nparams: ', 'password=', 'token: ', '-----BEGIN PRIVATE KEY-----'],
  [
    '{{',
    '{{ ',
    '{{/*',
    '{{if .a}}',
    '(',
    '((',
    '[',
    '{',
    '{"a":',
    'a: ',
    '- ',
    '&a ',
    '*a ',
    '!!x ',
    '# ',
    '|\n',
    '"\\u',
    'in (',
    'a in (b),',
  ],
  ['\u0000', '\u202e', 'é', '😀', '\ud800', 'a=b,', 'By=x;Cert="', ';', '-----BEGIN CERTIFICATE-----'],
].flat();

const length = 16_384;
/** Times below this are noise. */
const shortestMs = 4;
const worstRatio = 3;

test.each(Object.entries(takers))('%s costs at most three times as much for twice the text', (_name, take) => {
  const slow = pieces.filter((piece) => isSuperlinear(take, piece));
  expect(slow).toEqual([]);
});

/** Looks again before it says so: what else the machine does is no fault of the function. */
function isSuperlinear(take: (text: string) => unknown, piece: string): boolean {
  for (let attempt = 0; attempt < 10; attempt += 1) {
    const twice = bestOf(take, piece, 2 * length);
    if (twice < shortestMs || twice <= worstRatio * bestOf(take, piece, length)) return false;
  }
  return true;
}

function bestOf(take: (text: string) => unknown, piece: string, size: number): number {
  let best = Infinity;
  for (let attempt = 0; attempt < 3; attempt += 1) {
    const text = piece.repeat(Math.ceil(size / piece.length)).slice(0, size);
    const started = performance.now();
    try {
      take(text);
    } catch {
      // A refusal is an answer too.
    }
    best = Math.min(best, performance.now() - started);
    if (best < shortestMs) break;
  }
  return best;
}
