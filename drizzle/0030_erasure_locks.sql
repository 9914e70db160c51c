-- Erasing a firm, a client or a record: what the worker may delete while a job of that kind runs, and what stays closed for good.
ALTER TABLE "erasures" ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE "erasure_objects" ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE "legal_holds" ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
--> statement-breakpoint

-- Whether the transaction is of a job that erases something of this firm: agreed to by another person, or the worker's own after a restore,
-- and past its waiting period. That it was asked for at all, only its proof says.
CREATE FUNCTION "job_erases"(of_firm uuid) RETURNS boolean
	LANGUAGE sql VOLATILE SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT EXISTS (SELECT FROM public.jobs j
		WHERE j.id = public.current_job() AND j.firm_id = of_firm AND j.state = 'RUNNING' AND public.is_clock_sound()
			AND CASE j.kind WHEN 'ERASE' THEN (j.terms::jsonb ->> 'notBefore')::timestamptz <= clock_timestamp() ELSE false END
			AND (j.agreed_by <> j.asked_by OR (j.asked_on = 'worker'
				AND EXISTS (SELECT FROM public.erasures e WHERE e.firm_id = j.firm_id AND e.subject IS NOT DISTINCT FROM j.subject))))
$$;
--> statement-breakpoint
REVOKE EXECUTE ON FUNCTION "job_erases"(uuid) FROM PUBLIC;
--> statement-breakpoint
GRANT EXECUTE ON FUNCTION "job_erases"(uuid) TO firmseal_maintenance;
--> statement-breakpoint
-- Whose rows such a job may touch, of the firm that the transaction names. In one answer, as firm_of_job() gives it.
CREATE FUNCTION "firm_of_erasure"() RETURNS uuid
	LANGUAGE sql VOLATILE SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT j.firm_id FROM public.jobs j
	WHERE j.id = public.current_job() AND j.firm_id = public.current_firm() AND public.job_erases(j.firm_id)
$$;
--> statement-breakpoint
REVOKE EXECUTE ON FUNCTION "firm_of_erasure"() FROM PUBLIC;
--> statement-breakpoint
GRANT EXECUTE ON FUNCTION "firm_of_erasure"() TO firmseal_maintenance;
--> statement-breakpoint
GRANT EXECUTE ON FUNCTION "is_clock_sound"() TO firmseal_maintenance, firmseal_owner;
--> statement-breakpoint

-- Whether a job may still do what it has done, when a statement is done: the row policies were asked when it began, and since then it may have
-- waited for hours. Argument: the class of the table's content.
CREATE FUNCTION "refuse_after_job"() RETURNS trigger
	LANGUAGE plpgsql SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	firms uuid[];
BEGIN
	IF public.session_plane() <> 'firmseal_worker' OR NOT EXISTS (SELECT FROM replaced) THEN RETURN NULL; END IF;
	firms := ARRAY[public.firm_of_erasure(), public.firm_of_job(TG_ARGV[0])];
	IF EXISTS (SELECT FROM replaced r WHERE (r.firm_id = ANY (firms)) IS NOT TRUE) THEN
		RAISE EXCEPTION 'the job has ended, or what it erases is under a hold' USING ERRCODE = 'insufficient_privilege';
	END IF;
	RETURN NULL;
END
$$;
--> statement-breakpoint
REVOKE EXECUTE ON FUNCTION "refuse_after_job"() FROM PUBLIC;
--> statement-breakpoint

-- Whether a firm is erased, or is being erased. VOLATILE: by now, also where a statement has waited.
CREATE FUNCTION "is_erased"(of_firm uuid) RETURNS boolean
	LANGUAGE sql VOLATILE SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT EXISTS (SELECT FROM public.erasures e WHERE e.firm_id = of_firm AND e.subject IS NULL)
$$;
--> statement-breakpoint
REVOKE EXECUTE ON FUNCTION "is_erased"(uuid) FROM PUBLIC;
--> statement-breakpoint
GRANT EXECUTE ON FUNCTION "is_erased"(uuid) TO firmseal_firm, firmseal_portal, firmseal_operator, firmseal_break_glass, firmseal_broker, firmseal_worker;
--> statement-breakpoint

-- The lowest number of a tombstone that the database does not know: when there is one of that number, it was restored from before it.
CREATE FUNCTION "next_tombstone"() RETURNS bigint
	LANGUAGE sql STABLE SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT coalesce(min(n), 0) FROM (
		SELECT e.number + 1 AS n FROM public.erasures e
		WHERE e.number IS NOT NULL AND NOT EXISTS (SELECT FROM public.erasures f WHERE f.number = e.number + 1)
		UNION ALL SELECT 0 WHERE NOT EXISTS (SELECT FROM public.erasures e WHERE e.number = 0)) AS free
$$;
--> statement-breakpoint
REVOKE EXECUTE ON FUNCTION "next_tombstone"() FROM PUBLIC;
--> statement-breakpoint
GRANT EXECUTE ON FUNCTION "next_tombstone"() TO firmseal_firm, firmseal_operator, firmseal_worker, firmseal_maintenance;
--> statement-breakpoint

CREATE POLICY "owner_asks" ON "erasures" FOR SELECT TO firmseal_owner USING (true);
--> statement-breakpoint
GRANT SELECT, INSERT (id, firm_id, subject, number, mac) ON "erasures" TO firmseal_worker;
--> statement-breakpoint
GRANT UPDATE (number) ON "erasures" TO firmseal_worker;
--> statement-breakpoint
CREATE POLICY "worker" ON "erasures" TO firmseal_worker USING (true) WITH CHECK (true);
--> statement-breakpoint
GRANT SELECT, INSERT (id, firm_id, subject, mac, inventory), UPDATE (number, inventory, unopened, unnamed, erased_at, certificate) ON "erasures" TO firmseal_maintenance;
--> statement-breakpoint
CREATE POLICY "maintenance" ON "erasures" TO firmseal_maintenance
	USING (firm_id = (SELECT firm_of_erasure()))
	WITH CHECK (firm_id = (SELECT firm_of_erasure()));
--> statement-breakpoint
GRANT SELECT, INSERT, DELETE ON "erasure_objects" TO firmseal_maintenance;
--> statement-breakpoint
CREATE POLICY "maintenance" ON "erasure_objects" TO firmseal_maintenance
	USING (firm_id = (SELECT firm_of_erasure()))
	WITH CHECK (firm_id = (SELECT firm_of_erasure()));
--> statement-breakpoint

-- Holds are set and released by people of the platform; the worker that erases only asks.
GRANT SELECT, INSERT (id, firm_id, subject, ticket, set_by, set_at, mac), UPDATE (released_by, released_at, release_mac) ON "legal_holds" TO firmseal_worker;
--> statement-breakpoint
CREATE POLICY "worker" ON "legal_holds" TO firmseal_worker USING (true) WITH CHECK (true);
--> statement-breakpoint
GRANT SELECT ON "legal_holds" TO firmseal_maintenance;
--> statement-breakpoint
CREATE POLICY "maintenance" ON "legal_holds" FOR SELECT TO firmseal_maintenance USING (true);
--> statement-breakpoint

-- A hold is released once, and an erasure that is done is done: of neither anything else changes, and none is taken away.
CREATE FUNCTION "guard_hold"() RETURNS trigger
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF OLD.released_at IS NOT NULL OR NEW.released_by = OLD.set_by THEN
		RAISE EXCEPTION 'a hold is released once, by another person than the one who set it' USING ERRCODE = 'invalid_transaction_state';
	END IF;
	RETURN NEW;
END
$$;
--> statement-breakpoint
REVOKE EXECUTE ON FUNCTION "guard_hold"() FROM PUBLIC;
--> statement-breakpoint
CREATE TRIGGER "guard" BEFORE UPDATE ON "legal_holds" FOR EACH ROW EXECUTE FUNCTION "guard_hold"();
--> statement-breakpoint
ALTER TABLE "legal_holds" ENABLE ALWAYS TRIGGER "guard";
--> statement-breakpoint
CREATE FUNCTION "guard_erasure"() RETURNS trigger
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF OLD.erased_at IS NOT NULL AND (NEW.erased_at, NEW.certificate, NEW.number) IS DISTINCT FROM (OLD.erased_at, OLD.certificate, OLD.number) THEN
		RAISE EXCEPTION 'an erasure is done once' USING ERRCODE = 'invalid_transaction_state';
	END IF;
	RETURN NEW;
END
$$;
--> statement-breakpoint
REVOKE EXECUTE ON FUNCTION "guard_erasure"() FROM PUBLIC;
--> statement-breakpoint
CREATE TRIGGER "guard" BEFORE UPDATE ON "erasures" FOR EACH ROW EXECUTE FUNCTION "guard_erasure"();
--> statement-breakpoint
ALTER TABLE "erasures" ENABLE ALWAYS TRIGGER "guard";
--> statement-breakpoint

-- What the log says of a firm's holds, so that a row that is taken away is still missed.
CREATE FUNCTION "holds_in_log"(of_firm uuid) RETURNS TABLE (action text, hold text)
	LANGUAGE sql STABLE SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT a.leaf::jsonb ->> 'action', a.leaf::jsonb -> 'records' ->> 0 FROM public.audit_entries a
	WHERE a.firm_id = of_firm AND a.leaf::jsonb ->> 'action' IN ('hold.set', 'hold.release')
$$;
--> statement-breakpoint
REVOKE EXECUTE ON FUNCTION "holds_in_log"(uuid) FROM PUBLIC;
--> statement-breakpoint
GRANT EXECUTE ON FUNCTION "holds_in_log"(uuid) TO firmseal_worker, firmseal_maintenance;
--> statement-breakpoint
CREATE POLICY "owner_asks_of_holds" ON "audit_entries" FOR SELECT TO firmseal_owner
	USING (leaf::jsonb ->> 'action' IN ('hold.set', 'hold.release'));
--> statement-breakpoint

-- An erased firm stays so, whoever may change a firm's state.
CREATE FUNCTION "guard_firm"() RETURNS trigger
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF OLD.status = 'ERASED' AND NEW.status <> 'ERASED' THEN
		RAISE EXCEPTION 'a firm that is erased stays so' USING ERRCODE = 'invalid_transaction_state';
	END IF;
	RETURN NEW;
END
$$;
--> statement-breakpoint
REVOKE EXECUTE ON FUNCTION "guard_firm"() FROM PUBLIC;
--> statement-breakpoint
CREATE TRIGGER "guard" BEFORE UPDATE OF "status" ON "firms" FOR EACH ROW EXECUTE FUNCTION "guard_firm"();
--> statement-breakpoint
ALTER TABLE "firms" ENABLE ALWAYS TRIGGER "guard";
--> statement-breakpoint

-- Nobody but the job has a key of it any more, or makes one.
CREATE POLICY "not_erased" ON "data_keys" AS RESTRICTIVE
	TO firmseal_firm, firmseal_portal, firmseal_operator, firmseal_break_glass, firmseal_broker
	USING (NOT is_erased(firm_id)) WITH CHECK (NOT is_erased(firm_id));
--> statement-breakpoint

-- As "worker_asks" was, and an erasure waits for its second person too, or is the worker's own.
CREATE OR REPLACE FUNCTION "job_needs"(of_kind text) RETURNS text
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
	RETURN CASE WHEN of_kind IN ('DESTROY', 'CONTRACT', 'ERASE') THEN 'APPROVER' WHEN of_kind IN ('BRING', 'GIVE_BACK') THEN 'OWNER' END;
--> statement-breakpoint
ALTER POLICY "worker_asks" ON "jobs" WITH CHECK (asked_on IN ('cli', 'worker')
	AND state = CASE WHEN job_needs(kind) IS NULL OR (kind = 'ERASE' AND asked_on = 'worker') THEN 'QUEUED' ELSE 'WAITING' END);
--> statement-breakpoint

-- An erasure that has begun is not called off: half of it would be left.
CREATE OR REPLACE FUNCTION "guard_job"() RETURNS trigger
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF NEW.state IS DISTINCT FROM OLD.state AND (OLD.state, NEW.state) NOT IN (
		('WAITING', 'QUEUED'), ('WAITING', 'CANCELLED'), ('QUEUED', 'RUNNING'), ('QUEUED', 'CANCELLED'), ('QUEUED', 'FAILED'),
		('RUNNING', 'DONE'), ('RUNNING', 'FAILED'), ('RUNNING', 'CANCELLED'))
		OR OLD.state IN ('DONE', 'FAILED', 'CANCELLED')
		OR (OLD.kind = 'ERASE' AND OLD.state = 'RUNNING' AND NEW.state = 'CANCELLED')
		OR (OLD.agreed_by IS NOT NULL AND NEW.agreed_by IS DISTINCT FROM OLD.agreed_by)
		OR (OLD.state = 'WAITING' AND NEW.state = 'QUEUED' AND NEW.agreed_by IS NULL)
	THEN
		RAISE EXCEPTION 'a job does not go from % to %', OLD.state, NEW.state USING ERRCODE = 'invalid_transaction_state';
	END IF;
	RETURN NEW;
END
$$;
--> statement-breakpoint

-- A firm's last owner stays, unless the whole firm goes.
CREATE POLICY "owner_erases" ON "memberships" FOR DELETE TO firmseal_owner
	USING (firm_id = (SELECT firm_of_erasure()));
--> statement-breakpoint
CREATE POLICY "erase_sees" ON "memberships" FOR SELECT TO firmseal_maintenance
	USING (firm_id = (SELECT firm_of_erasure()));
--> statement-breakpoint
CREATE POLICY "erase_unlinks" ON "memberships" FOR UPDATE TO firmseal_maintenance
	USING (firm_id = (SELECT firm_of_erasure()) AND role = 'CLIENT')
	WITH CHECK (role = 'CLIENT' AND client_id IS NULL AND removed_at IS NOT NULL);
--> statement-breakpoint
GRANT SELECT (firm_id, user_id, role, client_id, removed_at), UPDATE (client_id, removed_at, mac) ON "memberships" TO firmseal_maintenance;
--> statement-breakpoint
CREATE POLICY "erase_sees" ON "users" FOR SELECT TO firmseal_maintenance
	USING (EXISTS (SELECT FROM memberships m WHERE m.user_id = users.id AND m.firm_id = (SELECT current_firm())));
--> statement-breakpoint
CREATE POLICY "erase" ON "users" FOR UPDATE TO firmseal_maintenance
	USING (EXISTS (SELECT FROM memberships m WHERE m.user_id = users.id AND m.firm_id = (SELECT current_firm())))
	WITH CHECK (disabled_at IS NOT NULL AND name = 'Erased');
--> statement-breakpoint
GRANT SELECT (id), UPDATE (issuer, subject, email, name, disabled_at) ON "users" TO firmseal_maintenance;
--> statement-breakpoint
CREATE POLICY "erase_sees" ON "firms" FOR SELECT TO firmseal_maintenance
	USING (id = (SELECT firm_of_erasure()));
--> statement-breakpoint
CREATE POLICY "erase" ON "firms" FOR UPDATE TO firmseal_maintenance
	USING (id = (SELECT firm_of_erasure()))
	WITH CHECK (status = 'ERASED');
--> statement-breakpoint
GRANT SELECT, UPDATE (slug, name, status, revision) ON "firms" TO firmseal_maintenance;
--> statement-breakpoint
GRANT INSERT (lease_id, firm_id) ON "lease_ends" TO firmseal_maintenance;
--> statement-breakpoint
CREATE POLICY "erase" ON "lease_ends" FOR INSERT TO firmseal_maintenance
	WITH CHECK (firm_id = (SELECT firm_of_erasure()));
--> statement-breakpoint
GRANT SELECT (id, firm_id, state) ON "leases" TO firmseal_maintenance;
--> statement-breakpoint
CREATE POLICY "erase_sees" ON "leases" FOR SELECT TO firmseal_maintenance
	USING (firm_id = (SELECT firm_of_erasure()));
--> statement-breakpoint

-- Deletes rows of the firm that is named, of a table that an erasure concerns; nothing unless a job that erases runs. Answers how many.
CREATE FUNCTION "erase_rows"(of_table text, of_key text, of_ids uuid[]) RETURNS bigint
	LANGUAGE plpgsql SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	gone bigint;
BEGIN
	IF NOT public.job_erases(public.current_firm()) OR NOT EXISTS (SELECT FROM pg_policy p
		WHERE p.polrelid = to_regclass(format('public.%I', of_table)) AND p.polname = 'owner_erases')
	THEN RETURN 0; END IF;
	EXECUTE format('DELETE FROM public.%I WHERE firm_id = $1 AND %I = ANY ($2)', of_table, of_key) USING public.current_firm(), of_ids;
	GET DIAGNOSTICS gone = ROW_COUNT;
	RETURN gone;
END
$$;
--> statement-breakpoint
REVOKE EXECUTE ON FUNCTION "erase_rows"(text, text, uuid[]) FROM PUBLIC;
--> statement-breakpoint
GRANT EXECUTE ON FUNCTION "erase_rows"(text, text, uuid[]) TO firmseal_maintenance;
--> statement-breakpoint

-- What a job of this kind deletes: by ids alone, never by what the rows hold.
CREATE FUNCTION "lock_erasure"() RETURNS void
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	of_table regclass;
	keys text;
BEGIN
	FOR of_table IN
		SELECT c.oid FROM pg_class c
		WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND (
			(SELECT count(*) FROM pg_attribute a
				WHERE a.attrelid = c.oid AND NOT a.attisdropped AND a.attname IN ('firm_id', 'id', 'revision', 'deleted_at')) = 4
			OR c.relname IN ('shares', 'stored_objects', 'download_tickets', 'access_policies', 'lease_texts'))
		ORDER BY c.relname
	LOOP
		SELECT string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum) INTO keys
		FROM pg_attribute a
		WHERE a.attrelid = of_table AND a.attnum > 0 AND NOT a.attisdropped AND a.atttypid = 'uuid'::regtype;
		EXECUTE format('GRANT SELECT (%2$s) ON %1$s TO firmseal_maintenance', of_table, keys);
		IF EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = of_table AND a.attname = 'deleted_at' AND NOT a.attisdropped) THEN
			EXECUTE format('GRANT SELECT (deleted_at), UPDATE (deleted_at) ON %s TO firmseal_maintenance', of_table);
		END IF;
		CONTINUE WHEN EXISTS (SELECT FROM pg_policy WHERE polrelid = of_table AND polname = 'erase');
		EXECUTE format('CREATE POLICY "erase" ON %s TO firmseal_maintenance USING (firm_id = (SELECT public.firm_of_erasure()))', of_table);
		-- Rows go by erase_rows() alone: who has the privilege may lock whole tables too.
		EXECUTE format('CREATE POLICY "owner_erases" ON %s TO firmseal_owner USING (firm_id = (SELECT public.firm_of_erasure()))', of_table);
		-- A job of another kind hides no row, whatever its own policy lets it see, and one of another firm none of this.
		IF EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = of_table AND a.attname = 'deleted_at' AND NOT a.attisdropped) THEN
			EXECUTE format('CREATE POLICY "erase_hides" ON %s AS RESTRICTIVE FOR UPDATE TO firmseal_maintenance USING (true)
				WITH CHECK (deleted_at IS NULL OR firm_id = (SELECT public.firm_of_erasure()))', of_table);
		END IF;
		-- Whoever was at it before the firm was closed adds nothing.
		EXECUTE format('CREATE POLICY "not_erased" ON %s AS RESTRICTIVE FOR INSERT TO firmseal_firm, firmseal_portal
			WITH CHECK (NOT public.is_erased(firm_id))', of_table);
	END LOOP;
END
$$;
--> statement-breakpoint
REVOKE EXECUTE ON FUNCTION "lock_erasure"() FROM PUBLIC;
