CREATE TABLE "chores" (
	"name" text PRIMARY KEY NOT NULL,
	"held_by" uuid,
	"held_until" timestamp (3) with time zone,
	"ended_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "device_counting" (
	"id" boolean PRIMARY KEY DEFAULT true NOT NULL,
	"restore" uuid NOT NULL,
	"counted_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "device_counts" (
	"owner" text NOT NULL,
	"summary" text NOT NULL,
	"updated" text NOT NULL,
	"applications" text NOT NULL,
	"os_mode" text NOT NULL,
	"devices" bigint NOT NULL,
	CONSTRAINT "device_counts_owner_summary_updated_applications_os_mode_pk" PRIMARY KEY("owner","summary","updated","applications","os_mode")
);
--> statement-breakpoint
ALTER TABLE "fleets" ADD COLUMN "deleting_since" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "fleets" ADD COLUMN "deleting_by" jsonb;--> statement-breakpoint
ALTER TABLE "rendered_specs" ADD COLUMN "unused_since" timestamp (3) with time zone;--> statement-breakpoint
CREATE INDEX "fleets_deleting" ON "fleets" USING btree ("name") WHERE "fleets"."deleting_since" IS NOT NULL;--> statement-breakpoint
CREATE INDEX "rendered_specs_unused" ON "rendered_specs" USING btree ("unused_since") WHERE "rendered_specs"."unused_since" IS NOT NULL;