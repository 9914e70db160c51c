-- Maintenance jobs: who must approve them, who is notified, and what a running job may access.

-- The approval that a kind of job needs besides the requester: of another APPROVER, of an OWNER of the firm, or null for none. The platform's keys have
-- no owner, so another approver approves their escrow.
CREATE FUNCTION "required_approval_for"(of_kind text, of_firm uuid) RETURNS text
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	RETURN CASE WHEN of_kind IN ('DESTROY', 'CONTRACT', 'ERASE', 'RECOVER', 'DRILL', 'APPOINT', 'ADD_OPERATOR') THEN 'APPROVER'
		WHEN of_kind = 'ESCROW' AND of_firm = '00000000-0000-0000-0000-000000000000' THEN 'APPROVER'
		WHEN of_kind IN ('BRING', 'GIVE_BACK', 'ESCROW') THEN 'OWNER' END;
GRANT EXECUTE ON FUNCTION "required_approval_for"(text, uuid) TO firmseal_firm, firmseal_operator, firmseal_worker;

-- Kinds of platform jobs of which the owners of all firms are notified.
CREATE FUNCTION "notifies_all_firms"(of_kind text) RETURNS boolean
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	RETURN of_kind IN ('MOVE', 'CONTRACT', 'ESCROW', 'RECOVER', 'DRILL', 'APPOINT');
GRANT EXECUTE ON FUNCTION "notifies_all_firms"(text) TO firmseal_owner;

-- How a job moves. A running erasure cannot be cancelled, because half of the data would be left.
CREATE FUNCTION "guard_job"() RETURNS trigger
	LANGUAGE plpgsql
AS $$
BEGIN
	IF NEW.state IS DISTINCT FROM OLD.state AND (OLD.state, NEW.state) NOT IN (
		('WAITING', 'QUEUED'), ('WAITING', 'CANCELLED'), ('QUEUED', 'RUNNING'), ('QUEUED', 'CANCELLED'), ('QUEUED', 'FAILED'),
		('RUNNING', 'DONE'), ('RUNNING', 'FAILED'), ('RUNNING', 'CANCELLED'))
		OR OLD.state IN ('DONE', 'FAILED', 'CANCELLED')
		OR (OLD.kind = 'ERASE' AND OLD.state = 'RUNNING' AND NEW.state = 'CANCELLED')
		OR (OLD.agreed_by IS NOT NULL AND NEW.agreed_by IS DISTINCT FROM OLD.agreed_by)
		OR (OLD.state = 'WAITING' AND NEW.state = 'QUEUED' AND NEW.agreed_by IS NULL)
	THEN
		RAISE EXCEPTION 'a job cannot move from % to %', OLD.state, NEW.state USING ERRCODE = 'invalid_transaction_state';
	END IF;
	NEW.agreed_at := OLD.agreed_at;
	NEW.wanted_in := OLD.wanted_in;
	IF OLD.agreed_by IS NULL AND NEW.agreed_by IS NOT NULL THEN
		NEW.agreed_at := clock_timestamp();
		NEW.wanted_in := pg_current_xact_id()::text::bigint;
		IF NEW.asked_by IS NOT NULL AND public.counts_as_one(NEW.agreed_by, ARRAY[NEW.asked_by])
			AND NOT (NEW.kind = 'APPOINT' AND public.one_decides_alone())
		THEN
			RAISE EXCEPTION 'another person must approve the job' USING ERRCODE = 'integrity_constraint_violation';
		END IF;
	END IF;
	RETURN NEW;
END
$$;

CREATE TRIGGER "guard" BEFORE UPDATE ON "jobs" FOR EACH ROW EXECUTE FUNCTION "guard_job"();

-- Notifies the firm's owners of the request of a job, of its end, and of its approval if the request was only counted in an earlier notice, no matter which role
-- writes the row. The owners of all firms are notified of jobs on columns, on the platform's keys and on new approvers; of the last two, every firm
-- whose erasure is not complete, in any status. A job cannot be requested for a firm that does not exist yet, even if its first key exists, because
-- its owners would not be notified.
CREATE FUNCTION "notify_job"() RETURNS trigger
	LANGUAGE plpgsql SECURITY DEFINER
AS $$
DECLARE
	ends boolean := TG_OP = 'UPDATE' AND NEW.ended_at IS NOT NULL;
BEGIN
	PERFORM public.refuse_old_snapshot();
	IF TG_OP = 'INSERT' AND NEW.firm_id <> '00000000-0000-0000-0000-000000000000' AND NOT EXISTS (SELECT FROM public.firms f WHERE f.id = NEW.firm_id)
	THEN
		RAISE EXCEPTION 'the firm of the job does not exist' USING ERRCODE = 'foreign_key_violation';
	END IF;
	IF TG_OP = 'UPDATE' AND (CASE WHEN ends THEN OLD.ended_at IS NOT NULL ELSE NEW.agreed_by IS NULL OR OLD.agreed_by IS NOT NULL END)
		THEN RETURN NULL; END IF;
	INSERT INTO public.notices (id, firm_id, kind, audience, actor_id, job_id, job_kind, job_state, created_at)
	SELECT public.generate_uuid_v7(), f.id, CASE WHEN ends THEN 'JOB_ENDED' ELSE 'JOB_REQUESTED' END, 'OWNERS',
		CASE WHEN NOT ends AND NEW.asked_on = 'firm' THEN NEW.asked_by END, NEW.id, NEW.kind, NEW.state, clock_timestamp()
	FROM public.firms f
	WHERE (f.id = NEW.firm_id OR NEW.firm_id = '00000000-0000-0000-0000-000000000000' AND public.notifies_all_firms(NEW.kind)
			AND (NEW.kind IN ('MOVE', 'CONTRACT') OR NOT public.is_erasure_complete(f.id)))
		AND (TG_OP = 'INSERT' OR ends OR NOT EXISTS (
			SELECT FROM public.notices n WHERE n.firm_id = f.id AND n.job_id = NEW.id AND n.kind = 'JOB_REQUESTED'));
	RETURN NULL;
END
$$;

CREATE TRIGGER "notify" AFTER INSERT OR UPDATE ON "jobs" FOR EACH ROW EXECUTE FUNCTION "notify_job"();

-- Limits requests of jobs of which all firms are notified as leases are limited. Counts jobs that are open or have moved within the time, because the
-- database sets the time of a move, while a program sets that of the request.
CREATE FUNCTION "bound_job_requests"() RETURNS trigger
	LANGUAGE plpgsql SECURITY DEFINER
AS $$
DECLARE
	asks uuid := (SELECT u.person_id FROM public.users u WHERE u.id = NEW.asked_by AND public.is_active_operator(u.id, NULL));
	waiting bigint;
	in_hour bigint;
	in_day bigint;
BEGIN
	IF NEW.firm_id <> '00000000-0000-0000-0000-000000000000' OR NOT public.notifies_all_firms(NEW.kind) THEN RETURN NEW; END IF;
	-- A job that needs no second person may come from a command, which names no person.
	IF NEW.asked_by IS NULL AND public.required_approval_for(NEW.kind, NEW.firm_id) IS NULL THEN RETURN NEW; END IF;
	IF asks IS NULL THEN
		RAISE EXCEPTION 'only a person of the platform can request a job of which all firms are notified' USING ERRCODE = 'integrity_constraint_violation';
	END IF;
	PERFORM public.take_turn('JOB_REQUEST', asks);
	PERFORM public.refuse_old_snapshot();
	SELECT count(*) FILTER (WHERE j.ended_at IS NULL), count(*) FILTER (WHERE j.next_at > clock_timestamp() - interval '1 hour'),
			count(*) FILTER (WHERE j.next_at > clock_timestamp() - interval '24 hours') INTO waiting, in_hour, in_day
		FROM public.jobs j JOIN public.users u ON u.id = j.asked_by
		WHERE u.person_id = asks AND j.firm_id = NEW.firm_id AND public.notifies_all_firms(j.kind);
	IF EXISTS (SELECT FROM public.request_limits b WHERE greatest(waiting, in_hour) >= b.per_hour OR in_day >= b.per_day) THEN
		RAISE EXCEPTION 'the person has requested too many jobs of which all firms are notified' USING ERRCODE = 'FS003';
	END IF;
	RETURN NEW;
END
$$;

CREATE TRIGGER "bound" BEFORE INSERT ON "jobs" FOR EACH ROW EXECUTE FUNCTION "bound_job_requests"();

-- The firm whose content of this class the transaction may access: the firm that it names, if the job that it names runs on it. One question, because a
-- session may name another firm or job between two questions of one statement. VOLATILE: uses the current state, not that of the statement's
-- start.
CREATE FUNCTION "firm_of_job"(of_class text) RETURNS uuid
	LANGUAGE sql VOLATILE SECURITY DEFINER
AS $$
	SELECT j.firm_id FROM public.jobs j
	WHERE j.id = public.current_job() AND j.firm_id = public.current_firm() AND j.class = of_class AND j.state = 'RUNNING'
		AND j.kind IN ('REENCRYPT', 'DESTROY', 'BACKFILL', 'VERIFY', 'CLEAR')
$$;
GRANT EXECUTE ON FUNCTION "firm_of_job"(text) TO firmseal_maintenance;

-- Whether the running job covers a data key. A job on the wrapping key covers the keys of all classes.
CREATE FUNCTION "job_allows_keys"(of_firm uuid, of_class text) RETURNS boolean
	LANGUAGE sql VOLATILE SECURITY DEFINER
AS $$
	SELECT EXISTS (SELECT FROM public.jobs j
		WHERE j.id = public.current_job() AND j.firm_id = of_firm AND coalesce(j.class = of_class, true) AND j.state = 'RUNNING')
$$;
GRANT EXECUTE ON FUNCTION "job_allows_keys"(uuid, text) TO firmseal_maintenance;

-- Whether a row belongs to the transaction's job, which has one of these kinds, is on this firm, was approved and runs. Only the job's proof, which SQL
-- cannot check, shows that it was really requested.
CREATE FUNCTION "job_runs"(of_firm uuid, of_job uuid, of_kinds text[]) RETURNS boolean
	LANGUAGE sql VOLATILE SECURITY DEFINER
AS $$
	SELECT EXISTS (SELECT FROM public.jobs j WHERE j.id = public.current_job() AND j.id = of_job AND j.firm_id = of_firm
		AND j.state = 'RUNNING' AND j.kind = ANY (of_kinds) AND j.agreed_by IS NOT NULL AND j.agreed_by IS DISTINCT FROM j.asked_by)
$$;
GRANT EXECUTE ON FUNCTION "job_runs"(uuid, uuid, text[]) TO firmseal_maintenance;

-- Whether a lease may still have grants on the firm's key, which must not be replaced before. The broker revokes the grants of a lease within a minute
-- of its end mark, even if another session locks the lease's row.
CREATE FUNCTION "lease_may_have_grants"() RETURNS boolean
	LANGUAGE sql STABLE SECURITY DEFINER
AS $$
	SELECT EXISTS (SELECT FROM public.jobs j JOIN public.leases l ON l.firm_id = j.firm_id
		WHERE j.id = public.current_job() AND j.state = 'RUNNING' AND l.cleared_at IS NULL
			AND (l.state = 'ACTIVATING' OR l.activated_at IS NOT NULL)
			AND coalesce((SELECT min(e.ended_at) FROM public.lease_ends e WHERE e.lease_id = l.id)
				>= clock_timestamp() - interval '1 minute', true))
$$;
GRANT EXECUTE ON FUNCTION "lease_may_have_grants"() TO firmseal_maintenance;

-- Whether the firm was notified of the request of the transaction's job: a recovery opens nothing before. For a job on the platform's keys, whether
-- every firm was notified that existed at the time of the request.
CREATE FUNCTION "is_job_announced"() RETURNS boolean
	LANGUAGE sql STABLE SECURITY DEFINER
AS $$
	SELECT EXISTS (SELECT FROM public.jobs j,
			LATERAL (SELECT coalesce(array_agg(n.firm_id), '{}') AS firms FROM public.notices n
				WHERE n.job_id = j.id AND n.kind = 'JOB_REQUESTED' AND n.job_kind = j.kind) announced
		WHERE j.id = public.current_job() AND CASE j.firm_id WHEN '00000000-0000-0000-0000-000000000000'
			THEN NOT EXISTS (SELECT FROM public.firms f WHERE f.created_at <= j.asked_at AND f.id <> ALL (announced.firms)
				AND NOT public.is_erasure_complete(f.id))
			ELSE j.firm_id = ANY (announced.firms) END)
$$;
GRANT EXECUTE ON FUNCTION "is_job_announced"() TO firmseal_maintenance;

-- Whether the log records the end of a job: a row that is put back with all its proofs must not run again. Only entries of the worker's role count,
-- which commands use too, and entries of the firm's role about jobs on its own firm on which its owners decide.
CREATE FUNCTION "has_ended_by_log"(of_firm uuid, of_kind text, of_job text) RETURNS boolean
	LANGUAGE sql STABLE SECURITY DEFINER
AS $$
	SELECT EXISTS (SELECT FROM public.audit_entries a
		WHERE starts_with(a.leaf, '{"action":"job.') AND a.leaf::jsonb ->> 'action' IN ('job.cancel', 'job.end')
			AND a.leaf::jsonb -> 'records' ->> 0 = of_job
			AND (a.role = 'firmseal_worker' OR (a.role = 'firmseal_firm' AND a.firm_id = of_firm AND public.required_approval_for(of_kind, of_firm) = 'OWNER')))
$$;
GRANT EXECUTE ON FUNCTION "has_ended_by_log"(uuid, text, text) TO firmseal_maintenance;

-- Checks at the end of a statement that the job may still change these rows, because the row policies were evaluated at its start, and it may have
-- waited for hours. Argument: the class of the table's content.
CREATE FUNCTION "refuse_after_job"() RETURNS trigger
	LANGUAGE plpgsql SECURITY DEFINER
AS $$
DECLARE
	firms uuid[];
BEGIN
	IF public.session_plane() <> 'firmseal_worker' OR NOT EXISTS (SELECT FROM replaced) THEN RETURN NULL; END IF;
	firms := ARRAY[public.firm_of_erasure(), public.firm_of_job(TG_ARGV[0])];
	IF EXISTS (SELECT FROM replaced r WHERE (r.firm_id = ANY (firms)) IS NOT TRUE) THEN
		RAISE EXCEPTION 'the job has ended, or a legal hold covers the rows that it erases' USING ERRCODE = 'insufficient_privilege';
	END IF;
	RETURN NULL;
END
$$;

-- Deletes what was handed in to a recovery or a drill when the job ends, in any state.
CREATE FUNCTION "forget_recovery"() RETURNS trigger
	LANGUAGE plpgsql SECURITY DEFINER
AS $$
BEGIN
	DELETE FROM public.recovery_files WHERE job_id = NEW.id;
	DELETE FROM public.recovery_sessions WHERE job_id = NEW.id;
	RETURN NULL;
END
$$;

CREATE TRIGGER "forget_recovery" AFTER UPDATE ON "jobs" FOR EACH ROW
	WHEN (NEW.kind IN ('RECOVER', 'DRILL') AND NEW.ended_at IS NOT NULL) EXECUTE FUNCTION "forget_recovery"();
