import { completeDeviceStatus } from '../../../src/domain/resources/device-status.ts';
import {
  enrollmentRequestApprovalSchema,
  enrollmentRequestListSchema,
  enrollmentRequestRequestSchema,
  enrollmentRequestSchema,
} from '../../../src/domain/resources/enrollment-request.ts';
import { fleetListSchema, fleetRequestSchema, fleetSchema } from '../../../src/domain/resources/fleet.ts';
import { statusSchema } from '../../../src/domain/resources/status.ts';
import { describeDocuments } from './document-vectors.ts';

const apiVersion = 'flightctl.io/v1beta1';
const fingerprint = '3fc2a1'.padEnd(64, '0');
const template = { spec: { os: { image: 'example.com/os:{{ .metadata.labels.version }}' } } };
const fleet = { apiVersion, kind: 'Fleet', metadata: { name: 'edge' }, spec: { template } };
const csr = '-----BEGIN CERTIFICATE REQUEST-----\nMIIB\n-----END CERTIFICATE REQUEST-----\n';
const enrollment = { apiVersion: 'v1beta1', kind: 'EnrollmentRequest', metadata: { name: fingerprint }, spec: { csr } };
const status = completeDeviceStatus({ config: { renderedVersion: '3' } });
const condition = {
  type: 'Approved',
  status: 'True',
  lastTransitionTime: '2026-11-20T02:00:00Z',
  reason: 'ManuallyApproved',
  message: 'Approved by user:ada',
  observedGeneration: 1,
};
const counts = {
  total: 2,
  applicationStatus: { Healthy: 2 },
  summaryStatus: { Online: 1, ConflictPaused: 1 },
  updateStatus: {},
};

describeDocuments({
  Fleet: {
    schema: fleetSchema,
    valid: [
      fleet,
      { ...fleet, status: { conditions: [condition], rollout: { currentBatch: 1 }, devicesSummary: counts } },
    ],
    refused: [
      [{ ...fleet, spec: {} }, 'spec.template: expected an object'],
      [{ ...fleet, status: { conditions: [], phase: 'x' } }, 'status.phase: expected no such key'],
    ],
  },
  'Fleet to create': {
    schema: fleetRequestSchema,
    valid: [
      {
        ...fleet,
        spec: {
          selector: {
            matchLabels: { site: 'north' },
            matchExpressions: [
              { key: 'tier', operator: 'NotIn', values: ['lab'] },
              { key: 'a/b', operator: 'Exists' },
            ],
          },
          rolloutPolicy: {
            disruptionBudget: { groupBy: ['site'], minAvailable: 1, maxUnavailable: 10 },
            deviceSelection: {
              strategy: 'BatchSequence',
              sequence: [
                { selector: { matchLabels: { site: 'lab' } }, limit: 1 },
                { limit: '80%', successThreshold: '90%' },
              ],
            },
            successThreshold: '100%',
            defaultUpdateTimeout: '10m',
          },
          template: { ...template, metadata: { labels: { site: 'north' } } },
        },
        status: { anything: true },
      },
      { ...fleet, spec: { selector: {}, template: { spec: {} } } },
    ],
    refused: [
      [{ ...fleet, spec: { template, extra: 1 } }, 'spec.extra: expected no such key'],
      [{ ...fleet, spec: { template: { ...template, kind: 'Device' } } }, 'spec.template.kind: expected no such key'],
      [{ ...fleet, spec: { template: { metadata: {} } } }, 'spec.template.spec: expected an object'],
      [
        { ...fleet, spec: { template: { spec: { config: [{ name: 'a' }] } } } },
        'spec.template.spec.config[0]: expected exactly one of gitRef, secretRef, inline, httpRef, found none',
      ],
      [
        { ...fleet, spec: { template, selector: { matchExpressions: [] } } },
        'spec.selector.matchExpressions: expected at least 1 item',
      ],
      [
        { ...fleet, spec: { template, selector: { matchExpressions: [{ key: 'a', operator: 'NotIn', values: [] }] } } },
        'spec.selector.matchExpressions[0].values: expected at least one value for NotIn',
      ],
      [
        {
          ...fleet,
          spec: { template, selector: { matchExpressions: [{ key: 'a', operator: 'Exists', values: ['b'] }] } },
        },
        'spec.selector.matchExpressions[0].values: expected no values for Exists',
      ],
      [
        { ...fleet, spec: { template, selector: { matchExpressions: [{ key: 'a', operator: 'Gt' }] } } },
        'spec.selector.matchExpressions[0].operator: expected one of "In", "NotIn", "Exists", "DoesNotExist"',
      ],
      [
        { ...fleet, spec: { template, rolloutPolicy: { successThreshold: '101%' } } },
        'spec.rolloutPolicy.successThreshold: expected a percentage from 0% to 100%',
      ],
      [
        { ...fleet, spec: { template, rolloutPolicy: { deviceSelection: { strategy: 'Random' } } } },
        'spec.rolloutPolicy.deviceSelection.strategy: expected "BatchSequence"',
      ],
      [
        {
          ...fleet,
          spec: {
            template,
            rolloutPolicy: { deviceSelection: { strategy: 'BatchSequence', sequence: [{ limit: 0 }] } },
          },
        },
        'spec.rolloutPolicy.deviceSelection.sequence[0].limit: expected at least 1',
      ],
      [
        { ...fleet, spec: { template, rolloutPolicy: { disruptionBudget: { minAvailable: 0 } } } },
        'spec.rolloutPolicy.disruptionBudget.minAvailable: expected at least 1',
      ],
    ],
  },
  FleetList: {
    schema: fleetListSchema,
    valid: [{ apiVersion, kind: 'FleetList', metadata: {}, items: [fleet] }],
    refused: [[{ apiVersion, kind: 'FleetList', items: [] }, 'metadata: expected an object']],
  },
  'EnrollmentRequest of an agent': {
    schema: enrollmentRequestRequestSchema,
    valid: [
      enrollment,
      { ...enrollment, spec: { csr, labels: null } },
      {
        ...enrollment,
        spec: {
          csr,
          labels: { alias: 'Till 7, front desk' },
          knownRenderedVersion: '12',
          osMode: 'package',
          deviceStatus: status,
          attestation: { quote: 'x' },
        },
      },
      { ...enrollment, spec: { csr, deviceStatus: {} } },
    ],
    refused: [
      [{ ...enrollment, spec: {} }, 'spec.csr: expected a string'],
      [{ ...enrollment, spec: { csr, knownRenderedVersion: 12 } }, 'spec.knownRenderedVersion: expected a string'],
      [{ ...enrollment, spec: { csr, osMode: '' } }, 'spec.osMode: expected one of "image", "package"'],
      [{ ...enrollment, spec: { csr, labels: { a: 1 } } }, 'spec.labels.a: expected a string'],
      [{ ...enrollment, spec: { csr, deviceStatus: { os: 'linux' } } }, 'spec.deviceStatus.os: expected an object'],
    ],
  },
  EnrollmentRequest: {
    schema: enrollmentRequestSchema,
    valid: [
      enrollment,
      {
        ...enrollment,
        status: {
          certificate: 'PEM',
          conditions: [condition],
          approval: {
            approved: true,
            labels: { site: 'north' },
            replaceLabels: false,
            approvedBy: 'ada',
            approvedAt: '2026-11-20T02:00:00Z',
          },
        },
      },
    ],
    refused: [[{ ...enrollment, status: {} }, 'status.conditions: expected an array']],
  },
  EnrollmentRequestApproval: {
    schema: enrollmentRequestApprovalSchema,
    valid: [{ approved: true }, { approved: false, labels: {}, replaceLabels: true }],
    refused: [
      [{}, 'approved: expected a boolean'],
      [
        { approved: true, labels: { alias: 'Till 7' } },
        'labels.alias: expected nothing, or letters, digits, "-", "_" and "." with a letter or digit at both ends',
      ],
    ],
  },
  EnrollmentRequestList: {
    schema: enrollmentRequestListSchema,
    valid: [{ apiVersion, kind: 'EnrollmentRequestList', metadata: {}, items: [enrollment] }],
    refused: [
      [
        { apiVersion, kind: 'EnrollmentRequestList', metadata: {}, items: [{}] },
        'items[0].apiVersion: expected one of "v1beta1", "flightctl.io/v1beta1", ""; items[0].kind: expected "EnrollmentRequest"; items[0].metadata: expected an object; items[0].spec: expected an object',
      ],
    ],
  },
  Status: {
    schema: statusSchema,
    valid: [
      {
        apiVersion: 'v1beta1',
        kind: 'Status',
        status: 'Failure',
        code: 404,
        reason: 'NotFound',
        message: 'device a is not known here',
      },
    ],
    refused: [
      [
        { apiVersion: 'v1beta1', kind: 'Status', status: 'Failure', code: '404', reason: '', message: '' },
        'code: expected a number',
      ],
    ],
  },
});
