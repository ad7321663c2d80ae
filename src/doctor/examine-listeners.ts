import { createServer } from 'node:net';
import { Agent, fetch } from 'undici';
import { z } from 'zod';
import type { Config } from '../config/config.ts';
import { findingsIn, type Finding } from './finding.ts';

const { ok, problem } = findingsIn('listeners');

type Address = { readonly host: string; readonly port: number };
const statusKind = z.object({ kind: z.literal('Status') });
const askWithinMs = 3_000;

/** Examines if the service could listen where it is told to, or already does. */
export async function examineListeners(config: Config): Promise<Finding[]> {
  const { apiListen, agentListen } = config;
  if (apiListen.port !== 0 && apiListen.port === agentListen.port && apiListen.host === agentListen.host) {
    return [
      problem(`MUSTER_API_LISTEN and MUSTER_AGENT_LISTEN are both ${shown(apiListen)}`, 'Give each a port of its own.'),
    ];
  }
  return [
    await examineAddress('MUSTER_API_LISTEN', apiListen, config.apiTlsCert !== undefined),
    await examineAddress('MUSTER_AGENT_LISTEN', agentListen, config.agentTlsCert !== undefined),
  ];
}

async function examineAddress(setting: string, address: Address, tls: boolean): Promise<Finding> {
  const where = `${setting}: ${shown(address)}`;
  if (address.port === 0) return ok(`${setting}: a free port of ${address.host} will be picked`);
  const refusal = await tryToListen(address);
  switch (refusal) {
    case undefined:
      return ok(`${where} is free`);
    case 'EADDRINUSE':
      return await whoIsThere(where, address, tls);
    case 'EACCES':
      return problem(
        `${where} may not be used by this user`,
        'Choose a port above 1023, or grant CAP_NET_BIND_SERVICE.',
      );
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return problem(
        `${where}: this machine has no such address`,
        'Name an address of this machine, or 0.0.0.0 for all.',
      );
    default:
      return problem(`${where} cannot be listened on: ${refusal}`, 'Choose another address.');
  }
}

/** @returns the code of what keeps this process from listening there */
async function tryToListen({ host, port }: Address): Promise<string | undefined> {
  const server = createServer();
  return await new Promise((resolve) => {
    server.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    server.listen({ host, port }, () => server.close(() => resolve(undefined)));
  });
}

async function whoIsThere(where: string, { host, port }: Address, tls: boolean): Promise<Finding> {
  const reachable = host === '0.0.0.0' || host === '::' ? 'localhost' : host;
  const url = `${tls ? 'https' : 'http'}://${reachable.includes(':') ? `[${reachable}]` : reachable}:${port}/`;
  // Who it is shows in how it answers, not in its certificate.
  const dispatcher = new Agent({ connect: { rejectUnauthorized: false } });
  try {
    const response = await fetch(url, { dispatcher, signal: AbortSignal.timeout(askWithinMs) });
    const isMuster = statusKind.safeParse(await response.json()).success;
    if (isMuster) return ok(`${where} is in use: a Muster is serving there already`);
  } catch {
    // What does not answer, or not in JSON, is somebody else.
  } finally {
    await dispatcher.destroy();
  }
  return problem(
    `${where} is in use by something that does not answer as Muster does`,
    `Find out what it is (ss -ltnp 'sport = :${port}'), stop it or choose another port: the service cannot start beside it.`,
  );
}

function shown({ host, port }: Address): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`;
}
