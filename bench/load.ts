import { z } from 'zod';
import { Child } from './child.ts';

const resultSchema = z.object({
  /** From the first request to the last answer. */
  seconds: z.number(),
  perSecond: z.number(),
  p50Ms: z.number(),
  p99Ms: z.number(),
  /** Number of answers by status, close code or outcome. */
  outcomes: z.record(z.string(), z.number()),
  /** Answers other than 503 a second for as long as new ones arrived, where they arrive at a rate. */
  servedPerSecond: z.number().optional(),
});
export type LoadResult = z.infer<typeof resultSchema>;

const identitySchema = z.object({ name: z.string(), certificate: z.string(), key: z.string() });
/** A device with its certificate and key, in PEM form. */
export type DeviceIdentity = z.infer<typeof identitySchema>;

export const loadSchema = z.discriminatedUnion('kind', [
  /** Requests each path once, over a number of connections that each send their next request when the last was answered. */
  z.object({
    kind: z.literal('requests'),
    /** Connections are shared out among them. */
    origins: z.array(z.string()),
    paths: z.array(z.string()),
    connections: z.number(),
  }),
  /** Each path as often as it takes: `perSecond` new ones begin, and one that is turned away comes back when it was told to. */
  z.object({
    kind: z.literal('arrivals'),
    origin: z.string(),
    paths: z.array(z.string()),
    connections: z.number(),
    perSecond: z.number(),
  }),
  /** Opens sockets and keeps them open. */
  z.object({
    kind: z.literal('open-sockets'),
    origin: z.string(),
    paths: z.array(z.string()),
    protocol: z.string().optional(),
  }),
  /** Every open socket sends the frame and waits for an answer. */
  z.object({ kind: z.literal('frames'), frame: z.string() }),
  /** Every open socket reports when it is asked to, and waits for the verdict; resolves when all were given one. */
  z.object({ kind: z.literal('await-verdicts'), frame: z.string() }),
  z.object({ kind: z.literal('await-specs') }),
  z.object({ kind: z.literal('close-sockets') }),
  /** Opens a connection under mutual TLS for each device, up to the end of the handshake. */
  z.object({
    kind: z.literal('open-devices'),
    origin: z.string(),
    ca: z.string(),
    devices: z.array(identitySchema),
  }),
  /** Every device sends the request over its connection, a number of times one after the other. */
  z.object({
    kind: z.literal('each-device'),
    /** With `:name` in the place of the device's name. */
    path: z.string(),
    times: z.number(),
    /** A PUT of a status instead of a GET. */
    sendsStatus: z.boolean(),
  }),
  z.object({ kind: z.literal('close-devices') }),
  z.object({ kind: z.literal('end') }),
]);
type Load = z.input<typeof loadSchema>;

/**
 * The one load generator, in a process of its own, for what is measured and for its baselines. It sends what devices send,
 * and is none: a device that keeps files takes more of a processor for its report than the service does, and on one machine
 * its own speed would be measured. No spec is applied in these storms; the demo, `muster simulate` and the tests of storms,
 * which do not count reports a second, use devices.
 */
export class LoadGenerator {
  private readonly child = new Child('load-process.ts');
  private readonly started = this.child.next(z.object({ ready: z.literal(true) }));

  async run(load: Load): Promise<LoadResult> {
    await this.started;
    return await this.child.ask(load, resultSchema);
  }

  async end(): Promise<void> {
    await this.run({ kind: 'end' }).catch(() => undefined);
    await this.child.ended();
  }
}
