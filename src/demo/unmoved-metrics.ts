import type { MetricMovement } from './metric-movements.ts';

/**
 * Reasons why the story need not move a metric, by its name; every other must move. A state of the moment is among these
 * where it may be over before the next scrape.
 */
export const whyUnmoved: ReadonlyMap<string, string> = new Map([
  ['muster_build_info', 'it only says what runs'],
  ['muster_database_up', 'the database answered'],
  ['muster_queue_up', 'the queue answered'],
  ['muster_worker_up', 'the worker took jobs'],
  ['muster_journal_up', 'the journal could be written'],
  ['muster_devices_with_problems', 'every spec could be rendered'],
  ['muster_device_clone_signs_total', 'no two machines have one name'],
  ['muster_outdated_records_removed_total', 'nothing had been kept for long enough'],
  ['muster_sheds_total', 'nobody was turned away'],
  ['muster_reports_waiting', 'none waited for long enough to be seen'],
  ['muster_render_queue_jobs', 'none waited for long enough to be seen'],
  ['muster_device_certificates', 'the story has no device CA'],
  ['muster_device_certificate_next_expiry_timestamp_seconds', 'the story has no device CA'],
  ['muster_devices_with_problems', 'every template and spec of the story can be given to its devices'],
  ['muster_device_clone_signs_total', 'each name is that of one machine'],
  ['muster_render_oldest_wanted_age_seconds', 'none waited for long enough to be seen'],
]);

/** Those that had to move. */
export function requiredOf(movements: readonly MetricMovement[]): MetricMovement[] {
  return movements.filter(({ name }) => !whyUnmoved.has(name));
}
