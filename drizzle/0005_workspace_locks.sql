-- Who may touch what of the workspace. A firm-owned table needs no line here: lock_workspace() gives each what follows from
-- its columns, and is called whenever the database has been brought up to date (src/database/migrate.ts).

-- The portal: a role of its own, so that what isn't named here, it doesn't have. Its transaction names firm and client, which a
-- policy asks for together: a session may name others between two questions of one statement.
GRANT EXECUTE ON FUNCTION "current_firm"() TO firmseal_portal;
--> statement-breakpoint
CREATE FUNCTION "current_client"() RETURNS uuid
	LANGUAGE sql STABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
	RETURN CASE current_setting('transaction_isolation') WHEN 'read committed' THEN nullif(current_setting('firmseal.client', true), '')::uuid END;
--> statement-breakpoint
REVOKE EXECUTE ON FUNCTION "current_client"() FROM PUBLIC;
--> statement-breakpoint
GRANT EXECUTE ON FUNCTION "current_client"() TO firmseal_portal;
--> statement-breakpoint
GRANT SELECT ON "firms", "clients", "shares", "documents", "document_versions", "threads", "messages", "invoices",
	"invoice_line_items" TO firmseal_portal;
--> statement-breakpoint
GRANT SELECT (firm_id, user_id, role, client_id, created_at, removed_at) ON "memberships" TO firmseal_portal;
--> statement-breakpoint
GRANT SELECT (id, email, name, created_at, disabled_at) ON "users" TO firmseal_portal;
--> statement-breakpoint
CREATE POLICY "portal" ON "firms" FOR SELECT TO firmseal_portal USING (id = (SELECT current_firm()));
--> statement-breakpoint
CREATE POLICY "portal" ON "clients" FOR SELECT TO firmseal_portal
	USING ((firm_id, id) = (SELECT current_firm(), current_client()));
--> statement-breakpoint
CREATE POLICY "portal" ON "memberships" FOR SELECT TO firmseal_portal
	USING (firm_id = (SELECT current_firm()) AND (role <> 'CLIENT' OR (firm_id, client_id) = (SELECT current_firm(), current_client())));
--> statement-breakpoint
CREATE POLICY "portal" ON "users" FOR SELECT TO firmseal_portal
	USING (EXISTS (SELECT FROM "memberships" m WHERE m.user_id = "users".id));
--> statement-breakpoint
CREATE POLICY "portal" ON "shares" FOR SELECT TO firmseal_portal
	USING ((firm_id, client_id) = (SELECT current_firm(), current_client()));
--> statement-breakpoint
CREATE POLICY "portal" ON "documents" TO firmseal_portal
	USING (EXISTS (SELECT FROM "shares" s WHERE s.firm_id = "documents".firm_id AND s.document_id = "documents".id));
--> statement-breakpoint
CREATE POLICY "portal" ON "document_versions" TO firmseal_portal
	USING (EXISTS (SELECT FROM "shares" s
		WHERE s.firm_id = "document_versions".firm_id AND s.document_id = "document_versions".document_id));
--> statement-breakpoint
CREATE POLICY "portal" ON "threads" TO firmseal_portal
	USING (EXISTS (SELECT FROM "shares" s WHERE s.firm_id = "threads".firm_id AND s.thread_id = "threads".id));
--> statement-breakpoint
CREATE POLICY "portal" ON "messages" TO firmseal_portal
	USING (EXISTS (SELECT FROM "shares" s WHERE s.firm_id = "messages".firm_id AND s.thread_id = "messages".thread_id));
--> statement-breakpoint
CREATE POLICY "portal" ON "invoices" FOR SELECT TO firmseal_portal
	USING (status <> 'DRAFT'
		AND EXISTS (SELECT FROM "shares" s WHERE s.firm_id = "invoices".firm_id AND s.invoice_id = "invoices".id));
--> statement-breakpoint
CREATE POLICY "portal" ON "invoice_line_items" FOR SELECT TO firmseal_portal
	USING (EXISTS (SELECT FROM "invoices" i
		WHERE i.firm_id = "invoice_line_items".firm_id AND i.id = "invoice_line_items".invoice_id));
--> statement-breakpoint
-- It writes messages and makes versions, and moves the time of what they belong to.
GRANT INSERT ON "messages", "document_versions" TO firmseal_portal;
--> statement-breakpoint
GRANT UPDATE (updated_at) ON "threads", "documents" TO firmseal_portal;
--> statement-breakpoint

-- What is shared.
ALTER TABLE "shares" ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
GRANT SELECT, INSERT, DELETE ON "shares" TO firmseal_firm;
--> statement-breakpoint
CREATE POLICY "firm" ON "shares" TO firmseal_firm
	USING (firm_id = (SELECT current_firm())) WITH CHECK (firm_id = (SELECT current_firm()));
--> statement-breakpoint
GRANT SELECT ON "shares" TO firmseal_operator;
--> statement-breakpoint
CREATE POLICY "operator" ON "shares" FOR SELECT TO firmseal_operator USING (true);
--> statement-breakpoint

-- Members: a firm's own plane changes them. The platform may make the first owner of a firm that has nobody, and no other.
GRANT INSERT ON "users", "memberships" TO firmseal_firm;
--> statement-breakpoint
GRANT UPDATE (role, client_id, removed_at) ON "memberships" TO firmseal_firm;
--> statement-breakpoint
CREATE POLICY "firm_adds" ON "users" FOR INSERT TO firmseal_firm WITH CHECK (true);
--> statement-breakpoint
CREATE POLICY "firm_adds" ON "memberships" FOR INSERT TO firmseal_firm WITH CHECK (firm_id = (SELECT current_firm()));
--> statement-breakpoint
CREATE POLICY "firm_changes" ON "memberships" FOR UPDATE TO firmseal_firm
	USING (firm_id = (SELECT current_firm())) WITH CHECK (firm_id = (SELECT current_firm()));
--> statement-breakpoint
DROP POLICY "worker" ON "memberships";
--> statement-breakpoint
CREATE POLICY "worker" ON "memberships" FOR SELECT TO firmseal_worker USING (true);
--> statement-breakpoint
CREATE POLICY "worker_adds_first" ON "memberships" FOR INSERT TO firmseal_worker
	WITH CHECK (role = 'OWNER' AND NOT EXISTS (SELECT FROM "memberships" m WHERE m.firm_id = "memberships".firm_id));
--> statement-breakpoint

-- A firm keeps an owner: whoever would be the last to go stays. Owners go one at a time, by locks on their rows, which only the
-- firm's own plane can hold: an advisory lock any login could, for ever. In one order, as src/firms/members.ts does before it.
CREATE FUNCTION "keep_an_owner"() RETURNS trigger
	LANGUAGE plpgsql SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
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
--> statement-breakpoint
REVOKE EXECUTE ON FUNCTION "keep_an_owner"() FROM PUBLIC;
--> statement-breakpoint
CREATE TRIGGER "keep_an_owner" BEFORE UPDATE ON "memberships"
	FOR EACH ROW EXECUTE FUNCTION "keep_an_owner"();
--> statement-breakpoint
ALTER TABLE "memberships" ENABLE ALWAYS TRIGGER "keep_an_owner";
--> statement-breakpoint
-- It takes an advisory lock on the person, on whom nothing depends when a member only changes or goes: the row was checked when
-- it was made, and whoever has one, present or former, becomes no operator.
DROP TRIGGER "one_side_only" ON "memberships";
--> statement-breakpoint
CREATE TRIGGER "one_side_only" BEFORE INSERT OR UPDATE OF user_id ON "memberships"
	FOR EACH ROW EXECUTE FUNCTION "refuse_member_and_operator"();
--> statement-breakpoint
ALTER TABLE "memberships" ENABLE ALWAYS TRIGGER "one_side_only";
--> statement-breakpoint

-- Notices.
ALTER TABLE "notices" ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
GRANT SELECT, INSERT ON "notices" TO firmseal_firm;
--> statement-breakpoint
CREATE POLICY "firm" ON "notices" TO firmseal_firm
	USING (firm_id = (SELECT current_firm())) WITH CHECK (firm_id = (SELECT current_firm()));
--> statement-breakpoint
CREATE POLICY "owner_tells" ON "notices" FOR INSERT TO firmseal_owner WITH CHECK (audience = 'EVERYBODY');
--> statement-breakpoint

-- The way to a new owner. The worker's role asks, agrees and withdraws, the firm's sees and calls off; only the function makes
-- the owner. Whoever holds the worker's login may keep a transaction open for as long as it likes, so nothing that the 72 hours
-- or an owner's objection stand on is in its hands: no privilege with which it could lock a row, no time of its own.
ALTER TABLE "owner_recoveries" ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE "owner_recovery_ends" ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
GRANT SELECT ON "owner_recoveries", "owner_recovery_ends" TO firmseal_firm, firmseal_operator, firmseal_worker;
--> statement-breakpoint
GRANT INSERT (id, firm_id, user_id, requested_by) ON "owner_recoveries" TO firmseal_worker;
--> statement-breakpoint
GRANT INSERT (recovery_id, firm_id, outcome) ON "owner_recovery_ends" TO firmseal_firm;
--> statement-breakpoint
CREATE POLICY "firm" ON "owner_recoveries" FOR SELECT TO firmseal_firm USING (firm_id = (SELECT current_firm()));
--> statement-breakpoint
CREATE POLICY "operator" ON "owner_recoveries" FOR SELECT TO firmseal_operator USING (true);
--> statement-breakpoint
CREATE POLICY "worker" ON "owner_recoveries" FOR SELECT TO firmseal_worker USING (true);
--> statement-breakpoint
CREATE POLICY "worker_requests" ON "owner_recoveries" FOR INSERT TO firmseal_worker WITH CHECK (true);
--> statement-breakpoint
CREATE POLICY "owner_recovers" ON "owner_recoveries" TO firmseal_owner USING (true) WITH CHECK (true);
--> statement-breakpoint
CREATE POLICY "firm" ON "owner_recovery_ends" FOR SELECT TO firmseal_firm USING (firm_id = (SELECT current_firm()));
--> statement-breakpoint
CREATE POLICY "firm_cancels" ON "owner_recovery_ends" FOR INSERT TO firmseal_firm
	WITH CHECK (firm_id = (SELECT current_firm()) AND outcome = 'CANCELLED' AND EXISTS (
		SELECT FROM "owner_recoveries" r WHERE r.id = recovery_id AND r.firm_id = "owner_recovery_ends".firm_id));
--> statement-breakpoint
CREATE POLICY "operator" ON "owner_recovery_ends" FOR SELECT TO firmseal_operator USING (true);
--> statement-breakpoint
CREATE POLICY "worker" ON "owner_recovery_ends" FOR SELECT TO firmseal_worker USING (true);
--> statement-breakpoint
CREATE POLICY "owner_looks" ON "owner_recovery_ends" FOR SELECT TO firmseal_owner USING (true);
--> statement-breakpoint
CREATE POLICY "owner_ends" ON "owner_recovery_ends" FOR INSERT TO firmseal_owner WITH CHECK (outcome <> 'CANCELLED');
--> statement-breakpoint
CREATE POLICY "owner_recovers" ON "memberships" FOR INSERT TO firmseal_owner WITH CHECK (role = 'OWNER');
--> statement-breakpoint
CREATE POLICY "owner_recovers_again" ON "memberships" FOR UPDATE TO firmseal_owner USING (true) WITH CHECK (role = 'OWNER');
--> statement-breakpoint

-- A request, its approval and its being seen are of now, by this database's clock, one after the other, each once. A firm is on
-- one way at a time, and only an active one: the owners of another couldn't call it off.
CREATE FUNCTION "stamp_owner_recovery"() RETURNS trigger
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF TG_OP = 'INSERT' THEN
		-- With an older snapshot the waiting would be for nothing.
		IF current_setting('transaction_isolation') <> 'read committed' THEN
			RAISE EXCEPTION 'an owner recovery is asked for in read committed' USING ERRCODE = 'invalid_transaction_state';
		END IF;
		-- One at a time with whoever asks for another, or suspends the firm.
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
--> statement-breakpoint
REVOKE EXECUTE ON FUNCTION "stamp_owner_recovery"() FROM PUBLIC;
--> statement-breakpoint
CREATE TRIGGER "stamp" BEFORE INSERT OR UPDATE ON "owner_recoveries"
	FOR EACH ROW EXECUTE FUNCTION "stamp_owner_recovery"();
--> statement-breakpoint
ALTER TABLE "owner_recoveries" ENABLE ALWAYS TRIGGER "stamp";
--> statement-breakpoint

-- Every OWNER and MEMBER is told of every step, whoever takes it and by whatever means. An owner's own notice names the owner.
-- The approval is told when the firm's plane sees it: a notice of a transaction that was kept open would be an old one, below
-- newer ones, when it comes out.
CREATE FUNCTION "tell_owner_recovery"() RETURNS trigger
	LANGUAGE plpgsql SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
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
		-- A UUIDv7: a random one of version 4 whose first 48 bits are the milliseconds, and its version one of 7.
		encode(set_bit(set_bit(overlay(uuid_send(gen_random_uuid())
			PLACING substring(int8send((extract(epoch FROM clock_timestamp()) * 1000)::bigint) FROM 3) FROM 1 FOR 6), 52, 1), 53, 1), 'hex')::uuid,
		recovery.firm_id, 'OWNER_RECOVERY_' || step, 'EVERYBODY', recovery.user_id, 'OWNER', clock_timestamp());
	RETURN NULL;
END
$$;
--> statement-breakpoint
REVOKE EXECUTE ON FUNCTION "tell_owner_recovery"() FROM PUBLIC;
--> statement-breakpoint
CREATE TRIGGER "tell" AFTER INSERT OR UPDATE ON "owner_recoveries"
	FOR EACH ROW EXECUTE FUNCTION "tell_owner_recovery"();
--> statement-breakpoint
ALTER TABLE "owner_recoveries" ENABLE ALWAYS TRIGGER "tell";
--> statement-breakpoint
CREATE TRIGGER "tell" AFTER INSERT ON "owner_recovery_ends"
	FOR EACH ROW EXECUTE FUNCTION "tell_owner_recovery"();
--> statement-breakpoint
ALTER TABLE "owner_recovery_ends" ENABLE ALWAYS TRIGGER "tell";
--> statement-breakpoint

-- The second person's yes. false: it has ended, or is approved already.
CREATE FUNCTION "approve_owner_recovery"(of_id uuid, approver uuid) RETURNS boolean
	LANGUAGE plpgsql SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	UPDATE public.owner_recoveries r SET approved_by = approver
	WHERE r.id = of_id AND r.approved_by IS NULL
		AND NOT EXISTS (SELECT FROM public.owner_recovery_ends e WHERE e.recovery_id = r.id);
	RETURN FOUND;
END
$$;
--> statement-breakpoint
REVOKE EXECUTE ON FUNCTION "approve_owner_recovery"(uuid, uuid) FROM PUBLIC;
--> statement-breakpoint
GRANT EXECUTE ON FUNCTION "approve_owner_recovery"(uuid, uuid) TO firmseal_worker;
--> statement-breakpoint

-- The firm's plane has seen the approvals, of whatever firm, so that from now on their owners can: the 72 hours begin. In its own
-- transaction, which nobody else can keep open; a row that is locked is seen later, and waits for longer.
CREATE FUNCTION "witness_owner_recoveries"() RETURNS void
	LANGUAGE sql SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
	UPDATE public.owner_recoveries SET seen_at = clock_timestamp() WHERE id IN (
		SELECT r.id FROM public.owner_recoveries r
		WHERE r.approved_at IS NOT NULL AND r.seen_at IS NULL
			AND NOT EXISTS (SELECT FROM public.owner_recovery_ends e WHERE e.recovery_id = r.id)
		FOR UPDATE SKIP LOCKED
	)
$$;
--> statement-breakpoint
REVOKE EXECUTE ON FUNCTION "witness_owner_recoveries"() FROM PUBLIC;
--> statement-breakpoint
GRANT EXECUTE ON FUNCTION "witness_owner_recoveries"() TO firmseal_firm;
--> statement-breakpoint

-- The platform calls off what the firm is on; answers what that was.
CREATE FUNCTION "withdraw_owner_recovery"(of_firm uuid) RETURNS SETOF uuid
	LANGUAGE sql SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
	INSERT INTO public.owner_recovery_ends (recovery_id, firm_id, outcome)
	SELECT r.id, r.firm_id, 'WITHDRAWN' FROM public.owner_recoveries r
	WHERE r.firm_id = of_firm AND NOT EXISTS (SELECT FROM public.owner_recovery_ends e WHERE e.recovery_id = r.id)
	ON CONFLICT DO NOTHING
	RETURNING recovery_id
$$;
--> statement-breakpoint
REVOKE EXECUTE ON FUNCTION "withdraw_owner_recovery"(uuid) FROM PUBLIC;
--> statement-breakpoint
GRANT EXECUTE ON FUNCTION "withdraw_owner_recovery"(uuid) TO firmseal_worker;
--> statement-breakpoint

-- While a firm is suspended its owners can call nothing off, so the 72 hours never run then: suspending ends a recovery. The
-- firm's row is locked by now, so that nobody asks for one meanwhile.
CREATE FUNCTION "end_owner_recovery"() RETURNS trigger
	LANGUAGE plpgsql SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF current_setting('transaction_isolation') <> 'read committed' THEN
		RAISE EXCEPTION 'a firm is suspended in read committed' USING ERRCODE = 'invalid_transaction_state';
	END IF;
	PERFORM public.withdraw_owner_recovery(NEW.id);
	RETURN NULL;
END
$$;
--> statement-breakpoint
REVOKE EXECUTE ON FUNCTION "end_owner_recovery"() FROM PUBLIC;
--> statement-breakpoint
CREATE TRIGGER "end_owner_recovery" AFTER UPDATE ON "firms"
	FOR EACH ROW WHEN (NEW.status <> 'ACTIVE') EXECUTE FUNCTION "end_owner_recovery"();
--> statement-breakpoint
ALTER TABLE "firms" ENABLE ALWAYS TRIGGER "end_owner_recovery";
--> statement-breakpoint

-- Makes the owner: two approvers who are two persons, and 72 hours after the firm's plane saw it. Answers COMPLETED, or what is
-- missing; before its time it locks and writes nothing. Its end meets an end by an owner or the platform in a unique index:
-- whichever is first counts, whatever this transaction could see.
CREATE FUNCTION "complete_owner_recovery"(of_id uuid) RETURNS text
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
		SELECT count(DISTINCT u.person_id) FROM public.operators o JOIN public.users u ON u.id = o.user_id
		WHERE o.user_id IN (recovery.requested_by, recovery.approved_by)
			AND 'APPROVER' = ANY (o.roles) AND o.disabled_at IS NULL AND u.disabled_at IS NULL
	) THEN RETURN 'UNAPPROVED'; END IF;
	INSERT INTO public.owner_recovery_ends (recovery_id, firm_id, outcome) VALUES (of_id, recovery.firm_id, 'COMPLETED')
		ON CONFLICT DO NOTHING;
	IF NOT FOUND THEN RETURN 'ENDED'; END IF;
	INSERT INTO public.memberships (firm_id, user_id, role) VALUES (recovery.firm_id, recovery.user_id, 'OWNER')
		ON CONFLICT (firm_id, user_id) DO UPDATE SET role = 'OWNER', client_id = NULL, removed_at = NULL;
	RETURN 'COMPLETED';
END
$$;
--> statement-breakpoint
REVOKE EXECUTE ON FUNCTION "complete_owner_recovery"(uuid) FROM PUBLIC;
--> statement-breakpoint
GRANT EXECUTE ON FUNCTION "complete_owner_recovery"(uuid) TO firmseal_worker;
--> statement-breakpoint

-- Who a verified token is: now with the client of a portal user.
DROP FUNCTION "identify"(text, text);
--> statement-breakpoint
CREATE FUNCTION "identify"(of_issuer text, of_subject text)
	RETURNS TABLE (
		user_id uuid, person_id uuid, user_disabled boolean,
		firm_id uuid, firm_status text, firm_role text, client_id uuid, removed boolean,
		operator_roles text[], operator_disabled boolean
	)
	LANGUAGE sql STABLE SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT u.id, u.person_id, u.disabled_at IS NOT NULL,
		m.firm_id, f.status, m.role, m.client_id, m.removed_at IS NOT NULL,
		o.roles, o.disabled_at IS NOT NULL
	FROM public.users u
	LEFT JOIN public.memberships m ON m.user_id = u.id
	LEFT JOIN public.firms f ON f.id = m.firm_id
	LEFT JOIN public.operators o ON o.user_id = u.id
	WHERE u.issuer = of_issuer AND u.subject = of_subject
$$;
--> statement-breakpoint
REVOKE EXECUTE ON FUNCTION "identify"(text, text) FROM PUBLIC;
--> statement-breakpoint
GRANT EXECUTE ON FUNCTION "identify"(text, text) TO firmseal_firm, firmseal_operator;
