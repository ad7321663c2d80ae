import { answerOf, type ApiClient } from '../client/api-client.ts';
import type { DeviceConflict } from '../domain/resources/device-conflict.ts';

/** Why a device is paused. @throws ApiError if it is not */
export async function readConflict(api: ApiClient, name: string): Promise<DeviceConflict> {
  return await answerOf(api.GET('/api/v1/devices/{name}/conflict', { params: { path: { name } } }));
}
