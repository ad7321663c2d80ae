DROP INDEX "device_positions_conflicts";--> statement-breakpoint
DROP INDEX "events_restore";--> statement-breakpoint
CREATE INDEX "device_positions_conflicts" ON "device_positions" USING btree ("name","answered_restore_id","mustered") WHERE "device_positions"."conflict_verdict" IS NOT NULL;--> statement-breakpoint
CREATE INDEX "events_restore" ON "events" USING btree ("restore","reason","id") WHERE "events"."reason" IN ('DeviceConflictPaused', 'DeviceAheadWithoutRestore');