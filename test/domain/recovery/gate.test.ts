import { describe, expect, test } from 'vitest';
import {
  gateOf,
  gates,
  gateTransitions,
  nextGate,
  type Gate,
  type GateCause,
} from '../../../src/domain/recovery/gate.ts';

const causes: readonly GateCause[] = ['RestoreDeclared', 'AnsweredAncestor', 'AnsweredConflict', 'Resumed', 'Adopted'];

/** A device that takes part in musters, by the three facts that its gate depends on. */
type Facts = { readonly answeredRestore: string; readonly current: string; readonly conflict: object | null };

const conflict = { verdict: 'Ahead' };
const allFacts: readonly Facts[] = ['before', 'now'].flatMap((answeredRestore) =>
  [null, conflict].map((found) => ({ answeredRestore, current: 'now', conflict: found })),
);
const gateFor = ({ answeredRestore, current, conflict }: Facts): Gate =>
  gateOf({ mustered: true, answeredRestore, conflict }, current);

/**
 * The facts after a cause; undefined if the cause cannot happen to a device with these facts. A conflict stays when a device answers
 * without one, so that such an answer counts as one in conflict.
 */
function after(facts: Facts, cause: GateCause): Facts | undefined {
  switch (cause) {
    case 'RestoreDeclared':
      return { ...facts, current: 'later' };
    case 'AnsweredAncestor':
      return facts.conflict === null ? { ...facts, answeredRestore: facts.current } : undefined;
    case 'AnsweredConflict':
      return { ...facts, answeredRestore: facts.current, conflict };
    case 'Resumed':
    case 'Adopted':
      return gateFor(facts) === 'ConflictPaused' ? { ...facts, conflict: null } : undefined;
    default:
      return cause satisfies never;
  }
}

describe('the gate', () => {
  test('of a device that has not answered the current restore awaits, whether or not it has a conflict', () => {
    expect(gateFor({ answeredRestore: 'before', current: 'now', conflict: null })).toBe('AwaitingReconnect');
    expect(gateFor({ answeredRestore: 'before', current: 'now', conflict })).toBe('AwaitingReconnect');
  });

  test('of a device that has answered depends on its conflict alone', () => {
    expect(gateFor({ answeredRestore: 'now', current: 'now', conflict: null })).toBe('Open');
    expect(gateFor({ answeredRestore: 'now', current: 'now', conflict })).toBe('ConflictPaused');
  });

  test.each(allFacts)('of a device that takes no part in musters is open (%j)', (facts) => {
    expect(gateOf({ ...facts, mustered: false }, facts.current)).toBe('Open');
  });
});

/** The gate after a cause; 'nowhere' where the table has no such move. */
function whereTo(from: Gate, cause: GateCause): Gate | 'nowhere' {
  try {
    return nextGate(from, cause);
  } catch {
    return 'nowhere';
  }
}

describe('the table of transitions', () => {
  test('says of every gate and every cause where it leads, or that it leads nowhere', () => {
    const table = Object.fromEntries(
      gates.map((from) => [from, Object.fromEntries(causes.map((cause) => [cause, whereTo(from, cause)]))]),
    );
    expect(table).toEqual({
      Open: {
        RestoreDeclared: 'AwaitingReconnect',
        AnsweredAncestor: 'Open',
        AnsweredConflict: 'ConflictPaused',
        Resumed: 'nowhere',
        Adopted: 'nowhere',
      },
      AwaitingReconnect: {
        RestoreDeclared: 'AwaitingReconnect',
        AnsweredAncestor: 'Open',
        AnsweredConflict: 'ConflictPaused',
        Resumed: 'nowhere',
        Adopted: 'nowhere',
      },
      ConflictPaused: {
        RestoreDeclared: 'AwaitingReconnect',
        AnsweredAncestor: 'nowhere',
        AnsweredConflict: 'ConflictPaused',
        Resumed: 'Open',
        Adopted: 'Open',
      },
    });
  });

  test('holds each move once', () => {
    const moves = gateTransitions.map(({ from, cause }) => `${from} ${cause}`);
    expect(new Set(moves).size).toBe(moves.length);
  });

  const cases = allFacts.flatMap((facts) => causes.map((cause) => ({ facts, cause, changed: after(facts, cause) })));

  test.each(cases.filter(({ changed }) => changed !== undefined))(
    'agrees with what the facts make of it: $facts, $cause',
    ({ facts, cause, changed }) => {
      const from = gateFor(facts);
      expect(nextGate(from, cause)).toBe(gateFor(changed ?? facts));
    },
  );

  test.each(cases.filter(({ cause, changed }) => changed === undefined && cause !== 'AnsweredAncestor'))(
    'has no move where a person has nothing to decide: $facts, $cause',
    ({ facts, cause }) => {
      expect(() => nextGate(gateFor(facts), cause)).toThrow(`from ${gateFor(facts)} by ${cause}`);
    },
  );
});
