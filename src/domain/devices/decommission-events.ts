import { byDevice, type NewEvent } from '../event.ts';

/** The ways in which a device can end its order to decommission. */
export type EndedDecommission = {
  readonly device: string;
  /** The reason why it failed; undefined if it was carried out. */
  readonly failure: string | undefined;
};

/** The event of a device that has carried out its order to decommission, or failed to. */
export function decommissionEndedEvent({ device, failure }: EndedDecommission): NewEvent {
  const common = { involved: { kind: 'Device', name: device }, by: byDevice(device) } as const;
  return failure === undefined
    ? {
        ...common,
        type: 'Normal',
        reason: 'DeviceDecommissionCompleted',
        message: `Device ${device} has carried out the order to decommission.`,
      }
    : {
        ...common,
        type: 'Warning',
        reason: 'DeviceDecommissionFailed',
        message: `Device ${device} failed to decommission itself: ${failure}`,
      };
}
