-- Plaintext columns that are being moved into sealed ones: who may write which values, and the phase of each column.

-- Makes the triggers of the columns that the tables declare as moving: [{coordinate, table, from, to, beside}]. Drops the triggers of other columns,
-- so that a migration can drop the columns. `beside`: set if the column holds the location of a plaintext file; the other columns about the same file.
-- Runs each time the database is prepared.
-- A plaintext object that rows of several firms name is deleted with the last of them, and only CLEAR removes plaintext.
CREATE FUNCTION "create_move_triggers"(moves jsonb) RETURNS void
	LANGUAGE plpgsql
AS $$
DECLARE
	stale record;
	move record;
	body text;
	on_removal text;
	on_sealing text;
	on_plaintext_only_write text;
	is_plaintext_only text;
BEGIN
	-- An older version of the program may not know a moving column.
	SELECT m.coordinate INTO move FROM public.column_moves m
	WHERE m.phase NOT IN ('ROLLED_BACK', 'CONTRACTED') AND NOT EXISTS (
		SELECT FROM jsonb_to_recordset(moves) d ("table" text, "from" text) WHERE d."table" = m.table_name AND d."from" = m.from_column);
	IF FOUND THEN
		RAISE EXCEPTION '% is being moved from plaintext, but this version does not declare the move: run a version that does, or roll the column back first',
			move.coordinate USING ERRCODE = 'object_not_in_prerequisite_state';
	END IF;
	FOR stale IN
		SELECT t.tgname, c.oid::regclass AS of_table, p.oid::regprocedure AS called
		FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_proc p ON p.oid = t.tgfoid
		WHERE c.relnamespace = 'public'::regnamespace AND t.tgname LIKE 'move\_from\_%' AND NOT EXISTS (
			SELECT FROM jsonb_to_recordset(moves) m ("table" text, "from" text)
			WHERE m."table" = c.relname AND t.tgname = 'move_from_' || m."from")
	LOOP
		EXECUTE format('DROP TRIGGER %I ON %s', stale.tgname, stale.of_table);
		EXECUTE format('DROP FUNCTION %s', stale.called);
		EXECUTE format('DROP POLICY IF EXISTS "owner_sees_removed" ON %s', stale.of_table);
		EXECUTE format('DROP POLICY IF EXISTS "owner_clears_removed" ON %s', stale.of_table);
		EXECUTE format('DROP POLICY IF EXISTS "owner_sees_named" ON %s', stale.of_table);
	END LOOP;
	FOR move IN
		SELECT m.*, ('public.' || quote_ident(m."table"))::regclass AS of_table
		FROM jsonb_to_recordset(moves) m (coordinate text, "table" text, "from" text, "to" text, beside text[])
		WHERE (SELECT count(*) FROM pg_attribute a WHERE a.attrelid = to_regclass('public.' || quote_ident(m."table"))
			AND NOT a.attisdropped AND a.attname IN (m."from", m."to")) = 2
	LOOP
		IF move.beside IS NULL THEN
			on_removal := format('NEW.%I := NULL;', move."from");
			on_sealing := format('NEW.%I := NULL;', move."from");
			on_plaintext_only_write := '';
			is_plaintext_only := format('num_nonnulls(NEW.%I, NEW.%I) > 0', move."from", move."to");
		ELSE
			-- The plaintext is an object: without its location, it would stay in the store forever.
			on_removal := format('IF TG_OP = ''INSERT'' THEN NEW.%1$I := NULL;
			ELSIF OLD.deleted_at IS NULL OR public.session_plane() = ''firmseal_firm'' THEN NEW.%1$I := OLD.%1$I; END IF;',
				move."from");
			is_plaintext_only := 'true';
			on_sealing := format('IF TG_OP = ''INSERT'' THEN NEW.%1$I := NULL; ELSE NEW.%1$I := OLD.%1$I; END IF;', move."from");
			-- For clear_removed(), because jobs cannot write to deleted rows.
			IF NOT EXISTS (SELECT FROM pg_policy WHERE polrelid = move.of_table AND polname = 'owner_sees_removed') THEN
				EXECUTE format('CREATE POLICY "owner_sees_removed" ON %s FOR SELECT TO firmseal_owner USING (deleted_at IS NOT NULL)', move.of_table);
				EXECUTE format('CREATE POLICY "owner_clears_removed" ON %s FOR UPDATE TO firmseal_owner USING (deleted_at IS NOT NULL)', move.of_table);
			END IF;
			-- For is_named_elsewhere(), because another firm's row may name the object that a CLEAR job would delete.
			IF NOT EXISTS (SELECT FROM pg_policy WHERE polrelid = move.of_table AND polname = 'owner_sees_named') THEN
				EXECUTE format('CREATE POLICY "owner_sees_named" ON %s FOR SELECT TO firmseal_owner USING ((SELECT EXISTS (
					SELECT FROM public.jobs j WHERE j.id = public.current_job() AND j.state = ''RUNNING'' AND j.kind = ''CLEAR'')))', move.of_table);
			END IF;
			on_plaintext_only_write := (SELECT string_agg(format('NEW.%I := NULL;', b), ' ') FROM unnest(move.beside) b);
		END IF;
		-- The body holds the columns' names, because a trigger that looks them up takes ten times as long.
		body := format($body$
DECLARE
	phase text := (SELECT m.phase FROM public.column_moves m WHERE m.coordinate = %1$L);
	is_replaced boolean;
	is_resealed boolean;
BEGIN
	IF NEW.deleted_at IS NOT NULL THEN
		%4$s
		NEW.%3$I := NULL;
		RETURN NEW;
	END IF;
	IF TG_OP = 'INSERT' THEN
		is_replaced := NEW.%2$I IS NOT NULL;
		is_resealed := NEW.%3$I IS NOT NULL;
	ELSE
		is_replaced := NEW.%2$I::text IS DISTINCT FROM OLD.%2$I::text;
		is_resealed := NEW.%3$I::bytea IS DISTINCT FROM OLD.%3$I::bytea;
	END IF;
	-- Maintenance re-encrypts values that were sealed before, and CLEAR still has to compare them with the plaintext.
	IF phase IN ('CONTRACTING', 'CONTRACTED') AND is_resealed AND public.session_plane() <> 'firmseal_worker' THEN
		%5$s
	ELSIF is_replaced AND NOT is_resealed AND %7$s THEN
		-- Only CLEAR, which compares both values, removes the plaintext.
		IF phase = 'CUTOVER' OR phase IN ('CONTRACTING', 'CONTRACTED')
			AND (NEW.%2$I IS NOT NULL OR public.session_plane() = 'firmseal_firm') THEN
			PERFORM nextval('public.refused_writes');
			RAISE EXCEPTION 'plaintext cannot be written to a sealed column: run the newest version of the program'
				USING ERRCODE = 'FS002';
		ELSIF phase IS NULL OR phase NOT IN ('CONTRACTING', 'CONTRACTED') THEN
			-- The sealed value belongs to the old plaintext, which must not be read any more.
			NEW.%3$I := NULL;
			%6$s
			IF phase IN ('EXPANDED', 'VERIFIED') THEN
				PERFORM nextval('public.plaintext_only_writes');
			END IF;
		END IF;
	END IF;
	RETURN NEW;
END
$body$, move.coordinate, move."from", move."to", on_removal, on_sealing, on_plaintext_only_write, is_plaintext_only);
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

-- Moves a column to its next phase, for a running job about the column. Waits for the transactions that write to the table; later ones write by the
-- rules of the new phase.
CREATE FUNCTION "move_column"(of_coordinate text, of_table text, of_from text, of_to text, to_phase text, verified_writes text) RETURNS void
	LANGUAGE plpgsql SECURITY DEFINER
AS $$
DECLARE
	present text;
BEGIN
	IF NOT EXISTS (SELECT FROM public.jobs j WHERE j.id = public.current_job() AND j.state = 'RUNNING' AND j.subject = of_coordinate
		AND (j.kind = 'MOVE' AND j.terms = to_phase OR j.kind = 'CONTRACT' AND to_phase IN ('CONTRACTING', 'CONTRACTED'))) THEN
		RAISE EXCEPTION 'no running job allows this move' USING ERRCODE = 'insufficient_privilege';
	END IF;
	IF NOT EXISTS (SELECT FROM pg_trigger t WHERE t.tgrelid = to_regclass('public.' || quote_ident(of_table))
		AND t.tgname = 'move_from_' || of_from AND t.tgenabled = 'A') THEN
		RAISE EXCEPTION 'the column is not declared as moving' USING ERRCODE = 'undefined_object';
	END IF;
	PERFORM set_config('lock_timeout', '2s', true);
	EXECUTE format('LOCK TABLE public.%I IN SHARE ROW EXCLUSIVE MODE', of_table);
	SELECT m.phase INTO present FROM public.column_moves m WHERE m.coordinate = of_coordinate FOR UPDATE;
	IF present = to_phase THEN
		-- The same phase again: earlier findings no longer count.
		UPDATE public.column_moves m SET rewritten_at = NULL WHERE m.coordinate = of_coordinate AND to_phase = 'CONTRACTING';
		UPDATE public.column_moves m SET plaintext_only_writes = verified_writes WHERE m.coordinate = of_coordinate AND to_phase = 'VERIFIED';
		RETURN;
	END IF;
	IF (coalesce(present, 'PLANNED'), to_phase) NOT IN (('PLANNED', 'EXPANDED'), ('ROLLED_BACK', 'EXPANDED'), ('EXPANDED', 'VERIFIED'),
		('VERIFIED', 'CUTOVER'), ('CUTOVER', 'CONTRACTING'), ('CONTRACTING', 'CONTRACTED'),
		('EXPANDED', 'ROLLED_BACK'), ('VERIFIED', 'ROLLED_BACK'), ('CUTOVER', 'ROLLED_BACK')) THEN
		RAISE EXCEPTION 'a column cannot move from % to %', present, to_phase USING ERRCODE = 'invalid_transaction_state';
	END IF;
	IF to_phase = 'CUTOVER' AND (SELECT CASE WHEN s.is_called THEN s.last_value ELSE 0 END FROM public.plaintext_only_writes s)::text
		IS DISTINCT FROM (SELECT m.plaintext_only_writes FROM public.column_moves m WHERE m.coordinate = of_coordinate) THEN
		RAISE EXCEPTION 'plaintext was written since the column was verified' USING ERRCODE = 'invalid_transaction_state';
	END IF;
	INSERT INTO public.column_moves AS m (coordinate, table_name, from_column, to_column, phase, plaintext_only_writes)
	VALUES (of_coordinate, of_table, of_from, of_to, to_phase, verified_writes)
	ON CONFLICT (coordinate) DO UPDATE SET phase = to_phase, moved_at = clock_timestamp(), plaintext_only_writes = coalesce(verified_writes, m.plaintext_only_writes),
		table_name = of_table, from_column = of_from, to_column = of_to,
		rewritten_at = CASE WHEN to_phase = 'CONTRACTED' THEN m.rewritten_at END,
		report = CASE WHEN to_phase = 'CONTRACTED' THEN m.report END;
END
$$;
GRANT EXECUTE ON FUNCTION "move_column"(text, text, text, text, text, text) TO firmseal_maintenance;

-- Rewrites the table's files without the removed plaintext. Everyone who uses the table waits for it.
CREATE FUNCTION "rewrite_moved"(of_coordinate text) RETURNS void
	LANGUAGE plpgsql SECURITY DEFINER
AS $$
DECLARE
	of_table text;
	bound text := current_setting('temp_file_limit');
BEGIN
	IF NOT EXISTS (SELECT FROM public.jobs j WHERE j.id = public.current_job() AND j.state = 'RUNNING' AND j.subject = of_coordinate
		AND j.kind = 'CONTRACT') THEN
		RAISE EXCEPTION 'no running job is about this column' USING ERRCODE = 'insufficient_privilege';
	END IF;
	SELECT m.table_name INTO STRICT of_table FROM public.column_moves m WHERE m.coordinate = of_coordinate AND m.phase = 'CONTRACTING';
	PERFORM set_config('lock_timeout', '5s', true);
	-- CLUSTER may sort the whole table, for which the limit of a login is too small (src/database/temporary-files.ts).
	IF has_parameter_privilege('firmseal_owner', 'temp_file_limit', 'SET') THEN
		PERFORM set_config('temp_file_limit', '-1', true);
	END IF;
	EXECUTE format('CLUSTER public.%I USING %I', of_table, (SELECT c.relname FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
		WHERE i.indrelid = to_regclass('public.' || quote_ident(of_table)) AND i.indisprimary));
	IF has_parameter_privilege('firmseal_owner', 'temp_file_limit', 'SET') THEN
		PERFORM set_config('temp_file_limit', bound, true);
	END IF;
	-- A later CLUSTER must not depend on this index.
	EXECUTE format('ALTER TABLE public.%I SET WITHOUT CLUSTER', of_table);
	-- The planner's old statistics hold values of the column.
	EXECUTE format('ANALYZE public.%I', of_table);
	UPDATE public.column_moves m SET rewritten_at = clock_timestamp() WHERE m.coordinate = of_coordinate;
END
$$;
GRANT EXECUTE ON FUNCTION "rewrite_moved"(text) TO firmseal_maintenance;

CREATE FUNCTION "report_move"(of_coordinate text, of_report text) RETURNS void
	LANGUAGE plpgsql SECURITY DEFINER
AS $$
BEGIN
	IF NOT EXISTS (SELECT FROM public.jobs j WHERE j.id = public.current_job() AND j.state = 'RUNNING' AND j.subject = of_coordinate
		AND j.kind = 'CONTRACT') THEN
		RAISE EXCEPTION 'no running job is about this column' USING ERRCODE = 'insufficient_privilege';
	END IF;
	UPDATE public.column_moves m SET report = of_report WHERE m.coordinate = of_coordinate;
END
$$;
GRANT EXECUTE ON FUNCTION "report_move"(text, text) TO firmseal_maintenance;

-- Clears the location of a deleted version's file, for a running CLEAR job that has deleted the object.
CREATE FUNCTION "clear_removed"(of_coordinate text, of_row uuid, of_hash bytea) RETURNS boolean
	LANGUAGE plpgsql SECURITY DEFINER
AS $$
DECLARE
	of_table text;
	of_column text;
	cleared bigint;
BEGIN
	IF NOT EXISTS (SELECT FROM public.jobs j WHERE j.id = public.current_job() AND j.firm_id = public.current_firm() AND j.state = 'RUNNING'
		AND j.subject = of_coordinate AND j.kind = 'CLEAR') THEN
		RAISE EXCEPTION 'no running job is about this column' USING ERRCODE = 'insufficient_privilege';
	END IF;
	SELECT m.table_name, m.from_column INTO STRICT of_table, of_column
	FROM public.column_moves m WHERE m.coordinate = of_coordinate AND m.phase = 'CONTRACTING';
	EXECUTE format('UPDATE public.%1$I SET %2$I = NULL WHERE firm_id = $1 AND id = $2 AND deleted_at IS NOT NULL
		AND sha256(convert_to(%2$I, ''UTF8'')) = $3', of_table, of_column) USING public.current_firm(), of_row, of_hash;
	GET DIAGNOSTICS cleared = ROW_COUNT;
	RETURN cleared = 1;
END
$$;
GRANT EXECUTE ON FUNCTION "clear_removed"(text, uuid, bytea) TO firmseal_maintenance;

-- Whether another row, of any firm, names the same plaintext object; for a running CLEAR job about the column. If so, the transaction keeps others from
-- clearing until it ends: of two concurrent transactions, the second one then finds no other row.
CREATE FUNCTION "is_named_elsewhere"(of_coordinate text, of_row uuid) RETURNS boolean
	LANGUAGE plpgsql SECURITY DEFINER
AS $$
DECLARE
	of_table text;
	of_column text;
	others text;
	is_named boolean;
BEGIN
	IF NOT EXISTS (SELECT FROM public.jobs j WHERE j.id = public.current_job() AND j.firm_id = public.current_firm() AND j.state = 'RUNNING'
		AND j.subject = of_coordinate AND j.kind = 'CLEAR') THEN
		RAISE EXCEPTION 'no running job is about this column' USING ERRCODE = 'insufficient_privilege';
	END IF;
	SELECT m.table_name, m.from_column INTO STRICT of_table, of_column
	FROM public.column_moves m WHERE m.coordinate = of_coordinate AND m.phase = 'CONTRACTING';
	others := format('SELECT EXISTS (SELECT FROM public.%1$I o WHERE (o.firm_id, o.id) <> ($1, $2)
		AND o.%2$I = (SELECT t.%2$I FROM public.%1$I t WHERE t.firm_id = $1 AND t.id = $2))', of_table, of_column);
	EXECUTE others INTO is_named USING public.current_firm(), of_row;
	IF is_named THEN
		PERFORM FROM public.column_moves m WHERE m.coordinate = of_coordinate FOR NO KEY UPDATE;
		EXECUTE others INTO is_named USING public.current_firm(), of_row;
	END IF;
	RETURN is_named;
END
$$;
GRANT EXECUTE ON FUNCTION "is_named_elsewhere"(text, uuid) TO firmseal_maintenance;
