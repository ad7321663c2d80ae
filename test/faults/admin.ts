import { Pool } from 'undici';
import { z } from 'zod';
import { now, type History } from './history.ts';
import { writtenTemplate, type Orders } from './orders.ts';
import { writtenSpec } from './written-specs.ts';

const callTimeoutMs = 25_000;

type Reply = { readonly code: number; readonly body: unknown; readonly headers: Record<string, unknown> };

type Call = {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly body?: unknown;
};
type Choice = { readonly labelSelector?: string; readonly fieldSelector?: string };

const actionAnswer = z.object({
  resumedDevices: z.number().optional(),
  adoptedDevices: z.number().optional(),
  devices: z.array(z.string()),
});
const restoreAnswer = z.object({ metadata: z.object({ name: z.string() }) });

/** The actions of people, over the admin API. Every change is written into the history. */
export class Admin {
  private readonly pool: Pool;
  private readonly history: History;
  private readonly orders: Orders;

  constructor(port: number, history: History, orders: Orders) {
    const timeouts = { headersTimeout: callTimeoutMs, bodyTimeout: callTimeoutMs, connectTimeout: 3_000 };
    this.pool = new Pool(`http://127.0.0.1:${port}`, { connections: 64, pipelining: 1, ...timeouts });
    this.history = history;
    this.orders = orders;
  }

  /** Calls the API; code 0 if there was no answer. */
  async call({ method, path, body }: Call, headers: Record<string, string> = {}): Promise<Reply> {
    try {
      const contentType = method === 'PATCH' ? 'application/json-patch+json' : 'application/json';
      const sent = body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) };
      const response = await this.pool.request({
        method,
        path,
        headers: { ...(body === undefined ? {} : { 'content-type': contentType }), ...headers },
        ...sent,
      });
      const text = await response.body.text();
      const isJson = String(response.headers['content-type'] ?? '').includes('json');
      return { code: response.statusCode, body: isJson ? JSON.parse(text) : text, headers: response.headers };
    } catch (error) {
      return { code: 0, body: String(error), headers: {} };
    }
  }

  /** As call, again until it is answered with anything but a failure of the service. */
  async insist(call: Call, { tries = 60 }: { tries?: number } = {}): Promise<Reply> {
    for (let attempt = 1; ; attempt += 1) {
      const reply = await this.call(call);
      if ((reply.code !== 0 && reply.code < 500) || attempt >= tries) return reply;
      await new Promise((done) => setTimeout(done, 250));
    }
  }

  async createFleet(name: string, image: string): Promise<void> {
    this.orders.templateWritten(name, image);
    const reply = await this.insist({ method: 'POST', path: '/api/v1/fleets', body: fleetDocument(name, image) });
    if (reply.code !== 201 && reply.code !== 409) throw new Error(`fleet ${name}: ${JSON.stringify(reply)}`);
  }

  async editFleet(name: string, image: string): Promise<Reply> {
    this.orders.templateWritten(name, image);
    return await this.call({ method: 'PUT', path: `/api/v1/fleets/${name}`, body: fleetDocument(name, image) });
  }

  async createDevice(
    { name, labels }: { readonly name: string; readonly labels: Readonly<Record<string, string>> },
    image: string,
  ): Promise<Reply> {
    this.orders.registered({ name, labels }, image);
    // A fleet's device has no spec of its own to say.
    const spec = labels['fleet'] === undefined ? writtenSpec(image, name) : {};
    const body = { apiVersion: 'flightctl.io/v1beta1', kind: 'Device', metadata: { name, labels }, spec };
    return await this.insist({ method: 'POST', path: '/api/v1/devices', body });
  }

  /** A new spec for a device without a fleet. */
  async editDevice(name: string, image: string): Promise<Reply> {
    this.orders.specWritten(name, image);
    const operations = [{ op: 'replace', path: '/spec', value: writtenSpec(image, name) }];
    return await this.call({ method: 'PATCH', path: `/api/v1/devices/${name}`, body: operations });
  }

  /** Its devices have no owner from then on. */
  async deleteFleet(name: string): Promise<Reply> {
    return await this.call({ method: 'DELETE', path: `/api/v1/fleets/${name}` });
  }

  /** Lets a device change hands. @param fleet the label that its owner goes by; undefined to take the label away */
  async changeOwner(name: string, fleet: string | undefined): Promise<Reply> {
    if (fleet !== undefined) this.orders.joined(name, fleet);
    const path = '/metadata/labels/fleet';
    const operations = [fleet === undefined ? { op: 'remove', path } : { op: 'add', path, value: fleet }];
    return await this.call({ method: 'PATCH', path: `/api/v1/devices/${name}`, body: operations });
  }

  /** Resumes or adopts. The tag is the reason given, so that the events tell which request made them. */
  async decide(
    verb: 'resume' | 'adopt',
    choice: Choice,
  ): Promise<{ code: number; names: readonly string[]; tag: string }> {
    const id = this.history.id();
    const tag = `${verb}-${id}`;
    this.history.add({ kind: 'request', at: now(), id, verb, tag, ...choice });
    const path = `/api/v1/deviceactions/${verb}`;
    const { code, body } = await this.call({ method: 'POST', path, body: { ...choice, reason: tag } });
    const answer = actionAnswer.safeParse(body);
    const names = answer.success ? answer.data.devices : [];
    const count = answer.success ? (answer.data.resumedDevices ?? answer.data.adoptedDevices ?? -1) : -1;
    const said = code === 200 ? { names, count } : { message: JSON.stringify(body).slice(0, 300) };
    this.history.add({ kind: 'response', at: now(), id, code, ...said });
    return { code, names, tag };
  }

  /** Declares a restore. @returns its id, if that was answered */
  async declare(idempotencyKey: string): Promise<{ code: number; restore: string | undefined }> {
    const id = this.history.id();
    this.history.add({ kind: 'request', at: now(), id, verb: 'declare', tag: idempotencyKey, idempotencyKey });
    const { code, body } = await this.call(
      { method: 'POST', path: '/api/v1/restores', body: { reason: idempotencyKey } },
      { 'idempotency-key': idempotencyKey },
    );
    const answer = restoreAnswer.safeParse(body);
    const restore = answer.success ? answer.data.metadata.name : undefined;
    const said =
      restore === undefined ? { message: JSON.stringify(body).slice(0, 300) } : { restore, created: code === 201 };
    this.history.add({ kind: 'response', at: now(), id, code, ...said });
    return { code, restore };
  }

  /** Tells if the service has all that it stands on: one that is ready without Redis has not. */
  async isReady(): Promise<boolean> {
    return (await this.call({ method: 'GET', path: '/readyz?needs=queue' })).code === 200;
  }

  async close(): Promise<void> {
    await this.pool.destroy();
  }
}

function fleetDocument(name: string, image: string) {
  const spec = { selector: { matchLabels: { fleet: name } }, template: { spec: writtenTemplate(image) } };
  return { apiVersion: 'flightctl.io/v1beta1', kind: 'Fleet', metadata: { name }, spec };
}
