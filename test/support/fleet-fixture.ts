import type { Origin } from '../../src/domain/event.ts';
import { readPositions, type PositionRow } from '../../src/db/position-store.ts';
import type { JsonObject } from '../../src/domain/json.ts';
import type { DevicePosition } from '../../src/domain/recovery/position.ts';
import type { DeviceRequest } from '../../src/domain/resources/device.ts';
import { acceptReports, type ReportOutcome } from '../../src/usecases/accept-reports.ts';
import { createDevice } from '../../src/usecases/create-device.ts';
import { declareRestore } from '../../src/usecases/declare-restore.ts';
import { renderPending } from '../../src/usecases/render-devices.ts';
import { replaceDevice } from '../../src/usecases/replace-device.ts';
import { resumeDevices, type DeviceAction } from '../../src/usecases/resume-devices.ts';
import { deviceRequest } from './documents.ts';
import type { TestContext } from './test-context.ts';
import type { Report } from '../../src/usecases/steps/report-batch.ts';

/** Origin of what tests do. */
export const by: Origin = { actor: 'user:test' };

type Said = { readonly status?: JsonObject; readonly spec?: JsonObject; readonly applied?: number | null };
type KnownOutcome = Extract<ReportOutcome, { kind: 'known' }>;

/** Brings devices into the states that tests begin with, by the moves by which any device gets there. */
export class FleetFixture {
  private readonly here: TestContext;

  constructor(here: TestContext) {
    this.here = here;
  }

  async create(name: string, desired: { labels?: Record<string, string>; spec?: object } = {}): Promise<void> {
    await createDevice(this.here.context, { request: deviceRequest(name, desired) as DeviceRequest, by });
  }

  /** Gives a device another spec, which is a reason to render it. */
  async edit(name: string, image: string): Promise<void> {
    const request = deviceRequest(name, { spec: { os: { image } } }) as DeviceRequest;
    await replaceDevice(this.here.context, { name, request, by });
  }

  async render(): Promise<number> {
    return await renderPending(this.here.context, new AbortController().signal);
  }

  /** Reports one position, by its number alone or in full, or none at all; and what is said beside it. */
  async report(name: string, position: number | DevicePosition | null, said: Said = {}): Promise<KnownOutcome> {
    const [outcome] = await this.reportAll([{ device: name, position: inFull(position), ...said }]);
    if (outcome?.kind !== 'known') throw new Error(`device ${name} is not known`);
    return outcome;
  }

  /** Reports several in one transaction. */
  async reportAll(reports: readonly Report[]): Promise<readonly ReportOutcome[]> {
    const { outcomes } = await acceptReports(this.here.context, reports);
    return outcomes.map((outcome) => {
      if (outcome.kind === 'refused') throw new Error(`a report was refused: ${outcome.problem}`);
      return outcome;
    });
  }

  /** The server's position of a device, and the highest position that the device reported. */
  async row(name: string): Promise<PositionRow> {
    const row = (await readPositions(this.here.context.database.pool, [name])).get(name);
    if (row === undefined) throw new Error(`device ${name} is not known`);
    return row;
  }

  /** The rendered position of a device, as it would report it. */
  async rendered(name: string): Promise<DevicePosition> {
    const { timeline, version, specHash } = (await this.row(name)).state.server;
    return { timeline, version, specHash };
  }

  /** Devices that have been rendered and report that they run it. */
  async running(...names: readonly string[]): Promise<void> {
    for (const name of names) await this.create(name, { spec: { os: { image: `quay.io/acme/${name}:1` } } });
    await this.render();
    for (const name of names) await this.report(name, await this.rendered(name));
  }

  async declareRestore(): Promise<string> {
    return (await declareRestore(this.here.context, { by })).restore.id;
  }

  /** Devices that came back from a restore with a version that the server has not heard of. */
  async paused(...names: readonly string[]): Promise<string> {
    await this.running(...names);
    const restore = await this.declareRestore();
    for (const name of names) {
      const before = await this.rendered(name);
      await this.report(name, { ...before, version: before.version + 3, specHash: null });
    }
    return restore;
  }

  async resume(action: Omit<DeviceAction, 'by'>): Promise<string[]> {
    return (await resumeDevices(this.here.context, { ...action, by })).names;
  }

  async resumeNamed(name: string): Promise<string[]> {
    return await this.resume({ fieldSelector: `metadata.name=${name}` });
  }
}

/** A position by its number alone. */
export function inFull(position: number | DevicePosition | null): DevicePosition | null {
  return typeof position === 'number' ? { timeline: null, version: position, specHash: null } : position;
}
