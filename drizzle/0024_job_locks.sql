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

-- Whose content of this class the transaction may touch: of the firm that it names, when a job runs on it that it names. In one answer, because
-- a session may name another firm or job between two questions of one statement. VOLATILE: of when it is asked, not of when the statement began.
CREATE FUNCTION "firm_of_job"(of_class text) RETURNS uuid
	LANGUAGE sql VOLATILE SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT j.firm_id FROM public.jobs j
	WHERE j.id = public.current_job() AND j.firm_id = public.current_firm() AND j.class = of_class AND j.state = 'RUNNING'
		AND j.kind IN ('REENCRYPT', 'DESTROY', 'BACKFILL', 'VERIFY', 'CLEAR')
$$;
--> statement-breakpoint
REVOKE EXECUTE ON FUNCTION "firm_of_job"(text) FROM PUBLIC;
--> statement-breakpoint
GRANT EXECUTE ON FUNCTION "firm_of_job"(text) TO firmseal_maintenance;
--> statement-breakpoint

-- Whether a data key is of what the job is on: a job on the wrapping key is on those of all classes.
CREATE FUNCTION "job_allows_keys"(of_firm uuid, of_class text) RETURNS boolean
	LANGUAGE sql VOLATILE SECURITY DEFINER
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
GRANT EXECUTE ON FUNCTION "latest_key_version"(uuid, text) TO firmseal_maintenance;
--> statement-breakpoint
GRANT SELECT, INSERT, UPDATE (version, set_at, set_in) ON "key_floors" TO firmseal_maintenance;
--> statement-breakpoint
-- A floor above the active version would let nothing be written.
CREATE POLICY "maintenance" ON "key_floors" TO firmseal_maintenance
	USING (firm_id = firm_of_job(class))
	WITH CHECK (firm_id = firm_of_job(class) AND EXISTS (SELECT FROM "data_keys" k
		WHERE k.firm_id = key_floors.firm_id AND k.class = key_floors.class AND k.state = 'ACTIVE' AND k.version >= key_floors.version));
--> statement-breakpoint
CREATE POLICY "owner_asks" ON "key_floors" FOR SELECT TO firmseal_owner USING (true);
--> statement-breakpoint
GRANT SELECT, INSERT, UPDATE (id, refused_at) ON "key_refusals" TO firmseal_maintenance;
--> statement-breakpoint
CREATE POLICY "maintenance" ON "key_refusals" TO firmseal_maintenance USING (true) WITH CHECK (firm_id = (SELECT current_firm()));
--> statement-breakpoint

-- A job tells of values that did not open.
ALTER POLICY "worker_appends" ON "audit_entries" WITH CHECK (leaf::jsonb ->> 'plane' IN ('worker', 'cli')
	AND (strpos(leaf, '"kind":"firm"') = 0 OR leaf::jsonb ->> 'action' IN ('request.deny', 'rights.refuse'))
	AND leaf::jsonb ->> 'action' NOT LIKE 'lease.%'
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
	USING (firm_id = (SELECT firm_of_job('DOCUMENT'))) WITH CHECK (firm_id = (SELECT firm_of_job('DOCUMENT')));
