import type { SpecRenderer } from '../../src/domain/spec-renderer.ts';

/** Sends specs as they are written: for tests whose concern is which spec is sent, and not in what form. */
export const asWritten: SpecRenderer = { render: (spec) => ({ ok: true, spec }) };
