-- The erasure of a firm, a client or a record: what the worker may delete while such a job runs, what a legal hold keeps, and what stays closed
-- permanently.

-- Whether the transaction's job may erase data of this firm: another person approved it, or it is the worker's own job after a restore, and its
-- waiting period is over. Only the job's proof, which SQL cannot check, shows that it was really requested. The time is read as UTC, even if the
-- session has defined a time zone Z. For the worker's own job, an earlier transaction must have inserted the erasure, so that others have seen it.
-- No legal hold on the firm or on the same subject may be in force; a worker's own job repeats an erasure that had none when it began. erase_rows()
-- checks holds on parts. Only a program can check whether a hold or its release is proven.
CREATE FUNCTION "job_erases"(of_firm uuid) RETURNS boolean
	LANGUAGE sql VOLATILE SECURITY DEFINER
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
GRANT EXECUTE ON FUNCTION "job_erases"(uuid) TO firmseal_maintenance;

-- Whether the job erases the whole firm.
CREATE FUNCTION "job_erases_firm"(of_firm uuid) RETURNS boolean
	LANGUAGE sql VOLATILE SECURITY DEFINER
AS $$
	SELECT public.job_erases(of_firm) AND EXISTS (SELECT FROM public.jobs j WHERE j.id = public.current_job() AND j.subject IS NULL)
$$;
GRANT EXECUTE ON FUNCTION "job_erases_firm"(uuid) TO firmseal_maintenance, firmseal_owner;

-- Whether the job erases this client.
CREATE FUNCTION "job_erases_client"(of_firm uuid, of_client uuid) RETURNS boolean
	LANGUAGE sql VOLATILE SECURITY DEFINER
AS $$
	SELECT public.job_erases(of_firm)
		AND EXISTS (SELECT FROM public.jobs j WHERE j.id = public.current_job() AND j.subject = 'Client.' || of_client)
$$;
GRANT EXECUTE ON FUNCTION "job_erases_client"(uuid, uuid) TO firmseal_maintenance;

-- The firm whose rows such a job may access, if the transaction names it. One question, as firm_of_job() is.
CREATE FUNCTION "firm_of_erasure"() RETURNS uuid
	LANGUAGE sql VOLATILE SECURITY DEFINER
AS $$
	SELECT j.firm_id FROM public.jobs j
	WHERE j.id = public.current_job() AND j.firm_id = public.current_firm() AND public.job_erases(j.firm_id)
$$;
GRANT EXECUTE ON FUNCTION "firm_of_erasure"() TO firmseal_maintenance;

-- The types that can be erased by themselves, besides a firm, and their tables: a type is the argument of the trigger that secure_erasure() makes. A
-- table without its trigger is an error, because it would be left out of holds and of the check after a restore.
CREATE FUNCTION "erasable_types"() RETURNS TABLE (type text, of_table text)
	LANGUAGE plpgsql STABLE
AS $$
DECLARE
	lost text := (SELECT string_agg(p.polrelid::regclass::text, ', ') FROM pg_policy p WHERE p.polname = 'owner_asks_of_erased'
		AND NOT EXISTS (SELECT FROM pg_trigger t WHERE t.tgrelid = p.polrelid AND t.tgname = 'not_erased'));
BEGIN
	IF lost IS NOT NULL THEN
		RAISE EXCEPTION 'the trigger not_erased is missing on %: prepare the database again', lost USING ERRCODE = 'object_not_in_prerequisite_state';
	END IF;
	RETURN QUERY SELECT split_part(encode(t.tgargs, 'escape'), '\000', 1), c.relname::text
		FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
		WHERE t.tgname = 'not_erased' AND t.tgfoid = to_regproc('public.refuse_erased_id') AND c.relnamespace = 'public'::regnamespace
		ORDER BY c.relname;
END
$$;

-- SQL condition on the rows of a table that belong to an erased or held subject: the subject's row, and the rows that refer to it, directly or not, by
-- a column that is named after the type. src/database/statements/jobs/erasure-targets.ts erases no other rows. `of_subject`: null for the whole
-- firm. An unknown subject is an error, because a hold without rows would hold nothing.
CREATE FUNCTION "rows_of_subject"(of_table text, of_firm uuid, of_subject text) RETURNS text
	LANGUAGE plpgsql STABLE
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
	IF named IS NULL OR NOT EXISTS (SELECT FROM public.erasable_types() t WHERE t.type = named[1]) THEN
		RAISE EXCEPTION 'the subject cannot be erased by itself' USING ERRCODE = 'object_not_in_prerequisite_state';
	END IF;
	IF EXISTS (SELECT FROM public.named_content() n WHERE n.child = to_regclass(format('public.%I', of_table))
		AND NOT EXISTS (SELECT FROM public.erasable_types() t WHERE n.parent = to_regclass(format('public.%I', t.of_table))))
	THEN
		RAISE EXCEPTION '% names rows of a table without the trigger not_erased: prepare the database again', of_table
			USING ERRCODE = 'object_not_in_prerequisite_state';
	END IF;
	FOR of_type, whole IN SELECT t.type, t.of_table FROM public.erasable_types() t
	LOOP
		by_column := lower(regexp_replace(of_type, '([a-z])([A-Z])', '\1_\2', 'g')) || '_id';
		IF whole = of_table AND of_type = named[1] THEN parts := parts || format('id = %L::uuid', named[2]); END IF;
		CONTINUE WHEN NOT EXISTS (SELECT FROM pg_attribute a
			WHERE a.attrelid = to_regclass(format('public.%I', of_table)) AND a.attname = by_column AND NOT a.attisdropped);
		-- Compares the id itself, because a column without a foreign key may name a row that is already gone.
		IF of_type = named[1] THEN parts := parts || format('%I = %L::uuid', by_column, named[2]); CONTINUE; END IF;
		part := public.rows_of_subject(whole, of_firm, of_subject);
		IF part <> 'false' THEN
			parts := parts || format('%I IN (SELECT w.id FROM public.%I w WHERE w.firm_id = %L::uuid AND (%s))', by_column, whole, of_firm, part);
		END IF;
	END LOOP;
	RETURN coalesce(nullif(array_to_string(parts, ' OR '), ''), 'false');
END
$$;

-- Deletes rows of the transaction's firm from a table that an erasure covers, and returns how many; none unless a job that erases runs. Deletes only
-- rows of the job's subject, and none under a hold, except for the worker's own job. It first waits for the rows' locks. Then it reads the holds, and
-- the rows' policy checks again that the job may erase.
CREATE FUNCTION "erase_rows"(of_table text, of_key text, of_ids uuid[]) RETURNS bigint
	LANGUAGE plpgsql SECURITY DEFINER
AS $$
DECLARE
	job public.jobs := (SELECT j FROM public.jobs j WHERE j.id = public.current_job());
	named text;
	held text;
	gone bigint;
BEGIN
	IF NOT public.job_erases(public.current_firm()) OR NOT EXISTS (SELECT FROM pg_policy p
		WHERE p.polrelid = to_regclass(format('public.%I', of_table)) AND p.polname = 'owner_erases')
	THEN RETURN 0; END IF;
	named := public.rows_of_subject(of_table, job.firm_id, job.subject);
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
GRANT EXECUTE ON FUNCTION "erase_rows"(text, text, uuid[]) TO firmseal_maintenance;

-- A hold is released once, by a person other than the one who set it.
CREATE FUNCTION "guard_legal_hold"() RETURNS trigger
	LANGUAGE plpgsql
AS $$
BEGIN
	IF OLD.released_at IS NOT NULL OR NEW.released_by = OLD.set_by THEN
		RAISE EXCEPTION 'a hold can be released only once, by a person other than the one who set it' USING ERRCODE = 'invalid_transaction_state';
	END IF;
	RETURN NEW;
END
$$;

CREATE TRIGGER "guard" BEFORE UPDATE ON "legal_holds" FOR EACH ROW EXECUTE FUNCTION "guard_legal_hold"();

-- The log's entries about a firm's holds, so that a deleted row is noticed. Only commands set and release holds, so entries of other logins do not
-- count, nor does a text that is not an id.
CREATE FUNCTION "legal_holds_in_log"(of_firm uuid) RETURNS TABLE (action text, hold text)
	LANGUAGE sql STABLE SECURITY DEFINER
AS $$
	SELECT a.leaf::jsonb ->> 'action', a.leaf::jsonb -> 'records' ->> 0 FROM public.audit_entries a
	WHERE a.firm_id = of_firm AND starts_with(a.leaf, '{"action":"hold.') AND a.leaf::jsonb ->> 'action' IN ('hold.set', 'hold.release')
		AND a.role = 'firmseal_worker' AND a.leaf::jsonb -> 'records' ->> 0 ~ '^[A-Za-z0-9_-]{21}[AQgw]$'
$$;
GRANT EXECUTE ON FUNCTION "legal_holds_in_log"(uuid) TO firmseal_worker, firmseal_maintenance;

-- An erasure finishes once. A number that belongs to another record may be released at any time.
CREATE FUNCTION "guard_erasure"() RETURNS trigger
	LANGUAGE plpgsql
AS $$
BEGIN
	IF OLD.erased_at IS NOT NULL AND ((NEW.erased_at, NEW.certificate) IS DISTINCT FROM (OLD.erased_at, OLD.certificate)
		OR (OLD.number IS NOT NULL AND NEW.number IS NOT NULL AND NEW.number <> OLD.number))
	THEN
		RAISE EXCEPTION 'a finished erasure cannot be changed' USING ERRCODE = 'invalid_transaction_state';
	END IF;
	RETURN NEW;
END
$$;

CREATE TRIGGER "guard" BEFORE UPDATE ON "erasures" FOR EACH ROW EXECUTE FUNCTION "guard_erasure"();

-- The lowest number of an erasure record that the database does not have. If a record with that number exists, the database was restored from a time
-- before it.
CREATE FUNCTION "next_erasure_record_number"() RETURNS bigint
	LANGUAGE sql STABLE SECURITY DEFINER
AS $$
	SELECT coalesce(min(n), 0) FROM (
		SELECT e.number + 1 AS n FROM public.erasures e
		WHERE e.number IS NOT NULL AND NOT EXISTS (SELECT FROM public.erasures f WHERE f.number = e.number + 1)
		UNION ALL SELECT 0 WHERE NOT EXISTS (SELECT FROM public.erasures e WHERE e.number = 0)) AS free
$$;
GRANT EXECUTE ON FUNCTION "next_erasure_record_number"() TO firmseal_firm, firmseal_operator, firmseal_worker, firmseal_maintenance;

-- The erasure records that the database has, to compare with the records themselves.
CREATE FUNCTION "known_erasure_records"(of_first bigint, at_most bigint) RETURNS TABLE (number bigint, id uuid, firm_id uuid, subject text, mac bytea)
	LANGUAGE sql STABLE SECURITY DEFINER
AS $$
	SELECT e.number, e.id, e.firm_id, e.subject, e.mac FROM public.erasures e WHERE e.number >= of_first ORDER BY e.number LIMIT at_most
$$;
GRANT EXECUTE ON FUNCTION "known_erasure_records"(bigint, bigint) TO firmseal_firm, firmseal_operator, firmseal_worker;

-- Erasures whose data exists: a restore brought it back, or it was never erased. `open`: the data is not even hidden.
CREATE FUNCTION "erasures_left"() RETURNS TABLE (id uuid, open boolean)
	LANGUAGE plpgsql STABLE SECURITY DEFINER
AS $$
DECLARE
	of_type text;
	whole text;
BEGIN
	FOR of_type, whole IN SELECT t.type, t.of_table FROM public.erasable_types() t
	LOOP
		-- Reads the subject separately from the join: regexp_match() is not leakproof, so PostgreSQL would apply it only after the policies, and each
		-- call would read the whole table instead of an index.
		RETURN QUERY EXECUTE format('WITH done AS MATERIALIZED (
				SELECT e.id, e.firm_id, (regexp_match(e.subject, %2$L))[1]::uuid AS of_row FROM public.erasures e WHERE e.erased_at IS NOT NULL)
			SELECT d.id, r.deleted_at IS NULL FROM done d JOIN public.%1$I r ON r.id = d.of_row AND r.firm_id = d.firm_id WHERE d.of_row IS NOT NULL',
			whole, '^' || of_type || '\.([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$');
	END LOOP;
	-- The firm's own row closes the firm, so other rows of it are not open.
	RETURN QUERY EXECUTE (SELECT format('SELECT e.id, false FROM public.erasures e WHERE e.erased_at IS NOT NULL AND e.subject IS NULL AND (%s)',
		string_agg(format('EXISTS (SELECT FROM public.%I r WHERE r.firm_id = e.firm_id)', t.of_table), ' OR ')) FROM public.erasable_types() t);
END
$$;
GRANT EXECUTE ON FUNCTION "erasures_left"() TO firmseal_firm, firmseal_operator, firmseal_worker;

-- The id of an erased row stays taken, because a new row with this id would look like a restored one. Argument: the type.
CREATE FUNCTION "refuse_erased_id"() RETURNS trigger
	LANGUAGE plpgsql SECURITY DEFINER
AS $$
BEGIN
	IF EXISTS (SELECT FROM public.erasures e WHERE e.firm_id = NEW.firm_id AND coalesce(e.subject, '') = TG_ARGV[0] || '.' || NEW.id) THEN
		RAISE EXCEPTION 'the id was erased' USING ERRCODE = 'unique_violation', CONSTRAINT = TG_TABLE_NAME || '_firm_id_id_pk';
	END IF;
	RETURN NEW;
END
$$;

-- A row that devices sealed becomes a tombstone without its stamp.
CREATE FUNCTION "empty_stamp"() RETURNS trigger
	LANGUAGE plpgsql
AS $$
BEGIN
	NEW.stamp := NULL;
	RETURN NEW;
END
$$;

-- Grants and policies by which a job that erases sees and deletes rows of each table, by ids only. Runs each time the database is prepared. `types`: the
-- table of each type that can be erased by itself (src/database/erased-tables.ts).
CREATE FUNCTION "secure_erasure"(types jsonb) RETURNS void
	LANGUAGE plpgsql
AS $$
DECLARE
	of_type text;
	of_table regclass;
	keys text;
	missing text;
	of_trigger text;
	rule text;
BEGIN
	IF coalesce(types, '{}') = '{}' THEN
		RAISE EXCEPTION 'secure_erasure() needs the types that can be erased by themselves, and their tables' USING ERRCODE = 'object_not_in_prerequisite_state';
	END IF;
	SELECT string_agg(DISTINCT n.parent::text, ', ') INTO missing FROM public.named_content() n
	WHERE NOT EXISTS (SELECT FROM jsonb_each_text(types) t WHERE n.parent = format('public.%I', t.value)::regclass);
	IF missing IS NOT NULL THEN
		RAISE EXCEPTION 'other tables refer to rows of %, which can be neither erased nor held: add its type to ERASABLE_TABLES', missing
			USING ERRCODE = 'object_not_in_prerequisite_state';
	END IF;
	-- Types of an earlier version that this version does not have.
	FOR of_table IN SELECT t.tgrelid FROM pg_trigger t WHERE t.tgname = 'not_erased'
		AND NOT EXISTS (SELECT FROM jsonb_each_text(types) e WHERE t.tgrelid = format('public.%I', e.value)::regclass)
	LOOP
		EXECUTE format('DROP TRIGGER "not_erased" ON %s', of_table);
		EXECUTE format('DROP POLICY IF EXISTS "owner_asks_of_erased" ON %s', of_table);
	END LOOP;
	FOR of_type, of_table IN SELECT t.key, format('public.%I', t.value)::regclass FROM jsonb_each_text(types) t ORDER BY t.key
	LOOP
		-- In PostgreSQL's own text form, so that a different trigger or policy is made again.
		of_trigger := format('CREATE TRIGGER not_erased BEFORE INSERT ON %s FOR EACH ROW EXECUTE FUNCTION public.refuse_erased_id(%L)',
			of_table, of_type);
		IF NOT EXISTS (SELECT FROM pg_trigger t WHERE t.tgrelid = of_table AND t.tgname = 'not_erased' AND t.tgenabled = 'A'
			AND pg_get_triggerdef(t.oid) = of_trigger)
		THEN
			EXECUTE format('DROP TRIGGER IF EXISTS "not_erased" ON %s', of_table);
			EXECUTE of_trigger;
			EXECUTE format('ALTER TABLE %s ENABLE ALWAYS TRIGGER "not_erased"', of_table);
		END IF;
		-- For erasures_left().
		rule := format('(EXISTS ( SELECT FROM public.erasures e WHERE ((e.firm_id = %I.firm_id) AND (e.erased_at IS NOT NULL))))',
			(SELECT relname FROM pg_class WHERE oid = of_table));
		IF NOT EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = of_table AND p.polname = 'owner_asks_of_erased' AND p.polpermissive
			AND p.polcmd = 'r' AND p.polroles = ARRAY['firmseal_owner'::regrole::oid]
			AND regexp_replace(pg_get_expr(p.polqual, p.polrelid), '\s+', ' ', 'g') = rule)
		THEN
			EXECUTE format('DROP POLICY IF EXISTS "owner_asks_of_erased" ON %s', of_table);
			EXECUTE format('CREATE POLICY "owner_asks_of_erased" ON %s FOR SELECT TO firmseal_owner USING %s', of_table, rule);
		END IF;
	END LOOP;
	FOR of_table IN
		SELECT public.workspace_tables()
		UNION ALL SELECT ('public.' || name)::regclass FROM unnest('{shares,stored_objects,download_tickets,access_policies,lease_texts,lease_decision_texts,
			key_log_names,custody_wraps,recovery_shares,device_requests,owner_proposals}'::text[]) name
	LOOP
		SELECT string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum) INTO keys
		FROM pg_attribute a
		WHERE a.attrelid = of_table AND a.attnum > 0 AND NOT a.attisdropped AND a.atttypid = 'uuid'::regtype;
		EXECUTE format('GRANT SELECT (%2$s) ON %1$s TO firmseal_maintenance', of_table, keys);
		IF EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = of_table AND a.attname = 'deleted_at' AND NOT a.attisdropped) THEN
			EXECUTE format('GRANT SELECT (deleted_at), UPDATE (deleted_at) ON %s TO firmseal_maintenance', of_table);
		END IF;
		-- A job has no privilege on a stamp, which a tombstone may not have (0001).
		IF EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = of_table AND a.attname = 'stamp' AND NOT a.attisdropped)
			AND NOT EXISTS (SELECT FROM pg_trigger t WHERE t.tgrelid = of_table AND t.tgname = 'empty_stamp')
		THEN
			EXECUTE format('CREATE TRIGGER "empty_stamp" BEFORE UPDATE OF deleted_at ON %s FOR EACH ROW
				WHEN (NEW.deleted_at IS NOT NULL) EXECUTE FUNCTION public.empty_stamp()', of_table);
			EXECUTE format('ALTER TABLE %s ENABLE ALWAYS TRIGGER "empty_stamp"', of_table);
		END IF;
		CONTINUE WHEN EXISTS (SELECT FROM pg_policy WHERE polrelid = of_table AND polname = 'erase');
		EXECUTE format('CREATE POLICY "erase" ON %s TO firmseal_maintenance USING (firm_id = (SELECT public.firm_of_erasure()))', of_table);
		-- Only erase_rows() deletes rows: a role with DELETE could also lock the whole table.
		EXECUTE format('CREATE POLICY "owner_erases" ON %s TO firmseal_owner USING (firm_id = (SELECT public.firm_of_erasure()))', of_table);
		-- Only a job that erases hides rows, and only its own firm's.
		IF EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = of_table AND a.attname = 'deleted_at' AND NOT a.attisdropped) THEN
			EXECUTE format('CREATE POLICY "erase_hides" ON %s AS RESTRICTIVE FOR UPDATE TO firmseal_maintenance USING (true)
				WITH CHECK (deleted_at IS NULL OR firm_id = (SELECT public.firm_of_erasure()))', of_table);
		END IF;
		-- Sessions that were open before the firm was closed cannot add rows.
		EXECUTE format('CREATE POLICY "not_erased" ON %s AS RESTRICTIVE FOR INSERT TO firmseal_firm, firmseal_portal
			WITH CHECK (NOT public.is_erased(firm_id))', of_table);
	END LOOP;
END
$$;
