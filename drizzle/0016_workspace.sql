-- Workspace tables are tables of firms with a revision and tombstones. Their privileges, policies and triggers follow from their columns.

-- All workspace tables, in the order of their names.
CREATE FUNCTION "workspace_tables"() RETURNS SETOF regclass
	LANGUAGE sql STABLE
AS $$
	SELECT c.oid::regclass FROM pg_class c
	WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND (
		SELECT count(*) FROM pg_attribute a
		WHERE a.attrelid = c.oid AND NOT a.attisdropped AND a.attname IN ('firm_id', 'id', 'revision', 'deleted_at')
	) = 4
	ORDER BY c.relname
$$;

-- Workspace tables to which foreign keys refer, each with a table that has such a key.
CREATE FUNCTION "named_content"() RETURNS TABLE (parent regclass, child regclass)
	LANGUAGE sql STABLE
AS $$
	SELECT DISTINCT k.confrelid::regclass, k.conrelid::regclass FROM pg_constraint k
	WHERE k.contype = 'f' AND k.confrelid IN (SELECT public.workspace_tables())
$$;

-- Makes the privileges, policies and triggers of each workspace table. Runs each time the database is prepared (src/database/prepare-database.ts).
-- `classes`: the content class of each table with sealed columns.
CREATE FUNCTION "secure_workspace"(classes jsonb) RETURNS void
	LANGUAGE plpgsql
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
	guard text;
	check_of text;
	arguments text;
BEGIN
	FOR of_table IN SELECT public.workspace_tables() LOOP
		-- FORCE applies the policies to the owner too: it sees only rows of a job that erases (0013) or clears a column (0014).
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
		-- A row's identity, parent and author never change; its client may.
		SELECT string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum) INTO changing
		FROM pg_attribute a
		WHERE a.attrelid = of_table AND a.attnum > 0 AND NOT a.attisdropped
			AND a.attname NOT IN ('firm_id', 'id', 'created_at')
			AND (a.attname = 'client_id' OR NOT EXISTS (
				SELECT FROM pg_constraint k WHERE k.conrelid = of_table AND k.contype = 'f' AND a.attnum = ANY (k.conkey)));
		-- A plaintext column that a sealed one replaces is content too.
		SELECT coalesce(array_agg(a.attname), '{}') INTO moving
		FROM pg_attribute a JOIN pg_trigger t ON t.tgrelid = a.attrelid AND t.tgname = 'move_from_' || a.attname
		WHERE a.attrelid = of_table AND NOT a.attisdropped;
		SELECT string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum) INTO metadata
		FROM pg_attribute a
		WHERE a.attrelid = of_table AND a.attnum > 0 AND NOT a.attisdropped AND a.atttypid <> 'public.sealed'::regtype
			AND a.attname <> ALL (moving) AND a.attname <> 'stamp';
		EXECUTE format('GRANT SELECT, INSERT, UPDATE (%2$s) ON %1$s TO firmseal_firm', of_table, changing);
		-- No privilege on a sealed column, nor on a stamp, which has their hashes: naming one is error 42501.
		EXECUTE format('GRANT SELECT (%2$s) ON %1$s TO firmseal_operator', of_table, metadata);
		IF moving <> '{}' THEN
			EXECUTE format('REVOKE SELECT (%2$s) ON %1$s FROM firmseal_operator', of_table,
				(SELECT string_agg(quote_ident(c), ', ') FROM unnest(moving) c));
		END IF;
		-- The policy's name holds the class, so that another class makes another policy.
		of_class := classes ->> (SELECT relname FROM pg_class WHERE oid = of_table);
		FOR stale IN SELECT polname FROM pg_policy
			WHERE polrelid = of_table AND polname LIKE 'lease\_%' AND polname IS DISTINCT FROM 'lease_' || lower(of_class COLLATE "C")
		LOOP
			EXECUTE format('DROP POLICY %I ON %s', stale, of_table);
		END LOOP;
		IF of_class IS NOT NULL AND NOT EXISTS (
			SELECT FROM pg_policy WHERE polrelid = of_table AND polname = 'lease_' || lower(of_class COLLATE "C")) THEN
			EXECUTE format('GRANT SELECT ON %s TO firmseal_break_glass', of_table);
			-- A sub-select is evaluated once a statement. The scope holds the firm too; naming it here lets PostgreSQL use an index.
			EXECUTE format('CREATE POLICY %I ON %s FOR SELECT TO firmseal_break_glass USING (
				firm_id = (SELECT public.current_firm()) AND public.lease_covers((SELECT public.lease_scope(%L)), firm_id, id))',
				'lease_' || lower(of_class COLLATE "C"), of_table, of_class);
		END IF;
		-- A maintenance job sees rows of its firm and class, and changes only sealed values and the plaintext that they replace.
		SELECT array_agg(a.attname ORDER BY a.attname) INTO contents
		FROM pg_attribute a WHERE a.attrelid = of_table AND NOT a.attisdropped AND a.atttypid = 'public.sealed'::regtype;
		FOR stale IN SELECT polname FROM pg_policy
			WHERE polrelid = of_table AND polname LIKE 'job\_%' AND polname IS DISTINCT FROM 'job_' || lower(of_class COLLATE "C")
		LOOP
			EXECUTE format('DROP POLICY %I ON %s', stale, of_table);
		END LOOP;
		-- A job changes rows only while it runs. The class is the trigger's argument, so that another class makes another trigger.
		IF NOT EXISTS (SELECT FROM pg_trigger t WHERE t.tgrelid = of_table AND t.tgname = 'while_job_runs'
			AND pg_get_triggerdef(t.oid) LIKE '%refuse\_after\_job(' || coalesce(quote_literal(of_class), '') || ')')
		THEN
			EXECUTE format('DROP TRIGGER IF EXISTS "while_job_runs" ON %s', of_table);
			EXECUTE format('CREATE TRIGGER "while_job_runs" AFTER UPDATE ON %s REFERENCING OLD TABLE AS replaced
				FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_after_job(%s)', of_table, coalesce(quote_literal(of_class), ''));
			EXECUTE format('ALTER TABLE %s ENABLE ALWAYS TRIGGER "while_job_runs"', of_table);
		END IF;
		-- Open pages learn which rows changed (0015).
		FOREACH event IN ARRAY ARRAY['INSERT', 'UPDATE', 'DELETE'] LOOP
			CONTINUE WHEN EXISTS (SELECT FROM pg_trigger t WHERE t.tgrelid = of_table AND t.tgname = 'announce_' || lower(event COLLATE "C"));
			EXECUTE format('CREATE TRIGGER %I AFTER %s ON %s REFERENCING %s FOR EACH STATEMENT EXECUTE FUNCTION public.announce_records()',
				'announce_' || lower(event COLLATE "C"), event, of_table, CASE event WHEN 'INSERT' THEN 'NEW TABLE AS written'
					WHEN 'UPDATE' THEN 'NEW TABLE AS written OLD TABLE AS replaced' ELSE 'OLD TABLE AS replaced' END);
			EXECUTE format('ALTER TABLE %s ENABLE ALWAYS TRIGGER %I', of_table, 'announce_' || lower(event COLLATE "C"));
		END LOOP;
		CONTINUE WHEN of_class IS NULL OR contents IS NULL;
		EXECUTE format('GRANT SELECT, UPDATE (%s) ON %s TO firmseal_maintenance',
			(SELECT string_agg(quote_ident(c), ', ') FROM unnest(contents || moving) c), of_table);
		IF NOT EXISTS (SELECT FROM pg_policy WHERE polrelid = of_table AND polname = 'job_' || lower(of_class COLLATE "C")) THEN
			EXECUTE format('CREATE POLICY %I ON %s TO firmseal_maintenance USING (firm_id = (SELECT public.firm_of_job(%L)))',
				'job_' || lower(of_class COLLATE "C"), of_table, of_class);
		END IF;
		-- The class and the columns are the trigger's arguments, so that others make another trigger.
		arguments := format('%L, %s', of_class, (SELECT string_agg(quote_literal(c), ', ') FROM unnest(contents) c));
		FOR event, guard, check_of IN SELECT e.name, g.name, g.check_of FROM unnest(ARRAY['INSERT', 'UPDATE']) e (name),
			(VALUES ('above_floor_on_', 'refuse_below_floor'), ('in_custody_on_', 'refuse_other_custody')) g (name, check_of)
		LOOP
			-- Only a row with a stamp can be in the firm's custody.
			CONTINUE WHEN guard = 'in_custody_on_' AND NOT EXISTS (SELECT FROM pg_attribute a
				WHERE a.attrelid = of_table AND a.attname = 'stamp' AND NOT a.attisdropped);
			guard := guard || lower(event COLLATE "C");
			CONTINUE WHEN EXISTS (SELECT FROM pg_trigger t WHERE t.tgrelid = of_table AND t.tgname = guard
				AND pg_get_triggerdef(t.oid) LIKE '%' || replace(check_of, '_', '\_') || '(' || arguments || ')');
			EXECUTE format('DROP TRIGGER IF EXISTS %I ON %s', guard, of_table);
			EXECUTE format('CREATE TRIGGER %I AFTER %s ON %s REFERENCING NEW TABLE AS written %s
				FOR EACH STATEMENT EXECUTE FUNCTION public.%I(%s)', guard, event, of_table,
				CASE event WHEN 'UPDATE' THEN 'OLD TABLE AS replaced' ELSE '' END, check_of, arguments);
			EXECUTE format('ALTER TABLE %s ENABLE ALWAYS TRIGGER %I', of_table, guard);
		END LOOP;
	END LOOP;
END
$$;
