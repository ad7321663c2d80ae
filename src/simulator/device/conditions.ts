/** Progress of an update, as the condition Updating reports it. */
export type Updating =
  | { readonly status: 'Unknown' }
  | {
      readonly status: 'True';
      readonly reason: 'Preparing' | 'ReadyToUpdate' | 'ApplyingUpdate' | 'Rebooting' | 'RollingBack';
      readonly message: string;
    }
  | { readonly status: 'False'; readonly reason: 'Updated' | 'Error'; readonly message: string };

/** Progress of a decommission, as the condition DeviceDecommissioning reports it. */
export type Decommissioning = 'Started' | 'Completed';

/** Characters of a message that an agent sends. */
const maxMessage = 250;

type ReportedCondition = {
  readonly type: 'Updating' | 'DeviceDecommissioning';
  readonly status: 'True' | 'False' | 'Unknown';
  readonly reason: string;
  readonly message: string;
  readonly lastTransitionTime: string;
};

/** The conditions as a status has them. @param since when they last changed, in milliseconds since 1970 */
export function reportedConditions(
  updating: Updating,
  decommissioning: Decommissioning | undefined,
  since: number,
): ReportedCondition[] {
  const lastTransitionTime = new Date(since).toISOString();
  const { reason, message } = updating.status === 'Unknown' ? { reason: 'Unknown', message: '' } : updating;
  const conditions: ReportedCondition[] = [
    {
      type: 'Updating',
      status: updating.status,
      reason,
      message: message.slice(0, maxMessage),
      lastTransitionTime,
    },
  ];
  if (decommissioning === undefined) return conditions;
  const status = 'True';
  return [
    ...conditions,
    { type: 'DeviceDecommissioning', status, reason: decommissioning, message: '', lastTransitionTime },
  ];
}
