import { describe, expect, test } from 'vitest';
import { appliedAfter } from '../../../src/domain/recovery/applied-version.ts';

const at = (version: number) => ({ timeline: null, version, specHash: null });

describe('the version that counts as applied', () => {
  test('is what a device says to have applied, whether it is higher or lower than before', () => {
    for (const version of [0, 3, 7]) {
      expect(appliedAfter(5, { position: at(9), applied: version }, false)).toBe(version);
    }
  });

  test('stays as it was where a report says nothing of it', () => {
    expect(appliedAfter(5, { position: at(9), applied: null }, true)).toBe(5);
    expect(appliedAfter(5, { position: null }, false)).toBe(5);
    expect(appliedAfter(null, { position: at(9), applied: null }, false)).toBeNull();
  });

  test('is what was received only where nothing better is known', () => {
    expect(appliedAfter(5, { position: at(6) }, false)).toBe(5);
    expect(appliedAfter(5, { position: at(5) }, false)).toBe(5);
    expect(appliedAfter(null, { position: at(6) }, false)).toBe(6);
    expect(appliedAfter(5, { position: at(6) }, true)).toBe(6);
    expect(appliedAfter(5, { position: at(4) }, false)).toBe(4);
  });
});
