-- How an open lease is used, and its entries in the log.

-- Whether a lease may be used at a time. At the exact time of its expiry it may not.
CREATE FUNCTION "is_lease_open"(state text, activated_at timestamptz, expires_at timestamptz, at timestamptz) RETURNS boolean
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	RETURN coalesce(state = 'ACTIVE' AND at >= activated_at - interval '2 seconds' AND at < expires_at, false);
GRANT EXECUTE ON FUNCTION "is_lease_open"(text, timestamptz, timestamptz, timestamptz) TO firmseal_owner;

-- The scope of the transaction's lease for a class, with its firm; null if the lease is not open. One question, because a session may name another
-- lease between two questions of one statement and so combine parts of several.
-- VOLATILE: uses the current state, not that of the time when a cursor was declared; an older snapshot would not see the end mark at all.
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

-- The row policies of content call this for each row, and lease_scope() once for the statement. Whether the row is in the scope, and the lease has no
-- end mark and its time is not over. VOLATILE, so that every plan calls it for every row, and each call sees what is committed then: after the end,
-- a cursor, a COPY or a slow statement reads no further row, though it returns rows that it has read before, for example to sort them. The check
-- needs no resource that others could use up or lock. STRICT: without a scope it is not evaluated. It reads nothing that the session can set
-- between two rows.
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

-- Locks a lease for the transaction, so that a session that ends the lease waits for the transaction. False if this person may not use it. Checks the
-- end mark first, because an end begins with it.
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
		-- Committed while this transaction waited for the row.
		AND NOT EXISTS (SELECT FROM public.lease_ends e WHERE e.lease_id = of_lease)
		AND EXISTS (SELECT FROM public.firms f WHERE f.id = of_firm AND f.status = 'ACTIVE')
		AND public.is_active_operator(of_user, 'OPERATOR'), false);
END
$$;
GRANT EXECUTE ON FUNCTION "hold_lease"(uuid, uuid, uuid) TO firmseal_break_glass;

-- One read batch: locks the lease, checks that it covers all the values, and takes them from the budget. ENDED, SCOPE and BUDGET take nothing. Notifies
-- the firm's owners of the first read, and of each batch that passes a multiple of 25 values. A batch without existing values takes nothing and does
-- not change used_at, so that it does not delay the end of a lease whose budget is used up.
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

-- A heartbeat of a download that continues after its values were taken from the budget: meanwhile the lease is not ended for a used-up budget. Only for
-- the transaction's lease.
CREATE FUNCTION "extend_lease_use"(of_lease uuid, of_firm uuid, of_user uuid) RETURNS void
	LANGUAGE sql SECURITY DEFINER
AS $$
	UPDATE public.lease_budgets b SET kept_at = clock_timestamp()
	FROM public.leases l
	WHERE b.lease_id = of_lease AND of_lease = public.current_lease()
		AND l.id = of_lease AND l.firm_id = of_firm AND l.requested_by = of_user AND l.state = 'ACTIVE'
$$;
GRANT EXECUTE ON FUNCTION "extend_lease_use"(uuid, uuid, uuid) TO firmseal_break_glass;

-- Records that read batches were answered. True if they were the last of a lease whose budget is used up. Batches without a heartbeat for ten seconds
-- count as answered.
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

-- The log's entries under a lease or about it, by the index audit_entries_by_lease (0003). The function bypasses the row policies, which would keep
-- PostgreSQL from using an index whose expression may fail. It repeats the conditions of the index.
CREATE FUNCTION "lease_entries"(of_lease uuid) RETURNS SETOF "audit_entries"
	LANGUAGE sql STABLE SECURITY DEFINER
AS $$
	SELECT e.* FROM public.audit_entries e
	WHERE strpos(e.leaf, '"lease":"') > 0 AND e.leaf::jsonb ->> 'lease' = of_lease::text
		AND ((SELECT public.session_plane()) = 'firmseal_operator' OR e.firm_id = public.current_firm())
$$;
GRANT EXECUTE ON FUNCTION "lease_entries"(uuid) TO firmseal_firm, firmseal_operator;

-- The entries about values opened under a lease, for its report. Only the operator plane writes such entries. The conditions repeat those of the index,
-- without which PostgreSQL would not use it.
CREATE FUNCTION "lease_openings"(of_lease uuid) RETURNS SETOF "audit_entries"
	LANGUAGE sql STABLE SECURITY DEFINER
AS $$
	SELECT e.* FROM public.audit_entries e
	WHERE strpos(e.leaf, '"lease":"') > 0
		AND e.leaf::jsonb ->> 'lease' = of_lease::text AND e.leaf::jsonb ->> 'action' IN ('content.open', 'content.read')
		AND e.role = 'firmseal_operator' AND ((SELECT public.session_plane()) = 'firmseal_operator' OR e.firm_id = public.current_firm())
$$;
GRANT EXECUTE ON FUNCTION "lease_openings"(uuid) TO firmseal_operator, firmseal_firm;
