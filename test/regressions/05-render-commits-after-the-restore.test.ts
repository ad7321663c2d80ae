import { expect, onTestFinished, test } from 'vitest';
import type { SpecRenderer } from '../../src/domain/rendering/spec-renderer.ts';
import { FleetFixture } from '../support/fleet-fixture.ts';
import { createTestContext } from '../support/test-context.ts';

// Fails if a render looks at the gate only before it begins: here it passes the gate, and the restore is declared while
// the renderer takes its time.
test('a render that passed the gate before a restore commits nothing after it', async () => {
  let begun: () => void = () => undefined;
  const atWork = new Promise<void>((resolve) => (begun = resolve));
  let finish: () => void = () => undefined;
  const finished = new Promise<void>((resolve) => (finish = resolve));
  let slow = false;
  const renderer: SpecRenderer = {
    async render(spec) {
      begun();
      if (slow) await finished;
      return { ok: true, spec };
    },
  };
  const here = await createTestContext({ overrides: { renderer } });
  onTestFinished(() => here.close());
  const fleet = new FleetFixture(here);
  await fleet.running('a');
  await fleet.edit('a', 'quay.io/acme/a:2');
  const before = await fleet.rendered('a');

  slow = true;
  const rendering = fleet.render();
  await atWork;
  await fleet.declareRestore();
  finish();

  expect(await rendering).toBe(0);
  expect(await fleet.rendered('a')).toEqual(before);
});
