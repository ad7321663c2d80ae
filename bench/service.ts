import { z } from 'zod';
import { Child } from './child.ts';

const startedSchema = z.object({ api: z.string(), agent: z.string(), empty: z.string(), readyMs: z.number() });
const memorySchema = z.object({ rssBytes: z.number(), maxRssBytes: z.number() });

/** The service in a process of its own. */
export type Service = {
  readonly api: string;
  readonly agent: string;
  /** A listener of the same process, under TLS where the device side is, with an empty route and nothing else. */
  readonly empty: string;
  /** From the start of its program until it served, in milliseconds. */
  readonly readyMs: number;
  memory(): Promise<z.infer<typeof memorySchema>>;
  /** Declares a restore, and resolves once it is. */
  declare(): Promise<string>;
  stop(): Promise<void>;
};

export async function startService(databaseUrl: string, env: Readonly<Record<string, string>> = {}): Promise<Service> {
  const child = new Child('service-process.ts', {
    DATABASE_URL: databaseUrl,
    REDIS_URL: '',
    MUSTER_API_LISTEN: '127.0.0.1:0',
    MUSTER_AGENT_LISTEN: '127.0.0.1:0',
    MUSTER_LOG_LEVEL: 'error',
    MUSTER_WORKER: 'false',
    ...env,
  });
  const started = await child.next(startedSchema);
  return {
    ...started,
    memory: () => child.ask('memory', memorySchema),
    declare: async () => (await child.ask('declare', z.object({ restore: z.string() }))).restore,
    async stop() {
      await child.ask('stop', z.object({}));
      await child.ended();
    },
  };
}
