import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import { startAgentServer, type AgentServer } from './agent-server.ts';
import { emptyDatabase } from './empty-database.ts';
import { until } from './held-transactions.ts';
import { SocketDevice } from './socket-device.ts';

/** Setup for a file of WebSocket tests: an agent server, and a way to connect to it. */
type AgentSockets = {
  readonly server: AgentServer;
  /** Connects as a device; the connection is closed after the test. */
  connect(name: string, options?: Parameters<typeof SocketDevice.connect>[2]): Promise<SocketDevice>;
};

/** Starts an agent server for the tests of a file, empties its database before each and ends their connections after it. */
export function agentSockets(): AgentSockets {
  let server: AgentServer | undefined;
  const open: SocketDevice[] = [];
  const started = (): AgentServer => {
    if (server === undefined) throw new Error('the agent server is started before the first test, not sooner');
    return server;
  };

  beforeAll(async () => {
    server = await startAgentServer();
  });
  afterAll(async () => {
    await server?.close();
  });
  beforeEach(async () => {
    await emptyDatabase(started());
  });
  afterEach(async () => {
    await Promise.all(open.splice(0).map((device) => device.close()));
    await until(() => started().gateway.sockets.count === 0);
    // By then no connection is remembered that took the place of another one of its device.
    started().clock.advance(2 * 60 * 60 * 1_000);
  });

  return {
    get server() {
      return started();
    },
    async connect(name, options = {}) {
      const device = await SocketDevice.connect(started().url, name, options);
      open.push(device);
      return device;
    },
  };
}
