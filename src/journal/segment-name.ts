/** Name of a segment: `<instance>-<UTC start>-<n>.jsonl`, with `.gz` behind it once it is closed. */
const pattern = /^[0-9a-f-]{36}-\d{8}T\d{6}Z-\d{1,9}\.jsonl(?:\.gz)?$/;

/** @param instance UUID of the process @param started time at which the process opened its journal */
export function segmentName(instance: string, started: Date, number: number): string {
  return `${instance}-${started.toISOString().replaceAll(/[-:]|\.\d+/g, '')}-${number}.jsonl`;
}

export function isSegmentName(name: string): boolean {
  return pattern.test(name);
}

/** True for a segment that is closed and compressed. */
export function isClosedSegment(name: string): boolean {
  return name.endsWith('.gz');
}
