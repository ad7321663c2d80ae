import { describe, expect, test } from 'vitest';
import { maskedKeys } from '../../src/domain/secrets/masked-keys.ts';
import { explainConflict } from '../../src/usecases/explain-conflict.ts';
import { foreignTimeline } from '../support/random-positions.ts';
import { useFleet } from '../support/use-fleet.ts';

const { here, fleet } = await useFleet();

const explain = (name: string) => explainConflict({ ...here.context, isMasked: maskedKeys() }, name);

describe('why a device is paused', () => {
  test('is told with both positions, where they parted, and since when', async () => {
    const { timeline, specHash } = await fleet.running('a').then(() => fleet.rendered('a'));
    await fleet.declareRestore();
    here.clock.advance(60_000);
    await fleet.report('a', { timeline, version: 4, specHash: null });
    here.clock.advance(60_000);
    await fleet.report('a', { timeline, version: 5, specHash: null });
    expect(await explain('a')).toMatchObject({
      metadata: { name: 'a' },
      verdict: 'Ahead',
      since: new Date(here.clock.now().getTime() - 60_000).toISOString(),
      server: { timeline, renderedVersion: '1', specHash },
      reported: { timeline, renderedVersion: '5', specHash: null },
      partedAt: { timeline, renderedVersion: '1' },
      difference: null,
    });
  });

  test('says that it is not known where the histories parted, if it is not', async () => {
    await fleet.running('a');
    await fleet.declareRestore();
    await fleet.report('a', { timeline: foreignTimeline, version: 1, specHash: null });
    expect(await explain('a')).toMatchObject({ verdict: 'Diverged', partedAt: null });
  });

  test('says what resuming would change, once the device has sent its spec', async () => {
    await fleet.paused('a');
    await fleet.report('a', 4, { spec: { os: { image: 'quay.io/acme/lost:9' }, extra: 'x' } });
    const { difference } = await explain('a');
    expect(difference?.patch).toEqual(
      expect.arrayContaining([
        { op: 'replace', path: '/os/image', value: 'quay.io/acme/a:1' },
        { op: 'remove', path: '/extra' },
      ]),
    );
    expect(difference?.text).toContain('quay.io/acme/lost:9');
    expect(difference?.text).toContain('quay.io/acme/a:1');
  });

  test('compares with what would be sent now, edits since included', async () => {
    await fleet.paused('a');
    await fleet.report('a', 4, { spec: { os: { image: 'quay.io/acme/a:3' } } });
    await fleet.edit('a', 'quay.io/acme/a:3');
    expect((await explain('a')).difference).toMatchObject({ patch: [] });
  });

  test('does not compare with a spec that the device sent for another version', async () => {
    await fleet.paused('a');
    await fleet.report('a', 4, { spec: { os: { image: 'quay.io/acme/lost:9' } } });
    await fleet.report('a', 5);
    expect((await explain('a')).difference).toBeNull();
  });

  test('is still told while the device is awaited again', async () => {
    await fleet.paused('a');
    await fleet.declareRestore();
    expect(await explain('a')).toMatchObject({ verdict: 'Ahead' });
  });
});

test('a device without a conflict has none to explain, nor has one that is resumed or unknown', async () => {
  await fleet.running('fine');
  await fleet.paused('a');
  await fleet.resumeNamed('a');
  for (const name of ['fine', 'a', 'nobody']) await expect(explain(name)).rejects.toMatchObject({ status: 404 });
});

describe('secrets in specs', () => {
  test('are told apart and not shown, neither in the patch nor in the text', async () => {
    const spec = (password: string, image: string) => ({
      os: { image },
      applications: [{ name: 'a', appType: 'container', image: 'a:1', envVars: { DB_PASSWORD: password, HOST: 'db' } }],
      config: [{ name: 'c', inline: [{ path: '/etc/app.env', content: `TOKEN=${password}\nA=1\n` }] }],
    });
    await fleet.create('a', { spec: spec('hunter2', 'os:1') });
    await fleet.render();
    await fleet.report('a', await fleet.rendered('a'));
    await fleet.declareRestore();
    await fleet.report('a', 9, { spec: spec('correct-horse', 'os:2') });
    const { difference } = await explain('a');
    expect(JSON.stringify(difference)).not.toMatch(/hunter2|correct-horse/);
    expect(difference?.patch.map(({ path }) => path)).toEqual(
      expect.arrayContaining(['/os/image', '/applications/0/envVars/DB_PASSWORD', '/config/0/inline/0/content']),
    );
    expect(difference?.text).toMatch(/-\s+DB_PASSWORD: \(masked \d\)\n\+\s+DB_PASSWORD: \(masked \d\)/);
    expect(difference?.text).toMatch(/-\s+TOKEN=\(masked \d\)\n\+\s+TOKEN=\(masked \d\)/);
  });
});
