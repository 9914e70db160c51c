-- Writes the files of the table anew, without what is in the clear no more. Everybody waits for it.
CREATE OR REPLACE FUNCTION "rewrite_moved"(of_coordinate text) RETURNS void
	LANGUAGE plpgsql SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	of_table text;
	bound text := current_setting('temp_file_limit');
BEGIN
	IF NOT EXISTS (SELECT FROM public.jobs j WHERE j.id = public.current_job() AND j.state = 'RUNNING' AND j.subject = of_coordinate
		AND j.kind = 'CONTRACT') THEN
		RAISE EXCEPTION 'no job that runs is about this' USING ERRCODE = 'insufficient_privilege';
	END IF;
	SELECT m.table_name INTO STRICT of_table FROM public.column_moves m WHERE m.coordinate = of_coordinate AND m.phase = 'CONTRACTING';
	PERFORM set_config('lock_timeout', '5s', true);
	-- It may sort all of the table, for which the bound of a login's sessions is not made (src/database/temporary-files.ts).
	IF has_parameter_privilege('firmseal_owner', 'temp_file_limit', 'SET') THEN
		PERFORM set_config('temp_file_limit', '-1', true);
	END IF;
	EXECUTE format('CLUSTER public.%I USING %I', of_table, (SELECT c.relname FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
		WHERE i.indrelid = to_regclass('public.' || quote_ident(of_table)) AND i.indisprimary));
	IF has_parameter_privilege('firmseal_owner', 'temp_file_limit', 'SET') THEN
		PERFORM set_config('temp_file_limit', bound, true);
	END IF;
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
