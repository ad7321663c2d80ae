import { describe, expect, it } from 'vitest';
import { TemplateCache } from '../../../src/domain/templates/template-cache.ts';

describe('the cache of compiled templates', () => {
  it('compiles a template once', () => {
    const cache = new TemplateCache(10);
    const first = cache.get('{{ .metadata.name }}');
    expect(first.ok).toBe(true);
    expect(cache.get('{{ .metadata.name }}')).toBe(first);
    expect(cache.size).toBe(1);
  });

  it('remembers that a template does not compile', () => {
    const cache = new TemplateCache(10);
    const first = cache.get('{{ foo }}');
    expect(first).toMatchObject({ ok: false, error: { line: 1, column: 4 } });
    expect(cache.get('{{ foo }}')).toBe(first);
  });

  it('never keeps more templates than it may', () => {
    const cache = new TemplateCache(10);
    const sizes = Array.from({ length: 100 }, (_, number) => {
      cache.get(`{{ ${number} }}`);
      return cache.size;
    });
    expect(Math.max(...sizes)).toBe(10);
  });

  it('keeps a template that is in use while others come and go', () => {
    const cache = new TemplateCache(10);
    const kept = cache.get('kept');
    for (let number = 0; number < 100; number += 1) {
      cache.get(`{{ ${number} }}`);
      expect(cache.get('kept')).toBe(kept);
    }
  });

  it('forgets a template that is not used any more', () => {
    const cache = new TemplateCache(10);
    const forgotten = cache.get('forgotten');
    for (let number = 0; number < 20; number += 1) cache.get(`{{ ${number} }}`);
    expect(cache.get('forgotten')).not.toBe(forgotten);
  });

  it('keeps fewer if they are long', () => {
    const cache = new TemplateCache(1000);
    const sizes = Array.from({ length: 300 }, (_, number) => {
      cache.get(`${number}${' '.repeat(60_000)}`);
      return cache.size;
    });
    expect(Math.max(...sizes)).toBeLessThan(80);
  });
});
