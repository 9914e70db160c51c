CREATE TABLE "key_floors" (
	"firm_id" uuid NOT NULL,
	"class" text NOT NULL,
	"version" bigint NOT NULL,
	"set_at" "moment" DEFAULT clock_timestamp() NOT NULL,
	"set_in" bigint,
	CONSTRAINT "key_floors_firm_id_class_pk" PRIMARY KEY("firm_id","class")
);
--> statement-breakpoint
CREATE TABLE "job_pages" (
	"job_id" uuid NOT NULL,
	"step" integer NOT NULL,
	"after" uuid,
	"upto" uuid,
	"claim" uuid NOT NULL,
	"claimed_at" "moment" DEFAULT clock_timestamp() NOT NULL,
	"number" integer NOT NULL,
	CONSTRAINT "job_pages_job_id_number_pk" PRIMARY KEY("job_id","number")
);
--> statement-breakpoint
CREATE TABLE "jobs" (
	"id" uuid PRIMARY KEY NOT NULL,
	"firm_id" uuid NOT NULL,
	"kind" text NOT NULL,
	"class" text,
	"version" bigint,
	"rate" integer,
	"state" text NOT NULL,
	"asked_on" text NOT NULL,
	"asked_by" uuid,
	"asked_at" "moment" NOT NULL,
	"mac" "bytea" NOT NULL,
	"agreed_by" uuid,
	"agreed_mac" "bytea",
	"step" integer DEFAULT 0 NOT NULL,
	"after" uuid,
	"round" integer DEFAULT 0 NOT NULL,
	"total" bigint,
	"done" bigint DEFAULT 0 NOT NULL,
	"failed" bigint DEFAULT 0 NOT NULL,
	"trouble" text,
	"next_at" "moment" DEFAULT clock_timestamp() NOT NULL,
	"started_at" "moment",
	"ended_at" "moment",
	CONSTRAINT "jobs_kind_known" CHECK ("jobs"."kind" in ('ROTATE', 'REWRAP', 'REENCRYPT', 'DISABLE', 'ENABLE', 'DESTROY')),
	CONSTRAINT "jobs_state_known" CHECK ("jobs"."state" in ('WAITING', 'QUEUED', 'RUNNING', 'DONE', 'FAILED', 'CANCELLED')),
	CONSTRAINT "jobs_asked_on_known" CHECK ("jobs"."asked_on" in ('firm', 'cli', 'worker')),
	CONSTRAINT "jobs_rate_range" CHECK ("jobs"."rate" between 1 and 1000000),
	CONSTRAINT "jobs_version_range" CHECK ("jobs"."version" between 1 and 2147483647),
	CONSTRAINT "jobs_counts" CHECK (least("jobs"."total", "jobs"."done", "jobs"."failed", "jobs"."step", "jobs"."round") >= 0),
	CONSTRAINT "jobs_trouble_form" CHECK ("jobs"."trouble" ~ '^[A-Z0-9_]{1,40}$'),
	CONSTRAINT "jobs_agreement_whole" CHECK (("jobs"."agreed_by" is null) = ("jobs"."agreed_mac" is null)),
	CONSTRAINT "jobs_ended" CHECK (("jobs"."state" in ('DONE', 'FAILED', 'CANCELLED')) = ("jobs"."ended_at" is not null))
);
--> statement-breakpoint
ALTER TABLE "notices" DROP CONSTRAINT "notices_kind_known";--> statement-breakpoint
ALTER TABLE "stored_objects" DROP CONSTRAINT "stored_objects_state_known";--> statement-breakpoint
ALTER TABLE "notices" ADD COLUMN "job_id" uuid;--> statement-breakpoint
ALTER TABLE "notices" ADD COLUMN "job_kind" text;--> statement-breakpoint
ALTER TABLE "notices" ADD COLUMN "job_state" text;--> statement-breakpoint
ALTER TABLE "stored_objects" ADD COLUMN "key_version" bigint;--> statement-breakpoint
ALTER TABLE "job_pages" ADD CONSTRAINT "job_pages_job_id_jobs_id_fk" FOREIGN KEY ("job_id") REFERENCES "public"."jobs"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "jobs_one_open" ON "jobs" USING btree ("firm_id","kind",coalesce("class", ''),coalesce("version", 0)) WHERE state in ('WAITING', 'QUEUED', 'RUNNING');--> statement-breakpoint
CREATE INDEX "jobs_open" ON "jobs" USING btree ("next_at") WHERE state in ('QUEUED', 'RUNNING');--> statement-breakpoint
CREATE INDEX "jobs_by_firm" ON "jobs" USING btree ("firm_id","id");--> statement-breakpoint
ALTER TABLE "notices" ADD CONSTRAINT "notices_kind_known" CHECK ("notices"."kind" in ('MEMBER_ADDED', 'MEMBER_ROLE_CHANGED', 'MEMBER_REMOVED', 'OWNER_RECOVERY_REQUESTED', 'OWNER_RECOVERY_APPROVED', 'OWNER_RECOVERY_COMPLETED', 'OWNER_RECOVERY_CANCELLED', 'ACCESS_POLICY_CHANGED', 'LEASE_REQUESTED', 'LEASE_APPROVED', 'LEASE_DENIED', 'LEASE_ACTIVATED', 'LEASE_READ', 'LEASE_ENDED', 'LEASE_REVIEWED', 'JOB_REQUESTED', 'JOB_ENDED'));--> statement-breakpoint
ALTER TABLE "stored_objects" ADD CONSTRAINT "stored_objects_state_known" CHECK ("stored_objects"."state" in ('UPLOADING', 'RESEALING', 'STORED', 'DELETING'));