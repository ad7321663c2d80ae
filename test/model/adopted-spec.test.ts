import { expect, onTestFinished, test } from 'vitest';
import type { SpecRenderer } from '../../src/domain/rendering/spec-renderer.ts';
import { specHash } from '../../src/domain/rendering/spec-hash.ts';
import { adoptDevices } from '../../src/usecases/resume-devices.ts';
import { FleetFixture } from '../support/fleet-fixture.ts';
import { createTestContext } from '../support/test-context.ts';

// The renderer of the model makes nothing else of a spec that is adopted: a renderer that does shows which ones it is given.
test('an adopted spec is sent as it is; one that a person writes afterwards is rendered', async () => {
  const renderer: SpecRenderer = { render: (spec) => ({ ok: true, spec: { ...spec, rendered: true } }) };
  const here = await createTestContext({ overrides: { renderer } });
  onTestFinished(() => here.close());
  const fleet = new FleetFixture(here);
  const rendered = async (): Promise<string | null> => {
    await fleet.render();
    return (await fleet.rendered('a')).specHash;
  };
  await fleet.running('a');
  await fleet.declareRestore();
  const own = { os: { image: 'quay.io/acme/a:7' } };
  await fleet.report('a', 7, { spec: own });
  await adoptDevices(here.context, { fieldSelector: 'metadata.name=a', by: { actor: 'user:ada' } });
  expect(await rendered()).toBe(specHash(own));

  await fleet.edit('a', 'quay.io/acme/a:8');
  expect(await rendered()).toBe(specHash({ os: { image: 'quay.io/acme/a:8' }, rendered: true }));
});
