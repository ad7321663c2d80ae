import { readConfig } from '../config/config.ts';
import { createServiceLog } from '../logging/log.ts';
import { startService } from './service.ts';
import {
  deviceProcessOrderSchema,
  type DeviceProcessAnswer,
  type DeviceProcessOrder,
} from './device-process-messages.ts';

// The entry of a process that devices talk to, one of MUSTER_PROCESSES. It obeys the process that started it; if that one is
// gone, Node.js ends this one at once.

const config = readConfig();
const starting = startService(config, { serves: 'devices' });

async function obey(order: DeviceProcessOrder): Promise<void> {
  const service = await starting;
  switch (order.kind) {
    case 'metrics':
      answer({ kind: 'metrics', metrics: [...(await service.metrics())] });
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
  obey(deviceProcessOrderSchema.parse(message)).catch((error: unknown) =>
    createServiceLog(config).warn({ error: String(error) }, 'what the first process asked could not be done'),
  );
});
// A service manager tells every process of the service to end; a Ctrl-C at the terminal is handled by the first one.
process.once('SIGTERM', () => void end());
process.on('SIGINT', () => undefined);
process.on('SIGHUP', () => undefined);
