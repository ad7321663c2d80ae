import { sql, type SQL } from 'drizzle-orm';
import type { ListSelectors } from '../domain/selectors/list-selectors.ts';
import { fleetFields } from '../domain/selectors/resource-fields.ts';
import { fleetColumns, fleetLabels } from './fleet-store.ts';
import { fieldSelectorToSql, labelSelectorToSql } from './selector-sql.ts';

/** Fleets that satisfy both selectors, as a condition over the table of fleets. */
export function fleetSelection({ labelSelector, fieldSelector }: ListSelectors): SQL {
  const byField = fieldSelectorToSql(fieldSelector, fleetColumns, fleetFields);
  return sql`(${labelSelectorToSql(labelSelector, fleetLabels)} AND ${byField})`;
}
