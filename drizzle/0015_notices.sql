-- Notices to people of a firm, and their way to the webhook.

-- The firm plane tells what owners do and who joins, of a firm that exists. Only the database tells of leases, jobs and keys, and of what
-- the platform does.
CREATE FUNCTION "is_firm_notice"(n "notices") RETURNS boolean
	LANGUAGE sql STABLE
AS $$
	SELECT n.firm_id = public.current_firm() AND n.lease_id IS NULL AND n.job_id IS NULL AND n.kind IN ('MEMBER_INVITED', 'INVITATION_REVOKED',
		'SIGN_IN_CHANGED', 'MEMBER_ADDED', 'MEMBER_ROLE_CHANGED', 'MEMBER_REMOVED', 'OWNER_RECOVERY_CANCELLED', 'ACCESS_POLICY_CHANGED')
		AND EXISTS (SELECT FROM public.firms f WHERE f.id = n.firm_id)
$$;
GRANT EXECUTE ON FUNCTION "is_firm_notice"("notices") TO firmseal_firm, firmseal_owner;

-- What a notice repeats: the notices of the same firm and kind for which this returns the same. null: it always has a row of its own. A
-- kind that is to be counted gets a branch here and nothing else. The text tells apart by whom, about whom, and that person's role since;
-- it is null for what is approved, activated, read or given.
CREATE FUNCTION "notice_folds_as"(n "notices") RETURNS text
	LANGUAGE sql STABLE
AS $$
	SELECT CASE
		-- Who asks for leases, under any account.
		WHEN n.kind IN ('LEASE_REQUESTED', 'LEASE_ENDED') THEN (SELECT u.person_id::text
			FROM public.leases l JOIN public.users u ON u.id = l.requested_by
			WHERE l.id = n.lease_id AND (n.kind = 'LEASE_REQUESTED' OR l.state IN ('CANCELLED', 'LAPSED')))
		-- How often content was read under one lease; the log has each opening.
		WHEN n.kind = 'LEASE_READ' THEN n.lease_id::text
		-- Who of the firm did it, to whom, and that person's role since. Each new person has a notice of their own. A change of the firm's policy may
		-- loosen it: it always has a notice of its own.
		WHEN n.kind IN ('MEMBER_INVITED', 'INVITATION_REVOKED', 'MEMBER_ADDED', 'MEMBER_ROLE_CHANGED', 'MEMBER_REMOVED')
			THEN format('%s %s %s', (SELECT u.person_id FROM public.users u WHERE u.id = n.actor_id),
				(SELECT u.person_id FROM public.users u WHERE u.id = n.user_id), n.role)
		-- Who asked, not for whom: the firm is told who is to be the owner once the recovery is approved.
		WHEN n.kind IN ('OWNER_RECOVERY_REQUESTED', 'OWNER_RECOVERY_CANCELLED')
			THEN format('%s', (SELECT u.person_id FROM public.users u WHERE u.id = n.actor_id))
		-- Who asks for jobs of a kind and class, and how they ended. A job that a second person approved always has a notice of its own.
		WHEN n.kind IN ('JOB_REQUESTED', 'JOB_ENDED')
			THEN (SELECT format('%s %s %s %s', n.job_kind, n.job_state, j.class, u.person_id)
				FROM public.jobs j LEFT JOIN public.users u ON u.id = j.asked_by
				WHERE j.id = n.job_id AND j.agreed_by IS NULL)
	END
$$;

-- The first few repetitions within an hour are notices of their own; later ones raise the count of one of these, no matter who writes them.
CREATE FUNCTION "fold_notice"() RETURNS trigger
	LANGUAGE plpgsql SECURITY DEFINER
AS $$
DECLARE
	recent uuid[];
BEGIN
	-- The database sets the time: a row with a time in the future would count for ever.
	IF public.session_plane() <> 'none' THEN
		NEW.created_at := clock_timestamp();
		NEW.repeats := 0;
		NEW.last_at := NULL;
	END IF;
	-- A digest, so that a reader of the row does not learn the person's id.
	NEW.folds_as := sha256(convert_to(public.notice_folds_as(NEW), 'UTF8'));
	IF NEW.folds_as IS NULL THEN RETURN NEW; END IF;
	recent := ARRAY(SELECT n.id FROM public.notices n
		WHERE n.firm_id = NEW.firm_id AND n.kind = NEW.kind AND n.folds_as = NEW.folds_as
			AND n.created_at > clock_timestamp() - interval '1 hour');
	IF cardinality(recent) < (SELECT b.notices_before_folding FROM public.request_limits b) THEN RETURN NEW; END IF;
	-- No transaction waits for a row that another counts in: it counts in the newest unlocked one, and makes a notice of its own if there is
	-- none. So concurrent transactions make at most one notice each, however often they repeat.
	UPDATE public.notices SET repeats = repeats + 1, last_at = clock_timestamp()
		WHERE id = (SELECT n.id FROM public.notices n WHERE n.id = ANY (recent) ORDER BY n.created_at DESC, n.id DESC
			LIMIT 1 FOR UPDATE SKIP LOCKED);
	IF NOT FOUND THEN RETURN NEW; END IF;
	-- The webhook delivers each invitation to the invited person, although the firm's owners are told only a count.
	IF NEW.kind = 'MEMBER_INVITED' AND NEW.invitation_id IS NOT NULL THEN
		PERFORM public.queue_message(NEW.invitation_id, true, NEW.firm_id);
	END IF;
	RETURN NULL;
END
$$;

-- A notice that the policy refuses to the firm's login must count for nothing: a trigger runs before the policy is asked, and a counted
-- notice has no row that the policy could refuse. A function of the database writes as the owner, which no login can be.
CREATE TRIGGER "fold" BEFORE INSERT ON "notices" FOR EACH ROW
	WHEN (current_user = 'firmseal_owner' OR session_plane() <> 'firmseal_firm' OR is_firm_notice(NEW)) EXECUTE FUNCTION "fold_notice"();

-- Queues a message for the webhook. The row of the nil UUID, which the worker's first start with a webhook makes, says that there is one;
-- earlier messages are not sent. The database's own messages are due at once. A message of a firm plane is due a minute after that firm's
-- last unsent one: none is lost, and however many one firm has, those of the database and of other firms come first.
CREATE FUNCTION "queue_message"(message uuid, is_after_others boolean, reporter uuid) RETURNS void
	LANGUAGE sql VOLATILE
AS $$
	INSERT INTO public.webhook_deliveries (message_id, next_at, after_others, reported_by, turn_at)
		SELECT message, clock_timestamp(), is_after_others, reporter, greatest(clock_timestamp(), (
			SELECT max(d.turn_at) + interval '1 minute' FROM public.webhook_deliveries d WHERE d.reported_by = reporter AND d.delivered_at IS NULL))
		WHERE EXISTS (SELECT FROM public.webhook_deliveries d WHERE d.message_id = '00000000-0000-0000-0000-000000000000')
		ON CONFLICT DO NOTHING
$$;

-- Queued in the transaction that writes the notice or alert, so that what is committed is sent.
CREATE FUNCTION "queue_delivery"() RETURNS trigger
	LANGUAGE plpgsql SECURITY DEFINER
AS $$
DECLARE
	message jsonb := to_jsonb(NEW);
BEGIN
	PERFORM public.queue_message(NEW.id, message ->> 'job_id' IS NOT NULL OR coalesce(message ->> 'kind' = 'APPROVER_DISABLED', false),
		CASE WHEN TG_TABLE_NAME = 'notices' AND public.session_plane() = 'firmseal_firm'
			AND public.is_firm_notice(jsonb_populate_record(NULL::public.notices, message)) THEN (message ->> 'firm_id')::uuid END);
	RETURN NULL;
END
$$;

CREATE TRIGGER "queue" AFTER INSERT ON "notices" FOR EACH ROW EXECUTE FUNCTION "queue_delivery"();
CREATE TRIGGER "queue" AFTER INSERT ON "alerts" FOR EACH ROW EXECUTE FUNCTION "queue_delivery"();
