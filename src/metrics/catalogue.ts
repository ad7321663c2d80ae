import { gates } from '../domain/recovery/gate.ts';
import { verdicts } from '../domain/recovery/verdict.ts';
import { cloneEvidences, outdatedKinds, renderResults, restoreCauses, shedReasons } from '../usecases/observer.ts';

type Label = { readonly name: string; readonly values: readonly string[] | string };
export type MetricAbout = {
  readonly name: string;
  readonly about: string;
  /** Labels that tell the samples of one metric apart: each with a closed list of values, or a description of the value. */
  readonly labels?: readonly Label[];
  /** Upper bounds, of a histogram. */
  readonly buckets?: readonly number[];
};

const secondsBuckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** Metrics that only go up, and start at 0 with the process. */
export const counters = {
  answers: {
    name: 'muster_device_answers_total',
    about: 'Devices that answered a restore: their first report since it.',
  },
  verdicts: {
    name: 'muster_verdicts_total',
    about: 'Reports of known devices, by the verdict on each.',
    labels: [{ name: 'verdict', values: verdicts }],
  },
  unknownReports: {
    name: 'muster_unknown_device_reports_total',
    about: 'Reports of devices that are not in the database.',
  },
  renders: {
    name: 'muster_renders_total',
    about:
      'Devices that were rendered, or tried: `rendered` got a new version, `unchanged` came out as before, `invalid` has a spec that cannot be rendered, `failed` met a fault of the renderer or a source that cannot be reached now, `superseded` was overtaken by a restore, a conflict or another render.',
    labels: [{ name: 'result', values: renderResults }],
  },
  sheds: {
    name: 'muster_sheds_total',
    about: 'Devices told to come back later: by an HTTP 503, or by closing their WebSocket with 1013.',
    labels: [{ name: 'reason', values: shedReasons }],
  },
  cloneSigns: {
    name: 'muster_device_clone_signs_total',
    about:
      'Signs that two machines speak under one name: a boot or a serial number that comes back after another one (`machine`), or living WebSockets of one device that go on to take over from each other (`connection`).',
    labels: [{ name: 'evidence', values: cloneEvidences }],
  },
  restoresDeclared: {
    name: 'muster_restores_declared_total',
    about:
      'Restores that this process declared: for a `person`, or by itself because the database is a `copy`, its log was found behind (`rewind`), or several devices were `ahead`.',
    labels: [{ name: 'cause', values: restoreCauses }],
  },
  journalFacts: {
    name: 'muster_journal_facts_total',
    about:
      'Facts for the journal: `written` ones are on the disk, `lost` ones could not be kept and are not found again after a restore.',
    labels: [{ name: 'result', values: ['written', 'lost'] }],
  },
  journalBytes: {
    name: 'muster_journal_bytes_total',
    about: 'Bytes that were written to the journal, before they are compressed.',
  },
  removedOutdated: {
    name: 'muster_outdated_records_removed_total',
    about:
      'Records that this process removed because they had been kept for as long as `MUSTER_EVENTS_KEEP`, `MUSTER_RESTORES_KEEP`, `MUSTER_UNKNOWN_DEVICES_KEEP` and `MUSTER_SPECS_KEEP` say; `lost` are those from the journal for restores that are over.',
    labels: [{ name: 'kind', values: outdatedKinds }],
  },
} as const satisfies Record<string, MetricAbout>;

/** Distributions. */
export const histograms = {
  batchSize: {
    name: 'muster_report_batch_size',
    about: 'Reports that shared one commit.',
    buckets: [1, 2, 5, 10, 25, 50, 100, 250, 500, 1_000, 2_500],
  },
  batchSeconds: {
    name: 'muster_report_batch_duration_seconds',
    about: 'Time from the start of a commit of reports to its end.',
    buckets: secondsBuckets,
  },
  apiSeconds: {
    name: 'muster_api_request_duration_seconds',
    about: 'Time that requests to the admin API took.',
    labels: [
      { name: 'method', values: 'HTTP method' },
      { name: 'code', values: 'HTTP status' },
    ],
    buckets: secondsBuckets,
  },
} as const satisfies Record<string, MetricAbout>;

/** States of the moment, looked at when they are asked for. Those that come from the database are the same in every instance. */
export const gauges = {
  build: {
    name: 'muster_build_info',
    about: 'Always 1; the labels say what runs.',
    labels: [
      { name: 'version', values: 'version of Muster' },
      { name: 'node', values: 'version of Node.js' },
    ],
  },
  devices: {
    name: 'muster_devices',
    about:
      'Devices by gate, from the counters of the current restore: the same cost for any fleet. Decommissioning and decommissioned devices are left out. The whole service, from the database.',
    labels: [{ name: 'gate', values: gates }],
  },
  restoreDeclaredAt: {
    name: 'muster_restore_declared_timestamp_seconds',
    about:
      'Time at which the current restore was declared, with who declared it. Absent while none ever was. The whole service, from the database.',
    labels: [{ name: 'by', values: ['person', 'service'] }],
  },
  oldestWantedRender: {
    name: 'muster_render_oldest_wanted_age_seconds',
    about:
      'Longest time that a device which wants rendering and may be rendered has waited; 0 if there is none. The whole service, from the database.',
  },
  problems: {
    name: 'muster_devices_with_problems',
    about:
      'Devices that cannot be given what is written for them, and keep what they run: the `template` of their fleet cannot be filled in for them, or their `spec` cannot be rendered. The whole service, from the database.',
    labels: [{ name: 'problem', values: ['template', 'spec'] }],
  },
  deviceCertificates: {
    name: 'muster_device_certificates',
    about:
      'Devices whose certificate of the device CA has `expired`, or is `expiring`: it ends within 30 days, or within a quarter of `MUSTER_DEVICE_CERT_DAYS` where that is less. Agents renew theirs long before. Decommissioned devices are left out. The whole service, from the database.',
    labels: [{ name: 'state', values: ['expiring', 'expired'] }],
  },
  nextCertificateExpiry: {
    name: 'muster_device_certificate_next_expiry_timestamp_seconds',
    about:
      'When the next certificate of a device ends that has not ended yet. Absent while the device CA has issued none. The whole service, from the database.',
  },
  renderJobs: {
    name: 'muster_render_queue_jobs',
    about: 'Jobs in the render queue, by where they are. The whole service, from the queue.',
    labels: [{ name: 'state', values: ['waiting', 'active', 'delayed', 'failed'] }],
  },
  reportsWaiting: {
    name: 'muster_reports_waiting',
    about: 'Reports that wait for the next commit; past `MUSTER_REPORT_QUEUE` devices are told to come back later.',
  },
  webSockets: { name: 'muster_websockets_open', about: 'WebSockets of devices that are open.' },
  longPolls: { name: 'muster_long_polls_waiting', about: 'Polls of devices that are held open until there is news.' },
  databaseUp: { name: 'muster_database_up', about: '1 if the database answers and takes writes, else 0.' },
  databaseSeconds: {
    name: 'muster_database_ping_seconds',
    about: 'Time that the database took to answer; absent if it did not.',
  },
  queueUp: { name: 'muster_queue_up', about: '1 if the render queue answers, else 0.' },
  journalUp: {
    name: 'muster_journal_up',
    about: '1 if this process can write its journal, 0 if the last try failed; absent if it keeps none.',
  },
  workerUp: {
    name: 'muster_worker_up',
    about: '1 if the render worker of this process takes jobs, 0 if it lost its queue; absent if it has none.',
  },
} as const satisfies Record<string, MetricAbout>;
