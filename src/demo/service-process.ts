import { readConfig } from '../config/config.ts';
import { startService, type RunningService } from '../service/service.ts';
import { orderSchema, type Order, type OrderAnswer } from './service-orders.ts';

// The entry of a process that runs the service of the demo, as `muster serve` would, so that the simulated devices do not
// take CPU time from it. It obeys one order after another, and ends with the process that gives them.

let running: RunningService | undefined;

async function obey(order: Order): Promise<OrderAnswer> {
  switch (order.kind) {
    case 'start':
      running = await startService(readConfig(order.environment));
      return { kind: 'started', api: running.api, agent: running.agent };
    case 'stop':
      await running?.stop();
      running = undefined;
      return { kind: 'stopped' };
    default:
      return order satisfies never;
  }
}

process.on('message', (message) => {
  obey(orderSchema.parse(message))
    .catch((error: unknown): OrderAnswer => ({ kind: 'failed', message: String(error) }))
    .then((answer) => process.send?.(answer))
    .catch(() => process.exit(1));
});
process.once('disconnect', () => process.exit(0));
// A Ctrl-C at the terminal reaches this process too; the parent process handles it.
process.on('SIGINT', () => undefined);
