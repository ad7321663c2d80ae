import {
  deviceAdoptRequestSchema,
  deviceResumeRequestSchema,
  deviceResumeResponseSchema,
} from '../../../src/domain/resources/device-actions.ts';
import { deviceDecommissionSchema } from '../../../src/domain/resources/device-decommission.ts';
import { completeDeviceStatus } from '../../../src/domain/resources/device-status.ts';
import {
  deviceLastSeenSchema,
  deviceListSchema,
  deviceRequestSchema,
  deviceSchema,
  deviceStatusRequestSchema,
} from '../../../src/domain/resources/device.ts';
import { patchRequestSchema } from '../../../src/domain/resources/patch-request.ts';
import { describeDocuments } from './document-vectors.ts';

const apiVersion = 'flightctl.io/v1beta1';
const fingerprint = '3fc2a1'.padEnd(64, '0');
const device = { apiVersion, kind: 'Device', metadata: { name: fingerprint, labels: { fleet: 'default' } } };
const status = completeDeviceStatus({ config: { renderedVersion: '3' } });
const counts = {
  total: 2,
  applicationStatus: { Healthy: 2 },
  summaryStatus: { Online: 1, ConflictPaused: 1 },
  updateStatus: {},
};

describeDocuments({
  Device: {
    schema: deviceSchema,
    valid: [device, { ...device, apiVersion: 'v1beta1', spec: {}, status }],
    refused: [
      [{ ...device, phase: 'x' }, 'phase: expected no such key'],
      [{ ...device, metadata: undefined }, 'metadata: expected an object'],
      [{ ...device, apiVersion: 'v2' }, 'apiVersion: expected one of "v1beta1", "flightctl.io/v1beta1", ""'],
      [{ ...device, kind: 'Fleet' }, 'kind: expected "Device"'],
      [
        { ...device, metadata: { name: 'Not_A_Name' } },
        'metadata.name: expected lower-case letters, digits, "-" and ".", with a letter or digit at the start and end of each part',
      ],
      [{ ...device, metadata: { labels: { site: 7 } } }, 'metadata.labels.site: expected a string'],
      [
        { ...device, metadata: { labels: { 'my site': 'a' } } },
        'metadata.labels["my site"]: expected an optional DNS prefix and "/", then at most 63 letters, digits, "-", "_" and ".", alphanumeric at both ends',
      ],
    ],
  },
  'Device to create': {
    schema: deviceRequestSchema,
    valid: [
      device,
      { ...device, spec: { os: { image: 'example.com/os:1' } } },
      { ...device, status },
      { ...device, status: { summary: {} } },
      {
        ...device,
        metadata: {
          ...device.metadata,
          generation: 3,
          resourceVersion: '9',
          owner: 'Fleet/edge',
          annotations: { 'device-controller/renderedVersion': '3' },
        },
      },
    ],
    refused: [
      [{ ...device, spec: { os: { image: 7 } } }, 'spec.os.image: expected a string'],
      [{ ...device, spec: null }, 'spec: expected an object'],
      [{ ...device, kind: 'Pod' }, 'kind: expected one of "Device", ""'],
      [[], 'expected an object'],
    ],
  },
  "Device's report of its status": {
    schema: deviceStatusRequestSchema,
    valid: [
      { apiVersion: '', kind: '', metadata: { name: fingerprint }, status },
      { ...device, status: {} },
      { ...device, spec: { consoles: 'ignored' }, status: { summary: { status: 'Online' }, unheard: 1 } },
    ],
    refused: [
      [device, 'status: expected an object'],
      [{ ...device, status: { conditions: 'none' } }, 'status.conditions: expected an array'],
    ],
  },
  DeviceList: {
    schema: deviceListSchema,
    valid: [
      { apiVersion, kind: 'DeviceList', metadata: {}, items: [] },
      {
        apiVersion,
        kind: 'DeviceList',
        metadata: { continue: 'x', remainingItemCount: 7 },
        items: [device],
        summary: counts,
      },
      {
        apiVersion,
        kind: 'DeviceList',
        metadata: {},
        items: [],
        summary: { ...counts, capabilities: { osMode: { image: 1, unknown: 1 } } },
      },
    ],
    refused: [
      [{ apiVersion, kind: 'DeviceList', metadata: {} }, 'items: expected an array'],
      [
        { apiVersion, kind: 'DeviceList', metadata: {}, items: [], summary: { total: 1 } },
        'summary.applicationStatus: expected an object; summary.summaryStatus: expected an object; summary.updateStatus: expected an object',
      ],
    ],
  },
  DeviceLastSeen: {
    schema: deviceLastSeenSchema,
    valid: [{ lastSeen: '2026-11-20T02:00:00Z' }],
    refused: [[{}, 'lastSeen: expected a string']],
  },
  DeviceDecommission: {
    schema: deviceDecommissionSchema,
    valid: [{ target: 'Unenroll' }, { target: 'FactoryReset' }],
    refused: [[{}, 'target: expected one of "Unenroll", "FactoryReset"']],
  },
  PatchRequest: {
    schema: patchRequestSchema,
    valid: [
      [],
      [
        { op: 'replace', path: '/metadata/labels/site', value: 'north' },
        { op: 'add', path: '/spec/config/-', value: { name: 'a' } },
        { op: 'test', path: '/metadata/owner', value: null },
        { op: 'remove', path: '/metadata/annotations/a~1b~0c' },
      ],
    ],
    refused: [
      [{ op: 'remove', path: '/a' }, 'expected an array'],
      [
        [{ op: 'move', from: '/a', path: '/b' }],
        '[0].op: expected one of "add", "replace", "remove", "test"; [0].from: expected no such key',
      ],
      [[{ op: 'add', path: '/a' }], '[0].value: expected a value to add'],
      [[{ op: 'remove', path: 'a' }], '[0].path: expected a JSON Pointer: nothing, or "/" and keys'],
      [[{ op: 'remove', path: '/a~2' }], '[0].path: expected a JSON Pointer: nothing, or "/" and keys'],
      [[{ op: 'remove' }], '[0].path: expected a string'],
    ],
  },
  DeviceResumeRequest: {
    schema: deviceResumeRequestSchema,
    valid: [
      { fieldSelector: "metadata.name!=''" },
      { labelSelector: 'site=north,tier!=api' },
      { labelSelector: 'site', fieldSelector: 'metadata.name=a', dryRun: true, reason: 'INC-1', limit: 10 },
    ],
    refused: [
      [{}, 'expected at least one of labelSelector, fieldSelector'],
      [{ dryRun: true }, 'expected at least one of labelSelector, fieldSelector'],
      [{ labelSelector: '' }, 'labelSelector: expected a selector that is not blank'],
      [{ labelSelector: 'a', fieldSelector: ' \t' }, 'fieldSelector: expected a selector that is not blank'],
      [{ labelSelector: null }, 'labelSelector: expected a string'],
      [
        { labelselector: 'a' },
        'labelselector: expected no such key; expected at least one of labelSelector, fieldSelector',
      ],
      [{ labelSelector: 'a', limit: 0 }, 'limit: expected at least 1'],
      [{ labelSelector: 'a', dryRun: 'yes' }, 'dryRun: expected a boolean'],
      [{ labelSelector: 'a'.repeat(65_537) }, 'labelSelector: expected at most 65536 characters'],
    ],
  },
  DeviceAdoptRequest: {
    schema: deviceAdoptRequestSchema,
    valid: [{ labelSelector: 'site=north' }],
    refused: [
      [{}, 'expected at least one of labelSelector, fieldSelector'],
      [{ fieldSelector: '' }, 'fieldSelector: expected a selector that is not blank'],
    ],
  },
  DeviceResumeResponse: {
    schema: deviceResumeResponseSchema,
    valid: [
      { resumedDevices: 0, devices: [] },
      { resumedDevices: 3000, devices: ['a', 'b', 'c'] },
    ],
    refused: [[{ resumedDevices: -1, devices: [] }, 'resumedDevices: expected at least 0']],
  },
});
