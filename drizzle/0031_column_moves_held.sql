-- What an open transaction, an older version of the program, or a re-encryption on the way would undo of a column’s move.
-- The triggers of the columns that the tables say are moved: [{coordinate, table, from, to}]. Those of others go, so that a migration can
-- drop their columns; but not of one that is on its way, about which an older version of the program knows nothing.
CREATE OR REPLACE FUNCTION "lock_moves"(moves jsonb) RETURNS void
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	stale record;
	move record;
	body text;
BEGIN
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
	-- What maintenance seals anew is what was sealed before: whether it is what is in the clear, CLEAR finds out.
	IF phase IN ('CONTRACTING', 'CONTRACTED') AND is_sealed_anew AND current_setting('role') <> 'firmseal_maintenance' THEN
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
-- Writes the files of the table anew, without what is in the clear no more. Everybody waits for it.
CREATE OR REPLACE FUNCTION "rewrite_moved"(of_coordinate text) RETURNS void
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
	-- The planner keeps values of its own.
	EXECUTE format('ANALYZE public.%I', of_table);
	UPDATE public.column_moves m SET rewritten_at = clock_timestamp() WHERE m.coordinate = of_coordinate;
END
$$;
--> statement-breakpoint

-- The owners of the firm are told of each job, and of its end, by whoever writes it; those of all firms of how far a column of all of them is.
CREATE OR REPLACE FUNCTION "tell_job"() RETURNS trigger
	LANGUAGE plpgsql SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF TG_OP = 'UPDATE' AND (NEW.ended_at IS NULL OR OLD.ended_at IS NOT NULL) THEN RETURN NULL; END IF;
	INSERT INTO public.notices (id, firm_id, kind, audience, actor_id, job_id, job_kind, job_state, created_at)
	SELECT public.generate_uuid_v7(), f.id, CASE TG_OP WHEN 'INSERT' THEN 'JOB_REQUESTED' ELSE 'JOB_ENDED' END, 'OWNERS',
		CASE WHEN TG_OP = 'INSERT' AND NEW.asked_on = 'firm' THEN NEW.asked_by END, NEW.id, NEW.kind, NEW.state, clock_timestamp()
	FROM public.firms f
	WHERE f.id = NEW.firm_id OR NEW.firm_id = '00000000-0000-0000-0000-000000000000' AND NEW.kind IN ('MOVE', 'CONTRACT');
	RETURN NULL;
END
$$;
