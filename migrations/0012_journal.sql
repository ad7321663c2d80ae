CREATE TABLE "lost_documents" (
	"restore" uuid NOT NULL,
	"kind" text NOT NULL,
	"name" text COLLATE "C" NOT NULL,
	"document" jsonb,
	"by" text NOT NULL,
	"at" timestamp (3) with time zone NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"resource_version" bigint NOT NULL,
	"replayed_at" timestamp (3) with time zone,
	"replayed_by" text,
	CONSTRAINT "lost_documents_restore_kind_name_pk" PRIMARY KEY("restore","kind","name")
);
--> statement-breakpoint
CREATE TABLE "lost_positions" (
	"restore" uuid NOT NULL,
	"name" text COLLATE "C" NOT NULL,
	"version" bigint NOT NULL,
	"timeline" uuid NOT NULL,
	"hash" text NOT NULL,
	"rendered_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "lost_positions_restore_name_version_timeline_pk" PRIMARY KEY("restore","name","version","timeline")
);
--> statement-breakpoint
ALTER TABLE "restores" ADD COLUMN "journal" jsonb;