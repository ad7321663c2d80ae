import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Gate } from '../../src/domain/recovery/gate.ts';
import type { DevicePosition } from '../../src/domain/recovery/position.ts';
import type { DeliveredSpec } from '../../src/simulator/delivered-spec.ts';
import { DeliveryWitness } from '../../src/simulator/delivery-witness.ts';

const at = (version: number): DevicePosition => ({ version, timeline: null, specHash: null });
const spec = (version: number, restore = 'r1'): DeliveredSpec => ({ position: at(version), restore, spec: { a: 1 } });

/** One device as the witness sees it. */
class Watched {
  readonly witness = new DeliveryWitness();
  private version = 0;

  report(gate: Gate = 'Open', restore = 'r1'): this {
    this.witness.reportSent('d');
    this.witness.answered('d', { restore, gate, verdict: 'Behind' }, at(this.version));
    return this;
  }

  receive(version: number, restore = 'r1'): this {
    this.witness.delivered('d', spec(version, restore), at(this.version));
    this.version = version;
    return this;
  }

  restore(kept: number): this {
    this.witness.restored(new Map([['d', kept]]));
    return this;
  }

  resume(version = this.version): this {
    this.witness.resuming([{ name: 'd', version }]);
    return this;
  }

  get found(): string[] {
    return this.witness.violations.map(({ kind }) => kind);
  }
}

describe('nothing is wrong with', () => {
  test('a spec that answers a report', () => {
    expect(new Watched().report().receive(1).report().receive(2).found).toEqual([]);
  });

  test('a spec for a device that answered a restore from where the backup knows it', () => {
    expect(new Watched().report().receive(5).restore(5).report('Open', 'r2').receive(6, 'r2').found).toEqual([]);
  });

  test('a spec for a device that was resumed from where it is, though the resume overtakes its next report', () => {
    const paused = new Watched().report().receive(7).restore(5).report('ConflictPaused', 'r2');
    expect(paused.resume().report('ConflictPaused', 'r2').receive(8, 'r2').report('Open', 'r2').found).toEqual([]);
    expect(paused.receive(9, 'r2').found).toEqual([]);
  });
});

describe('caught is', () => {
  test('a spec for a device that has not reported since the restore', () => {
    expect(new Watched().report().receive(5).restore(5).receive(6, 'r2').found).toEqual(['awaited']);
  });

  test('a spec for a device whose report has not been answered', () => {
    const watched = new Watched();
    watched.witness.reportSent('d');
    expect(watched.receive(1).found).toEqual(['awaited']);
  });

  test('a spec of another restore than the one that the device has answered', () => {
    expect(new Watched().report('Open', 'r1').receive(1, 'r2').found).toEqual(['awaited']);
  });

  test('a spec for a device that is told to wait', () => {
    expect(new Watched().report('AwaitingReconnect').receive(1).found).toEqual(['awaited']);
  });

  test('a spec for a device that was told that it is paused', () => {
    const paused = new Watched().report().receive(5).restore(5).report('ConflictPaused', 'r2');
    expect(paused.receive(6, 'r2').found).toEqual(['paused']);
  });

  test('a spec for a paused device whose gate opened without a person', () => {
    const paused = new Watched().report().receive(7).restore(5).report('ConflictPaused', 'r2').report('Open', 'r2');
    expect(paused.receive(8, 'r2').found).toEqual(['paused']);
  });

  test('a spec for a device that is past the backup, whatever the service says of it', () => {
    expect(new Watched().report().receive(7).restore(5).report('Open', 'r2').receive(8, 'r2').found).toEqual([
      'not an ancestor',
    ]);
  });

  test('a spec for a device that moved on after it was resumed', () => {
    const resumed = new Watched().report().receive(8).restore(5).resume(7);
    expect(resumed.report('ConflictPaused', 'r2').receive(9, 'r2').found).toEqual(['paused']);
  });
});

test('a device past the backup is never sent a spec unseen, unless a person resumed it from there', () => {
  const gates = fc.constantFrom<Gate>('Open', 'ConflictPaused', 'AwaitingReconnect');
  fc.assert(
    fc.property(fc.nat(20), fc.integer({ min: 1, max: 20 }), fc.array(gates), (kept, beyond, heard) => {
      const watched = new Watched()
        .report()
        .receive(kept + beyond)
        .restore(kept);
      for (const gate of heard) watched.report(gate, 'r2');
      expect(watched.receive(kept + beyond + 1, 'r2').found).toHaveLength(1);
    }),
  );
});
