-- Firms, and how a firm keeps or recovers an owner.

-- Locks a firm's row until the transaction ends. False if the firm does not exist, or if another transaction holds the lock and `waits` is false.
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

-- False if the firm does not exist or has this status already.
CREATE FUNCTION "set_firm_status"(of_firm uuid, of_status text) RETURNS boolean
	LANGUAGE plpgsql SECURITY DEFINER
AS $$
BEGIN
	UPDATE public.firms f SET status = of_status, revision = f.revision + 1 WHERE f.id = of_firm AND f.status <> of_status;
	RETURN FOUND;
END
$$;
GRANT EXECUTE ON FUNCTION "set_firm_status"(uuid, text) TO firmseal_worker;

-- Whether a firm is erased or is being erased. VOLATILE, to see what was committed while the statement waited.
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
		RAISE EXCEPTION 'an erased firm stays erased' USING ERRCODE = 'invalid_transaction_state';
	END IF;
	IF NEW.status = 'ERASED' AND OLD.status <> 'ERASED' AND NOT public.is_erased(NEW.id) THEN
		RAISE EXCEPTION 'no erasure of the firm has begun' USING ERRCODE = 'invalid_transaction_state';
	END IF;
	RETURN NEW;
END
$$;

CREATE TRIGGER "guard" BEFORE UPDATE OF "status" ON "firms" FOR EACH ROW EXECUTE FUNCTION "guard_firm"();

-- Whether a firm has no member yet when the row is written. VOLATILE, so that a statement that has waited sees members who joined meanwhile. The
-- lock on the firm's row serializes candidates. False for a firm that does not exist.
CREATE FUNCTION "has_no_member"(of_firm uuid) RETURNS boolean
	LANGUAGE plpgsql VOLATILE SECURITY DEFINER
AS $$
BEGIN
	IF NOT public.hold_firm(of_firm, true) THEN RETURN false; END IF;
	RETURN NOT EXISTS (SELECT FROM public.memberships m WHERE m.firm_id = of_firm);
END
$$;
GRANT EXECUTE ON FUNCTION "has_no_member"(uuid) TO firmseal_worker;

-- A firm's last owner cannot leave. Owners leave one at a time, by locks on their rows, which only the firm plane can take; any login could hold an
-- advisory lock forever. The rows are locked in the same order as in src/firms/members.ts.
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
		RAISE EXCEPTION 'a firm must keep at least one owner' USING ERRCODE = 'integrity_constraint_violation';
	END IF;
	RETURN NEW;
END
$$;

CREATE TRIGGER "keep_an_owner" BEFORE UPDATE ON "memberships" FOR EACH ROW EXECUTE FUNCTION "keep_an_owner"();

-- The recovery of an owner. The worker's role requests, approves and withdraws it; the firm's role sees and cancels it; only a function makes the
-- owner. The worker's login may keep a transaction open for any time, so it has no influence on the 72 hours and on an owner's objection: it can
-- lock none of these rows and sets no time.
-- Request, approval and the sight of the approval have the current time of this database's clock, in this order, each once. Only an active firm can
-- have a recovery, since owners of another firm could not cancel it, and only one at a time. SECURITY DEFINER, to lock the firm's row.
CREATE FUNCTION "stamp_owner_recovery"() RETURNS trigger
	LANGUAGE plpgsql SECURITY DEFINER
AS $$
BEGIN
	IF TG_OP = 'INSERT' THEN
		-- An older snapshot would not see what the holder of the firm's row committed.
		PERFORM public.refuse_old_snapshot();
		-- Keeps others from requesting another recovery or suspending the firm at the same time.
		PERFORM FROM public.firms f WHERE f.id = NEW.firm_id AND f.status = 'ACTIVE' FOR NO KEY UPDATE;
		IF NOT FOUND THEN
			RAISE EXCEPTION 'the firm is not active' USING ERRCODE = 'integrity_constraint_violation';
		END IF;
		IF EXISTS (SELECT FROM public.owner_recoveries r WHERE r.firm_id = NEW.firm_id
			AND NOT EXISTS (SELECT FROM public.owner_recovery_ends e WHERE e.recovery_id = r.id))
		THEN
			RAISE EXCEPTION 'the firm has an open owner recovery already' USING ERRCODE = 'unique_violation';
		END IF;
		NEW.requested_at := clock_timestamp();
		NEW.approved_by := NULL;
		NEW.approved_at := NULL;
		NEW.seen_at := NULL;
		RETURN NEW;
	END IF;
	IF OLD.approved_by IS NOT NULL AND (NEW.approved_by, NEW.approved_at) IS DISTINCT FROM (OLD.approved_by, OLD.approved_at) THEN
		RAISE EXCEPTION 'an approval cannot be changed' USING ERRCODE = 'integrity_constraint_violation';
	END IF;
	IF OLD.approved_by IS NULL AND NEW.approved_by IS NOT NULL THEN
		NEW.approved_at := clock_timestamp();
	END IF;
	IF NEW.seen_at IS DISTINCT FROM OLD.seen_at THEN
		IF current_setting('role') <> 'firmseal_firm' OR OLD.seen_at IS NOT NULL THEN
			RAISE EXCEPTION 'only the firm plane records that it saw an approval, and only once' USING ERRCODE = 'insufficient_privilege';
		END IF;
		NEW.seen_at := clock_timestamp();
	END IF;
	RETURN NEW;
END
$$;

CREATE TRIGGER "stamp" BEFORE INSERT OR UPDATE ON "owner_recoveries" FOR EACH ROW EXECUTE FUNCTION "stamp_owner_recovery"();

-- Notifies every OWNER and MEMBER of every step. For a cancellation by an owner, the firm plane itself writes the notice, which names the owner.
-- The notice of the approval is written when the firm plane sees the approval: from a transaction that was kept open, it would appear with an old
-- time, below newer notices.
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

-- The second person's approval. False if the recovery has ended or is approved already.
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

-- Records that the firm plane has seen all approvals, of all firms, so that the owners can see them. This starts their 72 hours. It runs in the firm
-- plane's own transaction, which no one else can keep open. A locked row is recorded later, and so waits longer.
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

-- Withdraws the firm's recovery for the platform, and returns its id.
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

-- Suspending a firm ends its recovery, because the owners of a suspended firm cannot cancel it, so the 72 hours must not run. The firm's row is
-- locked at this point, so no one can request another recovery.
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

-- Makes the owner if requester and approver are two approvers and two persons, and 72 hours have passed since the firm plane saw the approval.
-- Returns COMPLETED, or what is missing; too early, it locks and writes nothing. Unique indexes make the first end count, of this one, an owner's
-- and the platform's, even if this transaction cannot see the other end yet.
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
