-- What a transaction names, locks for exclusive work, and the clock. The planes set firm, client, lease and job for each transaction. Each is null
-- if it is not set, and outside read committed, because an older snapshot would not see what others have committed since.

CREATE FUNCTION "current_firm"() RETURNS uuid
	LANGUAGE sql STABLE PARALLEL SAFE
	RETURN CASE current_setting('transaction_isolation') WHEN 'read committed' THEN nullif(current_setting('firmseal.firm', true), '')::uuid END;
GRANT EXECUTE ON FUNCTION "current_firm"()
	TO firmseal_firm, firmseal_operator, firmseal_worker, firmseal_owner, firmseal_portal, firmseal_broker, firmseal_break_glass, firmseal_maintenance;

CREATE FUNCTION "current_client"() RETURNS uuid
	LANGUAGE sql STABLE PARALLEL SAFE
	RETURN CASE current_setting('transaction_isolation') WHEN 'read committed' THEN nullif(current_setting('firmseal.client', true), '')::uuid END;
GRANT EXECUTE ON FUNCTION "current_client"() TO firmseal_portal;

CREATE FUNCTION "current_lease"() RETURNS uuid
	LANGUAGE sql STABLE PARALLEL SAFE
	RETURN CASE current_setting('transaction_isolation') WHEN 'read committed' THEN nullif(current_setting('firmseal.lease', true), '')::uuid END;
GRANT EXECUTE ON FUNCTION "current_lease"() TO firmseal_break_glass, firmseal_owner;

-- Also null for a job that this transaction itself requested or approved, because no one has been notified of it yet.
CREATE FUNCTION "current_job"() RETURNS uuid
	LANGUAGE sql STABLE
AS $$
	SELECT j.id FROM public.jobs j WHERE j.id = nullif(current_setting('firmseal.job', true), '')::uuid
		AND current_setting('transaction_isolation') = 'read committed' AND j.wanted_in IS DISTINCT FROM pg_current_xact_id_if_assigned()::text::bigint
$$;
GRANT EXECUTE ON FUNCTION "current_job"() TO firmseal_maintenance, firmseal_owner;

-- The firm that the transaction names, if it has taken this role. One question, as firm_of_job() is.
CREATE FUNCTION "firm_of_role"(of_role text) RETURNS uuid
	LANGUAGE sql STABLE
	RETURN CASE current_setting('role') WHEN of_role THEN public.current_firm() END;

-- For functions that write notices or sequence numbers: they read rows that others have just committed, which an older snapshot would not show.
CREATE FUNCTION "refuse_old_snapshot"() RETURNS void
	LANGUAGE plpgsql STABLE
AS $$
BEGIN
	IF current_setting('transaction_isolation') <> 'read committed' THEN
		RAISE EXCEPTION 'this statement needs the isolation level read committed' USING ERRCODE = 'invalid_transaction_state';
	END IF;
END
$$;
GRANT EXECUTE ON FUNCTION "refuse_old_snapshot"() TO firmseal_owner;

-- A UUIDv7: a random UUIDv4 whose first 48 bits are replaced by the milliseconds, and its version by 7.
CREATE FUNCTION "generate_uuid_v7"() RETURNS uuid
	LANGUAGE sql VOLATILE PARALLEL SAFE
	RETURN encode(set_bit(set_bit(overlay(uuid_send(gen_random_uuid())
		PLACING substring(int8send((extract(epoch FROM clock_timestamp()) * 1000)::bigint) FROM 3) FROM 1 FOR 6), 52, 1), 53, 1), 'hex')::uuid;
GRANT EXECUTE ON FUNCTION "generate_uuid_v7"() TO firmseal_owner;

-- Lets one transaction at a time do an act for a person, by a row that only the owner's functions lock: any login could hold an advisory lock
-- forever, and a role with UPDATE on a row can lock it against every foreign key. Only the owner's functions call it.
CREATE FUNCTION "take_turn"(of_act text, of_whom uuid) RETURNS void
	LANGUAGE plpgsql
AS $$
BEGIN
	INSERT INTO public.turns (act, whose) VALUES (of_act, of_whom) ON CONFLICT DO NOTHING;
	PERFORM FROM public.turns t WHERE t.act = of_act AND t.whose = of_whom FOR NO KEY UPDATE;
END
$$;

-- Takes a leader lock (src/database/leader-lock.ts) for the session. A plane can take only its own numbers: with any number, a login could fill
-- the server's lock memory.
CREATE FUNCTION "try_leader_lock"(of_lock bigint) RETURNS boolean
	LANGUAGE sql SECURITY DEFINER
AS $$
	SELECT CASE WHEN of_lock = ANY (CASE public.session_plane()
		WHEN 'firmseal_broker' THEN ARRAY[4611006] WHEN 'firmseal_worker' THEN ARRAY[4611007, 4611008] END)
		THEN pg_try_advisory_lock(of_lock) ELSE false END
$$;
GRANT EXECUTE ON FUNCTION "try_leader_lock"(bigint) TO firmseal_broker, firmseal_log;

-- The clock. Only this database's clock decides, and only if it has not gone back behind the high-water mark, the latest recorded time.
INSERT INTO "clock_high_water_marks" (generation, plane, at) VALUES (1, 'firmseal_owner', clock_timestamp());

CREATE FUNCTION "is_clock_sound"() RETURNS boolean
	LANGUAGE sql VOLATILE SECURITY DEFINER
AS $$
	SELECT coalesce((
		SELECT clock_timestamp() >= max(at) - interval '2 seconds' FROM public.clock_high_water_marks
		WHERE generation = (SELECT max(generation) FROM public.clock_high_water_marks)
	), false)
$$;
GRANT EXECUTE ON FUNCTION "is_clock_sound"()
	TO firmseal_operator, firmseal_broker, firmseal_worker, firmseal_owner, firmseal_log, firmseal_maintenance;

-- Each plane has its own row, and a reset inserts new rows, so that an open transaction of one login blocks no other plane.
CREATE FUNCTION "raise_clock_high_water_mark"() RETURNS void
	LANGUAGE sql SECURITY DEFINER
AS $$
	INSERT INTO public.clock_high_water_marks AS f (generation, plane, at)
	SELECT max(generation), public.session_plane(), clock_timestamp() FROM public.clock_high_water_marks HAVING count(*) > 0
	ON CONFLICT (generation, plane) DO UPDATE SET at = excluded.at WHERE f.at < excluded.at
$$;
GRANT EXECUTE ON FUNCTION "raise_clock_high_water_mark"() TO firmseal_worker, firmseal_broker;

-- Resets the mark to the current time if two approvers who are two persons have requested it. False if not.
CREATE FUNCTION "reset_clock_high_water_mark"() RETURNS boolean
	LANGUAGE plpgsql SECURITY DEFINER
AS $$
BEGIN
	IF NOT EXISTS (
		SELECT FROM public.clock_resets one JOIN public.clock_resets other ON one.user_id < other.user_id
		WHERE NOT public.counts_as_one(one.user_id, ARRAY[other.user_id])
			AND public.is_active_operator(one.user_id, 'APPROVER') AND public.is_active_operator(other.user_id, 'APPROVER')
	) THEN RETURN false; END IF;
	DELETE FROM public.clock_resets;
	INSERT INTO public.clock_high_water_marks (generation, plane, at)
	SELECT coalesce(max(generation), 0) + 1, public.session_plane(), clock_timestamp() FROM public.clock_high_water_marks;
	RETURN true;
END
$$;
GRANT EXECUTE ON FUNCTION "reset_clock_high_water_mark"() TO firmseal_worker;
