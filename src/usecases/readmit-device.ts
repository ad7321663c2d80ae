import type { Executor } from '../db/client.ts';
import { saveDevice } from '../db/device-writes.ts';
import type { DeviceRecord } from '../domain/device-record.ts';
import { badRequest, type MusterError } from '../domain/errors.ts';
import type { EnrollmentRequestApproval } from '../domain/resources/enrollment-request.ts';
import type { CertifiedEnrollment } from './certify-enrollment.ts';

/**
 * Lets a locked device back in that is here already and has lost its certificate: it keeps its spec, labels, position and
 * gate, and its next report is judged as any. Only for a request whose key gives the device its name, for that proves that it
 * comes from the device itself.
 *
 * @throws MusterError 400 if that is not proved, the device is decommissioned, or the approval gives it labels
 */
export async function readmitDevice(
  tx: Executor,
  device: DeviceRecord,
  { labels = {} }: EnrollmentRequestApproval,
  { certified, now }: { certified: CertifiedEnrollment | undefined; now: Date },
): Promise<void> {
  const { name } = device;
  if (certified?.read.keyName !== name) throw isHereAlready(name);
  if (Object.keys(labels).length > 0) {
    throw badRequest(
      `there is a device ${name} already, which keeps its labels: approve the request without labels, and label the device`,
    );
  }
  if (!device.state.mustered) {
    throw badRequest(`device ${name} is decommissioned: delete it, and it may ask to join anew`);
  }
  await saveDevice(tx, { ...device, lifecycle: 'Enrolled', resourceVersion: device.resourceVersion + 1 }, now);
}

/** A refusal to hand a device to whoever asks for its name. Not 409: the contract has none here. */
export function isHereAlready(name: string): MusterError {
  return badRequest(
    `there is a device ${name} already, which an approval does not overwrite: nothing proves that the request comes from it`,
  );
}
