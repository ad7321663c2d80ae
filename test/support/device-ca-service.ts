import { sql } from 'drizzle-orm';
import { flightctlExtensions } from '../../src/auth/device-certificate-authority.ts';
import type { PemIdentity } from '../../src/cli/pki/trial-authority.ts';
import type { Environment } from '../../src/config/config.ts';
import { systemClock } from '../../src/time/clock.ts';
import type { Context } from '../../src/context.ts';
import { signers } from '../../src/domain/certificates/signers.ts';
import { enrollmentRequestSchema } from '../../src/domain/resources/enrollment-request.ts';
import { DeviceKey } from './device-key.ts';
import { documentOf } from './documents.ts';
import { enrollmentRequest } from './enrollment.ts';
import type { FleetFixture } from './fleet-fixture.ts';
import { startListeners, type Listeners } from './listeners.ts';
import { callTls, type Call, type TlsAnswer } from './tls-client.ts';
import { TrialPki, validNow } from './trial-pki.ts';

/** A service with a device CA, whose listener for devices speaks mutual TLS, and devices as the agent of Flight Control is one. */
export class DeviceCaService {
  readonly pki: TrialPki;
  readonly listeners: Listeners;
  /** A certificate with which devices that have no name yet may ask to join. */
  readonly enrolling: PemIdentity;

  private constructor(pki: TrialPki, listeners: Listeners, enrolling: PemIdentity) {
    this.pki = pki;
    this.listeners = listeners;
    this.enrolling = enrolling;
  }

  static async start(env: Environment = {}): Promise<DeviceCaService> {
    const pki = await TrialPki.make();
    const settings = { ...pki.agentTls, ...pki.deviceCa, MUSTER_POLL_TIMEOUT: '10ms', ...env };
    const listeners = await startListeners(settings, { clock: systemClock });
    return new DeviceCaService(pki, listeners, await signedBy(pki, signers.enrollment, 'client-enrollment-7'));
  }

  get context(): Context {
    return this.listeners.context;
  }

  get fleet(): FleetFixture {
    return this.listeners.fleet;
  }

  /** A certificate that says which of Flight Control's signers made it. */
  async signedBy(signer: string, commonName: string, device?: string): Promise<PemIdentity> {
    return await signedBy(this.pki, signer, commonName, device);
  }

  /** A call at the listener for devices. Paths are below `/api/v1`. */
  async ask(
    identity: PemIdentity | undefined,
    method: Call['method'],
    path: string,
    body?: unknown,
  ): Promise<TlsAnswer> {
    const server = this.listeners.agent.replace('http:', 'https:');
    return await callTls(server, this.pki.ca, { identity }, { method, path, body });
  }

  /** A call at the admin listener. */
  async admin(method: Call['method'], path: string, body?: unknown): Promise<TlsAnswer> {
    return await callTls(this.listeners.api, this.pki.ca, {}, { method, path, body });
  }

  async enroll(device: DeviceKey, said: object = {}): Promise<TlsAnswer> {
    const body = enrollmentRequest(device.name, { csr: await device.request(), ...said });
    return await this.ask(this.enrolling, 'POST', '/enrollmentrequests', body);
  }

  async approve(name: string, said: object = {}): Promise<TlsAnswer> {
    return await this.admin('PUT', `/enrollmentrequests/${name}/approval`, { approved: true, ...said });
  }

  /** A device that was let in. */
  async enrolled(): Promise<DeviceKey> {
    const device = await DeviceKey.make();
    await this.enroll(device);
    await this.approve(device.name);
    return device;
  }

  /** Looks at the enrollment request of a device, as its agent does. */
  async look(name: string): Promise<TlsAnswer> {
    return await this.ask(this.enrolling, 'GET', `/enrollmentrequests/${name}`);
  }

  /** The certificate that a device finds in its enrollment request, empty if there is none, with its key. */
  async certificateOf(device: DeviceKey): Promise<PemIdentity> {
    const { status } = documentOf(await this.look(device.name), 200, enrollmentRequestSchema);
    return { certificate: status?.certificate ?? '', key: device.key };
  }

  async poll(identity: PemIdentity, name: string, version = 0): Promise<TlsAnswer> {
    return await this.ask(identity, 'GET', `/devices/${name}/rendered?knownRenderedVersion=${version}`);
  }

  /** End of a device's newest certificate, as its row says. */
  async expiryOf(name: string): Promise<Date | null> {
    const [row] = await this.context.database.pool.execute<{ at: string | null }>(
      sql`SELECT certificate_expires_at AS at FROM devices WHERE name = ${name}`,
    );
    return row?.at ? new Date(row.at) : null;
  }

  async close(): Promise<void> {
    await this.listeners.close();
    await this.pki.remove();
  }
}

async function signedBy(pki: TrialPki, signer: string, commonName: string, device?: string): Promise<PemIdentity> {
  const extensions = flightctlExtensions(signer, device);
  return await pki.authority.issue({
    subject: [{ CN: [commonName] }],
    usage: 'client',
    validity: validNow,
    extensions,
  });
}
