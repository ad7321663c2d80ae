import type { EnrollmentRequestApprovalStatus, EnrollmentRequestSpec } from '../resources/enrollment-request.ts';

/** An enrollment request as it is stored. */
export type EnrollmentRequestRecord = {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly spec: EnrollmentRequestSpec;
  /** A person's answer; null before it is given. */
  readonly approval: EnrollmentRequestApprovalStatus | null;
  /** PEM of the management certificate; null while none was issued. */
  readonly certificate: string | null;
  readonly resourceVersion: number;
  readonly createdAt: Date;
  /** The restore that was current when it arrived. */
  readonly restore: string;
};
