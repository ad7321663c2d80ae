import { deleteDevice } from '../../src/usecases/delete-device.ts';
import { resumeDevices } from '../../src/usecases/resume-devices.ts';
import type { Device } from './device.ts';
import { nothingWritten } from './contents.ts';
import { RollOut } from './commands/roll-out.ts';
import { longMs } from './commands/pass-time.ts';
import { s10Absence, Violation } from './invariants.ts';
import { commitRender, decideFor, isBehind, isOrdered, remove, renderInputs } from './reference-model.ts';
import { census, type Belief, type ServerState } from './reference-state.ts';
import { deliverReports, takeStep } from './step.ts';
import type { System } from './system.ts';
import type { World } from './world.ts';

/** Rounds of reporting, resuming and rendering after which every device must run what it should. */
const maxRounds = 4;

/**
 * L2: the faults stop. Every device reports, people resume what is paused and write off what is gone; then every device
 * runs the newest content, and the restore is settled.
 */
export async function l2EverybodyArrives(world: World, system: System): Promise<void> {
  await system.crash();
  world.held = null;
  world.polls = [];
  for (const device of world.devices.values()) {
    if (!device.gone || !world.server.devices.has(device.name)) continue;
    await deleteDevice(system.context, { name: device.name, by: { actor: 'user:ada' } });
    await takeStep(world, system, 'inventory', remove(world.server, device.name));
  }
  await new RollOut({ fault: undefined }).run(world, system);
  for (let round = 1; round <= maxRounds; round += 1) {
    await everybodyReports(world, system);
    if (whatIsMissing(world) === undefined) break;
    await resumeAll(world, system);
    await system.render();
    const rendered = commitRender(world.server, world.server.restore, renderInputs(world.server));
    await takeStep(world, system, 'render', rendered);
  }
  const missing = whatIsMissing(world);
  if (missing !== undefined) throw new Violation(`L2: after ${maxRounds} rounds without faults, ${missing}`);
  everybodyHasWhatTheyRun(world);
}

/** S10, seen from the other side: each device has all that its spec orders, and nothing else. */
function everybodyHasWhatTheyRun(world: World): void {
  world.passTime(longMs);
  s10Absence(world.witness);
  for (const device of world.devices.values()) {
    const differences = device.gone ? [] : device.differences();
    if (differences.length === 0) continue;
    throw new Violation(
      `S10: ${device.name} runs ${device.at?.id} and has not what it orders: ${JSON.stringify(differences)}`,
    );
  }
}

async function everybodyReports(world: World, system: System): Promise<void> {
  const sent = [...world.devices.values()]
    .filter((device) => !device.gone)
    .map((device) => world.send(device, { at: device.at, form: device.form, withSpec: false }));
  await deliverReports(world, system, sent, { lost: false, fault: undefined });
}

async function resumeAll(world: World, system: System): Promise<void> {
  if (census(world.server).conflictPaused === 0) return;
  await resumeDevices(system.context, { fieldSelector: "metadata.name!=''", by: { actor: 'user:ada' } });
  const next = decideFor(world.server, 'resume', [...world.server.devices.keys()], world.history);
  await takeStep(world, system, 'decide', next);
}

function whatIsMissing({ server, devices }: { server: ServerState; devices: World['devices'] }): string | undefined {
  for (const [name, belief] of server.devices) {
    const { desired } = belief;
    const device = devices.get(name);
    if (device === undefined || isOutOfReach(belief, device, server.restore)) continue;
    // Nobody has written anything for it: it keeps what it runs.
    if (desired === nothingWritten) continue;
    // A number alone does not tell one spec from another of the same number: that much it cannot be promised.
    if (device.form === 'number' && device.at?.version === belief.version && belief.rendered === belief.wanted)
      continue;
    if (device.at?.content !== desired) return `${name} runs ${device.at?.content ?? 'nothing'}, not ${desired}`;
  }
  const { awaiting, conflictPaused } = census(server);
  if (awaiting + conflictPaused > 0) return `${awaiting} devices are awaited and ${conflictPaused} are paused`;
  return server.settled ? undefined : 'the restore is not settled';
}

/**
 * A device that is decommissioned says no more once it has its order. Where the order is of an older restore and the device
 * is ahead of it, nobody has decided since that the order is for it.
 */
function isOutOfReach(belief: Belief, { name, at, form, gone }: Device, restore: string): boolean {
  if (belief.mustered) return false;
  if (gone) return true;
  return !isOrdered(belief, restore) && !isBehind(belief, { device: name, at, form, withSpec: false });
}
