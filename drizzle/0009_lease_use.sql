-- How an open lease is used, and what the log says under it.

-- Whether a lease may be used at a moment. At the very moment of its expiry it may not.
CREATE FUNCTION "is_lease_open"(state text, activated_at timestamptz, expires_at timestamptz, at timestamptz) RETURNS boolean
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	RETURN coalesce(state = 'ACTIVE' AND at >= activated_at - interval '2 seconds' AND at < expires_at, false);
GRANT EXECUTE ON FUNCTION "is_lease_open"(text, timestamptz, timestamptz, timestamptz) TO firmseal_owner;

-- What the lease that the transaction names covers of a class, with its firm; null if it is not open. All of it in one answer: a session may
-- name another lease between two questions of one statement, and so combine parts of several.
-- VOLATILE: as of now, not as of when a cursor was declared; an older snapshot would not see the end mark at all.
CREATE FUNCTION "lease_scope"(of_class text) RETURNS "scope_of_lease"
	LANGUAGE sql VOLATILE SECURITY DEFINER
AS $$
	SELECT ROW(l.id, l.firm_id, l.record_ids, l.expires_at)::public.scope_of_lease FROM public.leases l
	WHERE l.id = public.current_lease() AND l.firm_id = public.current_firm() AND of_class = ANY (l.classes)
		AND public.is_lease_open(l.state, l.activated_at, l.expires_at, clock_timestamp())
		AND NOT EXISTS (SELECT FROM public.lease_ends e WHERE e.lease_id = l.id)
		AND EXISTS (SELECT FROM public.firms f WHERE f.id = l.firm_id AND f.status = 'ACTIVE')
		AND public.is_active_operator(l.requested_by, 'OPERATOR')
		AND public.is_clock_sound()
$$;
GRANT EXECUTE ON FUNCTION "lease_scope"(text) TO firmseal_break_glass;

-- Whether the lease covers a row of this firm and class. Evaluated for each row.
CREATE FUNCTION "lease_allows"(of_firm uuid, of_class text) RETURNS boolean
	LANGUAGE sql VOLATILE SECURITY DEFINER
AS $$ SELECT coalesce((public.lease_scope(of_class)).firm = of_firm, false) $$;
GRANT EXECUTE ON FUNCTION "lease_allows"(uuid, text) TO firmseal_break_glass;

-- What the row policies of content ask about each row; lease_scope() has answered once for the statement. Whether the row is in the scope,
-- and whether by now the lease has its end mark or its time is over. VOLATILE, so that every plan asks for every row, and each time sees
-- what is committed then: a cursor, a COPY or a slow statement reads no further row, though it hands out what it has sorted or gathered by
-- then. The session needs nothing for it that anyone could use up or keep from it. STRICT: without a scope nothing is asked. It reads
-- nothing that the session can set between two rows.
CREATE FUNCTION "lease_covers"(of_scope "scope_of_lease", of_firm uuid, of_record uuid) RETURNS boolean
	LANGUAGE plpgsql VOLATILE STRICT SECURITY DEFINER
AS $$
BEGIN
	IF of_firm = of_scope.firm AND (of_scope.records IS NULL OR of_record = ANY (of_scope.records)) AND clock_timestamp() < of_scope.expires_at
	THEN RETURN NOT EXISTS (SELECT FROM public.lease_ends e WHERE e.lease_id = of_scope.lease);
	END IF;
	RETURN false;
END
$$;
GRANT EXECUTE ON FUNCTION "lease_covers"("scope_of_lease", uuid, uuid) TO firmseal_break_glass;

-- Holds a lease for the transaction, so that a session that ends it waits for the transaction. false: this person may not use it. The end
-- mark is looked at first, because ending begins with it.
CREATE FUNCTION "hold_lease"(of_lease uuid, of_firm uuid, of_user uuid) RETURNS boolean
	LANGUAGE plpgsql SECURITY DEFINER
AS $$
DECLARE
	lease public.leases;
BEGIN
	-- An older snapshot would not see the end mark.
	PERFORM public.refuse_old_snapshot();
	IF EXISTS (SELECT FROM public.lease_ends e WHERE e.lease_id = of_lease) THEN RETURN false; END IF;
	SELECT * INTO lease FROM public.leases l WHERE l.id = of_lease FOR SHARE;
	RETURN coalesce(FOUND AND lease.firm_id = of_firm AND lease.requested_by = of_user
		AND public.is_lease_open(lease.state, lease.activated_at, lease.expires_at, clock_timestamp())
		AND public.is_clock_sound()
		-- What was committed while this waited for the row.
		AND NOT EXISTS (SELECT FROM public.lease_ends e WHERE e.lease_id = of_lease)
		AND EXISTS (SELECT FROM public.firms f WHERE f.id = of_firm AND f.status = 'ACTIVE')
		AND public.is_active_operator(of_user, 'OPERATOR'), false);
END
$$;
GRANT EXECUTE ON FUNCTION "hold_lease"(uuid, uuid, uuid) TO firmseal_break_glass;

-- One read batch: holds the lease, checks that it covers all the values, and takes them from the budget. ENDED, SCOPE or BUDGET: nothing
-- was taken. The firm's owners are told of the first read, and of a batch that passes a multiple of 25 values. A request for values that do
-- not exist takes nothing, and leaves used_at as it is, so that it does not delay the end of a lease whose budget is used up.
CREATE FUNCTION "use_lease"(of_lease uuid, of_firm uuid, of_user uuid, of_classes text[], of_coordinates text[], of_records uuid[],
	of_values integer) RETURNS text
	LANGUAGE plpgsql SECURITY DEFINER
AS $$
DECLARE
	lease public.leases;
	had bigint;
BEGIN
	IF NOT public.hold_lease(of_lease, of_firm, of_user) THEN RETURN 'ENDED'; END IF;
	SELECT * INTO lease FROM public.leases l WHERE l.id = of_lease;
	-- An empty or null list never means everything.
	IF NOT coalesce(cardinality(of_classes) > 0 AND of_classes <@ lease.classes
		AND cardinality(of_coordinates) > 0 AND array_position(of_coordinates, NULL) IS NULL
		AND coalesce(of_coordinates <@ lease.coordinates, lease.coordinates IS NULL)
		AND cardinality(of_records) > 0 AND array_position(of_records, NULL) IS NULL
		AND coalesce(of_records <@ lease.record_ids, lease.record_ids IS NULL)
		AND of_values >= 0, false)
	THEN RETURN 'SCOPE'; END IF;
	UPDATE public.lease_budgets b
		SET used = b.used + of_values, used_at = CASE WHEN of_values > 0 THEN clock_timestamp() ELSE b.used_at END,
			unanswered = b.unanswered + (of_values > 0 AND b.budget IS NOT NULL)::integer
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
GRANT EXECUTE ON FUNCTION "use_lease"(uuid, uuid, uuid, text[], text[], uuid[], integer) TO firmseal_break_glass;

-- A download goes on after its budget was taken: while it says so, no one ends the lease because the budget is used up. Only for the lease
-- that the transaction names.
CREATE FUNCTION "extend_lease_use"(of_lease uuid, of_firm uuid, of_user uuid) RETURNS void
	LANGUAGE sql SECURITY DEFINER
AS $$
	UPDATE public.lease_budgets b SET kept_at = clock_timestamp()
	FROM public.leases l
	WHERE b.lease_id = of_lease AND of_lease = public.current_lease()
		AND l.id = of_lease AND l.firm_id = of_firm AND l.requested_by = of_user AND l.state = 'ACTIVE'
$$;
GRANT EXECUTE ON FUNCTION "extend_lease_use"(uuid, uuid, uuid) TO firmseal_break_glass;

-- Says that so many read batches are answered. true: they were the last of a lease whose budget is used up. A batch that has reported
-- nothing for ten seconds counts as answered.
CREATE FUNCTION "record_answered_reads"(of_lease uuid, of_firm uuid, of_user uuid, of_batches integer) RETURNS boolean
	LANGUAGE sql SECURITY DEFINER
AS $$
	UPDATE public.lease_budgets b SET unanswered = greatest(b.unanswered - greatest(of_batches, 0), 0)
	FROM public.leases l
	WHERE b.lease_id = of_lease AND b.budget IS NOT NULL AND of_lease = public.current_lease()
		AND l.id = of_lease AND l.firm_id = of_firm AND l.requested_by = of_user
	RETURNING coalesce(l.state = 'ACTIVE' AND b.used >= b.budget
		AND (b.unanswered = 0 OR greatest(b.used_at, b.kept_at) < clock_timestamp() - interval '10 seconds'), false)
$$;
GRANT EXECUTE ON FUNCTION "record_answered_reads"(uuid, uuid, uuid, integer) TO firmseal_break_glass;

-- What the log says under a lease or about it, by the index audit_entries_by_lease (0003): a row policy comes before any index whose
-- expression may fail, so the conditions of the index are repeated here.
CREATE FUNCTION "lease_entries"(of_lease uuid) RETURNS SETOF "audit_entries"
	LANGUAGE sql STABLE SECURITY DEFINER
AS $$
	SELECT e.* FROM public.audit_entries e
	WHERE strpos(e.leaf, '"lease":"') > 0 AND e.leaf::jsonb ->> 'lease' = of_lease::text
		AND ((SELECT public.session_plane()) = 'firmseal_operator' OR e.firm_id = public.current_firm())
$$;
GRANT EXECUTE ON FUNCTION "lease_entries"(uuid) TO firmseal_firm, firmseal_operator;

-- What was opened under a lease, for its report; only the operator plane writes such entries. Each condition repeats what its index begins
-- with, or PostgreSQL would not use it.
CREATE FUNCTION "lease_openings"(of_lease uuid) RETURNS SETOF "audit_entries"
	LANGUAGE sql STABLE SECURITY DEFINER
AS $$
	SELECT e.* FROM public.audit_entries e
	WHERE strpos(e.leaf, '"lease":"') > 0
		AND e.leaf::jsonb ->> 'lease' = of_lease::text AND e.leaf::jsonb ->> 'action' IN ('content.open', 'content.read')
		AND e.role = 'firmseal_operator' AND ((SELECT public.session_plane()) = 'firmseal_operator' OR e.firm_id = public.current_firm())
$$;
GRANT EXECUTE ON FUNCTION "lease_openings"(uuid) TO firmseal_operator, firmseal_firm;
