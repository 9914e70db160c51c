-- No login can take what a control waits for. Whoever acts alone does it by the lock of a row that only a function of the owner takes: an
-- advisory lock any login can hold, for ever, and a row on which a role has UPDATE that role can lock against every foreign key.
CREATE TABLE "turns" (
	"act" text NOT NULL,
	"whose" uuid NOT NULL,
	CONSTRAINT "turns_act_whose_pk" PRIMARY KEY("act","whose")
);
--> statement-breakpoint
ALTER TABLE "turns" ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
CREATE POLICY "owner_keeps" ON "turns" TO firmseal_owner USING (true) WITH CHECK (true);
--> statement-breakpoint

-- For functions of the owner alone. Ends with the transaction.
CREATE FUNCTION "take_turn"(of_act text, of_whom uuid) RETURNS void
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	INSERT INTO public.turns (act, whose) VALUES (of_act, of_whom) ON CONFLICT DO NOTHING;
	PERFORM FROM public.turns t WHERE t.act = of_act AND t.whose = of_whom FOR NO KEY UPDATE;
END
$$;
--> statement-breakpoint
REVOKE EXECUTE ON FUNCTION "take_turn"(text, uuid) FROM PUBLIC;
--> statement-breakpoint

-- The places of those of whom one at a time works (src/database/place-session.ts), each for its own plane: a login that could take any number
-- would fill the server's memory for locks. Ends with the session.
CREATE FUNCTION "take_place"(of_lock bigint) RETURNS boolean
	LANGUAGE sql SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT CASE WHEN of_lock = ANY (CASE public.session_plane()
		WHEN 'firmseal_broker' THEN ARRAY[4611006] WHEN 'firmseal_worker' THEN ARRAY[4611007, 4611008] END)
		THEN pg_try_advisory_lock(of_lock) ELSE false END
$$;
--> statement-breakpoint
REVOKE EXECUTE ON FUNCTION "take_place"(bigint) FROM PUBLIC;
--> statement-breakpoint
GRANT EXECUTE ON FUNCTION "take_place"(bigint) TO firmseal_broker, firmseal_log;
--> statement-breakpoint

-- Nobody is there yet whose row could be locked.
CREATE FUNCTION "take_turn_of_first_approvers"() RETURNS void
	LANGUAGE plpgsql SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	PERFORM public.take_turn('FIRST_APPROVERS', '00000000-0000-0000-0000-000000000000');
END
$$;
--> statement-breakpoint
REVOKE EXECUTE ON FUNCTION "take_turn_of_first_approvers"() FROM PUBLIC;
--> statement-breakpoint
GRANT EXECUTE ON FUNCTION "take_turn_of_first_approvers"() TO firmseal_worker;
--> statement-breakpoint

-- One place for a person, by whatever account: in one firm, or at the platform, which knows several accounts of one person. Who has left is free
-- to go to the other side by another account; what has signed in on one side never does on the other.
CREATE OR REPLACE FUNCTION "refuse_member_and_operator"() RETURNS trigger
	LANGUAGE plpgsql SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	mine public.users := (SELECT u FROM public.users u WHERE u.id = NEW.user_id);
	joins_firm boolean := TG_TABLE_NAME = 'memberships';
BEGIN
	-- Who leaves, or stays where they are, waits for no one.
	IF TG_OP = 'UPDATE' AND NEW.user_id = OLD.user_id THEN
		IF joins_firm THEN
			IF NEW.removed_at IS NOT NULL OR OLD.removed_at IS NULL THEN RETURN NEW; END IF;
		ELSIF NEW.disabled_at IS NOT NULL OR OLD.disabled_at IS NULL THEN
			RETURN NEW;
		END IF;
	END IF;
	-- One at a time: two transactions that give the same person a place wait for each other.
	IF mine.person_id IS NOT NULL THEN PERFORM public.take_turn('SIDE_OF_PERSON', mine.person_id); END IF;
	-- With an older snapshot the waiting would be for nothing: it doesn't see what the other has committed.
	IF current_setting('transaction_isolation') <> 'read committed' THEN
		RAISE EXCEPTION 'members and operators are made in read committed' USING ERRCODE = 'invalid_transaction_state';
	END IF;
	IF EXISTS (
		SELECT FROM public.users u
		LEFT JOIN public.memberships m ON m.user_id = u.id
		LEFT JOIN public.operators o ON o.user_id = u.id
		WHERE u.issuer = mine.issuer AND u.subject = mine.subject AND CASE WHEN joins_firm THEN o.user_id ELSE m.user_id END IS NOT NULL
			OR u.person_id = mine.person_id AND u.id <> NEW.user_id AND (
				m.user_id IS NOT NULL AND m.removed_at IS NULL OR joins_firm AND o.user_id IS NOT NULL AND o.disabled_at IS NULL)
	) THEN
		RAISE EXCEPTION 'a person has one place: in a firm, or at the platform' USING ERRCODE = 'integrity_constraint_violation';
	END IF;
	RETURN NEW;
END
$$;
--> statement-breakpoint
DROP TRIGGER "one_side_only" ON "memberships";
--> statement-breakpoint
CREATE TRIGGER "one_side_only" BEFORE INSERT OR UPDATE OF "user_id", "removed_at" ON "memberships"
	FOR EACH ROW EXECUTE FUNCTION "refuse_member_and_operator"();
--> statement-breakpoint
ALTER TABLE "memberships" ENABLE ALWAYS TRIGGER "one_side_only";
--> statement-breakpoint
DROP TRIGGER "one_side_only" ON "operators";
--> statement-breakpoint
CREATE TRIGGER "one_side_only" BEFORE INSERT OR UPDATE OF "user_id", "disabled_at" ON "operators"
	FOR EACH ROW EXECUTE FUNCTION "refuse_member_and_operator"();
--> statement-breakpoint
ALTER TABLE "operators" ENABLE ALWAYS TRIGGER "one_side_only";
--> statement-breakpoint

-- A firm's row is what nearly every row refers to. The worker moves it and locks it by functions, which are in no foreign key's way.
REVOKE UPDATE (status, revision) ON "firms" FROM firmseal_worker;
--> statement-breakpoint
CREATE POLICY "owner_moves" ON "firms" FOR UPDATE TO firmseal_owner USING (true) WITH CHECK (true);
--> statement-breakpoint
CREATE FUNCTION "set_firm_status"(of_firm uuid, of_status text) RETURNS boolean
	LANGUAGE plpgsql SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	UPDATE public.firms f SET status = of_status, revision = f.revision + 1 WHERE f.id = of_firm AND f.status <> of_status;
	RETURN FOUND;
END
$$;
--> statement-breakpoint
REVOKE EXECUTE ON FUNCTION "set_firm_status"(uuid, text) FROM PUBLIC;
--> statement-breakpoint
GRANT EXECUTE ON FUNCTION "set_firm_status"(uuid, text) TO firmseal_worker;
--> statement-breakpoint

-- Keeps a firm's row until the end of the transaction; false: there is none, or somebody else has it and `waits` is false.
CREATE FUNCTION "hold_firm"(of_firm uuid, waits boolean) RETURNS boolean
	LANGUAGE plpgsql SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF waits THEN
		PERFORM FROM public.firms f WHERE f.id = of_firm FOR NO KEY UPDATE;
	ELSE
		PERFORM FROM public.firms f WHERE f.id = of_firm FOR NO KEY UPDATE SKIP LOCKED;
	END IF;
	RETURN FOUND;
END
$$;
--> statement-breakpoint
REVOKE EXECUTE ON FUNCTION "hold_firm"(uuid, boolean) FROM PUBLIC;
--> statement-breakpoint
GRANT EXECUTE ON FUNCTION "hold_firm"(uuid, boolean) TO firmseal_worker, firmseal_maintenance;
--> statement-breakpoint
-- Whether a firm has no member yet, which is asked when the row is written: VOLATILE, so that a statement that began before and has waited sees
-- who has come meanwhile, and no firm is one before it is there. Who would be the first comes alone, by the lock of the firm's row.
CREATE FUNCTION "has_no_member"(of_firm uuid) RETURNS boolean
	LANGUAGE plpgsql VOLATILE SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF NOT public.hold_firm(of_firm, true) THEN RETURN false; END IF;
	RETURN NOT EXISTS (SELECT FROM public.memberships m WHERE m.firm_id = of_firm);
END
$$;
--> statement-breakpoint
REVOKE EXECUTE ON FUNCTION "has_no_member"(uuid) FROM PUBLIC;
--> statement-breakpoint
GRANT EXECUTE ON FUNCTION "has_no_member"(uuid) TO firmseal_worker;
--> statement-breakpoint
ALTER POLICY "worker_adds_first" ON "memberships" WITH CHECK (role = 'OWNER' AND has_no_member(firm_id));
--> statement-breakpoint
-- It locks the firm's row for who asks.
ALTER FUNCTION "stamp_owner_recovery"() SECURITY DEFINER;
--> statement-breakpoint

-- Each role tells refusals in rows of its own: whoever keeps a transaction open keeps nobody else from telling one.
ALTER TABLE "key_refusals" ADD COLUMN "told_by" "name" DEFAULT current_user NOT NULL;
--> statement-breakpoint
ALTER TABLE "key_refusals" DROP CONSTRAINT "key_refusals_pkey";
--> statement-breakpoint
ALTER TABLE "key_refusals" ADD CONSTRAINT "key_refusals_firm_id_told_by_pk" PRIMARY KEY("firm_id","told_by");
--> statement-breakpoint
ALTER POLICY "firm_tells" ON "key_refusals" WITH CHECK (told_by = CURRENT_USER AND firm_id = (SELECT current_firm()));
--> statement-breakpoint
ALTER POLICY "firm_tells_again" ON "key_refusals" USING (told_by = CURRENT_USER AND firm_id = (SELECT current_firm()))
	WITH CHECK (firm_id = (SELECT current_firm()));
--> statement-breakpoint
ALTER POLICY "tells" ON "key_refusals" TO firmseal_worker, firmseal_broker, firmseal_maintenance
	WITH CHECK (told_by = CURRENT_USER AND (CURRENT_USER <> 'firmseal_maintenance' OR firm_id = (SELECT current_firm())));
--> statement-breakpoint
ALTER POLICY "tells_again" ON "key_refusals" TO firmseal_worker, firmseal_broker, firmseal_maintenance
	USING (told_by = CURRENT_USER)
	WITH CHECK (CURRENT_USER <> 'firmseal_maintenance' OR firm_id = (SELECT current_firm()));
--> statement-breakpoint
ALTER POLICY "hears" ON "key_refusals" TO firmseal_firm, firmseal_operator, firmseal_worker, firmseal_broker, firmseal_maintenance;
--> statement-breakpoint
DROP POLICY "maintenance" ON "key_refusals";
--> statement-breakpoint

-- Each process reads the last minute of these four times a second: they are of firms that are there, and of the moment when they are told.
CREATE FUNCTION "stamp_key_refusal"() RETURNS trigger
	LANGUAGE plpgsql SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	-- Of a firm that is not there no one has a key.
	IF NEW.firm_id <> '00000000-0000-0000-0000-000000000000' AND NOT EXISTS (SELECT FROM public.firms f WHERE f.id = NEW.firm_id)
	THEN RETURN NULL; END IF;
	NEW.refused_at := clock_timestamp();
	RETURN NEW;
END
$$;
--> statement-breakpoint
REVOKE EXECUTE ON FUNCTION "stamp_key_refusal"() FROM PUBLIC;
--> statement-breakpoint
CREATE TRIGGER "stamp" BEFORE INSERT OR UPDATE ON "key_refusals" FOR EACH ROW EXECUTE FUNCTION "stamp_key_refusal"();
--> statement-breakpoint
ALTER TABLE "key_refusals" ENABLE ALWAYS TRIGGER "stamp";
--> statement-breakpoint
CREATE INDEX "key_refusals_refused" ON "key_refusals" USING btree ("refused_at");
--> statement-breakpoint

-- As it was, but that no time zone of a session's own, which may be called Z, moves its time; of the worker's own job the tombstone too was there before, so that it is seen. And nothing that is under a legal hold is erased for
-- persons: what is erased once more was under none when it began. What of a hold is a part of the other, erase_rows() asks. Whether a hold is
-- proven, and its release, only a program can tell.
CREATE OR REPLACE FUNCTION "job_erases"(of_firm uuid) RETURNS boolean
	LANGUAGE sql VOLATILE SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT EXISTS (SELECT FROM public.jobs j
		WHERE j.id = public.current_job() AND j.firm_id = of_firm AND j.state = 'RUNNING' AND public.is_clock_sound()
			AND CASE j.kind WHEN 'ERASE' THEN replace(j.terms::jsonb ->> 'notBefore', 'Z', '+00')::timestamptz <= clock_timestamp() ELSE false END
			AND CASE j.asked_on WHEN 'worker' THEN EXISTS (SELECT FROM public.erasures e
					WHERE e.firm_id = j.firm_id AND e.subject IS NOT DISTINCT FROM j.subject
						AND e.begun_in IS DISTINCT FROM pg_current_xact_id_if_assigned()::text::bigint)
				ELSE j.agreed_by <> j.asked_by AND NOT EXISTS (SELECT FROM public.legal_holds h
					WHERE h.firm_id = j.firm_id AND h.released_at IS NULL AND coalesce(h.subject = j.subject, true)) END)
$$;
--> statement-breakpoint
CREATE POLICY "owner_asks" ON "legal_holds" FOR SELECT TO firmseal_owner USING (true);
--> statement-breakpoint
-- Whether it erases the whole firm.
CREATE FUNCTION "job_erases_firm"(of_firm uuid) RETURNS boolean
	LANGUAGE sql VOLATILE SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT public.job_erases(of_firm) AND EXISTS (SELECT FROM public.jobs j WHERE j.id = public.current_job() AND j.subject IS NULL)
$$;
--> statement-breakpoint
REVOKE EXECUTE ON FUNCTION "job_erases_firm"(uuid) FROM PUBLIC;
--> statement-breakpoint
GRANT EXECUTE ON FUNCTION "job_erases_firm"(uuid) TO firmseal_maintenance, firmseal_owner;
--> statement-breakpoint
-- Whether it erases this client.
CREATE FUNCTION "job_erases_client"(of_firm uuid, of_client uuid) RETURNS boolean
	LANGUAGE sql VOLATILE SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT public.job_erases(of_firm)
		AND EXISTS (SELECT FROM public.jobs j WHERE j.id = public.current_job() AND j.subject = 'Client.' || of_client)
$$;
--> statement-breakpoint
REVOKE EXECUTE ON FUNCTION "job_erases_client"(uuid, uuid) FROM PUBLIC;
--> statement-breakpoint
GRANT EXECUTE ON FUNCTION "job_erases_client"(uuid, uuid) TO firmseal_maintenance;
--> statement-breakpoint
-- The people of a client go with it; who has left already is seen, because the row that says so must be.
ALTER POLICY "erase_sees" ON "memberships" USING (firm_id = (SELECT firm_of_erasure()) AND (job_erases_firm(firm_id)
	OR role = 'CLIENT' AND (job_erases_client(firm_id, client_id) OR client_id IS NULL AND removed_at IS NOT NULL)));
--> statement-breakpoint
ALTER POLICY "erase_unlinks" ON "memberships" USING (firm_id = (SELECT current_firm()) AND role = 'CLIENT'
	AND job_erases_client(firm_id, client_id));
--> statement-breakpoint
-- Whoever may change a firm's row may lock it, and so what nearly every row refers to.
ALTER POLICY "erase" ON "firms" USING (id = (SELECT current_firm()) AND job_erases_firm(id));
--> statement-breakpoint
ALTER POLICY "erase" ON "lease_ends" WITH CHECK (firm_id = (SELECT current_firm()) AND job_erases_firm(firm_id)
	AND EXISTS (SELECT FROM "leases" l WHERE l.id = lease_id AND l.firm_id = "lease_ends".firm_id));
--> statement-breakpoint

-- As it was; a hold is set and released by a command, of which no other login says anything, and what is no id is none.
CREATE OR REPLACE FUNCTION "holds_in_log"(of_firm uuid) RETURNS TABLE (action text, hold text)
	LANGUAGE sql STABLE SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT a.leaf::jsonb ->> 'action', a.leaf::jsonb -> 'records' ->> 0 FROM public.audit_entries a
	WHERE a.firm_id = of_firm AND starts_with(a.leaf, '{"action":"hold.') AND a.leaf::jsonb ->> 'action' IN ('hold.set', 'hold.release')
		AND a.role = 'firmseal_worker' AND a.leaf::jsonb -> 'records' ->> 0 ~ '^[A-Za-z0-9_-]{21}[AQgw]$'
$$;
--> statement-breakpoint

-- Which rows of a table are of something that is erased, or held: itself, and what refers to it, directly or not. As partsOf() in
-- src/database/statements/erasing.ts, which says in which order they go. `of_subject` null: all of the firm.
CREATE FUNCTION "rows_of_subject"(of_table text, of_firm uuid, of_subject text) RETURNS text
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	named text[] := regexp_match(of_subject, '^([A-Za-z]+)\.([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$');
	parts text[] := '{}';
	part text;
	of_type text;
	whole text;
	by_column text;
BEGIN
	IF of_subject IS NULL THEN RETURN 'true'; END IF;
	FOR of_type, whole, by_column IN VALUES ('Client', 'clients', 'client_id'), ('Document', 'documents', 'document_id'),
		('Thread', 'threads', 'thread_id'), ('Message', 'messages', 'message_id'), ('Note', 'notes', 'note_id'),
		('Invoice', 'invoices', 'invoice_id'), ('Comment', 'comments', NULL), ('TimeEntry', 'time_entries', NULL)
	LOOP
		IF whole = of_table AND of_type = named[1] THEN parts := parts || format('id = %L::uuid', named[2]); END IF;
		IF EXISTS (SELECT FROM pg_attribute a
			WHERE a.attrelid = to_regclass(format('public.%I', of_table)) AND a.attname = by_column AND NOT a.attisdropped)
		THEN
			part := public.rows_of_subject(whole, of_firm, of_subject);
			IF part <> 'false' THEN
				parts := parts || format('%I IN (SELECT w.id FROM public.%I w WHERE w.firm_id = %L::uuid AND (%s))', by_column, whole, of_firm, part);
			END IF;
		END IF;
	END LOOP;
	RETURN coalesce(nullif(array_to_string(parts, ' OR '), ''), 'false');
END
$$;
--> statement-breakpoint
REVOKE EXECUTE ON FUNCTION "rows_of_subject"(text, uuid, text) FROM PUBLIC;
--> statement-breakpoint
-- As it was; and no row goes but those of what the job erases, nor one that is held against the persons who have asked. What there is to wait for
-- is waited for first: holds are looked for after it, and the policy of the rows asks once more whether the job still erases.
CREATE OR REPLACE FUNCTION "erase_rows"(of_table text, of_key text, of_ids uuid[]) RETURNS bigint
	LANGUAGE plpgsql SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	job public.jobs := (SELECT j FROM public.jobs j WHERE j.id = public.current_job());
	named text := public.rows_of_subject(of_table, job.firm_id, job.subject);
	held text;
	gone bigint;
BEGIN
	IF NOT public.job_erases(public.current_firm()) OR NOT EXISTS (SELECT FROM pg_policy p
		WHERE p.polrelid = to_regclass(format('public.%I', of_table)) AND p.polname = 'owner_erases')
	THEN RETURN 0; END IF;
	EXECUTE format('SELECT FROM public.%I WHERE firm_id = $1 AND %I = ANY ($2) AND (%s) FOR UPDATE', of_table, of_key, named)
		USING public.current_firm(), of_ids;
	SELECT string_agg(public.rows_of_subject(of_table, h.firm_id, h.subject), ' OR ') INTO held FROM public.legal_holds h
		WHERE h.firm_id = job.firm_id AND h.released_at IS NULL AND job.asked_on <> 'worker';
	EXECUTE format('DELETE FROM public.%I WHERE firm_id = $1 AND %I = ANY ($2) AND (%s) AND (%s) IS NOT TRUE', of_table, of_key, named,
		coalesce(held, 'false')) USING public.current_firm(), of_ids;
	GET DIAGNOSTICS gone = ROW_COUNT;
	RETURN gone;
END
$$;
--> statement-breakpoint

-- Who may DELETE from a table, or UPDATE all of it, may LOCK TABLE in every mode, and keeps everybody from it. So rows go by a function, in
-- whose way is only who may delete which rows of which table: by the role that the transaction has taken, as these policies have it.
REVOKE DELETE ON "shares", "download_tickets" FROM firmseal_firm;
--> statement-breakpoint
REVOKE DELETE ON "clock_resets", "download_tickets", "own_key_states", "stored_objects" FROM firmseal_worker;
--> statement-breakpoint
REVOKE DELETE ON "erasure_objects", "escrow_files", "job_pages", "recovery_files", "recovery_sessions" FROM firmseal_maintenance;
--> statement-breakpoint
REVOKE DELETE ON "alert_states", "alert_tallies" FROM firmseal_log;
--> statement-breakpoint
REVOKE DELETE ON "lease_grant_tokens" FROM firmseal_broker;
--> statement-breakpoint
DROP POLICY "worker_clears" ON "download_tickets";
--> statement-breakpoint
DROP POLICY "worker_deletes" ON "stored_objects";
--> statement-breakpoint
DROP POLICY "erase" ON "escrow_files";
--> statement-breakpoint
DROP POLICY "erase" ON "recovery_files";
--> statement-breakpoint
DROP POLICY "erase" ON "recovery_sessions";
--> statement-breakpoint
-- By where a row lies it is named to the function.
GRANT SELECT (ctid) ON "download_tickets" TO firmseal_worker;
--> statement-breakpoint
GRANT SELECT (ctid) ON "escrow_files" TO firmseal_maintenance;
--> statement-breakpoint
-- The firm that the transaction names, if it has taken this role: in one answer, as firm_of_job() gives it.
CREATE FUNCTION "firm_of_role"(of_role text) RETURNS uuid
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
	RETURN CASE current_setting('role') WHEN of_role THEN public.current_firm() END;
--> statement-breakpoint
REVOKE EXECUTE ON FUNCTION "firm_of_role"(text) FROM PUBLIC;
--> statement-breakpoint
CREATE POLICY "owner_deletes" ON "shares" TO firmseal_owner USING (firm_id = (SELECT firm_of_role('firmseal_firm'))) WITH CHECK (false);
--> statement-breakpoint
CREATE POLICY "owner_deletes" ON "download_tickets" TO firmseal_owner
	USING (firm_id = (SELECT firm_of_role('firmseal_firm')) OR current_setting('role') = 'firmseal_worker' AND expires_at < now())
	WITH CHECK (false);
--> statement-breakpoint
CREATE POLICY "owner_deletes" ON "own_key_states" TO firmseal_owner
	USING (current_setting('role') = 'firmseal_worker') WITH CHECK (false);
--> statement-breakpoint
CREATE POLICY "owner_deletes" ON "stored_objects" TO firmseal_owner
	USING (current_setting('role') = 'firmseal_worker' AND state = 'DELETING') WITH CHECK (false);
--> statement-breakpoint
CREATE POLICY "owner_deletes" ON "erasure_objects" TO firmseal_owner
	USING (firm_id = (SELECT firm_of_role('firmseal_maintenance')) AND job_erases(firm_id)) WITH CHECK (false);
--> statement-breakpoint
CREATE POLICY "owner_deletes" ON "escrow_files" TO firmseal_owner
	USING (firm_id = (SELECT firm_of_role('firmseal_maintenance')) AND job_erases_firm(firm_id)) WITH CHECK (false);
--> statement-breakpoint
CREATE POLICY "owner_deletes" ON "recovery_files" TO firmseal_owner USING (firm_id = (SELECT firm_of_role('firmseal_maintenance'))
	AND (job_erases_firm(firm_id) OR job_runs(firm_id, job_id, '{RECOVER,DRILL}'))) WITH CHECK (false);
--> statement-breakpoint
CREATE POLICY "owner_deletes" ON "recovery_sessions" TO firmseal_owner USING (firm_id = (SELECT firm_of_role('firmseal_maintenance'))
	AND (job_erases_firm(firm_id) OR job_runs(firm_id, job_id, '{RECOVER,DRILL}'))) WITH CHECK (false);
--> statement-breakpoint
CREATE POLICY "owner_deletes" ON "job_pages" TO firmseal_owner
	USING (current_setting('role') = 'firmseal_maintenance') WITH CHECK (false);
--> statement-breakpoint
CREATE POLICY "owner_deletes" ON "alert_states" TO firmseal_owner
	USING (current_setting('role') = 'firmseal_log') WITH CHECK (false);
--> statement-breakpoint
CREATE POLICY "owner_deletes" ON "alert_tallies" TO firmseal_owner
	USING (current_setting('role') = 'firmseal_log') WITH CHECK (false);
--> statement-breakpoint
CREATE POLICY "owner_deletes" ON "lease_grant_tokens" TO firmseal_owner
	USING (current_setting('role') = 'firmseal_broker') WITH CHECK (false);
--> statement-breakpoint

-- Deletes rows of a table that the transaction's role may delete rows of, and answers how many it was.
CREATE FUNCTION "delete_rows"(of_table text, of_places tid[]) RETURNS bigint
	LANGUAGE plpgsql SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	gone bigint;
BEGIN
	-- Other policies let the owner delete for a job that erases: that is not what whoever names one may do here.
	IF of_table <> ALL (CASE current_setting('role')
		WHEN 'firmseal_firm' THEN '{shares,download_tickets}'
		WHEN 'firmseal_worker' THEN '{clock_resets,download_tickets,own_key_states,stored_objects}'
		WHEN 'firmseal_maintenance' THEN '{erasure_objects,escrow_files,job_pages,recovery_files,recovery_sessions}'
		WHEN 'firmseal_log' THEN '{alert_states,alert_tallies}'
		WHEN 'firmseal_broker' THEN '{lease_grant_tokens}'
		ELSE '{}' END::text[])
	THEN
		RAISE EXCEPTION 'no role but those of these rows deletes them' USING ERRCODE = 'insufficient_privilege';
	END IF;
	EXECUTE format('DELETE FROM public.%I WHERE ctid = ANY ($1)', of_table) USING of_places;
	GET DIAGNOSTICS gone = ROW_COUNT;
	RETURN gone;
END
$$;
--> statement-breakpoint
REVOKE EXECUTE ON FUNCTION "delete_rows"(text, tid[]) FROM PUBLIC;
--> statement-breakpoint
GRANT EXECUTE ON FUNCTION "delete_rows"(text, tid[])
	TO firmseal_firm, firmseal_worker, firmseal_maintenance, firmseal_log, firmseal_broker;
