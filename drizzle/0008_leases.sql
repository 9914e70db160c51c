-- How a lease is requested, approved and moved, no matter which role does it.

-- A request is of now, and of a firm that takes requests.
CREATE FUNCTION "stamp_lease"() RETURNS trigger
	LANGUAGE plpgsql SECURITY DEFINER
AS $$
BEGIN
	IF NEW.state <> 'REQUESTED' OR num_nonnulls(NEW.activated_at, NEW.expires_at, NEW.activation_mac, NEW.ended_at, NEW.cleared_at,
		NEW.reviewed_by) > 0 THEN
		RAISE EXCEPTION 'a lease begins as a request' USING ERRCODE = 'integrity_constraint_violation';
	END IF;
	IF NOT EXISTS (SELECT FROM public.firms f JOIN public.access_policies p ON p.firm_id = f.id
		WHERE f.id = NEW.firm_id AND f.status = 'ACTIVE' AND p.policy <> 'NEVER') THEN
		RAISE EXCEPTION 'the firm takes no requests' USING ERRCODE = 'integrity_constraint_violation';
	END IF;
	NEW.requested_at := clock_timestamp();
	RETURN NEW;
END
$$;

CREATE TRIGGER "stamp" BEFORE INSERT ON "leases" FOR EACH ROW EXECUTE FUNCTION "stamp_lease"();

-- The transition table, and which role may make each move (src/access/lease-state-machine.ts has the same; a test compares them). The request
-- never changes, and a terminal state is the last.
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

-- A move is in the table, of now, by the plane's own side. Requester, approvers, reviewer and the person who acknowledges are independent
-- of each other.
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
		RAISE EXCEPTION 'what a lease was asked for never changes' USING ERRCODE = 'integrity_constraint_violation';
	END IF;
	IF NEW.state <> OLD.state THEN
		IF NOT public.may_move_lease(OLD.state, NEW.state, public.session_plane()) THEN
			RAISE EXCEPTION 'this is no move of the lease, or not of this role' USING ERRCODE = 'integrity_constraint_violation';
		END IF;
		-- No person of another side is named as the one who moved it.
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
		-- The end mark comes first: a session that begins to use the lease sees it, before the one that ends it waits for those who use it.
		IF OLD.state IN ('ACTIVATING', 'ACTIVE') AND NEW.state <> 'ACTIVE'
			AND NOT EXISTS (SELECT FROM public.lease_ends e WHERE e.lease_id = NEW.id)
		THEN
			RAISE EXCEPTION 'a lease in use is ended by its end mark first' USING ERRCODE = 'integrity_constraint_violation';
		END IF;
		IF NEW.state = 'ACTIVE' AND EXISTS (SELECT FROM public.lease_ends e WHERE e.lease_id = NEW.id) THEN
			RAISE EXCEPTION 'the lease has ended' USING ERRCODE = 'integrity_constraint_violation';
		END IF;
		NEW.ended_at := CASE WHEN NEW.state = ANY (end_states) THEN clock_timestamp() END;
		IF NEW.reviewed_by IS NOT NULL OR NEW.cleared_at IS NOT NULL THEN
			RAISE EXCEPTION 'a lease is reviewed when it has ended' USING ERRCODE = 'integrity_constraint_violation';
		END IF;
		RETURN NEW;
	END IF;
	-- The person who moved it last stays the same too.
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
		-- A third person: neither the requester nor an approver, under any account.
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

CREATE TRIGGER "guard" BEFORE UPDATE ON "leases" FOR EACH ROW EXECUTE FUNCTION "guard_lease"();

-- No one can move a lease unseen: each move is an event, and the firm's owners get a notice of what they must know. NOTIFY tells no one:
-- any login can fill its queue, and a commit that finds it full fails. The broker polls each second.
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
		INSERT INTO public.lease_events (id, lease_id, firm_id, from_state, to_state, acted_by, at)
			VALUES (public.generate_uuid_v7(), NEW.id, NEW.firm_id, CASE WHEN is_request THEN NULL ELSE OLD.state END, NEW.state,
				NEW.acted_by, clock_timestamp());
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

-- An approval is of a request that waits for one, of exactly what it asks for, and by another person than its requester.
CREATE FUNCTION "stamp_lease_approval"() RETURNS trigger
	LANGUAGE plpgsql SECURITY DEFINER
AS $$
BEGIN
	IF TG_OP <> 'INSERT' THEN
		RAISE EXCEPTION 'an approval stays as it is' USING ERRCODE = 'insufficient_privilege';
	END IF;
	-- Several may approve at once; a denial or a cancellation waits.
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
	-- A person counts for their own side only: on the other, one person's approval would stand in for another's.
	IF NOT public.is_of_side(NEW.user_id, NEW.firm_id, CASE NEW.side WHEN 'FIRM' THEN 'firmseal_firm' ELSE 'firmseal_operator' END) THEN
		RAISE EXCEPTION 'somebody agrees for their own side' USING ERRCODE = 'integrity_constraint_violation';
	END IF;
	NEW.approved_at := clock_timestamp();
	RETURN NEW;
END
$$;

CREATE TRIGGER "stamp" BEFORE INSERT OR UPDATE OR DELETE ON "lease_approvals" FOR EACH ROW EXECUTE FUNCTION "stamp_lease_approval"();

-- A lease has one end mark: however many a login writes, there are only those of transactions that wrote theirs before the first was
-- committed. No one waits for that: what another has not committed is not seen.
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

-- The leases that a person has requested, under any account, and that are not over.
CREATE FUNCTION "count_open_leases"(of_user uuid) RETURNS integer
	LANGUAGE sql STABLE SECURITY DEFINER
AS $$
	SELECT count(*)::integer FROM public.leases l JOIN public.users asks ON asks.id = l.requested_by
	JOIN public.users u ON u.person_id = asks.person_id
	WHERE u.id = of_user AND l.state IN ('REQUESTED', 'APPROVED', 'ACTIVATING', 'ACTIVE')
$$;
GRANT EXECUTE ON FUNCTION "count_open_leases"(uuid) TO firmseal_operator;

-- An operator may request so many leases of one firm in an hour and in a day, by the database's clock and over all accounts, no matter who
-- writes the row.
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
		RAISE EXCEPTION 'an operator asks for a lease' USING ERRCODE = 'integrity_constraint_violation';
	END IF;
	-- Requests of one person at the same time wait here for one another, and see what was committed before.
	PERFORM public.take_turn('LEASE_REQUEST', asks);
	PERFORM public.refuse_old_snapshot();
	SELECT count(*) FILTER (WHERE l.requested_at > clock_timestamp() - interval '1 hour'), count(*) INTO in_hour, in_day
		FROM public.leases l JOIN public.users u ON u.id = l.requested_by
		WHERE u.person_id = asks AND l.firm_id = NEW.firm_id AND l.requested_at > clock_timestamp() - interval '24 hours';
	IF EXISTS (SELECT FROM public.request_limits b WHERE in_hour >= b.per_hour OR in_day >= b.per_day) THEN
		RAISE EXCEPTION 'the person has asked this firm for too many leases' USING ERRCODE = 'FS003';
	END IF;
	RETURN NEW;
END
$$;

INSERT INTO "request_limits" DEFAULT VALUES;
CREATE TRIGGER "bound" BEFORE INSERT ON "leases" FOR EACH ROW EXECUTE FUNCTION "bound_lease_requests"();
