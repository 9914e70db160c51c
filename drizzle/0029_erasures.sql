CREATE TABLE "erasure_objects" (
	"id" uuid PRIMARY KEY NOT NULL,
	"erasure_id" uuid NOT NULL,
	"firm_id" uuid NOT NULL,
	"location" "bytea" NOT NULL,
	CONSTRAINT "erasure_objects_location_size" CHECK (octet_length("erasure_objects"."location") between 1 and 4096)
);
--> statement-breakpoint
CREATE TABLE "erasures" (
	"id" uuid PRIMARY KEY NOT NULL,
	"firm_id" uuid NOT NULL,
	"subject" text,
	"number" bigint,
	"mac" "bytea" NOT NULL,
	"begun_at" "moment" DEFAULT clock_timestamp() NOT NULL,
	"inventory" text,
	"unopened" bigint DEFAULT 0 NOT NULL,
	"unnamed" bigint DEFAULT 0 NOT NULL,
	"erased_at" "moment",
	"certificate" text,
	CONSTRAINT "erasures_number" UNIQUE("number"),
	CONSTRAINT "erasures_subject_form" CHECK ("erasures"."subject" ~ '^[A-Z][A-Za-z]{1,39}\.[0-9a-f-]{36}$'),
	CONSTRAINT "erasures_number_range" CHECK ("erasures"."number" between 0 and 9007199254740991),
	CONSTRAINT "erasures_mac_size" CHECK (octet_length("erasures"."mac") = 36),
	CONSTRAINT "erasures_counts" CHECK (least("erasures"."unopened", "erasures"."unnamed") >= 0),
	CONSTRAINT "erasures_certified" CHECK (("erasures"."erased_at" is null) = ("erasures"."certificate" is null))
);
--> statement-breakpoint
CREATE TABLE "legal_holds" (
	"id" uuid PRIMARY KEY NOT NULL,
	"firm_id" uuid NOT NULL,
	"subject" text,
	"ticket" text NOT NULL,
	"set_by" uuid NOT NULL,
	"set_at" "moment" NOT NULL,
	"mac" "bytea" NOT NULL,
	"released_by" uuid,
	"released_at" "moment",
	"release_mac" "bytea",
	CONSTRAINT "legal_holds_subject_form" CHECK ("legal_holds"."subject" ~ '^[A-Z][A-Za-z]{1,39}\.[0-9a-f-]{36}$'),
	CONSTRAINT "legal_holds_ticket_form" CHECK ("legal_holds"."ticket" ~ '^[A-Za-z0-9][A-Za-z0-9_.:/#-]{0,63}$'),
	CONSTRAINT "legal_holds_release_whole" CHECK (num_nonnulls("legal_holds"."released_by", "legal_holds"."released_at", "legal_holds"."release_mac") in (0, 3))
);
--> statement-breakpoint
ALTER TABLE "firms" DROP CONSTRAINT "firms_status_known";--> statement-breakpoint
ALTER TABLE "jobs" DROP CONSTRAINT "jobs_kind_known";--> statement-breakpoint
ALTER TABLE "erasure_objects" ADD CONSTRAINT "erasure_objects_erasure_id_erasures_id_fk" FOREIGN KEY ("erasure_id") REFERENCES "public"."erasures"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "legal_holds" ADD CONSTRAINT "legal_holds_set_by_users_id_fk" FOREIGN KEY ("set_by") REFERENCES "public"."users"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "legal_holds" ADD CONSTRAINT "legal_holds_released_by_users_id_fk" FOREIGN KEY ("released_by") REFERENCES "public"."users"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "erasure_objects_of" ON "erasure_objects" USING btree ("erasure_id","id");--> statement-breakpoint
CREATE UNIQUE INDEX "erasures_of_subject" ON "erasures" USING btree ("firm_id",coalesce("subject", ''));--> statement-breakpoint
CREATE INDEX "legal_holds_of_firm" ON "legal_holds" USING btree ("firm_id");--> statement-breakpoint
CREATE INDEX "audit_entries_of_holds" ON "audit_entries" USING btree ("firm_id") WHERE leaf::jsonb ->> 'action' in ('hold.set', 'hold.release');--> statement-breakpoint
ALTER TABLE "firms" ADD CONSTRAINT "firms_status_known" CHECK ("firms"."status" in ('ACTIVE', 'SUSPENDED', 'ERASED'));--> statement-breakpoint
ALTER TABLE "jobs" ADD CONSTRAINT "jobs_kind_known" CHECK ("jobs"."kind" in ('ROTATE', 'REWRAP', 'REENCRYPT', 'DISABLE', 'ENABLE', 'DESTROY', 'MOVE', 'BACKFILL', 'VERIFY', 'CONTRACT', 'CLEAR', 'BRING', 'GIVE_BACK', 'ERASE'));