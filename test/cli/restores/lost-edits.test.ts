import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { createFleet } from '../../../src/usecases/create-fleet.ts';
import type { FleetRequest } from '../../../src/domain/resources/fleet.ts';
import { fleetRequest } from '../../support/documents.ts';
import { by } from '../../support/fleet-fixture.ts';
import { JournalStory } from '../../support/journal-story.ts';
import { startServer, type MusterServer } from '../muster-server.ts';

// Every command is a process of its own, which takes its time to start.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

let story: JournalStory;
let server: MusterServer;

beforeAll(async () => {
  story = await JournalStory.begin();
  await story.fleet.create('gateway-1', { spec: { os: { image: 'quay.io/acme/os:1' } } });
  const backup = await story.backUp();
  await story.fleet.edit('gateway-1', 'quay.io/acme/os:2');
  await createFleet(story.here.context, { request: fleetRequest('edge', { site: 'none' }) as FleetRequest, by });
  await story.goBackTo(backup);
  server = await startServer({ DATABASE_URL: story.here.database.url, MUSTER_JOURNAL: story.directory });
});

afterAll(async () => {
  await server.stop();
  await story.end();
});

test('lost edits are listed, compared and put back', async () => {
  const declared = await server.muster(['restore', 'declare', '--reason', 'INC-1']);
  expect(declared.stdout).toContain('Edits that the database does not know: 2 (muster restore lost)');
  expect((await server.muster(['restore', 'status'])).stdout).toMatch(/^Journal +2 edits and 0 versions lost$/m);
  const listed = await server.muster(['restore', 'lost']);
  expect(listed.code).toBe(0);
  expect(listed.stdout.split('\n').map((line) => line.split(/ {3,}/).slice(0, 3))).toEqual([
    ['RESOURCE', 'CHANGE', 'BY'],
    ['fleet/edge', 'Created', 'user:test'],
    ['device/gateway-1', 'Edited', 'user:test'],
    [''],
  ]);
  const compared = await server.muster(['restore', 'lost', '--diff', '--kind', 'Device']);
  expect(compared.stdout).toMatch(/^device\/gateway-1: edited by user:test at 20/);
  expect(compared.stdout).toContain('-    image: quay.io/acme/os:1');
  expect(compared.stdout).toContain('+    image: quay.io/acme/os:2');

  const preview = await server.muster(['restore', 'replay', '--all', '--dry-run']);
  expect(preview).toMatchObject({
    code: 0,
    stdout: 'Dry run, nothing was changed:\n  Edits that would be put back: 2\n    fleet/edge\n    device/gateway-1\n',
  });
  const names = await server.muster(['restore', 'lost', '-o', 'name']);
  expect(names.stdout).toBe('fleet/edge\ndevice/gateway-1\n');
  const done = await server.muster(['restore', 'replay', 'device/gateway-1', '--reason', 'INC-1']);
  expect(done).toMatchObject({ code: 0, stdout: 'Replay completed:\n  Edits put back: 1\n' });
  const again = await server.muster(['restore', 'replay', 'device/gateway-1', '--reason', 'INC-1']);
  expect(again.stdout).toBe('Replay completed:\n  Edits put back: 0\n  Skipped: 1\n');
  expect(again.stderr).toContain('device/gateway-1: skipped: it was put back before');
  const rest = await server.muster(['restore', 'replay', '--all', '--reason', 'INC-1']);
  expect(rest.stdout).toBe('Replay completed:\n  Edits put back: 1\n');
  expect(await server.get('/devices/gateway-1')).toMatchObject({ spec: { os: { image: 'quay.io/acme/os:2' } } });
});

test('a wrong command line says what is expected', async () => {
  const replay = async (...words: string[]) => await server.muster(['restore', 'replay', ...words]);
  expect(await replay()).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('either KIND/NAME... or --all') as string,
  });
  expect(await replay('--all')).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('--reason: expected why') as string,
  });
  expect(await replay('secret/x', '--reason', 'r')).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('with one of the kinds device, fleet, enrollmentrequest') as string,
  });
  expect(await replay('device/none', '--reason', 'r')).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('Device none has no lost edit in this restore') as string,
  });
});
