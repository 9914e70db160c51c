CREATE TABLE "data_keys" (
	"firm_id" uuid NOT NULL,
	"class" text NOT NULL,
	"version" bigint NOT NULL,
	"state" text NOT NULL,
	"wrapped" "bytea" NOT NULL,
	"commitment" "bytea" NOT NULL,
	"key_id" text NOT NULL,
	"own_key" boolean DEFAULT false NOT NULL,
	"sealed" bigint DEFAULT 0 NOT NULL,
	"created_at" "moment" DEFAULT now() NOT NULL,
	CONSTRAINT "data_keys_firm_id_class_version_pk" PRIMARY KEY("firm_id","class","version"),
	CONSTRAINT "data_keys_version_positive" CHECK ("data_keys"."version" >= 1),
	CONSTRAINT "data_keys_state_known" CHECK ("data_keys"."state" in ('ACTIVE', 'RETIRED', 'DISABLED', 'DESTROYED')),
	CONSTRAINT "data_keys_class_known" CHECK ("data_keys"."class" in ('DOCUMENT', 'COMMUNICATION', 'BILLING', 'NOTE', 'RIGHTS', 'JOB', 'CHECKPOINT')),
	CONSTRAINT "data_keys_commitment_size" CHECK (octet_length("data_keys"."commitment") = 32),
	CONSTRAINT "data_keys_wrapped_size" CHECK (octet_length("data_keys"."wrapped") <= 6144),
	CONSTRAINT "data_keys_key_id_size" CHECK (char_length("data_keys"."key_id") between 1 and 2048),
	CONSTRAINT "data_keys_sealed_range" CHECK ("data_keys"."sealed" between 0 and 9007199254740991)
);
--> statement-breakpoint
CREATE TABLE "key_floors" (
	"firm_id" uuid NOT NULL,
	"class" text NOT NULL,
	"version" bigint NOT NULL,
	"set_at" "moment" DEFAULT clock_timestamp() NOT NULL,
	"set_in" bigint,
	CONSTRAINT "key_floors_firm_id_class_pk" PRIMARY KEY("firm_id","class"),
	CONSTRAINT "key_floors_class_known" CHECK ("key_floors"."class" in ('DOCUMENT', 'COMMUNICATION', 'BILLING', 'NOTE', 'RIGHTS', 'JOB', 'CHECKPOINT'))
);
--> statement-breakpoint
CREATE TABLE "key_refusals" (
	"firm_id" uuid NOT NULL,
	"reported_by" "name" DEFAULT current_user NOT NULL,
	"id" uuid NOT NULL,
	"refused_at" "moment" DEFAULT clock_timestamp() NOT NULL,
	CONSTRAINT "key_refusals_firm_id_reported_by_pk" PRIMARY KEY("firm_id","reported_by")
);
--> statement-breakpoint
CREATE TABLE "events" (
	"transaction" "xid8" DEFAULT pg_current_xact_id() NOT NULL,
	"firm_id" uuid NOT NULL,
	"kind" text NOT NULL,
	"subject" text DEFAULT '' NOT NULL,
	"record_id" uuid,
	CONSTRAINT "events_kind_known" CHECK ("events"."kind" in ('NOTICE', 'LEASE', 'JOB', 'ALERT', 'MEMBER', 'RECORD', 'KEY_LOG', 'RESYNC')),
	CONSTRAINT "events_subject_form" CHECK ("events"."subject" ~ '^[A-Za-z_]{0,63}$'),
	CONSTRAINT "events_name_records" CHECK (("events"."kind" = 'RESYNC') = ("events"."record_id" is null))
);
--> statement-breakpoint
CREATE TABLE "own_key_states" (
	"firm_id" uuid PRIMARY KEY NOT NULL,
	"state" text NOT NULL,
	"since" "moment" DEFAULT clock_timestamp() NOT NULL,
	"next_at" "moment" DEFAULT clock_timestamp() NOT NULL,
	CONSTRAINT "own_key_states_known" CHECK ("own_key_states"."state" in ('HEALTHY', 'DEGRADED', 'REVOKED', 'RESTORED'))
);
--> statement-breakpoint
CREATE TABLE "jobs" (
	"id" uuid PRIMARY KEY NOT NULL,
	"firm_id" uuid NOT NULL,
	"kind" text NOT NULL,
	"class" text,
	"version" bigint,
	"subject" text,
	"terms" text,
	"rate" integer,
	"state" text NOT NULL,
	"asked_on" text NOT NULL,
	"asked_by" uuid,
	"asked_at" "moment" NOT NULL,
	"mac" "bytea" NOT NULL,
	"agreed_by" uuid,
	"agreed_mac" "bytea",
	"agreed_at" "moment",
	"wanted_in" bigint DEFAULT pg_current_xact_id()::text::bigint NOT NULL,
	"step" integer DEFAULT 0 NOT NULL,
	"after" uuid,
	"round" integer DEFAULT 0 NOT NULL,
	"total" bigint,
	"done" bigint DEFAULT 0 NOT NULL,
	"failed" bigint DEFAULT 0 NOT NULL,
	"findings" jsonb,
	"trouble" text,
	"next_at" "moment" DEFAULT clock_timestamp() NOT NULL,
	"started_at" "moment",
	"ended_at" "moment",
	CONSTRAINT "jobs_class_known" CHECK ("jobs"."class" in ('DOCUMENT', 'COMMUNICATION', 'BILLING', 'NOTE', 'RIGHTS', 'JOB', 'CHECKPOINT')),
	CONSTRAINT "jobs_kind_known" CHECK ("jobs"."kind" in ('ROTATE', 'REWRAP', 'REENCRYPT', 'DISABLE', 'ENABLE', 'DESTROY', 'MOVE', 'BACKFILL', 'VERIFY', 'CONTRACT', 'CLEAR', 'BRING', 'GIVE_BACK', 'ERASE', 'ESCROW', 'RECOVER', 'DRILL', 'APPOINT', 'ADD_OPERATOR')),
	CONSTRAINT "jobs_state_known" CHECK ("jobs"."state" in ('WAITING', 'QUEUED', 'RUNNING', 'DONE', 'FAILED', 'CANCELLED')),
	CONSTRAINT "jobs_asked_on_known" CHECK ("jobs"."asked_on" in ('firm', 'cli', 'worker')),
	CONSTRAINT "jobs_rate_range" CHECK ("jobs"."rate" between 1 and 1000000),
	CONSTRAINT "jobs_version_range" CHECK ("jobs"."version" between 1 and 2147483647),
	CONSTRAINT "jobs_subject_form" CHECK ("jobs"."subject" ~ '^[A-Za-z0-9_.-]{1,200}$'),
	CONSTRAINT "jobs_terms_length" CHECK (octet_length("jobs"."terms") between 1 and 65536),
	CONSTRAINT "jobs_counts" CHECK (least("jobs"."total", "jobs"."done", "jobs"."failed", "jobs"."step", "jobs"."round") >= 0),
	CONSTRAINT "jobs_trouble_form" CHECK ("jobs"."trouble" ~ '^[A-Z0-9_]{1,40}$'),
	CONSTRAINT "jobs_mac_sizes" CHECK (octet_length("jobs"."mac") = 36 and octet_length("jobs"."agreed_mac") = 36),
	CONSTRAINT "jobs_findings_size" CHECK (octet_length("jobs"."findings"::text) <= 65536),
	CONSTRAINT "jobs_agreement_whole" CHECK (("jobs"."agreed_by" is null) = ("jobs"."agreed_mac" is null)),
	CONSTRAINT "jobs_ended" CHECK (("jobs"."state" in ('DONE', 'FAILED', 'CANCELLED')) = ("jobs"."ended_at" is not null))
);
--> statement-breakpoint
CREATE TABLE "job_pages" (
	"job_id" uuid NOT NULL,
	"step" integer NOT NULL,
	"after" uuid,
	"upto" uuid,
	"claim" uuid NOT NULL,
	"claimed_at" "moment" DEFAULT clock_timestamp() NOT NULL,
	"number" integer NOT NULL,
	CONSTRAINT "job_pages_job_id_number_pk" PRIMARY KEY("job_id","number")
);
--> statement-breakpoint
CREATE TABLE "column_moves" (
	"coordinate" text PRIMARY KEY NOT NULL,
	"table_name" text NOT NULL,
	"from_column" text NOT NULL,
	"to_column" text NOT NULL,
	"phase" text NOT NULL,
	"moved_at" "moment" DEFAULT clock_timestamp() NOT NULL,
	"plaintext_only_writes" text,
	"rewritten_at" "moment",
	"report" text,
	CONSTRAINT "column_moves_phase_known" CHECK ("column_moves"."phase" in ('EXPANDED', 'VERIFIED', 'CUTOVER', 'CONTRACTING', 'CONTRACTED', 'ROLLED_BACK'))
);
--> statement-breakpoint
CREATE TABLE "escrow_files" (
	"job_id" uuid NOT NULL,
	"number" integer NOT NULL,
	"firm_id" uuid NOT NULL,
	"holder" text,
	"side" text,
	"file" "bytea" NOT NULL,
	"made_at" "moment" DEFAULT clock_timestamp() NOT NULL,
	CONSTRAINT "escrow_files_job_id_number_pk" PRIMARY KEY("job_id","number"),
	CONSTRAINT "escrow_files_number_range" CHECK ("escrow_files"."number" between 0 and 32),
	CONSTRAINT "escrow_files_holder_form" CHECK ("escrow_files"."holder" ~ '^[A-Za-z0-9._-]{1,64}$'),
	CONSTRAINT "escrow_files_side_known" CHECK ("escrow_files"."side" in ('FIRM', 'PLATFORM')),
	CONSTRAINT "escrow_files_whose" CHECK (num_nulls("escrow_files"."holder", "escrow_files"."side") = case "escrow_files"."number" when 0 then 2 else 0 end),
	CONSTRAINT "escrow_files_sealed" CHECK (substring("escrow_files"."file" from 1 for 22) = '\x6167652d656e6372797074696f6e2e6f72672f76310a'::bytea),
	CONSTRAINT "escrow_files_size" CHECK (octet_length("escrow_files"."file") <= case "escrow_files"."number" when 0 then 67108864 else 4096 end)
);
--> statement-breakpoint
CREATE TABLE "recovery_files" (
	"id" uuid PRIMARY KEY NOT NULL,
	"job_id" uuid NOT NULL,
	"firm_id" uuid NOT NULL,
	"session" uuid,
	"file" "bytea",
	"handed_at" "moment" DEFAULT clock_timestamp() NOT NULL,
	"answer" text,
	"refusal" text,
	"holder" text,
	"side" text,
	"have" integer,
	"need" integer,
	CONSTRAINT "recovery_files_sealed" CHECK (substring("recovery_files"."file" from 1 for 22) = '\x6167652d656e6372797074696f6e2e6f72672f76310a'::bytea),
	CONSTRAINT "recovery_files_size" CHECK (octet_length("recovery_files"."file") <= case when "recovery_files"."session" is null then 67108864 else 4096 end),
	CONSTRAINT "recovery_files_answer_known" CHECK ("recovery_files"."answer" in ('TAKEN', 'REFUSED')),
	CONSTRAINT "recovery_files_holder_form" CHECK ("recovery_files"."holder" ~ '^[A-Za-z0-9._-]{1,64}$'),
	CONSTRAINT "recovery_files_side_known" CHECK ("recovery_files"."side" in ('FIRM', 'PLATFORM')),
	CONSTRAINT "recovery_files_refusal_length" CHECK (length("recovery_files"."refusal") <= 500)
);
--> statement-breakpoint
CREATE TABLE "recovery_sessions" (
	"job_id" uuid PRIMARY KEY NOT NULL,
	"firm_id" uuid NOT NULL,
	"session" uuid NOT NULL,
	"recipient" text NOT NULL,
	"mac" "bytea" NOT NULL,
	"begun_at" "moment" DEFAULT clock_timestamp() NOT NULL,
	CONSTRAINT "recovery_sessions_recipient_form" CHECK ("recovery_sessions"."recipient" ~ '^age1[a-z0-9]{58}$'),
	CONSTRAINT "recovery_sessions_mac_size" CHECK (octet_length("recovery_sessions"."mac") = 36)
);
--> statement-breakpoint
CREATE TABLE "leases" (
	"id" uuid PRIMARY KEY NOT NULL,
	"firm_id" uuid NOT NULL,
	"requested_by" uuid NOT NULL,
	"requested_at" "moment" DEFAULT now() NOT NULL,
	"purpose" text NOT NULL,
	"classes" text[] NOT NULL,
	"coordinates" text[],
	"record_ids" uuid[],
	"read_budget" integer,
	"minutes" integer NOT NULL,
	"reason_hash" "bytea" NOT NULL,
	"ticket_hash" "bytea" NOT NULL,
	"request_hash" "bytea" NOT NULL,
	"request_mac" "bytea" NOT NULL,
	"state" text DEFAULT 'REQUESTED' NOT NULL,
	"acted_by" uuid,
	"activated_at" "moment",
	"expires_at" "moment",
	"activation_mac" "bytea",
	"ended_at" "moment",
	"cleared_at" "moment",
	"reviewed_by" uuid,
	"reviewed_at" "moment",
	CONSTRAINT "leases_purpose_known" CHECK ("leases"."purpose" in ('CUSTOMER_SUPPORT', 'INCIDENT', 'LEGAL_PROCESS', 'SECURITY_REVIEW')),
	CONSTRAINT "leases_state_known" CHECK ("leases"."state" in ('REQUESTED', 'APPROVED', 'ACTIVATING', 'ACTIVE', 'EXPIRED', 'REVOKED', 'RELEASED', 'EXHAUSTED', 'DENIED', 'CANCELLED', 'LAPSED')),
	CONSTRAINT "leases_classes_known" CHECK (cardinality("leases"."classes") > 0 and "leases"."classes" <@ array['DOCUMENT', 'COMMUNICATION', 'BILLING', 'NOTE']),
	CONSTRAINT "leases_coordinates_some" CHECK (cardinality("leases"."coordinates") between 1 and 128),
	CONSTRAINT "leases_records_some" CHECK (cardinality("leases"."record_ids") between 1 and 1000),
	CONSTRAINT "leases_coordinates_form" CHECK (octet_length(array_to_string("leases"."coordinates", ',')) <= 17000 and array_to_string("leases"."coordinates", ',') ~ '^([A-Za-z]{1,63}\.[A-Za-z]{1,63}(,|$))*$' and array_position("leases"."coordinates", null) is null and array_ndims("leases"."coordinates") = 1),
	CONSTRAINT "leases_records_form" CHECK (array_position("leases"."record_ids", null) is null and array_ndims("leases"."record_ids") = 1),
	CONSTRAINT "leases_budget_positive" CHECK ("leases"."read_budget" between 1 and 1000000),
	CONSTRAINT "leases_minutes_range" CHECK ("leases"."minutes" between 1 and 240),
	CONSTRAINT "leases_hash_size" CHECK (octet_length("leases"."request_hash") = 32 and octet_length("leases"."request_mac") = 36),
	CONSTRAINT "leases_words_hash_size" CHECK (octet_length("leases"."reason_hash") = 32 and octet_length("leases"."ticket_hash") = 32),
	CONSTRAINT "leases_activation_whole" CHECK (num_nonnulls("leases"."activated_at", "leases"."expires_at", "leases"."activation_mac") in (0, 3) and octet_length("leases"."activation_mac") = 36),
	CONSTRAINT "leases_review_whole" CHECK (("leases"."reviewed_by" is null) = ("leases"."reviewed_at" is null))
);
--> statement-breakpoint
CREATE TABLE "lease_texts" (
	"lease_id" uuid PRIMARY KEY NOT NULL,
	"firm_id" uuid NOT NULL,
	"reason" text NOT NULL,
	"ticket" text NOT NULL,
	CONSTRAINT "lease_texts_reason_size" CHECK (char_length("lease_texts"."reason") between 30 and 2000),
	CONSTRAINT "lease_texts_reason_shown" CHECK (cardinality(string_to_array("lease_texts"."reason", chr(10))) <= 40 and "lease_texts"."reason" !~ '(?:^|\n)[\u0020\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]*\n[\u0020\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]*(?:\n|$)|[\u0020\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]{9}' and "lease_texts"."reason" ~ '^(?:[^\u0001-\u0009\u000b-\u001f\u007f-\u009f\u00ad\u034f\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\u2800\u3164\ue000-\uf8ff\ufdd0-\ufdef\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff\U000110bd\U000110cd\U00013430-\U0001343f\U00013441\U00013442\U00016fe4\U0001bca0-\U0001bca3\U0001d159\U0001d173-\U0001d17a\U0001fffe\U0001ffff\U0002fffe\U0002ffff\U0003fffe-\U0010ffff]|[#*0-9]\ufe0f\u20e3|[\u00a9\u00ae\u203c\u2049\u2122\u2139\u2190-\u21ff\u2300-\u23ff\u24c2\u25a0-\u27bf\u2934\u2935\u2b00-\u2bff\u3030\u303d\u3297\u3299\U0001f000-\U0001f1e5\U0001f200-\U0001faff]\ufe0f?(?:\u200d[\u00a9\u00ae\u203c\u2049\u2122\u2139\u2190-\u21ff\u2300-\u23ff\u24c2\u25a0-\u27bf\u2934\u2935\u2b00-\u2bff\u3030\u303d\u3297\u3299\U0001f000-\U0001f1e5\U0001f200-\U0001faff]\ufe0f?)*|\U0001f3f4\U000e0067\U000e0062(?:\U000e0065\U000e006e\U000e0067|\U000e0073\U000e0063\U000e0074|\U000e0077\U000e006c\U000e0073)\U000e007f|(?:[\u02bc\u0300-\u034e\u0350-\u036f\u0606-\u061b\u061d-\u06dc\u06de-\u070e\u0710-\u077f\u07c0-\u07ff\u0860-\u088f\u0892-\u08e1\u08e3-\u0dff\u1000-\u109f\u1780-\u17b3\u17b6-\u17ff\u1820-\u18aa\u1cd0-\u1cff\u1df8\u1dfa\u20f0\ua8e0-\ua8ff\ua9e0-\ua9ff\uaa60-\uaa7f\ufb50-\ufdcf\ufdf0-\ufdff\ufe70-\ufefe\U000102e0\U00010ec0-\U00010eff\U00011301\U00011303\U0001133b\U0001133c\U0001ee00-\U0001eeff]|[\u1820-\u18aa][\u180b-\u180d\u180f])(?:[\u200c\u200d](?:[\u02bc\u0300-\u034e\u0350-\u036f\u0606-\u061b\u061d-\u06dc\u06de-\u070e\u0710-\u077f\u07c0-\u07ff\u0860-\u088f\u0892-\u08e1\u08e3-\u0dff\u1000-\u109f\u1780-\u17b3\u17b6-\u17ff\u1820-\u18aa\u1cd0-\u1cff\u1df8\u1dfa\u20f0\ua8e0-\ua8ff\ua9e0-\ua9ff\uaa60-\uaa7f\ufb50-\ufdcf\ufdf0-\ufdff\ufe70-\ufefe\U000102e0\U00010ec0-\U00010eff\U00011301\U00011303\U0001133b\U0001133c\U0001ee00-\U0001eeff]|[\u1820-\u18aa][\u180b-\u180d\u180f]))*|[\u3006\u3007\u3021-\u3029\u3038-\u303a\u3400-\u9fff\uf900-\ufaff\U00016ff0-\U00018dff\U0001b170-\U0001b2ff\U00020000-\U0002fffd\U00030000-\U0003fffd][\ufe00-\ufe02\U000e0100-\U000e01ef])*$'),
	CONSTRAINT "lease_texts_ticket_form" CHECK ("lease_texts"."ticket" ~ '^[A-Z][A-Z0-9]{0,15}-[0-9]{1,10}$')
);
--> statement-breakpoint
CREATE TABLE "lease_approvals" (
	"lease_id" uuid NOT NULL,
	"firm_id" uuid NOT NULL,
	"side" text NOT NULL,
	"user_id" uuid NOT NULL,
	"request_hash" "bytea" NOT NULL,
	"approved_at" "moment" DEFAULT now() NOT NULL,
	"mac" "bytea" NOT NULL,
	"reason_hash" "bytea",
	CONSTRAINT "lease_approvals_lease_id_user_id_pk" PRIMARY KEY("lease_id","user_id"),
	CONSTRAINT "lease_approvals_reason_hash_size" CHECK (octet_length("lease_approvals"."reason_hash") = 32),
	CONSTRAINT "lease_approvals_side_known" CHECK ("lease_approvals"."side" in ('FIRM', 'PLATFORM')),
	CONSTRAINT "lease_approvals_hash_size" CHECK (octet_length("lease_approvals"."request_hash") = 32 and octet_length("lease_approvals"."mac") = 36)
);
--> statement-breakpoint
CREATE TABLE "lease_decision_texts" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"lease_id" uuid NOT NULL,
	"firm_id" uuid NOT NULL,
	"user_id" uuid NOT NULL,
	"decision" text NOT NULL,
	"reason" text NOT NULL,
	CONSTRAINT "lease_decision_texts_decision_known" CHECK ("lease_decision_texts"."decision" in ('APPROVAL', 'DENIAL')),
	CONSTRAINT "lease_decision_texts_reason_size" CHECK (char_length("lease_decision_texts"."reason") between 1 and 2000),
	CONSTRAINT "lease_decision_texts_reason_shown" CHECK (cardinality(string_to_array("lease_decision_texts"."reason", chr(10))) <= 40 and "lease_decision_texts"."reason" !~ '(?:^|\n)[\u0020\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]*\n[\u0020\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]*(?:\n|$)|[\u0020\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]{9}' and "lease_decision_texts"."reason" ~ '^(?:[^\u0001-\u0009\u000b-\u001f\u007f-\u009f\u00ad\u034f\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\u2800\u3164\ue000-\uf8ff\ufdd0-\ufdef\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff\U000110bd\U000110cd\U00013430-\U0001343f\U00013441\U00013442\U00016fe4\U0001bca0-\U0001bca3\U0001d159\U0001d173-\U0001d17a\U0001fffe\U0001ffff\U0002fffe\U0002ffff\U0003fffe-\U0010ffff]|[#*0-9]\ufe0f\u20e3|[\u00a9\u00ae\u203c\u2049\u2122\u2139\u2190-\u21ff\u2300-\u23ff\u24c2\u25a0-\u27bf\u2934\u2935\u2b00-\u2bff\u3030\u303d\u3297\u3299\U0001f000-\U0001f1e5\U0001f200-\U0001faff]\ufe0f?(?:\u200d[\u00a9\u00ae\u203c\u2049\u2122\u2139\u2190-\u21ff\u2300-\u23ff\u24c2\u25a0-\u27bf\u2934\u2935\u2b00-\u2bff\u3030\u303d\u3297\u3299\U0001f000-\U0001f1e5\U0001f200-\U0001faff]\ufe0f?)*|\U0001f3f4\U000e0067\U000e0062(?:\U000e0065\U000e006e\U000e0067|\U000e0073\U000e0063\U000e0074|\U000e0077\U000e006c\U000e0073)\U000e007f|(?:[\u02bc\u0300-\u034e\u0350-\u036f\u0606-\u061b\u061d-\u06dc\u06de-\u070e\u0710-\u077f\u07c0-\u07ff\u0860-\u088f\u0892-\u08e1\u08e3-\u0dff\u1000-\u109f\u1780-\u17b3\u17b6-\u17ff\u1820-\u18aa\u1cd0-\u1cff\u1df8\u1dfa\u20f0\ua8e0-\ua8ff\ua9e0-\ua9ff\uaa60-\uaa7f\ufb50-\ufdcf\ufdf0-\ufdff\ufe70-\ufefe\U000102e0\U00010ec0-\U00010eff\U00011301\U00011303\U0001133b\U0001133c\U0001ee00-\U0001eeff]|[\u1820-\u18aa][\u180b-\u180d\u180f])(?:[\u200c\u200d](?:[\u02bc\u0300-\u034e\u0350-\u036f\u0606-\u061b\u061d-\u06dc\u06de-\u070e\u0710-\u077f\u07c0-\u07ff\u0860-\u088f\u0892-\u08e1\u08e3-\u0dff\u1000-\u109f\u1780-\u17b3\u17b6-\u17ff\u1820-\u18aa\u1cd0-\u1cff\u1df8\u1dfa\u20f0\ua8e0-\ua8ff\ua9e0-\ua9ff\uaa60-\uaa7f\ufb50-\ufdcf\ufdf0-\ufdff\ufe70-\ufefe\U000102e0\U00010ec0-\U00010eff\U00011301\U00011303\U0001133b\U0001133c\U0001ee00-\U0001eeff]|[\u1820-\u18aa][\u180b-\u180d\u180f]))*|[\u3006\u3007\u3021-\u3029\u3038-\u303a\u3400-\u9fff\uf900-\ufaff\U00016ff0-\U00018dff\U0001b170-\U0001b2ff\U00020000-\U0002fffd\U00030000-\U0003fffd][\ufe00-\ufe02\U000e0100-\U000e01ef])*$')
);
--> statement-breakpoint
CREATE TABLE "lease_budgets" (
	"lease_id" uuid PRIMARY KEY NOT NULL,
	"firm_id" uuid NOT NULL,
	"used" bigint DEFAULT 0 NOT NULL,
	"budget" integer,
	"used_at" "moment",
	"kept_at" "moment",
	"unanswered" integer DEFAULT 0 NOT NULL,
	CONSTRAINT "lease_budgets_unanswered" CHECK ("lease_budgets"."unanswered" >= 0),
	CONSTRAINT "lease_budgets_not_exceeded" CHECK ("lease_budgets"."used" >= 0 and ("lease_budgets"."budget" is null or "lease_budgets"."used" <= "lease_budgets"."budget"))
);
--> statement-breakpoint
CREATE TABLE "lease_ends" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"lease_id" uuid NOT NULL,
	"firm_id" uuid NOT NULL,
	"ended_at" "moment" DEFAULT clock_timestamp() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "lease_events" (
	"id" uuid PRIMARY KEY NOT NULL,
	"lease_id" uuid NOT NULL,
	"firm_id" uuid NOT NULL,
	"from_state" text,
	"to_state" text NOT NULL,
	"acted_by" uuid,
	"at" "moment" NOT NULL,
	"side" text,
	CONSTRAINT "lease_events_side_known" CHECK ("lease_events"."side" in ('FIRM', 'PLATFORM'))
);
--> statement-breakpoint
CREATE TABLE "lease_grant_tokens" (
	"lease_id" uuid NOT NULL,
	"class" text NOT NULL,
	"token" text NOT NULL,
	"created_at" "moment" DEFAULT now() NOT NULL,
	CONSTRAINT "lease_grant_tokens_lease_id_class_pk" PRIMARY KEY("lease_id","class"),
	CONSTRAINT "lease_grant_tokens_class_known" CHECK ("lease_grant_tokens"."class" = any (array['DOCUMENT', 'COMMUNICATION', 'BILLING', 'NOTE'])),
	CONSTRAINT "lease_grant_tokens_size" CHECK (char_length("lease_grant_tokens"."token") between 1 and 8192)
);
--> statement-breakpoint
CREATE TABLE "request_limits" (
	"id" integer PRIMARY KEY DEFAULT 1 NOT NULL,
	"per_hour" integer DEFAULT 10 NOT NULL,
	"per_day" integer DEFAULT 40 NOT NULL,
	"notices_before_folding" integer DEFAULT 3 NOT NULL,
	CONSTRAINT "request_limits_one" CHECK ("request_limits"."id" = 1),
	CONSTRAINT "request_limits_positive" CHECK (least("request_limits"."per_hour", "request_limits"."per_day", "request_limits"."notices_before_folding") > 0)
);
--> statement-breakpoint
CREATE TABLE "clock_high_water_marks" (
	"generation" integer NOT NULL,
	"plane" text NOT NULL,
	"at" "moment" NOT NULL,
	CONSTRAINT "clock_high_water_marks_pkey" PRIMARY KEY("generation","plane")
);
--> statement-breakpoint
CREATE TABLE "clock_resets" (
	"user_id" uuid PRIMARY KEY NOT NULL,
	"asked_at" "moment" NOT NULL,
	"mac" "bytea" NOT NULL,
	CONSTRAINT "clock_resets_mac_size" CHECK (octet_length("clock_resets"."mac") = 36)
);
--> statement-breakpoint
CREATE TABLE "audit_entries" (
	"id" uuid PRIMARY KEY NOT NULL,
	"firm_id" uuid,
	"role" "name" DEFAULT session_plane() NOT NULL,
	"boot" uuid NOT NULL,
	"sequence" bigint NOT NULL,
	"leaf" text NOT NULL,
	"transaction" "xid8" DEFAULT pg_current_xact_id() NOT NULL,
	"appended_at" timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
	CONSTRAINT "audit_entries_boot_sequence" UNIQUE("role","boot","sequence"),
	CONSTRAINT "audit_entries_role_known" CHECK ("audit_entries"."role" in ('firmseal_firm', 'firmseal_operator', 'firmseal_worker', 'firmseal_broker')),
	CONSTRAINT "audit_entries_leaf_size" CHECK (octet_length("audit_entries"."leaf") between 2 and 65536),
	CONSTRAINT "audit_entries_leaf_printable" CHECK ("audit_entries"."leaf" collate "C" !~ '[^ -~]'),
	CONSTRAINT "audit_entries_sequence_range" CHECK ("audit_entries"."sequence" between 1 and 9007199254740991),
	CONSTRAINT "audit_entries_leaf_names_row" CHECK ("audit_entries"."leaf"::jsonb @> jsonb_build_object('id', "audit_entries"."id", 'boot', "audit_entries"."boot", 'sequence', "audit_entries"."sequence", 'firm', "audit_entries"."firm_id"))
);
--> statement-breakpoint
CREATE TABLE "audit_runs" (
	"boot" uuid NOT NULL,
	"role" "name" NOT NULL,
	"last" bigint NOT NULL,
	"last_id" uuid NOT NULL,
	"transaction" "xid8" DEFAULT pg_current_xact_id() NOT NULL,
	CONSTRAINT "audit_runs_pkey" PRIMARY KEY("boot")
);
--> statement-breakpoint
CREATE TABLE "audit_state" (
	"id" integer PRIMARY KEY DEFAULT 1 NOT NULL,
	"epoch" bigint DEFAULT 0 NOT NULL,
	"installation" text,
	"incarnation" integer DEFAULT 1 NOT NULL,
	"after_transaction" "xid8" DEFAULT '0'::xid8 NOT NULL,
	"after_entry" uuid DEFAULT '00000000-0000-0000-0000-000000000000'::uuid NOT NULL,
	CONSTRAINT "audit_state_one" CHECK ("audit_state"."id" = 1),
	CONSTRAINT "audit_state_installation_size" CHECK (octet_length("audit_state"."installation") between 1 and 100)
);
--> statement-breakpoint
CREATE TABLE "audit_boots" (
	"role" "name" NOT NULL,
	"boot" uuid NOT NULL,
	"last" bigint NOT NULL,
	CONSTRAINT "audit_boots_pkey" PRIMARY KEY("role","boot"),
	CONSTRAINT "audit_boots_range" CHECK ("audit_boots"."last" between 0 and 9007199254740991)
);
--> statement-breakpoint
CREATE TABLE "audit_gaps" (
	"role" "name" NOT NULL,
	"boot" uuid NOT NULL,
	"first" bigint NOT NULL,
	"last" bigint NOT NULL,
	"seen_at" "moment" DEFAULT clock_timestamp() NOT NULL,
	CONSTRAINT "audit_gaps_pkey" PRIMARY KEY("role","boot","first"),
	CONSTRAINT "audit_gaps_range" CHECK ("audit_gaps"."last" >= "audit_gaps"."first"),
	CONSTRAINT "audit_gaps_numbers" CHECK ("audit_gaps"."first" >= 1 and "audit_gaps"."last" <= 9007199254740991)
);
--> statement-breakpoint
CREATE TABLE "audit_trees" (
	"tree" uuid PRIMARY KEY NOT NULL,
	"size" bigint NOT NULL,
	"signed" bigint DEFAULT 0 NOT NULL,
	CONSTRAINT "audit_trees_sizes" CHECK ("audit_trees"."signed" between 0 and "audit_trees"."size"),
	CONSTRAINT "audit_trees_range" CHECK ("audit_trees"."size" <= 9007199254740991)
);
--> statement-breakpoint
CREATE TABLE "audit_leaves" (
	"tree" uuid NOT NULL,
	"index" bigint NOT NULL,
	"entry_id" uuid NOT NULL,
	"hashes" "bytea" NOT NULL,
	CONSTRAINT "audit_leaves_pkey" PRIMARY KEY("tree","index"),
	CONSTRAINT "audit_leaves_entry" UNIQUE("entry_id"),
	CONSTRAINT "audit_leaves_index_range" CHECK ("audit_leaves"."index" between 0 and 9007199254740991),
	CONSTRAINT "audit_leaves_hashes_size" CHECK (octet_length("audit_leaves"."hashes") % 32 = 0 and octet_length("audit_leaves"."hashes") >= 32)
);
--> statement-breakpoint
CREATE TABLE "audit_root_leaves" (
	"index" bigint PRIMARY KEY NOT NULL,
	"kind" text NOT NULL,
	"tree" uuid,
	"size" bigint,
	"leaf" text NOT NULL,
	"hashes" "bytea" NOT NULL,
	"created_at" "moment" DEFAULT clock_timestamp() NOT NULL,
	CONSTRAINT "audit_root_leaves_kind_known" CHECK ("audit_root_leaves"."kind" in ('CHECKPOINT', 'HEARTBEAT', 'SIGNER', 'INCARNATION')),
	CONSTRAINT "audit_root_leaves_range" CHECK ("audit_root_leaves"."index" between 0 and 9007199254740991 and ("audit_root_leaves"."size" is null or "audit_root_leaves"."size" between 0 and 9007199254740991)),
	CONSTRAINT "audit_root_leaves_of_tree" CHECK (("audit_root_leaves"."kind" = 'CHECKPOINT') = (num_nonnulls("audit_root_leaves"."tree", "audit_root_leaves"."size") = 2)),
	CONSTRAINT "audit_root_leaves_leaf_size" CHECK (octet_length("audit_root_leaves"."leaf") between 2 and 65536),
	CONSTRAINT "audit_root_leaves_hashes_size" CHECK (octet_length("audit_root_leaves"."hashes") % 32 = 0 and octet_length("audit_root_leaves"."hashes") >= 32)
);
--> statement-breakpoint
CREATE TABLE "audit_root_checkpoints" (
	"size" bigint PRIMARY KEY NOT NULL,
	"note" text NOT NULL,
	"created_at" "moment" DEFAULT clock_timestamp() NOT NULL,
	CONSTRAINT "audit_root_checkpoints_range" CHECK ("audit_root_checkpoints"."size" between 0 and 9007199254740991),
	CONSTRAINT "audit_root_checkpoints_note_size" CHECK (octet_length("audit_root_checkpoints"."note") between 1 and 65536)
);
--> statement-breakpoint
CREATE TABLE "audit_anchors" (
	"number" bigint PRIMARY KEY NOT NULL,
	"size" bigint NOT NULL,
	"sha256" "bytea" NOT NULL,
	"created_at" "moment" DEFAULT clock_timestamp() NOT NULL,
	CONSTRAINT "audit_anchors_range" CHECK ("audit_anchors"."number" between 0 and 9007199254740991 and "audit_anchors"."size" between 0 and 9007199254740991),
	CONSTRAINT "audit_anchors_sha256_size" CHECK (octet_length("audit_anchors"."sha256") = 32)
);
--> statement-breakpoint
CREATE TABLE "alerts" (
	"id" uuid PRIMARY KEY NOT NULL,
	"rule" text NOT NULL,
	"severity" text NOT NULL,
	"firm_id" uuid,
	"subject" text NOT NULL,
	"actor_id" uuid,
	"lease_id" uuid,
	"count" integer NOT NULL,
	"opened_at" "moment" DEFAULT clock_timestamp() NOT NULL,
	"last_at" "moment" NOT NULL,
	"acknowledged_by" uuid,
	"acknowledged_at" "moment",
	CONSTRAINT "alerts_rule_form" CHECK ("alerts"."rule" ~ '^[A-Z_]{1,40}$'),
	CONSTRAINT "alerts_severity_known" CHECK ("alerts"."severity" in ('ALERT', 'PAGE')),
	CONSTRAINT "alerts_subject_form" CHECK ("alerts"."subject" ~ '^[A-Za-z0-9_:-]{1,200}$'),
	CONSTRAINT "alerts_count_positive" CHECK ("alerts"."count" >= 1),
	CONSTRAINT "alerts_acknowledged_whole" CHECK (("alerts"."acknowledged_by" is null) = ("alerts"."acknowledged_at" is null))
);
--> statement-breakpoint
CREATE TABLE "alert_states" (
	"rule" text NOT NULL,
	"subject" text NOT NULL,
	"mark" text NOT NULL,
	"reported_at" "moment" DEFAULT clock_timestamp() NOT NULL,
	CONSTRAINT "alert_states_pkey" PRIMARY KEY("rule","subject"),
	CONSTRAINT "alert_states_forms" CHECK ("alert_states"."rule" ~ '^[A-Z_]{1,40}$' and "alert_states"."subject" ~ '^[A-Za-z0-9_:-]{1,200}$'),
	CONSTRAINT "alert_states_mark_size" CHECK (octet_length("alert_states"."mark") <= 200)
);
--> statement-breakpoint
CREATE TABLE "alert_tallies" (
	"rule" text NOT NULL,
	"subject" text NOT NULL,
	"bucket" "moment" NOT NULL,
	"item" text NOT NULL,
	"amount" bigint NOT NULL,
	CONSTRAINT "alert_tallies_pkey" PRIMARY KEY("rule","subject","bucket","item"),
	CONSTRAINT "alert_tallies_forms" CHECK ("alert_tallies"."rule" ~ '^[A-Z_]{1,40}$' and "alert_tallies"."subject" ~ '^[A-Za-z0-9_:-]{1,200}$'),
	CONSTRAINT "alert_tallies_item_size" CHECK (octet_length("alert_tallies"."item") <= 200)
);
--> statement-breakpoint
CREATE TABLE "alert_watch" (
	"id" integer PRIMARY KEY DEFAULT 1 NOT NULL,
	"seen" "pg_snapshot" NOT NULL,
	"until" "pg_snapshot",
	"after_transaction" "xid8" DEFAULT '0'::xid8 NOT NULL,
	"after_entry" uuid DEFAULT '00000000-0000-0000-0000-000000000000'::uuid NOT NULL,
	"looked_at" "moment",
	CONSTRAINT "alert_watch_one" CHECK ("alert_watch"."id" = 1),
	CONSTRAINT "alert_watch_size" CHECK (greatest(octet_length("alert_watch"."seen"::text), octet_length("alert_watch"."until"::text)) <= 65536)
);
