-- Firm custody (src/custody/FORMAT.md): key logs and their checkpoints, wrapped keys, devices that join, and the custody of each class. Tables of
-- this file come with their privileges, policies and functions.

CREATE TABLE "custody_wraps" (
	"firm_id" uuid NOT NULL,
	"class" text NOT NULL,
	"version" integer NOT NULL,
	"recipient" text NOT NULL,
	"wrapper" text NOT NULL,
	"wrap" text NOT NULL,
	CONSTRAINT "custody_wraps_firm_id_class_version_recipient_wrapper_pk" PRIMARY KEY("firm_id","class","version","recipient","wrapper"),
	CONSTRAINT "custody_wraps_class_form" CHECK ("custody_wraps"."class" ~ '^[A-Z][A-Z0-9_]{0,31}$'),
	CONSTRAINT "custody_wraps_version_positive" CHECK ("custody_wraps"."version" >= 1),
	CONSTRAINT "custody_wraps_devices_form" CHECK ("custody_wraps"."recipient" ~ '^[0-9a-f]{64}$' and "custody_wraps"."wrapper" ~ '^[0-9a-f]{64}$'),
	CONSTRAINT "custody_wraps_wrap_form" CHECK (octet_length("custody_wraps"."wrap") between 2 and 2048 and "custody_wraps"."wrap" collate "C" !~ '[^ -~]')
);
--> statement-breakpoint
CREATE TABLE "device_requests" (
	"firm_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"person" uuid NOT NULL,
	"commitment" text NOT NULL,
	"challenge" text,
	"genesis" text,
	"head" text,
	"answered_by" uuid,
	"reveal" text,
	"statement" text,
	"created_at" "moment" DEFAULT clock_timestamp() NOT NULL,
	"ended" text,
	"released_by" text,
	"share" text,
	CONSTRAINT "device_requests_firm_id_id_pk" PRIMARY KEY("firm_id","id"),
	CONSTRAINT "device_requests_hashes_form" CHECK ("device_requests"."commitment" ~ '^[0-9a-f]{64}$' and "device_requests"."genesis" ~ '^[0-9a-f]{64}$' and "device_requests"."head" ~ '^[0-9a-f]{64}$' and "device_requests"."released_by" ~ '^[0-9a-f]{64}$'),
	CONSTRAINT "device_requests_random_form" CHECK ("device_requests"."challenge" ~ '^[A-Za-z0-9+/]{43}=$' and "device_requests"."reveal" ~ '^[A-Za-z0-9+/]{43}=$'),
	CONSTRAINT "device_requests_statement_form" CHECK (octet_length("device_requests"."statement") between 2 and 2048 and "device_requests"."statement" collate "C" !~ '[^ -~]'),
	CONSTRAINT "device_requests_challenge_whole" CHECK (num_nonnulls("device_requests"."challenge", "device_requests"."genesis", "device_requests"."head", "device_requests"."answered_by") in (0, 4)),
	CONSTRAINT "device_requests_reveal_whole" CHECK (num_nonnulls("device_requests"."reveal", "device_requests"."statement") in (0, 2)),
	CONSTRAINT "device_requests_in_order" CHECK ("device_requests"."reveal" is null or "device_requests"."challenge" is not null),
	CONSTRAINT "device_requests_ended_known" CHECK ("device_requests"."ended" in ('ADDED', 'REFUSED', 'RELEASED')),
	CONSTRAINT "device_requests_share_form" CHECK (octet_length("device_requests"."share") between 2 and 2048 and "device_requests"."share" collate "C" !~ '[^ -~]'),
	CONSTRAINT "device_requests_release_whole" CHECK (num_nonnulls("device_requests"."released_by", "device_requests"."share") = case when "device_requests"."ended" = 'RELEASED' then 2 else 0 end)
);
--> statement-breakpoint
CREATE TABLE "owner_proposals" (
	"firm_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"person" uuid NOT NULL,
	"kind" text NOT NULL,
	"body" text NOT NULL,
	"agreement" text,
	"created_at" "moment" DEFAULT clock_timestamp() NOT NULL,
	"is_ended" boolean DEFAULT false NOT NULL,
	CONSTRAINT "owner_proposals_firm_id_id_pk" PRIMARY KEY("firm_id","id"),
	CONSTRAINT "owner_proposals_kind_form" CHECK ("owner_proposals"."kind" ~ '^[a-z]{1,20}[.][a-z]{1,20}$'),
	CONSTRAINT "owner_proposals_body_form" CHECK (octet_length("owner_proposals"."body") between 2 and 8192 and "owner_proposals"."body" collate "C" !~ '[^ -~]'),
	CONSTRAINT "owner_proposals_agreement_form" CHECK (octet_length("owner_proposals"."agreement") between 2 and 1024 and "owner_proposals"."agreement" collate "C" !~ '[^ -~]')
);
--> statement-breakpoint
CREATE TABLE "firm_custody" (
	"firm_id" uuid NOT NULL,
	"class" text NOT NULL,
	"custody" text NOT NULL,
	"seq" integer NOT NULL,
	"mac" "bytea" NOT NULL,
	CONSTRAINT "firm_custody_firm_id_class_pk" PRIMARY KEY("firm_id","class"),
	CONSTRAINT "firm_custody_class_form" CHECK ("firm_custody"."class" ~ '^[A-Z][A-Z0-9_]{0,31}$'),
	CONSTRAINT "firm_custody_known" CHECK ("firm_custody"."custody" in ('PLATFORM', 'MOVING', 'FIRM', 'BACK')),
	CONSTRAINT "firm_custody_seq_range" CHECK ("firm_custody"."seq" >= 0),
	CONSTRAINT "firm_custody_mac_size" CHECK (octet_length("firm_custody"."mac") = 36)
);
--> statement-breakpoint
CREATE TABLE "key_log_checkpoints" (
	"firm_id" uuid PRIMARY KEY NOT NULL,
	"size" integer NOT NULL,
	"note" text NOT NULL,
	"signed_at" "moment" DEFAULT clock_timestamp() NOT NULL,
	CONSTRAINT "key_log_checkpoints_size_range" CHECK ("key_log_checkpoints"."size" >= 1),
	CONSTRAINT "key_log_checkpoints_note_size" CHECK (octet_length("key_log_checkpoints"."note") between 1 and 4096)
);
--> statement-breakpoint
CREATE TABLE "key_log_entries" (
	"firm_id" uuid NOT NULL,
	"seq" integer NOT NULL,
	"leaf" text NOT NULL,
	"hash" text DEFAULT '' NOT NULL,
	"hashes" "bytea" DEFAULT ''::bytea NOT NULL,
	"key_class" text,
	"key_version" integer,
	"appended_at" "moment" DEFAULT clock_timestamp() NOT NULL,
	CONSTRAINT "key_log_entries_firm_id_seq_pk" PRIMARY KEY("firm_id","seq"),
	CONSTRAINT "key_log_entries_seq_range" CHECK ("key_log_entries"."seq" >= 0),
	CONSTRAINT "key_log_entries_leaf_form" CHECK (octet_length("key_log_entries"."leaf") between 2 and 65536 and "key_log_entries"."leaf" collate "C" !~ '[^ -~]'),
	CONSTRAINT "key_log_entries_hash_form" CHECK ("key_log_entries"."hash" ~ '^[0-9a-f]{64}$'),
	CONSTRAINT "key_log_entries_hashes_size" CHECK (octet_length("key_log_entries"."hashes") between 32 and 1024 and octet_length("key_log_entries"."hashes") % 32 = 0),
	CONSTRAINT "key_log_entries_key_form" CHECK ("key_log_entries"."key_class" ~ '^[A-Z][A-Z0-9_]{0,31}$' and "key_log_entries"."key_version" >= 1),
	CONSTRAINT "key_log_entries_key_whole" CHECK (num_nonnulls("key_log_entries"."key_class", "key_log_entries"."key_version") in (0, 2))
);
--> statement-breakpoint
CREATE TABLE "key_log_names" (
	"firm_id" uuid NOT NULL,
	"person" uuid NOT NULL,
	"name_hash" text NOT NULL,
	"salt" "bytea" NOT NULL,
	"name" text NOT NULL,
	CONSTRAINT "key_log_names_firm_id_person_name_hash_pk" PRIMARY KEY("firm_id","person","name_hash"),
	CONSTRAINT "key_log_names_hash_form" CHECK ("key_log_names"."name_hash" ~ '^[0-9a-f]{64}$'),
	CONSTRAINT "key_log_names_salt_size" CHECK (octet_length("key_log_names"."salt") = 16),
	CONSTRAINT "key_log_names_name_size" CHECK (char_length("key_log_names"."name") between 1 and 200),
	CONSTRAINT "key_log_names_name_shown" CHECK ("key_log_names"."name" ~ '^(?:[^\u000a\u0001-\u0009\u000b-\u001f\u007f-\u009f\u00ad\u034f\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\u2800\u3164\ue000-\uf8ff\ufdd0-\ufdef\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff\U000110bd\U000110cd\U00013430-\U0001343f\U00013441\U00013442\U00016fe4\U0001bca0-\U0001bca3\U0001d159\U0001d173-\U0001d17a\U0001fffe\U0001ffff\U0002fffe\U0002ffff\U0003fffe-\U0010ffff]|[#*0-9]\ufe0f\u20e3|[\u00a9\u00ae\u203c\u2049\u2122\u2139\u2190-\u21ff\u2300-\u23ff\u24c2\u25a0-\u27bf\u2934\u2935\u2b00-\u2bff\u3030\u303d\u3297\u3299\U0001f000-\U0001f1e5\U0001f200-\U0001faff]\ufe0f?(?:\u200d[\u00a9\u00ae\u203c\u2049\u2122\u2139\u2190-\u21ff\u2300-\u23ff\u24c2\u25a0-\u27bf\u2934\u2935\u2b00-\u2bff\u3030\u303d\u3297\u3299\U0001f000-\U0001f1e5\U0001f200-\U0001faff]\ufe0f?)*|\U0001f3f4\U000e0067\U000e0062(?:\U000e0065\U000e006e\U000e0067|\U000e0073\U000e0063\U000e0074|\U000e0077\U000e006c\U000e0073)\U000e007f|(?:[\u02bc\u0300-\u034e\u0350-\u036f\u0606-\u061b\u061d-\u06dc\u06de-\u070e\u0710-\u077f\u07c0-\u07ff\u0860-\u088f\u0892-\u08e1\u08e3-\u0dff\u1000-\u109f\u1780-\u17b3\u17b6-\u17ff\u1820-\u18aa\u1cd0-\u1cff\u1df8\u1dfa\u20f0\ua8e0-\ua8ff\ua9e0-\ua9ff\uaa60-\uaa7f\ufb50-\ufdcf\ufdf0-\ufdff\ufe70-\ufefe\U000102e0\U00010ec0-\U00010eff\U00011301\U00011303\U0001133b\U0001133c\U0001ee00-\U0001eeff]|[\u1820-\u18aa][\u180b-\u180d\u180f])(?:[\u200c\u200d](?:[\u02bc\u0300-\u034e\u0350-\u036f\u0606-\u061b\u061d-\u06dc\u06de-\u070e\u0710-\u077f\u07c0-\u07ff\u0860-\u088f\u0892-\u08e1\u08e3-\u0dff\u1000-\u109f\u1780-\u17b3\u17b6-\u17ff\u1820-\u18aa\u1cd0-\u1cff\u1df8\u1dfa\u20f0\ua8e0-\ua8ff\ua9e0-\ua9ff\uaa60-\uaa7f\ufb50-\ufdcf\ufdf0-\ufdff\ufe70-\ufefe\U000102e0\U00010ec0-\U00010eff\U00011301\U00011303\U0001133b\U0001133c\U0001ee00-\U0001eeff]|[\u1820-\u18aa][\u180b-\u180d\u180f]))*|[\u3006\u3007\u3021-\u3029\u3038-\u303a\u3400-\u9fff\uf900-\ufaff\U00016ff0-\U00018dff\U0001b170-\U0001b2ff\U00020000-\U0002fffd\U00030000-\U0003fffd][\ufe00-\ufe02\U000e0100-\U000e01ef])*$')
);
--> statement-breakpoint
CREATE TABLE "key_log_wishes" (
	"firm_id" uuid PRIMARY KEY NOT NULL,
	"wanted_at" "moment" DEFAULT clock_timestamp() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "recovery_shares" (
	"firm_id" uuid NOT NULL,
	"person" uuid NOT NULL,
	"device" text NOT NULL,
	"recipient" text NOT NULL,
	"share" text NOT NULL,
	CONSTRAINT "recovery_shares_firm_id_person_device_recipient_pk" PRIMARY KEY("firm_id","person","device","recipient"),
	CONSTRAINT "recovery_shares_devices_form" CHECK ("recovery_shares"."device" ~ '^[0-9a-f]{64}$' and "recovery_shares"."recipient" ~ '^[0-9a-f]{64}$'),
	CONSTRAINT "recovery_shares_share_form" CHECK (octet_length("recovery_shares"."share") between 2 and 2048 and "recovery_shares"."share" collate "C" !~ '[^ -~]')
);
--> statement-breakpoint
ALTER TABLE "custody_wraps" ADD CONSTRAINT "custody_wraps_firm_id_firms_id_fk" FOREIGN KEY ("firm_id") REFERENCES "public"."firms"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "device_requests" ADD CONSTRAINT "device_requests_firm_id_firms_id_fk" FOREIGN KEY ("firm_id") REFERENCES "public"."firms"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "firm_custody" ADD CONSTRAINT "firm_custody_firm_id_firms_id_fk" FOREIGN KEY ("firm_id") REFERENCES "public"."firms"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "key_log_entries" ADD CONSTRAINT "key_log_entries_firm_id_firms_id_fk" FOREIGN KEY ("firm_id") REFERENCES "public"."firms"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "key_log_names" ADD CONSTRAINT "key_log_names_firm_id_firms_id_fk" FOREIGN KEY ("firm_id") REFERENCES "public"."firms"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "owner_proposals" ADD CONSTRAINT "owner_proposals_firm_id_firms_id_fk" FOREIGN KEY ("firm_id") REFERENCES "public"."firms"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "recovery_shares" ADD CONSTRAINT "recovery_shares_firm_id_firms_id_fk" FOREIGN KEY ("firm_id") REFERENCES "public"."firms"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "device_requests_by_creation" ON "device_requests" USING btree ("firm_id","created_at");--> statement-breakpoint
CREATE INDEX "owner_proposals_by_creation" ON "owner_proposals" USING btree ("firm_id","created_at");--> statement-breakpoint
CREATE INDEX "key_log_entries_by_version" ON "key_log_entries" USING btree ("firm_id","key_class","key_version") WHERE "key_log_entries"."key_class" is not null;

-- Privileges. Only a firm's own plane adds to its log. Every plane that handles content reads in whose custody a class is.
GRANT SELECT, INSERT (firm_id, seq, leaf) ON "key_log_entries" TO firmseal_firm;
GRANT SELECT ON "key_log_checkpoints" TO firmseal_firm;
GRANT SELECT, INSERT (firm_id), UPDATE (wanted_at) ON "key_log_wishes" TO firmseal_firm;
GRANT SELECT, INSERT ON "key_log_names", "custody_wraps", "recovery_shares" TO firmseal_firm;
GRANT SELECT, INSERT (firm_id, id, person, commitment), UPDATE (challenge, genesis, head, answered_by, reveal, statement, ended, released_by, share)
	ON "device_requests" TO firmseal_firm;
GRANT SELECT, INSERT (firm_id, id, person, kind, body), UPDATE (agreement, is_ended) ON "owner_proposals" TO firmseal_firm;
GRANT SELECT, INSERT, UPDATE (custody, seq, mac) ON "firm_custody" TO firmseal_firm;
GRANT SELECT ON "firm_custody" TO firmseal_portal, firmseal_worker, firmseal_maintenance;
GRANT SELECT (firm_id, class, custody, seq) ON "firm_custody" TO firmseal_operator, firmseal_broker;

-- The role that reads entries signs nothing, and the role that signs sees only their hashes.
GRANT SELECT ON "key_log_entries", "key_log_checkpoints", "key_log_wishes" TO firmseal_log;
GRANT SELECT (firm_id, seq, hash, hashes) ON "key_log_entries" TO firmseal_signer;
GRANT SELECT ON "key_log_wishes" TO firmseal_signer;
GRANT SELECT, INSERT (firm_id, size, note, signed_at), UPDATE (size, note, signed_at) ON "key_log_checkpoints" TO firmseal_signer;

-- Row policies.
DO $$
DECLARE
	of_policy text;
	rule text;
	of_table text;
BEGIN
	FOR of_policy, rule, of_table IN SELECT v.policy, v.rule, t.name FROM (VALUES
		('firm', 'TO firmseal_firm USING (firm_id = (SELECT current_firm())) WITH CHECK (firm_id = (SELECT current_firm()))',
			'key_log_wishes key_log_names custody_wraps recovery_shares device_requests owner_proposals firm_custody'),
		('firm_reads', 'FOR SELECT TO firmseal_firm USING (firm_id = (SELECT current_firm()))',
			'key_log_entries key_log_checkpoints'),
		('firm_appends', 'FOR INSERT TO firmseal_firm WITH CHECK (firm_id = (SELECT current_firm()))',
			'key_log_entries'),
		('not_erased', 'AS RESTRICTIVE FOR INSERT TO firmseal_firm WITH CHECK (NOT is_erased(firm_id))',
			'key_log_entries key_log_wishes firm_custody'),
		('portal', 'FOR SELECT TO firmseal_portal USING (firm_id = (SELECT current_firm()))',
			'firm_custody'),
		('everybody', 'FOR SELECT TO firmseal_operator, firmseal_broker, firmseal_worker, firmseal_maintenance, firmseal_owner USING (true)',
			'firm_custody'),
		('log_reads', 'FOR SELECT TO firmseal_log USING (true)',
			'key_log_entries key_log_checkpoints key_log_wishes'),
		('signer_reads', 'FOR SELECT TO firmseal_signer USING (true)',
			'key_log_entries key_log_wishes'),
		('signer', 'TO firmseal_signer USING (true) WITH CHECK (true)',
			'key_log_checkpoints'),
		('owner_keeps', 'FOR SELECT TO firmseal_owner USING (true)',
			'key_log_entries device_requests owner_proposals'),
		('owner_forgets', 'FOR DELETE TO firmseal_owner USING (true)',
			'device_requests owner_proposals')
	) v (policy, rule, tables), regexp_split_to_table(v.tables, '\s+') t (name)
	LOOP
		EXECUTE format('CREATE POLICY %I ON %I %s', of_policy, of_table, rule);
	END LOOP;
END
$$;

-- The log is append-only, as the audit log is.
CREATE TRIGGER "append_only_row" BEFORE UPDATE OR DELETE ON "key_log_entries" FOR EACH ROW EXECUTE FUNCTION "refuse_append_only_change"();
CREATE TRIGGER "append_only_statement" BEFORE UPDATE OR DELETE ON "key_log_entries"
	FOR EACH STATEMENT EXECUTE FUNCTION "refuse_append_only_change"();
CREATE TRIGGER "append_only_truncate" BEFORE TRUNCATE ON "key_log_entries" FOR EACH STATEMENT EXECUTE FUNCTION "refuse_append_only_change"();

-- Lets one transaction at a time append to the log of the transaction's firm, from the time at which it reads the log.
CREATE FUNCTION "hold_key_log"() RETURNS void
	LANGUAGE plpgsql SECURITY DEFINER
AS $$
BEGIN
	PERFORM public.refuse_old_snapshot();
	PERFORM public.take_turn('KEY_LOG', public.current_firm());
END
$$;
GRANT EXECUTE ON FUNCTION "hold_key_log"() TO firmseal_firm;

-- Accepts an entry only as the next one, and computes its hashes. Only a program can check its signature and the rules of the log, and every reader
-- does so.
CREATE FUNCTION "follow_key_log"() RETURNS trigger
	LANGUAGE plpgsql SECURITY DEFINER
AS $$
DECLARE
	entry jsonb := NEW.leaf::jsonb;
	newest public.key_log_entries;
	node bytea := sha256('\x00'::bytea || convert_to(NEW.leaf, 'UTF8'));
	width integer := 1;
BEGIN
	PERFORM public.take_turn('KEY_LOG', NEW.firm_id);
	PERFORM public.refuse_old_snapshot();
	SELECT * INTO newest FROM public.key_log_entries e WHERE e.firm_id = NEW.firm_id ORDER BY e.seq DESC LIMIT 1;
	IF NEW.seq IS DISTINCT FROM coalesce(newest.seq, -1) + 1 OR (entry ->> 'seq') IS DISTINCT FROM NEW.seq::text
		OR (entry ->> 'firm') IS DISTINCT FROM NEW.firm_id::text OR (entry ->> 'prev') IS DISTINCT FROM coalesce(newest.hash, repeat('0', 64))
	THEN
		RAISE EXCEPTION 'an entry must be the next one of its firm''s key log' USING ERRCODE = 'check_violation';
	END IF;
	-- Many entries at once would make every client of the firm verify them.
	IF public.session_plane() NOT IN ('none', 'firmseal_owner') AND (SELECT e.appended_at FROM public.key_log_entries e
		WHERE e.firm_id = NEW.firm_id AND e.seq = NEW.seq - 300) > clock_timestamp() - interval '1 minute'
	THEN
		RAISE EXCEPTION 'too many entries of the key log within a minute' USING ERRCODE = 'FS003';
	END IF;
	NEW.hash := encode(sha256(convert_to(NEW.leaf, 'UTF8')), 'hex');
	NEW.hashes := node;
	-- Each set bit at the end of the number completes a subtree, whose left half ends with an earlier leaf.
	WHILE NEW.seq & width > 0 LOOP
		node := sha256('\x01'::bytea || (SELECT substring(e.hashes FROM octet_length(e.hashes) - 31) FROM public.key_log_entries e
			WHERE e.firm_id = NEW.firm_id AND e.seq = NEW.seq - width) || node);
		NEW.hashes := NEW.hashes || node;
		width := width * 2;
	END LOOP;
	-- An administrator who restores a log keeps its times.
	IF public.session_plane() NOT IN ('none', 'firmseal_owner') THEN NEW.appended_at := clock_timestamp(); END IF;
	NEW.key_class := NULL;
	NEW.key_version := NULL;
	IF entry ->> 'kind' = 'key.generate' THEN
		NEW.key_class := entry #>> '{body,class}';
		NEW.key_version := (entry #>> '{body,version}')::integer;
		PERFORM public.take_turn('KEY_VERSION', NEW.firm_id);
		IF NEW.key_version IS DISTINCT FROM public.latest_key_version(NEW.firm_id, NEW.key_class) + 1 THEN
			RAISE EXCEPTION 'a key must have the next version of its class' USING ERRCODE = 'check_violation';
		END IF;
	END IF;
	RETURN NEW;
END
$$;

CREATE TRIGGER "follow" BEFORE INSERT ON "key_log_entries" FOR EACH ROW EXECUTE FUNCTION "follow_key_log"();

-- Both custodies number the keys of a class in one series, so the platform's next version waits for an entry that is being appended, and a number of
-- the log is taken. That it is not too high, in_turn (0018) checks.
CREATE FUNCTION "take_turn_of_key_version"() RETURNS trigger
	LANGUAGE plpgsql SECURITY DEFINER
AS $$
BEGIN
	PERFORM public.take_turn('KEY_VERSION', NEW.firm_id);
	PERFORM public.refuse_old_snapshot();
	IF EXISTS (SELECT FROM public.key_log_entries e WHERE e.firm_id = NEW.firm_id AND e.key_class = NEW.class AND e.key_version = NEW.version) THEN
		RAISE EXCEPTION 'a key of the firm''s devices has this version' USING ERRCODE = 'unique_violation';
	END IF;
	RETURN NEW;
END
$$;

CREATE TRIGGER "take_turn" BEFORE INSERT ON "data_keys" FOR EACH ROW
	WHEN (NEW.class NOT IN ('RIGHTS', 'JOB', 'CHECKPOINT')) EXECUTE FUNCTION "take_turn_of_key_version"();

-- A signed log never becomes smaller.
CREATE FUNCTION "refuse_smaller_checkpoint"() RETURNS trigger
	LANGUAGE plpgsql
AS $$
BEGIN
	RAISE EXCEPTION 'a key log cannot become smaller than its checkpoint' USING ERRCODE = 'insufficient_privilege';
END
$$;

CREATE TRIGGER "only_rises" BEFORE UPDATE ON "key_log_checkpoints"
	FOR EACH ROW WHEN (NEW.size < OLD.size) EXECUTE FUNCTION "refuse_smaller_checkpoint"();

CREATE FUNCTION "stamp_key_log_wish"() RETURNS trigger
	LANGUAGE plpgsql
AS $$
BEGIN
	IF public.session_plane() NOT IN ('none', 'firmseal_owner') THEN NEW.wanted_at := clock_timestamp(); END IF;
	RETURN NEW;
END
$$;

CREATE TRIGGER "stamp" BEFORE INSERT OR UPDATE ON "key_log_wishes" FOR EACH ROW EXECUTE FUNCTION "stamp_key_log_wish"();

-- Limits devices that want to join: 5 open ones of a person, and 30 a minute of a firm. Forgets those of the day before.
CREATE FUNCTION "bound_device_requests"() RETURNS trigger
	LANGUAGE plpgsql SECURITY DEFINER
AS $$
DECLARE
	open_ones bigint;
	in_minute bigint;
BEGIN
	-- An administrator may restore a row.
	IF public.session_plane() IN ('none', 'firmseal_owner') THEN RETURN NEW; END IF;
	PERFORM public.take_turn('DEVICE_REQUEST', NEW.firm_id);
	PERFORM public.refuse_old_snapshot();
	NEW.created_at := clock_timestamp();
	SELECT count(*) FILTER (WHERE r.person = NEW.person AND r.ended IS NULL), count(*) FILTER (WHERE r.created_at > clock_timestamp() - interval '1 minute')
		INTO open_ones, in_minute FROM public.device_requests r
		WHERE r.firm_id = NEW.firm_id AND r.created_at > clock_timestamp() - interval '15 minutes';
	IF open_ones >= 5 OR in_minute >= 30 THEN
		RAISE EXCEPTION 'too many devices want to join' USING ERRCODE = 'FS003';
	END IF;
	DELETE FROM public.device_requests r WHERE r.firm_id = NEW.firm_id AND r.created_at < clock_timestamp() - interval '1 day';
	RETURN NEW;
END
$$;

CREATE TRIGGER "bound" BEFORE INSERT ON "device_requests" FOR EACH ROW EXECUTE FUNCTION "bound_device_requests"();

-- A request takes challenge, reveal and end in this order, each once, and nothing after its 15 minutes: each side is bound by what it has sent.
CREATE FUNCTION "guard_device_request"() RETURNS trigger
	LANGUAGE plpgsql
AS $$
BEGIN
	-- An administrator may restore a row.
	IF public.session_plane() IN ('none', 'firmseal_owner') THEN RETURN NEW; END IF;
	IF OLD.ended IS NOT NULL OR OLD.created_at <= clock_timestamp() - interval '15 minutes'
		OR OLD.challenge IS NOT NULL AND (NEW.challenge, NEW.genesis, NEW.head, NEW.answered_by)
			IS DISTINCT FROM (OLD.challenge, OLD.genesis, OLD.head, OLD.answered_by)
		OR OLD.challenge IS NULL AND NEW.reveal IS NOT NULL
		OR OLD.reveal IS NOT NULL AND (NEW.reveal, NEW.statement) IS DISTINCT FROM (OLD.reveal, OLD.statement)
		OR OLD.reveal IS NULL AND NEW.ended IN ('ADDED', 'RELEASED')
		OR NEW.ended = 'RELEASED' AND OLD.answered_by = OLD.person
	THEN
		RAISE EXCEPTION 'a device that joins cannot take this step now' USING ERRCODE = 'invalid_transaction_state';
	END IF;
	RETURN NEW;
END
$$;

CREATE TRIGGER "guard" BEFORE UPDATE ON "device_requests" FOR EACH ROW EXECUTE FUNCTION "guard_device_request"();

-- Limits what owners propose: 20 open proposals of a firm. Forgets those of the week before the last.
CREATE FUNCTION "bound_owner_proposals"() RETURNS trigger
	LANGUAGE plpgsql SECURITY DEFINER
AS $$
BEGIN
	-- An administrator may restore a row.
	IF public.session_plane() IN ('none', 'firmseal_owner') THEN RETURN NEW; END IF;
	PERFORM public.take_turn('DEVICE_REQUEST', NEW.firm_id);
	PERFORM public.refuse_old_snapshot();
	NEW.created_at := clock_timestamp();
	IF (SELECT count(*) FROM public.owner_proposals p
		WHERE p.firm_id = NEW.firm_id AND NOT p.is_ended AND p.created_at > clock_timestamp() - interval '7 days') >= 20 THEN
		RAISE EXCEPTION 'too many proposals are open' USING ERRCODE = 'FS003';
	END IF;
	DELETE FROM public.owner_proposals p WHERE p.firm_id = NEW.firm_id AND p.created_at < clock_timestamp() - interval '14 days';
	RETURN NEW;
END
$$;

CREATE TRIGGER "bound" BEFORE INSERT ON "owner_proposals" FOR EACH ROW EXECUTE FUNCTION "bound_owner_proposals"();

-- A proposal that has ended stays as it is.
CREATE FUNCTION "guard_owner_proposal"() RETURNS trigger
	LANGUAGE plpgsql
AS $$
BEGIN
	-- An administrator may restore a row.
	IF public.session_plane() IN ('none', 'firmseal_owner') THEN RETURN NEW; END IF;
	IF OLD.is_ended OR OLD.created_at <= clock_timestamp() - interval '7 days' THEN
		RAISE EXCEPTION 'the proposal has ended' USING ERRCODE = 'invalid_transaction_state';
	END IF;
	RETURN NEW;
END
$$;

CREATE TRIGGER "guard" BEFORE UPDATE ON "owner_proposals" FOR EACH ROW EXECUTE FUNCTION "guard_owner_proposal"();

-- Open pages learn of the log, the wraps and the devices that want to join (0015).
CREATE TRIGGER "announce" AFTER INSERT ON "key_log_entries" FOR EACH ROW EXECUTE FUNCTION "announce_row"('KEY_LOG', 'firm_id', 'firm_id', 'KeyLog');
CREATE TRIGGER "announce" AFTER INSERT ON "custody_wraps" FOR EACH ROW EXECUTE FUNCTION "announce_row"('KEY_LOG', 'firm_id', 'firm_id', 'KeyWrap');
CREATE TRIGGER "announce" AFTER INSERT OR UPDATE ON "device_requests" FOR EACH ROW
	EXECUTE FUNCTION "announce_row"('KEY_LOG', 'id', 'firm_id', 'DeviceRequest');
CREATE TRIGGER "announce" AFTER INSERT OR UPDATE ON "owner_proposals" FOR EACH ROW
	EXECUTE FUNCTION "announce_row"('KEY_LOG', 'id', 'firm_id', 'OwnerProposal');
