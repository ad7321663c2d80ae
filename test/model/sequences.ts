import * as fc from 'fast-check';
import { Adopt } from './commands/adopt.ts';
import { Advance } from './commands/advance.ts';
import { BackUp } from './commands/back-up.ts';
import { BeginRender } from './commands/begin-render.ts';
import { Crash } from './commands/crash.ts';
import { CreateDevice } from './commands/create-device.ts';
import { Declare } from './commands/declare.ts';
import { Decommission } from './commands/decommission.ts';
import { DeliverReports } from './commands/deliver-reports.ts';
import { DeleteFleet } from './commands/delete-fleet.ts';
import { Edit } from './commands/edit.ts';
import { EverybodyReports } from './commands/everybody-reports.ts';
import { FinishRender } from './commands/finish-render.ts';
import { LeaveFleet } from './commands/leave-fleet.ts';
import { PassTime } from './commands/pass-time.ts';
import { PutFleet } from './commands/put-fleet.ts';
import { Recover } from './commands/recover.ts';
import { RefusedRequest } from './commands/refused-request.ts';
import { Reimage } from './commands/reimage.ts';
import { RemoveDevice } from './commands/remove-device.ts';
import { RenderJob } from './commands/render-job.ts';
import { RenderWhile } from './commands/render-while.ts';
import { Render } from './commands/render.ts';
import { Restore } from './commands/restore.ts';
import { RestartDevice } from './commands/restart-device.ts';
import { Resume } from './commands/resume.ts';
import { RollBack } from './commands/roll-back.ts';
import { RollOut } from './commands/roll-out.ts';
import { SendReport } from './commands/send-report.ts';
import { TellAgain } from './commands/tell-again.ts';
import { WakePolls } from './commands/wake-polls.ts';
import { l2EverybodyArrives } from './liveness.ts';
import type { System } from './system.ts';
import { firstWorld } from './world.ts';

const times = <Command>(count: number, command: Command): Command[] => Array.from({ length: count }, () => command);

/** The alphabet: what comes more often stands in it more often. */
const alphabet = [
  ...times(5, Advance.arbitrary),
  ...times(5, SendReport.arbitrary),
  ...times(5, DeliverReports.arbitrary),
  ...times(3, EverybodyReports.arbitrary),
  ...times(5, Recover.arbitrary),
  ...times(3, Restore.arbitrary),
  ...times(3, Resume.arbitrary),
  ...times(3, BackUp.arbitrary),
  ...times(3, Edit.arbitrary),
  ...times(3, Render.arbitrary),
  ...times(4, RenderWhile.arbitrary),
  BeginRender.arbitrary,
  FinishRender.arbitrary,
  ...times(2, WakePolls.arbitrary),
  ...times(2, Adopt.arbitrary),
  ...times(2, RollBack.arbitrary),
  ...times(2, PutFleet.arbitrary),
  RollOut.arbitrary,
  DeleteFleet.arbitrary,
  ...times(2, LeaveFleet.arbitrary),
  RestartDevice.arbitrary,
  TellAgain.arbitrary,
  PassTime.arbitrary,
  Declare.arbitrary,
  RenderJob.arbitrary,
  Crash.arbitrary,
  Reimage.arbitrary,
  CreateDevice.arbitrary,
  RemoveDevice.arbitrary,
  Decommission.arbitrary,
  RefusedRequest.arbitrary,
];

/** The sequences to run: the environment can repeat a failure by the values that it printed. */
type Draw = {
  readonly runs: number;
  readonly seed: number;
  readonly path: string | undefined;
  readonly replayPath: string | undefined;
  readonly shrink: boolean;
};

/** Number of steps that were run, and counts of the cases that were reached. */
export type Ran = {
  readonly sequences: number;
  readonly commands: number;
  readonly reached: ReadonlyMap<string, number>;
};

const maxCommands = 24;
/** The device that a sequence is mostly about: see `fleet`. */
const focus = fc.constantFrom(0, 0, 1, 2);

/** Runs sequences of commands against the system and the model. @returns how much was run, and how often what was reached */
export async function runSequences(system: System, draw: Draw): Promise<Ran> {
  const first = firstWorld(system.seen.restore);
  const ran = { sequences: 0, commands: 0, reached: new Map<string, number>() };
  const commands = fc.commands(alphabet, {
    maxCommands,
    size: 'max',
    ...(draw.replayPath === undefined ? {} : { replayPath: draw.replayPath }),
  });
  const property = fc.asyncProperty(focus, commands, async (focus, sequence) => {
    await system.reset();
    const world = first.about(focus);
    await fc.asyncModelRun(() => ({ model: world, real: system }), sequence);
    await l2EverybodyArrives(world, system);
    ran.sequences += 1;
    ran.commands += [...sequence].length;
    for (const [what, times] of world.reached) ran.reached.set(what, (ran.reached.get(what) ?? 0) + times);
  });
  await fc.assert(property, {
    numRuns: draw.runs,
    seed: draw.seed,
    ...(draw.path === undefined ? {} : { path: draw.path }),
    endOnFailure: !draw.shrink,
    verbose: fc.VerbosityLevel.Verbose,
  });
  return ran;
}
