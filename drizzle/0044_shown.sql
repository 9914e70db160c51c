-- Totals and amounts due become content. With a column go its indexes, its checks and the privileges on it.
ALTER TABLE "invoices" DROP CONSTRAINT "invoices_tombstone_is_empty";--> statement-breakpoint
ALTER TABLE "invoices" DROP COLUMN "total";--> statement-breakpoint
ALTER TABLE "invoices" DROP COLUMN "amount_due";--> statement-breakpoint
ALTER TABLE "invoices" ADD COLUMN "total" "sealed";--> statement-breakpoint
ALTER TABLE "invoices" ADD COLUMN "amount_due" "sealed";--> statement-breakpoint
ALTER TABLE "invoices" ADD CONSTRAINT "invoices_total_firm_tag" CHECK (substring("invoices"."total" from 7 for 4) = substring(sha256(convert_to("invoices"."firm_id"::text, 'UTF8')) from 1 for 4));--> statement-breakpoint
ALTER TABLE "invoices" ADD CONSTRAINT "invoices_amount_due_firm_tag" CHECK (substring("invoices"."amount_due" from 7 for 4) = substring(sha256(convert_to("invoices"."firm_id"::text, 'UTF8')) from 1 for 4));--> statement-breakpoint
ALTER TABLE "invoices" ADD CONSTRAINT "invoices_tombstone_is_empty" CHECK ("invoices"."deleted_at" is null or ("invoices"."memo" is null and "invoices"."total" is null and "invoices"."amount_due" is null));--> statement-breakpoint
ALTER TABLE "lease_texts" ADD CONSTRAINT "lease_texts_reason_shown" CHECK (cardinality(string_to_array("lease_texts"."reason", chr(10))) <= 40 and "lease_texts"."reason" !~ '(?:^|\n)[\u0020\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]*\n[\u0020\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]*(?:\n|$)|[\u0020\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]{9}' and "lease_texts"."reason" ~ '^(?:[^\u0001-\u0009\u000b-\u001f\u007f-\u009f\u00ad\u034f\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\u2800\u3164\ue000-\uf8ff\ufdd0-\ufdef\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff\U000110bd\U000110cd\U00013430-\U0001343f\U00013441\U00013442\U00016fe4\U0001bca0-\U0001bca3\U0001d159\U0001d173-\U0001d17a\U0001fffe\U0001ffff\U0002fffe\U0002ffff\U0003fffe-\U0010ffff]|[#*0-9]\ufe0f\u20e3|[\u00a9\u00ae\u203c\u2049\u2122\u2139\u2190-\u21ff\u2300-\u23ff\u24c2\u25a0-\u27bf\u2934\u2935\u2b00-\u2bff\u3030\u303d\u3297\u3299\U0001f000-\U0001f1e5\U0001f200-\U0001faff]\ufe0f?(?:\u200d[\u00a9\u00ae\u203c\u2049\u2122\u2139\u2190-\u21ff\u2300-\u23ff\u24c2\u25a0-\u27bf\u2934\u2935\u2b00-\u2bff\u3030\u303d\u3297\u3299\U0001f000-\U0001f1e5\U0001f200-\U0001faff]\ufe0f?)*|\U0001f3f4\U000e0067\U000e0062(?:\U000e0065\U000e006e\U000e0067|\U000e0073\U000e0063\U000e0074|\U000e0077\U000e006c\U000e0073)\U000e007f|(?:[\u02bc\u0300-\u034e\u0350-\u036f\u0606-\u061b\u061d-\u06dc\u06de-\u070e\u0710-\u077f\u07c0-\u07ff\u0860-\u088f\u0892-\u08e1\u08e3-\u0dff\u1000-\u109f\u1780-\u17b3\u17b6-\u17ff\u1820-\u18aa\u1cd0-\u1cff\u1df8\u1dfa\u20f0\ua8e0-\ua8ff\ua9e0-\ua9ff\uaa60-\uaa7f\ufb50-\ufdcf\ufdf0-\ufdff\ufe70-\ufefe\U000102e0\U00010ec0-\U00010eff\U00011301\U00011303\U0001133b\U0001133c\U0001ee00-\U0001eeff]|[\u1820-\u18aa][\u180b-\u180d\u180f])(?:[\u200c\u200d](?:[\u02bc\u0300-\u034e\u0350-\u036f\u0606-\u061b\u061d-\u06dc\u06de-\u070e\u0710-\u077f\u07c0-\u07ff\u0860-\u088f\u0892-\u08e1\u08e3-\u0dff\u1000-\u109f\u1780-\u17b3\u17b6-\u17ff\u1820-\u18aa\u1cd0-\u1cff\u1df8\u1dfa\u20f0\ua8e0-\ua8ff\ua9e0-\ua9ff\uaa60-\uaa7f\ufb50-\ufdcf\ufdf0-\ufdff\ufe70-\ufefe\U000102e0\U00010ec0-\U00010eff\U00011301\U00011303\U0001133b\U0001133c\U0001ee00-\U0001eeff]|[\u1820-\u18aa][\u180b-\u180d\u180f]))*|[\u3006\u3007\u3021-\u3029\u3038-\u303a\u3400-\u9fff\uf900-\ufaff\U00016ff0-\U00018dff\U0001b170-\U0001b2ff\U00020000-\U0002fffd\U00030000-\U0003fffd][\ufe00-\ufe02\U000e0100-\U000e01ef])*$');--> statement-breakpoint
ALTER TABLE "lease_texts" DROP CONSTRAINT "lease_texts_ticket_size";--> statement-breakpoint
ALTER TABLE "lease_texts" ADD CONSTRAINT "lease_texts_ticket_form" CHECK ("lease_texts"."ticket" ~ '^[A-Z][A-Z0-9]{0,15}-[0-9]{1,10}$');--> statement-breakpoint
ALTER TABLE "leases" DROP CONSTRAINT "leases_coordinates_size";--> statement-breakpoint
ALTER TABLE "leases" ADD CONSTRAINT "leases_coordinates_form" CHECK (octet_length(array_to_string("leases"."coordinates", ',')) <= 17000 and array_to_string("leases"."coordinates", ',') ~ '^([A-Za-z]{1,63}\.[A-Za-z]{1,63}(,|$))*$' and array_position("leases"."coordinates", null) is null and array_ndims("leases"."coordinates") = 1);--> statement-breakpoint
ALTER TABLE "firms" ADD CONSTRAINT "firms_name_shown" CHECK ("firms"."name" ~ '^(?:[^\u000a\u0001-\u0009\u000b-\u001f\u007f-\u009f\u00ad\u034f\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\u2800\u3164\ue000-\uf8ff\ufdd0-\ufdef\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff\U000110bd\U000110cd\U00013430-\U0001343f\U00013441\U00013442\U00016fe4\U0001bca0-\U0001bca3\U0001d159\U0001d173-\U0001d17a\U0001fffe\U0001ffff\U0002fffe\U0002ffff\U0003fffe-\U0010ffff]|[#*0-9]\ufe0f\u20e3|[\u00a9\u00ae\u203c\u2049\u2122\u2139\u2190-\u21ff\u2300-\u23ff\u24c2\u25a0-\u27bf\u2934\u2935\u2b00-\u2bff\u3030\u303d\u3297\u3299\U0001f000-\U0001f1e5\U0001f200-\U0001faff]\ufe0f?(?:\u200d[\u00a9\u00ae\u203c\u2049\u2122\u2139\u2190-\u21ff\u2300-\u23ff\u24c2\u25a0-\u27bf\u2934\u2935\u2b00-\u2bff\u3030\u303d\u3297\u3299\U0001f000-\U0001f1e5\U0001f200-\U0001faff]\ufe0f?)*|\U0001f3f4\U000e0067\U000e0062(?:\U000e0065\U000e006e\U000e0067|\U000e0073\U000e0063\U000e0074|\U000e0077\U000e006c\U000e0073)\U000e007f|(?:[\u02bc\u0300-\u034e\u0350-\u036f\u0606-\u061b\u061d-\u06dc\u06de-\u070e\u0710-\u077f\u07c0-\u07ff\u0860-\u088f\u0892-\u08e1\u08e3-\u0dff\u1000-\u109f\u1780-\u17b3\u17b6-\u17ff\u1820-\u18aa\u1cd0-\u1cff\u1df8\u1dfa\u20f0\ua8e0-\ua8ff\ua9e0-\ua9ff\uaa60-\uaa7f\ufb50-\ufdcf\ufdf0-\ufdff\ufe70-\ufefe\U000102e0\U00010ec0-\U00010eff\U00011301\U00011303\U0001133b\U0001133c\U0001ee00-\U0001eeff]|[\u1820-\u18aa][\u180b-\u180d\u180f])(?:[\u200c\u200d](?:[\u02bc\u0300-\u034e\u0350-\u036f\u0606-\u061b\u061d-\u06dc\u06de-\u070e\u0710-\u077f\u07c0-\u07ff\u0860-\u088f\u0892-\u08e1\u08e3-\u0dff\u1000-\u109f\u1780-\u17b3\u17b6-\u17ff\u1820-\u18aa\u1cd0-\u1cff\u1df8\u1dfa\u20f0\ua8e0-\ua8ff\ua9e0-\ua9ff\uaa60-\uaa7f\ufb50-\ufdcf\ufdf0-\ufdff\ufe70-\ufefe\U000102e0\U00010ec0-\U00010eff\U00011301\U00011303\U0001133b\U0001133c\U0001ee00-\U0001eeff]|[\u1820-\u18aa][\u180b-\u180d\u180f]))*|[\u3006\u3007\u3021-\u3029\u3038-\u303a\u3400-\u9fff\uf900-\ufaff\U00016ff0-\U00018dff\U0001b170-\U0001b2ff\U00020000-\U0002fffd\U00030000-\U0003fffd][\ufe00-\ufe02\U000e0100-\U000e01ef])*$');--> statement-breakpoint
ALTER TABLE "users" ADD CONSTRAINT "users_text_shown" CHECK (("users"."email" || ' ' || "users"."name") ~ '^(?:[^\u000a\u0001-\u0009\u000b-\u001f\u007f-\u009f\u00ad\u034f\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\u2800\u3164\ue000-\uf8ff\ufdd0-\ufdef\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff\U000110bd\U000110cd\U00013430-\U0001343f\U00013441\U00013442\U00016fe4\U0001bca0-\U0001bca3\U0001d159\U0001d173-\U0001d17a\U0001fffe\U0001ffff\U0002fffe\U0002ffff\U0003fffe-\U0010ffff]|[#*0-9]\ufe0f\u20e3|[\u00a9\u00ae\u203c\u2049\u2122\u2139\u2190-\u21ff\u2300-\u23ff\u24c2\u25a0-\u27bf\u2934\u2935\u2b00-\u2bff\u3030\u303d\u3297\u3299\U0001f000-\U0001f1e5\U0001f200-\U0001faff]\ufe0f?(?:\u200d[\u00a9\u00ae\u203c\u2049\u2122\u2139\u2190-\u21ff\u2300-\u23ff\u24c2\u25a0-\u27bf\u2934\u2935\u2b00-\u2bff\u3030\u303d\u3297\u3299\U0001f000-\U0001f1e5\U0001f200-\U0001faff]\ufe0f?)*|\U0001f3f4\U000e0067\U000e0062(?:\U000e0065\U000e006e\U000e0067|\U000e0073\U000e0063\U000e0074|\U000e0077\U000e006c\U000e0073)\U000e007f|(?:[\u02bc\u0300-\u034e\u0350-\u036f\u0606-\u061b\u061d-\u06dc\u06de-\u070e\u0710-\u077f\u07c0-\u07ff\u0860-\u088f\u0892-\u08e1\u08e3-\u0dff\u1000-\u109f\u1780-\u17b3\u17b6-\u17ff\u1820-\u18aa\u1cd0-\u1cff\u1df8\u1dfa\u20f0\ua8e0-\ua8ff\ua9e0-\ua9ff\uaa60-\uaa7f\ufb50-\ufdcf\ufdf0-\ufdff\ufe70-\ufefe\U000102e0\U00010ec0-\U00010eff\U00011301\U00011303\U0001133b\U0001133c\U0001ee00-\U0001eeff]|[\u1820-\u18aa][\u180b-\u180d\u180f])(?:[\u200c\u200d](?:[\u02bc\u0300-\u034e\u0350-\u036f\u0606-\u061b\u061d-\u06dc\u06de-\u070e\u0710-\u077f\u07c0-\u07ff\u0860-\u088f\u0892-\u08e1\u08e3-\u0dff\u1000-\u109f\u1780-\u17b3\u17b6-\u17ff\u1820-\u18aa\u1cd0-\u1cff\u1df8\u1dfa\u20f0\ua8e0-\ua8ff\ua9e0-\ua9ff\uaa60-\uaa7f\ufb50-\ufdcf\ufdf0-\ufdff\ufe70-\ufefe\U000102e0\U00010ec0-\U00010eff\U00011301\U00011303\U0001133b\U0001133c\U0001ee00-\U0001eeff]|[\u1820-\u18aa][\u180b-\u180d\u180f]))*|[\u3006\u3007\u3021-\u3029\u3038-\u303a\u3400-\u9fff\uf900-\ufaff\U00016ff0-\U00018dff\U0001b170-\U0001b2ff\U00020000-\U0002fffd\U00030000-\U0003fffd][\ufe00-\ufe02\U000e0100-\U000e01ef])*$');--> statement-breakpoint
ALTER TABLE "invitations" ADD CONSTRAINT "invitations_text_shown" CHECK (("invitations"."email" || ' ' || "invitations"."name") ~ '^(?:[^\u000a\u0001-\u0009\u000b-\u001f\u007f-\u009f\u00ad\u034f\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\u2800\u3164\ue000-\uf8ff\ufdd0-\ufdef\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff\U000110bd\U000110cd\U00013430-\U0001343f\U00013441\U00013442\U00016fe4\U0001bca0-\U0001bca3\U0001d159\U0001d173-\U0001d17a\U0001fffe\U0001ffff\U0002fffe\U0002ffff\U0003fffe-\U0010ffff]|[#*0-9]\ufe0f\u20e3|[\u00a9\u00ae\u203c\u2049\u2122\u2139\u2190-\u21ff\u2300-\u23ff\u24c2\u25a0-\u27bf\u2934\u2935\u2b00-\u2bff\u3030\u303d\u3297\u3299\U0001f000-\U0001f1e5\U0001f200-\U0001faff]\ufe0f?(?:\u200d[\u00a9\u00ae\u203c\u2049\u2122\u2139\u2190-\u21ff\u2300-\u23ff\u24c2\u25a0-\u27bf\u2934\u2935\u2b00-\u2bff\u3030\u303d\u3297\u3299\U0001f000-\U0001f1e5\U0001f200-\U0001faff]\ufe0f?)*|\U0001f3f4\U000e0067\U000e0062(?:\U000e0065\U000e006e\U000e0067|\U000e0073\U000e0063\U000e0074|\U000e0077\U000e006c\U000e0073)\U000e007f|(?:[\u02bc\u0300-\u034e\u0350-\u036f\u0606-\u061b\u061d-\u06dc\u06de-\u070e\u0710-\u077f\u07c0-\u07ff\u0860-\u088f\u0892-\u08e1\u08e3-\u0dff\u1000-\u109f\u1780-\u17b3\u17b6-\u17ff\u1820-\u18aa\u1cd0-\u1cff\u1df8\u1dfa\u20f0\ua8e0-\ua8ff\ua9e0-\ua9ff\uaa60-\uaa7f\ufb50-\ufdcf\ufdf0-\ufdff\ufe70-\ufefe\U000102e0\U00010ec0-\U00010eff\U00011301\U00011303\U0001133b\U0001133c\U0001ee00-\U0001eeff]|[\u1820-\u18aa][\u180b-\u180d\u180f])(?:[\u200c\u200d](?:[\u02bc\u0300-\u034e\u0350-\u036f\u0606-\u061b\u061d-\u06dc\u06de-\u070e\u0710-\u077f\u07c0-\u07ff\u0860-\u088f\u0892-\u08e1\u08e3-\u0dff\u1000-\u109f\u1780-\u17b3\u17b6-\u17ff\u1820-\u18aa\u1cd0-\u1cff\u1df8\u1dfa\u20f0\ua8e0-\ua8ff\ua9e0-\ua9ff\uaa60-\uaa7f\ufb50-\ufdcf\ufdf0-\ufdff\ufe70-\ufefe\U000102e0\U00010ec0-\U00010eff\U00011301\U00011303\U0001133b\U0001133c\U0001ee00-\U0001eeff]|[\u1820-\u18aa][\u180b-\u180d\u180f]))*|[\u3006\u3007\u3021-\u3029\u3038-\u303a\u3400-\u9fff\uf900-\ufaff\U00016ff0-\U00018dff\U0001b170-\U0001b2ff\U00020000-\U0002fffd\U00030000-\U0003fffd][\ufe00-\ufe02\U000e0100-\U000e01ef])*$');--> statement-breakpoint

-- What the log says under a lease or about it, by the index on leases: a row policy comes before any index whose expression may fail.
CREATE FUNCTION "lease_entries"(of_lease uuid) RETURNS SETOF "audit_entries"
	LANGUAGE sql STABLE SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT e.* FROM public.audit_entries e
	WHERE strpos(e.leaf, '"lease":"') > 0 AND e.leaf::jsonb ->> 'lease' = of_lease::text
		AND ((SELECT public.session_plane()) = 'firmseal_operator' OR e.firm_id = public.current_firm())
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
ALTER TABLE "notices" ADD COLUMN "repeats" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "notices" ADD COLUMN "last_at" "moment";--> statement-breakpoint
ALTER TABLE "notices" ADD COLUMN "folds_as" "bytea";--> statement-breakpoint
CREATE INDEX "notices_by_fold" ON "notices" USING btree ("firm_id","kind","folds_as","created_at") WHERE folds_as is not null;
--> statement-breakpoint
-- What a count is of can't be made up.
ALTER TABLE "jobs" ADD CONSTRAINT "jobs_class_known" CHECK ("jobs"."class" in ('DOCUMENT', 'COMMUNICATION', 'BILLING', 'NOTE', 'RIGHTS', 'JOB', 'CHECKPOINT'));
--> statement-breakpoint

INSERT INTO "lease_request_bounds" DEFAULT VALUES;
--> statement-breakpoint
ALTER TABLE "lease_request_bounds" ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
CREATE POLICY "owner_keeps" ON "lease_request_bounds" TO firmseal_owner USING (true) WITH CHECK (true);
--> statement-breakpoint
-- An operator asks one firm so often in an hour and in a day, by the database's clock and in all accounts together, no matter who writes the row.
CREATE FUNCTION "bound_lease_requests"() RETURNS trigger
	LANGUAGE plpgsql SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	asks uuid := (SELECT u.person_id FROM public.users u JOIN public.operators o ON o.user_id = u.id
		WHERE u.id = NEW.requested_by AND 'OPERATOR' = ANY (o.roles) AND o.disabled_at IS NULL AND u.disabled_at IS NULL);
	in_hour bigint;
	in_day bigint;
BEGIN
	IF asks IS NULL THEN
		RAISE EXCEPTION 'an operator asks for a lease' USING ERRCODE = 'integrity_constraint_violation';
	END IF;
	-- Requests of a person that come together wait here for one another, and see what was committed before.
	PERFORM public.take_turn('LEASE_REQUEST', asks);
	IF current_setting('transaction_isolation') <> 'read committed' THEN
		RAISE EXCEPTION 'leases are asked for in read committed' USING ERRCODE = 'invalid_transaction_state';
	END IF;
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
-- The same of jobs that all firms are told of, as often as of leases. What counts is a job that is open, or that moved last within the time:
-- the database's clock says when that was, and only a program when it was asked for.
CREATE FUNCTION "bound_job_requests"() RETURNS trigger
	LANGUAGE plpgsql SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	asks uuid := (SELECT u.person_id FROM public.users u JOIN public.operators o ON o.user_id = u.id
		WHERE u.id = NEW.asked_by AND o.disabled_at IS NULL AND u.disabled_at IS NULL);
	waiting bigint;
	in_hour bigint;
	in_day bigint;
BEGIN
	IF NEW.firm_id <> '00000000-0000-0000-0000-000000000000' OR NOT public.tells_all_firms(NEW.kind) THEN RETURN NEW; END IF;
	-- What no second person agrees to may be a command's, on the installation itself.
	IF NEW.asked_by IS NULL AND public.job_needs(NEW.kind, NEW.firm_id) IS NULL THEN RETURN NEW; END IF;
	IF asks IS NULL THEN
		RAISE EXCEPTION 'a person of the platform asks for a job that all firms are told of' USING ERRCODE = 'integrity_constraint_violation';
	END IF;
	PERFORM public.take_turn('JOB_REQUEST', asks);
	IF current_setting('transaction_isolation') <> 'read committed' THEN
		RAISE EXCEPTION 'jobs are asked for in read committed' USING ERRCODE = 'invalid_transaction_state';
	END IF;
	SELECT count(*) FILTER (WHERE j.ended_at IS NULL), count(*) FILTER (WHERE j.next_at > clock_timestamp() - interval '1 hour'),
			count(*) FILTER (WHERE j.next_at > clock_timestamp() - interval '24 hours') INTO waiting, in_hour, in_day
		FROM public.jobs j JOIN public.users u ON u.id = j.asked_by
		WHERE u.person_id = asks AND j.firm_id = NEW.firm_id AND public.tells_all_firms(j.kind);
	IF EXISTS (SELECT FROM public.lease_request_bounds b WHERE greatest(waiting, in_hour) >= b.an_hour OR in_day >= b.a_day) THEN
		RAISE EXCEPTION 'the person has asked for too many jobs that all firms are told of' USING ERRCODE = 'FS003';
	END IF;
	RETURN NEW;
END
$$;
--> statement-breakpoint
REVOKE EXECUTE ON FUNCTION "bound_job_requests"() FROM PUBLIC;
--> statement-breakpoint
CREATE TRIGGER "bound" BEFORE INSERT ON "jobs" FOR EACH ROW EXECUTE FUNCTION "bound_job_requests"();
--> statement-breakpoint
ALTER TABLE "jobs" ENABLE ALWAYS TRIGGER "bound";
--> statement-breakpoint
-- The firm's plane asks for the next version of a class, in an owner's name, and for nothing else.
ALTER POLICY "firm_asks" ON "jobs" WITH CHECK (firm_id = (SELECT current_firm())
	AND kind = 'ROTATE' AND class IS NOT NULL AND state = 'QUEUED' AND asked_on = 'firm' AND subject IS NULL AND terms IS NULL AND rate IS NULL
	AND EXISTS (SELECT FROM "memberships" m WHERE m.firm_id = "jobs".firm_id AND m.user_id = "jobs".asked_by AND m.role = 'OWNER'
		AND m.removed_at IS NULL)
	-- Or of the newest, where another was faster and has ended since.
	AND version - latest_key_version(firm_id, class) IN (0, 1));
--> statement-breakpoint
-- It makes versions itself, so the next one bounds nothing: it has one such job of a class open at a time.
CREATE UNIQUE INDEX "jobs_one_asked_by_firm" ON "jobs" USING btree ("firm_id","kind","class") WHERE asked_on = 'firm' and state in ('WAITING', 'QUEUED', 'RUNNING');
--> statement-breakpoint

-- What a notice repeats: those of the same firm and kind of which this says the same. null: it is always a notice of its own. A kind that is to
-- be counted gets a branch here and nothing else. What it says tells apart by whom, about whom, and what these are since; and it is null for
-- what is agreed to, activated, read or given.
CREATE FUNCTION "notice_folds_as"(n "notices") RETURNS text
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT CASE
		-- Who asks for leases, in whatever account.
		WHEN n.kind IN ('LEASE_REQUESTED', 'LEASE_ENDED') THEN (SELECT u.person_id::text
			FROM public.leases l JOIN public.users u ON u.id = l.requested_by
			WHERE l.id = n.lease_id AND (n.kind = 'LEASE_REQUESTED' OR l.state IN ('CANCELLED', 'LAPSED')))
		-- How often it was read under one lease; each opening is in the log.
		WHEN n.kind = 'LEASE_READ' THEN n.lease_id::text
		-- Who of the firm did it, to whom, and what these are since. Each person who comes is told apart from all others. A change of what the firm
		-- asks for may be a loosening: it is always told.
		WHEN n.kind IN ('MEMBER_INVITED', 'INVITATION_REVOKED', 'MEMBER_ADDED', 'MEMBER_ROLE_CHANGED', 'MEMBER_REMOVED') THEN format('%s %s %s', (SELECT u.person_id FROM public.users u WHERE u.id = n.actor_id),
			(SELECT u.person_id FROM public.users u WHERE u.id = n.user_id), n.role)
		-- For whomever it was asked: who is to be an owner is told once it is agreed to.
		WHEN n.kind IN ('OWNER_RECOVERY_REQUESTED', 'OWNER_RECOVERY_CANCELLED')
			THEN format('%s', (SELECT u.person_id FROM public.users u WHERE u.id = n.actor_id))
		-- Who asks for jobs of a kind, on keys of a class, and what they came to. What another has agreed to is told each time.
		WHEN n.kind IN ('JOB_REQUESTED', 'JOB_ENDED')
			THEN (SELECT format('%s %s %s %s', n.job_kind, n.job_state, j.class, u.person_id)
				FROM public.jobs j LEFT JOIN public.users u ON u.id = j.asked_by
				WHERE j.id = n.job_id AND j.agreed_by IS NULL)
	END
$$;
--> statement-breakpoint
REVOKE EXECUTE ON FUNCTION "notice_folds_as"("notices") FROM PUBLIC;
--> statement-breakpoint
CREATE POLICY "owner_counts" ON "notices" FOR SELECT TO firmseal_owner USING (folds_as IS NOT NULL);
--> statement-breakpoint
CREATE POLICY "owner_folds" ON "notices" FOR UPDATE TO firmseal_owner USING (folds_as IS NOT NULL) WITH CHECK (folds_as IS NOT NULL);
--> statement-breakpoint
-- The first few of them within an hour are notices of their own; what comes after raises the count of one of these, no matter who writes it.
CREATE FUNCTION "fold_notice"() RETURNS trigger
	LANGUAGE plpgsql SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	recent uuid[];
BEGIN
	-- When it happened, the database says: no row is of a time that would count for ever.
	IF public.session_plane() <> 'none' THEN
		NEW.created_at := clock_timestamp();
		NEW.repeats := 0;
		NEW.last_at := NULL;
	END IF;
	-- A digest: who may read the row learns of no person by it.
	NEW.folds_as := sha256(convert_to(public.notice_folds_as(NEW), 'UTF8'));
	IF NEW.folds_as IS NULL THEN RETURN NEW; END IF;
	recent := ARRAY(SELECT n.id FROM public.notices n
		WHERE n.firm_id = NEW.firm_id AND n.kind = NEW.kind AND n.folds_as = NEW.folds_as
			AND n.created_at > clock_timestamp() - interval '1 hour');
	IF cardinality(recent) < (SELECT b.told_each FROM public.lease_request_bounds b) THEN RETURN NEW; END IF;
	-- No one waits for a row that someone else counts in: it is counted in the newest that is free, and is a notice of its own where none is.
	-- So those who come at once make as many as they are, however often they come.
	UPDATE public.notices SET repeats = repeats + 1, last_at = clock_timestamp()
		WHERE id = (SELECT n.id FROM public.notices n WHERE n.id = ANY (recent) ORDER BY n.created_at DESC, n.id DESC
			LIMIT 1 FOR UPDATE SKIP LOCKED);
	IF NOT FOUND THEN RETURN NEW; END IF;
	-- The webhook brings each invitation to who is invited, though its owner's colleagues are told of it by a count.
	IF NEW.kind = 'MEMBER_INVITED' AND NEW.invitation_id IS NOT NULL THEN
		PERFORM public.queue_message(NEW.invitation_id, true, NEW.firm_id);
	END IF;
	RETURN NULL;
END
$$;
--> statement-breakpoint
REVOKE EXECUTE ON FUNCTION "fold_notice"() FROM PUBLIC;
--> statement-breakpoint
-- What owners do and who joins, the firm's plane tells, of a firm that there is; of leases, jobs and keys, and what the platform does, the
-- database alone.
CREATE FUNCTION "firm_tells"(n "notices") RETURNS boolean
	LANGUAGE sql STABLE
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT n.firm_id = public.current_firm() AND n.lease_id IS NULL AND n.job_id IS NULL AND n.kind IN ('MEMBER_INVITED', 'INVITATION_REVOKED',
		'SIGN_IN_CHANGED', 'MEMBER_ADDED', 'MEMBER_ROLE_CHANGED', 'MEMBER_REMOVED', 'OWNER_RECOVERY_CANCELLED', 'ACCESS_POLICY_CHANGED')
		AND EXISTS (SELECT FROM public.firms f WHERE f.id = n.firm_id)
$$;
--> statement-breakpoint
REVOKE EXECUTE ON FUNCTION "firm_tells"("notices") FROM PUBLIC;
--> statement-breakpoint
GRANT EXECUTE ON FUNCTION "firm_tells"("notices") TO firmseal_firm, firmseal_owner;
--> statement-breakpoint
-- What its policy refuses to the firm's login counts for nothing: a trigger runs before the policy is asked, and what is counted has no row
-- that it could refuse. Where a function of the database's own writes, the owner does, which no login can be.
CREATE TRIGGER "fold" BEFORE INSERT ON "notices" FOR EACH ROW
	WHEN (current_user = 'firmseal_owner' OR session_plane() <> 'firmseal_firm' OR firm_tells(NEW)) EXECUTE FUNCTION "fold_notice"();
--> statement-breakpoint
ALTER TABLE "notices" ENABLE ALWAYS TRIGGER "fold";
--> statement-breakpoint
DROP POLICY "firm" ON "notices";
--> statement-breakpoint
CREATE POLICY "firm" ON "notices" TO firmseal_firm USING (firm_id = (SELECT current_firm())) WITH CHECK (firm_tells("notices"));
--> statement-breakpoint
-- What there may be most of at once, as there is one for every firm, keeps nothing else from the webhook.
ALTER TABLE "webhook_deliveries" ADD COLUMN "after_others" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "webhook_deliveries" ADD COLUMN "told_by" uuid;--> statement-breakpoint
ALTER TABLE "webhook_deliveries" ADD COLUMN "turn_at" "moment" DEFAULT clock_timestamp() NOT NULL;--> statement-breakpoint
DROP INDEX "webhook_deliveries_due";--> statement-breakpoint
CREATE INDEX "webhook_deliveries_due" ON "webhook_deliveries" USING btree ("after_others","turn_at","next_at") WHERE delivered_at is null;--> statement-breakpoint
CREATE INDEX "webhook_deliveries_by_teller" ON "webhook_deliveries" USING btree ("told_by","turn_at") WHERE delivered_at is null;--> statement-breakpoint
-- What the database tells has its turn at once. What a firm's plane tells has it a minute after what was told of that firm before and is not sent
-- yet: so none of it is lost, and however much there is of one firm, what the database tells and what other firms' people do comes before it.
CREATE FUNCTION "queue_message"(message uuid, is_after_others boolean, teller uuid) RETURNS void
	LANGUAGE sql VOLATILE
	SET search_path = pg_catalog, pg_temp
AS $$
	INSERT INTO public.webhook_deliveries (message_id, next_at, after_others, told_by, turn_at)
		SELECT message, clock_timestamp(), is_after_others, teller, greatest(clock_timestamp(), (
			SELECT max(d.turn_at) + interval '1 minute' FROM public.webhook_deliveries d WHERE d.told_by = teller AND d.delivered_at IS NULL))
		WHERE EXISTS (SELECT FROM public.webhook_deliveries d WHERE d.message_id = '00000000-0000-0000-0000-000000000000')
		ON CONFLICT DO NOTHING
$$;
--> statement-breakpoint
REVOKE EXECUTE ON FUNCTION "queue_message"(uuid, boolean, uuid) FROM PUBLIC;
--> statement-breakpoint
CREATE OR REPLACE FUNCTION "queue_delivery"() RETURNS trigger
	LANGUAGE plpgsql SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	told jsonb := to_jsonb(NEW);
BEGIN
	PERFORM public.queue_message(NEW.id, told ->> 'job_id' IS NOT NULL OR coalesce(told ->> 'kind' = 'APPROVER_DISABLED', false),
		CASE WHEN TG_TABLE_NAME = 'notices' AND public.session_plane() = 'firmseal_firm'
			AND public.firm_tells(jsonb_populate_record(NULL::public.notices, told)) THEN (told ->> 'firm_id')::uuid END);
	RETURN NULL;
END
$$;--> statement-breakpoint
CREATE INDEX "audit_entries_by_time" ON "audit_entries" USING brin ("appended_at") WITH (autosummarize=true);
--> statement-breakpoint

-- When all entries had been looked at for alerts.
ALTER TABLE "alert_watch" ADD COLUMN "looked_at" "moment";--> statement-breakpoint
GRANT UPDATE (looked_at) ON "alert_watch" TO firmseal_log;
--> statement-breakpoint

-- What each run of a process has appended last, by the role that appends. Who has a login appends in its roles whatever it likes, but every
-- verification takes it: in the form of a leaf, with the numbers that come next, above in the order in which the log takes entries. So what
-- these find was done past the database's rights.
CREATE TABLE "audit_runs" (
	"boot" uuid NOT NULL,
	"role" "name" NOT NULL,
	"last" bigint NOT NULL,
	"last_id" uuid NOT NULL,
	"transaction" "xid8" DEFAULT pg_current_xact_id() NOT NULL,
	CONSTRAINT "audit_runs_pkey" PRIMARY KEY("boot")
);
--> statement-breakpoint
ALTER TABLE "audit_runs" ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
CREATE POLICY "owner_keeps" ON "audit_runs" TO firmseal_owner USING (true) WITH CHECK (true);
--> statement-breakpoint
CREATE FUNCTION "follow_run"() RETURNS trigger
	LANGUAGE plpgsql SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	run record;
BEGIN
	-- Who puts a log back, as a superuser, takes it as it was anchored.
	IF public.session_plane() IN ('none', 'firmseal_owner') THEN RETURN NULL; END IF;
	PERFORM public.refuse_old_snapshot();
	FOR run IN
		SELECT role, boot, min(sequence) AS first, max(sequence) AS last, count(*) AS entries, bool_and(is_leaf) AS are_leaves,
			array_agg(id ORDER BY sequence) AS ids, array_agg(id ORDER BY id) AS ids_in_order
		FROM (
			-- Written again as src/audit/FORMAT.md has it, it is the same to the byte: keys in their order, each once, no escape that need not be.
			-- What should be a text is written as one, whatever it is, and no number but a small whole one: so nothing else is the same again. What
			-- should be a list of texts is written as jsonb has it, which puts a space after each comma and colon. `", "` is that of a list; a leaf has
			-- none, so that a list holds no object but an empty one, and no number, truth or null but alone: what stands after its bracket says.
			-- Policies look for `"plane":"firm"` in the text. So the names of a leaf stand before `":` in no other place: a text has `\"`, and `counts`
			-- has coordinates and whole numbers. A first text is the action itself.
			SELECT a.role, a.boot, a.sequence, a.id, strpos(a.leaf, ' ') = 0 AND e @> '{"actor":{"roles":[]},"coordinates":[],"records":[]}'
				AND a.leaf IS NOT DISTINCT FROM '{"action":' || to_json(e ->> 'action')::text
					|| ',"actor":{' || coalesce('"account":' || to_json(e #>> '{actor,account}')::text || ',', '') || '"kind":' || to_json(e #>> '{actor,kind}')::text
					|| ',"roles":' || replace((e #> '{actor,roles}')::text, '", "', '","') || ',"user":' || coalesce(to_json(e #>> '{actor,user}')::text, 'null')
					|| '},"at":' || to_json(e ->> 'at')::text || ',"boot":' || to_json(e ->> 'boot')::text
					|| CASE WHEN e ? 'bytes' THEN ',"bytes":' || substring(e ->> 'bytes' FROM '^\d{1,15}$') ELSE '' END
					|| ',"coordinates":' || replace((e -> 'coordinates')::text, '", "', '","')
					|| CASE WHEN e ? 'counts' THEN ',"counts":{' || coalesce((SELECT string_agg(to_json(c.key)::text || ':' || c.value::text, ',' ORDER BY c.key COLLATE "C")
						FROM jsonb_each(e -> 'counts') c WHERE c.key ~ '^[_A-Za-z][_0-9A-Za-z]{0,62}[.][_A-Za-z][_0-9A-Za-z]{0,62}$' AND c.value::text ~ '^[1-9][0-9]{0,9}$'), '') || '}' ELSE '' END
					|| ',"decision":' || to_json(e ->> 'decision')::text || ',"document":' || coalesce(to_json(e ->> 'document')::text, 'null')
					|| ',"firm":' || coalesce(to_json(e ->> 'firm')::text, 'null')
					|| coalesce(',"hash":' || to_json(e ->> 'hash')::text, '') || ',"id":' || to_json(e ->> 'id')::text
					|| ',"keys":[' || CASE WHEN e -> 'keys' = '[]' THEN '' ELSE (SELECT string_agg('{"class":' || to_json(k.use ->> 'class')::text
							|| ',"requestId":' || coalesce(to_json(k.use ->> 'requestId')::text, 'null') || ',"source":' || to_json(k.use ->> 'source')::text
							|| ',"version":' || substring(k.use ->> 'version' FROM '^\d{1,15}$') || '}', ',' ORDER BY k.n)
						FROM jsonb_array_elements(e -> 'keys') WITH ORDINALITY AS k (use, n)) END
					|| '],"lease":' || coalesce(to_json(e ->> 'lease')::text, 'null') || ',"plane":' || to_json(e ->> 'plane')::text
					|| ',"reason":' || coalesce(to_json(e ->> 'reason')::text, 'null') || ',"records":' || replace((e -> 'records')::text, '", "', '","')
					|| ',"request":' || coalesce(to_json(e ->> 'request')::text, 'null')
					|| ',"sequence":' || substring(e ->> 'sequence' FROM '^\d{1,15}$') || ',"v":' || substring(e ->> 'v' FROM '^\d{1,15}$') || '}'
				AND a.leaf !~ '\[[^]"{]|\[\{\}'
				AND CASE WHEN e ->> 'at' ~ '^\d{4}-\d\d-\d\dT([01]\d|2[0-3]):[0-5]\d:[0-5]\d\.\d{3}Z$'
					THEN to_char(to_date(left(e ->> 'at', 10), 'YYYY-MM-DD'), 'YYYY-MM-DD') = left(e ->> 'at', 10) ELSE false END AS is_leaf
			FROM added a CROSS JOIN LATERAL (SELECT a.leaf::jsonb AS e OFFSET 0) l
		) a GROUP BY role, boot ORDER BY boot, role
	LOOP
		IF NOT run.are_leaves THEN
			RAISE EXCEPTION 'an entry has the form of a leaf' USING ERRCODE = 'check_violation';
		END IF;
		IF run.last - run.first + 1 = run.entries AND run.ids = run.ids_in_order THEN
			UPDATE public.audit_runs r SET last = run.last, last_id = run.ids[run.entries], transaction = pg_current_xact_id()
				WHERE r.boot = run.boot AND r.role = run.role AND r.last = run.first - 1 AND r.last_id < run.ids[1]
					AND r.transaction <= pg_current_xact_id();
			CONTINUE WHEN FOUND;
			-- A boot is of one role: another that took it would give its numbers again. Of two that begin it at once, the key takes one.
			INSERT INTO public.audit_runs (boot, role, last, last_id) SELECT run.boot, run.role, run.last, run.ids[run.entries]
				WHERE run.first = 1 ON CONFLICT DO NOTHING;
			CONTINUE WHEN FOUND;
		END IF;
		RAISE EXCEPTION 'the entries of a run have the numbers that come next, and ids in their order' USING ERRCODE = 'check_violation';
	END LOOP;
	RETURN NULL;
END
$$;
--> statement-breakpoint
REVOKE EXECUTE ON FUNCTION "follow_run"() FROM PUBLIC;
--> statement-breakpoint
CREATE TRIGGER "follow_run" AFTER INSERT ON "audit_entries" REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION "follow_run"();
--> statement-breakpoint
ALTER TABLE "audit_entries" ENABLE ALWAYS TRIGGER "follow_run";
--> statement-breakpoint
-- A key is let go of when no lease has grants on it, or may have: those of a lease that has its end mark a broker has taken within a minute,
-- whoever holds the lease's row, and nothing more comes of it.
CREATE OR REPLACE FUNCTION "job_meets_lease"() RETURNS boolean
	LANGUAGE sql STABLE SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT EXISTS (SELECT FROM public.jobs j JOIN public.leases l ON l.firm_id = j.firm_id
		WHERE j.id = public.current_job() AND j.state = 'RUNNING' AND l.cleared_at IS NULL
			AND (l.state = 'ACTIVATING' OR l.activated_at IS NOT NULL)
			AND coalesce((SELECT min(e.ended_at) FROM public.lease_ends e WHERE e.lease_id = l.id)
				>= clock_timestamp() - interval '1 minute', true))
$$;
--> statement-breakpoint

-- Which of these are accounts or firms: who looks for alerts reads no row of them.
CREATE FUNCTION "known_ids"(ids uuid[]) RETURNS SETOF uuid
	LANGUAGE sql STABLE SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT u.id FROM public.users u WHERE u.id = ANY (ids)
	UNION ALL SELECT f.id FROM public.firms f WHERE f.id = ANY (ids)
	-- The platform's keys are of no firm.
	UNION ALL SELECT id FROM unnest(ids) id WHERE id = '00000000-0000-0000-0000-000000000000'
$$;
--> statement-breakpoint
REVOKE EXECUTE ON FUNCTION "known_ids"(uuid[]) FROM PUBLIC;
--> statement-breakpoint
GRANT EXECUTE ON FUNCTION "known_ids"(uuid[]) TO firmseal_log;
--> statement-breakpoint

-- Whose entry it is, no login chooses.
ALTER TABLE "audit_entries" ALTER COLUMN "role" SET DEFAULT session_plane();--> statement-breakpoint
ALTER TABLE "audit_entries" ADD CONSTRAINT "audit_entries_role_known" CHECK ("audit_entries"."role" in ('firmseal_firm', 'firmseal_operator', 'firmseal_worker', 'firmseal_broker'));--> statement-breakpoint
CREATE OR REPLACE FUNCTION "last_audit_sequence"(of_boot uuid) RETURNS bigint
	LANGUAGE sql STABLE SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$ SELECT coalesce(max(sequence), 0) FROM public.audit_entries WHERE role = (SELECT public.session_plane()) AND boot = of_boot $$;
--> statement-breakpoint

-- Only the latest version of a key seals, or none does: an older one may be below the minimum, so that nothing is written, and seals on after an owner
-- has had the key rotated. A version seals from when it is made; of the platform's the latest also does again that was disabled because its wrapping
-- key was lost. A policy would ask too early: an UPDATE to ACTIVE may wait for a later version that another transaction makes, and is asked after that.
CREATE FUNCTION "refuse_to_seal_again"() RETURNS trigger
	LANGUAGE plpgsql SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	-- An administrator puts states back.
	IF public.session_plane() IN ('none', 'firmseal_owner') THEN RETURN NULL; END IF;
	PERFORM public.refuse_old_snapshot();
	IF NEW.firm_id <> '00000000-0000-0000-0000-000000000000' OR OLD.state <> 'DISABLED'
		OR NEW.version <> public.latest_key_version(NEW.firm_id, NEW.class) THEN
		RAISE EXCEPTION 'a version of a key that seals no more does not seal again' USING ERRCODE = 'insufficient_privilege';
	END IF;
	RETURN NULL;
END
$$;
--> statement-breakpoint
REVOKE EXECUTE ON FUNCTION "refuse_to_seal_again"() FROM PUBLIC;
--> statement-breakpoint
CREATE TRIGGER "seals_once" AFTER UPDATE OF "state" ON "data_keys"
	FOR EACH ROW WHEN (NEW.state = 'ACTIVE' AND OLD.state <> 'ACTIVE') EXECUTE FUNCTION "refuse_to_seal_again"();
--> statement-breakpoint
ALTER TABLE "data_keys" ENABLE ALWAYS TRIGGER "seals_once";
--> statement-breakpoint

-- Whatever a login may write has a bound: a process that reads too large a value dies of it.
ALTER TABLE "alert_states" ADD CONSTRAINT "alert_states_forms" CHECK ("alert_states"."rule" ~ '^[A-Z_]{1,40}$' and "alert_states"."subject" ~ '^[A-Za-z0-9_:-]{1,200}$');--> statement-breakpoint
ALTER TABLE "alert_states" ADD CONSTRAINT "alert_states_mark_size" CHECK (octet_length("alert_states"."mark") <= 200);--> statement-breakpoint
ALTER TABLE "alert_tallies" ADD CONSTRAINT "alert_tallies_forms" CHECK ("alert_tallies"."rule" ~ '^[A-Z_]{1,40}$' and "alert_tallies"."subject" ~ '^[A-Za-z0-9_:-]{1,200}$');--> statement-breakpoint
ALTER TABLE "alert_tallies" ADD CONSTRAINT "alert_tallies_item_size" CHECK (octet_length("alert_tallies"."item") <= 200);--> statement-breakpoint
ALTER TABLE "alert_watch" ADD CONSTRAINT "alert_watch_size" CHECK (greatest(octet_length("alert_watch"."seen"::text), octet_length("alert_watch"."until"::text)) <= 65536);--> statement-breakpoint
ALTER TABLE "audit_anchors" ADD CONSTRAINT "audit_anchors_sha256_size" CHECK (octet_length("audit_anchors"."sha256") = 32);--> statement-breakpoint
ALTER TABLE "audit_root_checkpoints" ADD CONSTRAINT "audit_root_checkpoints_note_size" CHECK (octet_length("audit_root_checkpoints"."note") between 1 and 65536);--> statement-breakpoint
ALTER TABLE "audit_state" ADD CONSTRAINT "audit_state_installation_size" CHECK (octet_length("audit_state"."installation") between 1 and 100);--> statement-breakpoint
ALTER TABLE "clients" ADD CONSTRAINT "clients_email_size" CHECK (char_length("clients"."email") between 1 and 200);--> statement-breakpoint
ALTER TABLE "data_keys" ADD CONSTRAINT "data_keys_wrapped_size" CHECK (octet_length("data_keys"."wrapped") <= 6144);--> statement-breakpoint
ALTER TABLE "data_keys" ADD CONSTRAINT "data_keys_key_id_size" CHECK (char_length("data_keys"."key_id") between 1 and 2048);--> statement-breakpoint
ALTER TABLE "data_keys" ADD CONSTRAINT "data_keys_sealed_range" CHECK ("data_keys"."sealed" between 0 and 9007199254740991);--> statement-breakpoint
ALTER TABLE "key_floors" ADD CONSTRAINT "key_floors_class_known" CHECK ("key_floors"."class" in ('DOCUMENT', 'COMMUNICATION', 'BILLING', 'NOTE', 'RIGHTS', 'JOB', 'CHECKPOINT'));--> statement-breakpoint
ALTER TABLE "erasures" ADD CONSTRAINT "erasures_inventory_size" CHECK (octet_length("erasures"."inventory") <= 65536);--> statement-breakpoint
ALTER TABLE "erasures" ADD CONSTRAINT "erasures_certificate_size" CHECK (octet_length("erasures"."certificate") <= 8388608);--> statement-breakpoint
ALTER TABLE "legal_holds" ADD CONSTRAINT "legal_holds_mac_sizes" CHECK (octet_length("legal_holds"."mac") = 36 and octet_length("legal_holds"."release_mac") = 36);--> statement-breakpoint
ALTER TABLE "escrow_files" ADD CONSTRAINT "escrow_files_size" CHECK (octet_length("escrow_files"."file") <= case "escrow_files"."number" when 0 then 67108864 else 4096 end);--> statement-breakpoint
ALTER TABLE "firms" ADD CONSTRAINT "firms_name_size" CHECK (octet_length("firms"."name") <= 2000);--> statement-breakpoint
ALTER TABLE "access_policies" ADD CONSTRAINT "access_policies_mac_size" CHECK (octet_length("access_policies"."mac") = 36);--> statement-breakpoint
ALTER TABLE "clock_resets" ADD CONSTRAINT "clock_resets_mac_size" CHECK (octet_length("clock_resets"."mac") = 36);--> statement-breakpoint
ALTER TABLE "firm_sign_ins" ADD CONSTRAINT "firm_sign_ins_counts" CHECK (cardinality("firm_sign_ins"."issuers") <= 20 and cardinality("firm_sign_ins"."domains") <= 20);--> statement-breakpoint
ALTER TABLE "firm_sign_ins" ADD CONSTRAINT "firm_sign_ins_sizes" CHECK (octet_length(array_to_string("firm_sign_ins"."issuers", ',')) <= 5200 and octet_length(array_to_string("firm_sign_ins"."domains", ',')) <= 5200);--> statement-breakpoint
ALTER TABLE "firm_sign_ins" ADD CONSTRAINT "firm_sign_ins_mac_size" CHECK (octet_length("firm_sign_ins"."mac") = 36);--> statement-breakpoint
ALTER TABLE "jobs" ADD CONSTRAINT "jobs_mac_sizes" CHECK (octet_length("jobs"."mac") = 36 and octet_length("jobs"."agreed_mac") = 36);--> statement-breakpoint
ALTER TABLE "jobs" ADD CONSTRAINT "jobs_findings_size" CHECK (octet_length("jobs"."findings"::text) <= 65536);--> statement-breakpoint
ALTER TABLE "lease_grant_tokens" ADD CONSTRAINT "lease_grant_tokens_class_known" CHECK ("lease_grant_tokens"."class" = any (array['DOCUMENT', 'COMMUNICATION', 'BILLING', 'NOTE']));--> statement-breakpoint
ALTER TABLE "memberships" ADD CONSTRAINT "memberships_mac_size" CHECK (octet_length("memberships"."mac") = 36);--> statement-breakpoint
ALTER TABLE "notices" ADD CONSTRAINT "notices_job_known" CHECK ("notices"."job_kind" in ('ROTATE', 'REWRAP', 'REENCRYPT', 'DISABLE', 'ENABLE', 'DESTROY', 'MOVE', 'BACKFILL', 'VERIFY', 'CONTRACT', 'CLEAR', 'BRING', 'GIVE_BACK', 'ERASE', 'ESCROW', 'RECOVER', 'DRILL', 'APPOINT', 'ADD_OPERATOR') and "notices"."job_state" in ('WAITING', 'QUEUED', 'RUNNING', 'DONE', 'FAILED', 'CANCELLED'));--> statement-breakpoint
ALTER TABLE "notices" ADD CONSTRAINT "notices_key_state_known" CHECK ("notices"."key_state" in ('HEALTHY', 'DEGRADED', 'REVOKED', 'RESTORED'));--> statement-breakpoint
ALTER TABLE "notices" ADD CONSTRAINT "notices_folds_as_size" CHECK (octet_length("notices"."folds_as") = 32);--> statement-breakpoint
ALTER TABLE "operators" ADD CONSTRAINT "operators_mac_size" CHECK (octet_length("operators"."mac") = 36);--> statement-breakpoint
ALTER TABLE "operators" ADD CONSTRAINT "operators_introduced_by_count" CHECK (cardinality("operators"."introduced_by") <= 1000);
