import { fleetVersion } from './fleet.ts';

/** The status of a device with three applications, as an agent sends it: about 2 KB. @param count another status for each */
export function deviceStatus(name: string, count: number): string {
  const application = (index: number) => ({
    name: `app-${index}`,
    ready: '1/1',
    restarts: index === 0 ? count : 0,
    status: 'Running',
    appType: 'compose',
    embedded: false,
    volumes: [{ name: 'data', reference: `quay.io/acme/data-${index}:1` }],
  });
  return JSON.stringify({
    apiVersion: 'flightctl.io/v1beta1',
    kind: 'Device',
    metadata: { name },
    status: {
      conditions: [
        {
          type: 'Updating',
          status: 'False',
          reason: 'Updated',
          message: `Updated to desired renderedVersion: ${fleetVersion}`,
          lastTransitionTime: '2026-11-20T02:00:00Z',
        },
        {
          type: 'DeviceDecommissioning',
          status: 'False',
          reason: '',
          message: '',
          lastTransitionTime: '2026-11-20T02:00:00Z',
        },
      ],
      systemInfo: {
        architecture: 'amd64',
        bootID: '4d7f0ed2-7f3a-4b6e-9a3d-0f1f3f7b2a10',
        operatingSystem: 'linux',
        agentVersion: 'v0.10.0',
        hostname: name,
        kernel: '5.14.0-503.el9.x86_64',
        distroName: 'CentOS Stream',
        distroVersion: '9',
        productName: 'Edge Gateway',
        productSerial: `SN-${name}`,
        netInterfaceDefault: 'eth0',
        netIpDefault: '10.0.0.17/24',
        netMacDefault: '52:54:00:12:34:56',
      },
      capabilities: { osMode: 'image' },
      applications: [application(0), application(1), application(2)],
      applicationsSummary: { status: 'Healthy' },
      resources: { cpu: 'Healthy', memory: 'Healthy', disk: 'Healthy' },
      config: { renderedVersion: String(fleetVersion) },
      os: { image: 'quay.io/acme/os:1', imageDigest: `sha256:${'0'.repeat(64)}` },
      summary: { status: 'Online' },
      integrity: { status: 'Unknown' },
      updated: { status: 'Unknown' },
      lifecycle: { status: 'Unknown' },
    },
  });
}
