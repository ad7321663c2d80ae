import { answerOf, type ApiClient, type DeviceBody } from '../../client/api-client.ts';
import { ApiError } from '../../client/failures.ts';
import { inParallel } from '../../client/in-parallel.ts';

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
    try {
      await answerOf(api.POST('/api/v1/devices', { body: simulatedDevice(name) }));
    } catch (error) {
      if (!(error instanceof ApiError) || error.status !== 409) throw error;
    }
    done += 1;
    onProgress(done);
  });
}

/** A device with something to apply: a device without a spec is sent nothing. */
function simulatedDevice(name: string): DeviceBody {
  const file = { path: '/etc/simulated/device.conf', content: `device=${name}\n`, mode: 0o644 };
  return {
    apiVersion: 'flightctl.io/v1beta1',
    kind: 'Device',
    metadata: { name, labels: { simulated: 'true' } },
    spec: {
      config: [{ name: 'device', inline: [file] }],
      applications: [{ name: 'telemetry', appType: 'container', image: 'quay.io/acme/telemetry:2.1' }],
    },
  };
}
