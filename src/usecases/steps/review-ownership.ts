import { setImmediate as turn } from 'node:timers/promises';
import type { Executor } from '../../db/client.ts';
import { wantRendering } from '../../db/device-writes.ts';
import { appendEvents } from '../../db/event-log.ts';
import { readOwnership, saveOwnership } from '../../db/ownership-store.ts';
import { lockPositions } from '../../db/position-store.ts';
import { readTemplates, saveRollouts } from '../../db/rollout-store.ts';
import { byService } from '../../domain/event.ts';
import { gateOf } from '../../domain/recovery/gate.ts';
import {
  decideOwnership,
  isSameOwnership,
  matchEvents,
  unowned,
  type FleetRule,
} from '../../domain/fleets/ownership.ts';
import { updatedEvent } from '../../domain/resource-events.ts';
import {
  problemAfter,
  rolloutProblemEvents,
  rollOutTo,
  type TemplateOutcome,
} from '../../domain/fleets/template-rollout.ts';
import type { TemplateRenderer } from '../../domain/templates/template-renderer.ts';
import type { At } from './in-restore.ts';

type Review = At & {
  readonly templates: TemplateRenderer;
  /** All fleets there are, or will be once this commits. */
  readonly fleets: readonly FleetRule[];
  /** Devices of this owner get its template whether or not they change hands. */
  readonly refresh?: string;
  readonly cause?: 'FleetDeleted';
};

/** Templates filled in before other work gets a turn. */
const filledPerTurn = 50;

/**
 * Decides anew who owns devices, and writes the template of a new owner, or a new template of their owner, into them. A
 * device that loses its owner keeps its spec. Doing it twice does no harm. The restore must be held, and the fleets held
 * or locked.
 *
 * @returns the names of devices that want rendering and may be rendered
 */
export async function reviewOwnership(tx: Executor, names: readonly string[], review: Review): Promise<string[]> {
  const { restore, now, templates, fleets, refresh, cause } = review;
  const rows = await lockPositions(tx, names);
  const reviewed = (await readOwnership(tx, names)).map((before) => {
    const mustered = rows.get(before.name)?.state.mustered ?? false;
    const after = mustered ? decideOwnership(before.labels, before, fleets) : unowned;
    return { before, after, mustered, changesHands: after.owner !== before.owner };
  });
  const concerned = reviewed.filter(
    ({ after, changesHands }) => changesHands || (refresh !== undefined && after.owner === refresh),
  );
  const templateOf = await readTemplates(
    tx,
    concerned.map(({ after }) => after.owner),
  );
  const outcomes = new Map<string, TemplateOutcome>();
  for (const { before, after, mustered } of concerned) {
    if (outcomes.size % filledPerTurn === filledPerTurn - 1) await turn();
    const reader = { owner: after.owner, labels: before.labels };
    outcomes.set(before.name, rollOutTo({ ...before, mustered }, reader, templateOf.get(after.owner), templates));
  }
  await saveOwnership(
    tx,
    reviewed.flatMap(({ before, after }) => (isSameOwnership(before, after) ? [] : [{ name: before.name, ...after }])),
    now,
  );
  const respecified = await saveRollouts(tx, outcomes);
  await wantRendering(tx, [...respecified], now);
  const events = reviewed.flatMap(({ before, after, changesHands }) => {
    const { name } = before;
    const fields = [
      ...(respecified.has(name) ? (['spec'] as const) : []),
      ...(changesHands ? (['owner'] as const) : []),
    ];
    const owners = changesHands ? { before, after } : undefined;
    const outcome = outcomes.get(name);
    return [
      ...(fields.length === 0 ? [] : [updatedEvent({ kind: 'Device', name }, fields, byService, owners)]),
      ...matchEvents(name, before, after, cause),
      ...(outcome === undefined
        ? []
        : rolloutProblemEvents(name, before.rolloutProblem, problemAfter(before, outcome))),
    ];
  });
  await appendEvents(tx, events, { restore, now });
  return [...respecified].filter((name) => {
    const row = rows.get(name);
    return row !== undefined && gateOf(row.state, restore) === 'Open';
  });
}
