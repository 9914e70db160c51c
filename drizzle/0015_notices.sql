-- Notices to a firm's people, and their delivery to the webhook.

-- Whether the firm plane may write this notice: about what owners do and who joins, for a firm that exists. Only the database itself writes notices
-- about leases, jobs, keys and the platform.
CREATE FUNCTION "is_firm_notice"(n "notices") RETURNS boolean
	LANGUAGE sql STABLE
AS $$
	SELECT n.firm_id = public.current_firm() AND n.lease_id IS NULL AND n.job_id IS NULL AND n.kind IN ('MEMBER_INVITED', 'INVITATION_REVOKED',
		'SIGN_IN_CHANGED', 'MEMBER_ADDED', 'MEMBER_ROLE_CHANGED', 'MEMBER_REMOVED', 'OWNER_RECOVERY_CANCELLED', 'ACCESS_POLICY_CHANGED')
		AND EXISTS (SELECT FROM public.firms f WHERE f.id = n.firm_id)
$$;
GRANT EXECUTE ON FUNCTION "is_firm_notice"("notices") TO firmseal_firm, firmseal_owner;

-- Notices of the same firm and kind with the same result here repeat each other. A notice with a null result always has its own row. A kind whose
-- notices are to be counted needs a branch here and nothing else.
CREATE FUNCTION "notice_folds_as"(n "notices") RETURNS text
	LANGUAGE sql STABLE
AS $$
	SELECT CASE
		-- The person who requests leases, under any account.
		WHEN n.kind IN ('LEASE_REQUESTED', 'LEASE_ENDED') THEN (SELECT u.person_id::text
			FROM public.leases l JOIN public.users u ON u.id = l.requested_by
			WHERE l.id = n.lease_id AND (n.kind = 'LEASE_REQUESTED' OR l.state IN ('CANCELLED', 'LAPSED')))
		-- Reads under one lease; the log has each opening.
		WHEN n.kind = 'LEASE_READ' THEN n.lease_id::text
		-- Who did it, to whom, and that person's new role. Each new person has a separate notice. So has each change of the firm's policy, which may
		-- loosen the policy.
		WHEN n.kind IN ('MEMBER_INVITED', 'INVITATION_REVOKED', 'MEMBER_ADDED', 'MEMBER_ROLE_CHANGED', 'MEMBER_REMOVED')
			THEN format('%s %s %s', (SELECT u.person_id FROM public.users u WHERE u.id = n.actor_id),
				(SELECT u.person_id FROM public.users u WHERE u.id = n.user_id), n.role)
		-- Who requested it, not for whom: the notice of the approval names the future owner.
		WHEN n.kind IN ('OWNER_RECOVERY_REQUESTED', 'OWNER_RECOVERY_CANCELLED')
			THEN format('%s', (SELECT u.person_id FROM public.users u WHERE u.id = n.actor_id))
		-- Who requests jobs of a kind and class, and how they ended. A job that a second person approved always has a separate notice.
		WHEN n.kind IN ('JOB_REQUESTED', 'JOB_ENDED')
			THEN (SELECT format('%s %s %s %s', n.job_kind, n.job_state, j.class, u.person_id)
				FROM public.jobs j LEFT JOIN public.users u ON u.id = j.asked_by
				WHERE j.id = n.job_id AND j.agreed_by IS NULL)
	END
$$;

-- The first few repetitions within an hour are separate notices; later ones raise the count of one of these, whichever role writes them.
CREATE FUNCTION "fold_notice"() RETURNS trigger
	LANGUAGE plpgsql SECURITY DEFINER
AS $$
DECLARE
	recent uuid[];
BEGIN
	-- The database sets the time: a row with a time in the future would count forever.
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
	-- No transaction waits for a row that another one has locked: it counts in the newest unlocked row, and inserts a separate notice if there is none. So
	-- concurrent transactions insert at most one notice each, however often they repeat.
	UPDATE public.notices SET repeats = repeats + 1, last_at = clock_timestamp()
		WHERE id = (SELECT n.id FROM public.notices n WHERE n.id = ANY (recent) ORDER BY n.created_at DESC, n.id DESC
			LIMIT 1 FOR UPDATE SKIP LOCKED);
	IF NOT FOUND THEN RETURN NEW; END IF;
	-- The webhook delivers each invitation to the invited person, although the firm's owners see only a count.
	IF NEW.kind = 'MEMBER_INVITED' AND NEW.invitation_id IS NOT NULL THEN
		PERFORM public.queue_message(NEW.invitation_id, true, NEW.firm_id);
	END IF;
	RETURN NULL;
END
$$;

-- A notice that the policy refuses must not be counted: the trigger runs before the policy, and a counted notice has no row that the policy could
-- refuse. Functions of the database write as the owner, which no login can be.
CREATE TRIGGER "fold" BEFORE INSERT ON "notices" FOR EACH ROW
	WHEN (current_user = 'firmseal_owner' OR session_plane() <> 'firmseal_firm' OR is_firm_notice(NEW)) EXECUTE FUNCTION "fold_notice"();

-- Queues a message for the webhook, if there is one: the worker's first start with a webhook inserts the row of the nil UUID, and earlier messages are
-- not sent. The database's own messages have their turn at once. A message of a firm plane has its turn a minute after that firm's last unsent one: none
-- is lost, and a firm with many messages does not delay those of the database and of other firms.
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
