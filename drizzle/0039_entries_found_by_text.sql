DROP INDEX "audit_entries_by_lease";--> statement-breakpoint
DROP INDEX "audit_entries_of_holds";--> statement-breakpoint
DROP INDEX "audit_entries_of_ended_jobs";--> statement-breakpoint
CREATE INDEX "audit_entries_by_lease" ON "audit_entries" USING btree ((leaf::jsonb ->> 'lease')) WHERE strpos(leaf, '"lease":"') > 0 and leaf::jsonb ->> 'lease' is not null;--> statement-breakpoint
CREATE INDEX "audit_entries_of_holds" ON "audit_entries" USING btree ("firm_id") WHERE starts_with(leaf, '{"action":"hold.') and leaf::jsonb ->> 'action' in ('hold.set', 'hold.release');--> statement-breakpoint
CREATE INDEX "audit_entries_of_ended_jobs" ON "audit_entries" USING btree ((leaf::jsonb -> 'records' ->> 0)) WHERE starts_with(leaf, '{"action":"job.') and leaf::jsonb ->> 'action' in ('job.cancel', 'job.end');--> statement-breakpoint

-- As they were; each says what its index begins with, or it would not be used.
CREATE OR REPLACE FUNCTION "lease_openings"(of_lease uuid) RETURNS SETOF "audit_entries"
	LANGUAGE sql STABLE SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT e.* FROM public.audit_entries e
	WHERE strpos(e.leaf, '"lease":"') > 0
		AND e.leaf::jsonb ->> 'lease' = of_lease::text AND e.leaf::jsonb ->> 'action' IN ('content.open', 'content.read')
		AND (current_setting('role') = 'firmseal_operator' OR e.firm_id = public.current_firm())
$$;
--> statement-breakpoint
CREATE OR REPLACE FUNCTION "holds_in_log"(of_firm uuid) RETURNS TABLE (action text, hold text)
	LANGUAGE sql STABLE SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT a.leaf::jsonb ->> 'action', a.leaf::jsonb -> 'records' ->> 0 FROM public.audit_entries a
	WHERE a.firm_id = of_firm AND starts_with(a.leaf, '{"action":"hold.') AND a.leaf::jsonb ->> 'action' IN ('hold.set', 'hold.release')
$$;
--> statement-breakpoint
CREATE OR REPLACE FUNCTION "has_ended_by_log"(of_firm uuid, of_kind text, of_job text) RETURNS boolean
	LANGUAGE sql STABLE SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT EXISTS (SELECT FROM public.audit_entries a
		WHERE starts_with(a.leaf, '{"action":"job.') AND a.leaf::jsonb ->> 'action' IN ('job.cancel', 'job.end')
			AND a.leaf::jsonb -> 'records' ->> 0 = of_job
			AND (a.role = 'firmseal_worker' OR (a.role = 'firmseal_firm' AND a.firm_id = of_firm AND public.job_needs(of_kind, of_firm) = 'OWNER')))
$$;
