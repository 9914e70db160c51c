-- How a lease moves, whoever moves it.

-- A request is of now and of a firm that takes any.
CREATE FUNCTION "stamp_lease"() RETURNS trigger
	LANGUAGE plpgsql SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
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
--> statement-breakpoint
REVOKE EXECUTE ON FUNCTION "stamp_lease"() FROM PUBLIC;
--> statement-breakpoint
CREATE TRIGGER "stamp" BEFORE INSERT ON "leases" FOR EACH ROW EXECUTE FUNCTION "stamp_lease"();
--> statement-breakpoint
ALTER TABLE "leases" ENABLE ALWAYS TRIGGER "stamp";
--> statement-breakpoint

-- The transition table, and whose move each is (src/access/lease-machine.ts has the same; a test compares them). Whatever was asked
-- never changes, and a terminal state is the last.
CREATE FUNCTION "may_move_lease"(from_state text, to_state text, of_role text) RETURNS boolean
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
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
--> statement-breakpoint
REVOKE EXECUTE ON FUNCTION "may_move_lease"(text, text, text) FROM PUBLIC;
--> statement-breakpoint
GRANT EXECUTE ON FUNCTION "may_move_lease"(text, text, text) TO firmseal_owner;
--> statement-breakpoint
-- Whether an account is of the people of a role's plane: a member, present or former, of the firm, or an operator.
CREATE FUNCTION "is_of_side"(of_user uuid, of_firm uuid, of_role text) RETURNS boolean
	LANGUAGE sql STABLE SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT CASE of_role
		WHEN 'firmseal_firm' THEN EXISTS (SELECT FROM public.memberships m WHERE m.user_id = of_user AND m.firm_id = of_firm)
		WHEN 'firmseal_operator' THEN EXISTS (SELECT FROM public.operators o WHERE o.user_id = of_user)
		ELSE false END
$$;
--> statement-breakpoint
REVOKE EXECUTE ON FUNCTION "is_of_side"(uuid, uuid, text) FROM PUBLIC;
--> statement-breakpoint
GRANT EXECUTE ON FUNCTION "is_of_side"(uuid, uuid, text) TO firmseal_owner;
--> statement-breakpoint
CREATE FUNCTION "guard_lease"() RETURNS trigger
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
		IF NOT public.may_move_lease(OLD.state, NEW.state, current_setting('role')) THEN
			RAISE EXCEPTION 'this is no move of the lease, or not of this role' USING ERRCODE = 'integrity_constraint_violation';
		END IF;
		-- Nobody of another side is named as the one who moved it.
		IF NOT coalesce(public.is_of_side(NEW.acted_by, NEW.firm_id, current_setting('role')), false) THEN NEW.acted_by := NULL; END IF;
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
		IF NOT public.is_of_side(NEW.reviewed_by, NEW.firm_id, current_setting('role')) THEN
			RAISE EXCEPTION 'a lease is reviewed by somebody of this side' USING ERRCODE = 'integrity_constraint_violation';
		END IF;
		-- A third person: neither who asked nor one who agreed, in whatever account.
		IF EXISTS (SELECT FROM public.users u JOIN public.users r ON r.id = NEW.reviewed_by AND r.person_id = u.person_id
			WHERE u.id = NEW.requested_by OR u.id IN (SELECT a.user_id FROM public.lease_approvals a WHERE a.lease_id = NEW.id))
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
REVOKE EXECUTE ON FUNCTION "guard_lease"() FROM PUBLIC;
--> statement-breakpoint
CREATE TRIGGER "guard" BEFORE UPDATE ON "leases" FOR EACH ROW EXECUTE FUNCTION "guard_lease"();
--> statement-breakpoint
ALTER TABLE "leases" ENABLE ALWAYS TRIGGER "guard";
--> statement-breakpoint

-- Nobody can move a lease unseen: each move is an event, and what the firm must know is a notice to its owners. No one is told
-- by NOTIFY: any login can fill its queue, and a commit that finds it full fails. The broker looks each second.
CREATE FUNCTION "tell_lease"() RETURNS trigger
	LANGUAGE plpgsql SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	told text;
	is_request boolean := TG_OP = 'INSERT';
BEGIN
	IF NOT is_request AND NEW.state = OLD.state THEN
		IF NEW.reviewed_by IS NOT DISTINCT FROM OLD.reviewed_by THEN RETURN NULL; END IF;
		told := 'LEASE_REVIEWED';
	ELSE
		INSERT INTO public.lease_events (id, lease_id, firm_id, from_state, to_state, acted_by, at)
			VALUES (public.generate_uuid_v7(), NEW.id, NEW.firm_id, CASE WHEN is_request THEN NULL ELSE OLD.state END, NEW.state,
				NEW.acted_by, clock_timestamp());
		told := CASE NEW.state
			WHEN 'REQUESTED' THEN 'LEASE_REQUESTED' WHEN 'APPROVED' THEN 'LEASE_APPROVED' WHEN 'DENIED' THEN 'LEASE_DENIED'
			WHEN 'ACTIVATING' THEN NULL WHEN 'ACTIVE' THEN 'LEASE_ACTIVATED' ELSE 'LEASE_ENDED' END;
	END IF;
	IF is_request THEN
		INSERT INTO public.lease_budgets (lease_id, firm_id, budget) VALUES (NEW.id, NEW.firm_id, NEW.read_budget);
	END IF;
	IF told IS NOT NULL THEN
		INSERT INTO public.notices (id, firm_id, kind, audience, lease_id, created_at)
			VALUES (public.generate_uuid_v7(), NEW.firm_id, told, 'OWNERS', NEW.id, clock_timestamp());
	END IF;
	RETURN NULL;
END
$$;
--> statement-breakpoint
REVOKE EXECUTE ON FUNCTION "tell_lease"() FROM PUBLIC;
--> statement-breakpoint
CREATE TRIGGER "tell" AFTER INSERT OR UPDATE ON "leases" FOR EACH ROW EXECUTE FUNCTION "tell_lease"();
--> statement-breakpoint
ALTER TABLE "leases" ENABLE ALWAYS TRIGGER "tell";
--> statement-breakpoint

-- An approval is of a request that waits for one, of exactly what it asks, and of another person than the one who asks.
CREATE FUNCTION "stamp_lease_approval"() RETURNS trigger
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
	IF EXISTS (SELECT FROM public.leases l JOIN public.users asks ON asks.id = l.requested_by
		JOIN public.users agrees ON agrees.id = NEW.user_id WHERE l.id = NEW.lease_id AND asks.person_id = agrees.person_id)
		OR EXISTS (SELECT FROM public.lease_approvals a JOIN public.users had ON had.id = a.user_id
			JOIN public.users agrees ON agrees.id = NEW.user_id
			WHERE a.lease_id = NEW.lease_id AND had.person_id = agrees.person_id)
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
REVOKE EXECUTE ON FUNCTION "stamp_lease_approval"() FROM PUBLIC;
--> statement-breakpoint
CREATE TRIGGER "stamp" BEFORE INSERT OR UPDATE OR DELETE ON "lease_approvals"
	FOR EACH ROW EXECUTE FUNCTION "stamp_lease_approval"();
--> statement-breakpoint
ALTER TABLE "lease_approvals" ENABLE ALWAYS TRIGGER "stamp";
--> statement-breakpoint
CREATE TRIGGER "append_only_row" BEFORE UPDATE OR DELETE ON "lease_events"
	FOR EACH ROW EXECUTE FUNCTION "refuse_audit_change"();
--> statement-breakpoint
ALTER TABLE "lease_events" ENABLE ALWAYS TRIGGER "append_only_row";
--> statement-breakpoint
CREATE TRIGGER "append_only_row" BEFORE UPDATE OR DELETE ON "lease_ends"
	FOR EACH ROW EXECUTE FUNCTION "refuse_audit_change"();
--> statement-breakpoint
ALTER TABLE "lease_ends" ENABLE ALWAYS TRIGGER "append_only_row";
--> statement-breakpoint
CREATE TRIGGER "append_only_truncate" BEFORE TRUNCATE ON "lease_events"
	FOR EACH STATEMENT EXECUTE FUNCTION "refuse_audit_change"();
--> statement-breakpoint
ALTER TABLE "lease_events" ENABLE ALWAYS TRIGGER "append_only_truncate";
--> statement-breakpoint
CREATE TRIGGER "append_only_truncate" BEFORE TRUNCATE ON "lease_ends"
	FOR EACH STATEMENT EXECUTE FUNCTION "refuse_audit_change"();
--> statement-breakpoint
ALTER TABLE "lease_ends" ENABLE ALWAYS TRIGGER "append_only_truncate";
--> statement-breakpoint

-- Who is behind accounts the planes don't see: whether one of these is of the same natural person as another account.
CREATE FUNCTION "is_person_among"(of_user uuid, of_others uuid[]) RETURNS boolean
	LANGUAGE sql STABLE SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT EXISTS (SELECT FROM public.users u JOIN public.users o ON o.person_id = u.person_id
		WHERE u.id = of_user AND o.id = ANY (of_others))
$$;
--> statement-breakpoint
REVOKE EXECUTE ON FUNCTION "is_person_among"(uuid, uuid[]) FROM PUBLIC;
--> statement-breakpoint
GRANT EXECUTE ON FUNCTION "is_person_among"(uuid, uuid[]) TO firmseal_operator, firmseal_firm;
--> statement-breakpoint
-- Leases that a person has asked for, in whatever account, and of which something may still come.
CREATE FUNCTION "count_open_leases"(of_user uuid) RETURNS integer
	LANGUAGE sql STABLE SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT count(*)::integer FROM public.leases l JOIN public.users asks ON asks.id = l.requested_by
	JOIN public.users u ON u.person_id = asks.person_id
	WHERE u.id = of_user AND l.state IN ('REQUESTED', 'APPROVED', 'ACTIVATING', 'ACTIVE')
$$;
--> statement-breakpoint
REVOKE EXECUTE ON FUNCTION "count_open_leases"(uuid) FROM PUBLIC;
--> statement-breakpoint
GRANT EXECUTE ON FUNCTION "count_open_leases"(uuid) TO firmseal_operator;
