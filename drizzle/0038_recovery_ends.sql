-- With a recovery or a rehearsal, however it ends, goes what was handed in to it; and with a firm that is erased.
CREATE FUNCTION "forget_recovery"() RETURNS trigger
	LANGUAGE plpgsql SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	DELETE FROM public.recovery_files WHERE job_id = NEW.id;
	DELETE FROM public.recovery_sessions WHERE job_id = NEW.id;
	RETURN NULL;
END
$$;
--> statement-breakpoint
REVOKE EXECUTE ON FUNCTION "forget_recovery"() FROM PUBLIC;
--> statement-breakpoint
CREATE POLICY "owner_forgets" ON "recovery_files" TO firmseal_owner
	USING (EXISTS (SELECT FROM public.jobs j WHERE j.id = job_id AND j.ended_at IS NOT NULL));
--> statement-breakpoint
CREATE POLICY "owner_forgets" ON "recovery_sessions" TO firmseal_owner
	USING (EXISTS (SELECT FROM public.jobs j WHERE j.id = job_id AND j.ended_at IS NOT NULL));
--> statement-breakpoint
CREATE TRIGGER "forget_recovery" AFTER UPDATE ON "jobs" FOR EACH ROW
	WHEN (NEW.kind IN ('RECOVER', 'DRILL') AND NEW.ended_at IS NOT NULL) EXECUTE FUNCTION "forget_recovery"();
--> statement-breakpoint
ALTER TABLE "jobs" ENABLE ALWAYS TRIGGER "forget_recovery";
--> statement-breakpoint
DELETE FROM "recovery_files" f USING "jobs" j WHERE j.id = f.job_id AND j.ended_at IS NOT NULL;
--> statement-breakpoint
DELETE FROM "recovery_sessions" s USING "jobs" j WHERE j.id = s.job_id AND j.ended_at IS NOT NULL;
--> statement-breakpoint
CREATE POLICY "erase_sees" ON "recovery_files" FOR SELECT TO firmseal_maintenance
	USING (firm_id = (SELECT firm_of_erasure()));
--> statement-breakpoint
CREATE POLICY "erase" ON "recovery_files" FOR DELETE TO firmseal_maintenance
	USING (firm_id = (SELECT firm_of_erasure()));
--> statement-breakpoint
CREATE POLICY "erase_sees" ON "recovery_sessions" FOR SELECT TO firmseal_maintenance
	USING (firm_id = (SELECT firm_of_erasure()));
--> statement-breakpoint
CREATE POLICY "erase" ON "recovery_sessions" FOR DELETE TO firmseal_maintenance
	USING (firm_id = (SELECT firm_of_erasure()));
--> statement-breakpoint
ALTER POLICY "worker_hands_in" ON "recovery_files" WITH CHECK (NOT is_erased(firm_id) AND EXISTS (SELECT FROM jobs j
	WHERE j.id = job_id AND j.firm_id = recovery_files.firm_id AND j.kind IN ('RECOVER', 'DRILL') AND j.ended_at IS NULL));
--> statement-breakpoint

-- As it was; and a firm becomes one that is erased only when an erasure of it has begun.
CREATE OR REPLACE FUNCTION "guard_firm"() RETURNS trigger
	LANGUAGE plpgsql SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF OLD.status = 'ERASED' AND NEW.status <> 'ERASED' THEN
		RAISE EXCEPTION 'a firm that is erased stays so' USING ERRCODE = 'invalid_transaction_state';
	END IF;
	IF NEW.status = 'ERASED' AND OLD.status <> 'ERASED' AND NOT public.is_erased(NEW.id) THEN
		RAISE EXCEPTION 'no erasure of the firm has begun' USING ERRCODE = 'invalid_transaction_state';
	END IF;
	RETURN NEW;
END
$$;
--> statement-breakpoint

-- As they were; and of the platform's keys every firm is told whose erasure is not over, whatever its row says of it.
CREATE OR REPLACE FUNCTION "tell_job"() RETURNS trigger
	LANGUAGE plpgsql SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF TG_OP = 'UPDATE' AND (NEW.ended_at IS NULL OR OLD.ended_at IS NOT NULL) THEN RETURN NULL; END IF;
	INSERT INTO public.notices (id, firm_id, kind, audience, actor_id, job_id, job_kind, job_state, created_at)
	SELECT public.generate_uuid_v7(), f.id, CASE TG_OP WHEN 'INSERT' THEN 'JOB_REQUESTED' ELSE 'JOB_ENDED' END, 'OWNERS',
		CASE WHEN TG_OP = 'INSERT' AND NEW.asked_on = 'firm' THEN NEW.asked_by END, NEW.id, NEW.kind, NEW.state, clock_timestamp()
	FROM public.firms f
	WHERE f.id = NEW.firm_id OR NEW.firm_id = '00000000-0000-0000-0000-000000000000'
		AND (NEW.kind IN ('MOVE', 'CONTRACT') OR NEW.kind IN ('ESCROW', 'RECOVER', 'DRILL')
			AND NOT EXISTS (SELECT FROM public.erasures e WHERE e.firm_id = f.id AND e.subject IS NULL AND e.erased_at IS NOT NULL));
	RETURN NULL;
END
$$;
--> statement-breakpoint
CREATE OR REPLACE FUNCTION "job_is_told"() RETURNS boolean
	LANGUAGE sql STABLE SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT EXISTS (SELECT FROM public.jobs j,
			LATERAL (SELECT coalesce(array_agg(n.firm_id), '{}') AS firms FROM public.notices n
				WHERE n.job_id = j.id AND n.kind = 'JOB_REQUESTED' AND n.job_kind = j.kind) told
		WHERE j.id = public.current_job() AND CASE j.firm_id WHEN '00000000-0000-0000-0000-000000000000'
			THEN NOT EXISTS (SELECT FROM public.firms f WHERE f.created_at <= j.asked_at AND f.id <> ALL (told.firms)
				AND NOT EXISTS (SELECT FROM public.erasures e WHERE e.firm_id = f.id AND e.subject IS NULL AND e.erased_at IS NOT NULL))
			ELSE j.firm_id = ANY (told.firms) END)
$$;
