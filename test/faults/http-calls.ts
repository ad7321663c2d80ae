import { Pool } from 'undici';
import { z } from 'zod';
import type { Claim } from './history.ts';
import { deliveredIn, type SimulatedDevice } from './simulated-device.ts';

const callTimeoutMs = 20_000;

/** The device side over HTTP: keep-alive connections, as many as there are devices. */
export class DeviceHttp {
  private readonly pool: Pool;

  constructor(port: number, connections: number) {
    const timeouts = { headersTimeout: callTimeoutMs, bodyTimeout: callTimeoutMs, connectTimeout: 3_000 };
    this.pool = new Pool(`http://127.0.0.1:${port}`, { connections, pipelining: 1, ...timeouts });
  }

  /** A report that waits for news. Applies what it brings if the report is honest. @returns the HTTP status, 0 for none */
  async poll(device: SimulatedDevice, claim: Claim, honest: boolean, signal: AbortSignal): Promise<number> {
    const query = new URLSearchParams();
    if (claim.version > 0) query.set('knownRenderedVersion', String(claim.version));
    if (claim.timeline !== null) query.set('timeline', claim.timeline);
    if (claim.hash !== null) query.set('specHash', claim.hash);
    const path = `/api/v1/devices/${device.name}/rendered?${query.toString()}`;
    return await this.call(device, { method: 'GET', path }, { claim, honest, transport: 'poll', signal });
  }

  /** A status that says what the device runs, the spec included. */
  async tellSpec(device: SimulatedDevice, signal: AbortSignal): Promise<number> {
    const claim = device.claimOf(device.position);
    const annotations = {
      ...(claim.timeline === null ? {} : { 'muster/timeline': claim.timeline }),
      ...(claim.hash === null ? {} : { 'device-controller/renderedSpecHash': claim.hash }),
    };
    const status = { config: { renderedVersion: String(claim.version) } };
    const metadata = { name: device.name, annotations };
    const body = JSON.stringify({
      apiVersion: 'flightctl.io/v1beta1',
      kind: 'Device',
      metadata,
      spec: device.spec,
      status,
    });
    const path = `/api/v1/devices/${device.name}/status`;
    return await this.call(device, { method: 'PUT', path, body }, { claim, honest: true, transport: 'status', signal });
  }

  private async call(
    device: SimulatedDevice,
    request: { method: 'GET' | 'PUT'; path: string; body?: string },
    report: { claim: Claim; honest: boolean; transport: 'poll' | 'status'; signal: AbortSignal },
  ): Promise<number> {
    const { claim, honest, transport, signal } = report;
    const id = device.reports(claim, transport, { honest });
    let code = 0;
    try {
      const headers = request.body === undefined ? {} : { 'content-type': 'application/json' };
      const response = await this.pool.request({ ...request, headers, signal });
      const text = await response.body.text();
      code = response.statusCode;
      const found = code === 200 && transport === 'poll' ? deliveredIn(JSON.parse(text)) : null;
      const header = (name: string) => z.string().nullable().catch(null).parse(response.headers[name]);
      const standing = {
        verdict: header('muster-verdict'),
        gate: header('muster-gate'),
        restore: header('muster-restore'),
      };
      const wait = code === 503 && response.headers['retry-after'] === undefined ? 'no Retry-After: ' : '';
      const message = code >= 400 ? { message: `${wait}${text.slice(0, 300)}` } : {};
      device.answered(id, { code, ...standing, delivered: found?.delivered ?? null, ...message }, honest);
      if (honest && found !== null && !signal.aborted) device.apply(found.delivered, found.spec);
    } catch (error) {
      if (code !== 0) throw error;
      device.answered(id, { code: 0, message: String(error).slice(0, 200) }, honest);
    }
    return code;
  }

  async close(): Promise<void> {
    await this.pool.destroy();
  }
}
