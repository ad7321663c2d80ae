CREATE TABLE "device_positions" (
	"name" text COLLATE "C" PRIMARY KEY NOT NULL,
	"mustered" boolean DEFAULT true NOT NULL,
	"timeline" uuid NOT NULL,
	"version" bigint DEFAULT 0 NOT NULL,
	"spec_hash" text,
	"lineage" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"wanted_generation" bigint DEFAULT 1 NOT NULL,
	"rendered_generation" bigint DEFAULT 0 NOT NULL,
	"reported_timeline" uuid,
	"reported_version" bigint,
	"reported_hash" text,
	"answered_restore_id" uuid NOT NULL,
	"answered_at" timestamp (3) with time zone,
	"conflict_verdict" text,
	"conflict_info" text,
	"conflict_since" timestamp (3) with time zone,
	"last_seen" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "device_specs" (
	"name" text COLLATE "C" PRIMARY KEY NOT NULL,
	"version" bigint NOT NULL,
	"spec" jsonb NOT NULL,
	"reported_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "device_statuses" (
	"name" text COLLATE "C" PRIMARY KEY NOT NULL,
	"status" jsonb NOT NULL,
	"reported_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "devices" (
	"name" text COLLATE "C" PRIMARY KEY NOT NULL,
	"labels" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"annotations" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"owner" text,
	"spec" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"spec_adopted" boolean DEFAULT false NOT NULL,
	"matching_fleets" jsonb,
	"spec_problem" text,
	"spec_problem_since" timestamp (3) with time zone,
	"generation" bigint DEFAULT 1 NOT NULL,
	"resource_version" bigint DEFAULT 1 NOT NULL,
	"lifecycle" text,
	"created_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "enrollment_requests" (
	"name" text COLLATE "C" PRIMARY KEY NOT NULL,
	"labels" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"annotations" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"spec" jsonb NOT NULL,
	"approval" jsonb,
	"resource_version" bigint DEFAULT 1 NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "events" (
	"id" bigserial PRIMARY KEY NOT NULL,
	"name" uuid NOT NULL,
	"at" timestamp (3) with time zone NOT NULL,
	"type" text NOT NULL,
	"reason" text NOT NULL,
	"involved_kind" text NOT NULL,
	"involved_name" text COLLATE "C" NOT NULL,
	"message" text NOT NULL,
	"details" jsonb,
	"actor" text NOT NULL,
	"component" text NOT NULL,
	"restore" uuid NOT NULL
);
--> statement-breakpoint
CREATE TABLE "fleets" (
	"name" text COLLATE "C" PRIMARY KEY NOT NULL,
	"labels" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"annotations" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"spec" jsonb NOT NULL,
	"generation" bigint DEFAULT 1 NOT NULL,
	"resource_version" bigint DEFAULT 1 NOT NULL,
	"rolled_out_generation" bigint DEFAULT 0 NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "rendered_specs" (
	"hash" text PRIMARY KEY NOT NULL,
	"spec" jsonb NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "restore_answer_times" (
	"restore" uuid NOT NULL,
	"bucket" integer NOT NULL,
	"devices" bigint DEFAULT 0 NOT NULL,
	CONSTRAINT "restore_answer_times_restore_bucket_pk" PRIMARY KEY("restore","bucket")
);
--> statement-breakpoint
CREATE TABLE "restores" (
	"id" uuid PRIMARY KEY NOT NULL,
	"previous" uuid,
	"genesis" boolean DEFAULT false NOT NULL,
	"declared_at" timestamp (3) with time zone NOT NULL,
	"declared_by" text NOT NULL,
	"reason" text,
	"backup" jsonb,
	"idempotency_key" text,
	"request_hash" text,
	"superseded_at" timestamp (3) with time zone,
	"total" bigint DEFAULT 0 NOT NULL,
	"awaiting" bigint DEFAULT 0 NOT NULL,
	"answered" bigint DEFAULT 0 NOT NULL,
	"in_sync" bigint DEFAULT 0 NOT NULL,
	"behind" bigint DEFAULT 0 NOT NULL,
	"conflict_paused" bigint DEFAULT 0 NOT NULL,
	"resumed" bigint DEFAULT 0 NOT NULL,
	"adopted" bigint DEFAULT 0 NOT NULL,
	"first_answer_at" timestamp (3) with time zone,
	"last_answer_at" timestamp (3) with time zone,
	"settled_at" timestamp (3) with time zone,
	CONSTRAINT "restores_idempotency_key_unique" UNIQUE("idempotency_key")
);
--> statement-breakpoint
CREATE TABLE "service_state" (
	"id" boolean PRIMARY KEY DEFAULT true NOT NULL,
	"current_restore" uuid NOT NULL,
	"database_identity" jsonb
);
--> statement-breakpoint
CREATE TABLE "unknown_devices" (
	"name" text COLLATE "C" PRIMARY KEY NOT NULL,
	"restore" uuid NOT NULL,
	"claimed_timeline" uuid,
	"claimed_version" bigint NOT NULL,
	"claimed_hash" text,
	"first_seen" timestamp (3) with time zone NOT NULL,
	"last_seen" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
ALTER TABLE "device_positions" ADD CONSTRAINT "device_positions_name_devices_name_fk" FOREIGN KEY ("name") REFERENCES "public"."devices"("name") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "device_specs" ADD CONSTRAINT "device_specs_name_devices_name_fk" FOREIGN KEY ("name") REFERENCES "public"."devices"("name") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "device_statuses" ADD CONSTRAINT "device_statuses_name_devices_name_fk" FOREIGN KEY ("name") REFERENCES "public"."devices"("name") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "restore_answer_times" ADD CONSTRAINT "restore_answer_times_restore_restores_id_fk" FOREIGN KEY ("restore") REFERENCES "public"."restores"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "device_positions_answered" ON "device_positions" USING btree ("answered_restore_id","name");--> statement-breakpoint
CREATE INDEX "device_positions_conflicts" ON "device_positions" USING btree ("name") WHERE "device_positions"."conflict_verdict" IS NOT NULL;--> statement-breakpoint
CREATE INDEX "device_positions_unrendered" ON "device_positions" USING btree ("name") WHERE "device_positions"."rendered_generation" < "device_positions"."wanted_generation";--> statement-breakpoint
CREATE INDEX "devices_labels" ON "devices" USING gin ("labels");--> statement-breakpoint
CREATE INDEX "devices_owner" ON "devices" USING btree ("owner","name");--> statement-breakpoint
CREATE INDEX "devices_alias" ON "devices" USING btree (("labels" ->> 'alias'));--> statement-breakpoint
CREATE INDEX "events_involved" ON "events" USING btree ("involved_kind","involved_name","id");--> statement-breakpoint
CREATE INDEX "events_reason" ON "events" USING btree ("reason","id");--> statement-breakpoint
CREATE INDEX "events_restore" ON "events" USING btree ("restore","reason","id");--> statement-breakpoint
CREATE INDEX "fleets_labels" ON "fleets" USING gin ("labels");--> statement-breakpoint
CREATE INDEX "fleets_not_rolled_out" ON "fleets" USING btree ("name") WHERE "fleets"."rolled_out_generation" < "fleets"."generation";--> statement-breakpoint
CREATE INDEX "restores_declared" ON "restores" USING btree ("declared_at","id");