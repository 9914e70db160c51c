-- Accounts, persons and seats: who a token is, on which side, and who may appoint operators.

-- The account of a verified token: the one with the seat, or else the last one that had it; and in whose custody
-- the classes of its firm are. At most one row.
CREATE FUNCTION "identify"(of_issuer text, of_subject text)
	RETURNS TABLE (
		user_id uuid, person_id uuid, user_disabled boolean,
		firm_id uuid, firm_status text, firm_role text, client_id uuid, removed boolean, membership_mac bytea,
		operator_roles text[], operator_disabled boolean, operator_mac bytea,
		operator_introduced_by uuid[], operator_introduced_at timestamptz, sessions_ended_at timestamptz,
		custody jsonb
	)
	LANGUAGE plpgsql STABLE SECURITY DEFINER
AS $$
BEGIN
	RETURN QUERY SELECT u.id, u.person_id, u.disabled_at IS NOT NULL,
		m.firm_id, f.status, m.role, m.client_id, m.removed_at IS NOT NULL, m.mac,
		o.roles, o.disabled_at IS NOT NULL, o.mac, o.introduced_by, o.introduced_at::timestamptz,
		-- A person who ended all sessions and then joined again has another account, but the old tokens have not come back to life.
		(SELECT max(a.sessions_ended_at) FROM public.users a WHERE a.issuer = of_issuer AND a.subject = of_subject),
		(SELECT jsonb_agg(jsonb_build_object('class', c.class, 'custody', c.custody, 'seq', c.seq, 'mac', encode(c.mac, 'hex')) ORDER BY c.class)
			FROM public.firm_custody c WHERE c.firm_id = m.firm_id)
	FROM public.users u
	LEFT JOIN public.seats s ON s.user_id = u.id
	LEFT JOIN public.memberships m ON m.user_id = u.id
	LEFT JOIN public.firms f ON f.id = m.firm_id
	LEFT JOIN public.operators o ON o.user_id = u.id
	WHERE u.issuer = of_issuer AND u.subject = of_subject
	ORDER BY s.user_id IS NULL, m.user_id IS NULL, u.created_at DESC, u.id DESC
	LIMIT 1;
END
$$;
GRANT EXECUTE ON FUNCTION "identify"(text, text) TO firmseal_firm, firmseal_operator, firmseal_worker;

-- The identity that a member's proof covers, for the firm plane, which does not see these columns of accounts.
CREATE FUNCTION "identity_of_member"(of_user uuid) RETURNS TABLE (person_id uuid, issuer text, subject text)
	LANGUAGE sql STABLE SECURITY DEFINER
AS $$
	SELECT u.person_id, u.issuer, u.subject FROM public.users u
	JOIN public.memberships m ON m.user_id = u.id
	WHERE u.id = of_user AND m.firm_id = public.current_firm()
$$;
GRANT EXECUTE ON FUNCTION "identity_of_member"(uuid) TO firmseal_firm;

-- The identities that the proofs of operators cover, for the operator plane, which does not see these columns of accounts.
CREATE FUNCTION "identities_of_operators"() RETURNS TABLE (user_id uuid, person_id uuid, issuer text, subject text)
	LANGUAGE sql STABLE SECURITY DEFINER
AS $$
	SELECT u.id, u.person_id, u.issuer, u.subject FROM public.users u JOIN public.operators o ON o.user_id = u.id
$$;
GRANT EXECUTE ON FUNCTION "identities_of_operators"() TO firmseal_operator;

-- Whether an account is on a role's side: a current or former member of the firm, or an operator.
CREATE FUNCTION "is_of_side"(of_user uuid, of_firm uuid, of_role text) RETURNS boolean
	LANGUAGE sql STABLE SECURITY DEFINER
AS $$
	SELECT CASE of_role
		WHEN 'firmseal_firm' THEN EXISTS (SELECT FROM public.memberships m WHERE m.user_id = of_user AND m.firm_id = of_firm)
		WHEN 'firmseal_operator' THEN EXISTS (SELECT FROM public.operators o WHERE o.user_id = of_user)
		ELSE false END
$$;
GRANT EXECUTE ON FUNCTION "is_of_side"(uuid, uuid, text) TO firmseal_owner;

-- Ends all sessions of an account of the own side: from now on, tokens that were issued, or whose person signed in, before a moment do not count.
-- Tokens state whole seconds, so the moment is the next one: otherwise a token of this second would remain. It is also later than the token with
-- which the person asks, since the issuer's clock may be ahead. Returns the milliseconds until a new token counts.
CREATE FUNCTION "end_sessions"(of_user uuid, of_issued_at timestamptz) RETURNS integer
	LANGUAGE plpgsql VOLATILE SECURITY DEFINER
AS $$
DECLARE
	present timestamptz := clock_timestamp();
	moment timestamptz := date_trunc('second', greatest(present, least(of_issued_at, present + interval '60 seconds'))) + interval '1 second';
BEGIN
	UPDATE public.users SET sessions_ended_at = greatest(sessions_ended_at, moment) WHERE id = of_user;
	IF NOT FOUND THEN RAISE EXCEPTION 'an account of the other side' USING ERRCODE = 'insufficient_privilege'; END IF;
	RETURN least(ceil(extract(epoch FROM moment - present) * 1000), 1000)::integer;
END
$$;
GRANT EXECUTE ON FUNCTION "end_sessions"(uuid, timestamptz) TO firmseal_firm, firmseal_portal, firmseal_operator;

-- Whether an account is a current operator with this role; null for any role. Only the owner's functions call it.
CREATE FUNCTION "is_active_operator"(of_user uuid, of_role text) RETURNS boolean
	LANGUAGE plpgsql STABLE
AS $$
BEGIN
	RETURN EXISTS (SELECT FROM public.operators o JOIN public.users u ON u.id = o.user_id
		WHERE o.user_id = of_user AND coalesce(of_role = ANY (o.roles), true) AND o.disabled_at IS NULL AND u.disabled_at IS NULL);
END
$$;

-- Whether an account belongs to the same natural person as one of the others. The planes do not see persons.
CREATE FUNCTION "is_person_among"(of_user uuid, of_others uuid[]) RETURNS boolean
	LANGUAGE sql STABLE SECURITY DEFINER
AS $$
	SELECT EXISTS (SELECT FROM public.users u JOIN public.users o ON o.person_id = u.person_id
		WHERE u.id = of_user AND o.id = ANY (of_others))
$$;
GRANT EXECUTE ON FUNCTION "is_person_among"(uuid, uuid[]) TO firmseal_operator, firmseal_firm;

-- The ids among these that belong to accounts or firms, for the alert rules, which cannot read either table.
CREATE FUNCTION "known_ids"(ids uuid[]) RETURNS SETOF uuid
	LANGUAGE sql STABLE SECURITY DEFINER
AS $$
	SELECT u.id FROM public.users u WHERE u.id = ANY (ids)
	UNION ALL SELECT f.id FROM public.firms f WHERE f.id = ANY (ids)
	-- The nil UUID stands for the platform.
	UNION ALL SELECT id FROM unnest(ids) id WHERE id = '00000000-0000-0000-0000-000000000000'
$$;
GRANT EXECUTE ON FUNCTION "known_ids"(uuid[]) TO firmseal_log;

-- Rules that require two persons count persons, not accounts.
-- The persons for whom an account's approval counts: its own person and, for 30 days, those who introduced it. personsBehindVote() of
-- src/access/independence.ts does the same with proven rows; this function reads unproven rows.
CREATE FUNCTION "persons_behind"(of_user uuid) RETURNS uuid[]
	LANGUAGE sql VOLATILE SECURITY DEFINER
AS $$
	SELECT u.person_id || CASE WHEN o.introduced_at > clock_timestamp() - interval '720 hours' THEN o.introduced_by ELSE '{}'::uuid[] END
	FROM public.users u LEFT JOIN public.operators o ON o.user_id = u.id WHERE u.id = of_user
$$;
GRANT EXECUTE ON FUNCTION "persons_behind"(uuid) TO firmseal_owner;

-- Whether an account and any of these count as one person.
CREATE FUNCTION "counts_as_one"(of_user uuid, of_others uuid[]) RETURNS boolean
	LANGUAGE sql VOLATILE SECURITY DEFINER
AS $$
	SELECT EXISTS (SELECT FROM unnest(of_others) o WHERE public.persons_behind(o) && public.persons_behind(of_user))
$$;
GRANT EXECUTE ON FUNCTION "counts_as_one"(uuid, uuid[]) TO firmseal_operator, firmseal_firm, firmseal_worker, firmseal_owner;

-- Whether one approver may appoint another alone: no two approvers count as two persons, and none was disabled within 30 days. mayDecide() of
-- src/jobs/people/decide-on-person.ts does the same, but never allows it while the row of an approver is unproven.
CREATE FUNCTION "one_decides_alone"() RETURNS boolean
	LANGUAGE sql VOLATILE SECURITY DEFINER
AS $$
	WITH approvers AS (SELECT o.user_id, o.disabled_at FROM public.operators o WHERE 'APPROVER' = ANY (o.roles))
	SELECT NOT EXISTS (SELECT FROM approvers a WHERE a.disabled_at > clock_timestamp() - interval '720 hours')
		AND NOT EXISTS (SELECT FROM approvers one JOIN approvers other ON one.user_id < other.user_id
			WHERE one.disabled_at IS NULL AND other.disabled_at IS NULL AND NOT public.counts_as_one(one.user_id, ARRAY[other.user_id]))
$$;
GRANT EXECUTE ON FUNCTION "one_decides_alone"() TO firmseal_firm, firmseal_operator, firmseal_worker, firmseal_owner;

-- Whether the transaction's job makes an operator, has the approval of two approvers (or of one who may decide alone), and is past its waiting
-- time: for a new approver 72 hours after the approval, or 24 if both had been approvers for over 30 days then. As decideOnPerson() does.
CREATE FUNCTION "job_appoints"() RETURNS boolean
	LANGUAGE sql VOLATILE SECURITY DEFINER
AS $$
	SELECT EXISTS (
		SELECT FROM public.jobs j JOIN public.operators asked ON asked.user_id = j.asked_by JOIN public.operators agreed ON agreed.user_id = j.agreed_by
		WHERE j.id = public.current_job() AND j.state = 'RUNNING' AND j.firm_id = '00000000-0000-0000-0000-000000000000'
			AND asked.disabled_at IS NULL AND 'APPROVER' = ANY (asked.roles)
			AND agreed.disabled_at IS NULL AND 'APPROVER' = ANY (agreed.roles)
			AND CASE WHEN public.counts_as_one(j.agreed_by, ARRAY[j.asked_by])
					THEN j.kind = 'APPOINT' AND public.one_decides_alone() AND j.agreed_at + interval '72 hours' <= clock_timestamp()
				WHEN j.kind = 'APPOINT' THEN j.agreed_at <= clock_timestamp()
					- CASE WHEN greatest(asked.introduced_at, agreed.introduced_at) < j.agreed_at - interval '720 hours'
						AND asked.introduced_at IS NOT NULL AND agreed.introduced_at IS NOT NULL
						THEN interval '24 hours' ELSE interval '72 hours' END
				ELSE j.kind = 'ADD_OPERATOR' END)
$$;
GRANT EXECUTE ON FUNCTION "job_appoints"() TO firmseal_owner;

-- Makes or changes the operator, with the proof of the row. False if the job may not, or if the account has changed.
CREATE FUNCTION "appoint_operator"(of_introduced_by uuid[], of_introduced_at timestamptz, of_mac bytea) RETURNS boolean
	LANGUAGE plpgsql SECURITY DEFINER
AS $$
DECLARE
	terms jsonb := (SELECT j.terms::jsonb FROM public.jobs j WHERE j.id = public.current_job());
	of_roles text[] := ARRAY(SELECT jsonb_array_elements_text(terms -> 'roles'));
BEGIN
	IF NOT public.job_appoints() THEN RETURN false; END IF;
	-- A new approver needs an APPOINT job, which has the longer waiting time.
	IF 'APPROVER' = ANY (of_roles) AND NOT EXISTS (SELECT FROM public.jobs j WHERE j.id = public.current_job() AND j.kind = 'APPOINT')
		AND NOT EXISTS (SELECT FROM public.operators o WHERE o.user_id = (terms ->> 'user')::uuid AND 'APPROVER' = ANY (o.roles))
	THEN
		RETURN false;
	END IF;
	IF (terms ->> 'isNew')::boolean THEN
		INSERT INTO public.users (id, person_id, issuer, subject, email, name) VALUES ((terms ->> 'user')::uuid,
			(terms ->> 'person')::uuid, terms ->> 'issuer', terms ->> 'subject', terms ->> 'email', terms ->> 'name');
		INSERT INTO public.operators (user_id, roles, introduced_by, introduced_at, mac)
			VALUES ((terms ->> 'user')::uuid, of_roles, of_introduced_by, of_introduced_at, of_mac);
		RETURN true;
	END IF;
	UPDATE public.operators SET roles = of_roles, introduced_by = of_introduced_by, introduced_at = of_introduced_at, mac = of_mac
		WHERE user_id = (terms ->> 'user')::uuid AND disabled_at IS NULL
			AND ('APPROVER' = ANY (of_roles) OR NOT 'APPROVER' = ANY (roles));
	RETURN FOUND;
EXCEPTION WHEN integrity_constraint_violation OR unique_violation THEN
	RETURN false;
END
$$;
GRANT EXECUTE ON FUNCTION "appoint_operator"(uuid[], timestamptz, bytea) TO firmseal_maintenance;

-- The database sets when an operator was disabled, because for 30 days after that no approver may decide alone. No login can enable a disabled
-- operator again, or remove the role APPROVER.
CREATE FUNCTION "stamp_disabled"() RETURNS trigger
	LANGUAGE plpgsql SECURITY DEFINER
AS $$
BEGIN
	IF public.session_plane() NOT IN ('none', 'firmseal_owner') AND (OLD.disabled_at IS NOT NULL AND NEW.disabled_at IS NULL
		OR 'APPROVER' = ANY (OLD.roles) AND NOT 'APPROVER' = ANY (NEW.roles))
	THEN
		RAISE EXCEPTION 'a disabled operator stays disabled, and an approver keeps that role' USING ERRCODE = 'integrity_constraint_violation';
	END IF;
	IF NEW.disabled_at IS NOT NULL THEN NEW.disabled_at := coalesce(OLD.disabled_at, clock_timestamp()); END IF;
	RETURN NEW;
END
$$;

CREATE TRIGGER "stamp_disabled" BEFORE UPDATE OF "disabled_at", "roles" ON "operators" FOR EACH ROW EXECUTE FUNCTION "stamp_disabled"();

-- Notifies the owners of all firms when an approver is disabled or loses the role, as they are notified of a new approver.
CREATE FUNCTION "notify_disabled_approver"() RETURNS trigger
	LANGUAGE plpgsql SECURITY DEFINER
AS $$
BEGIN
	PERFORM public.refuse_old_snapshot();
	INSERT INTO public.notices (id, firm_id, kind, audience, created_at)
	SELECT public.generate_uuid_v7(), f.id, 'APPROVER_DISABLED', 'OWNERS', clock_timestamp() FROM public.firms f
	WHERE NOT public.is_erasure_complete(f.id);
	RETURN NULL;
END
$$;

CREATE TRIGGER "notify_disabled_approver" AFTER UPDATE OF "disabled_at", "roles" ON "operators" FOR EACH ROW
	WHEN (OLD.disabled_at IS NULL AND 'APPROVER' = ANY (OLD.roles) AND (NEW.disabled_at IS NOT NULL OR NOT 'APPROVER' = ANY (NEW.roles)))
	EXECUTE FUNCTION "notify_disabled_approver"();

-- Before the first approver, there is no row to lock.
CREATE FUNCTION "take_turn_of_first_approvers"() RETURNS void
	LANGUAGE plpgsql SECURITY DEFINER
AS $$
BEGIN
	PERFORM public.take_turn('FIRST_APPROVERS', '00000000-0000-0000-0000-000000000000');
END
$$;
GRANT EXECUTE ON FUNCTION "take_turn_of_first_approvers"() TO firmseal_worker;

-- Seats. An identity has one, in one firm or, permanently, at the platform. Triggers on memberships and operators write them. No role has a
-- privilege on them, so that no login can hold a lock for which a person who joins or leaves would wait.
CREATE FUNCTION "seat_member"() RETURNS trigger
	LANGUAGE plpgsql SECURITY DEFINER
AS $$
BEGIN
	IF TG_OP = 'DELETE' THEN
		DELETE FROM public.seats WHERE user_id = OLD.user_id;
	ELSIF NEW.removed_at IS NOT NULL THEN
		DELETE FROM public.seats WHERE user_id = NEW.user_id;
	ELSE
		INSERT INTO public.seats (user_id, issuer, subject, firm_id, email)
		SELECT u.id, u.issuer, u.subject, NEW.firm_id, u.email FROM public.users u WHERE u.id = NEW.user_id
		ON CONFLICT (user_id) DO NOTHING;
	END IF;
	RETURN NULL;
END
$$;

CREATE TRIGGER "seat_member" AFTER INSERT OR DELETE OR UPDATE OF removed_at ON "memberships"
	FOR EACH ROW EXECUTE FUNCTION "seat_member"();

CREATE FUNCTION "seat_operator"() RETURNS trigger
	LANGUAGE plpgsql SECURITY DEFINER
AS $$
BEGIN
	INSERT INTO public.seats (user_id, issuer, subject, firm_id, email)
	SELECT u.id, u.issuer, u.subject, NULL, u.email FROM public.users u WHERE u.id = NEW.user_id
	ON CONFLICT (user_id) DO NOTHING;
	RETURN NULL;
END
$$;

CREATE TRIGGER "seat_operator" AFTER INSERT ON "operators" FOR EACH ROW EXECUTE FUNCTION "seat_operator"();

-- A person is in one firm or at the platform, under any account; the platform allows several accounts of one person. A person who has left may
-- join the other side with another account. An account that was on one side never moves to the other.
CREATE FUNCTION "refuse_member_and_operator"() RETURNS trigger
	LANGUAGE plpgsql SECURITY DEFINER
AS $$
DECLARE
	mine public.users := (SELECT u FROM public.users u WHERE u.id = NEW.user_id);
	joins_firm boolean := TG_TABLE_NAME = 'memberships';
BEGIN
	-- No lock for a person who leaves or stays.
	IF TG_OP = 'UPDATE' AND NEW.user_id = OLD.user_id THEN
		IF joins_firm THEN
			IF NEW.removed_at IS NOT NULL OR OLD.removed_at IS NULL THEN RETURN NEW; END IF;
		ELSIF NEW.disabled_at IS NOT NULL OR OLD.disabled_at IS NULL THEN
			RETURN NEW;
		END IF;
	END IF;
	-- Two transactions that give one person a seat wait for each other.
	IF mine.person_id IS NOT NULL THEN PERFORM public.take_turn('SIDE_OF_PERSON', mine.person_id); END IF;
	-- An older snapshot would not see what the other transaction committed.
	PERFORM public.refuse_old_snapshot();
	IF EXISTS (
		SELECT FROM public.users u
		LEFT JOIN public.memberships m ON m.user_id = u.id
		LEFT JOIN public.operators o ON o.user_id = u.id
		WHERE u.issuer = mine.issuer AND u.subject = mine.subject AND CASE WHEN joins_firm THEN o.user_id ELSE m.user_id END IS NOT NULL
			OR u.person_id = mine.person_id AND u.id <> NEW.user_id AND (
				m.user_id IS NOT NULL AND m.removed_at IS NULL OR joins_firm AND o.user_id IS NOT NULL AND o.disabled_at IS NULL)
	) THEN
		RAISE EXCEPTION 'a person can be in one firm or at the platform, but not in two places' USING ERRCODE = 'integrity_constraint_violation';
	END IF;
	RETURN NEW;
END
$$;

CREATE TRIGGER "one_side_only" BEFORE INSERT OR UPDATE OF "user_id", "removed_at" ON "memberships"
	FOR EACH ROW EXECUTE FUNCTION "refuse_member_and_operator"();
CREATE TRIGGER "one_side_only" BEFORE INSERT OR UPDATE OF "user_id", "disabled_at" ON "operators"
	FOR EACH ROW EXECUTE FUNCTION "refuse_member_and_operator"();

-- Deletes ended and expired invitations.
CREATE FUNCTION "clear_invitations"() RETURNS bigint
	LANGUAGE plpgsql SECURITY DEFINER
AS $$
DECLARE
	gone bigint;
BEGIN
	DELETE FROM public.invitations WHERE ended_at IS NOT NULL OR expires_at < now();
	GET DIAGNOSTICS gone = ROW_COUNT;
	RETURN gone;
END
$$;
GRANT EXECUTE ON FUNCTION "clear_invitations"() TO firmseal_worker;
