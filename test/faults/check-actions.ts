import type { Entry } from './history.ts';
import { gateOf, type Replay } from './model.ts';
import type { Violation } from './violation.ts';

type Request = Extract<Entry, { kind: 'request' }>;
type Response = Extract<Entry, { kind: 'response' }>;
type Swap = Extract<Entry, { kind: 'swap' }>;
type Labels = Readonly<Record<string, string>>;

/** Between the clocks of two processes, and around what is not one moment. */
const slackMs = 5;

/** Checks people's requests against their answers and their effects in the databases: S5 and S6. */
export function checkActions(history: readonly Entry[], replays: readonly Replay[]): Violation[] {
  const responses = new Map(
    history.flatMap((entry) => (entry.kind === 'response' ? [[entry.id, entry] as const] : [])),
  );
  const labels = new Map(
    history.flatMap((entry) => (entry.kind === 'device' ? [[entry.name, entry.labels] as const] : [])),
  );
  const requests = history.flatMap((entry) => (entry.kind === 'request' ? [entry] : []));
  const swaps = history.flatMap((entry) => (entry.kind === 'swap' ? [entry] : []));
  const violations: Violation[] = [];
  for (const request of requests) {
    const response = responses.get(request.id);
    if (request.verb === 'resume' || request.verb === 'adopt')
      violations.push(...checkDecision(request, response, { replays, labels, swaps }));
    else if (request.verb === 'declare') violations.push(...checkDeclaration(request, response, replays));
  }
  const tags = new Set(requests.map((request) => request.tag));
  return [...violations, ...checkUnasked(replays, tags)];
}

type Known = {
  readonly replays: readonly Replay[];
  readonly labels: ReadonlyMap<string, Labels>;
  readonly swaps: readonly Swap[];
};

/** S5: one transaction, exactly the devices that match and are paused when it commits, and the answer says so. */
function checkDecision(request: Request, response: Response | undefined, known: Known): Violation[] {
  const { replays, labels } = known;
  const violations: Violation[] = [];
  const wrong = (detail: string, device?: string) =>
    violations.push({
      invariant: 'S5',
      detail: `${request.tag}: ${detail}`,
      ...(device === undefined ? {} : { device }),
    });
  // A copy has the events of its past; one of the databases suffices.
  const found = replays.flatMap((replay) => {
    const events = replay.dump.events.filter((event) => event.details?.['reason'] === request.tag);
    return events.length === 0 ? [] : [{ replay, events }];
  });
  const [first] = found;
  const names = first?.events.map((event) => event.name).toSorted() ?? [];
  const xids = new Set(first?.events.map((event) => event.xid));
  if (xids.size > 1) wrong(`its effect is spread over ${xids.size} transactions`);
  if (new Set(names).size !== names.length) wrong('it has two events for one device');
  if (response?.code === 200) {
    const told = response.names ?? [];
    if (response.count !== names.length) wrong(`the answer counts ${response.count}, there are ${names.length} events`);
    if (told.toSorted().join() !== names.join())
      wrong(`the answer names [${told.join()}], the events [${names.join()}]`);
  } else if (response !== undefined && response.code >= 400 && response.code < 500 && names.length > 0) {
    wrong(`it was refused with ${response.code} and changed ${names.length} devices`);
  }
  for (const name of names) {
    if (!matches(request, name, labels.get(name))) wrong('it changed a device that does not match', name);
  }
  if (request.verb === 'resume') {
    const none = response?.code === 200 ? pausedThroughout(request, response, known) : [];
    const left = first === undefined ? none : missed(first.replay, first.events[0]?.xid ?? '', request, labels);
    for (const device of left) wrong('a device that matched and was paused was left out', device);
  }
  return violations;
}

/** Devices that matched, were paused before the transaction began, and still were when it had committed. */
function missed(replay: Replay, xid: string, request: Request, labels: ReadonlyMap<string, Labels>): string[] {
  const own = replay.dump.audit.find((row) => row.xid === xid);
  if (own === undefined) return [];
  return [...replay.devices].flatMap(([name, { rows }]) => {
    if (!matches(request, name, labels.get(name)) || rows.some((row) => row.xid === xid)) return [];
    const before = rows.findLast((row) => row.committed < own.committed);
    // What came after the transaction began may have come after it looked.
    if (before === undefined || before.after === null || before.committed >= own.began) return [];
    return gateOf(before.after, own.current) === 'ConflictPaused' ? [name] : [];
  });
}

/** Devices that matched and were paused from before a request until after its answer, in the database of that time. */
function pausedThroughout(request: Request, response: Response, { replays, labels, swaps }: Known): string[] {
  const [from, until] = [request.at - slackMs, response.at + slackMs];
  const replay = replays[swaps.filter((swap) => swap.at < from).length];
  const meanwhile = ({ committed }: { committed: number }) => committed >= from && committed <= until;
  // Who was paused before a restore is awaited after it.
  if (replay === undefined || swaps.some((swap) => swap.at >= from && swap.began <= until)) return [];
  if (replay.declared.some(meanwhile)) return [];
  const current = replay.declared.findLast(({ committed }) => committed < from)?.id ?? '';
  return [...replay.devices].flatMap(([name, { rows }]) => {
    const before = rows.findLast((row) => row.committed < from)?.after ?? null;
    if (!matches(request, name, labels.get(name)) || before === null || rows.some(meanwhile)) return [];
    return gateOf(before, current) === 'ConflictPaused' ? [name] : [];
  });
}

function matches({ labelSelector, fieldSelector }: Request, name: string, labels: Labels | undefined): boolean {
  if (labels === undefined) return false;
  if (fieldSelector !== undefined && fieldSelector !== `metadata.name=${name}`) return false;
  return labelSelector === undefined || matchesLabels(labelSelector, labels);
}

/** The few kinds of label selector that the rig uses. */
function matchesLabels(selector: string, labels: Labels): boolean {
  const set = /^(\w+) (in|notin) \(([\w,-]+)\)$/.exec(selector);
  if (set !== null) {
    const [, key = '', operator, values = ''] = set;
    return values.split(',').includes(labels[key] ?? '') === (operator === 'in');
  }
  const equal = /^(\w+)(!?=)([\w-]+)$/.exec(selector);
  if (equal === null) throw new Error(`the checker does not know selectors such as ${selector}`);
  const [, key = '', operator, value = ''] = equal;
  return (labels[key] === value) === (operator === '=');
}

/** S6: the same key answers the same restore, within one database. */
function checkDeclaration(request: Request, response: Response | undefined, replays: readonly Replay[]): Violation[] {
  const { idempotencyKey } = request;
  if (response?.restore === undefined) return [];
  const holds = replays.some(({ dump }) =>
    dump.restores.some((restore) => restore.id === response.restore && restore.key === idempotencyKey),
  );
  const detail = `key ${idempotencyKey} was answered restore ${response.restore}, which no database holds for it`;
  return holds ? [] : [{ invariant: 'S6', detail }];
}

/** S4: nobody but a person clears a conflict. */
function checkUnasked(replays: readonly Replay[], tags: ReadonlySet<string>): Violation[] {
  return replays.flatMap(({ dump }) =>
    dump.events.flatMap((event): Violation[] => {
      if (event.reason !== 'DeviceConflictResolved' && event.reason !== 'DeviceAdopted') return [];
      const reason = event.details?.['reason'];
      if (typeof reason === 'string' && tags.has(reason) && event.actor.startsWith('user:')) return [];
      return [
        { invariant: 'S4', device: event.name, detail: `${dump.database}: ${event.reason} that nobody asked for` },
      ];
    }),
  );
}
