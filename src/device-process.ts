import { readConfig } from './config.ts';
import { startService } from './main.ts';
import { deviceProcessOrderSchema, type DeviceProcessAnswer, type DeviceProcessOrder } from './process-orders.ts';

// The entry of a process that devices talk to, one of MUSTER_PROCESSES. It obeys the process that started it, and ends with it.

const starting = startService(readConfig(), { serves: 'devices' });

async function obey(order: DeviceProcessOrder): Promise<void> {
  const service = await starting;
  switch (order.kind) {
    case 'metrics':
      answer({ kind: 'metrics', id: order.id, metrics: [...(await service.metrics())] });
      return;
    case 'reload':
      await service.reload();
      return;
    case 'stop':
      await end();
      return;
    default:
      order satisfies never;
  }
}

function answer(message: DeviceProcessAnswer): void {
  process.send?.(message);
}

let ending: Promise<void> | undefined;

async function end(): Promise<void> {
  ending ??= starting.then((service) => service.stop());
  await ending.catch(() => undefined);
  process.exit(0);
}

starting.then(
  ({ agent }) => answer({ kind: 'started', agent }),
  (error: unknown) => {
    answer({ kind: 'failed', message: error instanceof Error ? error.message : String(error) });
    // The message has to leave before the process does.
    setImmediate(() => process.exit(1));
  },
);
process.on('message', (message) => {
  // Whether it could start, the other process has heard.
  obey(deviceProcessOrderSchema.parse(message)).catch(() => undefined);
});
process.once('disconnect', () => void end());
// A service manager tells every process of the service to end; a Ctrl-C at the terminal is for the first one to heed.
process.once('SIGTERM', () => void end());
process.on('SIGINT', () => undefined);
process.on('SIGHUP', () => undefined);
