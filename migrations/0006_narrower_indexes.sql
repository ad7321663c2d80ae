-- Built under other names before the old ones go, so that readers wait for no more than the renaming.
CREATE INDEX "device_positions_conflicts_narrow" ON "device_positions" USING btree ("name","answered_restore_id","mustered") WHERE "device_positions"."conflict_verdict" IS NOT NULL;--> statement-breakpoint
CREATE INDEX "events_restore_narrow" ON "events" USING btree ("restore","reason","id") WHERE "events"."reason" IN ('DeviceConflictPaused', 'DeviceAheadWithoutRestore');--> statement-breakpoint
DROP INDEX "device_positions_conflicts";--> statement-breakpoint
DROP INDEX "events_restore";--> statement-breakpoint
ALTER INDEX "device_positions_conflicts_narrow" RENAME TO "device_positions_conflicts";--> statement-breakpoint
ALTER INDEX "events_restore_narrow" RENAME TO "events_restore";
