import { createServer } from 'node:http';
import { SimulatedFleet, type FleetOptions, type Member } from '../../src/simulator/simulated-fleet.ts';
import { fresh } from '../../src/simulator/starting-point.ts';

export type Request = {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly body: string;
};
export type Reply =
  | { readonly code: number; readonly body?: string; readonly headers?: Record<string, string> }
  | 'hold';

/** A service that answers devices as a test says, and keeps what they asked. */
export type ScriptedService = {
  readonly requests: Request[];
  readonly fleet: SimulatedFleet;
  close(): Promise<void>;
};

/** Starts the service and one device that talks to it over HTTP. */
export async function scriptedService(
  reply: (request: Request, earlier: readonly Request[]) => Reply,
  member: Partial<Member> = {},
  options: Partial<FleetOptions> = {},
): Promise<ScriptedService> {
  const requests: Request[] = [];
  const server = createServer((incoming, response) => {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', () => {
      const { pathname, searchParams } = new URL(incoming.url ?? '/', 'http://localhost');
      const body = Buffer.concat(chunks).toString('utf8');
      const request = { method: incoming.method ?? '', path: pathname, query: searchParams, body };
      const earlier = [...requests];
      requests.push(request);
      const answer = reply(request, earlier);
      if (answer !== 'hold') response.writeHead(answer.code, answer.headers).end(answer.body);
    });
  });
  await new Promise<void>((done) => {
    server.listen(0, '127.0.0.1', done);
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  const fleet = new SimulatedFleet({
    agentServer: `http://127.0.0.1:${address.port}`,
    members: [{ name: 'd', transport: 'http', start: fresh, ...member }],
    reconnect: { firstMs: 5, capMs: 20 },
    ...options,
  });
  fleet.start();
  return {
    requests,
    fleet,
    async close() {
      await fleet.stop();
      await new Promise((done) => {
        server.close(done);
        server.closeAllConnections();
      });
    },
  };
}
