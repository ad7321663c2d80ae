import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { SimulatedDevice } from '../../src/simulator/simulated-device.ts';
import { fresh } from '../../src/simulator/starting-point.ts';
import type { AuditRow, DatabaseDump, EventRow, PositionJson } from './audit.ts';
import { check } from './checker.ts';
import { DeviceRecord } from './device-record.ts';
import { History, type Delivered, type Entry } from './history.ts';
import { Orders } from './orders.ts';
import { writtenSpec } from './written-specs.ts';

// The checker must find what it is there to find: each test tells a story in which one thing is wrong.

const genesis = '019aa000-0000-7000-8000-000000000001';
const restore = '019aa000-0000-7000-8000-000000000002';
const elsewhere = '019aa000-0000-7000-8000-000000000003';
const hash = 'a'.repeat(64);

type Change = Partial<PositionJson>;
type Step =
  | {
      readonly at: number;
      readonly change: Change;
      readonly events?: readonly string[];
      readonly tag?: string;
      readonly restore?: string;
    }
  | { readonly at: number; readonly declare: string };

const born: PositionJson = {
  mustered: true,
  timeline: genesis,
  version: 0,
  spec_hash: null,
  lineage: {},
  wanted_generation: 1,
  rendered_generation: 0,
  reported_timeline: null,
  reported_version: null,
  reported_hash: null,
  answered_restore_id: genesis,
  conflict_verdict: null,
};

/** A database in which these steps happened to one device, each in a transaction of its own. */
function database(steps: readonly Step[], told: { awaiting?: number; paused?: number } = {}): DatabaseDump {
  const audit: AuditRow[] = [];
  const events: EventRow[] = [];
  const declared = [genesis];
  let position: PositionJson | null = null;
  const row = (at: number, part: Pick<AuditRow, 'kind' | 'name' | 'current' | 'before' | 'after'>) =>
    audit.push({ seq: audit.length + 1, xid: String(at), began: at - 1, committed: at, ...part });
  row(1, { kind: 'restore', name: '', current: genesis, before: null, after: null });
  for (const step of [{ at: 2, change: {} }, ...steps]) {
    const xid = String(step.at);
    if ('declare' in step) {
      declared.push(step.declare);
      row(step.at, { kind: 'restore', name: '', current: step.declare, before: null, after: null });
      events.push(event({ xid, reason: 'SystemRestored', kind: 'System', name: step.declare, restore: step.declare }));
      continue;
    }
    const current = ('restore' in step ? step.restore : undefined) ?? declared.at(-1) ?? '';
    const after: PositionJson = { ...(position ?? born), ...step.change };
    row(step.at, { kind: 'position', name: 'd', current, before: position, after });
    position = after;
    const { events: reasons = [], tag } = step;
    for (const reason of reasons)
      events.push(
        event({ xid, reason, kind: 'Device', name: 'd', restore: current, details: { reason: tag ?? null } }),
      );
  }
  const current = declared.at(-1) ?? '';
  return {
    database: 's1',
    audit,
    events: events.map((each, index) => ({ ...each, id: index + 1 })),
    restores: declared.map((id) => ({
      id,
      genesis: id === genesis,
      declaredBy: 'user:rig',
      key: null,
      total: 1,
      awaiting: id === current ? (told.awaiting ?? 0) : 0,
      paused: id === current ? (told.paused ?? 0) : 0,
      settled: false,
    })),
    current,
    wanted: [],
  };
}

function event(part: Pick<EventRow, 'xid' | 'reason' | 'kind' | 'name' | 'restore'> & Partial<EventRow>): EventRow {
  return { id: 0, actor: 'user:rig', details: null, ...part };
}

const reported = { reported_version: 1, reported_timeline: genesis, reported_hash: hash };
const rendered: Change = { version: 1, spec_hash: hash, rendered_generation: 1 };
const paused: Change = { ...reported, reported_version: 5, reported_timeline: elsewhere, conflict_verdict: 'Diverged' };

const render: Step = { at: 10, change: rendered };
const report: Step = { at: 20, change: reported };
const declare: Step = { at: 30, declare: restore };
const answer: Step = { at: 40, change: { answered_restore_id: restore }, events: ['DeviceAnswered'] };
const pause: Step = { at: 40, change: { ...paused, answered_restore_id: restore }, events: ['DeviceConflictPaused'] };
const resume: Step = {
  at: 50,
  change: {
    conflict_verdict: null,
    timeline: restore,
    version: 5,
    spec_hash: null,
    lineage: { [genesis]: 1, [elsewhere]: 5 },
    wanted_generation: 2,
  },
  events: ['DeviceConflictResolved'],
  tag: 'resume-1',
};

const resumed: Entry[] = [
  { kind: 'device', at: 0, name: 'd', labels: { rig: 'yes' } },
  { kind: 'request', at: 45, id: 1, verb: 'resume', tag: 'resume-1', labelSelector: 'rig=yes' },
  { kind: 'response', at: 55, id: 1, code: 200, names: ['d'], count: 1 },
];

type Exchange = {
  claim?: { version: number; timeline: string | null };
  gate?: string;
  restore?: string;
  delivered?: Partial<Delivered>;
  at?: number;
};

/** A poll and its answer. */
function poll({ claim = { version: 1, timeline: genesis }, gate = 'Open', at = 60, ...rest }: Exchange): Entry[] {
  const delivered = rest.delivered && {
    version: 1,
    timeline: genesis,
    hash,
    contentHash: rest.delivered.hash ?? hash,
    restore: rest.restore ?? restore,
    ...rest.delivered,
  };
  const said = { ...claim, hash: claim.version === 0 ? null : hash };
  return [
    { kind: 'report', at, id: at, device: 'd', transport: 'poll', claim: said, honest: true },
    {
      kind: 'answer',
      at: at + 5,
      id: at,
      device: 'd',
      code: delivered === undefined ? 204 : 200,
      verdict: 'Behind',
      gate,
      restore: rest.restore ?? restore,
      delivered: delivered ?? null,
    },
  ];
}

const found = (history: readonly Entry[], dump: DatabaseDump) => [
  ...new Set(check(history, [dump]).map((violation) => violation.invariant)),
];

describe('a story in which nothing is wrong', () => {
  it('a render, a restore and the answer to it', () => {
    expect(check(poll({}), [database([render, report, declare, answer])])).toEqual([]);
  });

  it('a conflict that a person resumes', () => {
    expect(check(resumed, [database([render, declare, pause, resume])])).toEqual([]);
  });

  it('a spec for a device whose position is an ancestor', () => {
    const history = poll({ claim: { version: 0, timeline: null }, delivered: {}, at: 15, restore: genesis });
    expect(check(history, [database([{ at: 5, change: { reported_version: 0 } }, render])])).toEqual([]);
  });
});

describe('S1', () => {
  it('a spec for a device on another branch', () => {
    const history = poll({
      claim: { version: 1, timeline: elsewhere },
      delivered: { version: 2, hash: 'b'.repeat(64), timeline: restore },
    });
    const second: Step = {
      at: 45,
      change: {
        version: 2,
        timeline: restore,
        spec_hash: 'b'.repeat(64),
        wanted_generation: 2,
        rendered_generation: 2,
      },
    };
    expect(found(history, database([render, report, declare, answer, second]))).toContain('S1');
  });

  it('a spec that no database committed', () => {
    const history = poll({ delivered: { version: 7 } });
    expect(found(history, database([render, report, declare, answer]))).toContain('S1');
  });

  it('an open gate for a position that nobody rendered', () => {
    expect(
      found(poll({ claim: { version: 1, timeline: elsewhere } }), database([render, report, declare, answer])),
    ).toContain('S1');
  });

  it('a spec that is not what its hash says', () => {
    const history = poll({
      claim: { version: 0, timeline: null },
      delivered: { contentHash: 'c'.repeat(64) },
      at: 15,
      restore: genesis,
    });
    expect(found(history, database([render]))).toContain('S1');
  });
});

describe('S2', () => {
  const second: Change = {
    version: 2,
    timeline: restore,
    spec_hash: 'b'.repeat(64),
    wanted_generation: 2,
    rendered_generation: 2,
  };

  it('a render for a device that is awaited', () => {
    expect(found([], database([render, report, declare, { at: 40, change: second }], { awaiting: 1 }))).toContain('S2');
  });

  it('a render begun before a restore and committed after it', () => {
    const late: Step = { at: 45, change: { ...second, timeline: genesis }, restore: genesis };
    expect(found([], database([render, report, declare, answer, late]))).toContain('S2');
  });

  it('a spec through a gate that is not open', () => {
    const history = poll({ claim: { version: 0, timeline: null }, gate: 'ConflictPaused', delivered: {} });
    expect(found(history, database([render, report, declare, answer]))).toContain('S2');
  });

  it('a spec of a restore that was over before the device asked', () => {
    const history = poll({ claim: { version: 0, timeline: null }, delivered: {}, restore: genesis, at: 1_000 });
    expect(found(history, database([render, report, declare, answer]))).toContain('S2');
  });
});

describe('S2, on a copy that nobody declared', () => {
  const swapped: Entry[] = [{ kind: 'swap', at: 28, began: 25, lost: 'lost', backup: 'backup' }];
  const before = database([render, report]);

  it('work that waits until the restore is declared', () => {
    expect(check(swapped, [before, database([render, report, declare, answer])])).toEqual([]);
  });

  it('work before the restore is declared, or without', () => {
    const edit: Step = { at: 29, change: { wanted_generation: 2 } };
    const early = database([render, report, edit, declare, answer]);
    const undeclared = database([render, report, edit]);
    for (const after of [early, undeclared])
      expect(check(swapped, [before, after]).map(({ invariant }) => invariant)).toEqual(['S2']);
  });
});

describe('S3', () => {
  it('a version that is not above the one before', () => {
    const again: Step = {
      at: 45,
      change: { spec_hash: 'b'.repeat(64), wanted_generation: 2, rendered_generation: 2, timeline: restore },
    };
    expect(found([], database([render, report, declare, answer, again]))).toContain('S3');
  });

  it('two specs under one version', () => {
    const at = { claim: { version: 0, timeline: null }, restore: genesis };
    const history = [
      ...poll({ ...at, delivered: {}, at: 15 }),
      ...poll({ ...at, delivered: { hash: 'b'.repeat(64) }, at: 25 }),
    ];
    expect(found(history, database([render]))).toContain('S3');
  });
});

describe('S4', () => {
  it('a conflict that nobody asked to be cleared', () => {
    expect(found([], database([render, declare, pause, resume]))).toContain('S4');
  });

  it('a report that was answered and is not remembered', () => {
    const history = poll({ claim: { version: 9, timeline: null } });
    expect(found(history, database([render, report, declare, answer]))).toContain('S4');
  });
});

describe('S5', () => {
  it('a count that is not the number of events', () => {
    const history = resumed.map((entry) => (entry.kind === 'response' ? { ...entry, count: 2 } : entry));
    expect(found(history, database([render, declare, pause, resume]))).toEqual(['S5']);
  });

  it('a device that does not match', () => {
    const history = resumed.map((entry) => (entry.kind === 'request' ? { ...entry, labelSelector: 'rig=no' } : entry));
    expect(found(history, database([render, declare, pause, resume]))).toEqual(['S5']);
  });

  it('a refusal that changed something', () => {
    const history = resumed.map((entry) =>
      entry.kind === 'response' ? { kind: entry.kind, at: 55, id: 1, code: 400 } : entry,
    );
    expect(found(history, database([render, declare, pause, resume]))).toEqual(['S5']);
  });

  it('a device that matched, was paused, and was left out', () => {
    const history = resumed.map((entry) =>
      entry.kind === 'response' ? { ...entry, at: 65, names: [], count: 0 } : { ...entry, at: 60 },
    );
    expect(found(history, database([render, declare, pause], { paused: 1 }))).toEqual(['S5']);
  });
});

describe('S6, S9 and L1', () => {
  it('a counter that is wrong', () => {
    expect(found([], database([render, report, declare, answer], { awaiting: 1 }))).toEqual(['S6']);
  });

  it('a device whose row is changed by the declaration itself', () => {
    const stamped: Step = { at: 30, change: { answered_restore_id: restore } };
    expect(found([], database([render, report, declare, stamped]))).toContain('S6');
  });

  it('a transition without its event, an event without its transition, and one that comes twice', () => {
    expect(found([], database([render, report, declare, { ...answer, events: [] }]))).toEqual(['S9']);
    expect(found([], database([render, { ...report, events: ['DeviceAnswered'] }, declare, answer]))).toEqual(['S9']);
    const twice = { ...answer, events: ['DeviceAnswered', 'DeviceAnswered'] };
    expect(found([], database([render, report, declare, twice]))).toEqual(['S9']);
  });

  it('a device that was answered and is awaited still', () => {
    expect(found(poll({ gate: 'AwaitingReconnect' }), database([render, report, declare], { awaiting: 1 }))).toEqual([
      'L1',
    ]);
  });
});

describe('S10', () => {
  const image = 'quay.io/rig/os:2';
  const annotations = (version: number) => ({ 'device-controller/renderedVersion': String(version) });
  const documentOf = (version: number, spec: object) => ({ metadata: { annotations: annotations(version) }, spec });

  /** The record of a device that received what was written for it, and then another document. */
  async function recordOf(then: object, restart: boolean): Promise<readonly Entry[]> {
    const directory = await mkdtemp(join(tmpdir(), 'muster-checker-'));
    const history = new History(join(directory, 'history.ndjson'));
    const orders = new Orders();
    orders.registered({ name: 'd', labels: {} }, image);
    const device = new SimulatedDevice('d', fresh, { observer: new DeviceRecord(history, orders) });
    device.receive(documentOf(1, delivered(image)));
    await device.catchUp();
    if (restart) device.restart();
    device.receive(then);
    await device.catchUp();
    device.stop();
    history.close();
    await rm(directory, { recursive: true });
    return history.entries;
  }

  /** As the service delivers it: one provider with all files. */
  function delivered(edit: string) {
    const spec = writtenSpec(edit, 'd');
    const inline = z.array(z.object({ inline: z.array(z.unknown()) })).parse(spec['config']);
    return { ...spec, config: [{ name: '', inline: inline.flatMap((each) => each.inline) }] };
  }

  it('a device that has what was written for it, also after a restart', async () => {
    expect(check(await recordOf(documentOf(1, delivered(image)), true), [])).toEqual([]);
  });

  it('a device whose files were removed without an order: an empty document of its own version, after a restart', async () => {
    const violations = check(await recordOf(documentOf(1, {}), true), []);
    expect(violations).toMatchObject([{ invariant: 'S10', device: 'd' }]);
    expect(violations[0]?.detail).toContain('file /etc/rig/edit.conf removed');
  });

  it('a device that is given what was written for no device, or for another', async () => {
    for (const spec of [delivered('quay.io/rig/os:7'), { ...delivered(image), config: [] }])
      expect(check(await recordOf(documentOf(2, spec), false), [])).toMatchObject([{ invariant: 'S10', device: 'd' }]);
  });

  it('a poll that is answered with no document at all', () => {
    const history = poll({ claim: { version: 0, timeline: null }, at: 15, restore: genesis });
    const empty = history.map((entry) => (entry.kind === 'answer' ? { ...entry, code: 200, delivered: null } : entry));
    expect(found(empty, database([{ at: 5, change: { reported_version: 0 } }, render]))).toContain('S10');
  });
});
