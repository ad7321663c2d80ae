CREATE TABLE "certificate_signing_requests" (
	"name" text COLLATE "C" PRIMARY KEY NOT NULL,
	"labels" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"annotations" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"owner" text,
	"spec" jsonb NOT NULL,
	"conditions" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"certificate" text,
	"resource_version" bigint DEFAULT 1 NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "database_age" (
	"id" boolean PRIMARY KEY DEFAULT true NOT NULL,
	"looks" bigint DEFAULT 0 NOT NULL
);
--> statement-breakpoint
DROP INDEX "restores_declared";--> statement-breakpoint
ALTER TABLE "device_positions" ADD COLUMN "applied_version" bigint;--> statement-breakpoint
ALTER TABLE "device_statuses" ADD COLUMN "machines" jsonb;--> statement-breakpoint
ALTER TABLE "device_statuses" ADD COLUMN "updating" boolean GENERATED ALWAYS AS (jsonb_path_exists(status, '$.conditions[*] ? (@.type == "Updating" && @.status == "True")')) STORED;--> statement-breakpoint
ALTER TABLE "device_statuses" ADD COLUMN "health" text GENERATED ALWAYS AS (CASE WHEN jsonb_path_exists(status, '$.conditions[*] ? (@.type == "Updating" && @.status == "True" && @.reason == "Rebooting")') THEN 'Rebooting' WHEN jsonb_path_exists(status, '$.resources.* ? (@ == "Critical")') THEN 'Error' WHEN jsonb_path_exists(status, '$.resources.* ? (@ == "Warning")') THEN 'Degraded' ELSE 'Online' END) STORED;--> statement-breakpoint
ALTER TABLE "device_statuses" ADD COLUMN "decommissioned" boolean GENERATED ALWAYS AS (jsonb_path_exists(status, '$.conditions[*] ? (@.type == "DeviceDecommissioning" && @.status == "True" && (@.reason == "Completed" || @.reason == "Error"))')) STORED;--> statement-breakpoint
ALTER TABLE "devices" ADD COLUMN "says_nothing" boolean GENERATED ALWAYS AS (spec = '{}'::jsonb) STORED;--> statement-breakpoint
ALTER TABLE "devices" ADD COLUMN "os_image" text GENERATED ALWAYS AS (nullif(spec #>> '{os,image}', '')) STORED;--> statement-breakpoint
ALTER TABLE "devices" ADD COLUMN "matching_fleets_since" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "devices" ADD COLUMN "template_generation" bigint;--> statement-breakpoint
ALTER TABLE "devices" ADD COLUMN "rollout_problem" text;--> statement-breakpoint
ALTER TABLE "devices" ADD COLUMN "certificate_expires_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "enrollment_requests" ADD COLUMN "certificate" text;--> statement-breakpoint
ALTER TABLE "restores" ADD COLUMN "sequence" bigint NOT NULL GENERATED ALWAYS AS IDENTITY (sequence name "restores_sequence_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1);--> statement-breakpoint
ALTER TABLE "restores" ADD COLUMN "cause" text;--> statement-breakpoint
ALTER TABLE "service_state" ADD COLUMN "marks_outdated" boolean DEFAULT false NOT NULL;--> statement-breakpoint
CREATE INDEX "certificate_signing_requests_owner" ON "certificate_signing_requests" USING btree ("owner","created_at");--> statement-breakpoint
CREATE INDEX "devices_with_problems" ON "devices" USING btree ("owner","name") WHERE "devices"."spec_problem" IS NOT NULL OR "devices"."rollout_problem" IS NOT NULL;--> statement-breakpoint
CREATE INDEX "devices_certificate_expiry" ON "devices" USING btree ("certificate_expires_at") WHERE "devices"."certificate_expires_at" IS NOT NULL;--> statement-breakpoint
CREATE INDEX "restores_sequence" ON "restores" USING btree ("sequence");--> statement-breakpoint
-- From here on the spec of a device is the one in force. For a device of a fleet that was the fleet's template, which is rolled out
-- anew below; until then it is the spec that was last rendered for it. Where none is known, none is in force and nothing is rendered.
UPDATE devices AS d SET spec = coalesce(r.spec, '{}'::jsonb) ||
  CASE WHEN d.spec ? 'decommissioning' THEN jsonb_build_object('decommissioning', d.spec -> 'decommissioning') ELSE '{}'::jsonb END
FROM device_positions p LEFT JOIN rendered_specs r ON r.hash = p.spec_hash
WHERE p.name = d.name AND d.owner IS NOT NULL AND NOT d.spec_adopted;--> statement-breakpoint
-- A spec that a person adopted stays until the template of the fleet is another one.
UPDATE devices AS d SET template_generation = f.generation
FROM fleets f WHERE d.owner = 'Fleet/' || f.name AND d.spec_adopted;--> statement-breakpoint
-- Specs rendered so far are not in the form that agents read (several config providers, references, empty specs). None of them
-- is delivered any more: every device is rendered anew, under a higher version, and every template is rolled out anew.
UPDATE device_positions SET spec_hash = NULL, wanted_generation = wanted_generation + 1, wanted_since = now();--> statement-breakpoint
UPDATE fleets SET rolled_out_generation = 0;
--> statement-breakpoint
-- A device that has said already that it carried out its order to decommission, or failed to.
UPDATE devices AS d SET lifecycle = 'Decommissioned' FROM device_statuses s WHERE s.name = d.name AND s.decommissioned AND d.lifecycle = 'Decommissioning';
