import type { Bus, BusListener } from './bus.ts';

/** The bus of a single process. */
export function createLocalBus(): Bus {
  const listeners = new Set<BusListener>();
  return {
    publish(message) {
      setImmediate(() => {
        for (const listener of listeners) listener(message);
      });
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close: async () => listeners.clear(),
  };
}
