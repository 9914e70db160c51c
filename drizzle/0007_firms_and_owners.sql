-- Firms, and how a firm keeps or recovers an owner.

-- Locks a firm's row until the transaction ends. false: there is no such firm, or `waits` is false and another transaction holds it.
CREATE FUNCTION "hold_firm"(of_firm uuid, waits boolean) RETURNS boolean
	LANGUAGE plpgsql SECURITY DEFINER
AS $$
BEGIN
	IF waits THEN
		PERFORM FROM public.firms f WHERE f.id = of_firm FOR NO KEY UPDATE;
	ELSE
		PERFORM FROM public.firms f WHERE f.id = of_firm FOR NO KEY UPDATE SKIP LOCKED;
	END IF;
	RETURN FOUND;
END
$$;
GRANT EXECUTE ON FUNCTION "hold_firm"(uuid, boolean) TO firmseal_worker, firmseal_maintenance;

-- false: the firm has this status already.
CREATE FUNCTION "set_firm_status"(of_firm uuid, of_status text) RETURNS boolean
	LANGUAGE plpgsql SECURITY DEFINER
AS $$
BEGIN
	UPDATE public.firms f SET status = of_status, revision = f.revision + 1 WHERE f.id = of_firm AND f.status <> of_status;
	RETURN FOUND;
END
$$;
GRANT EXECUTE ON FUNCTION "set_firm_status"(uuid, text) TO firmseal_worker;

-- Whether a firm is erased, or is being erased. VOLATILE: as of now, also if the statement has waited.
CREATE FUNCTION "is_erased"(of_firm uuid) RETURNS boolean
	LANGUAGE sql VOLATILE SECURITY DEFINER
AS $$
	SELECT EXISTS (SELECT FROM public.erasures e WHERE e.firm_id = of_firm AND e.subject IS NULL)
$$;
GRANT EXECUTE ON FUNCTION "is_erased"(uuid)
	TO firmseal_firm, firmseal_portal, firmseal_operator, firmseal_break_glass, firmseal_broker, firmseal_worker;

-- Whether a firm's erasure is complete. Only the owner's functions call it.
CREATE FUNCTION "is_erasure_complete"(of_firm uuid) RETURNS boolean
	LANGUAGE plpgsql STABLE
AS $$
BEGIN
	RETURN EXISTS (SELECT FROM public.erasures e WHERE e.firm_id = of_firm AND e.subject IS NULL AND e.erased_at IS NOT NULL);
END
$$;

-- An erased firm stays erased, and a firm becomes erased only after an erasure of it has begun.
CREATE FUNCTION "guard_firm"() RETURNS trigger
	LANGUAGE plpgsql SECURITY DEFINER
AS $$
BEGIN
	IF OLD.status = 'ERASED' AND NEW.status <> 'ERASED' THEN
		RAISE EXCEPTION 'a firm that is erased stays so' USING ERRCODE = 'invalid_transaction_state';
	END IF;
	IF NEW.status = 'ERASED' AND OLD.status <> 'ERASED' AND NOT public.is_erased(NEW.id) THEN
		RAISE EXCEPTION 'no erasure of the firm has begun' USING ERRCODE = 'invalid_transaction_state';
	END IF;
	RETURN NEW;
END
$$;

CREATE TRIGGER "guard" BEFORE UPDATE OF "status" ON "firms" FOR EACH ROW EXECUTE FUNCTION "guard_firm"();

-- Whether a firm has no member yet, as of when the row is written. VOLATILE: a statement that began earlier and has waited sees who has
-- come meanwhile. The lock of the firm's row lets candidates in one at a time; a firm that does not exist has no first member.
CREATE FUNCTION "has_no_member"(of_firm uuid) RETURNS boolean
	LANGUAGE plpgsql VOLATILE SECURITY DEFINER
AS $$
BEGIN
	IF NOT public.hold_firm(of_firm, true) THEN RETURN false; END IF;
	RETURN NOT EXISTS (SELECT FROM public.memberships m WHERE m.firm_id = of_firm);
END
$$;
GRANT EXECUTE ON FUNCTION "has_no_member"(uuid) TO firmseal_worker;

-- A firm keeps an owner: the last one stays. Owners leave one at a time, by locks on their rows, which only the firm plane can take; any
-- login could hold an advisory lock for ever. In one order, as src/firms/members.ts locks them before.
CREATE FUNCTION "keep_an_owner"() RETURNS trigger
	LANGUAGE plpgsql SECURITY DEFINER
AS $$
BEGIN
	IF OLD.role <> 'OWNER' OR OLD.removed_at IS NOT NULL OR (NEW.role = 'OWNER' AND NEW.removed_at IS NULL) THEN
		RETURN NEW;
	END IF;
	PERFORM FROM public.memberships m
	WHERE m.firm_id = OLD.firm_id AND m.role = 'OWNER' AND m.removed_at IS NULL
	ORDER BY m.user_id FOR NO KEY UPDATE;
	IF NOT EXISTS (
		SELECT FROM public.memberships m
		WHERE m.firm_id = OLD.firm_id AND m.user_id <> OLD.user_id AND m.role = 'OWNER' AND m.removed_at IS NULL
	) THEN
		RAISE EXCEPTION 'a firm keeps an owner' USING ERRCODE = 'integrity_constraint_violation';
	END IF;
	RETURN NEW;
END
$$;

CREATE TRIGGER "keep_an_owner" BEFORE UPDATE ON "memberships" FOR EACH ROW EXECUTE FUNCTION "keep_an_owner"();

-- The recovery of an owner. The worker's role requests, approves and withdraws; the firm's role sees and cancels; only a function makes the
-- owner. The worker's login may keep a transaction open for as long as it likes, so the 72 hours and an owner's objection depend on nothing
-- in its hands: it has no privilege to lock a row, and sets no time.
-- A request, its approval and its being seen are of now, by this database's clock, in this order, each once. A firm has one recovery at a
-- time, and only an active firm: the owners of another could not cancel it. SECURITY DEFINER: it locks the firm's row.
CREATE FUNCTION "stamp_owner_recovery"() RETURNS trigger
	LANGUAGE plpgsql SECURITY DEFINER
AS $$
BEGIN
	IF TG_OP = 'INSERT' THEN
		-- With an older snapshot the wait for the firm's row would be for nothing.
		PERFORM public.refuse_old_snapshot();
		-- One at a time: no one else asks for another recovery, or suspends the firm, meanwhile.
		PERFORM FROM public.firms f WHERE f.id = NEW.firm_id AND f.status = 'ACTIVE' FOR NO KEY UPDATE;
		IF NOT FOUND THEN
			RAISE EXCEPTION 'the firm is not active' USING ERRCODE = 'integrity_constraint_violation';
		END IF;
		IF EXISTS (SELECT FROM public.owner_recoveries r WHERE r.firm_id = NEW.firm_id
			AND NOT EXISTS (SELECT FROM public.owner_recovery_ends e WHERE e.recovery_id = r.id))
		THEN
			RAISE EXCEPTION 'the firm is on the way to an owner already' USING ERRCODE = 'unique_violation';
		END IF;
		NEW.requested_at := clock_timestamp();
		NEW.approved_by := NULL;
		NEW.approved_at := NULL;
		NEW.seen_at := NULL;
		RETURN NEW;
	END IF;
	IF OLD.approved_by IS NOT NULL AND (NEW.approved_by, NEW.approved_at) IS DISTINCT FROM (OLD.approved_by, OLD.approved_at) THEN
		RAISE EXCEPTION 'an approval is given once' USING ERRCODE = 'integrity_constraint_violation';
	END IF;
	IF OLD.approved_by IS NULL AND NEW.approved_by IS NOT NULL THEN
		NEW.approved_at := clock_timestamp();
	END IF;
	IF NEW.seen_at IS DISTINCT FROM OLD.seen_at THEN
		IF current_setting('role') <> 'firmseal_firm' OR OLD.seen_at IS NOT NULL THEN
			RAISE EXCEPTION 'only the firm''s own plane sees an approval, and once' USING ERRCODE = 'insufficient_privilege';
		END IF;
		NEW.seen_at := clock_timestamp();
	END IF;
	RETURN NEW;
END
$$;

CREATE TRIGGER "stamp" BEFORE INSERT OR UPDATE ON "owner_recoveries" FOR EACH ROW EXECUTE FUNCTION "stamp_owner_recovery"();

-- Every OWNER and MEMBER is told of every step, by whatever means it is taken. The cancellation by an owner has a notice from the firm
-- plane, which names the owner. The approval is told when the firm plane sees it: from a transaction that was kept open, the notice would
-- appear with an old time, below newer ones.
CREATE FUNCTION "notify_owner_recovery"() RETURNS trigger
	LANGUAGE plpgsql SECURITY DEFINER
AS $$
DECLARE
	recovery public.owner_recoveries;
	step text;
BEGIN
	IF TG_TABLE_NAME = 'owner_recovery_ends' THEN
		IF current_setting('role') = 'firmseal_firm' THEN RETURN NULL; END IF;
		SELECT * INTO recovery FROM public.owner_recoveries r WHERE r.id = NEW.recovery_id;
		step := CASE NEW.outcome WHEN 'COMPLETED' THEN 'COMPLETED' ELSE 'CANCELLED' END;
	ELSE
		recovery := NEW;
		step := CASE
			WHEN TG_OP = 'INSERT' THEN 'REQUESTED'
			WHEN OLD.seen_at IS NULL AND NEW.seen_at IS NOT NULL THEN 'APPROVED'
		END;
	END IF;
	IF step IS NULL THEN RETURN NULL; END IF;
	INSERT INTO public.notices (id, firm_id, kind, audience, user_id, role, created_at) VALUES (
		public.generate_uuid_v7(), recovery.firm_id, 'OWNER_RECOVERY_' || step, 'EVERYBODY', recovery.user_id, 'OWNER', clock_timestamp());
	RETURN NULL;
END
$$;

CREATE TRIGGER "notify" AFTER INSERT OR UPDATE ON "owner_recoveries" FOR EACH ROW EXECUTE FUNCTION "notify_owner_recovery"();
CREATE TRIGGER "notify" AFTER INSERT ON "owner_recovery_ends" FOR EACH ROW EXECUTE FUNCTION "notify_owner_recovery"();

-- The second person's approval. false: the recovery has ended, or is approved already.
CREATE FUNCTION "approve_owner_recovery"(of_id uuid, approver uuid) RETURNS boolean
	LANGUAGE plpgsql SECURITY DEFINER
AS $$
BEGIN
	UPDATE public.owner_recoveries r SET approved_by = approver
	WHERE r.id = of_id AND r.approved_by IS NULL
		AND NOT EXISTS (SELECT FROM public.owner_recovery_ends e WHERE e.recovery_id = r.id);
	RETURN FOUND;
END
$$;
GRANT EXECUTE ON FUNCTION "approve_owner_recovery"(uuid, uuid) TO firmseal_worker;

-- The firm plane has seen the approvals, of all firms, so from now on their owners can see them: the 72 hours begin. It runs in the firm
-- plane's own transaction, which no one else can keep open; a locked row is seen later, and waits longer.
CREATE FUNCTION "witness_owner_recoveries"() RETURNS void
	LANGUAGE sql SECURITY DEFINER
AS $$
	UPDATE public.owner_recoveries SET seen_at = clock_timestamp() WHERE id IN (
		SELECT r.id FROM public.owner_recoveries r
		WHERE r.approved_at IS NOT NULL AND r.seen_at IS NULL
			AND NOT EXISTS (SELECT FROM public.owner_recovery_ends e WHERE e.recovery_id = r.id)
		FOR UPDATE SKIP LOCKED
	)
$$;
GRANT EXECUTE ON FUNCTION "witness_owner_recoveries"() TO firmseal_firm;

-- The platform calls off the firm's recovery, and gets its id.
CREATE FUNCTION "withdraw_owner_recovery"(of_firm uuid) RETURNS SETOF uuid
	LANGUAGE sql SECURITY DEFINER
AS $$
	INSERT INTO public.owner_recovery_ends (recovery_id, firm_id, outcome)
	SELECT r.id, r.firm_id, 'WITHDRAWN' FROM public.owner_recoveries r
	WHERE r.firm_id = of_firm AND NOT EXISTS (SELECT FROM public.owner_recovery_ends e WHERE e.recovery_id = r.id)
	ON CONFLICT DO NOTHING
	RETURNING recovery_id
$$;
GRANT EXECUTE ON FUNCTION "withdraw_owner_recovery"(uuid) TO firmseal_worker;

-- The owners of a suspended firm can cancel nothing, so the 72 hours never run then: suspending a firm ends its recovery. The firm's row is
-- locked by then, so no one requests another meanwhile.
CREATE FUNCTION "end_owner_recovery"() RETURNS trigger
	LANGUAGE plpgsql SECURITY DEFINER
AS $$
BEGIN
	PERFORM public.refuse_old_snapshot();
	PERFORM public.withdraw_owner_recovery(NEW.id);
	RETURN NULL;
END
$$;

CREATE TRIGGER "end_owner_recovery" AFTER UPDATE ON "firms"
	FOR EACH ROW WHEN (NEW.status <> 'ACTIVE') EXECUTE FUNCTION "end_owner_recovery"();

-- Makes the owner: two approvers who are two persons, and 72 hours after the firm plane saw the approval. Returns COMPLETED, or what is
-- missing; before its time it locks and writes nothing. An end by an owner or by the platform meets this one in a unique index: the first
-- counts, whatever this transaction could see.
CREATE FUNCTION "complete_owner_recovery"(of_id uuid, of_mac bytea) RETURNS text
	LANGUAGE plpgsql SECURITY DEFINER
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
	IF NOT public.is_active_operator(recovery.requested_by, 'APPROVER') OR NOT public.is_active_operator(recovery.approved_by, 'APPROVER')
		OR public.counts_as_one(recovery.approved_by, ARRAY[recovery.requested_by])
	THEN RETURN 'UNAPPROVED'; END IF;
	INSERT INTO public.owner_recovery_ends (recovery_id, firm_id, outcome) VALUES (of_id, recovery.firm_id, 'COMPLETED')
		ON CONFLICT DO NOTHING;
	IF NOT FOUND THEN RETURN 'ENDED'; END IF;
	INSERT INTO public.memberships (firm_id, user_id, role, mac) VALUES (recovery.firm_id, recovery.user_id, 'OWNER', of_mac)
		ON CONFLICT (firm_id, user_id) DO UPDATE SET role = 'OWNER', client_id = NULL, removed_at = NULL, mac = of_mac;
	RETURN 'COMPLETED';
END
$$;
GRANT EXECUTE ON FUNCTION "complete_owner_recovery"(uuid, bytea) TO firmseal_worker;
