DROP INDEX "jobs_one_open";--> statement-breakpoint
ALTER TABLE "jobs" ADD COLUMN "subject" text;--> statement-breakpoint
ALTER TABLE "jobs" ADD COLUMN "terms" text;--> statement-breakpoint
CREATE UNIQUE INDEX "jobs_one_open" ON "jobs" USING btree ("firm_id","kind",coalesce("class", ''),coalesce("version", 0),coalesce("subject", '')) WHERE state in ('WAITING', 'QUEUED', 'RUNNING');--> statement-breakpoint
ALTER TABLE "jobs" ADD CONSTRAINT "jobs_subject_form" CHECK ("jobs"."subject" ~ '^[A-Za-z0-9_.-]{1,200}$');--> statement-breakpoint
ALTER TABLE "jobs" ADD CONSTRAINT "jobs_terms_length" CHECK (octet_length("jobs"."terms") between 1 and 65536);--> statement-breakpoint
GRANT INSERT (subject, terms) ON "jobs" TO firmseal_firm, firmseal_worker;
