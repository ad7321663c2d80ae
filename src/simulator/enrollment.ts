import { readEnrollmentAnswer } from './device/enrollment-answer.ts';
import { GrowingWait } from './device/growing-wait.ts';
import { TurnedAway } from './connection-loop.ts';
import type { SimulatedDevice } from './simulated-device.ts';

/** Everything that enrolling needs from outside. */
type EnrollmentLine = {
  readonly request: (
    method: 'GET' | 'POST',
    path: string,
    body?: unknown,
  ) => Promise<{ readonly statusCode: number; readonly text: string }>;
  readonly pause: (ms: number) => Promise<void>;
  /** 1 for the waits of a real agent, less for shorter ones. */
  readonly scale: number;
};

/** Times that a process looks whether it was let in. */
const looks = 6;
const collection = '/api/v1/enrollmentrequests';

/**
 * Requests a certificate and waits for it, as an agent without one does. The key, and so the name, stays the same however
 * often the device enrolls.
 *
 * @throws TurnedAway where an agent's process ends; the next one tries again
 */
export async function enroll(device: SimulatedDevice, { request, pause, scale }: EnrollmentLine): Promise<void> {
  const { machine, name } = device;
  // Loaded only here: few devices enroll, and the library for certificate requests is large.
  const { makeIdentity } = await import('./device/device-identity.ts');
  machine.identity ??= await makeIdentity(name);
  const spec = {
    csr: machine.identity.request,
    deviceStatus: device.status.status,
    labels: {},
    knownRenderedVersion: String(device.position.version),
    osMode: machine.osMode,
  };
  const document = { apiVersion: 'flightctl.io/v1beta1', kind: 'EnrollmentRequest', metadata: { name }, spec };
  const posted = await request('POST', collection, document);
  if (posted.statusCode !== 201 && posted.statusCode !== 409) throw ended(`HTTP ${posted.statusCode}`);
  const wait = new GrowingWait({ firstMs: 10_000 * scale, capMs: 60_000 * scale, factor: 1.5, spread: 0 }, () => 0);
  for (let look = 1; look <= looks; look += 1) {
    const { statusCode, text } = await request('GET', `${collection}/${encodeURIComponent(name)}`);
    const answer = readEnrollmentAnswer(statusCode, text);
    switch (answer.kind) {
      case 'enrolled':
        machine.certificate = answer.certificate;
        return;
      case 'end':
        throw ended(answer.why);
      case 'wait':
        if (look < looks) await pause(wait.next());
        break;
      default:
        answer satisfies never;
    }
  }
  throw ended('no certificate was issued in time');
}

function ended(why: string): TurnedAway {
  return new TurnedAway({ errorKind: `enrollment: ${why}` });
}
