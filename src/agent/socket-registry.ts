import type { Bus } from '../bus/bus.ts';
import type { Observer } from '../usecases/observer.ts';
import { TakeoverWatch, type TakeoverDeps } from './takeover-watch.ts';

/** Reasons to close a connection: codes of RFC 6455, and one of ours. */
export const closeCodes = {
  goingAway: 1001,
  notAllowed: 1008,
  tooBig: 1009,
  tryAgainLater: 1013,
  replaced: 4001,
} as const;

/** Time between two pings of a connection, where nobody says otherwise. */
const defaultPingEveryMs = 30_000;

/** A connection as the registry knows it. */
export type ManagedSocket = {
  readonly device: string;
  /** Tells this connection from another one of the same device. */
  readonly id: string;
  /** Keeps the connection alive, or ends it: when pings had no answer, or the device's credential ran out. */
  ping(): void;
  /** Says goodbye; a device that does not answer in time is cut off. @returns whether it answered */
  close(code: number, reason: string): Promise<boolean>;
  /** Ends the connection because this process stops: answers what has come as far as half of the time allows, then says goodbye. */
  closeGracefully(timeoutMs: number): Promise<void>;
};

/** The WebSockets of this process: one a device, kept alive by pings. */
export class SocketRegistry {
  private readonly sockets = new Map<string, ManagedSocket>();
  private readonly pings: NodeJS.Timeout;
  private readonly unsubscribe: () => void;
  private readonly bus: Bus;
  private readonly observer: Observer;
  private readonly takeovers: TakeoverWatch;
  /** Connections that this process has heard of on the bus too. */
  private readonly announced = new WeakSet<ManagedSocket>();
  /** Connections that lost their place, and are counted once however many newer ones are heard of meanwhile. */
  private readonly replaced = new WeakSet<ManagedSocket>();
  private closing = false;

  constructor(deps: TakeoverDeps, { pingEveryMs = defaultPingEveryMs }: { pingEveryMs?: number } = {}) {
    const { bus } = deps;
    this.bus = bus;
    this.observer = deps.observer;
    this.takeovers = new TakeoverWatch(deps);
    this.pings = setInterval(() => this.pingAll(), pingEveryMs);
    this.unsubscribe = bus.subscribe((message) => {
      if (message.type === 'device-connected') this.onConnected(message);
    });
  }

  /**
   * Closes an older connection of the device. The bus decides which of two is newer, because every instance hears it in one
   * order: a connection that is announced after this one's own announcement is newer.
   */
  private onConnected({ device, connection }: { device: string; connection: string }): void {
    const socket = this.sockets.get(device);
    if (socket === undefined) return;
    if (socket.id === connection) this.announced.add(socket);
    else if (this.announced.has(socket)) void this.replace(socket);
  }

  get count(): number {
    return this.sockets.size;
  }

  /**
   * The newest connection of a device is the one that counts: an older one is closed, on this instance and any other. Where
   * living connections take over from each other again and again, a new one is told to come back later.
   */
  add(socket: ManagedSocket): void {
    if (this.closing) {
      void socket.close(closeCodes.goingAway, 'shutting down');
      return;
    }
    const secondsToWait = this.takeovers.secondsToWait(socket.device);
    if (secondsToWait > 0) {
      this.observer.shed('1013');
      void socket.close(closeCodes.tryAgainLater, String(secondsToWait));
      return;
    }
    const older = this.sockets.get(socket.device);
    this.sockets.set(socket.device, socket);
    if (older !== undefined) void this.replace(older);
    this.bus.publish({ type: 'device-connected', device: socket.device, connection: socket.id });
  }

  remove(socket: ManagedSocket): void {
    if (this.sockets.get(socket.device) === socket) this.sockets.delete(socket.device);
  }

  /** Ends every connection because this process stops; resolves when they are gone or `timeoutMs` has passed. */
  async closeAll(timeoutMs: number): Promise<void> {
    this.closing = true;
    clearInterval(this.pings);
    this.unsubscribe();
    this.takeovers.stop();
    await Promise.all([...this.sockets.values()].map((socket) => socket.closeGracefully(timeoutMs)));
  }

  /** A device that lost its network left its connection behind, and nobody answers on it: that is no contest. */
  private async replace(socket: ManagedSocket): Promise<void> {
    if (this.replaced.has(socket)) return;
    this.replaced.add(socket);
    const wasAlive = await socket.close(closeCodes.replaced, 'a newer connection of this device replaced this one');
    if (wasAlive && !this.closing) this.takeovers.contested(socket.device);
  }

  private pingAll(): void {
    for (const socket of this.sockets.values()) socket.ping();
  }
}
