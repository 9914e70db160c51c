-- Columns of plaintext on their way into sealed ones: what is written to them, who may, and how far each is.
CREATE SEQUENCE "lone_writes" MINVALUE 1;
--> statement-breakpoint
CREATE SEQUENCE "refused_writes" MINVALUE 1;
--> statement-breakpoint
GRANT SELECT ON SEQUENCE "lone_writes", "refused_writes" TO firmseal_worker, firmseal_maintenance;
--> statement-breakpoint
ALTER TABLE "column_moves" ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
GRANT SELECT ON "column_moves" TO firmseal_firm, firmseal_operator, firmseal_worker, firmseal_maintenance;
--> statement-breakpoint
CREATE POLICY "everybody" ON "column_moves" FOR SELECT
	TO firmseal_firm, firmseal_operator, firmseal_worker, firmseal_maintenance, firmseal_owner USING (true);
--> statement-breakpoint
CREATE POLICY "owner_begins" ON "column_moves" FOR INSERT TO firmseal_owner WITH CHECK (true);
--> statement-breakpoint
CREATE POLICY "owner_moves" ON "column_moves" FOR UPDATE TO firmseal_owner USING (true);
--> statement-breakpoint
GRANT UPDATE (findings) ON "jobs" TO firmseal_maintenance;
--> statement-breakpoint
ALTER POLICY "worker_asks" ON "jobs" WITH CHECK (asked_on IN ('cli', 'worker')
	AND state = CASE WHEN kind IN ('DESTROY', 'CONTRACT') THEN 'WAITING' ELSE 'QUEUED' END);
--> statement-breakpoint

-- What is in the clear still is on record as what is opened.
ALTER POLICY "operator_appends" ON "audit_entries"
	WITH CHECK (leaf::jsonb ->> 'plane' = 'operator'
		AND (strpos(leaf, '"kind":"firm"') = 0 OR leaf::jsonb ->> 'action' IN ('request.deny', 'rights.refuse')) AND (
		leaf::jsonb ->> 'action' IN ('content.deny', 'request.deny', 'rights.refuse', 'log.read', 'process.start', 'key.unwrap',
			'alert.acknowledge')
		OR (leaf::jsonb ->> 'lease' IS NOT NULL AND leaf::jsonb ->> 'action' IN ('lease.request', 'lease.approve', 'lease.deny',
			'lease.cancel', 'lease.activate', 'lease.release', 'lease.revoke', 'lease.exhaust', 'lease.review', 'lease.use',
			'content.open', 'content.read', 'content.fail', 'content.send'))));
--> statement-breakpoint
CREATE OR REPLACE FUNCTION "lease_openings"(of_lease uuid) RETURNS SETOF "audit_entries"
	LANGUAGE sql STABLE SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT e.* FROM public.audit_entries e
	WHERE e.leaf::jsonb ->> 'lease' = of_lease::text AND e.leaf::jsonb ->> 'action' IN ('content.open', 'content.read')
		AND (current_setting('role') = 'firmseal_operator' OR e.firm_id = public.current_firm())
$$;
--> statement-breakpoint

-- The triggers of the columns that the tables say are moved: [{coordinate, table, from, to}]. Those of others go, so that a migration can
-- drop their columns.
CREATE FUNCTION "lock_moves"(moves jsonb) RETURNS void
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	stale record;
	move record;
	body text;
BEGIN
	FOR stale IN
		SELECT t.tgname, c.oid::regclass AS of_table, p.oid::regprocedure AS called
		FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_proc p ON p.oid = t.tgfoid
		WHERE c.relnamespace = 'public'::regnamespace AND t.tgname LIKE 'move\_from\_%' AND NOT EXISTS (
			SELECT FROM jsonb_to_recordset(moves) m ("table" text, "from" text)
			WHERE m."table" = c.relname AND t.tgname = 'move_from_' || m."from")
	LOOP
		EXECUTE format('DROP TRIGGER %I ON %s', stale.tgname, stale.of_table);
		EXECUTE format('DROP FUNCTION %s', stale.called);
	END LOOP;
	FOR move IN
		SELECT m.*, ('public.' || quote_ident(m."table"))::regclass AS of_table
		FROM jsonb_to_recordset(moves) m (coordinate text, "table" text, "from" text, "to" text)
		WHERE (SELECT count(*) FROM pg_attribute a WHERE a.attrelid = to_regclass('public.' || quote_ident(m."table"))
			AND NOT a.attisdropped AND a.attname IN (m."from", m."to")) = 2
	LOOP
		-- Written out for the columns: a trigger that looks them up by name takes ten times as long.
		body := format($body$
DECLARE
	phase text := (SELECT m.phase FROM public.column_moves m WHERE m.coordinate = %1$L);
	is_replaced boolean;
	is_sealed_anew boolean;
BEGIN
	IF NEW.deleted_at IS NOT NULL THEN
		NEW.%2$I := NULL;
		NEW.%3$I := NULL;
		RETURN NEW;
	END IF;
	IF TG_OP = 'INSERT' THEN
		is_replaced := NEW.%2$I IS NOT NULL;
		is_sealed_anew := NEW.%3$I IS NOT NULL;
	ELSE
		is_replaced := NEW.%2$I::text IS DISTINCT FROM OLD.%2$I::text;
		is_sealed_anew := NEW.%3$I::bytea IS DISTINCT FROM OLD.%3$I::bytea;
	END IF;
	IF phase IN ('CONTRACTING', 'CONTRACTED') AND is_sealed_anew THEN
		NEW.%2$I := NULL;
	ELSIF is_replaced AND NOT is_sealed_anew AND num_nonnulls(NEW.%2$I, NEW.%3$I) > 0 THEN
		IF phase = 'CUTOVER' OR phase IN ('CONTRACTING', 'CONTRACTED') AND NEW.%2$I IS NOT NULL THEN
			PERFORM nextval('public.refused_writes');
			RAISE EXCEPTION 'plaintext was written to a column that is sealed: run the newest version of the program'
				USING ERRCODE = 'FS002';
		ELSIF phase IS NULL OR phase NOT IN ('CONTRACTING', 'CONTRACTED') THEN
			-- Nobody may open what is not said any more.
			NEW.%3$I := NULL;
			IF phase IN ('EXPANDED', 'VERIFIED') THEN
				PERFORM nextval('public.lone_writes');
			END IF;
		END IF;
	END IF;
	RETURN NEW;
END
$body$, move.coordinate, move."from", move."to");
		CONTINUE WHEN EXISTS (SELECT FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid
			WHERE t.tgrelid = move.of_table AND t.tgname = 'move_from_' || move."from" AND p.prosrc = body);
		EXECUTE format('CREATE OR REPLACE FUNCTION public.%I() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
			SET search_path = pg_catalog, pg_temp AS %L', 'move_' || move."table" || '_' || move."from", body);
		EXECUTE format('REVOKE EXECUTE ON FUNCTION public.%I() FROM PUBLIC', 'move_' || move."table" || '_' || move."from");
		EXECUTE format('CREATE OR REPLACE TRIGGER %I BEFORE INSERT OR UPDATE ON %s FOR EACH ROW EXECUTE FUNCTION public.%I()',
			'move_from_' || move."from", move.of_table, 'move_' || move."table" || '_' || move."from");
		EXECUTE format('ALTER TABLE %s ENABLE ALWAYS TRIGGER %I', move.of_table, 'move_from_' || move."from");
	END LOOP;
END
$$;
--> statement-breakpoint
REVOKE EXECUTE ON FUNCTION "lock_moves"(jsonb) FROM PUBLIC;
--> statement-breakpoint

-- A step on the way, by a job that runs and is about it. Whoever writes to the table is waited for, and whoever comes later writes as the
-- new phase says.
CREATE FUNCTION "move_column"(of_coordinate text, of_table text, of_from text, of_to text, to_phase text, verified_writes text) RETURNS void
	LANGUAGE plpgsql SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	present text;
BEGIN
	IF NOT EXISTS (SELECT FROM public.jobs j WHERE j.id = public.current_job() AND j.state = 'RUNNING' AND j.subject = of_coordinate
		AND (j.kind = 'MOVE' AND j.terms = to_phase OR j.kind = 'CONTRACT' AND to_phase IN ('CONTRACTING', 'CONTRACTED'))) THEN
		RAISE EXCEPTION 'no job that runs is about this' USING ERRCODE = 'insufficient_privilege';
	END IF;
	IF NOT EXISTS (SELECT FROM pg_trigger t WHERE t.tgrelid = to_regclass('public.' || quote_ident(of_table))
		AND t.tgname = 'move_from_' || of_from AND t.tgenabled = 'A') THEN
		RAISE EXCEPTION 'the column is not declared to be moved' USING ERRCODE = 'undefined_object';
	END IF;
	PERFORM set_config('lock_timeout', '2s', true);
	EXECUTE format('LOCK TABLE public.%I IN SHARE ROW EXCLUSIVE MODE', of_table);
	SELECT m.phase INTO present FROM public.column_moves m WHERE m.coordinate = of_coordinate FOR UPDATE;
	IF present = to_phase THEN
		-- Once more: what was found then counts no more.
		UPDATE public.column_moves m SET rewritten_at = NULL WHERE m.coordinate = of_coordinate AND to_phase = 'CONTRACTING';
		UPDATE public.column_moves m SET lone_writes = verified_writes WHERE m.coordinate = of_coordinate AND to_phase = 'VERIFIED';
		RETURN;
	END IF;
	IF (coalesce(present, 'PLANNED'), to_phase) NOT IN (('PLANNED', 'EXPANDED'), ('ROLLED_BACK', 'EXPANDED'), ('EXPANDED', 'VERIFIED'),
		('VERIFIED', 'CUTOVER'), ('CUTOVER', 'CONTRACTING'), ('CONTRACTING', 'CONTRACTED'),
		('EXPANDED', 'ROLLED_BACK'), ('VERIFIED', 'ROLLED_BACK'), ('CUTOVER', 'ROLLED_BACK')) THEN
		RAISE EXCEPTION 'a column does not go from % to %', present, to_phase USING ERRCODE = 'invalid_transaction_state';
	END IF;
	IF to_phase = 'CUTOVER' AND (SELECT CASE WHEN s.is_called THEN s.last_value ELSE 0 END FROM public.lone_writes s)::text
		IS DISTINCT FROM (SELECT m.lone_writes FROM public.column_moves m WHERE m.coordinate = of_coordinate) THEN
		RAISE EXCEPTION 'plaintext was written since the column was verified' USING ERRCODE = 'invalid_transaction_state';
	END IF;
	INSERT INTO public.column_moves AS m (coordinate, table_name, from_column, to_column, phase, lone_writes)
	VALUES (of_coordinate, of_table, of_from, of_to, to_phase, verified_writes)
	ON CONFLICT (coordinate) DO UPDATE SET phase = to_phase, moved_at = clock_timestamp(), lone_writes = coalesce(verified_writes, m.lone_writes),
		table_name = of_table, from_column = of_from, to_column = of_to,
		rewritten_at = CASE WHEN to_phase = 'CONTRACTED' THEN m.rewritten_at END,
		report = CASE WHEN to_phase = 'CONTRACTED' THEN m.report END;
END
$$;
--> statement-breakpoint
REVOKE EXECUTE ON FUNCTION "move_column"(text, text, text, text, text, text) FROM PUBLIC;
--> statement-breakpoint
GRANT EXECUTE ON FUNCTION "move_column"(text, text, text, text, text, text) TO firmseal_maintenance;
--> statement-breakpoint

-- Writes the files of the table anew, without what is in the clear no more. Everybody waits for it.
CREATE FUNCTION "rewrite_moved"(of_coordinate text) RETURNS void
	LANGUAGE plpgsql SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	of_table text;
BEGIN
	IF NOT EXISTS (SELECT FROM public.jobs j WHERE j.id = public.current_job() AND j.state = 'RUNNING' AND j.subject = of_coordinate
		AND j.kind = 'CONTRACT') THEN
		RAISE EXCEPTION 'no job that runs is about this' USING ERRCODE = 'insufficient_privilege';
	END IF;
	SELECT m.table_name INTO STRICT of_table FROM public.column_moves m WHERE m.coordinate = of_coordinate AND m.phase = 'CONTRACTING';
	PERFORM set_config('lock_timeout', '5s', true);
	EXECUTE format('CLUSTER public.%I USING %I', of_table, (SELECT c.relname FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
		WHERE i.indrelid = to_regclass('public.' || quote_ident(of_table)) AND i.indisprimary));
	-- A later migration is not to be bound to it.
	EXECUTE format('ALTER TABLE public.%I SET WITHOUT CLUSTER', of_table);
	UPDATE public.column_moves m SET rewritten_at = clock_timestamp() WHERE m.coordinate = of_coordinate;
END
$$;
--> statement-breakpoint
REVOKE EXECUTE ON FUNCTION "rewrite_moved"(text) FROM PUBLIC;
--> statement-breakpoint
GRANT EXECUTE ON FUNCTION "rewrite_moved"(text) TO firmseal_maintenance;
--> statement-breakpoint

CREATE FUNCTION "report_move"(of_coordinate text, of_report text) RETURNS void
	LANGUAGE plpgsql SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF NOT EXISTS (SELECT FROM public.jobs j WHERE j.id = public.current_job() AND j.state = 'RUNNING' AND j.subject = of_coordinate
		AND j.kind = 'CONTRACT') THEN
		RAISE EXCEPTION 'no job that runs is about this' USING ERRCODE = 'insufficient_privilege';
	END IF;
	UPDATE public.column_moves m SET report = of_report WHERE m.coordinate = of_coordinate;
END
$$;
--> statement-breakpoint
REVOKE EXECUTE ON FUNCTION "report_move"(text, text) FROM PUBLIC;
--> statement-breakpoint
GRANT EXECUTE ON FUNCTION "report_move"(text, text) TO firmseal_maintenance;
--> statement-breakpoint

-- What of its tables each role has, whenever the database has been brought up to date. `classes` says of each table with sealed columns which
-- class its content is of.
CREATE FUNCTION "lock_workspace"(classes jsonb) RETURNS void
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	of_table regclass;
	of_class text;
	stale name;
	changing text;
	metadata text;
	contents name[];
	moving name[];
	event text;
	arguments text;
BEGIN
	FOR of_table IN
		SELECT c.oid FROM pg_class c
		WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND (
			SELECT count(*) FROM pg_attribute a
			WHERE a.attrelid = c.oid AND NOT a.attisdropped AND a.attname IN ('firm_id', 'id', 'revision', 'deleted_at')
		) = 4
		ORDER BY c.relname
	LOOP
		-- FORCE: the owner too sees only what a policy gives it, and none does.
		IF NOT (SELECT relrowsecurity AND relforcerowsecurity FROM pg_class WHERE oid = of_table) THEN
			EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', of_table);
		END IF;
		IF NOT EXISTS (SELECT FROM pg_policy WHERE polrelid = of_table AND polname = 'firm') THEN
			EXECUTE format('CREATE POLICY "firm" ON %s TO firmseal_firm
				USING (firm_id = (SELECT public.current_firm())) WITH CHECK (firm_id = (SELECT public.current_firm()))', of_table);
		END IF;
		IF NOT EXISTS (SELECT FROM pg_policy WHERE polrelid = of_table AND polname = 'operator') THEN
			EXECUTE format('CREATE POLICY "operator" ON %s FOR SELECT TO firmseal_operator USING (true)', of_table);
		END IF;
		-- What a row is, what it belongs to and who wrote it never change; the client that it is about may.
		SELECT string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum) INTO changing
		FROM pg_attribute a
		WHERE a.attrelid = of_table AND a.attnum > 0 AND NOT a.attisdropped
			AND a.attname NOT IN ('firm_id', 'id', 'created_at')
			AND (a.attname = 'client_id' OR NOT EXISTS (
				SELECT FROM pg_constraint k WHERE k.conrelid = of_table AND k.contype = 'f' AND a.attnum = ANY (k.conkey)));
		-- What a sealed column takes the place of is content, too.
		SELECT coalesce(array_agg(a.attname), '{}') INTO moving
		FROM pg_attribute a JOIN pg_trigger t ON t.tgrelid = a.attrelid AND t.tgname = 'move_from_' || a.attname
		WHERE a.attrelid = of_table AND NOT a.attisdropped;
		SELECT string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum) INTO metadata
		FROM pg_attribute a
		WHERE a.attrelid = of_table AND a.attnum > 0 AND NOT a.attisdropped AND a.atttypid <> 'public.sealed'::regtype
			AND a.attname <> ALL (moving);
		EXECUTE format('GRANT SELECT, INSERT, UPDATE (%2$s) ON %1$s TO firmseal_firm', of_table, changing);
		-- No privilege on a sealed column: naming one is error 42501.
		EXECUTE format('GRANT SELECT (%2$s) ON %1$s TO firmseal_operator', of_table, metadata);
		IF moving <> '{}' THEN
			EXECUTE format('REVOKE SELECT (%2$s) ON %1$s FROM firmseal_operator', of_table,
				(SELECT string_agg(quote_ident(c), ', ') FROM unnest(moving) c));
		END IF;
		-- The name of the policy tells the class, so that another class makes another policy.
		of_class := classes ->> (SELECT relname FROM pg_class WHERE oid = of_table);
		FOR stale IN SELECT polname FROM pg_policy
			WHERE polrelid = of_table AND polname LIKE 'lease\_%' AND polname IS DISTINCT FROM 'lease_' || lower(of_class COLLATE "C")
		LOOP
			EXECUTE format('DROP POLICY %I ON %s', stale, of_table);
		END LOOP;
		IF of_class IS NOT NULL AND NOT EXISTS (
			SELECT FROM pg_policy WHERE polrelid = of_table AND polname = 'lease_' || lower(of_class COLLATE "C")) THEN
			EXECUTE format('GRANT SELECT ON %s TO firmseal_break_glass', of_table);
			-- Sub-selects: asked once a statement. The firm is a part of the scope too: beside it, an index is used by it.
			EXECUTE format('CREATE POLICY %I ON %s FOR SELECT TO firmseal_break_glass USING (
				firm_id = (SELECT public.current_firm()) AND public.lease_covers((SELECT public.lease_scope(%L)), firm_id, id))',
				'lease_' || lower(of_class COLLATE "C"), of_table, of_class);
		END IF;
		-- A job of maintenance sees what of the class is its firm's, and changes nothing but sealed values, and what they take the place of.
		SELECT array_agg(a.attname ORDER BY a.attname) INTO contents
		FROM pg_attribute a WHERE a.attrelid = of_table AND NOT a.attisdropped AND a.atttypid = 'public.sealed'::regtype;
		FOR stale IN SELECT polname FROM pg_policy
			WHERE polrelid = of_table AND polname LIKE 'job\_%' AND polname IS DISTINCT FROM 'job_' || lower(of_class COLLATE "C")
		LOOP
			EXECUTE format('DROP POLICY %I ON %s', stale, of_table);
		END LOOP;
		-- Whatever a job does to rows, it does while it runs. The class is the trigger's own argument, so that another makes another trigger.
		IF NOT EXISTS (SELECT FROM pg_trigger t WHERE t.tgrelid = of_table AND t.tgname = 'while_job_runs'
			AND pg_get_triggerdef(t.oid) LIKE '%refuse\_after\_job(' || coalesce(quote_literal(of_class), '') || ')')
		THEN
			EXECUTE format('DROP TRIGGER IF EXISTS "while_job_runs" ON %s', of_table);
			EXECUTE format('CREATE TRIGGER "while_job_runs" AFTER UPDATE ON %s REFERENCING OLD TABLE AS replaced
				FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_after_job(%s)', of_table, coalesce(quote_literal(of_class), ''));
			EXECUTE format('ALTER TABLE %s ENABLE ALWAYS TRIGGER "while_job_runs"', of_table);
		END IF;
		CONTINUE WHEN of_class IS NULL OR contents IS NULL;
		EXECUTE format('GRANT SELECT, UPDATE (%s) ON %s TO firmseal_maintenance',
			(SELECT string_agg(quote_ident(c), ', ') FROM unnest(contents || moving) c), of_table);
		IF NOT EXISTS (SELECT FROM pg_policy WHERE polrelid = of_table AND polname = 'job_' || lower(of_class COLLATE "C")) THEN
			EXECUTE format('CREATE POLICY %I ON %s TO firmseal_maintenance USING (firm_id = (SELECT public.firm_of_job(%L)))',
				'job_' || lower(of_class COLLATE "C"), of_table, of_class);
		END IF;
		-- Class and columns are the trigger's own arguments, so that others make another trigger.
		FOREACH event IN ARRAY ARRAY['INSERT', 'UPDATE'] LOOP
			arguments := format('%L, %s', of_class, (SELECT string_agg(quote_literal(c), ', ') FROM unnest(contents) c));
			CONTINUE WHEN EXISTS (SELECT FROM pg_trigger t WHERE t.tgrelid = of_table AND t.tgname = 'above_floor_on_' || lower(event COLLATE "C")
				AND pg_get_triggerdef(t.oid) LIKE '%refuse\_below\_floor(' || arguments || ')');
			EXECUTE format('DROP TRIGGER IF EXISTS %I ON %s', 'above_floor_on_' || lower(event COLLATE "C"), of_table);
			EXECUTE format('CREATE TRIGGER %I AFTER %s ON %s REFERENCING NEW TABLE AS written %s
				FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_below_floor(%s)',
				'above_floor_on_' || lower(event COLLATE "C"), event, of_table,
				CASE event WHEN 'UPDATE' THEN 'OLD TABLE AS replaced' ELSE '' END, arguments);
			EXECUTE format('ALTER TABLE %s ENABLE ALWAYS TRIGGER %I', of_table, 'above_floor_on_' || lower(event COLLATE "C"));
		END LOOP;
	END LOOP;
END
$$;
--> statement-breakpoint
REVOKE EXECUTE ON FUNCTION "lock_workspace"(jsonb) FROM PUBLIC;
