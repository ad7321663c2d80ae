import * as fc from 'fast-check';
import { documentsOf } from '../../../src/manifests/desired-documents.ts';
import type { JsonObject } from '../../../src/domain/json.ts';
import { maskSecrets } from '../../../src/domain/secrets/masked-document.ts';
import { maskedKeys } from '../../../src/domain/secrets/masked-keys.ts';
import { maskText } from '../../../src/domain/secrets/masked-text.ts';
import { fuzzTarget, require } from '../fuzz-target.ts';
import { jsonText, mutated } from '../mutations.ts';

const yaml = fc.constantFrom(
  'apiVersion: flightctl.io/v1beta1\nkind: Device\nmetadata:\n  name: a\nspec:\n  os:\n    image: x\n',
  '---\nkind: DeviceList\nitems:\n- kind: Device\n- kind: Fleet\n---\n# nothing\n---\na: 1\n',
  'a: &a [1, 2]\nb: *a\nc: {<<: {d: 1}}\n',
  'text: |-\n  one\n  two\nfolded: >\n  three\n"quoted\\u0000": \'x\'\n',
  '? [complex, key]\n: !!binary aGVsbG8=\n',
  '%YAML 1.2\n---\n!tag {a: [b, {c: d}]}\n...\n',
);

export const applied = fuzzTarget('documents to apply', {
  input: mutated(fc.oneof(yaml, jsonText(['kind', 'metadata', 'name', 'spec', 'items']))),
  check(text) {
    for (const found of documentsOf('input', text)) {
      if ('document' in found) JSON.stringify(found.document);
      require(/^input, line \d+/.test(found.place), 'every document says where it stands');
      if ('problem' in found)
        require(found.problem !== '' && found.problem.length < 1_000, 'every problem says what is wrong');
    }
  },
});

const isMasked = maskedKeys();
const fileText = fc.constantFrom(
  'DB_PASSWORD=hunter2\nA=1\n',
  'secrets:\n  a: |\n    b\n- name: TOKEN\n  value: x\n',
  '{"password": "a\\"b", "c": [1]}',
  'postgres://a:b@c/d --token x --password=y',
  '-----BEGIN RSA PRIVATE KEY-----\nabc\n-----END RSA PRIVATE KEY-----',
);

export const maskedTexts = fuzzTarget('texts with secrets', {
  input: mutated(fileText),
  check(text) {
    const masks: string[] = [];
    const masked = maskText(text, isMasked, (secret) => {
      masks.push(secret);
      return '';
    });
    require(masked.length <= text.length, 'masking takes away and adds nothing but masks');
  },
});

export const maskedDocuments = fuzzTarget('specs with secrets', {
  input: jsonText(
    ['password', 'content', 'contentEncoding', 'name', 'value', 'secretRef', 'os'],
    fc.oneof(mutated(fileText), fc.constant('base64')),
  ),
  check(text) {
    const document = JSON.parse(text) as JsonObject;
    require(typeof maskSecrets(document, isMasked) === 'object', 'every document can be masked');
  },
});
