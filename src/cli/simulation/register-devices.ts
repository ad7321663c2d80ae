import { answerOf, type ApiClient } from '../api-client.ts';
import { ApiError } from '../failures.ts';
import { inParallel } from '../in-parallel.ts';

/** Requests that are under way at once. */
const width = 8;

/**
 * Creates the devices that the server does not have; those it has stay as they are.
 *
 * @param onProgress told after each how many are there
 */
export async function registerDevices(
  api: ApiClient,
  names: readonly string[],
  onProgress: (done: number) => void,
): Promise<void> {
  let done = 0;
  await inParallel(names, width, async (name) => {
    const metadata = { name, labels: { simulated: 'true' } };
    try {
      await answerOf(
        api.POST('/api/v1/devices', { body: { apiVersion: 'flightctl.io/v1beta1', kind: 'Device', metadata } }),
      );
    } catch (error) {
      if (!(error instanceof ApiError) || error.status !== 409) throw error;
    }
    done += 1;
    onProgress(done);
  });
}
