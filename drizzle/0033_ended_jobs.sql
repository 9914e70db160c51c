CREATE INDEX "audit_entries_of_ended_jobs" ON "audit_entries" USING btree ((leaf::jsonb -> 'records' ->> 0)) WHERE leaf::jsonb ->> 'action' in ('job.cancel', 'job.end');--> statement-breakpoint

-- Whether the log says of a job that it has ended: a row that is put back, with all its proofs, is not done again. Only the worker's role, which commands
-- have too, says so; the firm's of what its owners decide by, of its own firm.
CREATE FUNCTION "has_ended_by_log"(of_firm uuid, of_kind text, of_job text) RETURNS boolean
	LANGUAGE sql STABLE SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT EXISTS (SELECT FROM public.audit_entries a
		WHERE a.leaf::jsonb ->> 'action' IN ('job.cancel', 'job.end') AND a.leaf::jsonb -> 'records' ->> 0 = of_job
			AND (a.role = 'firmseal_worker' OR (a.role = 'firmseal_firm' AND a.firm_id = of_firm AND public.job_needs(of_kind) = 'OWNER')))
$$;
--> statement-breakpoint
REVOKE EXECUTE ON FUNCTION "has_ended_by_log"(uuid, text, text) FROM PUBLIC;
--> statement-breakpoint
GRANT EXECUTE ON FUNCTION "has_ended_by_log"(uuid, text, text) TO firmseal_maintenance;
