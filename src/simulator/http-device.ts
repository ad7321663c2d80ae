import { Client, type Dispatcher } from 'undici';
import { z } from 'zod';
import { gates } from '../domain/gate.ts';
import type { DevicePosition } from '../domain/position.ts';
import { verdicts } from '../domain/verdict.ts';
import { TurnedAway, type SessionEnd, type Talking } from './connection-loop.ts';
import { identityHeaders, tlsOptions } from './device-credential.ts';
import { carriesSpec, readDelivered } from './delivered-spec.ts';
import { statusUpdate } from './reported-status.ts';
import type { SimulatedDevice } from './simulated-device.ts';
import { around, retryAfterMs } from './waiting-times.ts';

/** How often a device says how it is although nothing has changed. */
const statusEveryMs = 60_000;
/** Between the end of a poll without news and the next. */
const pollAgainMs = 100;
/** A spec that cannot be applied would come again at once. */
const afterRefusalMs = 5_000;
/** A device that is not known waits for a person to do something about it. */
const afterUnknownMs = 30_000;
/** A connection on which a poll has had no answer for so long is taken for dead; services hold polls for two minutes. */
const pollSilenceMs = 5 * 60_000;
/** The same for what is answered at once. */
const silenceMs = 30_000;

const answerHeaders = z.object({
  'muster-restore': z.string(),
  'muster-gate': z.enum(gates),
  'muster-verdict': z.enum(verdicts),
});

/** A device that polls, over one connection that it keeps. */
export class HttpDevice {
  private readonly device: SimulatedDevice;
  private readonly talking: Talking;
  private nextStatusAtMs = performance.now() + around(statusEveryMs);

  constructor(device: SimulatedDevice, talking: Talking) {
    this.device = device;
    this.talking = talking;
  }

  /** Says how the device is, then polls until the line is cut or something goes wrong. */
  async session(signal: AbortSignal): Promise<SessionEnd> {
    const client = new Client(this.talking.agentServer, {
      pipelining: 1,
      connect: { timeout: 10_000, ...tlsOptions(this.talking.access) },
      headersTimeout: pollSilenceMs,
      bodyTimeout: silenceMs,
    });
    this.talking.counters.connects += 1;
    try {
      await this.putStatus(client, signal);
      while (!signal.aborted) await this.poll(client, signal);
      return 'reconnect';
    } finally {
      await client.destroy();
    }
  }

  private async poll(client: Client, signal: AbortSignal): Promise<void> {
    const { device } = this;
    const reported = device.reports();
    const response = await client.request({
      method: 'GET',
      path: this.pollPath(reported),
      headers: identityHeaders(this.talking.access),
      signal,
    });
    const body = await this.read(response, reported);
    if (response.statusCode === 200) await this.take(client, signal, body);
    else await this.talking.line.pause(around(pollAgainMs));
    if (device.owesSpec() || performance.now() >= this.nextStatusAtMs) await this.putStatus(client, signal);
  }

  private pollPath({ version, timeline, specHash }: DevicePosition): string {
    const query = new URLSearchParams({ knownRenderedVersion: String(version) });
    if (timeline !== null) query.set('timeline', timeline);
    if (specHash !== null) query.set('specHash', specHash);
    return `/api/v1/devices/${encodeURIComponent(this.device.name)}/rendered?${query.toString()}`;
  }

  private async take(client: Client, signal: AbortSignal, body: unknown): Promise<void> {
    const { device } = this;
    const delivered = readDelivered(body);
    if (!carriesSpec(delivered, device.position)) return;
    if (device.receive(delivered)) await this.putStatus(client, signal);
    else await this.talking.line.pause(around(afterRefusalMs));
  }

  private async putStatus(client: Client, signal: AbortSignal): Promise<void> {
    const { device } = this;
    const withSpec = device.owesSpec();
    const reported = device.reports();
    const begunAtMs = performance.now();
    const response = await client.request({
      method: 'PUT',
      path: `/api/v1/devices/${encodeURIComponent(device.name)}/status`,
      headers: { 'content-type': 'application/json', ...identityHeaders(this.talking.access) },
      body: JSON.stringify(statusUpdate(device.name, reported, device.spec, { withSpec })),
      headersTimeout: silenceMs,
      signal,
    });
    await this.read(response, reported);
    this.talking.counters.latency.add(performance.now() - begunAtMs);
    this.nextStatusAtMs = performance.now() + around(statusEveryMs);
    if (withSpec) device.toldSpec();
  }

  /** Reads an answer to the end, and hears what it says of the device. @throws TurnedAway if it is a refusal */
  private async read(
    { statusCode, headers, body }: Dispatcher.ResponseData,
    reported: DevicePosition,
  ): Promise<unknown> {
    const text = await body.text();
    switch (statusCode) {
      case 200:
      case 204:
        break;
      case 404:
        throw new TurnedAway({ errorKind: 'device not known', waitMs: around(afterUnknownMs) });
      case 429:
      case 503: {
        const retryAfter = headers['retry-after'];
        throw new TurnedAway({ waitMs: retryAfterMs(typeof retryAfter === 'string' ? retryAfter : '', new Date()) });
      }
      default:
        throw new TurnedAway({ errorKind: `HTTP ${statusCode}` });
    }
    this.talking.backoff.reset();
    const told = answerHeaders.safeParse(headers);
    if (told.success) {
      const { 'muster-restore': restore, 'muster-gate': gate, 'muster-verdict': verdict } = told.data;
      this.device.hear({ restore, gate, verdict }, reported);
    }
    return text === '' ? undefined : JSON.parse(text);
  }
}
