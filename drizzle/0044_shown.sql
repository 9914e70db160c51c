-- Totals and amounts due become content. With a column go its indexes, its checks and the privileges on it.
ALTER TABLE "invoices" DROP CONSTRAINT "invoices_tombstone_is_empty";--> statement-breakpoint
ALTER TABLE "invoices" DROP COLUMN "total";--> statement-breakpoint
ALTER TABLE "invoices" DROP COLUMN "amount_due";--> statement-breakpoint
ALTER TABLE "invoices" ADD COLUMN "total" "sealed";--> statement-breakpoint
ALTER TABLE "invoices" ADD COLUMN "amount_due" "sealed";--> statement-breakpoint
ALTER TABLE "invoices" ADD CONSTRAINT "invoices_total_firm_tag" CHECK (substring("invoices"."total" from 7 for 4) = substring(sha256(convert_to("invoices"."firm_id"::text, 'UTF8')) from 1 for 4));--> statement-breakpoint
ALTER TABLE "invoices" ADD CONSTRAINT "invoices_amount_due_firm_tag" CHECK (substring("invoices"."amount_due" from 7 for 4) = substring(sha256(convert_to("invoices"."firm_id"::text, 'UTF8')) from 1 for 4));--> statement-breakpoint
ALTER TABLE "invoices" ADD CONSTRAINT "invoices_tombstone_is_empty" CHECK ("invoices"."deleted_at" is null or ("invoices"."memo" is null and "invoices"."total" is null and "invoices"."amount_due" is null));--> statement-breakpoint
ALTER TABLE "lease_texts" ADD CONSTRAINT "lease_texts_reason_shown" CHECK ("lease_texts"."reason" !~ '[\u0001-\u0009\u000b-\u001f\u007f-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff0-\ufffb\U000e0000-\U000e0060]');--> statement-breakpoint

-- What the log says under a lease or about it, by the index on leases: a row policy comes before any index whose expression may fail.
CREATE FUNCTION "lease_entries"(of_lease uuid) RETURNS SETOF "audit_entries"
	LANGUAGE sql STABLE SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT e.* FROM public.audit_entries e
	WHERE strpos(e.leaf, '"lease":"') > 0 AND e.leaf::jsonb ->> 'lease' = of_lease::text
		AND (current_setting('role') = 'firmseal_operator' OR e.firm_id = public.current_firm())
$$;
--> statement-breakpoint
REVOKE EXECUTE ON FUNCTION "lease_entries"(uuid) FROM PUBLIC;
--> statement-breakpoint
GRANT EXECUTE ON FUNCTION "lease_entries"(uuid) TO firmseal_firm, firmseal_operator;--> statement-breakpoint
CREATE TABLE "lease_request_bounds" (
	"id" integer PRIMARY KEY DEFAULT 1 NOT NULL,
	"an_hour" integer DEFAULT 10 NOT NULL,
	"a_day" integer DEFAULT 40 NOT NULL,
	"told_each" integer DEFAULT 3 NOT NULL,
	CONSTRAINT "lease_request_bounds_one" CHECK ("lease_request_bounds"."id" = 1),
	CONSTRAINT "lease_request_bounds_positive" CHECK (least("lease_request_bounds"."an_hour", "lease_request_bounds"."a_day", "lease_request_bounds"."told_each") > 0)
);
--> statement-breakpoint
CREATE TABLE "lease_requesters" (
	"person_id" uuid PRIMARY KEY NOT NULL,
	"requested_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
ALTER TABLE "notices" ADD COLUMN "repeats" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "notices" ADD COLUMN "last_at" timestamp (3) with time zone;
--> statement-breakpoint

INSERT INTO "lease_request_bounds" DEFAULT VALUES;
--> statement-breakpoint
ALTER TABLE "lease_request_bounds" ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE "lease_requesters" ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
CREATE POLICY "owner_keeps" ON "lease_request_bounds" TO firmseal_owner USING (true) WITH CHECK (true);
--> statement-breakpoint
CREATE POLICY "owner_keeps" ON "lease_requesters" TO firmseal_owner USING (true) WITH CHECK (true);
--> statement-breakpoint
-- A person asks one firm so often in an hour and in a day, by the database's clock and in all accounts together, whoever writes the row.
CREATE FUNCTION "bound_lease_requests"() RETURNS trigger
	LANGUAGE plpgsql SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	asks uuid := (SELECT u.person_id FROM public.users u WHERE u.id = NEW.requested_by);
	in_hour bigint;
	in_day bigint;
BEGIN
	IF asks IS NULL THEN RETURN NEW; END IF;
	-- Requests of a person that come together wait here for one another, and see what was committed before.
	INSERT INTO public.lease_requesters (person_id, requested_at) VALUES (asks, clock_timestamp())
		ON CONFLICT (person_id) DO UPDATE SET requested_at = clock_timestamp();
	SELECT count(*) FILTER (WHERE l.requested_at > clock_timestamp() - interval '1 hour'), count(*) INTO in_hour, in_day
		FROM public.leases l JOIN public.users u ON u.id = l.requested_by
		WHERE u.person_id = asks AND l.firm_id = NEW.firm_id AND l.requested_at > clock_timestamp() - interval '24 hours';
	IF EXISTS (SELECT FROM public.lease_request_bounds b WHERE in_hour >= b.an_hour OR in_day >= b.a_day) THEN
		RAISE EXCEPTION 'the person has asked this firm for too many leases' USING ERRCODE = 'FS003';
	END IF;
	RETURN NEW;
END
$$;
--> statement-breakpoint
REVOKE EXECUTE ON FUNCTION "bound_lease_requests"() FROM PUBLIC;
--> statement-breakpoint
CREATE TRIGGER "bound" BEFORE INSERT ON "leases" FOR EACH ROW EXECUTE FUNCTION "bound_lease_requests"();
--> statement-breakpoint
ALTER TABLE "leases" ENABLE ALWAYS TRIGGER "bound";
--> statement-breakpoint

-- Of requests, and of those that were cancelled or lapsed, the first few of a person within an hour are notices of their own; what comes
-- after raises the count of the last. What is agreed to, denied, activated, read, or ends after that, is always a notice of its own.
CREATE POLICY "owner_asks_of_leases" ON "notices" FOR SELECT TO firmseal_owner USING (lease_id IS NOT NULL);
--> statement-breakpoint
CREATE POLICY "owner_folds" ON "notices" FOR UPDATE TO firmseal_owner
	USING (kind IN ('LEASE_REQUESTED', 'LEASE_ENDED')) WITH CHECK (kind IN ('LEASE_REQUESTED', 'LEASE_ENDED'));
--> statement-breakpoint
CREATE FUNCTION "fold_lease_notice"(of_lease uuid, of_firm uuid, of_user uuid, of_kind text) RETURNS boolean
	LANGUAGE plpgsql SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	recent uuid[];
BEGIN
	SELECT array_agg(n.id ORDER BY n.created_at DESC, n.id DESC) INTO recent
		FROM public.notices n JOIN public.leases l ON l.id = n.lease_id
		JOIN public.users had ON had.id = l.requested_by JOIN public.users asks ON asks.id = of_user AND asks.person_id = had.person_id
		WHERE n.firm_id = of_firm AND n.kind = of_kind AND n.created_at > clock_timestamp() - interval '1 hour' AND n.lease_id <> of_lease
			AND (of_kind = 'LEASE_REQUESTED' OR l.state IN ('CANCELLED', 'LAPSED'));
	IF coalesce(cardinality(recent), 0) < (SELECT b.told_each FROM public.lease_request_bounds b) THEN RETURN false; END IF;
	-- Nobody waits for a row that somebody else counts in: then it is a notice of its own.
	UPDATE public.notices SET repeats = repeats + 1, last_at = clock_timestamp()
		WHERE id = (SELECT n.id FROM public.notices n WHERE n.id = recent[1] FOR UPDATE SKIP LOCKED);
	RETURN FOUND;
END
$$;
--> statement-breakpoint
REVOKE EXECUTE ON FUNCTION "fold_lease_notice"(uuid, uuid, uuid, text) FROM PUBLIC;
--> statement-breakpoint
GRANT EXECUTE ON FUNCTION "fold_lease_notice"(uuid, uuid, uuid, text) TO firmseal_owner;
--> statement-breakpoint
-- As in 0008, but for what is folded.
CREATE OR REPLACE FUNCTION "tell_lease"() RETURNS trigger
	LANGUAGE plpgsql SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	told text;
	is_request boolean := TG_OP = 'INSERT';
BEGIN
	IF NOT is_request AND NEW.state = OLD.state THEN
		IF NEW.reviewed_by IS NOT DISTINCT FROM OLD.reviewed_by THEN RETURN NULL; END IF;
		told := 'LEASE_REVIEWED';
	ELSE
		INSERT INTO public.lease_events (id, lease_id, firm_id, from_state, to_state, acted_by, at)
			VALUES (public.generate_uuid_v7(), NEW.id, NEW.firm_id, CASE WHEN is_request THEN NULL ELSE OLD.state END, NEW.state,
				NEW.acted_by, clock_timestamp());
		told := CASE NEW.state
			WHEN 'REQUESTED' THEN 'LEASE_REQUESTED' WHEN 'APPROVED' THEN 'LEASE_APPROVED' WHEN 'DENIED' THEN 'LEASE_DENIED'
			WHEN 'ACTIVATING' THEN NULL WHEN 'ACTIVE' THEN 'LEASE_ACTIVATED' ELSE 'LEASE_ENDED' END;
		PERFORM pg_notify('firmseal_lease', NEW.id::text);
	END IF;
	IF is_request THEN
		INSERT INTO public.lease_budgets (lease_id, firm_id, budget) VALUES (NEW.id, NEW.firm_id, NEW.read_budget);
	END IF;
	IF told IS NULL THEN RETURN NULL; END IF;
	IF told <> 'LEASE_REVIEWED' AND NEW.state IN ('REQUESTED', 'CANCELLED', 'LAPSED')
		AND public.fold_lease_notice(NEW.id, NEW.firm_id, NEW.requested_by, told) THEN RETURN NULL; END IF;
	INSERT INTO public.notices (id, firm_id, kind, audience, lease_id, created_at)
		VALUES (public.generate_uuid_v7(), NEW.firm_id, told, 'OWNERS', NEW.id, clock_timestamp());
	RETURN NULL;
END
$$;--> statement-breakpoint
CREATE INDEX "audit_entries_by_time" ON "audit_entries" USING brin ("appended_at") WITH (autosummarize=true);
