-- An object in the clear that rows of several firms name goes with the last of them; and what is in the clear goes by CLEAR alone.

-- The triggers of the columns that the tables say are moved: [{coordinate, table, from, to, beside}]. Those of others go, so that a migration
-- can drop their columns. `beside`: the column says where a file lies that is in the clear itself, and these say more of the same file.
CREATE OR REPLACE FUNCTION "lock_moves"(moves jsonb) RETURNS void
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	stale record;
	move record;
	body text;
	on_removal text;
	on_sealing text;
	on_lone_write text;
	is_lone text;
BEGIN
	-- About one that is on its way an older version of the program knows nothing.
	SELECT m.coordinate INTO move FROM public.column_moves m
	WHERE m.phase NOT IN ('ROLLED_BACK', 'CONTRACTED') AND NOT EXISTS (
		SELECT FROM jsonb_to_recordset(moves) d ("table" text, "from" text) WHERE d."table" = m.table_name AND d."from" = m.from_column);
	IF FOUND THEN
		RAISE EXCEPTION '% is on its way from plaintext, which this version does not declare: run one that does, or roll the column back first',
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
			on_lone_write := '';
			is_lone := format('num_nonnulls(NEW.%I, NEW.%I) > 0', move."from", move."to");
		ELSE
			-- What is in the clear is an object: whoever forgets where it lies leaves it there for good.
			on_removal := format('IF TG_OP = ''INSERT'' THEN NEW.%1$I := NULL;
			ELSIF OLD.deleted_at IS NULL OR public.session_plane() = ''firmseal_firm'' THEN NEW.%1$I := OLD.%1$I; END IF;',
				move."from");
			is_lone := 'true';
			on_sealing := format('IF TG_OP = ''INSERT'' THEN NEW.%1$I := NULL; ELSE NEW.%1$I := OLD.%1$I; END IF;', move."from");
			-- For clear_removed(), since no job writes to a row that is removed.
			IF NOT EXISTS (SELECT FROM pg_policy WHERE polrelid = move.of_table AND polname = 'owner_sees_removed') THEN
				EXECUTE format('CREATE POLICY "owner_sees_removed" ON %s FOR SELECT TO firmseal_owner USING (deleted_at IS NOT NULL)', move.of_table);
				EXECUTE format('CREATE POLICY "owner_clears_removed" ON %s FOR UPDATE TO firmseal_owner USING (deleted_at IS NOT NULL)', move.of_table);
			END IF;
			-- For is_named_elsewhere(): what a CLEAR must not take away is of whichever firm.
			IF NOT EXISTS (SELECT FROM pg_policy WHERE polrelid = move.of_table AND polname = 'owner_sees_named') THEN
				EXECUTE format('CREATE POLICY "owner_sees_named" ON %s FOR SELECT TO firmseal_owner USING ((SELECT EXISTS (
					SELECT FROM public.jobs j WHERE j.id = public.current_job() AND j.state = ''RUNNING'' AND j.kind = ''CLEAR'')))', move.of_table);
			END IF;
			on_lone_write := (SELECT string_agg(format('NEW.%I := NULL;', b), ' ') FROM unnest(move.beside) b);
		END IF;
		-- Written out for the columns: a trigger that looks them up by name takes ten times as long.
		body := format($body$
DECLARE
	phase text := (SELECT m.phase FROM public.column_moves m WHERE m.coordinate = %1$L);
	is_replaced boolean;
	is_sealed_anew boolean;
BEGIN
	IF NEW.deleted_at IS NOT NULL THEN
		%4$s
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
	-- What maintenance seals anew is what was sealed before: whether it is what is in the clear, CLEAR finds out.
	IF phase IN ('CONTRACTING', 'CONTRACTED') AND is_sealed_anew AND public.session_plane() <> 'firmseal_worker' THEN
		%5$s
	ELSIF is_replaced AND NOT is_sealed_anew AND %7$s THEN
		-- What is in the clear goes by CLEAR alone, which has compared it.
		IF phase = 'CUTOVER' OR phase IN ('CONTRACTING', 'CONTRACTED')
			AND (NEW.%2$I IS NOT NULL OR public.session_plane() = 'firmseal_firm') THEN
			PERFORM nextval('public.refused_writes');
			RAISE EXCEPTION 'plaintext was written to a column that is sealed: run the newest version of the program'
				USING ERRCODE = 'FS002';
		ELSIF phase IS NULL OR phase NOT IN ('CONTRACTING', 'CONTRACTED') THEN
			-- Nobody may open what is not said any more.
			NEW.%3$I := NULL;
			%6$s
			IF phase IN ('EXPANDED', 'VERIFIED') THEN
				PERFORM nextval('public.lone_writes');
			END IF;
		END IF;
	END IF;
	RETURN NEW;
END
$body$, move.coordinate, move."from", move."to", on_removal, on_sealing, on_lone_write, is_lone);
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

-- Whether another row, of whichever firm, names the same object in the clear; for a CLEAR that runs and is about it. Who is told that one does
-- keeps the others from going until its transaction ends: of two that ask at once, one finds itself alone.
CREATE FUNCTION "is_named_elsewhere"(of_coordinate text, of_row uuid) RETURNS boolean
	LANGUAGE plpgsql SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	of_table text;
	of_column text;
	others text;
	is_named boolean;
BEGIN
	IF NOT EXISTS (SELECT FROM public.jobs j WHERE j.id = public.current_job() AND j.firm_id = public.current_firm() AND j.state = 'RUNNING'
		AND j.subject = of_coordinate AND j.kind = 'CLEAR') THEN
		RAISE EXCEPTION 'no job that runs is about this' USING ERRCODE = 'insufficient_privilege';
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
--> statement-breakpoint
REVOKE EXECUTE ON FUNCTION "is_named_elsewhere"(text, uuid) FROM PUBLIC;
--> statement-breakpoint
GRANT EXECUTE ON FUNCTION "is_named_elsewhere"(text, uuid) TO firmseal_maintenance;
