ALTER TABLE "lease_budgets" ADD COLUMN "kept_at" "moment";--> statement-breakpoint
-- A download goes on after its budget was taken: for as long as it says so, nobody ends the lease because the budget is used up.
CREATE FUNCTION "keep_lease"(of_lease uuid, of_firm uuid, of_user uuid) RETURNS void
	LANGUAGE sql SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
	UPDATE public.lease_budgets b SET kept_at = clock_timestamp()
	FROM public.leases l
	WHERE b.lease_id = of_lease AND l.id = of_lease AND l.firm_id = of_firm AND l.requested_by = of_user AND l.state = 'ACTIVE'
$$;
--> statement-breakpoint
REVOKE EXECUTE ON FUNCTION "keep_lease"(uuid, uuid, uuid) FROM PUBLIC;
--> statement-breakpoint
GRANT EXECUTE ON FUNCTION "keep_lease"(uuid, uuid, uuid) TO firmseal_break_glass;
