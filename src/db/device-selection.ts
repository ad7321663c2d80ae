import { sql, type SQL } from 'drizzle-orm';
import type { Viewpoint } from '../domain/devices/device-record.ts';
import type { ActionSelectors } from '../domain/selectors/action-selectors.ts';
import type { FieldSelector } from '../domain/selectors/field-selector.ts';
import { deviceFields } from '../domain/selectors/resource-fields.ts';
import { deviceColumns } from './device-columns.ts';
import { isPaused } from './gate-sql.ts';
import { fieldSelectorToSql, labelSelectorToSql } from './selector-sql.ts';

type Requirement = FieldSelector['requirements'][number];

/** Devices that satisfy both selectors, as a condition over the tables of `fromDevices`. */
export function deviceSelection({ labelSelector, fieldSelector }: ActionSelectors, view: Viewpoint): SQL {
  const byLabel = labelSelectorToSql(labelSelector, sql`d.labels`);
  const byGate = fieldSelector.requirements.map((requirement) => gateCondition(requirement, view));
  const others = fieldSelector.requirements.filter((_, index) => byGate[index] === undefined);
  const byField = fieldSelectorToSql({ ...fieldSelector, requirements: others }, deviceColumns(view), deviceFields);
  const conditions = [byLabel, byField, ...byGate.flatMap((condition) => condition ?? [])];
  return sql`(${sql.join(conditions, sql` AND `)})`;
}

/**
 * The condition of a selector of AwaitingReconnect or ConflictPaused alone, over the columns that have an index, and whose statistics
 * tell the planner how many there are: it can know neither of the summary status. Undefined for any other.
 */
function gateCondition(requirement: Requirement, { restore }: Viewpoint): SQL | undefined {
  if (requirement.operator !== 'in' || requirement.field !== 'status.summary.status') return undefined;
  const isOnly = (status: string): boolean => requirement.operands.every((operand) => operand === status);
  if (requirement.operands.length === 0) return undefined;
  if (isOnly('ConflictPaused')) return isPaused(restore);
  // An index serves both sides of `<>`, but not `<>` itself.
  if (isOnly('AwaitingReconnect'))
    return sql`(p.mustered AND (p.answered_restore_id < ${restore}::uuid OR p.answered_restore_id > ${restore}::uuid))`;
  return undefined;
}
