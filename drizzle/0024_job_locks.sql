-- Jobs of maintenance: who asks for one, and what the worker may touch while it does one. A role of its own does the work, and sees
-- content only of the firm and class whose job runs and is named by the transaction.
GRANT USAGE ON SCHEMA public TO firmseal_maintenance;
--> statement-breakpoint
GRANT EXECUTE ON FUNCTION "current_firm"() TO firmseal_maintenance;
--> statement-breakpoint
ALTER TABLE "jobs" ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE "job_pages" ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE "key_floors" ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
--> statement-breakpoint

CREATE FUNCTION "current_job"() RETURNS uuid
	LANGUAGE sql STABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
	RETURN nullif(current_setting('firmseal.job', true), '')::uuid;
--> statement-breakpoint
REVOKE EXECUTE ON FUNCTION "current_job"() FROM PUBLIC;
--> statement-breakpoint
GRANT EXECUTE ON FUNCTION "current_job"() TO firmseal_maintenance, firmseal_owner;
--> statement-breakpoint
CREATE POLICY "owner_asks" ON "jobs" FOR SELECT TO firmseal_owner USING (true);
--> statement-breakpoint

-- Whether the transaction is of a job that runs, on this firm's content of this class.
CREATE FUNCTION "job_allows"(of_firm uuid, of_class text) RETURNS boolean
	LANGUAGE sql STABLE SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT EXISTS (SELECT FROM public.jobs j
		WHERE j.id = public.current_job() AND j.firm_id = of_firm AND j.class = of_class AND j.state = 'RUNNING' AND j.kind IN ('REENCRYPT', 'DESTROY'))
$$;
--> statement-breakpoint
REVOKE EXECUTE ON FUNCTION "job_allows"(uuid, text) FROM PUBLIC;
--> statement-breakpoint
GRANT EXECUTE ON FUNCTION "job_allows"(uuid, text) TO firmseal_maintenance;
--> statement-breakpoint

-- The same for the firm's data keys: a job on the wrapping key is on those of all classes.
CREATE FUNCTION "job_allows_keys"(of_firm uuid, of_class text) RETURNS boolean
	LANGUAGE sql STABLE SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT EXISTS (SELECT FROM public.jobs j
		WHERE j.id = public.current_job() AND j.firm_id = of_firm AND coalesce(j.class = of_class, true) AND j.state = 'RUNNING')
$$;
--> statement-breakpoint
REVOKE EXECUTE ON FUNCTION "job_allows_keys"(uuid, text) FROM PUBLIC;
--> statement-breakpoint
GRANT EXECUTE ON FUNCTION "job_allows_keys"(uuid, text) TO firmseal_maintenance;
--> statement-breakpoint

-- An owner of a firm asks for another key; everything else is the installation's to ask for, and the program's.
GRANT SELECT, INSERT (id, firm_id, kind, class, version, rate, state, asked_on, asked_by, asked_at, mac) ON "jobs" TO firmseal_firm, firmseal_worker;
--> statement-breakpoint
CREATE POLICY "firm" ON "jobs" FOR SELECT TO firmseal_firm USING (firm_id = (SELECT current_firm()));
--> statement-breakpoint
CREATE POLICY "firm_asks" ON "jobs" FOR INSERT TO firmseal_firm WITH CHECK (firm_id = (SELECT current_firm())
	AND kind = 'ROTATE' AND class IS NOT NULL AND state = 'QUEUED' AND asked_on = 'firm' AND asked_by IS NOT NULL);
--> statement-breakpoint
CREATE POLICY "worker" ON "jobs" FOR SELECT TO firmseal_worker USING (true);
--> statement-breakpoint
CREATE POLICY "worker_asks" ON "jobs" FOR INSERT TO firmseal_worker WITH CHECK (asked_on IN ('cli', 'worker')
	AND state = CASE kind WHEN 'DESTROY' THEN 'WAITING' ELSE 'QUEUED' END);
--> statement-breakpoint
GRANT UPDATE (state, agreed_by, agreed_mac, ended_at) ON "jobs" TO firmseal_worker;
--> statement-breakpoint
CREATE POLICY "worker_moves" ON "jobs" FOR UPDATE TO firmseal_worker USING (true) WITH CHECK (state IN ('QUEUED', 'CANCELLED'));
--> statement-breakpoint
GRANT SELECT, UPDATE (state, step, after, round, total, done, failed, trouble, next_at, started_at, ended_at) ON "jobs" TO firmseal_maintenance;
--> statement-breakpoint
CREATE POLICY "maintenance" ON "jobs" FOR SELECT TO firmseal_maintenance USING (true);
--> statement-breakpoint
CREATE POLICY "maintenance_moves" ON "jobs" FOR UPDATE TO firmseal_maintenance USING (state IN ('QUEUED', 'RUNNING')) WITH CHECK (state IN ('QUEUED', 'RUNNING', 'DONE', 'FAILED'));
--> statement-breakpoint
GRANT SELECT, INSERT, UPDATE (claim, claimed_at), DELETE ON "job_pages" TO firmseal_maintenance;
--> statement-breakpoint
CREATE POLICY "maintenance" ON "job_pages" TO firmseal_maintenance USING (true) WITH CHECK (true);
--> statement-breakpoint

CREATE FUNCTION "guard_job"() RETURNS trigger
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF NEW.state IS DISTINCT FROM OLD.state AND (OLD.state, NEW.state) NOT IN (
		('WAITING', 'QUEUED'), ('WAITING', 'CANCELLED'), ('QUEUED', 'RUNNING'), ('QUEUED', 'CANCELLED'), ('QUEUED', 'FAILED'),
		('RUNNING', 'DONE'), ('RUNNING', 'FAILED'), ('RUNNING', 'CANCELLED'))
		OR OLD.state IN ('DONE', 'FAILED', 'CANCELLED')
		OR (OLD.agreed_by IS NOT NULL AND NEW.agreed_by IS DISTINCT FROM OLD.agreed_by)
		OR (OLD.state = 'WAITING' AND NEW.state = 'QUEUED' AND NEW.agreed_by IS NULL)
	THEN
		RAISE EXCEPTION 'a job does not go from % to %', OLD.state, NEW.state USING ERRCODE = 'invalid_transaction_state';
	END IF;
	RETURN NEW;
END
$$;
--> statement-breakpoint
REVOKE EXECUTE ON FUNCTION "guard_job"() FROM PUBLIC;
--> statement-breakpoint
CREATE TRIGGER "guard" BEFORE UPDATE ON "jobs" FOR EACH ROW EXECUTE FUNCTION "guard_job"();
--> statement-breakpoint
ALTER TABLE "jobs" ENABLE ALWAYS TRIGGER "guard";
--> statement-breakpoint

-- The firm's owners are told of each job, and of its end, by whoever writes it.
CREATE FUNCTION "tell_job"() RETURNS trigger
	LANGUAGE plpgsql SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF NEW.firm_id = '00000000-0000-0000-0000-000000000000' THEN RETURN NULL; END IF;
	IF TG_OP = 'UPDATE' AND (NEW.ended_at IS NULL OR OLD.ended_at IS NOT NULL) THEN RETURN NULL; END IF;
	INSERT INTO public.notices (id, firm_id, kind, audience, actor_id, job_id, job_kind, job_state, created_at) VALUES (
		public.generate_uuid_v7(), NEW.firm_id, CASE TG_OP WHEN 'INSERT' THEN 'JOB_REQUESTED' ELSE 'JOB_ENDED' END, 'OWNERS',
		CASE WHEN TG_OP = 'INSERT' AND NEW.asked_on = 'firm' THEN NEW.asked_by END, NEW.id, NEW.kind, NEW.state, clock_timestamp());
	RETURN NULL;
END
$$;
--> statement-breakpoint
REVOKE EXECUTE ON FUNCTION "tell_job"() FROM PUBLIC;
--> statement-breakpoint
CREATE POLICY "owner_tells_of_jobs" ON "notices" FOR INSERT TO firmseal_owner WITH CHECK (audience = 'OWNERS' AND job_id IS NOT NULL);
--> statement-breakpoint
CREATE TRIGGER "tell" AFTER INSERT OR UPDATE ON "jobs" FOR EACH ROW EXECUTE FUNCTION "tell_job"();
--> statement-breakpoint
ALTER TABLE "jobs" ENABLE ALWAYS TRIGGER "tell";
--> statement-breakpoint

-- Keys: made, wrapped anew, taken out of use and emptied by the job that is about them. What is emptied stays so.
GRANT SELECT, INSERT, UPDATE (state, sealed, wrapped, key_id, own_key) ON "data_keys" TO firmseal_maintenance;
--> statement-breakpoint
CREATE POLICY "maintenance" ON "data_keys" TO firmseal_maintenance
	USING (firm_id = (SELECT current_firm()) AND job_allows_keys(firm_id, class))
	WITH CHECK (firm_id = (SELECT current_firm()) AND job_allows_keys(firm_id, class));
--> statement-breakpoint
GRANT SELECT, INSERT, UPDATE (version, set_at, set_in) ON "key_floors" TO firmseal_maintenance;
--> statement-breakpoint
CREATE POLICY "maintenance" ON "key_floors" TO firmseal_maintenance
	USING (firm_id = (SELECT current_firm()) AND job_allows(firm_id, class))
	WITH CHECK (firm_id = (SELECT current_firm()) AND job_allows(firm_id, class));
--> statement-breakpoint
CREATE POLICY "owner_asks" ON "key_floors" FOR SELECT TO firmseal_owner USING (true);
--> statement-breakpoint
GRANT SELECT, INSERT, UPDATE (id, refused_at) ON "key_refusals" TO firmseal_maintenance;
--> statement-breakpoint
CREATE POLICY "maintenance" ON "key_refusals" TO firmseal_maintenance USING (true) WITH CHECK (firm_id = (SELECT current_firm()));
--> statement-breakpoint

-- A job tells of values that did not open.
ALTER POLICY "worker_appends" ON "audit_entries" WITH CHECK (leaf::jsonb ->> 'plane' IN ('worker', 'cli')
	AND (leaf::jsonb ->> 'action' NOT LIKE 'content.%'
		OR (leaf::jsonb ->> 'plane' = 'worker' AND leaf::jsonb ->> 'action' = 'content.fail' AND leaf::jsonb ->> 'request' IS NOT NULL)));
--> statement-breakpoint

-- No new value under a version below the floor. What is there already may be read, and its row be changed otherwise. Arguments: the
-- class, then the sealed columns. Nearly always there is no floor, which is all that is asked then.
CREATE FUNCTION "refuse_below_floor"() RETURNS trigger
	LANGUAGE plpgsql SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	of_column text;
	is_below boolean;
BEGIN
	IF NOT EXISTS (SELECT FROM public.key_floors f
		WHERE f.class = TG_ARGV[0] AND f.firm_id IN (SELECT w.firm_id FROM written w)) THEN RETURN NULL; END IF;
	FOR index IN 1 .. TG_NARGS - 1 LOOP
		of_column := TG_ARGV[index];
		EXECUTE format('SELECT EXISTS (SELECT FROM written w JOIN public.key_floors f ON f.firm_id = w.firm_id AND f.class = $1
			WHERE substring(w.%1$I FROM 3 FOR 4) < substring(int8send(f.version) FROM 5)%2$s)', of_column,
			CASE TG_OP WHEN 'UPDATE' THEN format(' AND NOT EXISTS (SELECT FROM replaced r
				WHERE r.firm_id = w.firm_id AND r.id = w.id AND r.%1$I = w.%1$I)', of_column) ELSE '' END)
			INTO is_below USING TG_ARGV[0];
		IF is_below THEN
			RAISE EXCEPTION 'a value is sealed under a version of its key that is closed' USING ERRCODE = 'FS001';
		END IF;
	END LOOP;
	RETURN NULL;
END
$$;
--> statement-breakpoint
REVOKE EXECUTE ON FUNCTION "refuse_below_floor"() FROM PUBLIC;
--> statement-breakpoint

-- The same of a file, which says so before its first byte is stored.
CREATE FUNCTION "refuse_file_below_floor"() RETURNS trigger
	LANGUAGE plpgsql SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF EXISTS (SELECT FROM public.key_floors f
		WHERE f.firm_id = NEW.firm_id AND f.class = 'DOCUMENT' AND NEW.key_version < f.version) THEN
		RAISE EXCEPTION 'a file is sealed under a version of its key that is closed' USING ERRCODE = 'FS001';
	END IF;
	RETURN NEW;
END
$$;
--> statement-breakpoint
REVOKE EXECUTE ON FUNCTION "refuse_file_below_floor"() FROM PUBLIC;
--> statement-breakpoint
CREATE TRIGGER "above_floor" BEFORE UPDATE OF "key_version" ON "stored_objects" FOR EACH ROW EXECUTE FUNCTION "refuse_file_below_floor"();
--> statement-breakpoint
ALTER TABLE "stored_objects" ENABLE ALWAYS TRIGGER "above_floor";
--> statement-breakpoint
GRANT UPDATE (key_version) ON "stored_objects" TO firmseal_firm, firmseal_portal;
--> statement-breakpoint
GRANT SELECT, INSERT, UPDATE (state, size, sha256, key_version, touched_at) ON "stored_objects" TO firmseal_maintenance;
--> statement-breakpoint
CREATE POLICY "maintenance" ON "stored_objects" TO firmseal_maintenance
	USING (firm_id = (SELECT current_firm()) AND (SELECT job_allows((SELECT current_firm()), 'DOCUMENT')))
	WITH CHECK (firm_id = (SELECT current_firm()) AND (SELECT job_allows((SELECT current_firm()), 'DOCUMENT')));
--> statement-breakpoint

CREATE OR REPLACE FUNCTION "lock_workspace"(classes jsonb) RETURNS void
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
		SELECT string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum) INTO metadata
		FROM pg_attribute a
		WHERE a.attrelid = of_table AND a.attnum > 0 AND NOT a.attisdropped AND a.atttypid <> 'public.sealed'::regtype;
		EXECUTE format('GRANT SELECT, INSERT, UPDATE (%2$s) ON %1$s TO firmseal_firm', of_table, changing);
		-- No privilege on a sealed column: naming one is error 42501.
		EXECUTE format('GRANT SELECT (%2$s) ON %1$s TO firmseal_operator', of_table, metadata);
		-- The name of the policy tells the class, so that another class makes another policy.
		of_class := classes ->> (SELECT relname FROM pg_class WHERE oid = of_table);
		FOR stale IN SELECT polname FROM pg_policy
			WHERE polrelid = of_table AND polname LIKE 'lease\_%' AND polname IS DISTINCT FROM 'lease_' || lower(of_class)
		LOOP
			EXECUTE format('DROP POLICY %I ON %s', stale, of_table);
		END LOOP;
		IF of_class IS NOT NULL AND NOT EXISTS (
			SELECT FROM pg_policy WHERE polrelid = of_table AND polname = 'lease_' || lower(of_class)) THEN
			EXECUTE format('GRANT SELECT ON %s TO firmseal_break_glass', of_table);
			-- Sub-selects: asked once a statement.
			EXECUTE format('CREATE POLICY %I ON %s FOR SELECT TO firmseal_break_glass USING (
				firm_id = (SELECT public.current_firm())
				AND (SELECT public.lease_allows((SELECT public.current_firm()), %L))
				AND coalesce(id = ANY ((SELECT public.lease_records())::uuid[]), (SELECT public.lease_records()) IS NULL))',
				'lease_' || lower(of_class), of_table, of_class);
		END IF;
		-- A job of maintenance sees what of the class is its firm's, and changes nothing but sealed values.
		SELECT array_agg(a.attname ORDER BY a.attname) INTO contents
		FROM pg_attribute a WHERE a.attrelid = of_table AND NOT a.attisdropped AND a.atttypid = 'public.sealed'::regtype;
		FOR stale IN SELECT polname FROM pg_policy
			WHERE polrelid = of_table AND polname LIKE 'job\_%' AND polname IS DISTINCT FROM 'job_' || lower(of_class)
		LOOP
			EXECUTE format('DROP POLICY %I ON %s', stale, of_table);
		END LOOP;
		CONTINUE WHEN of_class IS NULL OR contents IS NULL;
		EXECUTE format('GRANT SELECT, UPDATE (%s) ON %s TO firmseal_maintenance',
			(SELECT string_agg(quote_ident(c), ', ') FROM unnest(contents) c), of_table);
		IF NOT EXISTS (SELECT FROM pg_policy WHERE polrelid = of_table AND polname = 'job_' || lower(of_class)) THEN
			EXECUTE format('CREATE POLICY %I ON %s TO firmseal_maintenance USING (
				firm_id = (SELECT public.current_firm()) AND (SELECT public.job_allows((SELECT public.current_firm()), %L)))',
				'job_' || lower(of_class), of_table, of_class);
		END IF;
		-- Class and columns are the trigger's own arguments, so that others make another trigger.
		FOREACH event IN ARRAY ARRAY['INSERT', 'UPDATE'] LOOP
			arguments := format('%L, %s', of_class, (SELECT string_agg(quote_literal(c), ', ') FROM unnest(contents) c));
			CONTINUE WHEN EXISTS (SELECT FROM pg_trigger t WHERE t.tgrelid = of_table AND t.tgname = 'above_floor_on_' || lower(event)
				AND pg_get_triggerdef(t.oid) LIKE '%refuse\_below\_floor(' || arguments || ')');
			EXECUTE format('DROP TRIGGER IF EXISTS %I ON %s', 'above_floor_on_' || lower(event), of_table);
			EXECUTE format('CREATE TRIGGER %I AFTER %s ON %s REFERENCING NEW TABLE AS written %s
				FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_below_floor(%s)',
				'above_floor_on_' || lower(event), event, of_table,
				CASE event WHEN 'UPDATE' THEN 'OLD TABLE AS replaced' ELSE '' END, arguments);
			EXECUTE format('ALTER TABLE %s ENABLE ALWAYS TRIGGER %I', of_table, 'above_floor_on_' || lower(event));
		END LOOP;
	END LOOP;
END
$$;
