import { Agent, request } from 'undici';
import type { Clock } from '../time/clock.ts';
import type { JsonObject } from '../domain/json.ts';
import { judgeAnswer } from '../domain/rendering/rendered-answer.ts';
import type { DeviceSpec } from '../domain/resources/device-spec.ts';
import type { RenderedDevice, RenderOutcome } from '../domain/rendering/spec-renderer.ts';
import type { Log } from '../logging/log.ts';
import { rootCause } from '../logging/root-cause.ts';
import { ConcurrencyLimit } from './concurrency-limit.ts';
import { Pauses } from './pauses.ts';
import { discard, readBounded } from '../read-bounded.ts';
import { shownUrl } from './shown-url.ts';
import { isBusy } from './status-codes.ts';

/** A rendered spec with all its files, in base64, in JSON. */
const maxAnswerBytes = 16 * 1024 * 1024;
/** Specs that are being rendered at the same time. */
const maxRequests = 16;
const maxConnectMs = 5_000;

export type ExternalRendererOptions = {
  readonly url: string;
  readonly timeoutMs: number;
  /** The bearer token to send now; undefined for none. */
  readonly token: () => string | undefined;
  /** Authorities that the server's certificate may be from, in PEM; undefined for those of the system. */
  readonly ca: string | undefined;
  readonly clock: Clock;
  readonly log: Log;
};

/** Outcome of asking the renderer: an answer, or the reason why there is none and if that may pass. */
type Asked =
  | { readonly ok: true; readonly answer: unknown }
  | { readonly ok: false; readonly reason: string; readonly mayPass: boolean };

/** A renderer outside Muster, asked over HTTP (docs/renderer.md). One that does not answer is left alone for a while. */
export class ExternalRenderer {
  private readonly options: ExternalRendererOptions;
  private readonly url: URL;
  private readonly pauses: Pauses;
  private readonly limit = new ConcurrencyLimit(maxRequests);
  private readonly agent: Agent;

  constructor(options: ExternalRendererOptions) {
    this.options = options;
    this.url = new URL(options.url);
    this.pauses = new Pauses(options.clock);
    const connectMs = Math.min(options.timeoutMs, maxConnectMs);
    const authorities = options.ca === undefined ? {} : { ca: options.ca };
    this.agent = new Agent({ connect: { ...authorities, timeout: connectMs } });
  }

  /** Has a spec rendered. Never throws. */
  async render(spec: DeviceSpec, device: RenderedDevice): Promise<RenderOutcome> {
    const asked = await this.limit.run(() => this.askUnlessPaused(spec, device));
    if (asked.ok) return judgeAnswer(asked.answer, spec, device);
    return { ok: false, problems: [{ message: asked.reason }], mayPass: asked.mayPass };
  }

  async close(): Promise<void> {
    await this.agent.destroy();
  }

  private async askUnlessPaused(spec: DeviceSpec, device: RenderedDevice): Promise<Asked> {
    const place = `the renderer ${shownUrl(this.url)}`;
    const paused = this.pauses.reason(place);
    if (paused !== undefined) return { ok: false, reason: paused, mayPass: true };
    const triedAt = this.options.clock.now().getTime();
    const asked = await this.ask(spec, device);
    if (asked.ok || !asked.mayPass) {
      this.pauses.succeeded(place);
      return asked.ok ? asked : { ...asked, reason: `${place} ${asked.reason}` };
    }
    const reason = `${place} ${asked.reason}`;
    this.pauses.failed(place, reason, triedAt);
    this.options.log.warn({ device: device.name, reason }, 'a spec cannot be rendered now');
    return { ...asked, reason };
  }

  private async ask(spec: DeviceSpec, { name, labels, osMode }: RenderedDevice): Promise<Asked> {
    const { timeoutMs, token } = this.options;
    const signal = AbortSignal.timeout(timeoutMs);
    const bearer = token();
    const body: JsonObject = {
      device: { name, labels: { ...labels }, osMode: osMode ?? null },
      spec: spec as JsonObject,
    };
    try {
      const answer = await request(this.url, {
        dispatcher: this.agent,
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          accept: 'application/json',
          'user-agent': 'muster',
          ...(bearer === undefined ? {} : { authorization: `Bearer ${bearer}` }),
        },
        body: JSON.stringify(body),
        signal,
      });
      if (answer.statusCode !== 200) {
        discard(answer.body);
        return { ok: false, reason: `answers ${answer.statusCode}`, mayPass: isBusy(answer.statusCode) };
      }
      const content = await readBounded(answer.body, maxAnswerBytes);
      if (content === undefined) {
        return { ok: false, reason: `answers with more than ${maxAnswerBytes} bytes`, mayPass: false };
      }
      return parse(content);
    } catch (error) {
      const why = signal.aborted
        ? `does not answer within ${timeoutMs / 1_000} seconds`
        : `cannot be reached: ${rootCause(error)}`;
      return { ok: false, reason: why, mayPass: true };
    }
  }
}

function parse(content: Buffer): Asked {
  try {
    return { ok: true, answer: JSON.parse(content.toString('utf8')) as unknown };
  } catch {
    return { ok: false, reason: 'answers what is no JSON', mayPass: false };
  }
}
