import { WebSocket } from 'ws';
import { z } from 'zod';
import {
  errorFrameSchema,
  reportRequestFrameSchema,
  verdictFrameSchema,
  type ReportFrame,
  type VerdictFrame,
} from '../domain/resources/websocket-frames.ts';
import { TurnedAway, type SessionEnd, type Talking } from './connection-loop.ts';
import type { Reply } from './device-observer.ts';
import type { AgentTimes } from './device/agent-times.ts';
import { identityHeaders, tlsOptions } from './device-credential.ts';
import type { DeviceReport, OwedStatus, SimulatedDevice } from './simulated-device.ts';
import { around, retryAfterMs } from './waiting-times.ts';

const subprotocol = 'muster.v1';
/** Reports that may be without an answer before the oldest counts as lost. */
const maxUnanswered = 32;
/** Longest wait for an answer to a report; after it the connection is taken for dead. */
const silenceMs = 30_000;

/** A frame with a spec. The code that applies the document reads it, and only as far as it needs. */
const frameSchema = z.discriminatedUnion('type', [
  verdictFrameSchema,
  reportRequestFrameSchema,
  errorFrameSchema,
  z.object({ type: z.literal('rendered'), device: z.unknown() }),
]);

type Unanswered = {
  readonly report: DeviceReport;
  readonly sentAtMs: number;
  /** The status that was sent with the report. */
  readonly status: OwedStatus | undefined;
};

/** A device that holds a WebSocket. */
export class WebSocketDevice {
  private readonly device: SimulatedDevice;
  private readonly talking: Talking;
  private readonly times: AgentTimes;
  private lastId = 0;
  private connections = 0;

  constructor(device: SimulatedDevice, talking: Talking, times: AgentTimes) {
    this.device = device;
    this.talking = talking;
    this.times = times;
  }

  /** Holds one connection until either side ends it. */
  async session(signal: AbortSignal): Promise<SessionEnd> {
    const url = new URL(`/api/v1/devices/${encodeURIComponent(this.device.name)}/connect`, this.talking.agentServer);
    url.protocol = url.protocol.replace('http', 'ws');
    const socket = new WebSocket(url, subprotocol, {
      perMessageDeflate: false,
      handshakeTimeout: 10_000,
      headers: identityHeaders(this.talking.access),
      ...tlsOptions(this.talking.access),
    });
    const terminate = () => socket.terminate();
    signal.addEventListener('abort', terminate, { once: true });
    const connection = new Connection(this.device, this.talking, {
      socket,
      number: (this.connections += 1),
      nextId: () => (this.lastId += 1),
    });
    const sendStatus = async () => connection.report({ withStatus: true });
    const disconnect = this.device.connect(sendStatus);
    const heartbeat = setInterval(() => connection.report({ withStatus: true }), around(this.times.reportEveryMs));
    this.talking.counters.connects += 1;
    try {
      const end = await connection.ended;
      return this.device.machine.isDecommissioned ? 'decommissioned' : end;
    } finally {
      disconnect();
      clearInterval(heartbeat);
      signal.removeEventListener('abort', terminate);
      socket.terminate();
      connection.abandon();
    }
  }
}

/** One connection: reports out, verdicts and specs in. */
class Connection {
  readonly ended: Promise<SessionEnd>;
  private readonly unanswered = new Map<number, Unanswered>();
  private silence: NodeJS.Timeout | undefined;
  private fail: (error: unknown) => void = () => undefined;
  private readonly device: SimulatedDevice;
  private readonly talking: Talking;
  private readonly socket: WebSocket;
  private readonly number: number;
  private readonly nextId: () => number;

  /**
   * @param number tells it from other connections of the device
   * @param nextId gives the number of the next report
   */
  constructor(
    device: SimulatedDevice,
    talking: Talking,
    { socket, number, nextId }: { socket: WebSocket; number: number; nextId: () => number },
  ) {
    this.device = device;
    this.talking = talking;
    this.socket = socket;
    this.number = number;
    this.nextId = nextId;
    this.ended = new Promise((resolve, reject) => {
      this.fail = reject;
      socket.on('open', () => this.report({ withStatus: true }));
      socket.on('message', (data: Buffer) => {
        try {
          this.receive(data.toString('utf8'));
        } catch (error) {
          reject(error);
        }
      });
      socket.on('unexpected-response', (_request, { statusCode, headers }) =>
        reject(refusal(statusCode, headers['retry-after'])),
      );
      socket.on('error', reject);
      socket.on('close', (code, reason) => {
        this.heardFrom();
        const end = endOf(code, reason.toString('utf8'));
        if (end instanceof TurnedAway) reject(end);
        else resolve(end);
      });
    });
  }

  report({ withStatus = false, withSpec = false }: { withStatus?: boolean; withSpec?: boolean } = {}): void {
    if (this.socket.readyState !== this.socket.OPEN) return;
    const { device } = this;
    const report = device.reports('socket', this.number);
    const { version, timeline, specHash } = report.sent.claim;
    // A report without a status claims that the received version is applied.
    const mustTell = withStatus || device.isStatusDue() || device.applied !== report.position;
    const status = mustTell ? device.status : undefined;
    const id = this.nextId();
    const frame: ReportFrame = {
      type: 'report',
      id,
      renderedVersion: String(version),
      timeline,
      specHash,
      ...(status === undefined ? {} : { status: status.status }),
      ...(withSpec ? { spec: device.spec } : {}),
    };
    this.unanswered.set(id, { report, sentAtMs: performance.now(), status });
    const [oldest] = this.unanswered.keys();
    if (this.unanswered.size > maxUnanswered && oldest !== undefined) {
      this.close(oldest, { code: 0, answer: undefined, text: 'dropped: many later questions wait for an answer' });
    }
    this.socket.send(JSON.stringify(frame));
    this.silence ??= setTimeout(() => this.fail(new TurnedAway({ errorKind: 'no answer' })), silenceMs);
    if (withSpec) device.toldSpec();
  }

  /** Nothing more comes on it. */
  abandon(): void {
    for (const id of this.unanswered.keys()) this.close(id, { code: 0, answer: undefined, text: 'connection closed' });
  }

  /** A report has its reply. @returns the report; undefined if none of that number waits for one */
  private close(id: number, reply: Reply): Unanswered | undefined {
    const question = this.unanswered.get(id);
    if (question === undefined) return undefined;
    this.unanswered.delete(id);
    this.device.onReply(question.report, reply);
    return question;
  }

  /** Any answer is a sign of life. */
  private heardFrom(): void {
    clearTimeout(this.silence);
    this.silence = undefined;
  }

  private receive(text: string): void {
    this.heardFrom();
    const frame = frameSchema.parse(JSON.parse(text));
    switch (frame.type) {
      case 'verdict':
        this.onVerdict(frame, text);
        return;
      case 'rendered':
        this.take(frame.device);
        return;
      case 'report-request':
        this.report();
        return;
      case 'error':
        if (frame.id !== undefined) this.close(frame.id, { code: frame.code, answer: undefined, text });
        this.talking.counters.error(frame.code === 404 ? 'device not known' : `frame refused with ${frame.code}`);
        return;
      default:
        frame satisfies never;
    }
  }

  private take(document: unknown): void {
    const taken = this.device.receive(document, this.number);
    switch (taken.kind) {
      case 'queued':
        this.device.catchUp().catch(this.fail);
        return;
      case 'dropped':
        // The service has to know that it came, or would send it again.
        this.report();
        return;
      case 'error':
        throw new TurnedAway({ errorKind: 'a frame that is no document' });
      case 'died':
        throw new TurnedAway({ errorKind: 'a document without a spec' });
      default:
        taken satisfies never;
    }
  }

  private onVerdict({ id, restore, gate, verdict, wants = [] }: VerdictFrame, text: string): void {
    if (id === undefined) return;
    const question = this.close(id, { code: 200, answer: { restore, gate, verdict }, text });
    if (question === undefined) return;
    this.talking.backoff.reset();
    this.talking.counters.latency.add(performance.now() - question.sentAtMs);
    if (question.status !== undefined) this.device.statusAccepted(question.status);
    if (this.device.machine.isDecommissioned) this.socket.close(1000);
    if (wants.includes('spec') && this.device.owesSpec()) this.report({ withSpec: true });
  }
}

function endOf(code: number, reason: string): SessionEnd | TurnedAway {
  switch (code) {
    case 1000:
    case 1001:
      return 'reconnect';
    case 1013:
      return new TurnedAway({ waitMs: retryAfterMs(reason, new Date()) });
    case 4001:
      return 'replaced';
    default:
      return new TurnedAway({ errorKind: `closed with ${code}` });
  }
}

/** The service would not make a WebSocket of the request. */
function refusal(statusCode: number | undefined, retryAfter: string | undefined): TurnedAway {
  if (statusCode === 429 || statusCode === 503) {
    return new TurnedAway({ waitMs: retryAfterMs(retryAfter ?? '', new Date()) });
  }
  return new TurnedAway({ errorKind: `HTTP ${statusCode ?? 'without a status'}` });
}
