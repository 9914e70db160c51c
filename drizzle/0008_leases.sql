-- How a lease is requested, approved and moved, by any role.

-- A request has the current time, and its firm accepts requests.
CREATE FUNCTION "stamp_lease"() RETURNS trigger
	LANGUAGE plpgsql SECURITY DEFINER
AS $$
BEGIN
	IF NEW.state <> 'REQUESTED' OR num_nonnulls(NEW.activated_at, NEW.expires_at, NEW.activation_mac, NEW.ended_at, NEW.cleared_at,
		NEW.reviewed_by) > 0 THEN
		RAISE EXCEPTION 'a lease must begin as a request' USING ERRCODE = 'integrity_constraint_violation';
	END IF;
	IF NOT EXISTS (SELECT FROM public.firms f JOIN public.access_policies p ON p.firm_id = f.id
		WHERE f.id = NEW.firm_id AND f.status = 'ACTIVE' AND p.policy <> 'NEVER') THEN
		RAISE EXCEPTION 'the firm accepts no lease requests' USING ERRCODE = 'integrity_constraint_violation';
	END IF;
	NEW.requested_at := clock_timestamp();
	RETURN NEW;
END
$$;

CREATE TRIGGER "stamp" BEFORE INSERT ON "leases" FOR EACH ROW EXECUTE FUNCTION "stamp_lease"();

-- The transition table, and which role may make each move (src/access/lease-state-machine.ts has the same; a test compares them).
CREATE FUNCTION "may_move_lease"(from_state text, to_state text, of_role text) RETURNS boolean
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
	SELECT EXISTS (SELECT FROM (VALUES
		('REQUESTED', 'APPROVED', '{firmseal_operator,firmseal_firm}'::text[]),
		('REQUESTED', 'DENIED', '{firmseal_operator,firmseal_firm}'),
		('REQUESTED', 'CANCELLED', '{firmseal_operator}'),
		('REQUESTED', 'LAPSED', '{firmseal_broker}'),
		('APPROVED', 'ACTIVATING', '{firmseal_operator}'),
		('APPROVED', 'LAPSED', '{firmseal_broker}'),
		('APPROVED', 'REVOKED', '{firmseal_operator,firmseal_firm,firmseal_broker}'),
		('ACTIVATING', 'ACTIVE', '{firmseal_broker}'),
		('ACTIVATING', 'REVOKED', '{firmseal_operator,firmseal_firm,firmseal_broker}'),
		('ACTIVE', 'EXPIRED', '{firmseal_broker}'),
		('ACTIVE', 'REVOKED', '{firmseal_operator,firmseal_firm,firmseal_broker}'),
		('ACTIVE', 'RELEASED', '{firmseal_operator}'),
		('ACTIVE', 'EXHAUSTED', '{firmseal_operator,firmseal_broker}')
	) AS move (old, new, roles) WHERE old = from_state AND new = to_state AND of_role = ANY (roles))
$$;
GRANT EXECUTE ON FUNCTION "may_move_lease"(text, text, text) TO firmseal_owner;

-- A move must be in the table, has the current time, and names a person of the plane's own side. The request never changes. The reviewer is
-- independent of requester and approvers.
CREATE FUNCTION "guard_lease"() RETURNS trigger
	LANGUAGE plpgsql SECURITY DEFINER
AS $$
DECLARE
	end_states CONSTANT text[] := '{EXPIRED,REVOKED,RELEASED,EXHAUSTED,DENIED,CANCELLED,LAPSED}';
	ended CONSTANT boolean := OLD.state = ANY (end_states);
BEGIN
	IF (NEW.id, NEW.firm_id, NEW.requested_by, NEW.requested_at, NEW.purpose, NEW.classes, NEW.coordinates, NEW.record_ids,
		NEW.read_budget, NEW.minutes, NEW.reason_hash, NEW.ticket_hash, NEW.request_hash, NEW.request_mac) IS DISTINCT FROM (OLD.id,
		OLD.firm_id, OLD.requested_by, OLD.requested_at, OLD.purpose, OLD.classes, OLD.coordinates, OLD.record_ids, OLD.read_budget,
		OLD.minutes, OLD.reason_hash, OLD.ticket_hash, OLD.request_hash, OLD.request_mac)
	THEN
		RAISE EXCEPTION 'the request of a lease cannot be changed' USING ERRCODE = 'integrity_constraint_violation';
	END IF;
	IF NEW.state <> OLD.state THEN
		IF NOT public.may_move_lease(OLD.state, NEW.state, public.session_plane()) THEN
			RAISE EXCEPTION 'the lease cannot make this move, or this role may not make it' USING ERRCODE = 'integrity_constraint_violation';
		END IF;
		-- Never names a person of the other side.
		IF NOT coalesce(public.is_of_side(NEW.acted_by, NEW.firm_id, public.session_plane()), false) THEN NEW.acted_by := NULL; END IF;
		IF NEW.state = 'ACTIVE' THEN
			IF NEW.activated_at IS NULL OR NEW.activation_mac IS NULL OR NOT public.is_clock_sound()
				OR NEW.activated_at > clock_timestamp() OR NEW.activated_at < clock_timestamp() - interval '5 seconds'
				OR NEW.expires_at <> NEW.activated_at + NEW.minutes * interval '1 minute' THEN
				RAISE EXCEPTION 'a lease must be activated at the current time, for its minutes' USING ERRCODE = 'integrity_constraint_violation';
			END IF;
		ELSIF (NEW.activated_at, NEW.expires_at, NEW.activation_mac) IS DISTINCT FROM (OLD.activated_at, OLD.expires_at, OLD.activation_mac) THEN
			RAISE EXCEPTION 'a lease can be activated only once' USING ERRCODE = 'integrity_constraint_violation';
		END IF;
		IF NEW.state = 'EXPIRED' AND clock_timestamp() < OLD.expires_at
			OR NEW.state = 'LAPSED' AND clock_timestamp() < OLD.requested_at + interval '24 hours'
		THEN
			RAISE EXCEPTION 'the time of the lease is not over' USING ERRCODE = 'integrity_constraint_violation';
		END IF;
		-- The end mark must exist before: sessions that begin to use the lease see it, while the session that ends the lease waits for its users.
		IF OLD.state IN ('ACTIVATING', 'ACTIVE') AND NEW.state <> 'ACTIVE'
			AND NOT EXISTS (SELECT FROM public.lease_ends e WHERE e.lease_id = NEW.id)
		THEN
			RAISE EXCEPTION 'a lease in use needs an end mark before it can end' USING ERRCODE = 'integrity_constraint_violation';
		END IF;
		IF NEW.state = 'ACTIVE' AND EXISTS (SELECT FROM public.lease_ends e WHERE e.lease_id = NEW.id) THEN
			RAISE EXCEPTION 'the lease has ended' USING ERRCODE = 'integrity_constraint_violation';
		END IF;
		NEW.ended_at := CASE WHEN NEW.state = ANY (end_states) THEN clock_timestamp() END;
		IF NEW.reviewed_by IS NOT NULL OR NEW.cleared_at IS NOT NULL THEN
			RAISE EXCEPTION 'a lease can be reviewed only after it has ended' USING ERRCODE = 'integrity_constraint_violation';
		END IF;
		RETURN NEW;
	END IF;
	IF (NEW.acted_by, NEW.activated_at, NEW.expires_at, NEW.activation_mac, NEW.ended_at) IS DISTINCT FROM
		(OLD.acted_by, OLD.activated_at, OLD.expires_at, OLD.activation_mac, OLD.ended_at)
		OR (NEW.reviewed_by IS DISTINCT FROM OLD.reviewed_by AND (OLD.reviewed_by IS NOT NULL OR NOT ended))
		OR (NEW.cleared_at IS DISTINCT FROM OLD.cleared_at AND (OLD.cleared_at IS NOT NULL OR NOT ended))
	THEN
		RAISE EXCEPTION 'this column of a lease cannot be changed now' USING ERRCODE = 'integrity_constraint_violation';
	END IF;
	IF NEW.reviewed_by IS DISTINCT FROM OLD.reviewed_by THEN
		NEW.reviewed_at := clock_timestamp();
		IF NOT public.is_of_side(NEW.reviewed_by, NEW.firm_id, public.session_plane()) THEN
			RAISE EXCEPTION 'the reviewer of a lease must be on the side of this role' USING ERRCODE = 'integrity_constraint_violation';
		END IF;
		-- The reviewer is neither the requester nor an approver, under any account.
		IF public.counts_as_one(NEW.reviewed_by,
			NEW.requested_by || ARRAY(SELECT a.user_id FROM public.lease_approvals a WHERE a.lease_id = NEW.id))
		THEN
			RAISE EXCEPTION 'a third person must review the lease' USING ERRCODE = 'integrity_constraint_violation';
		END IF;
	ELSE
		NEW.reviewed_at := OLD.reviewed_at;
	END IF;
	RETURN NEW;
END
$$;

CREATE TRIGGER "guard" BEFORE UPDATE ON "leases" FOR EACH ROW EXECUTE FUNCTION "guard_lease"();

-- The side for which the transaction's role decides; null for the program's own roles.
CREATE FUNCTION "session_side"() RETURNS text
	LANGUAGE sql STABLE SECURITY DEFINER
AS $$
	SELECT CASE public.session_plane() WHEN 'firmseal_firm' THEN 'FIRM' WHEN 'firmseal_operator' THEN 'PLATFORM' END
$$;
GRANT EXECUTE ON FUNCTION "session_side"() TO firmseal_owner;

-- Records each move as an event, and notifies the firm's owners of the moves that they must know. Does not use NOTIFY: any login can fill its queue,
-- and a commit fails when the queue is full. The broker polls each second.
CREATE FUNCTION "record_lease_move"() RETURNS trigger
	LANGUAGE plpgsql SECURITY DEFINER
AS $$
DECLARE
	notice_kind text;
	is_request boolean := TG_OP = 'INSERT';
BEGIN
	IF NOT is_request AND NEW.state = OLD.state THEN
		IF NEW.reviewed_by IS NOT DISTINCT FROM OLD.reviewed_by THEN RETURN NULL; END IF;
		notice_kind := 'LEASE_REVIEWED';
	ELSE
		INSERT INTO public.lease_events (id, lease_id, firm_id, from_state, to_state, acted_by, at, side)
			VALUES (public.generate_uuid_v7(), NEW.id, NEW.firm_id, CASE WHEN is_request THEN NULL ELSE OLD.state END, NEW.state,
				NEW.acted_by, clock_timestamp(), public.session_side());
		notice_kind := CASE NEW.state
			WHEN 'REQUESTED' THEN 'LEASE_REQUESTED' WHEN 'APPROVED' THEN 'LEASE_APPROVED' WHEN 'DENIED' THEN 'LEASE_DENIED'
			WHEN 'ACTIVATING' THEN NULL WHEN 'ACTIVE' THEN 'LEASE_ACTIVATED' ELSE 'LEASE_ENDED' END;
	END IF;
	IF is_request THEN
		INSERT INTO public.lease_budgets (lease_id, firm_id, budget) VALUES (NEW.id, NEW.firm_id, NEW.read_budget);
	END IF;
	IF notice_kind IS NOT NULL THEN
		INSERT INTO public.notices (id, firm_id, kind, audience, lease_id, created_at)
			VALUES (public.generate_uuid_v7(), NEW.firm_id, notice_kind, 'OWNERS', NEW.id, clock_timestamp());
	END IF;
	RETURN NULL;
END
$$;

CREATE TRIGGER "notify" AFTER INSERT OR UPDATE ON "leases" FOR EACH ROW EXECUTE FUNCTION "record_lease_move"();

-- An approval must be for a request that waits for one, with exactly its hash, and by a person other than the requester.
CREATE FUNCTION "stamp_lease_approval"() RETURNS trigger
	LANGUAGE plpgsql SECURITY DEFINER
AS $$
BEGIN
	IF TG_OP <> 'INSERT' THEN
		RAISE EXCEPTION 'an approval of a lease cannot be changed' USING ERRCODE = 'insufficient_privilege';
	END IF;
	-- A shared lock: several people may approve at once, while a denial or a cancellation waits.
	PERFORM FROM public.leases l WHERE l.id = NEW.lease_id AND l.firm_id = NEW.firm_id AND l.state = 'REQUESTED'
		AND l.request_hash = NEW.request_hash FOR SHARE;
	IF NOT FOUND THEN
		RAISE EXCEPTION 'no request with this hash waits for an approval' USING ERRCODE = 'integrity_constraint_violation';
	END IF;
	IF public.counts_as_one(NEW.user_id, ARRAY(SELECT l.requested_by FROM public.leases l WHERE l.id = NEW.lease_id)
		|| ARRAY(SELECT a.user_id FROM public.lease_approvals a WHERE a.lease_id = NEW.lease_id))
	THEN
		RAISE EXCEPTION 'another person must approve the lease' USING ERRCODE = 'integrity_constraint_violation';
	END IF;
	-- A person can approve only for their own side.
	IF NOT public.is_of_side(NEW.user_id, NEW.firm_id, CASE NEW.side WHEN 'FIRM' THEN 'firmseal_firm' ELSE 'firmseal_operator' END) THEN
		RAISE EXCEPTION 'a person can approve only for their own side' USING ERRCODE = 'integrity_constraint_violation';
	END IF;
	NEW.approved_at := clock_timestamp();
	RETURN NEW;
END
$$;

CREATE TRIGGER "stamp" BEFORE INSERT OR UPDATE OR DELETE ON "lease_approvals" FOR EACH ROW EXECUTE FUNCTION "stamp_lease_approval"();

-- The reason of an approval or a denial is written in the transaction of this decision, for the same person and side: later, or before, no login can
-- give words to a decision, or take their place.
CREATE FUNCTION "stamp_lease_decision_text"() RETURNS trigger
	LANGUAGE plpgsql SECURITY DEFINER
AS $$
BEGIN
	IF TG_OP <> 'INSERT' THEN
		RAISE EXCEPTION 'the reason of a decision cannot be changed' USING ERRCODE = 'insufficient_privilege';
	END IF;
	IF NOT (CASE NEW.decision
		WHEN 'APPROVAL' THEN EXISTS (SELECT FROM public.lease_approvals a WHERE a.lease_id = NEW.lease_id AND a.firm_id = NEW.firm_id
			AND a.user_id = NEW.user_id AND a.side = public.session_side() AND a.reason_hash IS NOT NULL
			AND a.xmin = pg_current_xact_id()::xid)
		ELSE public.session_side() IS NOT NULL AND EXISTS (SELECT FROM public.leases l WHERE l.id = NEW.lease_id AND l.firm_id = NEW.firm_id
			AND l.acted_by = NEW.user_id AND l.state = 'DENIED' AND l.xmin = pg_current_xact_id()::xid) END)
	THEN
		RAISE EXCEPTION 'a reason needs its decision, in the same transaction' USING ERRCODE = 'integrity_constraint_violation';
	END IF;
	RETURN NEW;
END
$$;

CREATE TRIGGER "stamp" BEFORE INSERT OR UPDATE ON "lease_decision_texts" FOR EACH ROW EXECUTE FUNCTION "stamp_lease_decision_text"();

-- Ignores an end mark if the lease has a committed one. Does not wait for uncommitted marks, so concurrent transactions may each insert one.
CREATE FUNCTION "mark_once"() RETURNS trigger
	LANGUAGE plpgsql SECURITY DEFINER
AS $$
BEGIN
	PERFORM public.refuse_old_snapshot();
	IF EXISTS (SELECT FROM public.lease_ends e WHERE e.lease_id = NEW.lease_id AND e.firm_id = NEW.firm_id) THEN RETURN NULL; END IF;
	RETURN NEW;
END
$$;

CREATE TRIGGER "once" BEFORE INSERT ON "lease_ends" FOR EACH ROW EXECUTE FUNCTION "mark_once"();

-- Number of open leases that a person has requested, under any account.
CREATE FUNCTION "count_open_leases"(of_user uuid) RETURNS integer
	LANGUAGE sql STABLE SECURITY DEFINER
AS $$
	SELECT count(*)::integer FROM public.leases l JOIN public.users asks ON asks.id = l.requested_by
	JOIN public.users u ON u.person_id = asks.person_id
	WHERE u.id = of_user AND l.state IN ('REQUESTED', 'APPROVED', 'ACTIVATING', 'ACTIVE')
$$;
GRANT EXECUTE ON FUNCTION "count_open_leases"(uuid) TO firmseal_operator;

-- Limits how many leases on one firm a person may request in an hour and in a day, by the database's clock and over all accounts, whichever role writes the
-- row.
CREATE FUNCTION "bound_lease_requests"() RETURNS trigger
	LANGUAGE plpgsql SECURITY DEFINER
AS $$
DECLARE
	asks uuid := (SELECT u.person_id FROM public.users u
		WHERE u.id = NEW.requested_by AND public.is_active_operator(u.id, 'OPERATOR'));
	in_hour bigint;
	in_day bigint;
BEGIN
	IF asks IS NULL THEN
		RAISE EXCEPTION 'only an operator can request a lease' USING ERRCODE = 'integrity_constraint_violation';
	END IF;
	-- Concurrent requests of one person wait for each other here, and see what was committed before.
	PERFORM public.take_turn('LEASE_REQUEST', asks);
	PERFORM public.refuse_old_snapshot();
	SELECT count(*) FILTER (WHERE l.requested_at > clock_timestamp() - interval '1 hour'), count(*) INTO in_hour, in_day
		FROM public.leases l JOIN public.users u ON u.id = l.requested_by
		WHERE u.person_id = asks AND l.firm_id = NEW.firm_id AND l.requested_at > clock_timestamp() - interval '24 hours';
	IF EXISTS (SELECT FROM public.request_limits b WHERE in_hour >= b.per_hour OR in_day >= b.per_day) THEN
		RAISE EXCEPTION 'the person has requested too many leases on this firm' USING ERRCODE = 'FS003';
	END IF;
	RETURN NEW;
END
$$;

INSERT INTO "request_limits" DEFAULT VALUES;
CREATE TRIGGER "bound" BEFORE INSERT ON "leases" FOR EACH ROW EXECUTE FUNCTION "bound_lease_requests"();
