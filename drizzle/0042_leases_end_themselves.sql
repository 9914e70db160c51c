-- Beside lease_allows(), which the row policies of content ask once a statement, they ask for each row whether the lease has its end mark
-- by now. VOLATILE, so that no plan asks less often, and each time sees what is committed then: a cursor, a COPY or a statement that is
-- slow, or is read slowly, reads no further row; what it has sorted or gathered by then it hands out. The session needs nothing for that which anyone could use up or keep from it. Which lease it is
-- the policy says once a statement: the session could set another one between two rows.
CREATE FUNCTION "lease_goes_on"(of_lease uuid) RETURNS boolean
	LANGUAGE plpgsql VOLATILE SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN of_lease IS NOT NULL AND NOT EXISTS (SELECT FROM public.lease_ends e WHERE e.lease_id = of_lease);
END
$$;
--> statement-breakpoint
REVOKE EXECUTE ON FUNCTION "lease_goes_on"(uuid) FROM PUBLIC;
--> statement-breakpoint
GRANT EXECUTE ON FUNCTION "lease_goes_on"(uuid) TO firmseal_break_glass;
--> statement-breakpoint
-- When the time of the lease is over, which never changes: asked once a statement, and held against the clock for each row.
CREATE FUNCTION "lease_expires_at"() RETURNS timestamptz
	LANGUAGE sql STABLE SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$ SELECT l.expires_at FROM public.leases l WHERE l.id = public.current_lease() $$;
--> statement-breakpoint
REVOKE EXECUTE ON FUNCTION "lease_expires_at"() FROM PUBLIC;
--> statement-breakpoint
GRANT EXECUTE ON FUNCTION "lease_expires_at"() TO firmseal_break_glass;
--> statement-breakpoint

-- Has each policy of a lease ask so. They are made by lock_workspace(), which comes before.
CREATE FUNCTION "lock_leases"() RETURNS void
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	policy record;
BEGIN
	FOR policy IN
		SELECT p.polname, p.polrelid::regclass AS of_table, pg_get_expr(p.polqual, p.polrelid) AS asked
		FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid
		WHERE c.relnamespace = 'public'::regnamespace AND p.polname LIKE 'lease\_%'
			AND position('lease_goes_on' IN pg_get_expr(p.polqual, p.polrelid)) = 0
	LOOP
		EXECUTE format('ALTER POLICY %I ON %s USING (%s AND clock_timestamp() < (SELECT public.lease_expires_at())
			AND public.lease_goes_on((SELECT public.current_lease())))', policy.polname, policy.of_table, policy.asked);
	END LOOP;
END
$$;
--> statement-breakpoint
REVOKE EXECUTE ON FUNCTION "lock_leases"() FROM PUBLIC;
