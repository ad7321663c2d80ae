import { expect, test } from 'vitest';
import { annotationKeys } from '../../../src/domain/devices/device-document.ts';
import { app, file, filesSpec, WatchedAgent } from './watched-agent.ts';

// flight-control.md, sections 1.3 and 1.4: which document is applied.

const a = file('/etc/a', 'a');
const bad = { applications: [app('x', { appType: 'vm' })] };
const hashed = (hash: string) => ({ [annotationKeys.renderedSpecHash]: hash.repeat(64) });

function at5(): WatchedAgent {
  const watched = new WatchedAgent();
  watched.take(5, filesSpec(a));
  return watched;
}

test('a strictly lower version is dropped, and moves nothing', () => {
  const watched = at5();
  expect(watched.take(4, filesSpec())).toMatchObject({ kind: 'dropped', why: 'older than what runs' });
  expect(watched.files).toEqual({ '/etc/a': 'a' });
  expect(watched.versions).toEqual([5, 5]);
});

test('an equal version is applied whatever is in it, and not stored: the stored spec comes back in time', () => {
  const watched = at5();
  watched.restart();
  expect(watched.take(5, {})).toMatchObject({ kind: 'queued' });
  expect(watched.files).toEqual({});
  expect(watched.passes.at(-1)).toMatchObject({
    cause: 'document',
    version: 5,
    changes: [{ kind: 'file', name: '/etc/a', action: 'removed' }],
  });
  watched.wait(60);
  expect(watched.files).toEqual({ '/etc/a': 'a' });
  expect(watched.agent.current.spec).toEqual(filesSpec(a));
});

test('a file that only an equal version listed stays, since no stored spec ever listed it', () => {
  const watched = at5();
  watched.take(5, filesSpec(a, file('/etc/b', 'b')));
  watched.wait(120);
  watched.take(6, filesSpec(a));
  expect(watched.files).toEqual({ '/etc/a': 'a', '/etc/b': 'b' });
});

test('an equal version is dropped while the queue holds that version', () => {
  const watched = at5();
  watched.machine.unreachableImages.add('quay.io/a/b:1');
  watched.take(6, { applications: [app('x')] });
  expect(watched.take(6, filesSpec())).toMatchObject({ kind: 'dropped', why: 'queued already' });
  expect(watched.files).toEqual({ '/etc/a': 'a' });
});

test('a higher version is applied whatever the gap, and stored as desired and current', () => {
  const watched = at5();
  watched.take(500, filesSpec(file('/etc/b', 'b')));
  expect(watched.files).toEqual({ '/etc/b': 'b' });
  expect(watched.versions).toEqual([500, 500]);
  expect(watched.machine.notes.desired).toBe(watched.machine.notes.current);
});

test('versions are ordered by number and not by time', () => {
  const watched = new WatchedAgent();
  watched.take(10, filesSpec(file('/etc/a', 'ten')));
  watched.take(9, filesSpec(file('/etc/a', 'nine')));
  expect(watched.files).toEqual({ '/etc/a': 'ten' });
});

test('a version that is absent or empty counts as 0, and one that is no number is refused', () => {
  const watched = new WatchedAgent();
  expect(watched.take('', filesSpec(a))).toMatchObject({ kind: 'queued' });
  expect(watched.files).toEqual({ '/etc/a': 'a' });
  for (const version of ['-1', 'x', '1.5']) expect(watched.take(version, {})).toMatchObject({ kind: 'error' });
  expect(watched.files).toEqual({ '/etc/a': 'a' });
  expect(watched.versions).toEqual([0, 0]);
});

test('while the last document is an older one the current spec is not applied again, until another one comes', () => {
  const watched = at5();
  watched.take(4, {});
  watched.write('/etc/a', 'by hand');
  watched.wait(600);
  expect(watched.files).toEqual({ '/etc/a': 'by hand' });
  watched.take(5, filesSpec(a));
  watched.write('/etc/a', 'by hand');
  watched.wait(600);
  expect(watched.files).toEqual({ '/etc/a': 'a' });
});

test('in steady state the current spec is applied again after 30 s, then 1.5 times as long each, up to 5 min', () => {
  const watched = at5();
  const gaps: number[] = [];
  let last = watched.nowMs;
  for (let pass = 0; pass < 8; pass += 1) {
    const before = watched.passes.length;
    while (watched.passes.length === before) watched.wait(1);
    gaps.push(Math.round((watched.nowMs - last) / 1_000));
    last = watched.nowMs;
  }
  expect(gaps).toEqual([30, 45, 68, 101, 152, 228, 300, 300].map((gap) => expect.closeTo(gap, -0.5) as number));
});

test('a version that failed for good is not tried again, and no other version with its hash, until a restart', () => {
  const watched = at5();
  watched.take(6, bad, hashed('e'));
  expect(watched.take(6, filesSpec())).toMatchObject({ kind: 'dropped', why: 'failed before' });
  expect(watched.take(7, bad, hashed('e'))).toMatchObject({ kind: 'dropped', why: 'failed before' });
  expect(watched.versions).toEqual([7, 5]);
  watched.restart();
  expect(watched.take(7, filesSpec(), hashed('e'))).toMatchObject({ kind: 'queued' });
  expect(watched.versions).toEqual([7, 7]);
});

test('after a failure the device says RollingBack, then Error, and keeps version and content; polls say the failed one', () => {
  const watched = at5();
  watched.take(6, bad);
  expect(watched.conditions.slice(-2)).toEqual(['True/RollingBack', 'False/Error']);
  expect(watched.versions).toEqual([6, 5]);
  expect(watched.status).toMatchObject({ config: { renderedVersion: '5' } });
  expect(watched.files).toEqual({ '/etc/a': 'a' });
  expect(watched.passes.at(-1)).toMatchObject({ cause: 'rollback', version: 5 });
});

test('an agent that failed a version and restarts says the version before it, and Updated instead of Error', () => {
  const watched = at5();
  watched.take(6, bad);
  watched.restart();
  expect(watched.versions).toEqual([5, 5]);
  expect(watched.agent.updating).toMatchObject({ status: 'False', reason: 'Updated' });
});

test('a failure that may pass is tried again for as long as it takes, and goes on after a restart', () => {
  const watched = at5();
  watched.machine.unreachableImages.add('quay.io/a/b:1');
  watched.take(6, { applications: [app('x')] });
  watched.wait(3_600);
  expect(watched.versions).toEqual([6, 5]);
  expect(watched.agent.updating).toMatchObject({ status: 'True', reason: 'Preparing' });
  watched.restart();
  expect(watched.versions).toEqual([6, 5]);
  watched.machine.unreachableImages.clear();
  watched.wait(60);
  expect(watched.versions).toEqual([6, 6]);
  expect(watched.applications).toEqual(['x']);
});

test('a newer version takes the place of one that cannot be applied yet', () => {
  const watched = at5();
  watched.machine.unreachableImages.add('quay.io/a/b:1');
  watched.take(6, { applications: [app('x')] });
  watched.take(7, filesSpec(file('/etc/b', 'b')));
  expect(watched.versions).toEqual([7, 7]);
  watched.wait(600);
  expect(watched.applications).toEqual([]);
});

test.each(['desired', 'current', 'rollback'] as const)(
  'without its %s.json an agent starts over at version 0',
  (lost) => {
    const watched = at5();
    watched.machine.notes[lost] = undefined;
    watched.restart();
    expect(watched.versions).toEqual([0, 0]);
    expect(watched.files).toEqual({ '/etc/a': 'a' });
  },
);

test('what is received and not applied yet is said so: the poll has the new version, the status the old one', () => {
  const watched = new WatchedAgent({ applyMs: 60_000 });
  watched.take(1, filesSpec(a));
  expect(watched.versions).toEqual([1, 0]);
  expect(watched.agent.updating).toMatchObject({ status: 'True', reason: 'Preparing' });
  watched.wait(61);
  expect(watched.versions).toEqual([1, 1]);
});

test('a document that says that the device is paused has it send its status again', () => {
  const watched = at5();
  const before = watched.agent.statusRevision;
  watched.take(4, {}, { [annotationKeys.conflictPaused]: 'true' });
  expect(watched.agent.statusRevision).toBe(before + 1);
});

test('a document without a spec kills the agent, and one with unknown keys does not matter', () => {
  const watched = at5();
  expect(watched.take(6, undefined)).toEqual({ kind: 'died' });
  expect(watched.take(6, { ...filesSpec(a), novelty: 1 })).toMatchObject({ kind: 'queued' });
  expect(watched.versions).toEqual([6, 6]);
});
