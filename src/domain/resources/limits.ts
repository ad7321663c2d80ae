/**
 * Limits on the size of documents. The first group is Kubernetes' (its rules for names, labels and annotations, which
 * Flight Control follows); the rest bound the cost of one row, one answer and one parse, well above the sizes of real
 * fleets. Lengths are in UTF-16 code units unless the name says bytes.
 */
export const limits = {
  nameLength: 253,
  labelKeyPrefixLength: 253,
  labelKeyNameLength: 63,
  labelValueLength: 63,
  /** Labels of one object. */
  labelCount: 256,
  /** All keys and values of one object's annotations together, in UTF-8. */
  annotationsBytes: 256 * 1024,

  /** A template may be longer than the text it becomes. */
  templatedLabelValueLength: 1024,
  /** Names of config providers, applications and volumes; keys and values of environment variables. */
  itemNameLength: 253,
  /** Short free text: revisions, namespaces, users, reasons within a status. */
  textLength: 4096,
  /** A reference to an OCI image or artifact. */
  imageReferenceLength: 2048,
  /** A path in a file system. */
  pathLength: 4096,
  /** One inline file: 1 MiB, as many characters as that takes in base64. */
  contentLength: Math.ceil((1024 * 1024) / 3) * 4,
  /** A systemd unit name or pattern. */
  unitPatternLength: 256,

  configProviderCount: 256,
  inlineFileCount: 1024,
  applicationCount: 256,
  volumeCount: 256,
  portCount: 1024,
  valuesFileCount: 256,
  environmentVariableCount: 1024,
  unitPatternCount: 256,
  resourceMonitorCount: 16,
  consoleCount: 256,
  batchCount: 256,
  groupByCount: 16,
  matchExpressionCount: 256,
  matchValueCount: 1024,

  /** A reported status, in UTF-8. Those of real devices take 2 to 60 KB, most of it systemd units and applications. */
  statusBytes: 512 * 1024,
  /** A request to enroll: a status, a CSR and labels. */
  enrollmentRequestBytes: 768 * 1024,
  /** Lists in a reported status. */
  conditionCount: 64,
  unitStatusCount: 1024,
  configReferenceCount: 256,
  /** Custom properties that a device reports of itself. */
  customInfoCount: 1024,

  patchOperationCount: 1000,
  certificateRequestLength: 64 * 1024,
  certificateUsageCount: 32,
  /** Validity that a request may ask for: a minute to ten years. */
  certificateSeconds: { least: 60, most: 10 * 365 * 24 * 60 * 60 },
  selectorLength: 64 * 1024,
  /** The reason that a person gives for an action; it is written to the audit trail. */
  reasonLength: 1024,
  artifactLength: 2048,
  /** Names that the answer to a resume or an adopt lists; the count beside them is not bounded. */
  listedDeviceCount: 1000,
  /** A claimed timeline, version or hash before it is parsed. */
  positionTextLength: 256,
} as const;
