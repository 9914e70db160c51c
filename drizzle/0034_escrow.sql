CREATE TABLE "escrow_files" (
	"job_id" uuid NOT NULL,
	"number" integer NOT NULL,
	"firm_id" uuid NOT NULL,
	"holder" text,
	"side" text,
	"file" "bytea" NOT NULL,
	"made_at" "moment" DEFAULT clock_timestamp() NOT NULL,
	CONSTRAINT "escrow_files_job_id_number_pk" PRIMARY KEY("job_id","number"),
	CONSTRAINT "escrow_files_number_range" CHECK ("escrow_files"."number" between 0 and 32),
	CONSTRAINT "escrow_files_holder_form" CHECK ("escrow_files"."holder" ~ '^[A-Za-z0-9._-]{1,64}$'),
	CONSTRAINT "escrow_files_side_known" CHECK ("escrow_files"."side" in ('FIRM', 'PLATFORM')),
	CONSTRAINT "escrow_files_whose" CHECK (num_nulls("escrow_files"."holder", "escrow_files"."side") = case "escrow_files"."number" when 0 then 2 else 0 end),
	CONSTRAINT "escrow_files_sealed" CHECK (substring("escrow_files"."file" from 1 for 22) = '\x6167652d656e6372797074696f6e2e6f72672f76310a'::bytea)
);
--> statement-breakpoint
CREATE TABLE "recovery_files" (
	"id" uuid PRIMARY KEY NOT NULL,
	"job_id" uuid NOT NULL,
	"firm_id" uuid NOT NULL,
	"session" uuid,
	"file" "bytea",
	"handed_at" "moment" DEFAULT clock_timestamp() NOT NULL,
	"answer" text,
	"refusal" text,
	"holder" text,
	"side" text,
	"have" integer,
	"need" integer,
	CONSTRAINT "recovery_files_sealed" CHECK (substring("recovery_files"."file" from 1 for 22) = '\x6167652d656e6372797074696f6e2e6f72672f76310a'::bytea),
	CONSTRAINT "recovery_files_size" CHECK (octet_length("recovery_files"."file") <= case when "recovery_files"."session" is null then 67108864 else 4096 end),
	CONSTRAINT "recovery_files_answer_known" CHECK ("recovery_files"."answer" in ('TAKEN', 'REFUSED')),
	CONSTRAINT "recovery_files_holder_form" CHECK ("recovery_files"."holder" ~ '^[A-Za-z0-9._-]{1,64}$'),
	CONSTRAINT "recovery_files_side_known" CHECK ("recovery_files"."side" in ('FIRM', 'PLATFORM')),
	CONSTRAINT "recovery_files_refusal_length" CHECK (length("recovery_files"."refusal") <= 500)
);
--> statement-breakpoint
CREATE TABLE "recovery_sessions" (
	"job_id" uuid PRIMARY KEY NOT NULL,
	"firm_id" uuid NOT NULL,
	"session" uuid NOT NULL,
	"recipient" text NOT NULL,
	"mac" "bytea" NOT NULL,
	"begun_at" "moment" DEFAULT clock_timestamp() NOT NULL,
	CONSTRAINT "recovery_sessions_recipient_form" CHECK ("recovery_sessions"."recipient" ~ '^age1[a-z0-9]{58}$'),
	CONSTRAINT "recovery_sessions_mac_size" CHECK (octet_length("recovery_sessions"."mac") = 36)
);
--> statement-breakpoint
ALTER TABLE "jobs" DROP CONSTRAINT "jobs_kind_known";--> statement-breakpoint
ALTER TABLE "escrow_files" ADD CONSTRAINT "escrow_files_job_id_jobs_id_fk" FOREIGN KEY ("job_id") REFERENCES "public"."jobs"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "recovery_files" ADD CONSTRAINT "recovery_files_job_id_jobs_id_fk" FOREIGN KEY ("job_id") REFERENCES "public"."jobs"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "recovery_sessions" ADD CONSTRAINT "recovery_sessions_job_id_jobs_id_fk" FOREIGN KEY ("job_id") REFERENCES "public"."jobs"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "escrow_files_of_firm" ON "escrow_files" USING btree ("firm_id");--> statement-breakpoint
CREATE INDEX "recovery_files_of_job" ON "recovery_files" USING btree ("job_id");--> statement-breakpoint
ALTER TABLE "jobs" ADD CONSTRAINT "jobs_kind_known" CHECK ("jobs"."kind" in ('ROTATE', 'REWRAP', 'REENCRYPT', 'DISABLE', 'ENABLE', 'DESTROY', 'MOVE', 'BACKFILL', 'VERIFY', 'CONTRACT', 'CLEAR', 'BRING', 'GIVE_BACK', 'ERASE', 'ESCROW', 'RECOVER', 'DRILL'));--> statement-breakpoint

-- Escrow and recovery of a firm's data keys: whose yes each needs, and what a job of each kind may touch.
ALTER TABLE "escrow_files" ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE "recovery_sessions" ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE "recovery_files" ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
CREATE OR REPLACE FUNCTION "job_needs"(of_kind text) RETURNS text
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
	RETURN CASE WHEN of_kind IN ('DESTROY', 'CONTRACT', 'ERASE', 'RECOVER', 'DRILL') THEN 'APPROVER'
		WHEN of_kind IN ('BRING', 'GIVE_BACK', 'ESCROW') THEN 'OWNER' END;
--> statement-breakpoint

-- Whether a row is of the job that the transaction names, which is of one of these kinds, runs, is about this firm and was agreed to. That it was asked for at all,
-- only its proof says.
CREATE FUNCTION "job_runs"(of_firm uuid, of_job uuid, of_kinds text[]) RETURNS boolean
	LANGUAGE sql VOLATILE SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT EXISTS (SELECT FROM public.jobs j WHERE j.id = public.current_job() AND j.id = of_job AND j.firm_id = of_firm
		AND j.state = 'RUNNING' AND j.kind = ANY (of_kinds) AND j.agreed_by IS NOT NULL AND j.agreed_by IS DISTINCT FROM j.asked_by)
$$;
--> statement-breakpoint
REVOKE EXECUTE ON FUNCTION "job_runs"(uuid, uuid, text[]) FROM PUBLIC;
--> statement-breakpoint
GRANT EXECUTE ON FUNCTION "job_runs"(uuid, uuid, text[]) TO firmseal_maintenance;
--> statement-breakpoint

-- Whether the firm was told that the job of the transaction was asked for: a recovery opens nothing before.
CREATE FUNCTION "job_is_told"() RETURNS boolean
	LANGUAGE sql STABLE SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT EXISTS (SELECT FROM public.jobs j JOIN public.notices n ON n.job_id = j.id AND n.firm_id = j.firm_id
		WHERE j.id = public.current_job() AND n.kind = 'JOB_REQUESTED' AND n.job_kind = j.kind)
$$;
--> statement-breakpoint
REVOKE EXECUTE ON FUNCTION "job_is_told"() FROM PUBLIC;
--> statement-breakpoint
GRANT EXECUTE ON FUNCTION "job_is_told"() TO firmseal_maintenance;
--> statement-breakpoint
CREATE POLICY "owner_asks_of_jobs" ON "notices" FOR SELECT TO firmseal_owner USING (job_id IS NOT NULL);
--> statement-breakpoint

-- The job writes them, and whoever runs commands gives them out. They go with the firm.
GRANT SELECT ON "escrow_files" TO firmseal_worker;
--> statement-breakpoint
CREATE POLICY "worker" ON "escrow_files" FOR SELECT TO firmseal_worker USING (true);
--> statement-breakpoint
GRANT SELECT (job_id, firm_id), INSERT, DELETE ON "escrow_files" TO firmseal_maintenance;
--> statement-breakpoint
CREATE POLICY "escrow" ON "escrow_files" FOR INSERT TO firmseal_maintenance
	WITH CHECK (firm_id = (SELECT current_firm()) AND job_runs(firm_id, job_id, '{ESCROW}'));
--> statement-breakpoint
CREATE POLICY "erase_sees" ON "escrow_files" FOR SELECT TO firmseal_maintenance
	USING (firm_id = (SELECT firm_of_erasure()));
--> statement-breakpoint
CREATE POLICY "erase" ON "escrow_files" FOR DELETE TO firmseal_maintenance
	USING (firm_id = (SELECT firm_of_erasure()));
--> statement-breakpoint

-- A worker says whom to encrypt to and what it has taken; whoever runs commands hands in, to a recovery that was agreed to.
GRANT SELECT ON "recovery_sessions" TO firmseal_worker;
--> statement-breakpoint
CREATE POLICY "worker" ON "recovery_sessions" FOR SELECT TO firmseal_worker USING (true);
--> statement-breakpoint
GRANT SELECT, INSERT, UPDATE (session, recipient, mac, begun_at), DELETE ON "recovery_sessions" TO firmseal_maintenance;
--> statement-breakpoint
CREATE POLICY "maintenance" ON "recovery_sessions" TO firmseal_maintenance
	USING (firm_id = (SELECT current_firm()) AND job_runs(firm_id, job_id, '{RECOVER,DRILL}'))
	WITH CHECK (firm_id = (SELECT current_firm()) AND job_runs(firm_id, job_id, '{RECOVER,DRILL}'));
--> statement-breakpoint
GRANT SELECT, INSERT (id, job_id, firm_id, session, file) ON "recovery_files" TO firmseal_worker;
--> statement-breakpoint
CREATE POLICY "worker" ON "recovery_files" FOR SELECT TO firmseal_worker USING (true);
--> statement-breakpoint
CREATE POLICY "worker_hands_in" ON "recovery_files" FOR INSERT TO firmseal_worker
	WITH CHECK (EXISTS (SELECT FROM jobs j WHERE j.id = job_id AND j.firm_id = recovery_files.firm_id AND j.kind IN ('RECOVER', 'DRILL')
		AND j.ended_at IS NULL));
--> statement-breakpoint
GRANT SELECT, UPDATE (file, answer, refusal, holder, side, have, need), DELETE ON "recovery_files" TO firmseal_maintenance;
--> statement-breakpoint
CREATE POLICY "maintenance" ON "recovery_files" TO firmseal_maintenance
	USING (firm_id = (SELECT current_firm()) AND job_runs(firm_id, job_id, '{RECOVER,DRILL}'))
	WITH CHECK (firm_id = (SELECT current_firm()) AND job_runs(firm_id, job_id, '{RECOVER,DRILL}'));
