-- How a lease is used, and what else of the database knows of leases.

-- Whether a lease may be used at a moment. At the very moment of its expiry it may not.
CREATE FUNCTION "is_lease_open"(state text, activated_at timestamptz, expires_at timestamptz, at timestamptz) RETURNS boolean
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
	RETURN coalesce(state = 'ACTIVE' AND at >= activated_at - interval '2 seconds' AND at < expires_at, false);
--> statement-breakpoint
REVOKE EXECUTE ON FUNCTION "is_lease_open"(text, timestamptz, timestamptz, timestamptz) FROM PUBLIC;
--> statement-breakpoint
GRANT EXECUTE ON FUNCTION "is_lease_open"(text, timestamptz, timestamptz, timestamptz) TO firmseal_owner;
--> statement-breakpoint

-- What a lease that is open shows: records null are all.
CREATE TYPE "scope_of_lease" AS (lease uuid, firm uuid, records uuid[], expires_at timestamptz);
--> statement-breakpoint
-- Of the lease and firm that the transaction names, what of the class the lease shows; null when it is not open for them. All of it in one
-- answer: a session may name another lease between two questions of one statement, and so take the parts of several.
-- VOLATILE: of now, not of when a cursor was declared; and with an older snapshot the end mark would not be seen at all.
CREATE FUNCTION "lease_scope"(of_class text) RETURNS "scope_of_lease"
	LANGUAGE sql VOLATILE SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT ROW(l.id, l.firm_id, l.record_ids, l.expires_at)::public.scope_of_lease FROM public.leases l
	WHERE l.id = public.current_lease() AND l.firm_id = public.current_firm() AND of_class = ANY (l.classes)
		AND public.is_lease_open(l.state, l.activated_at, l.expires_at, clock_timestamp())
		AND NOT EXISTS (SELECT FROM public.lease_ends e WHERE e.lease_id = l.id)
		AND EXISTS (SELECT FROM public.firms f WHERE f.id = l.firm_id AND f.status = 'ACTIVE')
		AND EXISTS (SELECT FROM public.operators o JOIN public.users u ON u.id = o.user_id
			WHERE o.user_id = l.requested_by AND 'OPERATOR' = ANY (o.roles) AND o.disabled_at IS NULL AND u.disabled_at IS NULL)
		AND public.is_clock_sound()
$$;
--> statement-breakpoint
REVOKE EXECUTE ON FUNCTION "lease_scope"(text) FROM PUBLIC;
--> statement-breakpoint
GRANT EXECUTE ON FUNCTION "lease_scope"(text) TO firmseal_break_glass;
--> statement-breakpoint
-- Whether a row of the firm, of the class, is one of those, which is asked anew for each row.
CREATE FUNCTION "lease_allows"(of_firm uuid, of_class text) RETURNS boolean
	LANGUAGE sql VOLATILE SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$ SELECT coalesce((public.lease_scope(of_class)).firm = of_firm, false) $$;
--> statement-breakpoint
REVOKE EXECUTE ON FUNCTION "lease_allows"(uuid, text) FROM PUBLIC;
--> statement-breakpoint
GRANT EXECUTE ON FUNCTION "lease_allows"(uuid, text) TO firmseal_break_glass;
--> statement-breakpoint
GRANT SELECT ON "data_keys" TO firmseal_break_glass;
--> statement-breakpoint
CREATE POLICY "lease" ON "data_keys" FOR SELECT TO firmseal_break_glass
	USING (firm_id = (SELECT current_firm()) AND class IN ('DOCUMENT', 'COMMUNICATION', 'BILLING', 'NOTE')
		AND lease_allows(firm_id, class));
--> statement-breakpoint

-- Holds a lease for the transaction, so that whoever ends it waits for the transaction. false: it is not to be used by this person.
-- The end mark is looked at first: ending begins with it.
CREATE FUNCTION "hold_lease"(of_lease uuid, of_firm uuid, of_user uuid) RETURNS boolean
	LANGUAGE plpgsql SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	lease public.leases;
BEGIN
	-- With an older snapshot the end mark would not be seen.
	IF current_setting('transaction_isolation') <> 'read committed' THEN
		RAISE EXCEPTION 'a lease is used in read committed' USING ERRCODE = 'invalid_transaction_state';
	END IF;
	IF EXISTS (SELECT FROM public.lease_ends e WHERE e.lease_id = of_lease) THEN RETURN false; END IF;
	SELECT * INTO lease FROM public.leases l WHERE l.id = of_lease FOR SHARE;
	RETURN coalesce(FOUND AND lease.firm_id = of_firm AND lease.requested_by = of_user
		AND public.is_lease_open(lease.state, lease.activated_at, lease.expires_at, clock_timestamp())
		AND public.is_clock_sound()
		-- What has come meanwhile.
		AND NOT EXISTS (SELECT FROM public.lease_ends e WHERE e.lease_id = of_lease)
		AND EXISTS (SELECT FROM public.firms f WHERE f.id = of_firm AND f.status = 'ACTIVE')
		AND EXISTS (SELECT FROM public.operators o JOIN public.users u ON u.id = o.user_id
			WHERE o.user_id = of_user AND 'OPERATOR' = ANY (o.roles) AND o.disabled_at IS NULL AND u.disabled_at IS NULL), false);
END
$$;
--> statement-breakpoint
REVOKE EXECUTE ON FUNCTION "hold_lease"(uuid, uuid, uuid) FROM PUBLIC;
--> statement-breakpoint
GRANT EXECUTE ON FUNCTION "hold_lease"(uuid, uuid, uuid) TO firmseal_break_glass;
--> statement-breakpoint

-- One wave of values: holds the lease, checks that it covers all of them, and takes them from the budget. ENDED, SCOPE or BUDGET: nothing
-- was taken. The firm's owners are told of the first reading, and of every 25 values.
CREATE FUNCTION "use_lease"(of_lease uuid, of_firm uuid, of_user uuid, of_classes text[], of_coordinates text[], of_records uuid[],
	of_values integer) RETURNS text
	LANGUAGE plpgsql SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	lease public.leases;
	had bigint;
BEGIN
	IF NOT public.hold_lease(of_lease, of_firm, of_user) THEN RETURN 'ENDED'; END IF;
	SELECT * INTO lease FROM public.leases l WHERE l.id = of_lease;
	-- What isn't said is never everything.
	IF NOT coalesce(cardinality(of_classes) > 0 AND of_classes <@ lease.classes
		AND cardinality(of_coordinates) > 0 AND array_position(of_coordinates, NULL) IS NULL
		AND coalesce(of_coordinates <@ lease.coordinates, lease.coordinates IS NULL)
		AND cardinality(of_records) > 0 AND array_position(of_records, NULL) IS NULL
		AND coalesce(of_records <@ lease.record_ids, lease.record_ids IS NULL)
		AND of_values >= 0, false)
	THEN RETURN 'SCOPE'; END IF;
	UPDATE public.lease_budgets b SET used = b.used + of_values, used_at = clock_timestamp()
		WHERE b.lease_id = of_lease AND (b.budget IS NULL OR b.used + of_values <= b.budget)
		RETURNING b.used - of_values INTO had;
	IF NOT FOUND THEN RETURN 'BUDGET'; END IF;
	IF of_values > 0 AND (had = 0 OR had / 25 < (had + of_values) / 25) THEN
		INSERT INTO public.notices (id, firm_id, kind, audience, lease_id, created_at)
			VALUES (public.generate_uuid_v7(), of_firm, 'LEASE_READ', 'OWNERS', of_lease, clock_timestamp());
	END IF;
	RETURN 'OPEN';
END
$$;
--> statement-breakpoint
REVOKE EXECUTE ON FUNCTION "use_lease"(uuid, uuid, uuid, text[], text[], uuid[], integer) FROM PUBLIC;
--> statement-breakpoint
GRANT EXECUTE ON FUNCTION "use_lease"(uuid, uuid, uuid, text[], text[], uuid[], integer) TO firmseal_break_glass;
--> statement-breakpoint

-- Who a verified token is: now with the proof of what it says.
DROP FUNCTION "identify"(text, text);
--> statement-breakpoint
CREATE FUNCTION "identify"(of_issuer text, of_subject text)
	RETURNS TABLE (
		user_id uuid, person_id uuid, user_disabled boolean,
		firm_id uuid, firm_status text, firm_role text, client_id uuid, removed boolean, membership_mac bytea,
		operator_roles text[], operator_disabled boolean, operator_mac bytea
	)
	LANGUAGE sql STABLE SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT u.id, u.person_id, u.disabled_at IS NOT NULL,
		m.firm_id, f.status, m.role, m.client_id, m.removed_at IS NOT NULL, m.mac,
		o.roles, o.disabled_at IS NOT NULL, o.mac
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
-- What a member's proof is about, for the firm's own plane, which doesn't see these columns of accounts.
CREATE FUNCTION "identity_of_member"(of_user uuid) RETURNS TABLE (person_id uuid, issuer text, subject text)
	LANGUAGE sql STABLE SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT u.person_id, u.issuer, u.subject FROM public.users u
	JOIN public.memberships m ON m.user_id = u.id
	WHERE u.id = of_user AND m.firm_id = public.current_firm()
$$;
--> statement-breakpoint
REVOKE EXECUTE ON FUNCTION "identity_of_member"(uuid) FROM PUBLIC;
--> statement-breakpoint
GRANT EXECUTE ON FUNCTION "identity_of_member"(uuid) TO firmseal_firm;
--> statement-breakpoint

-- The owner that a recovery makes: now with the proof, which the deciding program gives.
DROP FUNCTION "complete_owner_recovery"(uuid);
--> statement-breakpoint
CREATE FUNCTION "complete_owner_recovery"(of_id uuid, of_mac bytea) RETURNS text
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
	INSERT INTO public.memberships (firm_id, user_id, role, mac) VALUES (recovery.firm_id, recovery.user_id, 'OWNER', of_mac)
		ON CONFLICT (firm_id, user_id) DO UPDATE SET role = 'OWNER', client_id = NULL, removed_at = NULL, mac = of_mac;
	RETURN 'COMPLETED';
END
$$;
--> statement-breakpoint
REVOKE EXECUTE ON FUNCTION "complete_owner_recovery"(uuid, bytea) FROM PUBLIC;
--> statement-breakpoint
GRANT EXECUTE ON FUNCTION "complete_owner_recovery"(uuid, bytea) TO firmseal_worker;
--> statement-breakpoint

-- The log: each role's own part of a lease. Nobody of the platform says that content was opened without naming the lease.
GRANT INSERT (id, firm_id, boot, sequence, leaf) ON "audit_entries" TO firmseal_broker;
--> statement-breakpoint
GRANT EXECUTE ON FUNCTION "last_audit_sequence"(uuid) TO firmseal_broker;
--> statement-breakpoint
DROP POLICY "operator_appends" ON "audit_entries";
--> statement-breakpoint
CREATE POLICY "operator_appends" ON "audit_entries" FOR INSERT TO firmseal_operator
	WITH CHECK (leaf::jsonb ->> 'plane' = 'operator' AND (
		leaf::jsonb ->> 'action' IN ('content.deny', 'request.deny', 'rights.refuse', 'log.read', 'process.start', 'key.unwrap')
		OR (leaf::jsonb ->> 'lease' IS NOT NULL AND leaf::jsonb ->> 'action' IN ('lease.request', 'lease.approve', 'lease.deny',
			'lease.cancel', 'lease.activate', 'lease.release', 'lease.revoke', 'lease.exhaust', 'lease.review', 'lease.use',
			'content.open', 'content.fail'))));
--> statement-breakpoint
CREATE POLICY "broker_appends" ON "audit_entries" FOR INSERT TO firmseal_broker
	WITH CHECK (leaf::jsonb ->> 'plane' = 'broker' AND strpos(leaf, '"kind":"system"') > 0 AND (
		leaf::jsonb ->> 'action' IN ('rights.refuse', 'process.start', 'key.unwrap', 'key.ungrant')
		OR (leaf::jsonb ->> 'lease' IS NOT NULL AND leaf::jsonb ->> 'action' IN ('lease.start', 'lease.expire', 'lease.revoke',
			'lease.exhaust', 'lease.lapse', 'key.grant'))));
--> statement-breakpoint

-- What was opened under a lease, for its report. The row policies of the log would be asked of every entry of the firm: here they are
-- said in other words, beside the index.
CREATE FUNCTION "lease_openings"(of_lease uuid) RETURNS SETOF "audit_entries"
	LANGUAGE sql STABLE SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT e.* FROM public.audit_entries e
	WHERE e.leaf::jsonb ->> 'lease' = of_lease::text AND e.leaf::jsonb ->> 'action' = 'content.open'
		AND (current_setting('role') = 'firmseal_operator' OR e.firm_id = public.current_firm())
$$;
--> statement-breakpoint
REVOKE EXECUTE ON FUNCTION "lease_openings"(uuid) FROM PUBLIC;
--> statement-breakpoint
GRANT EXECUTE ON FUNCTION "lease_openings"(uuid) TO firmseal_operator, firmseal_firm;
