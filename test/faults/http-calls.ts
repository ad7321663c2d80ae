import { Pool } from 'undici';
import { z } from 'zod';
import { gates } from '../../src/domain/recovery/gate.ts';
import type { DevicePosition } from '../../src/domain/recovery/position.ts';
import { verdicts } from '../../src/domain/recovery/verdict.ts';
import type { Reply, SentReport } from '../../src/simulator/device-observer.ts';
import { statedPosition } from '../../src/simulator/stated-position.ts';
import { statusUpdate } from '../../src/simulator/status-update.ts';
import type { RigDevice } from './rig-device.ts';

const callTimeoutMs = 20_000;

const answerHeaders = z.object({
  'muster-restore': z.string(),
  'muster-gate': z.enum(gates),
  'muster-verdict': z.enum(verdicts),
});

type Call = { readonly method: 'GET' | 'PUT'; readonly path: string; readonly body?: string };

/** Reports beside those that devices make by themselves: more at once, and out of date. */
export class DeviceHttp {
  private readonly pool: Pool;

  constructor(port: number, connections: number) {
    const timeouts = { headersTimeout: callTimeoutMs, bodyTimeout: callTimeoutMs, connectTimeout: 3_000 };
    this.pool = new Pool(`http://127.0.0.1:${port}`, { connections, pipelining: 1, ...timeouts });
  }

  /**
   * A report that waits for news. The device takes what it brings if it says where the device is now.
   *
   * @returns the HTTP status, 0 for none
   */
  async poll(device: RigDevice, position: DevicePosition, signal: AbortSignal): Promise<number> {
    const isHonest = position === device.position;
    const claim = statedPosition(position, device.states);
    const query = new URLSearchParams();
    if (claim.version > 0) query.set('knownRenderedVersion', String(claim.version));
    if (claim.timeline !== null) query.set('timeline', claim.timeline);
    if (claim.specHash !== null) query.set('specHash', claim.specHash);
    const path = `/api/v1/devices/${device.name}/rendered?${query.toString()}`;
    const report = { transport: 'poll', claim, connection: undefined } as const;
    const { code, text } = await this.call(device, { method: 'GET', path }, { report, isHonest, signal });
    if (isHonest && code === 200 && !signal.aborted) device.take(JSON.parse(text));
    return code;
  }

  /** A status that says what the device runs, the spec included. */
  async tellSpec(device: RigDevice): Promise<number> {
    const { name, simulated } = device;
    const claim = statedPosition(simulated.applied, device.states);
    const body = JSON.stringify(statusUpdate(name, simulated.status.status, { position: claim, spec: simulated.spec }));
    const path = `/api/v1/devices/${name}/status`;
    const report = { transport: 'status', claim, connection: undefined } as const;
    const signal = new AbortController().signal;
    return (await this.call(device, { method: 'PUT', path, body }, { report, isHonest: true, signal })).code;
  }

  private async call(
    { name, record }: RigDevice,
    request: Call,
    { report, isHonest, signal }: { report: SentReport; isHonest: boolean; signal: AbortSignal },
  ): Promise<Reply> {
    record.reportSent(name, report, isHonest);
    const reply = await this.replyTo(request, signal).catch((error: unknown): Reply => ({
      code: 0,
      answer: undefined,
      text: String(error),
    }));
    record.replied(name, report, reply);
    return reply;
  }

  private async replyTo(request: Call, signal: AbortSignal): Promise<Reply> {
    const headers = request.body === undefined ? {} : { 'content-type': 'application/json' };
    const response = await this.pool.request({ ...request, headers, signal });
    const text = await response.body.text();
    const told = answerHeaders.safeParse(response.headers);
    const answer = told.success
      ? {
          restore: told.data['muster-restore'],
          gate: told.data['muster-gate'],
          verdict: told.data['muster-verdict'],
        }
      : undefined;
    return { code: response.statusCode, answer, text };
  }

  async close(): Promise<void> {
    await this.pool.destroy();
  }
}
