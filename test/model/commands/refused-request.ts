import * as fc from 'fast-check';
import { FrameProblem } from '../../../src/agent/frames.ts';
import { MusterError } from '../../../src/domain/errors.ts';
import { adoptDevices, resumeDevices } from '../../../src/usecases/resume-devices.ts';
import { s8FailClosed, Violation } from '../invariants.ts';
import { takeStep } from '../step.ts';
import type { System } from '../system.ts';
import type { World } from '../world.ts';
import { device, pick } from './choices.ts';
import { ModelCommand } from './model-command.ts';

const selectors = [
  {},
  { labelSelector: '' },
  { fieldSelector: ' \t' },
  { labelSelector: '', fieldSelector: "metadata.name!=''" },
  { labelSelector: 'group in (a' },
  { fieldSelector: 'no.such.field=1' },
] as const;

const positions = [
  { renderedVersion: '-1' },
  { renderedVersion: '1.5' },
  { renderedVersion: '0x10' },
  { renderedVersion: '99999999999999999999' },
  { renderedVersion: 'NaN' },
  { renderedVersion: '1', timeline: 'yesterday' },
  { renderedVersion: '1', specHash: 'abc' },
  { status: { config: { renderedVersion: 'seven' } } },
] as const;

type Choice = { what: 'resume' | 'adopt' | 'report'; device: number; which: number };

/** Requests that must be refused: an action without a selection, a report without a valid position. */
export class RefusedRequest extends ModelCommand<Choice> {
  static readonly arbitrary: fc.Arbitrary<RefusedRequest> = fc
    .record({
      what: fc.constantFrom('resume' as const, 'adopt' as const, 'report' as const),
      device,
      which: pick,
    })
    .map((choice) => new RefusedRequest(choice));

  async run(world: World, system: System): Promise<void> {
    const refused = await this.attempt(world, system).then(
      () => false,
      (error: unknown) => {
        const cause = error instanceof FrameProblem ? error.cause : error;
        if (cause instanceof MusterError && cause.code === 'badRequest') return true;
        throw error;
      },
    );
    const before = system.seen;
    const after = await system.look();
    const step = { kind: 'nothing', before, after, state: world.server, events: [] } as const;
    s8FailClosed(step, this.toString());
    if (!refused) throw new Violation(`S8: ${this.toString()} was not refused`);
    await takeStep(world, system, 'nothing', { state: world.server, events: [] });
  }

  private async attempt(world: World, system: System): Promise<unknown> {
    const { what, which, device } = this.choice;
    const action = { ...selectors[which % selectors.length], by: { actor: 'user:ada' } };
    switch (what) {
      case 'resume':
        return await resumeDevices(system.context, action);
      case 'adopt':
        return await adoptDevices(system.context, action);
      case 'report': {
        const frame = { type: 'report', id: 1, ...positions[which % positions.length] };
        return await system.reportFrame(world.device(device).name, JSON.stringify(frame));
      }
      default:
        return what satisfies never;
    }
  }
}
