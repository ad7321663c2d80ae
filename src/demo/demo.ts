import { createApiClient } from '../client/api-client.ts';
import { DeliveryWitness } from '../simulator/delivery-witness.ts';
import { fresh } from '../simulator/starting-point.ts';
import { togetherObserving } from '../simulator/device-observer.ts';
import { OrderWitness } from '../simulator/order-witness.ts';
import { SimulatedFleet } from '../simulator/simulated-fleet.ts';
import { DemoService } from './demo-service.ts';
import type { Narrator } from './narrator.ts';
import { castDevices, latecomer, type SceneDevice } from './scene.ts';
import { Scraper } from './scraper.ts';
import type { Stage } from './stage.ts';
import { moveOn, takeBackup } from './steps/back-up.ts';
import { carryOn } from './steps/carry-on.ts';
import { closeTheCase, waitUntilAllRunWhatWasRendered } from './steps/conclude.ts';
import { editMore, registerPlain } from './steps/edit-more.ts';
import { putLostEditsBack } from './steps/lost-edits.ts';
import { plainDevicesReturn } from './steps/plain-return.ts';
import { deleteFleet } from './steps/delete-fleet.ts';
import { muster } from './steps/muster.ts';
import { restartPaused } from './steps/restart-paused.ts';
import { declareRestore, restoreBackup } from './steps/restore-backup.ts';
import { resumeAll } from './steps/resume.ts';
import { reviewConflicts } from './steps/review.ts';
import { rollOutToVersionFive } from './steps/roll-out.ts';
import { showMetrics } from './steps/show-metrics.ts';
import { letLatecomerIn, registerLatecomer } from './steps/unknown-device.ts';

/** The numbers that the demo found, each checked: the JSON line with which `muster demo --json` ends. */
export type DemoResult = {
  readonly devices: number;
  /** Devices that had moved on past the backup. */
  readonly ahead: number;
  readonly awaitingAfterRestore: number;
  readonly conflictPaused: number;
  readonly normal: number;
  /** Edits that the backup did not know, by the journal. */
  readonly lostEdits: number;
  /** Those that were put back. */
  readonly replayed: number;
  /** Paused devices that run what they would be sent. */
  readonly unchangedByResume: number;
  readonly deliveredWhilePaused: number;
  readonly resumed: number;
  readonly renderedAfterResume: number;
  /** Files, applications and settings that were removed from a device although no spec ordered it. */
  readonly removedUnordered: number;
  readonly seconds: number;
};

/** Puts the service, the devices and their observers on the stage; the service must have been started. */
export function setStage({
  service,
  devices,
  narrator,
  signal,
}: Pick<Stage, 'service' | 'narrator' | 'signal'> & { devices: number }): Stage {
  const cast = castDevices(devices);
  const witness = new DeliveryWitness();
  const orders = new OrderWitness();
  const fleetOf = (devices: readonly SceneDevice[]) =>
    new SimulatedFleet({
      agentServer: service.agent,
      members: devices.map(({ name, transport }) => ({ name, transport, start: fresh })),
      reconnect: { firstMs: 500, capMs: 3_000 },
      observer: togetherObserving(witness, orders),
    });
  const [fleet, late] = [fleetOf(cast), fleetOf([latecomer])];
  const api = createApiClient({ server: service.api, token: undefined });
  return { cast, service, api, fleet, late, witness, orders, scraper: new Scraper(api), narrator, signal };
}

/** Ends everything that runs on a stage. */
export async function clearStage({ fleet, late, scraper }: Stage): Promise<void> {
  await Promise.all([fleet.stop(), late.stop(), scraper.stop()]);
}

/** Starts the service that the story is about, with all its data under a directory. */
export async function startDemoService(dataDir: string, narrator: Narrator): Promise<DemoService> {
  narrator.step('The service starts', 'One process, on a private PostgreSQL; nothing else is needed.');
  const service = await DemoService.start(dataDir);
  narrator.say(`Admin API ${service.api}, devices ${service.agent}`);
  return service;
}

/** The whole story. @throws DemoFailure if a number is wrong */
export async function tellStory(stage: Stage): Promise<DemoResult> {
  await stage.scraper.start();
  await rollOutToVersionFive(stage);
  await registerPlain(stage);
  const backup = await takeBackup(stage);
  const ahead = await moveOn(stage);
  await registerLatecomer(stage);
  await editMore(stage);
  await restoreBackup(stage, backup);
  const awaitingAfterRestore = await declareRestore(stage, backup);
  const { lostEdits, replayed } = await putLostEditsBack(stage);
  const { conflictPaused, normal } = await muster(stage, ahead);
  await plainDevicesReturn(stage);
  await restartPaused(stage);
  await letLatecomerIn(stage);
  const unchangedByResume = await reviewConflicts(stage);
  await carryOn(stage);
  await deleteFleet(stage);
  const resumed = await resumeAll(stage);
  const renderedAfterResume = await waitUntilAllRunWhatWasRendered(stage, resumed);
  const { deliveredWhilePaused, removedUnordered } = await closeTheCase(stage, ahead);
  await showMetrics(stage);
  return {
    devices: stage.cast.length,
    ahead,
    awaitingAfterRestore,
    conflictPaused,
    normal,
    deliveredWhilePaused,
    lostEdits,
    replayed,
    unchangedByResume,
    resumed: resumed.length,
    renderedAfterResume,
    removedUnordered,
    seconds: Math.round(stage.narrator.seconds * 10) / 10,
  };
}
