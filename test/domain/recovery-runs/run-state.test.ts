import { describe, expect, it } from 'vitest';
import { runRecord } from '../../../src/domain/recovery-runs/run-record.ts';
import { runRecordMarkdown } from '../../../src/domain/recovery-runs/run-record-markdown.ts';
import { runEntrySchema, type RunEntry } from '../../../src/domain/recovery-runs/run-entry.ts';
import { nextStep, runState } from '../../../src/domain/recovery-runs/run-state.ts';
import { runSteps, stepNames } from '../../../src/domain/recovery-runs/run-steps.ts';
import { plannedCommands } from '../../../src/domain/recovery-runs/planned-commands.ts';
import { restorePlanSchema } from '../../../src/domain/recovery-runs/restore-plan.ts';

const plan = restorePlanSchema.parse({
  apiVersion: 'muster/v1',
  kind: 'RestorePlan',
  metadata: { name: 'p' },
  objectives: { rpo: '24h', rto: '5m', answered: { percent: 90, within: '1h' } },
  backups: { at: '/b' },
  suspend: [{ name: 'flux', run: ['flux', 'suspend'], undo: ['flux', 'resume'] }],
  stop: [
    {
      name: 'a',
      save: { n: ['count', 'a'] },
      run: ['stop', 'a'],
      until: ['gone', 'a'],
      undo: ['start', 'a', '{{saved.n}}'],
    },
    { name: 'b', run: ['stop', 'b'], until: ['gone', 'b'], undo: ['start', 'b'], healthy: ['up', 'b'] },
  ],
  database: { admin: 'postgres://postgres@h', name: 'muster', owner: 'muster', restore: { method: 'dump' } },
  contacts: { database: '#dba' },
});

const minute = (n: number) => `2026-11-20T10:${String(n).padStart(2, '0')}:00.000Z`;
const begun: RunEntry = {
  at: minute(0),
  type: 'begun',
  run: 'r1',
  plan: 'p',
  planSha256: 'x',
  database: 'muster',
  admin: 'h',
  operator: 'ann',
  reason: 'INC-1',
  backup: 'latest',
  lostAt: '2026-11-20T09:58:00.000Z',
  muster: '0.1.0',
};
const journal: RunEntry[] = [
  begun,
  { at: minute(0), type: 'intent', step: 'preflight' },
  { at: minute(0), type: 'done', step: 'preflight', already: false },
  {
    at: minute(1),
    type: 'chosen',
    backup: { id: 'b1', path: '/b/b1.dump', sha256: 'f', takenAt: '2026-11-20T02:58:00Z' },
  },
  { at: minute(1), type: 'done', step: 'artifact', already: false },
  { at: minute(1), type: 'suspending', item: 'flux' },
  { at: minute(1), type: 'done', step: 'suspend', already: false },
  { at: minute(1), type: 'saved', item: 'a', values: { n: '3' } },
  { at: minute(1), type: 'command', step: 'stop', number: 1, command: ['stop', 'a'] },
  { at: minute(1), type: 'intent', step: 'stop' },
  { at: minute(2), type: 'failed', step: 'stop', message: 'pod left' },
  { at: minute(2), type: 'resumed', operator: 'bob', planSha256: 'x' },
];

describe('the state of a run', () => {
  it('is told by the lines of its journal', () => {
    const state = runState(journal);
    expect(nextStep(state)).toBe('stop');
    expect(state.saved.get('a')).toEqual({ n: '3' });
    expect([...state.suspended]).toEqual(['flux']);
    expect([...state.running]).toEqual([1]);
    expect(state.failure?.message).toBe('pod left');
    expect(
      runState([...journal, { at: minute(3), type: 'done', step: 'stop', already: false }]).failure,
    ).toBeUndefined();
  });

  it('needs a beginning', () => {
    expect(() => runState(journal.slice(1))).toThrow('does not begin');
  });
});

describe('the record of a run', () => {
  const ended: RunEntry[] = [
    ...journal,
    { at: minute(3), type: 'done', step: 'health', already: false },
    { at: minute(4), type: 'mustered', answered: 19, total: 20, waited: true },
    { at: minute(5), type: 'finished', outcome: 'completed' },
  ];

  it('measures recovery point and recovery time against the objectives', () => {
    const record = runRecord(ended, plan);
    expect(record.recoveryPoint).toEqual({ seconds: 7 * 3_600, objectiveSeconds: 86_400, met: true });
    expect(record.recoveryTime).toEqual({ seconds: 300, objectiveSeconds: 300, met: true });
    expect(record.muster).toMatchObject({ percent: 95, met: true });
    expect(record.operators).toEqual(['ann', 'bob']);
  });

  it('says what was missed', () => {
    const late = ended.map((entry) =>
      entry.type === 'done' && entry.step === 'health' ? { ...entry, at: minute(4) } : entry,
    );
    expect(runRecord(late, plan).recoveryTime.met).toBe(false);
    expect(runRecordMarkdown(runRecord(late, plan))).toContain('6 min 0 s, missed (at most 5 min 0 s)');
  });

  it('does not take the beginning of the run for the loss without saying so', () => {
    const record = runRecord([{ ...begun, lostAt: null }, ...ended.slice(1)], plan);
    expect(record.lostAt).toBe(minute(0));
    expect(runRecordMarkdown(record)).toContain('nobody said');
  });
});

describe('the commands of a run', () => {
  it('are listed in their order, filled in, and start what was stopped last first', () => {
    const commands = plannedCommands(plan, {}, new Map([['a', { n: '3' }]])).map(({ command }) => command.join(' '));
    expect(commands).toEqual([
      'gone a',
      'flux suspend',
      'count a',
      'stop a',
      'gone a',
      'stop b',
      'gone b',
      'start b',
      'up b',
      'start a 3',
      'up b',
      'flux resume',
    ]);
  });
});

describe('the step table', () => {
  it('has every step, with something to do for each failure', () => {
    expect(Object.keys(runSteps)).toEqual([...stepNames]);
    for (const step of Object.values(runSteps)) {
      expect(step.failures.length).toBeGreaterThan(0);
      for (const { signal, action } of step.failures) expect(signal && action).toBeTruthy();
    }
  });

  it('has entries that are read as they were written', () => {
    for (const entry of journal) expect(runEntrySchema.parse(JSON.parse(JSON.stringify(entry)))).toEqual(entry);
  });
});
