import type { Executor } from '../db/client.ts';
import { saveDevice } from '../db/device-writes.ts';
import type { DeviceRecord } from '../domain/devices/device-record.ts';
import { knownVersion } from '../domain/enrollment/enrollment-request-edit.ts';
import type { EnrollmentRequestRecord } from '../domain/enrollment/enrollment-request-record.ts';
import { badRequest, type MusterError } from '../domain/errors.ts';
import type { EnrollmentRequestApproval } from '../domain/resources/enrollment-request.ts';
import type { CertifiedEnrollment } from './certify-enrollment.ts';

/** The way in which a device is let back in. */
type Readmission = {
  readonly approval: EnrollmentRequestApproval;
  readonly certified: CertifiedEnrollment | undefined;
  readonly now: Date;
};

/**
 * Lets a locked device back in that is here already and has lost its certificate: it keeps its spec, labels, position and
 * gate, and its next report is judged as any. Only for a request whose key gives the device its name, for that proves that it
 * comes from the device itself.
 *
 * @throws MusterError 400 if that is not proved, the device is decommissioned, the approval gives it labels, or it says that
 * it runs a version although nothing was ever delivered to the device that is here
 */
export async function readmitDevice(
  tx: Executor,
  device: DeviceRecord,
  { spec }: EnrollmentRequestRecord,
  { approval, certified, now }: Readmission,
): Promise<void> {
  const { name } = device;
  const { labels = {} } = approval;
  if (certified?.read.keyName !== name) throw isHereAlready(name);
  if (Object.keys(labels).length > 0) {
    throw badRequest(
      `there is a device ${name} already, which keeps its labels: approve the request without labels, and label the device`,
    );
  }
  if (!device.state.mustered) {
    throw badRequest(`device ${name} is decommissioned: delete it, and it may ask to join anew`);
  }
  const claim = knownVersion(spec);
  if (claim > 0 && device.state.reported === null) {
    // A version of its own number here would pass for the one that it runs.
    throw badRequest(
      `there is a device ${name} already, to which nothing was ever delivered, and the request says that its device runs version ${claim}: delete the device, approve the request, and what the device runs is judged before anything is rendered for it`,
    );
  }
  await saveDevice(tx, { ...device, lifecycle: 'Enrolled', resourceVersion: device.resourceVersion + 1 }, now);
}

/** Refuses to hand a device to another one that asks for its name. Not 409: the contract has none here. */
export function isHereAlready(name: string): MusterError {
  return badRequest(
    `there is a device ${name} already, which an approval does not overwrite: nothing proves that the request comes from it`,
  );
}
