-- Who may touch what, below the application. Roles are made by `firmseal init` (src/database/roles.ts); none of them
-- owns anything, none of them can sign in, and each transaction takes exactly one of them.

-- What a plane says of itself in its transaction. An unset firm is no firm: zero rows.
CREATE FUNCTION "current_firm"() RETURNS uuid
	LANGUAGE sql STABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
	RETURN CASE current_setting('transaction_isolation') WHEN 'read committed' THEN nullif(current_setting('firmseal.firm', true), '')::uuid END;
--> statement-breakpoint

GRANT USAGE ON SCHEMA public TO firmseal_firm, firmseal_operator, firmseal_worker;
--> statement-breakpoint
REVOKE EXECUTE ON FUNCTION "current_firm"() FROM PUBLIC;
--> statement-breakpoint
GRANT EXECUTE ON FUNCTION "current_firm"() TO firmseal_firm, firmseal_operator, firmseal_worker, firmseal_owner;
--> statement-breakpoint

-- Rows of firms. FORCE: the owner too sees only what a policy gives it.
ALTER TABLE "firms" ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE "firms" FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE "memberships" ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE "memberships" FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE "users" ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE "users" FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE "operators" ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE "operators" FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE "notes" ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE "notes" FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE "data_keys" ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE "data_keys" FORCE ROW LEVEL SECURITY;
--> statement-breakpoint

-- Firm plane: one firm, the one its transaction names.
GRANT SELECT ON "firms", "memberships" TO firmseal_firm;
--> statement-breakpoint
GRANT SELECT (id, email, name, created_at, disabled_at) ON "users" TO firmseal_firm, firmseal_operator;
--> statement-breakpoint
GRANT SELECT, INSERT ON "notes" TO firmseal_firm;
--> statement-breakpoint
GRANT UPDATE (revision, updated_at, deleted_at, title, body) ON "notes" TO firmseal_firm;
--> statement-breakpoint
GRANT SELECT, INSERT ON "data_keys" TO firmseal_firm;
--> statement-breakpoint
GRANT UPDATE (state, sealed) ON "data_keys" TO firmseal_firm;
--> statement-breakpoint
CREATE POLICY "firm" ON "firms" FOR SELECT TO firmseal_firm USING (id = (SELECT current_firm()));
--> statement-breakpoint
CREATE POLICY "firm" ON "memberships" FOR SELECT TO firmseal_firm USING (firm_id = (SELECT current_firm()));
--> statement-breakpoint
CREATE POLICY "firm" ON "users" FOR SELECT TO firmseal_firm
	USING (EXISTS (SELECT FROM "memberships" m WHERE m.user_id = "users".id AND m.firm_id = (SELECT current_firm())));
--> statement-breakpoint
CREATE POLICY "firm" ON "notes" TO firmseal_firm
	USING (firm_id = (SELECT current_firm())) WITH CHECK (firm_id = (SELECT current_firm()));
--> statement-breakpoint
-- A firm's login has a firm's keys; the platform's are no firm's.
CREATE POLICY "firm" ON "data_keys" FOR SELECT TO firmseal_firm
	USING (firm_id = (SELECT current_firm()) AND firm_id <> '00000000-0000-0000-0000-000000000000');
--> statement-breakpoint
CREATE POLICY "owner_numbers" ON "data_keys" FOR SELECT TO firmseal_owner USING (true);
--> statement-breakpoint
-- The highest version of a series, whatever its state; 0 before the first.
CREATE FUNCTION "latest_key_version"(of_firm uuid, of_class text) RETURNS bigint
	LANGUAGE sql VOLATILE SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$ SELECT coalesce(max(version), 0) FROM public.data_keys WHERE firm_id = of_firm AND class = of_class $$;
--> statement-breakpoint
REVOKE EXECUTE ON FUNCTION "latest_key_version"(uuid, text) FROM PUBLIC;
--> statement-breakpoint
GRANT EXECUTE ON FUNCTION "latest_key_version"(uuid, text) TO firmseal_firm, firmseal_worker;
--> statement-breakpoint
-- After a version with the highest number there is, or one that is retired as it is made, none would follow: no login makes one beyond the
-- next, or one that isn't active. A version that is there already meets the primary key, so that of two who make the same one each learns that.
CREATE POLICY "in_turn" ON "data_keys" AS RESTRICTIVE FOR INSERT
	WITH CHECK (state = 'ACTIVE' AND version <= latest_key_version(firm_id, class) + 1);
--> statement-breakpoint
-- It makes the first version of a class, and of content the one that follows the latest; and retires the one before.
CREATE POLICY "firm_makes" ON "data_keys" FOR INSERT TO firmseal_firm
	WITH CHECK (firm_id = (SELECT current_firm()) AND firm_id <> '00000000-0000-0000-0000-000000000000'
		AND class IN ('DOCUMENT', 'COMMUNICATION', 'BILLING', 'NOTE', 'RIGHTS') AND (version = 1 OR class <> 'RIGHTS')
		AND sealed = 0 AND created_at = now()::timestamp (3) with time zone);
--> statement-breakpoint
-- On the key of rights stands what the firm's owners can do: it is followed by jobs alone, of which they are told. Only jobs disable and destroy.
CREATE POLICY "firm_counts" ON "data_keys" FOR UPDATE TO firmseal_firm
	USING (firm_id = (SELECT current_firm()) AND firm_id <> '00000000-0000-0000-0000-000000000000'
		AND class IN ('DOCUMENT', 'COMMUNICATION', 'BILLING', 'NOTE') AND state = 'ACTIVE')
	WITH CHECK (firm_id = (SELECT current_firm()) AND firm_id <> '00000000-0000-0000-0000-000000000000'
		AND class IN ('DOCUMENT', 'COMMUNICATION', 'BILLING', 'NOTE') AND state IN ('ACTIVE', 'RETIRED'));
--> statement-breakpoint
-- Of what was sealed under a version nothing is unsealed: with a lower count it would go on past the limit of its random nonces.
CREATE FUNCTION "refuse_lower_count"() RETURNS trigger
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RAISE EXCEPTION 'the count of what a key has sealed only rises' USING ERRCODE = 'insufficient_privilege';
END
$$;
--> statement-breakpoint
REVOKE EXECUTE ON FUNCTION "refuse_lower_count"() FROM PUBLIC;
--> statement-breakpoint
CREATE TRIGGER "only_rises" BEFORE UPDATE ON "data_keys"
	FOR EACH ROW WHEN (NEW.sealed < OLD.sealed) EXECUTE FUNCTION "refuse_lower_count"();
--> statement-breakpoint
ALTER TABLE "data_keys" ENABLE ALWAYS TRIGGER "only_rises";
--> statement-breakpoint

-- Operator plane: metadata of all firms, read only. No privilege on a sealed column: naming one is error 42501.
GRANT SELECT ON "firms", "memberships", "operators" TO firmseal_operator;
--> statement-breakpoint
GRANT SELECT (firm_id, id, revision, created_at, updated_at, deleted_at, author_id) ON "notes" TO firmseal_operator;
--> statement-breakpoint
CREATE POLICY "operator" ON "firms" FOR SELECT TO firmseal_operator USING (true);
--> statement-breakpoint
CREATE POLICY "operator" ON "memberships" FOR SELECT TO firmseal_operator USING (true);
--> statement-breakpoint
CREATE POLICY "operator" ON "users" FOR SELECT TO firmseal_operator USING (true);
--> statement-breakpoint
CREATE POLICY "operator" ON "operators" FOR SELECT TO firmseal_operator USING (true);
--> statement-breakpoint
CREATE POLICY "operator" ON "notes" FOR SELECT TO firmseal_operator USING (true);
--> statement-breakpoint

-- Worker: administration of firms, people and wrapped keys. No privilege on content at all.
GRANT SELECT, INSERT ON "firms", "users", "memberships", "operators" TO firmseal_worker;
--> statement-breakpoint
GRANT UPDATE (status, revision) ON "firms" TO firmseal_worker;
--> statement-breakpoint
GRANT UPDATE (roles, disabled_at) ON "operators" TO firmseal_worker;
--> statement-breakpoint
GRANT SELECT ON "data_keys" TO firmseal_worker;
--> statement-breakpoint
CREATE POLICY "worker" ON "firms" TO firmseal_worker USING (true) WITH CHECK (true);
--> statement-breakpoint
CREATE POLICY "worker" ON "users" TO firmseal_worker USING (true) WITH CHECK (true);
--> statement-breakpoint
CREATE POLICY "worker" ON "memberships" TO firmseal_worker USING (true) WITH CHECK (true);
--> statement-breakpoint
CREATE POLICY "worker" ON "operators" TO firmseal_worker USING (true) WITH CHECK (true);
--> statement-breakpoint
CREATE POLICY "worker" ON "data_keys" FOR SELECT TO firmseal_worker USING (true);
--> statement-breakpoint

-- The owner's functions below look people up before a firm is known; content has no policy for the owner.
CREATE POLICY "owner_identifies" ON "firms" FOR SELECT TO firmseal_owner USING (true);
--> statement-breakpoint
CREATE POLICY "owner_identifies" ON "users" FOR SELECT TO firmseal_owner USING (true);
--> statement-breakpoint
CREATE POLICY "owner_identifies" ON "memberships" FOR SELECT TO firmseal_owner USING (true);
--> statement-breakpoint
CREATE POLICY "owner_identifies" ON "operators" FOR SELECT TO firmseal_owner USING (true);
--> statement-breakpoint

-- Who a verified token is, and what that person may be now. At most one row.
CREATE FUNCTION "identify"(of_issuer text, of_subject text)
	RETURNS TABLE (
		user_id uuid, person_id uuid, user_disabled boolean,
		firm_id uuid, firm_status text, firm_role text, removed boolean,
		operator_roles text[], operator_disabled boolean
	)
	LANGUAGE sql STABLE SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT u.id, u.person_id, u.disabled_at IS NOT NULL,
		m.firm_id, f.status, m.role, m.removed_at IS NOT NULL,
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
--> statement-breakpoint

-- Nobody is both. A person who is or was an operator cannot become a member, whatever account is used, and the other way round.
CREATE FUNCTION "refuse_member_and_operator"() RETURNS trigger
	LANGUAGE plpgsql SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	of_person uuid := (SELECT person_id FROM public.users WHERE id = NEW.user_id);
BEGIN
	-- One person at a time: two transactions that make the same person member and operator wait for each other.
	PERFORM pg_advisory_xact_lock(hashtextextended(of_person::text, 0));
	-- With an older snapshot the waiting would be for nothing: it doesn't see what the other has committed.
	IF current_setting('transaction_isolation') <> 'read committed' THEN
		RAISE EXCEPTION 'members and operators are made in read committed' USING ERRCODE = 'invalid_transaction_state';
	END IF;
	IF EXISTS (
		SELECT FROM public.users u
		LEFT JOIN public.memberships m ON m.user_id = u.id AND TG_TABLE_NAME = 'operators'
		LEFT JOIN public.operators o ON o.user_id = u.id AND TG_TABLE_NAME = 'memberships'
		WHERE u.person_id = of_person AND (m.user_id IS NOT NULL OR o.user_id IS NOT NULL)
	) THEN
		RAISE EXCEPTION 'a person is either a member of a firm or an operator' USING ERRCODE = 'integrity_constraint_violation';
	END IF;
	RETURN NEW;
END
$$;
--> statement-breakpoint
REVOKE EXECUTE ON FUNCTION "refuse_member_and_operator"() FROM PUBLIC;
--> statement-breakpoint
CREATE TRIGGER "one_side_only" BEFORE INSERT OR UPDATE ON "memberships"
	FOR EACH ROW EXECUTE FUNCTION "refuse_member_and_operator"();
--> statement-breakpoint
ALTER TABLE "memberships" ENABLE ALWAYS TRIGGER "one_side_only";
--> statement-breakpoint
CREATE TRIGGER "one_side_only" BEFORE INSERT OR UPDATE ON "operators"
	FOR EACH ROW EXECUTE FUNCTION "refuse_member_and_operator"();
--> statement-breakpoint
ALTER TABLE "operators" ENABLE ALWAYS TRIGGER "one_side_only";
