ALTER TABLE "jobs" DROP CONSTRAINT "jobs_kind_known";--> statement-breakpoint
ALTER TABLE "jobs" ADD COLUMN "agreed_at" "moment";--> statement-breakpoint
ALTER TABLE "jobs" ADD COLUMN "wanted_in" bigint DEFAULT pg_current_xact_id()::text::bigint NOT NULL;--> statement-breakpoint
ALTER TABLE "erasures" ADD COLUMN "begun_in" bigint DEFAULT pg_current_xact_id()::text::bigint NOT NULL;--> statement-breakpoint
ALTER TABLE "operators" ADD COLUMN "introduced_by" uuid[] DEFAULT '{}' NOT NULL;--> statement-breakpoint
ALTER TABLE "operators" ADD COLUMN "introduced_at" "moment";--> statement-breakpoint
ALTER TABLE "jobs" ADD CONSTRAINT "jobs_kind_known" CHECK ("jobs"."kind" in ('ROTATE', 'REWRAP', 'REENCRYPT', 'DISABLE', 'ENABLE', 'DESTROY', 'MOVE', 'BACKFILL', 'VERIFY', 'CONTRACT', 'CLEAR', 'BRING', 'GIVE_BACK', 'ERASE', 'ESCROW', 'RECOVER', 'DRILL', 'APPOINT', 'ADD_OPERATOR'));--> statement-breakpoint

-- Persons, not accounts. For whom somebody's yes counts: themselves, and for 30 days those by whose word they are there. As personsBehind()
-- in src/access/independence.ts, which asks it of proven rows; here it is asked of the rows as they are.
CREATE FUNCTION "persons_behind"(of_user uuid) RETURNS uuid[]
	LANGUAGE sql VOLATILE SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT u.person_id || CASE WHEN o.introduced_at > clock_timestamp() - interval '720 hours' THEN o.introduced_by ELSE '{}'::uuid[] END
	FROM public.users u LEFT JOIN public.operators o ON o.user_id = u.id WHERE u.id = of_user
$$;
--> statement-breakpoint
REVOKE EXECUTE ON FUNCTION "persons_behind"(uuid) FROM PUBLIC;
--> statement-breakpoint
GRANT EXECUTE ON FUNCTION "persons_behind"(uuid) TO firmseal_owner;
--> statement-breakpoint
-- Whether an account counts as one with any of these in a rule of two.
CREATE FUNCTION "counts_as_one"(of_user uuid, of_others uuid[]) RETURNS boolean
	LANGUAGE sql VOLATILE SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT EXISTS (SELECT FROM unnest(of_others) o WHERE public.persons_behind(o) && public.persons_behind(of_user))
$$;
--> statement-breakpoint
REVOKE EXECUTE ON FUNCTION "counts_as_one"(uuid, uuid[]) FROM PUBLIC;
--> statement-breakpoint
GRANT EXECUTE ON FUNCTION "counts_as_one"(uuid, uuid[]) TO firmseal_operator, firmseal_firm, firmseal_worker, firmseal_owner;
--> statement-breakpoint

-- As they were; and whoever asks, agrees, reviews and acknowledges are independent of each other.
CREATE OR REPLACE FUNCTION "guard_lease"() RETURNS trigger
	LANGUAGE plpgsql SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	ended boolean;
BEGIN
	IF (NEW.id, NEW.firm_id, NEW.requested_by, NEW.requested_at, NEW.purpose, NEW.classes, NEW.coordinates, NEW.record_ids,
		NEW.read_budget, NEW.minutes, NEW.reason_hash, NEW.ticket_hash, NEW.request_hash, NEW.request_mac) IS DISTINCT FROM (OLD.id,
		OLD.firm_id, OLD.requested_by, OLD.requested_at, OLD.purpose, OLD.classes, OLD.coordinates, OLD.record_ids, OLD.read_budget,
		OLD.minutes, OLD.reason_hash, OLD.ticket_hash, OLD.request_hash, OLD.request_mac)
	THEN
		RAISE EXCEPTION 'what a lease was asked for never changes' USING ERRCODE = 'integrity_constraint_violation';
	END IF;
	ended := OLD.state IN ('EXPIRED', 'REVOKED', 'RELEASED', 'EXHAUSTED', 'DENIED', 'CANCELLED', 'LAPSED');
	IF NEW.state <> OLD.state THEN
		IF NOT public.may_move_lease(OLD.state, NEW.state, public.session_plane()) THEN
			RAISE EXCEPTION 'this is no move of the lease, or not of this role' USING ERRCODE = 'integrity_constraint_violation';
		END IF;
		-- Nobody of another side is named as the one who moved it.
		IF NOT coalesce(public.is_of_side(NEW.acted_by, NEW.firm_id, public.session_plane()), false) THEN NEW.acted_by := NULL; END IF;
		IF NEW.state = 'ACTIVE' THEN
			IF NEW.activated_at IS NULL OR NEW.activation_mac IS NULL OR NOT public.is_clock_sound()
				OR NEW.activated_at > clock_timestamp() OR NEW.activated_at < clock_timestamp() - interval '5 seconds'
				OR NEW.expires_at <> NEW.activated_at + NEW.minutes * interval '1 minute' THEN
				RAISE EXCEPTION 'a lease is activated now, for its minutes' USING ERRCODE = 'integrity_constraint_violation';
			END IF;
		ELSIF (NEW.activated_at, NEW.expires_at, NEW.activation_mac) IS DISTINCT FROM (OLD.activated_at, OLD.expires_at, OLD.activation_mac) THEN
			RAISE EXCEPTION 'a lease is activated once' USING ERRCODE = 'integrity_constraint_violation';
		END IF;
		IF NEW.state = 'EXPIRED' AND clock_timestamp() < OLD.expires_at
			OR NEW.state = 'LAPSED' AND clock_timestamp() < OLD.requested_at + interval '24 hours'
		THEN
			RAISE EXCEPTION 'its time is not over' USING ERRCODE = 'integrity_constraint_violation';
		END IF;
		-- Whoever begins to use it must find out before whoever ends it waits for those who do.
		IF OLD.state IN ('ACTIVATING', 'ACTIVE') AND NEW.state <> 'ACTIVE'
			AND NOT EXISTS (SELECT FROM public.lease_ends e WHERE e.lease_id = NEW.id)
		THEN
			RAISE EXCEPTION 'a lease in use is ended by its end mark first' USING ERRCODE = 'integrity_constraint_violation';
		END IF;
		IF NEW.state = 'ACTIVE' AND EXISTS (SELECT FROM public.lease_ends e WHERE e.lease_id = NEW.id) THEN
			RAISE EXCEPTION 'the lease has ended' USING ERRCODE = 'integrity_constraint_violation';
		END IF;
		NEW.ended_at := CASE WHEN NEW.state IN ('EXPIRED', 'REVOKED', 'RELEASED', 'EXHAUSTED', 'DENIED', 'CANCELLED', 'LAPSED')
			THEN clock_timestamp() END;
		IF NEW.reviewed_by IS NOT NULL OR NEW.cleared_at IS NOT NULL THEN
			RAISE EXCEPTION 'a lease is reviewed when it has ended' USING ERRCODE = 'integrity_constraint_violation';
		END IF;
		RETURN NEW;
	END IF;
	-- Who moved it last stays too.
	IF (NEW.acted_by, NEW.activated_at, NEW.expires_at, NEW.activation_mac, NEW.ended_at) IS DISTINCT FROM
		(OLD.acted_by, OLD.activated_at, OLD.expires_at, OLD.activation_mac, OLD.ended_at)
		OR (NEW.reviewed_by IS DISTINCT FROM OLD.reviewed_by AND (OLD.reviewed_by IS NOT NULL OR NOT ended))
		OR (NEW.cleared_at IS DISTINCT FROM OLD.cleared_at AND (OLD.cleared_at IS NOT NULL OR NOT ended))
	THEN
		RAISE EXCEPTION 'this of a lease does not change, or not yet' USING ERRCODE = 'integrity_constraint_violation';
	END IF;
	IF NEW.reviewed_by IS DISTINCT FROM OLD.reviewed_by THEN
		NEW.reviewed_at := clock_timestamp();
		IF NOT public.is_of_side(NEW.reviewed_by, NEW.firm_id, public.session_plane()) THEN
			RAISE EXCEPTION 'a lease is reviewed by somebody of this side' USING ERRCODE = 'integrity_constraint_violation';
		END IF;
		-- A third person: neither who asked nor one who agreed, in whatever account.
		IF public.counts_as_one(NEW.reviewed_by,
			NEW.requested_by || ARRAY(SELECT a.user_id FROM public.lease_approvals a WHERE a.lease_id = NEW.id))
		THEN
			RAISE EXCEPTION 'a third person reviews' USING ERRCODE = 'integrity_constraint_violation';
		END IF;
	ELSE
		NEW.reviewed_at := OLD.reviewed_at;
	END IF;
	RETURN NEW;
END
$$;
--> statement-breakpoint
CREATE OR REPLACE FUNCTION "stamp_lease_approval"() RETURNS trigger
	LANGUAGE plpgsql SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF TG_OP <> 'INSERT' THEN
		RAISE EXCEPTION 'an approval stays as it is' USING ERRCODE = 'insufficient_privilege';
	END IF;
	-- Beside others who agree, not beside whoever denies or cancels.
	PERFORM FROM public.leases l WHERE l.id = NEW.lease_id AND l.firm_id = NEW.firm_id AND l.state = 'REQUESTED'
		AND l.request_hash = NEW.request_hash FOR SHARE;
	IF NOT FOUND THEN
		RAISE EXCEPTION 'no such request waits for an approval' USING ERRCODE = 'integrity_constraint_violation';
	END IF;
	IF public.counts_as_one(NEW.user_id, ARRAY(SELECT l.requested_by FROM public.leases l WHERE l.id = NEW.lease_id)
		|| ARRAY(SELECT a.user_id FROM public.lease_approvals a WHERE a.lease_id = NEW.lease_id))
	THEN
		RAISE EXCEPTION 'another person must agree' USING ERRCODE = 'integrity_constraint_violation';
	END IF;
	-- Nobody is put on the other side, where their own yes would then be one too many.
	IF NOT public.is_of_side(NEW.user_id, NEW.firm_id, CASE NEW.side WHEN 'FIRM' THEN 'firmseal_firm' ELSE 'firmseal_operator' END) THEN
		RAISE EXCEPTION 'somebody agrees for their own side' USING ERRCODE = 'integrity_constraint_violation';
	END IF;
	NEW.approved_at := clock_timestamp();
	RETURN NEW;
END
$$;
--> statement-breakpoint
CREATE OR REPLACE FUNCTION "guard_alert"() RETURNS trigger
	LANGUAGE plpgsql SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF OLD.acknowledged_at IS NOT NULL THEN
		RAISE EXCEPTION 'an alert that was acknowledged stays as it is' USING ERRCODE = 'integrity_constraint_violation';
	END IF;
	IF (NEW.id, NEW.rule, NEW.severity, NEW.firm_id, NEW.subject, NEW.actor_id, NEW.lease_id, NEW.opened_at)
		IS DISTINCT FROM (OLD.id, OLD.rule, OLD.severity, OLD.firm_id, OLD.subject, OLD.actor_id, OLD.lease_id, OLD.opened_at)
		OR NEW.count < OLD.count OR NEW.last_at < OLD.last_at
	THEN
		RAISE EXCEPTION 'an alert is counted on, and nothing else' USING ERRCODE = 'integrity_constraint_violation';
	END IF;
	NEW.acknowledged_at := NULL;
	IF NEW.acknowledged_by IS NULL THEN RETURN NEW; END IF;
	IF NOT EXISTS (SELECT FROM public.operators o JOIN public.users u ON u.id = o.user_id
		WHERE o.user_id = NEW.acknowledged_by AND o.disabled_at IS NULL AND u.disabled_at IS NULL)
		OR public.counts_as_one(NEW.acknowledged_by, array_remove(ARRAY[OLD.actor_id,
			(SELECT l.requested_by FROM public.leases l WHERE l.id = OLD.lease_id)], NULL))
	THEN
		RAISE EXCEPTION 'somebody of the platform who did not cause it acknowledges an alert' USING ERRCODE = 'integrity_constraint_violation';
	END IF;
	NEW.acknowledged_at := clock_timestamp();
	RETURN NEW;
END
$$;
--> statement-breakpoint
CREATE OR REPLACE FUNCTION "complete_owner_recovery"(of_id uuid, of_mac bytea) RETURNS text
	LANGUAGE plpgsql SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	recovery public.owner_recoveries;
BEGIN
	SELECT * INTO recovery FROM public.owner_recoveries r
	WHERE r.id = of_id AND NOT EXISTS (SELECT FROM public.owner_recovery_ends e WHERE e.recovery_id = r.id);
	IF NOT FOUND THEN RETURN 'ENDED'; END IF;
	IF recovery.approved_at IS NULL THEN RETURN 'UNAPPROVED'; END IF;
	IF recovery.seen_at IS NULL THEN RETURN 'UNSEEN'; END IF;
	IF recovery.seen_at + interval '72 hours' > clock_timestamp() THEN RETURN 'EARLY'; END IF;
	IF 2 > (
		SELECT count(*) FROM public.operators o JOIN public.users u ON u.id = o.user_id
		WHERE o.user_id IN (recovery.requested_by, recovery.approved_by)
			AND 'APPROVER' = ANY (o.roles) AND o.disabled_at IS NULL AND u.disabled_at IS NULL
	) OR public.counts_as_one(recovery.approved_by, ARRAY[recovery.requested_by]) THEN RETURN 'UNAPPROVED'; END IF;
	INSERT INTO public.owner_recovery_ends (recovery_id, firm_id, outcome) VALUES (of_id, recovery.firm_id, 'COMPLETED')
		ON CONFLICT DO NOTHING;
	IF NOT FOUND THEN RETURN 'ENDED'; END IF;
	INSERT INTO public.memberships (firm_id, user_id, role, mac) VALUES (recovery.firm_id, recovery.user_id, 'OWNER', of_mac)
		ON CONFLICT (firm_id, user_id) DO UPDATE SET role = 'OWNER', client_id = NULL, removed_at = NULL, mac = of_mac;
	RETURN 'COMPLETED';
END
$$;
--> statement-breakpoint
-- Each plane has a row of its own, and a reset begins new ones: no login's open transaction keeps another plane from either.
CREATE FUNCTION "raise_clock_floor"() RETURNS void
	LANGUAGE sql SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
	INSERT INTO public.clock_floor AS f (generation, plane, at)
	SELECT max(generation), public.session_plane(), clock_timestamp() FROM public.clock_floor HAVING count(*) > 0
	ON CONFLICT (generation, plane) DO UPDATE SET at = excluded.at WHERE f.at < excluded.at
$$;
--> statement-breakpoint
REVOKE EXECUTE ON FUNCTION "raise_clock_floor"() FROM PUBLIC;
--> statement-breakpoint
GRANT EXECUTE ON FUNCTION "raise_clock_floor"() TO firmseal_worker, firmseal_broker;
--> statement-breakpoint
-- Takes the floor back to now, for two persons who are approvers. false: there are not two.
CREATE FUNCTION "reset_clock_floor"() RETURNS boolean
	LANGUAGE plpgsql SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF NOT EXISTS (
		SELECT FROM public.clock_resets one JOIN public.clock_resets other ON one.user_id < other.user_id
		WHERE NOT public.counts_as_one(one.user_id, ARRAY[other.user_id]) AND 2 = (
			SELECT count(*) FROM public.operators o JOIN public.users u ON u.id = o.user_id
			WHERE o.user_id IN (one.user_id, other.user_id)
				AND 'APPROVER' = ANY (o.roles) AND o.disabled_at IS NULL AND u.disabled_at IS NULL)
	) THEN RETURN false; END IF;
	DELETE FROM public.clock_resets;
	INSERT INTO public.clock_floor (generation, plane, at)
	SELECT coalesce(max(generation), 0) + 1, public.session_plane(), clock_timestamp() FROM public.clock_floor;
	RETURN true;
END
$$;
--> statement-breakpoint
REVOKE EXECUTE ON FUNCTION "reset_clock_floor"() FROM PUBLIC;
--> statement-breakpoint
GRANT EXECUTE ON FUNCTION "reset_clock_floor"() TO firmseal_worker;
--> statement-breakpoint
-- Whether one approver decides alone on another: no two of them count as two, and none was disabled within 30 days. As mayDecide() in
-- src/jobs/people/decide.ts, which besides has no one decide alone while a row of an approver does not prove itself.
CREATE FUNCTION "one_decides_alone"() RETURNS boolean
	LANGUAGE sql VOLATILE SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
	WITH approvers AS (SELECT o.user_id, o.disabled_at FROM public.operators o WHERE 'APPROVER' = ANY (o.roles))
	SELECT NOT EXISTS (SELECT FROM approvers a WHERE a.disabled_at > clock_timestamp() - interval '720 hours')
		AND NOT EXISTS (SELECT FROM approvers one JOIN approvers other ON one.user_id < other.user_id
			WHERE one.disabled_at IS NULL AND other.disabled_at IS NULL AND NOT public.counts_as_one(one.user_id, ARRAY[other.user_id]))
$$;
--> statement-breakpoint
REVOKE EXECUTE ON FUNCTION "one_decides_alone"() FROM PUBLIC;
--> statement-breakpoint
GRANT EXECUTE ON FUNCTION "one_decides_alone"() TO firmseal_firm, firmseal_worker, firmseal_owner;
--> statement-breakpoint
-- What is told, or is the next of others, goes by rows that are there: a transaction that has its snapshot from before would not see them. The
-- firm, client, lease and job that such a one names are none.
CREATE FUNCTION "refuse_old_snapshot"() RETURNS void
	LANGUAGE plpgsql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF current_setting('transaction_isolation') <> 'read committed' THEN
		RAISE EXCEPTION 'this is written in read committed' USING ERRCODE = 'invalid_transaction_state';
	END IF;
END
$$;
--> statement-breakpoint
REVOKE EXECUTE ON FUNCTION "refuse_old_snapshot"() FROM PUBLIC;
--> statement-breakpoint
GRANT EXECUTE ON FUNCTION "refuse_old_snapshot"() TO firmseal_owner;
--> statement-breakpoint
-- As it was; but of a job that was asked for, or agreed to, by this transaction nobody has been told yet, and nothing is done by it.
CREATE OR REPLACE FUNCTION "current_job"() RETURNS uuid
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT j.id FROM public.jobs j WHERE j.id = nullif(current_setting('firmseal.job', true), '')::uuid
		AND current_setting('transaction_isolation') = 'read committed' AND j.wanted_in IS DISTINCT FROM pg_current_xact_id_if_assigned()::text::bigint
$$;
--> statement-breakpoint
CREATE OR REPLACE FUNCTION "guard_job"() RETURNS trigger
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
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
		RAISE EXCEPTION 'a job does not go from % to %', OLD.state, NEW.state USING ERRCODE = 'invalid_transaction_state';
	END IF;
	NEW.agreed_at := OLD.agreed_at;
	NEW.wanted_in := OLD.wanted_in;
	IF OLD.agreed_by IS NULL AND NEW.agreed_by IS NOT NULL THEN
		NEW.agreed_at := clock_timestamp();
		NEW.wanted_in := pg_current_xact_id()::text::bigint;
		IF NEW.asked_by IS NOT NULL AND public.counts_as_one(NEW.agreed_by, ARRAY[NEW.asked_by])
			AND NOT (NEW.kind = 'APPOINT' AND public.one_decides_alone())
		THEN
			RAISE EXCEPTION 'another person must agree' USING ERRCODE = 'integrity_constraint_violation';
		END IF;
	END IF;
	RETURN NEW;
END
$$;
--> statement-breakpoint

-- Who is to operate the platform, another approver agrees to; and of an approver the owners of all firms are told.
CREATE OR REPLACE FUNCTION "job_needs"(of_kind text, of_firm uuid) RETURNS text
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
	RETURN CASE WHEN of_kind IN ('DESTROY', 'CONTRACT', 'ERASE', 'RECOVER', 'DRILL', 'APPOINT', 'ADD_OPERATOR') THEN 'APPROVER'
		WHEN of_kind = 'ESCROW' AND of_firm = '00000000-0000-0000-0000-000000000000' THEN 'APPROVER'
		WHEN of_kind IN ('BRING', 'GIVE_BACK', 'ESCROW') THEN 'OWNER' END;
--> statement-breakpoint
-- Jobs of the platform that the owners of all firms are told of.
CREATE FUNCTION "tells_all_firms"(of_kind text) RETURNS boolean
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
	RETURN of_kind IN ('MOVE', 'CONTRACT', 'ESCROW', 'RECOVER', 'DRILL', 'APPOINT');
--> statement-breakpoint
REVOKE EXECUTE ON FUNCTION "tells_all_firms"(text) FROM PUBLIC;
--> statement-breakpoint
GRANT EXECUTE ON FUNCTION "tells_all_firms"(text) TO firmseal_owner;
--> statement-breakpoint
-- Of the request, and of the end; and of what another has agreed to, where its request was only counted in the notice of one before. Of a firm
-- that is not there yet, whose first key already is, no one asks for a job: its owners would not be told.
CREATE OR REPLACE FUNCTION "tell_job"() RETURNS trigger
	LANGUAGE plpgsql SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	ends boolean := TG_OP = 'UPDATE' AND NEW.ended_at IS NOT NULL;
BEGIN
	PERFORM public.refuse_old_snapshot();
	IF TG_OP = 'INSERT' AND NEW.firm_id <> '00000000-0000-0000-0000-000000000000' AND NOT EXISTS (SELECT FROM public.firms f WHERE f.id = NEW.firm_id)
	THEN
		RAISE EXCEPTION 'a job is of a firm that is there, or of the platform' USING ERRCODE = 'foreign_key_violation';
	END IF;
	IF TG_OP = 'UPDATE' AND (CASE WHEN ends THEN OLD.ended_at IS NOT NULL ELSE NEW.agreed_by IS NULL OR OLD.agreed_by IS NOT NULL END)
		THEN RETURN NULL; END IF;
	INSERT INTO public.notices (id, firm_id, kind, audience, actor_id, job_id, job_kind, job_state, created_at)
	SELECT public.generate_uuid_v7(), f.id, CASE WHEN ends THEN 'JOB_ENDED' ELSE 'JOB_REQUESTED' END, 'OWNERS',
		CASE WHEN NOT ends AND NEW.asked_on = 'firm' THEN NEW.asked_by END, NEW.id, NEW.kind, NEW.state, clock_timestamp()
	FROM public.firms f
	WHERE (f.id = NEW.firm_id OR NEW.firm_id = '00000000-0000-0000-0000-000000000000' AND public.tells_all_firms(NEW.kind)
			AND (NEW.kind IN ('MOVE', 'CONTRACT') OR NOT EXISTS (
				SELECT FROM public.erasures e WHERE e.firm_id = f.id AND e.subject IS NULL AND e.erased_at IS NOT NULL)))
		AND (TG_OP = 'INSERT' OR ends OR NOT EXISTS (
			SELECT FROM public.notices n WHERE n.firm_id = f.id AND n.job_id = NEW.id AND n.kind = 'JOB_REQUESTED'));
	RETURN NULL;
END
$$;
--> statement-breakpoint
-- Whether the transaction is of a job that says who is to operate the platform, that two approvers want or one who decides alone, and whose
-- time has come: of an approver 72 hours after the agreement, or 24 where both had been approvers for over 30 days then. As decideOn().
CREATE FUNCTION "job_appoints"() RETURNS boolean
	LANGUAGE sql VOLATILE SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT EXISTS (
		SELECT FROM public.jobs j JOIN public.operators asked ON asked.user_id = j.asked_by JOIN public.operators agreed ON agreed.user_id = j.agreed_by
		WHERE j.id = public.current_job() AND j.state = 'RUNNING' AND j.firm_id = '00000000-0000-0000-0000-000000000000'
			AND asked.disabled_at IS NULL AND 'APPROVER' = ANY (asked.roles)
			AND agreed.disabled_at IS NULL AND 'APPROVER' = ANY (agreed.roles)
			AND CASE WHEN public.counts_as_one(j.agreed_by, ARRAY[j.asked_by])
					THEN j.kind = 'APPOINT' AND public.one_decides_alone() AND j.agreed_at + interval '72 hours' <= clock_timestamp()
				WHEN j.kind = 'APPOINT' THEN j.agreed_at <= clock_timestamp()
					- CASE WHEN greatest(asked.introduced_at, agreed.introduced_at) < j.agreed_at - interval '720 hours'
						AND asked.introduced_at IS NOT NULL AND agreed.introduced_at IS NOT NULL
						THEN interval '24 hours' ELSE interval '72 hours' END
				ELSE j.kind = 'ADD_OPERATOR' END)
$$;
--> statement-breakpoint
REVOKE EXECUTE ON FUNCTION "job_appoints"() FROM PUBLIC;
--> statement-breakpoint
GRANT EXECUTE ON FUNCTION "job_appoints"() TO firmseal_owner;
--> statement-breakpoint
CREATE POLICY "owner_appoints" ON "users" FOR INSERT TO firmseal_owner WITH CHECK ((SELECT job_appoints()));
--> statement-breakpoint
CREATE POLICY "owner_appoints" ON "operators" FOR INSERT TO firmseal_owner WITH CHECK ((SELECT job_appoints()));
--> statement-breakpoint
CREATE POLICY "owner_changes_roles" ON "operators" FOR UPDATE TO firmseal_owner
	USING ((SELECT job_appoints())) WITH CHECK ((SELECT job_appoints()));
--> statement-breakpoint
-- Does it, with the proof of what is written. false: it may not, or the account is another's by now.
CREATE FUNCTION "appoint_operator"(of_introduced_by uuid[], of_introduced_at timestamptz, of_mac bytea) RETURNS boolean
	LANGUAGE plpgsql SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	terms jsonb := (SELECT j.terms::jsonb FROM public.jobs j WHERE j.id = public.current_job());
	of_roles text[] := ARRAY(SELECT jsonb_array_elements_text(terms -> 'roles'));
BEGIN
	IF NOT public.job_appoints() THEN RETURN false; END IF;
	-- Who is to agree from now on comes by the longer way.
	IF 'APPROVER' = ANY (of_roles) AND NOT EXISTS (SELECT FROM public.jobs j WHERE j.id = public.current_job() AND j.kind = 'APPOINT')
		AND NOT EXISTS (SELECT FROM public.operators o WHERE o.user_id = (terms ->> 'user')::uuid AND 'APPROVER' = ANY (o.roles))
	THEN
		RETURN false;
	END IF;
	IF (terms ->> 'isNew')::boolean THEN
		INSERT INTO public.users (id, person_id, issuer, subject, email, name) VALUES ((terms ->> 'user')::uuid,
			(terms ->> 'person')::uuid, terms ->> 'issuer', terms ->> 'subject', terms ->> 'email', terms ->> 'name');
		INSERT INTO public.operators (user_id, roles, introduced_by, introduced_at, mac)
			VALUES ((terms ->> 'user')::uuid, of_roles, of_introduced_by, of_introduced_at, of_mac);
		RETURN true;
	END IF;
	UPDATE public.operators SET roles = of_roles, introduced_by = of_introduced_by, introduced_at = of_introduced_at, mac = of_mac
		WHERE user_id = (terms ->> 'user')::uuid AND disabled_at IS NULL
			AND ('APPROVER' = ANY (of_roles) OR NOT 'APPROVER' = ANY (roles));
	RETURN FOUND;
EXCEPTION WHEN integrity_constraint_violation OR unique_violation THEN
	RETURN false;
END
$$;
--> statement-breakpoint
REVOKE EXECUTE ON FUNCTION "appoint_operator"(uuid[], timestamptz, bytea) FROM PUBLIC;
--> statement-breakpoint
GRANT EXECUTE ON FUNCTION "appoint_operator"(uuid[], timestamptz, bytea) TO firmseal_maintenance;
--> statement-breakpoint
-- When an operator was disabled, the database says: 30 days after that another may decide alone. By no login does anyone who was disabled come
-- back, nor does anyone who is an approver, or was, cease to be one.
CREATE FUNCTION "stamp_disabled"() RETURNS trigger
	LANGUAGE plpgsql SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF public.session_plane() NOT IN ('none', 'firmseal_owner') AND (OLD.disabled_at IS NOT NULL AND NEW.disabled_at IS NULL
		OR 'APPROVER' = ANY (OLD.roles) AND NOT 'APPROVER' = ANY (NEW.roles))
	THEN
		RAISE EXCEPTION 'an operator is disabled for good, and an approver stays one' USING ERRCODE = 'integrity_constraint_violation';
	END IF;
	IF NEW.disabled_at IS NOT NULL THEN NEW.disabled_at := coalesce(OLD.disabled_at, clock_timestamp()); END IF;
	RETURN NEW;
END
$$;
--> statement-breakpoint
REVOKE EXECUTE ON FUNCTION "stamp_disabled"() FROM PUBLIC;
--> statement-breakpoint
CREATE TRIGGER "stamp_disabled" BEFORE UPDATE OF "disabled_at", "roles" ON "operators" FOR EACH ROW EXECUTE FUNCTION "stamp_disabled"();
--> statement-breakpoint
ALTER TABLE "operators" ENABLE ALWAYS TRIGGER "stamp_disabled";
--> statement-breakpoint
-- Of an approver who is disabled, or is one no more, the owners of all firms are told as of one who is to come.
CREATE POLICY "owner_tells_of_approvers" ON "notices" FOR INSERT TO firmseal_owner
	WITH CHECK (audience = 'OWNERS' AND kind = 'APPROVER_DISABLED');
--> statement-breakpoint
CREATE FUNCTION "tell_disabled_approver"() RETURNS trigger
	LANGUAGE plpgsql SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	PERFORM public.refuse_old_snapshot();
	INSERT INTO public.notices (id, firm_id, kind, audience, created_at)
	SELECT public.generate_uuid_v7(), f.id, 'APPROVER_DISABLED', 'OWNERS', clock_timestamp() FROM public.firms f
	WHERE NOT EXISTS (SELECT FROM public.erasures e WHERE e.firm_id = f.id AND e.subject IS NULL AND e.erased_at IS NOT NULL);
	RETURN NULL;
END
$$;
--> statement-breakpoint
REVOKE EXECUTE ON FUNCTION "tell_disabled_approver"() FROM PUBLIC;
--> statement-breakpoint
CREATE TRIGGER "tell_disabled_approver" AFTER UPDATE OF "disabled_at", "roles" ON "operators" FOR EACH ROW
	WHEN (OLD.disabled_at IS NULL AND 'APPROVER' = ANY (OLD.roles) AND (NEW.disabled_at IS NOT NULL OR NOT 'APPROVER' = ANY (NEW.roles)))
	EXECUTE FUNCTION "tell_disabled_approver"();
--> statement-breakpoint
ALTER TABLE "operators" ENABLE ALWAYS TRIGGER "tell_disabled_approver";
--> statement-breakpoint
-- The first ones, and after a loss of the key service those who are named again.
GRANT UPDATE (introduced_by, introduced_at) ON "operators" TO firmseal_worker;
--> statement-breakpoint

-- Who a verified token is: now with how they came to operate the platform, which is a part of the proof.
DROP FUNCTION "identify"(text, text);
--> statement-breakpoint
CREATE FUNCTION "identify"(of_issuer text, of_subject text)
	RETURNS TABLE (
		user_id uuid, person_id uuid, user_disabled boolean,
		firm_id uuid, firm_status text, firm_role text, client_id uuid, removed boolean, membership_mac bytea,
		operator_roles text[], operator_disabled boolean, operator_mac bytea,
		operator_introduced_by uuid[], operator_introduced_at timestamptz
	)
	LANGUAGE sql STABLE SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT u.id, u.person_id, u.disabled_at IS NOT NULL,
		m.firm_id, f.status, m.role, m.client_id, m.removed_at IS NOT NULL, m.mac,
		o.roles, o.disabled_at IS NOT NULL, o.mac, o.introduced_by, o.introduced_at
	FROM public.users u
	LEFT JOIN public.memberships m ON m.user_id = u.id
	LEFT JOIN public.firms f ON f.id = m.firm_id
	LEFT JOIN public.operators o ON o.user_id = u.id
	WHERE u.issuer = of_issuer AND u.subject = of_subject
$$;
--> statement-breakpoint
REVOKE EXECUTE ON FUNCTION "identify"(text, text) FROM PUBLIC;
--> statement-breakpoint
GRANT EXECUTE ON FUNCTION "identify"(text, text) TO firmseal_firm, firmseal_operator, firmseal_worker;
