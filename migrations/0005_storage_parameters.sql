-- A storm after a restore changes every row of device_positions once, and device_statuses with it. Room on each page keeps
-- new versions of rows beside the old ones; vacuum starts after a fiftieth of the rows instead of a fifth, and does not pause,
-- so that a second storm finds the room that the first one left.
ALTER TABLE device_positions SET (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.02, autovacuum_vacuum_cost_delay = 0);--> statement-breakpoint
ALTER TABLE device_statuses SET (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_cost_delay = 0);--> statement-breakpoint
-- One row each, changed with every batch.
ALTER TABLE restores SET (fillfactor = 10, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000);--> statement-breakpoint
ALTER TABLE restore_answer_times SET (fillfactor = 10, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000);
