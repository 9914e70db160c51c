-- The log is append-only: no role of the application has the privilege to change or delete an entry, and triggers refuse it to the owner too.

CREATE FUNCTION "refuse_append_only_change"() RETURNS trigger
	LANGUAGE plpgsql
AS $$
BEGIN
	RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
END
$$;

DO $$
DECLARE
	of_table text;
BEGIN
	FOREACH of_table IN ARRAY ARRAY['audit_entries', 'audit_leaves', 'audit_root_leaves', 'audit_root_checkpoints', 'audit_gaps', 'audit_anchors']
	LOOP
		EXECUTE format('CREATE TRIGGER "append_only_row" BEFORE UPDATE OR DELETE ON %I
			FOR EACH ROW EXECUTE FUNCTION "refuse_append_only_change"()', of_table);
		EXECUTE format('CREATE TRIGGER "append_only_statement" BEFORE UPDATE OR DELETE ON %I
			FOR EACH STATEMENT EXECUTE FUNCTION "refuse_append_only_change"()', of_table);
	END LOOP;
	FOREACH of_table IN ARRAY ARRAY['lease_events', 'lease_ends'] LOOP
		EXECUTE format('CREATE TRIGGER "append_only_row" BEFORE UPDATE OR DELETE ON %I
			FOR EACH ROW EXECUTE FUNCTION "refuse_append_only_change"()', of_table);
	END LOOP;
	CREATE TRIGGER "append_only_row" BEFORE DELETE ON "alerts" FOR EACH ROW EXECUTE FUNCTION "refuse_append_only_change"();
	FOREACH of_table IN ARRAY ARRAY['audit_entries', 'audit_leaves', 'audit_root_leaves', 'audit_root_checkpoints', 'audit_gaps', 'audit_anchors',
		'lease_events', 'lease_ends', 'alerts']
	LOOP
		EXECUTE format('CREATE TRIGGER "append_only_truncate" BEFORE TRUNCATE ON %I
			FOR EACH STATEMENT EXECUTE FUNCTION "refuse_append_only_change"()', of_table);
	END LOOP;
END
$$;

-- Checks appended entries, and records the last one of each process run. A login may append any entries of its plane, but only in a form that every
-- verification accepts: as a canonical leaf, with the next sequence numbers, in the log's order. So an error that a verification finds was made
-- by bypassing the database's privileges.
CREATE FUNCTION "follow_run"() RETURNS trigger
	LANGUAGE plpgsql SECURITY DEFINER
AS $$
DECLARE
	run record;
BEGIN
	-- A superuser who restores the log writes the anchored entries.
	IF public.session_plane() IN ('none', 'firmseal_owner') THEN RETURN NULL; END IF;
	PERFORM public.refuse_old_snapshot();
	FOR run IN
		SELECT role, boot, min(sequence) AS first, max(sequence) AS last, count(*) AS entries, bool_and(is_leaf) AS are_leaves,
			array_agg(id ORDER BY sequence) AS ids, array_agg(id ORDER BY id) AS ids_in_order
		FROM (
			-- Writes the leaf again in the form of src/audit/FORMAT.md, and compares the bytes: keys sorted, each once, no unnecessary escapes. A value
			-- that must be a text is written as a text, whatever its type, and only small whole numbers are written as numbers, so a value of another type
			-- gives other bytes. jsonb writes a list of texts with a space after each comma and colon, so `", "` belongs to a list. A leaf has no space, so
			-- a list can hold no object but an empty one, and a number, a boolean or null only as its single element, which its bracket shows.
			-- Row policies search for `"plane":"firm"` in the text. Only a key can stand before `":`, because inside a text the quote is `\"`, and `counts`
			-- has only coordinates and whole numbers. The first text is the action.
			SELECT a.role, a.boot, a.sequence, a.id, strpos(a.leaf, ' ') = 0 AND e @> '{"actor":{"roles":[]},"coordinates":[],"records":[]}'
				AND a.leaf IS NOT DISTINCT FROM '{"action":' || to_json(e ->> 'action')::text
					|| ',"actor":{' || coalesce('"account":' || to_json(e #>> '{actor,account}')::text || ',', '') || '"kind":' || to_json(e #>> '{actor,kind}')::text
					|| ',"roles":' || replace((e #> '{actor,roles}')::text, '", "', '","') || ',"user":' || coalesce(to_json(e #>> '{actor,user}')::text, 'null')
					|| '},"at":' || to_json(e ->> 'at')::text || ',"boot":' || to_json(e ->> 'boot')::text
					|| CASE WHEN e ? 'bytes' THEN ',"bytes":' || substring(e ->> 'bytes' FROM '^\d{1,15}$') ELSE '' END
					|| ',"coordinates":' || replace((e -> 'coordinates')::text, '", "', '","')
					|| CASE WHEN e ? 'counts' THEN ',"counts":{' || coalesce((SELECT string_agg(to_json(c.key)::text || ':' || c.value::text, ',' ORDER BY c.key COLLATE "C")
						FROM jsonb_each(e -> 'counts') c WHERE c.key ~ '^[_A-Za-z][_0-9A-Za-z]{0,62}[.][_A-Za-z][_0-9A-Za-z]{0,62}$' AND c.value::text ~ '^[1-9][0-9]{0,9}$'), '') || '}' ELSE '' END
					|| ',"decision":' || to_json(e ->> 'decision')::text || ',"document":' || coalesce(to_json(e ->> 'document')::text, 'null')
					|| ',"firm":' || coalesce(to_json(e ->> 'firm')::text, 'null')
					|| coalesce(',"hash":' || to_json(e ->> 'hash')::text, '') || ',"id":' || to_json(e ->> 'id')::text
					|| ',"keys":[' || CASE WHEN e -> 'keys' = '[]' THEN '' ELSE (SELECT string_agg('{"class":' || to_json(k.use ->> 'class')::text
							|| ',"requestId":' || coalesce(to_json(k.use ->> 'requestId')::text, 'null') || ',"source":' || to_json(k.use ->> 'source')::text
							|| ',"version":' || substring(k.use ->> 'version' FROM '^\d{1,15}$') || '}', ',' ORDER BY k.n)
						FROM jsonb_array_elements(e -> 'keys') WITH ORDINALITY AS k (use, n)) END
					|| '],"lease":' || coalesce(to_json(e ->> 'lease')::text, 'null') || ',"plane":' || to_json(e ->> 'plane')::text
					|| ',"reason":' || coalesce(to_json(e ->> 'reason')::text, 'null') || ',"records":' || replace((e -> 'records')::text, '", "', '","')
					|| ',"request":' || coalesce(to_json(e ->> 'request')::text, 'null')
					|| ',"sequence":' || substring(e ->> 'sequence' FROM '^\d{1,15}$') || ',"v":' || substring(e ->> 'v' FROM '^\d{1,15}$') || '}'
				AND a.leaf !~ '\[[^]"{]|\[\{\}'
				AND CASE WHEN e ->> 'at' ~ '^\d{4}-\d\d-\d\dT([01]\d|2[0-3]):[0-5]\d:[0-5]\d\.\d{3}Z$'
					THEN to_char(to_date(left(e ->> 'at', 10), 'YYYY-MM-DD'), 'YYYY-MM-DD') = left(e ->> 'at', 10) ELSE false END AS is_leaf
			FROM added a CROSS JOIN LATERAL (SELECT a.leaf::jsonb AS e OFFSET 0) l
		) a GROUP BY role, boot ORDER BY boot, role
	LOOP
		IF NOT run.are_leaves THEN
			RAISE EXCEPTION 'an entry must have the canonical form of a leaf' USING ERRCODE = 'check_violation';
		END IF;
		IF run.last - run.first + 1 = run.entries AND run.ids = run.ids_in_order THEN
			UPDATE public.audit_runs r SET last = run.last, last_id = run.ids[run.entries], transaction = pg_current_xact_id()
				WHERE r.boot = run.boot AND r.role = run.role AND r.last = run.first - 1 AND r.last_id < run.ids[1]
					AND r.transaction <= pg_current_xact_id();
			CONTINUE WHEN FOUND;
			-- A boot belongs to one role, because another role would reuse its numbers. If two begin it at once, the primary key accepts one.
			INSERT INTO public.audit_runs (boot, role, last, last_id) SELECT run.boot, run.role, run.last, run.ids[run.entries]
				WHERE run.first = 1 ON CONFLICT DO NOTHING;
			CONTINUE WHEN FOUND;
		END IF;
		RAISE EXCEPTION 'the entries of a run must have the next sequence numbers, and ids in their order' USING ERRCODE = 'check_violation';
	END LOOP;
	RETURN NULL;
END
$$;

CREATE TRIGGER "follow_run" AFTER INSERT ON "audit_entries" REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION "follow_run"();

-- The last sequence number of a process run in its own role, to continue after a flush with an unknown result.
CREATE FUNCTION "last_audit_sequence"(of_boot uuid) RETURNS bigint
	LANGUAGE sql STABLE SECURITY DEFINER
AS $$ SELECT coalesce(max(sequence), 0) FROM public.audit_entries WHERE role = (SELECT public.session_plane()) AND boot = of_boot $$;
GRANT EXECUTE ON FUNCTION "last_audit_sequence"(uuid) TO firmseal_firm, firmseal_operator, firmseal_worker, firmseal_broker;

-- Locks the log for the leader of this epoch until the transaction ends. False if there is a later leader: this one must write nothing then.
CREATE FUNCTION "hold_audit_log"(of_epoch bigint) RETURNS boolean
	LANGUAGE plpgsql SECURITY DEFINER
AS $$
BEGIN
	PERFORM FROM public.audit_state s WHERE s.epoch = of_epoch FOR NO KEY UPDATE;
	RETURN FOUND;
END
$$;
GRANT EXECUTE ON FUNCTION "hold_audit_log"(bigint) TO firmseal_log, firmseal_signer;

INSERT INTO "audit_state" DEFAULT VALUES;

-- Hashes of the root tree, which do not reveal the tree that a leaf belongs to.
CREATE FUNCTION "audit_root_hashes"(of_indexes bigint[]) RETURNS TABLE (index bigint, hashes bytea)
	LANGUAGE sql STABLE SECURITY DEFINER
AS $$ SELECT r.index, r.hashes FROM public.audit_root_leaves r WHERE r.index = ANY (of_indexes) $$;
GRANT EXECUTE ON FUNCTION "audit_root_hashes"(bigint[]) TO firmseal_firm, firmseal_operator, firmseal_log;

-- Whether all these entries are covered by a checkpoint in the root tree that a signed checkpoint covers.
CREATE FUNCTION "audit_is_published"(of_entries uuid[]) RETURNS boolean
	LANGUAGE sql STABLE SECURITY DEFINER
AS $$
	SELECT count(*) = cardinality(of_entries) FROM public.audit_leaves l
	WHERE l.entry_id = ANY (of_entries) AND EXISTS (
		SELECT FROM public.audit_root_leaves r
		WHERE r.tree = l.tree AND r.size > l.index AND r.index < (SELECT max(c.size) FROM public.audit_root_checkpoints c))
$$;
GRANT EXECUTE ON FUNCTION "audit_is_published"(uuid[]) TO firmseal_operator;

-- Alerts. The log's leader opens them, people of the platform acknowledge them once, and no one deletes them. Earlier entries raise none.
INSERT INTO "alert_watch" (seen) VALUES (pg_current_snapshot());

-- Whoever writes, an alert is acknowledged once, by a person of the platform who did not cause it, and never changes afterwards.
CREATE FUNCTION "guard_alert"() RETURNS trigger
	LANGUAGE plpgsql SECURITY DEFINER
AS $$
BEGIN
	IF OLD.acknowledged_at IS NOT NULL THEN
		RAISE EXCEPTION 'an acknowledged alert cannot be changed' USING ERRCODE = 'integrity_constraint_violation';
	END IF;
	IF (NEW.id, NEW.rule, NEW.severity, NEW.firm_id, NEW.subject, NEW.actor_id, NEW.lease_id, NEW.opened_at)
		IS DISTINCT FROM (OLD.id, OLD.rule, OLD.severity, OLD.firm_id, OLD.subject, OLD.actor_id, OLD.lease_id, OLD.opened_at)
		OR NEW.count < OLD.count OR NEW.last_at < OLD.last_at
	THEN
		RAISE EXCEPTION 'only the count and the last time of an alert can change, and only rise' USING ERRCODE = 'integrity_constraint_violation';
	END IF;
	NEW.acknowledged_at := NULL;
	IF NEW.acknowledged_by IS NULL THEN RETURN NEW; END IF;
	IF NOT public.is_active_operator(NEW.acknowledged_by, NULL)
		OR public.counts_as_one(NEW.acknowledged_by, array_remove(ARRAY[OLD.actor_id,
			(SELECT l.requested_by FROM public.leases l WHERE l.id = OLD.lease_id)], NULL))
	THEN
		RAISE EXCEPTION 'only a person of the platform who did not cause an alert can acknowledge it' USING ERRCODE = 'integrity_constraint_violation';
	END IF;
	NEW.acknowledged_at := clock_timestamp();
	RETURN NEW;
END
$$;

CREATE TRIGGER "guard" BEFORE UPDATE ON "alerts" FOR EACH ROW EXECUTE FUNCTION "guard_alert"();
