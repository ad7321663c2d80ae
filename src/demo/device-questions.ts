import { answerOf, type ApiClient } from '../client/api-client.ts';
import type { DeviceConflict } from '../domain/resources/device-conflict.ts';
import type { DeviceSummaryStatusType } from '../domain/resources/device-status-parts.ts';

/** Counts the devices of a state, by asking the service. */
export async function countDevices(api: ApiClient, status: DeviceSummaryStatusType): Promise<number> {
  const { summary } = await answerOf(api.GET('/api/v1/devices', { params: { query: { summaryOnly: true } } }));
  return summary?.summaryStatus?.[status] ?? 0;
}

/** Reads the reason why a device is paused. @throws ApiError if it is not */
export async function readConflict(api: ApiClient, name: string): Promise<DeviceConflict> {
  return await answerOf(api.GET('/api/v1/devices/{name}/conflict', { params: { path: { name } } }));
}
