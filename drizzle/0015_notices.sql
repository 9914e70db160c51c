-- Notices to a firm's people, their delivery to the webhook, and events for open pages.

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

-- Events for the streams of GET /events. They hold ids and kinds only. A role causes an event only by a row that it may write, and only about the firm
-- of that row. No unique key: an open transaction would otherwise block others that announce the same.

-- Adds events of this transaction, each once. A firm with a thousand events of the last minutes, and a statement that changes more than a hundred rows,
-- get one RESYNC a transaction, so that the table grows by no more than one row for each transaction.
CREATE FUNCTION "add_events"(of_firm uuid, of_kind text, of_subject text, of_records uuid[]) RETURNS void
	LANGUAGE plpgsql
AS $$
BEGIN
	IF cardinality(of_records) > 100 OR EXISTS (SELECT FROM public.events e WHERE e.firm_id = of_firm OFFSET 999) THEN
		INSERT INTO public.events (firm_id, kind) SELECT of_firm, 'RESYNC' WHERE NOT EXISTS (SELECT FROM public.events e
			WHERE e.firm_id = of_firm AND e.transaction = pg_current_xact_id() AND e.kind = 'RESYNC');
		RETURN;
	END IF;
	INSERT INTO public.events (firm_id, kind, subject, record_id) SELECT of_firm, of_kind, of_subject, r.id FROM unnest(of_records) r (id)
		WHERE NOT EXISTS (SELECT FROM public.events e WHERE e.firm_id = of_firm AND e.transaction = pg_current_xact_id()
			AND e.kind = of_kind AND e.subject = of_subject AND e.record_id = r.id);
END
$$;

-- Arguments: the kind, the column of the id, the column of the firm, and the subject, or the column that holds it.
CREATE FUNCTION "announce_row"() RETURNS trigger
	LANGUAGE plpgsql SECURITY DEFINER
AS $$
DECLARE
	changed jsonb;
BEGIN
	IF TG_OP = 'DELETE' THEN changed := to_jsonb(OLD); ELSE changed := to_jsonb(NEW); END IF;
	PERFORM public.add_events(coalesce((changed ->> TG_ARGV[2])::uuid, '00000000-0000-0000-0000-000000000000'), TG_ARGV[0],
		coalesce(changed ->> TG_ARGV[3], TG_ARGV[3]), ARRAY[(changed ->> TG_ARGV[1])::uuid]);
	RETURN NULL;
END
$$;

CREATE TRIGGER "announce" AFTER INSERT OR UPDATE ON "notices" FOR EACH ROW
	EXECUTE FUNCTION "announce_row"('NOTICE', 'id', 'firm_id', 'audience');
CREATE TRIGGER "announce" AFTER INSERT ON "leases" FOR EACH ROW EXECUTE FUNCTION "announce_row"('LEASE', 'id', 'firm_id', '');
CREATE TRIGGER "announce_again" AFTER UPDATE ON "leases" FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*)
	EXECUTE FUNCTION "announce_row"('LEASE', 'id', 'firm_id', '');
CREATE TRIGGER "announce" AFTER INSERT ON "lease_approvals" FOR EACH ROW EXECUTE FUNCTION "announce_row"('LEASE', 'lease_id', 'firm_id', '');
CREATE TRIGGER "announce" AFTER INSERT ON "lease_ends" FOR EACH ROW EXECUTE FUNCTION "announce_row"('LEASE', 'lease_id', 'firm_id', '');
CREATE TRIGGER "announce" AFTER UPDATE ON "lease_budgets" FOR EACH ROW WHEN (OLD.used IS DISTINCT FROM NEW.used)
	EXECUTE FUNCTION "announce_row"('LEASE', 'lease_id', 'firm_id', '');
CREATE TRIGGER "announce" AFTER INSERT ON "jobs" FOR EACH ROW EXECUTE FUNCTION "announce_row"('JOB', 'id', 'firm_id', '');
CREATE TRIGGER "announce_again" AFTER UPDATE ON "jobs" FOR EACH ROW
	WHEN ((OLD.state, OLD.agreed_by, OLD.step, OLD.total, OLD.done, OLD.failed, OLD.trouble)
		IS DISTINCT FROM (NEW.state, NEW.agreed_by, NEW.step, NEW.total, NEW.done, NEW.failed, NEW.trouble))
	EXECUTE FUNCTION "announce_row"('JOB', 'id', 'firm_id', '');
CREATE TRIGGER "announce" AFTER INSERT ON "alerts" FOR EACH ROW EXECUTE FUNCTION "announce_row"('ALERT', 'id', 'firm_id', '');
CREATE TRIGGER "announce_again" AFTER UPDATE ON "alerts" FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*)
	EXECUTE FUNCTION "announce_row"('ALERT', 'id', 'firm_id', '');
CREATE TRIGGER "announce" AFTER INSERT OR UPDATE OR DELETE ON "memberships" FOR EACH ROW
	EXECUTE FUNCTION "announce_row"('MEMBER', 'user_id', 'firm_id', 'User');
CREATE TRIGGER "announce" AFTER INSERT OR UPDATE OR DELETE ON "invitations" FOR EACH ROW
	EXECUTE FUNCTION "announce_row"('MEMBER', 'id', 'firm_id', 'Invitation');
CREATE TRIGGER "announce" AFTER INSERT OR UPDATE OR DELETE ON "firm_sign_ins" FOR EACH ROW
	EXECUTE FUNCTION "announce_row"('MEMBER', 'firm_id', 'firm_id', 'FirmSignIn');
CREATE TRIGGER "announce" AFTER INSERT OR UPDATE OR DELETE ON "access_policies" FOR EACH ROW
	EXECUTE FUNCTION "announce_row"('MEMBER', 'firm_id', 'firm_id', 'FirmAccessPolicy');
CREATE TRIGGER "announce" AFTER INSERT OR UPDATE ON "owner_recoveries" FOR EACH ROW
	EXECUTE FUNCTION "announce_row"('MEMBER', 'id', 'firm_id', 'OwnerRecovery');
CREATE TRIGGER "announce" AFTER INSERT ON "owner_recovery_ends" FOR EACH ROW
	EXECUTE FUNCTION "announce_row"('MEMBER', 'recovery_id', 'firm_id', 'OwnerRecovery');
CREATE TRIGGER "announce" AFTER INSERT ON "firms" FOR EACH ROW EXECUTE FUNCTION "announce_row"('MEMBER', 'id', 'id', 'Firm');
CREATE TRIGGER "announce_again" AFTER UPDATE ON "firms" FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*)
	EXECUTE FUNCTION "announce_row"('MEMBER', 'id', 'id', 'Firm');

-- Announces the shared record, and the client, because the client no longer sees a record whose share has ended.
CREATE FUNCTION "announce_share"() RETURNS trigger
	LANGUAGE plpgsql SECURITY DEFINER
AS $$
DECLARE
	changed public.shares;
BEGIN
	IF TG_OP = 'DELETE' THEN changed := OLD; ELSE changed := NEW; END IF;
	PERFORM public.add_events(changed.firm_id, 'RECORD', 'clients', ARRAY[changed.client_id]);
	PERFORM public.add_events(changed.firm_id, 'RECORD', CASE WHEN changed.document_id IS NOT NULL THEN 'documents'
		WHEN changed.thread_id IS NOT NULL THEN 'threads' ELSE 'invoices' END,
		ARRAY[coalesce(changed.document_id, changed.thread_id, changed.invoice_id)]);
	RETURN NULL;
END
$$;

CREATE TRIGGER "announce" AFTER INSERT OR DELETE ON "shares" FOR EACH ROW EXECUTE FUNCTION "announce_share"();

-- Each workspace table has it (0016). A row has changed if it has another revision: a job that seals values again leaves the revision.
CREATE FUNCTION "announce_records"() RETURNS trigger
	LANGUAGE plpgsql SECURITY DEFINER
AS $$
BEGIN
	IF TG_OP = 'INSERT' THEN
		PERFORM public.add_events(w.firm_id, 'RECORD', TG_TABLE_NAME, array_agg(w.id)) FROM written w GROUP BY w.firm_id;
	ELSIF TG_OP = 'DELETE' THEN
		PERFORM public.add_events(o.firm_id, 'RECORD', TG_TABLE_NAME, array_agg(o.id)) FROM replaced o GROUP BY o.firm_id;
	ELSE
		PERFORM public.add_events(w.firm_id, 'RECORD', TG_TABLE_NAME, array_agg(w.id)) FROM written w JOIN replaced o ON o.id = w.id
			WHERE w.revision <> o.revision GROUP BY w.firm_id;
	END IF;
	RETURN NULL;
END
$$;

-- The firms among these that have events which the snapshot does not show. So a process asks once for all firms whose people listen, and then
-- reads each firm's events as that firm.
CREATE FUNCTION "firms_with_events"(since pg_snapshot, of_firms uuid[]) RETURNS SETOF uuid
	LANGUAGE sql STABLE SECURITY DEFINER
AS $$
	SELECT f.id FROM unnest(of_firms) f (id) WHERE EXISTS (SELECT FROM public.events e WHERE e.firm_id = f.id
		AND e.transaction >= pg_snapshot_xmin(since) AND NOT pg_visible_in_snapshot(e.transaction, since))
$$;
GRANT EXECUTE ON FUNCTION "firms_with_events"(pg_snapshot, uuid[]) TO firmseal_firm;
