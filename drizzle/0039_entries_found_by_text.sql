DROP INDEX "audit_entries_by_lease";--> statement-breakpoint
DROP INDEX "audit_entries_of_holds";--> statement-breakpoint
DROP INDEX "audit_entries_of_ended_jobs";--> statement-breakpoint
CREATE INDEX "audit_entries_by_lease" ON "audit_entries" USING btree ((leaf::jsonb ->> 'lease')) WHERE strpos(leaf, '"lease":"') > 0 and leaf::jsonb ->> 'lease' is not null;--> statement-breakpoint
CREATE INDEX "audit_entries_of_holds" ON "audit_entries" USING btree ("firm_id") WHERE starts_with(leaf, '{"action":"hold.') and leaf::jsonb ->> 'action' in ('hold.set', 'hold.release');--> statement-breakpoint
CREATE INDEX "audit_entries_of_ended_jobs" ON "audit_entries" USING btree ((leaf::jsonb -> 'records' ->> 0)) WHERE starts_with(leaf, '{"action":"job.') and leaf::jsonb ->> 'action' in ('job.cancel', 'job.end');--> statement-breakpoint

-- Whose plane a session is of, by the login that has signed in. The role that a transaction has taken says less: a login changes it in the middle
-- of a statement, whose privileges and row policies stay those of the role that began it. Who may be of several planes, as an administrator may,
-- and in development a login that serves them all, is of that whose role the transaction has taken; else what it has taken is answered.
CREATE FUNCTION "session_plane"() RETURNS name
	LANGUAGE plpgsql STABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	planes text[] := array_remove(ARRAY[
		CASE WHEN pg_has_role(session_user, 'firmseal_firm', 'MEMBER') OR pg_has_role(session_user, 'firmseal_portal', 'MEMBER')
			THEN 'firmseal_firm' END,
		CASE WHEN pg_has_role(session_user, 'firmseal_operator', 'MEMBER') OR pg_has_role(session_user, 'firmseal_break_glass', 'MEMBER')
			THEN 'firmseal_operator' END,
		CASE WHEN pg_has_role(session_user, 'firmseal_broker', 'MEMBER') THEN 'firmseal_broker' END,
		CASE WHEN pg_has_role(session_user, 'firmseal_worker', 'MEMBER') OR pg_has_role(session_user, 'firmseal_maintenance', 'MEMBER')
			OR pg_has_role(session_user, 'firmseal_log', 'MEMBER') OR pg_has_role(session_user, 'firmseal_signer', 'MEMBER')
			THEN 'firmseal_worker' END], NULL);
BEGIN
	IF cardinality(planes) = 1 THEN RETURN planes[1]; END IF;
	RETURN CASE current_setting('role') WHEN 'firmseal_portal' THEN 'firmseal_firm' WHEN 'firmseal_break_glass' THEN 'firmseal_operator'
		WHEN 'firmseal_maintenance' THEN 'firmseal_worker' WHEN 'firmseal_log' THEN 'firmseal_worker' WHEN 'firmseal_signer' THEN 'firmseal_worker'
		ELSE current_setting('role') END;
END
$$;
--> statement-breakpoint
REVOKE EXECUTE ON FUNCTION "session_plane"() FROM PUBLIC;
--> statement-breakpoint
GRANT EXECUTE ON FUNCTION "session_plane"() TO firmseal_firm, firmseal_operator, firmseal_worker, firmseal_broker, firmseal_owner;
--> statement-breakpoint

-- As they were; each says what its index begins with, or it would not be used. What was opened under a lease, the operators' plane alone says.
CREATE OR REPLACE FUNCTION "lease_openings"(of_lease uuid) RETURNS SETOF "audit_entries"
	LANGUAGE sql STABLE SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT e.* FROM public.audit_entries e
	WHERE strpos(e.leaf, '"lease":"') > 0
		AND e.leaf::jsonb ->> 'lease' = of_lease::text AND e.leaf::jsonb ->> 'action' IN ('content.open', 'content.read')
		AND e.role = 'firmseal_operator' AND ((SELECT public.session_plane()) = 'firmseal_operator' OR e.firm_id = public.current_firm())
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
