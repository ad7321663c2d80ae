import { describe, expect, it } from 'vitest';
import { compileBase64, compileText, TextCache } from '../../../src/domain/templates/compiled-text.ts';

describe('the cache of compiled texts', () => {
  it('compiles a text once', () => {
    const cache = new TextCache(10, compileText);
    const first = cache.get('{{ .metadata.name }}');
    expect(first.kind).toBe('template');
    expect(cache.get('{{ .metadata.name }}')).toBe(first);
    expect(cache.size).toBe(1);
  });

  it('remembers that a text cannot be compiled', () => {
    const cache = new TextCache(10, compileText);
    const first = cache.get('{{ foo }}');
    expect(first).toMatchObject({ kind: 'broken', problem: { line: 1, column: 4 } });
    expect(cache.get('{{ foo }}')).toBe(first);
  });

  it('never keeps more texts than it may', () => {
    const cache = new TextCache(10, compileText);
    const sizes = Array.from({ length: 100 }, (_, number) => {
      cache.get(`{{ ${number} }}`);
      return cache.size;
    });
    expect(Math.max(...sizes)).toBe(10);
  });

  it('keeps a text that is in use while others come and go', () => {
    const cache = new TextCache(10, compileText);
    const kept = cache.get('kept');
    for (let number = 0; number < 100; number += 1) {
      cache.get(`{{ ${number} }}`);
      expect(cache.get('kept')).toBe(kept);
    }
  });

  it('forgets a text that is not used any more', () => {
    const cache = new TextCache(10, compileText);
    const forgotten = cache.get('forgotten');
    for (let number = 0; number < 20; number += 1) cache.get(`{{ ${number} }}`);
    expect(cache.get('forgotten')).not.toBe(forgotten);
  });

  it.each([
    ['long', (number: number) => `${number}${' '.repeat(60_000)}`],
    ['dense', (number: number) => `{{ ${number} }}${'{{ 1 }}'.repeat(800)}`],
  ])('keeps fewer if they are %s', (_what, text) => {
    const cache = new TextCache(1000, compileText);
    const sizes = Array.from({ length: 300 }, (_, number) => {
      cache.get(text(number));
      return cache.size;
    });
    expect(Math.max(...sizes)).toBeLessThan(150);
  });
});

describe('content in base64', () => {
  const encoded = (...parts: (string | number[])[]): string =>
    Buffer.concat(parts.map((part) => Buffer.from(part))).toString('base64');

  it.each([
    ['a template if there is one in it', encoded('é {{ .metadata.name }}'), 'template'],
    ['a template, be there a NUL in it', encoded('\0{{ .metadata.name }}'), 'template'],
    ['plain without one', encoded('{ { }}'), 'plain'],
    ['plain if it is binary', encoded([0xff, 0xfe, 0x00]), 'plain'],
    ['plain if it is binary and two braces happen to stand in it', encoded([0xff, 0x00], '{{ nonsense'), 'plain'],
    ['plain if it only has braces once decoded twice', encoded(encoded('{{ .metadata.name }}')), 'plain'],
    ['broken if its template is', encoded('{{ nonsense }}'), 'broken'],
  ])('is %s', (_what, content, kind) => {
    expect(compileBase64(content).kind).toBe(kind);
  });

  it('is read across line breaks', () => {
    const content = encoded('{{ .metadata.name }}').replaceAll(/.{8}/g, '$&\r\n');
    expect(compileBase64(content)).toMatchObject({ kind: 'template', template: { source: '{{ .metadata.name }}' } });
  });

  it('is broken if it is another text than UTF-8 and has a template', () => {
    expect(compileBase64(encoded('caf', [0xe9], ' {{ .metadata.name }}'))).toEqual({
      kind: 'broken',
      problem: 'the content has "{{" in it and is not UTF-8: templates need UTF-8',
    });
  });

  it.each(['{{ .metadata.name }}', 'abc', 'a=bc', 'ab c'])('is broken if it is not base64: %s', (content) => {
    expect(compileBase64(content)).toEqual({
      kind: 'broken',
      problem: 'the content is not base64, as contentEncoding says',
    });
  });
});
