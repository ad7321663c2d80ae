import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { readConfig } from '../../../src/config/config.ts';
import { startService, type RunningService } from '../../../src/service/service.ts';
import { RawConnection, readAnswer } from '../../support/raw-connection.ts';
import { fuzzTarget, require, type FuzzTarget } from '../fuzz-target.ts';
import { jsonText, mutated } from '../mutations.ts';

const lists = [
  'devices',
  'fleets',
  'enrollmentrequests',
  'certificatesigningrequests',
  'events',
  'labels',
  'restores',
  'restores/current/unknown-devices',
];
const adminPaths = [
  ...lists.map((list) => `/api/v1/${list}`),
  '/api/v1/devices/d',
  '/api/v1/devices/d/conflict',
  '/api/v1/restores/current/report',
  '/',
];
const agentPaths = ['/api/v1/devices/d/rendered', '/api/v1/enrollmentrequests/e', '/api/v1/devices/d/connect'];

const queryKey = fc.constantFrom(
  'limit',
  'continue',
  'labelSelector',
  'fieldSelector',
  'kind',
  'order',
  'summaryOnly',
  'knownRenderedVersion',
  'timeline',
  'specHash',
  'org_id',
  '__proto__',
  'x[y]',
);
const queryValue = mutated(
  fc.constantFrom('1', 'true', 'a=b', 'metadata.name=x', 'Device', 'asc', '7', 'eyJxIjoiIn0', ''),
);
const queries = fc.array(fc.tuple(queryKey, queryValue), { maxLength: 5 });

const writing = fc.constantFrom(
  { side: 'api', method: 'POST', path: '/api/v1/devices' },
  { side: 'api', method: 'PUT', path: '/api/v1/fleets/f' },
  { side: 'api', method: 'PATCH', path: '/api/v1/devices/d' },
  { side: 'api', method: 'POST', path: '/api/v1/deviceactions/resume' },
  { side: 'api', method: 'POST', path: '/api/v1/deviceactions/adopt' },
  { side: 'agent', method: 'PUT', path: '/api/v1/devices/d/status' },
  { side: 'agent', method: 'PATCH', path: '/api/v1/devices/d/status' },
  { side: 'api', method: 'POST', path: '/api/v1/certificatesigningrequests' },
  { side: 'api', method: 'PUT', path: '/api/v1/certificatesigningrequests/c/approval' },
  { side: 'agent', method: 'POST', path: '/api/v1/enrollmentrequests' },
  { side: 'agent', method: 'POST', path: '/api/v1/certificatesigningrequests' },
);
const bodyKeys = [
  'apiVersion',
  'kind',
  'metadata',
  'name',
  'labels',
  'spec',
  'status',
  'os',
  'image',
  'selector',
  'template',
  'labelSelector',
  'fieldSelector',
  'csr',
  'op',
  'path',
  'value',
];
const bodies = mutated(
  jsonText(bodyKeys, fc.constantFrom('flightctl.io/v1beta1', 'Device', 'Fleet', 'd', 'a=b', '/a', 'add')),
);
const contentTypes = fc.constantFrom(
  'application/json',
  'application/json-patch+json',
  'application/json; charset=utf-16',
  'text/plain',
  '',
);

/** Bytes as a query carries them; some as they are, where that ends neither the line nor the path. */
function spelled(text: string, asIs: boolean): string {
  return [...Buffer.from(text)]
    .map((byte) =>
      asIs && byte > 0x20 && byte < 0x7f && byte !== 0x23
        ? String.fromCharCode(byte)
        : `%${byte.toString(16).padStart(2, '0')}`,
    )
    .join('');
}

/**
 * Both listeners of a service that these targets start when they are first fed, and stop when the last of them ends.
 *
 * @param databaseUrl a database that may be written to; a private one if it is not given
 */
export function listenerTargets(databaseUrl?: string): FuzzTarget[] {
  let service: Promise<{ running: RunningService; scratch: string }> | undefined;
  const start = async () => {
    const scratch = await mkdtemp(join(tmpdir(), 'muster-fuzz-'));
    // PostgreSQL does not run as root: another user must be able to enter.
    await chmod(scratch, 0o755);
    const running = await startService(
      readConfig({
        DATABASE_URL: databaseUrl,
        MUSTER_DATA_DIR: join(scratch, 'data'),
        MUSTER_API_LISTEN: '127.0.0.1:0',
        MUSTER_AGENT_LISTEN: '127.0.0.1:0',
        MUSTER_POLL_TIMEOUT: '10ms',
        MUSTER_LOG_LEVEL: 'silent',
        MUSTER_ADMIN_RATE: '0',
        MUSTER_DEVICE_RATE: '0',
      }),
    );
    return { running, scratch };
  };
  const ask = async (side: 'api' | 'agent', request: string) => {
    service ??= start();
    const { running } = await service;
    const connection = new RawConnection(running[side]).send(request);
    const { code, body } = readAnswer(await connection.answer);
    require(code >= 200 &&
      code < 500, `the answer was no failure of the service, but it was ${code}: ${JSON.stringify(body)}`);
    const isStatus = typeof body === 'object' && body !== null && 'kind' in body && body.kind === 'Status';
    require(code < 400 || isStatus, `a refusal is a Status, but ${code} was not`);
  };
  const end = async () => {
    const started = await service;
    service = undefined;
    await started?.running.stop();
    if (started !== undefined) await rm(started.scratch, { recursive: true, force: true });
  };
  return [
    fuzzTarget('query strings', {
      runs: 100,
      input: fc.tuple(fc.constantFrom('api', 'agent'), fc.nat(), queries, fc.boolean()),
      async check([side, index, query, asIs]) {
        const paths = side === 'api' ? adminPaths : agentPaths;
        const pairs = query.map(([key, value]) => `${spelled(key, asIs)}=${spelled(value, asIs)}`);
        const path = `${paths[index % paths.length] ?? '/'}?${pairs.join('&')}`;
        await ask(
          side,
          `GET ${path} HTTP/1.1\r\nHost: localhost\r\nAccept: application/json\r\nConnection: close\r\n\r\n`,
        );
      },
      end,
    }),
    fuzzTarget('bodies', {
      runs: 100,
      input: fc.tuple(writing, bodies, contentTypes),
      async check([{ side, method, path }, body, contentType]) {
        const head = [
          `${method} ${path} HTTP/1.1`,
          'Host: localhost',
          `Content-Type: ${contentType}`,
          `Content-Length: ${Buffer.byteLength(body)}`,
          'Connection: close',
        ];
        await ask(side === 'api' ? 'api' : 'agent', `${head.join('\r\n')}\r\n\r\n${body}`);
      },
      end,
    }),
  ];
}
