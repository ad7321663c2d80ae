import { sql, type SQL } from 'drizzle-orm';
import type { Viewpoint } from '../domain/devices/device-record.ts';
import type { ActionSelectors } from '../domain/selectors/action-selectors.ts';
import type { FieldSelector } from '../domain/selectors/field-selector.ts';
import { deviceFields } from '../domain/selectors/resource-fields.ts';
import { deviceColumns } from './device-columns.ts';
import { fieldSelectorToSql, labelSelectorToSql } from './selector-sql.ts';

/** Devices that satisfy both selectors, as a condition over the tables of `fromDevices`. */
export function deviceSelection({ labelSelector, fieldSelector }: ActionSelectors, view: Viewpoint): SQL {
  const byLabel = labelSelectorToSql(labelSelector, sql`d.labels`);
  const byField = fieldSelectorToSql(fieldSelector, deviceColumns(view), deviceFields);
  return sql`(${byLabel} AND ${byField} AND ${indexedPart(fieldSelector, view)})`;
}

/**
 * Adds what follows from a selector of AwaitingReconnect or ConflictPaused and has an index: the last few of a million that are
 * awaited are found without looking at all.
 */
function indexedPart({ requirements }: FieldSelector, { restore }: Viewpoint): SQL {
  const wanted = requirements.flatMap((requirement) =>
    requirement.operator === 'in' && requirement.field === 'status.summary.status' ? [requirement.operands] : [],
  );
  if (wanted.some((statuses) => statuses.every((status) => status === 'ConflictPaused')))
    return sql`p.conflict_verdict IS NOT NULL`;
  // An index serves both sides of `<>`, but not `<>` itself.
  if (wanted.some((statuses) => statuses.every((status) => status === 'AwaitingReconnect')))
    return sql`(p.answered_restore_id < ${restore}::uuid OR p.answered_restore_id > ${restore}::uuid)`;
  return sql`true`;
}
