/** Messages between instances. They are hints: each may be lost, and none decides anything. */
export type BusMessage =
  | { readonly type: 'device-news'; readonly devices: readonly string[] }
  | { readonly type: 'restore-declared'; readonly restore: string }
  /** A device opened a WebSocket: an older one of it, on whichever instance, is to be closed. */
  | { readonly type: 'device-connected'; readonly device: string; readonly connection: string }
  /** A living connection of a device lost its place to another one; `times` counts how often. */
  | { readonly type: 'device-contested'; readonly device: string; readonly times: number; readonly said: boolean };

export type BusListener = (message: BusMessage) => void;

export type Bus = {
  /** Tells every instance, this one included. Never throws and never waits. */
  publish(message: BusMessage): void;
  /** @returns what ends the subscription */
  subscribe(listener: BusListener): () => void;
  close(): Promise<void>;
};
