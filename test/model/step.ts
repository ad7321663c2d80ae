import type { Report } from './history.ts';
import {
  checkStep,
  s10Absence,
  s1AncestorGate,
  s1Content,
  s2Delivery,
  Violation,
  type Step,
  type StepKind,
} from './invariants.ts';
import { deliveryTo, report, runningContent, type Answer } from './reference-model.ts';
import type { Next, ServerState } from './reference-state.ts';
import type { Fault } from './faulty-database.ts';
import type { Answered, Handed, System } from './system.ts';
import type { World } from './world.ts';

/** Polls that one process holds open in this world. */
const maxPolls = 8;

/** The state to go on with after a command that may have died of a fault. */
export function afterFault(fault: Fault | undefined, world: World, next: Next): Next {
  return fault === 'before commit' ? { state: world.server, events: [] } : next;
}

/** Goes on with what should be, and looks at what is. */
export async function look(world: World, system: System, kind: StepKind, next: Next): Promise<Step> {
  world.advance(next.state);
  for (const { reason } of next.events) world.note(reason);
  const before = system.seen;
  const after = await system.look();
  return { kind, before, after, state: next.state, events: next.events };
}

/** Goes on with what should be, and checks every invariant against what is. */
export async function takeStep(world: World, system: System, kind: StepKind, next: Next): Promise<Step> {
  const step = await look(world, system, kind, next);
  checkStep(step);
  s10Absence(world.witness);
  return step;
}

/** The network delivers reports, all in one commit; answers may get lost on the way back. */
export async function deliverReports(
  world: World,
  system: System,
  reports: readonly Report[],
  { lost, fault }: { lost: boolean; fault: Fault | undefined },
): Promise<void> {
  const claims = reports.map(({ claim }) => claim);
  const next = report(world.server, claims, world.history);
  const answered = await system.report(claims, fault);
  const step = await look(world, system, 'report', afterFault(fault, world, next));
  for (const [index, sent] of reports.entries()) {
    const [answer, given] = [next.answers[index], answered?.[index]];
    if (given === undefined) continue;
    handOver(world, step, { sent, handed: given.handed, lost });
    checkAnswer(sent, answer, given, next.state);
    const device = world.devices.get(sent.claim.device);
    if (!lost && device?.live === sent.id && wantsSpec(given)) device.asked = true;
    if (given.handed === null && answer !== undefined) world.polls = [...world.polls, sent].slice(-maxPolls);
  }
  checkStep(step);
}

/** Checks the document that a device got, before the device applies it. */
export function handOver(
  world: World,
  step: Step,
  { sent: { id, claim }, handed, lost }: { sent: Report; handed: Handed | null; lost: boolean },
): void {
  if (handed === null) return;
  const spec = world.find(claim.device, handed.server);
  s1AncestorGate(claim, handed, spec);
  s2Delivery(handed, step);
  const device = world.devices.get(claim.device);
  world.note(device?.live === id ? 'HandedToDevice' : 'HandedToNobody');
  if (lost || device?.live !== id) {
    s1Content(handed, spec);
    return;
  }
  device.live = null;
  device.receive(spec, handed.document);
  s10Absence(world.witness);
  s1Content(handed, spec);
}

const wantsSpec = ({ outcome }: Answered): boolean => outcome.kind === 'known' && outcome.wantsSpec;

function checkAnswer({ claim }: Report, answer: Answer, given: Answered, state: ServerState): void {
  const { outcome, handed } = given;
  const tell = (what: string) => new Violation(`Model: ${claim.device} said ${claim.at?.id} (${claim.form}): ${what}`);
  if (answer === undefined || outcome.kind === 'unknown') {
    if (answer !== undefined || outcome.kind !== 'unknown') throw tell(`it is ${outcome.kind}`);
    return;
  }
  if (outcome.gate !== answer.gate) throw tell(`its gate is ${outcome.gate}, not ${answer.gate}`);
  const conflict = outcome.verdict === 'Ahead' || outcome.verdict === 'Diverged';
  if (claim.form !== 'silent' && conflict !== answer.conflict) throw tell(`the verdict is ${outcome.verdict}`);
  const due = deliveryTo(answer.belief, claim, state.restore);
  if ((due === null) !== (handed === null)) throw tell(`${due?.id ?? 'nothing'} should have been handed`);
  const belief = state.devices.get(claim.device);
  const unknown = belief !== undefined && runningContent(state, belief) === undefined;
  if (claim.form !== 'silent' && wantsSpec(given) !== (answer.gate === 'ConflictPaused' && unknown)) {
    throw tell(`its spec is ${wantsSpec(given) ? 'asked for' : 'not asked for'}`);
  }
}
