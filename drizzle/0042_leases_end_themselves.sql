-- What the row policies of content ask with each row of the lease's scope, which lease_scope() has said once a statement: whether the row is in
-- it, and whether the lease has its end mark by now or its time is over. VOLATILE, so that no plan asks less often, and each time sees what is
-- committed then: a cursor, a COPY or a statement that is slow, or is read slowly, reads no further row; what it has sorted or gathered by then it
-- hands out. The session needs nothing for that which anyone could use up or keep from it. STRICT: without a scope nothing is asked. It reads
-- nothing that the session can set between two rows.
CREATE FUNCTION "lease_covers"(of_scope "scope_of_lease", of_firm uuid, of_record uuid) RETURNS boolean
	LANGUAGE plpgsql VOLATILE STRICT SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF of_firm = of_scope.firm AND (of_scope.records IS NULL OR of_record = ANY (of_scope.records)) AND clock_timestamp() < of_scope.expires_at
	THEN RETURN NOT EXISTS (SELECT FROM public.lease_ends e WHERE e.lease_id = of_scope.lease);
	END IF;
	RETURN false;
END
$$;
--> statement-breakpoint
REVOKE EXECUTE ON FUNCTION "lease_covers"("scope_of_lease", uuid, uuid) FROM PUBLIC;
--> statement-breakpoint
GRANT EXECUTE ON FUNCTION "lease_covers"("scope_of_lease", uuid, uuid) TO firmseal_break_glass;
--> statement-breakpoint

-- Where a lease has its mark, another is none: however many a login writes, there are no more than transactions that wrote theirs before the first
-- was committed. No one waits for that: what another has not committed is not seen.
CREATE FUNCTION "mark_once"() RETURNS trigger
	LANGUAGE plpgsql SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	PERFORM public.refuse_old_snapshot();
	IF EXISTS (SELECT FROM public.lease_ends e WHERE e.lease_id = NEW.lease_id AND e.firm_id = NEW.firm_id) THEN RETURN NULL; END IF;
	RETURN NEW;
END
$$;
--> statement-breakpoint
REVOKE EXECUTE ON FUNCTION "mark_once"() FROM PUBLIC;
--> statement-breakpoint
CREATE TRIGGER "once" BEFORE INSERT ON "lease_ends" FOR EACH ROW EXECUTE FUNCTION "mark_once"();
--> statement-breakpoint
ALTER TABLE "lease_ends" ENABLE ALWAYS TRIGGER "once";
