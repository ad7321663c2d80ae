import { Pool, errors, type Dispatcher } from 'undici';
import { z } from 'zod';
import { gates } from '../domain/recovery/gate.ts';
import { verdicts } from '../domain/recovery/verdict.ts';
import { TurnedAway, type SessionEnd, type Talking } from './connection-loop.ts';
import type { AgentTimes } from './device/agent-times.ts';
import type { DeviceAnswer } from './device-observer.ts';
import { readPollAnswer } from './device/poll-answer.ts';
import { identityHeaders, tlsOptions, type ServiceAccess } from './device-credential.ts';
import { enroll } from './enrollment.ts';
import { oneAtATime } from './one-at-a-time.ts';
import type { DeviceReport, SimulatedDevice } from './simulated-device.ts';
import { statusUpdate } from './status-update.ts';
import { around, retryAfterMs } from './waiting-times.ts';

/** Longest wait for an answer that comes at once; after it the connection is taken for dead. */
const silenceMs = 30_000;

const answerHeaders = z.object({
  'muster-restore': z.string(),
  'muster-gate': z.enum(gates),
  'muster-verdict': z.enum(verdicts),
});

/**
 * The manner in which a device talks over HTTP: as one made for Muster, which says its whole position, shows its spec when
 * it is paused and comes back when it is told to; or as an unmodified Flight Control agent, which does none of that.
 */
export type Manner = 'muster' | 'flightctl';

type HttpDeviceOptions = {
  readonly manner: Manner;
  readonly times: AgentTimes;
  /** It has no certificate yet, and enrolls before all else. */
  readonly enrolls: boolean;
};

type Request = { readonly method: 'GET' | 'PUT' | 'POST'; readonly path: string; readonly body?: unknown };
type Answer = Pick<Dispatcher.ResponseData, 'statusCode' | 'headers'> & { readonly text: string };

/** A device that polls, over one connection that it keeps; a status that cannot wait for the poll goes over a second one. */
export class HttpDevice {
  private readonly device: SimulatedDevice;
  private readonly talking: Talking;
  private readonly options: HttpDeviceOptions;
  private mustEnroll: boolean;

  constructor(device: SimulatedDevice, talking: Talking, options: HttpDeviceOptions) {
    this.device = device;
    this.talking = talking;
    this.options = options;
    this.mustEnroll = options.enrolls;
  }

  /** Says how the device is, then polls until the line is cut or something goes wrong. */
  async session(signal: AbortSignal): Promise<SessionEnd> {
    const pool = new Pool(this.talking.agentServer, {
      connections: 2,
      pipelining: 1,
      connect: { timeout: 10_000, ...tlsOptions(this.access) },
      headersTimeout: this.options.times.pollPatienceMs,
      bodyTimeout: silenceMs,
    });
    this.talking.counters.connects += 1;
    try {
      if (this.mustEnroll) await this.enroll(pool, signal);
      else await this.talk(pool, signal);
      return this.device.machine.isDecommissioned ? 'decommissioned' : 'reconnect';
    } finally {
      await pool.destroy();
    }
  }

  private async talk(pool: Pool, signal: AbortSignal): Promise<void> {
    const { device } = this;
    // One at a time: the agent's own work may need a status while another one is under way.
    const sendStatus = oneAtATime(async () => {
      if (device.isStatusDue() || this.owesSpec()) await this.putStatus(pool, signal);
    });
    const disconnect = device.connect(sendStatus);
    try {
      while (!signal.aborted && !device.machine.isDecommissioned) {
        await sendStatus();
        // The answer may have been that the device is paused: its spec is not to wait for the end of the poll.
        await sendStatus();
        await this.poll(pool, signal);
      }
    } finally {
      disconnect();
    }
  }

  private async enroll(pool: Pool, signal: AbortSignal): Promise<void> {
    await enroll(this.device, {
      request: async (method, path, body) => await this.request(pool, signal, { method, path, body }),
      pause: async (ms) => await this.talking.line.pause(ms),
      scale: this.options.times.pollGapMs / 5_000,
    });
    this.mustEnroll = false;
  }

  private async poll(pool: Pool, signal: AbortSignal): Promise<void> {
    const { times } = this.options;
    const begunMs = performance.now();
    const report = this.device.reports('poll');
    const answer = await this.ask(pool, signal, report, { method: 'GET', path: this.pollPath(report) });
    const read = readPollAnswer(answer.statusCode, answer.text);
    switch (read.kind) {
      case 'document':
        await this.take(read.document);
        break;
      case 'nothing new':
        break;
      case 'not there':
        this.device.machine.wipeCertificate();
        this.device.restart();
        this.mustEnroll = true;
        throw new TurnedAway({ errorKind: 'told to enroll anew', waitMs: 0 });
      case 'error':
        throw this.refusalOf(answer, read.message);
      default:
        read satisfies never;
    }
    await this.talking.line.pause(times.pollGapMs - (performance.now() - begunMs));
  }

  private pollPath({ sent }: DeviceReport): string {
    const { version, timeline, specHash } = sent.claim;
    const query = new URLSearchParams({ knownRenderedVersion: String(version) });
    if (timeline !== null) query.set('timeline', timeline);
    if (specHash !== null) query.set('specHash', specHash);
    return `/api/v1/devices/${encodeURIComponent(this.device.name)}/rendered?${query.toString()}`;
  }

  private async take(document: unknown): Promise<void> {
    const taken = this.device.receive(document);
    switch (taken.kind) {
      case 'queued':
        await this.device.catchUp();
        return;
      case 'dropped':
        await this.talking.line.pause(this.isOfMuster ? around(this.options.times.afterRefusalMs) : 0);
        return;
      case 'error':
        throw new TurnedAway({ errorKind: 'an answer that is no document' });
      case 'died':
        throw new TurnedAway({ errorKind: 'a document without a spec' });
      default:
        taken satisfies never;
    }
  }

  private async putStatus(pool: Pool, signal: AbortSignal): Promise<void> {
    const { device } = this;
    const withSpec = this.owesSpec();
    const report = device.reports('status');
    const owed = device.status;
    const told = this.isOfMuster
      ? { position: report.sent.claim, spec: withSpec ? device.spec : undefined }
      : undefined;
    const begunAtMs = performance.now();
    const answer = await this.ask(pool, signal, report, {
      method: 'PUT',
      path: `/api/v1/devices/${encodeURIComponent(device.name)}/status`,
      body: statusUpdate(device.name, owed.status, told),
    });
    if (answer.statusCode !== 200) throw this.refusalOf(answer, `HTTP ${answer.statusCode}`);
    this.talking.counters.latency.add(performance.now() - begunAtMs);
    this.talking.counters.statuses += 1;
    device.statusAccepted(owed);
    if (withSpec) device.toldSpec();
  }

  /** Sends a report, and hands its outcome to the device. */
  private async ask(pool: Pool, signal: AbortSignal, report: DeviceReport, request: Request): Promise<Answer> {
    let answer: Answer;
    try {
      answer = await this.request(pool, signal, request);
    } catch (error) {
      this.device.onReply(report, { code: 0, answer: undefined, text: String(error) });
      // An agent takes a poll without an answer for one without news.
      const isPatient = report.sent.transport === 'poll' && error instanceof errors.HeadersTimeoutError;
      if (isPatient) return { statusCode: 204, headers: {}, text: '' };
      throw error;
    }
    const isAccepted = answer.statusCode < 300 || answer.statusCode === 409;
    if (isAccepted) this.talking.backoff.reset();
    const told = isAccepted ? answerIn(answer) : undefined;
    this.device.onReply(report, { code: answer.statusCode, answer: told, text: answer.text });
    return answer;
  }

  private async request(pool: Pool, signal: AbortSignal, { method, path, body }: Request): Promise<Answer> {
    const response = await pool.request({
      method,
      path,
      headers: { ...(body !== undefined && { 'content-type': 'application/json' }), ...this.identity },
      ...(body !== undefined && { body: JSON.stringify(body), headersTimeout: silenceMs }),
      signal,
    });
    return { statusCode: response.statusCode, headers: response.headers, text: await response.body.text() };
  }

  private refusalOf({ statusCode, headers }: Answer, message: string): TurnedAway {
    const isBusy = statusCode === 429 || statusCode === 503;
    const errorKind = isBusy ? {} : { errorKind: statusCode === 404 ? 'device not known' : message };
    if (!this.isOfMuster) return new TurnedAway(errorKind);
    if (statusCode === 404) return new TurnedAway({ ...errorKind, waitMs: around(this.options.times.afterUnknownMs) });
    const retryAfter = headers['retry-after'];
    const waitMs = retryAfterMs(typeof retryAfter === 'string' ? retryAfter : '', new Date());
    return new TurnedAway({ ...errorKind, waitMs: isBusy ? waitMs : undefined });
  }

  private owesSpec(): boolean {
    return this.isOfMuster && this.device.owesSpec();
  }

  private get isOfMuster(): boolean {
    return this.options.manner === 'muster';
  }

  private get identity(): Record<string, string> {
    return identityHeaders(this.access);
  }

  /** The identity of the device, with the certificate that was issued to it if it has enrolled. */
  private get access(): ServiceAccess {
    const { certificate, identity } = this.device.machine;
    if (certificate === undefined || identity === undefined) return this.talking.access;
    return { ...this.talking.access, credential: { kind: 'certificate', certificate, key: identity.key } };
  }
}

function answerIn({ headers }: Answer): DeviceAnswer | undefined {
  const told = answerHeaders.safeParse(headers);
  if (!told.success) return undefined;
  const { 'muster-restore': restore, 'muster-gate': gate, 'muster-verdict': verdict } = told.data;
  return { restore, gate, verdict };
}
