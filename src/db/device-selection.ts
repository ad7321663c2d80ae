import { sql, type SQL } from 'drizzle-orm';
import type { Viewpoint } from '../domain/device-record.ts';
import type { ActionSelectors } from '../domain/selectors/action-selectors.ts';
import { deviceFields } from '../domain/selectors/resource-fields.ts';
import { deviceColumns } from './device-columns.ts';
import { fieldSelectorToSql, labelSelectorToSql } from './selector-sql.ts';

/** Devices that satisfy both selectors, as a condition over the tables of `fromDevices`. */
export function deviceSelection({ labelSelector, fieldSelector }: ActionSelectors, view: Viewpoint): SQL {
  const byLabel = labelSelectorToSql(labelSelector, sql`d.labels`);
  return sql`(${byLabel} AND ${fieldSelectorToSql(fieldSelector, deviceColumns(view), deviceFields)})`;
}
