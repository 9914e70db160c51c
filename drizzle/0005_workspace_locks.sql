-- Who may touch what of the workspace. A firm-owned table needs no line here: lock_workspace() gives each what follows from
-- its columns, and is called whenever the database has been brought up to date (src/database/migrate.ts).

CREATE FUNCTION "lock_workspace"() RETURNS void
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	of_table regclass;
	changing text;
	metadata text;
BEGIN
	FOR of_table IN
		SELECT c.oid FROM pg_class c
		WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND (
			SELECT count(*) FROM pg_attribute a
			WHERE a.attrelid = c.oid AND NOT a.attisdropped AND a.attname IN ('firm_id', 'id', 'revision', 'deleted_at')
		) = 4
		ORDER BY c.relname
	LOOP
		-- FORCE: the owner too sees only what a policy gives it, and none does.
		IF NOT (SELECT relrowsecurity AND relforcerowsecurity FROM pg_class WHERE oid = of_table) THEN
			EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', of_table);
		END IF;
		IF NOT EXISTS (SELECT FROM pg_policy WHERE polrelid = of_table AND polname = 'firm') THEN
			EXECUTE format('CREATE POLICY "firm" ON %s TO firmseal_firm
				USING (firm_id = (SELECT public.current_firm())) WITH CHECK (firm_id = (SELECT public.current_firm()))', of_table);
		END IF;
		IF NOT EXISTS (SELECT FROM pg_policy WHERE polrelid = of_table AND polname = 'operator') THEN
			EXECUTE format('CREATE POLICY "operator" ON %s FOR SELECT TO firmseal_operator USING (true)', of_table);
		END IF;
		-- What a row is, what it belongs to and who wrote it never change; the client that it is about may.
		SELECT string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum) INTO changing
		FROM pg_attribute a
		WHERE a.attrelid = of_table AND a.attnum > 0 AND NOT a.attisdropped
			AND a.attname NOT IN ('firm_id', 'id', 'created_at')
			AND (a.attname = 'client_id' OR NOT EXISTS (
				SELECT FROM pg_constraint k WHERE k.conrelid = of_table AND k.contype = 'f' AND a.attnum = ANY (k.conkey)));
		SELECT string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum) INTO metadata
		FROM pg_attribute a
		WHERE a.attrelid = of_table AND a.attnum > 0 AND NOT a.attisdropped AND a.atttypid <> 'public.sealed'::regtype;
		EXECUTE format('GRANT SELECT, INSERT, UPDATE (%2$s) ON %1$s TO firmseal_firm', of_table, changing);
		-- No privilege on a sealed column: naming one is error 42501.
		EXECUTE format('GRANT SELECT (%2$s) ON %1$s TO firmseal_operator', of_table, metadata);
	END LOOP;
END
$$;
--> statement-breakpoint
REVOKE EXECUTE ON FUNCTION "lock_workspace"() FROM PUBLIC;
--> statement-breakpoint

-- The portal: a role of its own, so that what isn't named here, it doesn't have. Its transaction names firm and client.
GRANT EXECUTE ON FUNCTION "current_firm"() TO firmseal_portal;
--> statement-breakpoint
CREATE FUNCTION "current_client"() RETURNS uuid
	LANGUAGE sql STABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
	RETURN nullif(current_setting('firmseal.client', true), '')::uuid;
--> statement-breakpoint
REVOKE EXECUTE ON FUNCTION "current_client"() FROM PUBLIC;
--> statement-breakpoint
GRANT EXECUTE ON FUNCTION "current_client"() TO firmseal_portal;
--> statement-breakpoint
GRANT SELECT ON "firms", "clients", "shares", "documents", "document_versions", "threads", "messages", "invoices",
	"invoice_line_items", "owner_recoveries", "notices" TO firmseal_portal;
--> statement-breakpoint
GRANT SELECT (firm_id, user_id, role, client_id, created_at, removed_at) ON "memberships" TO firmseal_portal;
--> statement-breakpoint
GRANT SELECT (id, email, name, created_at, disabled_at) ON "users" TO firmseal_portal;
--> statement-breakpoint
CREATE POLICY "portal" ON "firms" FOR SELECT TO firmseal_portal USING (id = (SELECT current_firm()));
--> statement-breakpoint
CREATE POLICY "portal" ON "clients" FOR SELECT TO firmseal_portal
	USING (firm_id = (SELECT current_firm()) AND id = (SELECT current_client()));
--> statement-breakpoint
CREATE POLICY "portal" ON "memberships" FOR SELECT TO firmseal_portal
	USING (firm_id = (SELECT current_firm()) AND (role <> 'CLIENT' OR client_id = (SELECT current_client())));
--> statement-breakpoint
CREATE POLICY "portal" ON "users" FOR SELECT TO firmseal_portal
	USING (EXISTS (SELECT FROM "memberships" m WHERE m.user_id = "users".id));
--> statement-breakpoint
CREATE POLICY "portal" ON "shares" FOR SELECT TO firmseal_portal
	USING (firm_id = (SELECT current_firm()) AND client_id = (SELECT current_client()));
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
GRANT UPDATE (revision, updated_at) ON "threads", "documents" TO firmseal_portal;
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

-- A firm keeps an owner: whoever would be the last to go stays. One change of a firm's members at a time.
CREATE FUNCTION "keep_an_owner"() RETURNS trigger
	LANGUAGE plpgsql SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	PERFORM pg_advisory_xact_lock(hashtextextended(OLD.firm_id::text, 1));
	IF OLD.role = 'OWNER' AND OLD.removed_at IS NULL AND (NEW.role <> 'OWNER' OR NEW.removed_at IS NOT NULL)
		AND NOT EXISTS (
			SELECT FROM public.memberships m
			WHERE m.firm_id = OLD.firm_id AND m.user_id <> OLD.user_id AND m.role = 'OWNER' AND m.removed_at IS NULL
		)
	THEN
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

-- Notices.
ALTER TABLE "notices" ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
GRANT SELECT, INSERT ON "notices" TO firmseal_firm;
--> statement-breakpoint
CREATE POLICY "firm" ON "notices" TO firmseal_firm
	USING (firm_id = (SELECT current_firm())) WITH CHECK (firm_id = (SELECT current_firm()));
--> statement-breakpoint
CREATE POLICY "portal" ON "notices" FOR SELECT TO firmseal_portal
	USING (firm_id = (SELECT current_firm()) AND audience = 'EVERYBODY');
--> statement-breakpoint
CREATE POLICY "owner_tells" ON "notices" FOR INSERT TO firmseal_owner WITH CHECK (audience = 'EVERYBODY');
--> statement-breakpoint

-- The way to a new owner. The worker's role asks, agrees and calls off; only the function below makes the owner.
ALTER TABLE "owner_recoveries" ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
GRANT SELECT, UPDATE (ended_at, outcome) ON "owner_recoveries" TO firmseal_firm;
--> statement-breakpoint
CREATE POLICY "firm" ON "owner_recoveries" FOR SELECT TO firmseal_firm USING (firm_id = (SELECT current_firm()));
--> statement-breakpoint
CREATE POLICY "firm_cancels" ON "owner_recoveries" FOR UPDATE TO firmseal_firm
	USING (firm_id = (SELECT current_firm()) AND ended_at IS NULL)
	WITH CHECK (firm_id = (SELECT current_firm()) AND outcome = 'CANCELLED');
--> statement-breakpoint
CREATE POLICY "portal" ON "owner_recoveries" FOR SELECT TO firmseal_portal USING (firm_id = (SELECT current_firm()));
--> statement-breakpoint
GRANT SELECT ON "owner_recoveries" TO firmseal_operator;
--> statement-breakpoint
CREATE POLICY "operator" ON "owner_recoveries" FOR SELECT TO firmseal_operator USING (true);
--> statement-breakpoint
GRANT SELECT, INSERT (id, firm_id, user_id, requested_by), UPDATE (approved_by, approved_at, ended_at, outcome)
	ON "owner_recoveries" TO firmseal_worker;
--> statement-breakpoint
CREATE POLICY "worker" ON "owner_recoveries" FOR SELECT TO firmseal_worker USING (true);
--> statement-breakpoint
CREATE POLICY "worker_requests" ON "owner_recoveries" FOR INSERT TO firmseal_worker WITH CHECK (true);
--> statement-breakpoint
CREATE POLICY "worker_decides" ON "owner_recoveries" FOR UPDATE TO firmseal_worker
	USING (ended_at IS NULL) WITH CHECK (outcome IS NULL OR outcome = 'CANCELLED');
--> statement-breakpoint
CREATE POLICY "owner_recovers" ON "owner_recoveries" TO firmseal_owner USING (true) WITH CHECK (true);
--> statement-breakpoint
CREATE POLICY "owner_recovers" ON "memberships" FOR INSERT TO firmseal_owner WITH CHECK (role = 'OWNER');
--> statement-breakpoint
CREATE POLICY "owner_recovers_again" ON "memberships" FOR UPDATE TO firmseal_owner USING (true) WITH CHECK (role = 'OWNER');
--> statement-breakpoint

-- A request and its approval are of now, by this database's clock; an approval is given once. Only an active firm is on the
-- way: the owners of another couldn't call it off.
CREATE FUNCTION "stamp_owner_recovery"() RETURNS trigger
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF TG_OP = 'INSERT' THEN
		-- One at a time with whoever suspends the firm; with an older snapshot the waiting would be for nothing.
		PERFORM pg_advisory_xact_lock(hashtextextended(NEW.firm_id::text, 2));
		IF current_setting('transaction_isolation') <> 'read committed' THEN
			RAISE EXCEPTION 'an owner recovery is asked for in read committed' USING ERRCODE = 'invalid_transaction_state';
		END IF;
		IF NOT EXISTS (SELECT FROM public.firms f WHERE f.id = NEW.firm_id AND f.status = 'ACTIVE') THEN
			RAISE EXCEPTION 'the firm is not active' USING ERRCODE = 'integrity_constraint_violation';
		END IF;
		NEW.requested_at := clock_timestamp();
		RETURN NEW;
	END IF;
	IF OLD.approved_by IS NOT NULL AND (NEW.approved_by, NEW.approved_at) IS DISTINCT FROM (OLD.approved_by, OLD.approved_at) THEN
		RAISE EXCEPTION 'an approval is given once' USING ERRCODE = 'integrity_constraint_violation';
	END IF;
	IF OLD.approved_by IS NULL AND NEW.approved_by IS NOT NULL THEN
		NEW.approved_at := clock_timestamp();
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

-- Every member is told of every step, whoever takes it and by whatever means. An owner's own notice names the owner.
CREATE FUNCTION "tell_owner_recovery"() RETURNS trigger
	LANGUAGE plpgsql SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	step text := CASE
		WHEN TG_OP = 'INSERT' THEN 'REQUESTED'
		WHEN OLD.ended_at IS NULL AND NEW.ended_at IS NOT NULL THEN NEW.outcome
		WHEN OLD.approved_by IS NULL AND NEW.approved_by IS NOT NULL THEN 'APPROVED'
	END;
BEGIN
	IF step IS NULL OR current_setting('role') = 'firmseal_firm' THEN RETURN NULL; END IF;
	INSERT INTO public.notices (id, firm_id, kind, audience, user_id, role) VALUES (
		-- A UUIDv7: a random one of version 4 whose first 48 bits are the milliseconds, and its version one of 7.
		encode(set_bit(set_bit(overlay(uuid_send(gen_random_uuid())
			PLACING substring(int8send((extract(epoch FROM clock_timestamp()) * 1000)::bigint) FROM 3) FROM 1 FOR 6), 52, 1), 53, 1), 'hex')::uuid,
		NEW.firm_id, 'OWNER_RECOVERY_' || step, 'EVERYBODY', NEW.user_id, 'OWNER');
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

-- While a firm is suspended its owners can call nothing off, so the 72 hours never run then: suspending ends a recovery.
CREATE FUNCTION "end_owner_recovery"() RETURNS trigger
	LANGUAGE plpgsql SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	PERFORM pg_advisory_xact_lock(hashtextextended(NEW.id::text, 2));
	IF current_setting('transaction_isolation') <> 'read committed' THEN
		RAISE EXCEPTION 'a firm is suspended in read committed' USING ERRCODE = 'invalid_transaction_state';
	END IF;
	UPDATE public.owner_recoveries SET ended_at = clock_timestamp(), outcome = 'CANCELLED'
	WHERE firm_id = NEW.id AND ended_at IS NULL;
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

-- Makes the owner: two approvers who are two persons, and 72 hours after the second. Answers COMPLETED, or what is missing.
CREATE FUNCTION "complete_owner_recovery"(of_id uuid) RETURNS text
	LANGUAGE plpgsql SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	recovery public.owner_recoveries;
BEGIN
	SELECT * INTO recovery FROM public.owner_recoveries WHERE id = of_id AND ended_at IS NULL FOR UPDATE;
	IF NOT FOUND THEN RETURN 'ENDED'; END IF;
	IF recovery.approved_at IS NULL THEN RETURN 'UNAPPROVED'; END IF;
	IF recovery.approved_at + interval '72 hours' > clock_timestamp() THEN RETURN 'EARLY'; END IF;
	IF 2 > (
		SELECT count(DISTINCT u.person_id) FROM public.operators o JOIN public.users u ON u.id = o.user_id
		WHERE o.user_id IN (recovery.requested_by, recovery.approved_by)
			AND 'APPROVER' = ANY (o.roles) AND o.disabled_at IS NULL AND u.disabled_at IS NULL
	) THEN RETURN 'UNAPPROVED'; END IF;
	INSERT INTO public.memberships (firm_id, user_id, role) VALUES (recovery.firm_id, recovery.user_id, 'OWNER')
		ON CONFLICT (firm_id, user_id) DO UPDATE SET role = 'OWNER', client_id = NULL, removed_at = NULL;
	UPDATE public.owner_recoveries SET ended_at = clock_timestamp(), outcome = 'COMPLETED' WHERE id = of_id;
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
