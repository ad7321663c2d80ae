import { readConfig } from '../../src/config/config.ts';
import { createLog } from '../../src/logging/log.ts';
import { startService } from '../../src/service/service.ts';
import type { Message } from './failpoints.ts';
import { watchedOverrides } from './watched-overrides.ts';

// What `muster serve` does, with failpoints and a clock that can be set from outside.

const config = readConfig();
const { overrides, failpoints, clock } = watchedOverrides(config, createLog(config.logLevel));
process.on('message', (message: Message) => {
  if ('arm' in message) failpoints.arm(message.arm);
  else clock.offsetMs = message.clockOffsetMs;
});
// Whoever started this is gone: so is the reason to run.
process.on('disconnect', () => process.exit(1));
try {
  const service = await startService(config, { overrides });
  process.once('SIGTERM', () => void service.stop().finally(() => process.exit(0)));
  process.stdout.write(`${JSON.stringify({ event: 'listening', api: service.api, agent: service.agent })}\n`);
} catch (error) {
  process.stderr.write(`${JSON.stringify({ event: 'not started', error: String(error) })}\n`);
  process.exit(3);
}
