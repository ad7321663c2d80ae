// Exits with 0 if the service in this container is alive. It asks the admin listener, at the address in the service's settings.
import { request as requestPlain } from 'node:http';
import { request as requestTls } from 'node:https';

// The settings of the service, with the defaults of src/config/config.ts.
// oxlint-disable-next-line node/no-process-env
const { MUSTER_API_LISTEN: listen = '127.0.0.1:3443', MUSTER_API_TLS_CERT: certificate = '' } = process.env;
const [, host, port] = /^\[?(.*?)\]?:(\d+)$/.exec(listen) ?? [];
const everywhere = { '0.0.0.0': '127.0.0.1', '::': '::1' };

const request = certificate === '' ? requestPlain : requestTls;
request({
  host: everywhere[host] ?? host,
  port,
  path: '/healthz',
  timeout: 3_000,
  // It calls an address, which the certificate may not name, and sends nothing secret.
  rejectUnauthorized: false,
})
  .on('response', ({ statusCode }) => process.exit(statusCode === 200 ? 0 : 1))
  .on('timeout', () => process.exit(1))
  .on('error', () => process.exit(1))
  .end();
