/** A change of one place. The text must stand in the file exactly once. */
export type Patch = { readonly file: string; readonly find: string; readonly replace: string };

/** A build with one safeguard removed, and the tests that must notice. */
export type Mutant = {
  readonly name: string;
  /** A test file. */
  readonly caughtBy: string;
  /** Only the tests of it whose names match. */
  readonly tests?: string;
  readonly patches: readonly Patch[];
};

const model = 'test/model/model.test.ts';
const regression = (name: string): string => `test/regressions/${name}.test.ts`;
const races = 'test/interleavings/races.test.ts';

export const mutants: readonly Mutant[] = [
  {
    name: 'gate removed: rendered and delivered while awaited or paused',
    caughtBy: model,
    patches: [
      {
        file: 'src/domain/recovery/delivery.ts',
        find: "gate !== 'Open' || server.specHash",
        replace: 'server.specHash',
      },
      { file: 'src/db/gate-sql.ts', find: 'sql`(NOT p.mustered OR (', replace: 'sql`(true OR NOT p.mustered OR (' },
      { file: 'src/usecases/render-devices.ts', find: "gateOf(row.state, restore) === 'Open' && ", replace: '' },
    ],
  },
  {
    name: 'gate removed at delivery only',
    caughtBy: model,
    patches: [
      {
        file: 'src/domain/recovery/delivery.ts',
        find: "gate !== 'Open' || server.specHash",
        replace: 'server.specHash',
      },
    ],
  },
  {
    name: 'a status opens the gate, although the device may have received more than it has applied',
    caughtBy: 'test/agent/status.test.ts',
    tests: 'does not answer a restore',
    patches: [{ file: 'src/domain/recovery/report.ts', find: 'if (appliedOnly && ', replace: 'if (false && ' }],
  },
  {
    name: 'an order to decommission keeps a version that the device ignores',
    caughtBy: model,
    patches: [
      {
        file: 'src/domain/recovery/report.ts',
        find: 'isConflict(judgement.verdict) && isOrderOf(state, currentRestore)',
        replace: 'isConflict(judgement.verdict) && isOrderOf(state, currentRestore) && false',
      },
    ],
  },
  {
    name: 'gate removed at the commit of a render only',
    caughtBy: model,
    patches: [
      { file: 'src/usecases/render-devices.ts', find: "gateOf(row.state, restore) === 'Open' && ", replace: '' },
    ],
  },
  {
    name: 'answered restore not compared: nobody is awaited',
    caughtBy: model,
    patches: [
      {
        file: 'src/domain/recovery/gate.ts',
        find: "if (device.answeredRestore !== currentRestore) return 'AwaitingReconnect';",
        replace: '',
      },
      {
        file: 'src/db/gate-sql.ts',
        find: '(p.answered_restore_id = ${restore}::uuid AND p.conflict_verdict IS NULL)',
        replace: '(${restore}::uuid IS NOT NULL AND p.conflict_verdict IS NULL)',
      },
    ],
  },
  {
    name: 'fence removed: a render does not compare its restore with the current one',
    caughtBy: model,
    patches: [
      {
        file: 'src/usecases/render-devices.ts',
        find: 'if ((await holdRestore(tx)) !== restore) return { news: [], unchanged: 0, invalid: 0, waiting: [] };',
        replace: 'await holdRestore(tx);',
      },
      {
        file: 'src/usecases/steps/under-locks.ts',
        find: 'if ((await holdRestore(tx)) !== restore) throw new RowsChanged();',
        replace: 'await holdRestore(tx);',
      },
    ],
  },
  {
    name: 'fence removed: holding a restore takes no lock',
    caughtBy: races,
    tests: 'entered against a declaration|two reports of one device',
    patches: [
      {
        file: 'src/db/fence.ts',
        find: 'tx.execute(sql`${prepared}SELECT pg_advisory_xact_lock_shared(${turnstile})`),',
        replace: 'tx.execute(sql`SELECT 1`),',
      },
      {
        file: 'src/db/fence.ts',
        find: 'FROM service_state FOR SHARE`',
        replace: 'FROM service_state`',
      },
    ],
  },
  {
    name: 'graft removed: resume only clears the pause',
    caughtBy: model,
    patches: [
      {
        file: 'src/db/resume-store.ts',
        find: 'SET timeline = ${restore}::uuid, version = b.version, spec_hash = NULL, lineage = b.lineage,\n        conflict_verdict',
        replace: 'SET conflict_verdict',
      },
    ],
  },
  {
    name: 'lineage ignored: judged by the number alone',
    caughtBy: model,
    patches: [
      {
        file: 'src/domain/recovery/verdict.ts',
        find: 'if (device.timeline !== null) {',
        replace: 'if (device.timeline === undefined) {',
      },
    ],
  },
  {
    name: 'hash ignored',
    caughtBy: model,
    patches: [
      {
        file: 'src/domain/recovery/verdict.ts',
        find: 'if (server.specHash !== null && device.specHash !== null && server.specHash !== device.specHash) {',
        replace: "if (server.specHash === '') {",
      },
    ],
  },
  {
    name: 'only the first report after a restore is judged',
    caughtBy: model,
    patches: [
      {
        file: 'src/domain/recovery/report.ts',
        find: 'const conflict = mergeConflict(',
        replace: "const conflict = gateBefore !== 'AwaitingReconnect' ? state.conflict : mergeConflict(",
      },
    ],
  },
  {
    name: 'delivered to every device that reports a lower number',
    caughtBy: 'test/domain/recovery/delivery.test.ts',
    tests: 'of another history',
    patches: [
      {
        file: 'src/domain/recovery/delivery.ts',
        find: "judge(server, device).verdict === 'Behind'",
        replace: 'device.version < server.version',
      },
      { file: 'src/domain/recovery/delivery.ts', find: "import { judge } from './verdict.ts';", replace: '' },
    ],
  },
  {
    name: 'compare-and-set on the wanted generation removed',
    caughtBy: model,
    patches: [
      {
        file: 'src/usecases/render-devices.ts',
        find: ' && row.renderedGeneration === input.row.renderedGeneration;',
        replace: ';',
      },
    ],
  },
  {
    name: 'a render takes credit for an edit that it has not seen',
    caughtBy: model,
    patches: [
      {
        file: 'src/usecases/render-devices.ts',
        find: 'renderedGeneration: input.row.wantedGeneration }',
        replace: 'renderedGeneration: row.wantedGeneration }',
      },
    ],
  },
  {
    name: 'a conflict is cleared by a report that is none',
    caughtBy: model,
    patches: [
      {
        file: 'src/domain/recovery/report.ts',
        find: 'if (!isConflict(verdict)) return known;',
        replace: 'if (!isConflict(verdict)) return null;',
      },
    ],
  },
  {
    name: 'the next version is not above the reported one',
    caughtBy: model,
    patches: [
      {
        file: 'src/domain/recovery/position.ts',
        find: 'version: Math.max(server.version, highestClaimed) + 1',
        replace: 'version: server.version + 1',
      },
      {
        file: 'src/db/gate-sql.ts',
        find: 'version: sql`greatest(p.version, p.reported_version)`',
        replace: 'version: sql`p.version`',
      },
    ],
  },
  {
    name: 'counters not in the same transaction',
    caughtBy: model,
    patches: [
      {
        file: 'src/usecases/resume-devices.ts',
        find: 'countAndSettle(tx, { conflictPaused: -names.length, resumed:',
        replace: 'countAndSettle(deps.database.pool, { conflictPaused: -names.length, resumed:',
      },
    ],
  },
  {
    name: 'event written twice',
    caughtBy: model,
    patches: [
      {
        file: 'src/usecases/steps/report-batch.ts',
        find: 'appendEvents(tx, [...this.events, ',
        replace: 'appendEvents(tx, [...this.events, ...this.events, ',
      },
    ],
  },
  {
    name: 'a resume writes no event',
    caughtBy: model,
    patches: [
      {
        file: 'src/db/resume-store.ts',
        find: 'FROM before b JOIN grafted USING (name) ORDER BY b.name)',
        replace: 'FROM before b JOIN grafted USING (name) WHERE false)',
      },
    ],
  },
  {
    name: 'an empty selector means all',
    caughtBy: model,
    patches: [
      {
        file: 'src/domain/selectors/action-selectors.ts',
        find: 'if (isAbsent(labels) && isAbsent(byField)) {',
        replace: 'if (byField === undefined && labels === null) {',
      },
    ],
  },
  {
    name: 'a resume takes devices that are not paused',
    caughtBy: model,
    patches: [
      {
        file: 'src/db/resume-store.ts',
        find: '${fromDevices} WHERE ${isPaused(restore)} AND ${where}',
        replace: '${fromDevices} WHERE (${isPaused(restore)} OR p.reported_version IS NOT NULL) AND ${where}',
      },
    ],
  },
  {
    name: 'an Idempotency-Key is forgotten',
    caughtBy: model,
    patches: [
      {
        file: 'src/usecases/declare-restore.ts',
        find: 'idempotencyKey === undefined ? undefined : await findRestoreByKey(tx, idempotencyKey)',
        replace: 'idempotencyKey === undefined ? await findRestoreByKey(tx, idempotencyKey ?? "") : undefined',
      },
    ],
  },
  {
    name: 'a version that is no number counts as 0',
    caughtBy: model,
    patches: [
      {
        file: 'src/domain/recovery/position.ts',
        find: 'if (!/^\\d{1,20}$/.test(text)) {',
        replace: 'if (!/^\\d{1,20}$/.test(text)) return 0;\n  if (where === undefined) {',
      },
    ],
  },
  {
    name: 'compare-and-set removed: reports and renders are written over rows that have changed',
    caughtBy: races,
    patches: [
      {
        file: 'src/db/position-store.ts',
        find: 'sql`p.name = r.name AND p.xmin = r.revision::xid`',
        replace: 'sql`p.name = r.name`',
      },
    ],
  },
  {
    name: 'a heartbeat writes back the state that it read, without a lock',
    caughtBy: regression('01-heartbeat-races-with-the-decision'),
    patches: [
      {
        file: 'src/usecases/steps/report-batch.ts',
        find: 'this.states.set(name, before);\n      return {',
        replace: 'this.states.set(name, before);\n      this.changed.add(name);\n      return {',
      },
      {
        file: 'src/db/position-store.ts',
        find: 'sql`p.name = r.name AND p.xmin = r.revision::xid`',
        replace: 'sql`p.name = r.name`',
      },
    ],
  },
  {
    name: 'a device without a lifecycle status takes no part',
    caughtBy: regression('09-lifecycle-that-is-null'),
    patches: [
      {
        file: 'src/db/device-writes.ts',
        find: 'values({ name, timeline: restore, answeredRestore, wantedSince: createdAt })',
        replace:
          'values({ name, timeline: restore, answeredRestore, wantedSince: createdAt, mustered: lifecycle !== null })',
      },
    ],
  },
  {
    name: 'silence comes before what the service waits for',
    caughtBy: regression('10-status-precedence'),
    patches: [
      {
        file: 'src/domain/devices/device-status.ts',
        find: 'export function summaryOf(device: DeviceRecord, told: ReportedDeviceStatus, view: Viewpoint): DeviceSummaryStatus {',
        replace:
          "export function summaryOf(device: DeviceRecord, told: ReportedDeviceStatus, view: Viewpoint): DeviceSummaryStatus {\n  if (isDisconnected(device, view)) return { status: 'Unknown' };",
      },
    ],
  },
  {
    name: 'what a device received counts as what it applied',
    caughtBy: regression('24-received-counts-as-applied'),
    patches: [
      {
        file: 'src/domain/recovery/applied-version.ts',
        find: 'return known === null || fromBackup || position.version < known ? position.version : known;',
        replace: 'return position.version;',
      },
    ],
  },
  {
    name: 'an approval after the restore opens the gate',
    caughtBy: regression('11-enrollment-approved-after-the-restore'),
    patches: [
      {
        file: 'src/domain/enrollment/enrollment-approval.ts',
        find: 'return restore !== currentRestore || knownVersion(spec) > 0;',
        replace: 'return restore === currentRestore && knownVersion(spec) < 0;',
      },
    ],
  },
  {
    name: 'the newest report counts, not the highest',
    caughtBy: regression('13-restarted-agent-reports-an-older-version'),
    patches: [
      {
        file: 'src/domain/recovery/report.ts',
        find: 'if (reportConflicts !== knownConflicts) return reportConflicts ? report : known;\n  return highest(known, report);',
        replace: 'return reportConflicts && knownConflicts ? highest(known, report) : report;',
      },
    ],
  },
  {
    name: 'an unknown device is told so in the words of Flight Control',
    caughtBy: regression('16-unknown-device-wipes-itself'),
    patches: [
      {
        file: 'src/agent/device-answers.ts',
        find: '`device ${name} is not known here;',
        replace: '`Device of name "${name}" not found;',
      },
    ],
  },
  {
    name: 'an edit ends a pause',
    caughtBy: regression('17-editing-a-paused-device'),
    patches: [
      {
        file: 'src/db/device-writes.ts',
        find: 'SET wanted_generation = p.wanted_generation + 1, wanted_since',
        replace: 'SET conflict_verdict = NULL, wanted_generation = p.wanted_generation + 1, wanted_since',
      },
    ],
  },
  {
    name: 'a worker does not connect to Redis again',
    caughtBy: regression('18-worker-stops-after-redis-went-away'),
    patches: [
      {
        file: 'src/queue/render-queue.ts',
        find: 'const working = new Redis(redisUrl, { maxRetriesPerRequest: null });',
        replace: 'const working = new Redis(redisUrl, { maxRetriesPerRequest: null, retryStrategy: () => null });',
      },
    ],
  },
  {
    name: 'an empty document to a paused device',
    caughtBy: regression('21-paused-device-is-sent-a-document'),
    patches: [
      {
        file: 'src/agent/routes/rendered.ts',
        find: 'if (outcome.justJudged) return await reply.code(204).send(null);',
        replace: `if (gate !== 'Open') {
          const shown = String(position.version);
          const annotations = { 'device-controller/renderedVersion': shown };
          const device = { apiVersion: 'flightctl.io/v1beta1', kind: 'Device', metadata: { name, annotations }, spec: {} } as const;
          return await reply.code(200).send(device);
        }`,
      },
    ],
  },
  {
    name: 'an owner change renders the empty spec',
    caughtBy: regression('22-absence-renders-the-empty-spec'),
    patches: [
      {
        file: 'src/domain/fleets/template-rollout.ts',
        find: "if (template === undefined) return { kind: 'own' };",
        replace: `if (template === undefined && before.owner !== null) return { kind: 'filled', spec: {}, generation: 0 };
  if (template === undefined) return { kind: 'own' };`,
      },
      { file: 'src/domain/rendering/render-input.ts', find: "if (saysNothing(source)) return 'nothing';", replace: '' },
      {
        file: 'src/domain/rendering/render-input.ts',
        find: 'if (outcome.ok && saysNothing(outcome.spec))',
        replace: 'if (false)',
      },
    ],
  },
  {
    name: 'an unresolved reference is delivered',
    caughtBy: regression('23-config-providers-unmerged'),
    patches: [{ file: 'src/domain/rendering/delivered-form.ts', find: '...unresolvedReferences(spec),', replace: '' }],
  },
  {
    name: 'providers are not merged',
    caughtBy: regression('23-config-providers-unmerged'),
    patches: [
      {
        file: 'src/domain/rendering/delivered-form.ts',
        find: "config: inline.length === 0 ? [] : [{ name: '', inline }],",
        replace: '...(inline.length === 0 ? { config: [] } : {}),',
      },
    ],
  },
  {
    name: 'a failed render counts',
    caughtBy: regression('25-a-failed-render-counts-as-rendered'),
    patches: [
      {
        file: 'src/usecases/render-devices.ts',
        find: 'if (problem !== input.specProblem) changedProblems.push({ name: input.name, problem });',
        replace: '',
      },
    ],
  },
  {
    name: 'a fleet that is being deleted owns devices anew',
    caughtBy: 'test/usecases/delete-fleet.test.ts',
    tests: 'nothing new comes from',
    patches: [
      {
        file: 'src/db/fleet-store.ts',
        find: '.where(isNull(fleets.deletingSince));',
        replace: ';',
      },
    ],
  },
  {
    name: 'a WebSocket is not asked again after a restore',
    caughtBy: regression('20-websocket-open-across-a-restore'),
    patches: [
      {
        file: 'src/agent/device-socket.ts',
        find: 'onRestore: (restore) => this.askAgain(restore),',
        replace: 'onRestore: () => undefined,',
      },
    ],
  },
  {
    name: 'the journal opens a gate: a report is completed to the position that the server has',
    caughtBy: 'test/domain/journal-facts/lost-positions.test.ts',
    patches: [
      {
        file: 'src/domain/journal-facts/lost-positions.ts',
        find: '?? report;',
        replace: '?? (lost.length > 0 ? { ...server } : report);',
      },
    ],
  },
  {
    name: 'a journal of another database is accepted',
    caughtBy: 'test/journal/journal-writer.test.ts',
    tests: 'another control plane',
    patches: [
      {
        file: 'src/journal/journal-reader.ts',
        find: ' && fact.origin === origin',
        replace: ' && origin !== undefined',
      },
    ],
  },
  {
    name: 'lost edits are put back for a caller who may not make them',
    caughtBy: 'test/api/lost-documents.test.ts',
    tests: 'may not do one of the edits',
    patches: [
      {
        file: 'src/usecases/replay-lost.ts',
        find: "replay.assertMay(kind, document === null ? 'delete' : 'edit');",
        replace: 'void [kind, document, replay];',
      },
    ],
  },
  {
    name: 'the next version is not above the lost ones',
    caughtBy: 'test/usecases/find-lost.test.ts',
    tests: 'above every one that was lost',
    patches: [
      {
        file: 'src/usecases/render-devices.ts',
        find: 'Math.max(reported?.version ?? 0, input.highestLost)',
        replace: '(reported?.version ?? 0)',
      },
    ],
  },
];
