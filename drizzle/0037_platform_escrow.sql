-- Escrow and recovery of the platform's own keys: another approver agrees, since nobody is the platform's owner, and all firms are told.
CREATE FUNCTION "job_needs"(of_kind text, of_firm uuid) RETURNS text
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
	RETURN CASE WHEN of_kind IN ('DESTROY', 'CONTRACT', 'ERASE', 'RECOVER', 'DRILL') THEN 'APPROVER'
		WHEN of_kind = 'ESCROW' AND of_firm = '00000000-0000-0000-0000-000000000000' THEN 'APPROVER'
		WHEN of_kind IN ('BRING', 'GIVE_BACK', 'ESCROW') THEN 'OWNER' END;
--> statement-breakpoint
REVOKE EXECUTE ON FUNCTION "job_needs"(text, uuid) FROM PUBLIC;
--> statement-breakpoint
GRANT EXECUTE ON FUNCTION "job_needs"(text, uuid) TO firmseal_firm, firmseal_worker;
--> statement-breakpoint
ALTER POLICY "worker_asks" ON "jobs" WITH CHECK (asked_on IN ('cli', 'worker')
	AND state = CASE WHEN job_needs(kind, firm_id) IS NULL OR (kind = 'ERASE' AND asked_on = 'worker') THEN 'QUEUED' ELSE 'WAITING' END);
--> statement-breakpoint
ALTER POLICY "worker_moves" ON "jobs" WITH CHECK (state = 'CANCELLED'
	OR state = 'QUEUED' AND job_needs(kind, firm_id) IS DISTINCT FROM 'OWNER');
--> statement-breakpoint
ALTER POLICY "firm_decides" ON "jobs"
	USING (firm_id = (SELECT current_firm()) AND state = 'WAITING' AND job_needs(kind, firm_id) = 'OWNER')
	WITH CHECK (firm_id = (SELECT current_firm()) AND job_needs(kind, firm_id) = 'OWNER' AND (
		state = 'QUEUED' AND agreed_by IS NOT NULL AND ended_at IS NULL
		OR state = 'CANCELLED' AND agreed_by IS NULL AND ended_at IS NOT NULL));
--> statement-breakpoint
CREATE OR REPLACE FUNCTION "has_ended_by_log"(of_firm uuid, of_kind text, of_job text) RETURNS boolean
	LANGUAGE sql STABLE SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT EXISTS (SELECT FROM public.audit_entries a
		WHERE a.leaf::jsonb ->> 'action' IN ('job.cancel', 'job.end') AND a.leaf::jsonb -> 'records' ->> 0 = of_job
			AND (a.role = 'firmseal_worker' OR (a.role = 'firmseal_firm' AND a.firm_id = of_firm AND public.job_needs(of_kind, of_firm) = 'OWNER')))
$$;
--> statement-breakpoint
DROP FUNCTION "job_needs"(text);
--> statement-breakpoint

-- As it was; the owners of all firms are told too of who has shares of the platform's keys, and when these are brought back.
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
		AND (NEW.kind IN ('MOVE', 'CONTRACT') OR NEW.kind IN ('ESCROW', 'RECOVER', 'DRILL') AND f.status <> 'ERASED');
	RETURN NULL;
END
$$;
--> statement-breakpoint

-- Whether the firm was told that the job of the transaction was asked for; of a job on the platform's keys, every firm that was there then.
CREATE OR REPLACE FUNCTION "job_is_told"() RETURNS boolean
	LANGUAGE sql STABLE SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT EXISTS (SELECT FROM public.jobs j,
			LATERAL (SELECT coalesce(array_agg(n.firm_id), '{}') AS firms FROM public.notices n
				WHERE n.job_id = j.id AND n.kind = 'JOB_REQUESTED' AND n.job_kind = j.kind) told
		WHERE j.id = public.current_job() AND CASE j.firm_id WHEN '00000000-0000-0000-0000-000000000000'
			THEN NOT EXISTS (SELECT FROM public.firms f WHERE f.created_at <= j.asked_at AND f.status <> 'ERASED' AND f.id <> ALL (told.firms))
			ELSE j.firm_id = ANY (told.firms) END)
$$;
