ALTER TABLE "events" ADD COLUMN "client_address" text;--> statement-breakpoint
ALTER TABLE "events" ADD COLUMN "request_id" text;