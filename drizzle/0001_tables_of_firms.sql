CREATE TABLE "firms" (
	"id" uuid PRIMARY KEY NOT NULL,
	"slug" text NOT NULL,
	"name" text NOT NULL,
	"status" text DEFAULT 'ACTIVE' NOT NULL,
	"revision" integer DEFAULT 1 NOT NULL,
	"created_at" "moment" DEFAULT now() NOT NULL,
	CONSTRAINT "firms_slug_form" CHECK ("firms"."slug" ~ '^[a-z][a-z0-9-]{1,39}$'),
	CONSTRAINT "firms_name_size" CHECK (octet_length("firms"."name") <= 2000),
	CONSTRAINT "firms_name_shown" CHECK ("firms"."name" ~ '^(?:[^\u000a\u0001-\u0009\u000b-\u001f\u007f-\u009f\u00ad\u034f\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\u2800\u3164\ue000-\uf8ff\ufdd0-\ufdef\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff\U000110bd\U000110cd\U00013430-\U0001343f\U00013441\U00013442\U00016fe4\U0001bca0-\U0001bca3\U0001d159\U0001d173-\U0001d17a\U0001fffe\U0001ffff\U0002fffe\U0002ffff\U0003fffe-\U0010ffff]|[#*0-9]\ufe0f\u20e3|[\u00a9\u00ae\u203c\u2049\u2122\u2139\u2190-\u21ff\u2300-\u23ff\u24c2\u25a0-\u27bf\u2934\u2935\u2b00-\u2bff\u3030\u303d\u3297\u3299\U0001f000-\U0001f1e5\U0001f200-\U0001faff]\ufe0f?(?:\u200d[\u00a9\u00ae\u203c\u2049\u2122\u2139\u2190-\u21ff\u2300-\u23ff\u24c2\u25a0-\u27bf\u2934\u2935\u2b00-\u2bff\u3030\u303d\u3297\u3299\U0001f000-\U0001f1e5\U0001f200-\U0001faff]\ufe0f?)*|\U0001f3f4\U000e0067\U000e0062(?:\U000e0065\U000e006e\U000e0067|\U000e0073\U000e0063\U000e0074|\U000e0077\U000e006c\U000e0073)\U000e007f|(?:[\u02bc\u0300-\u034e\u0350-\u036f\u0606-\u061b\u061d-\u06dc\u06de-\u070e\u0710-\u077f\u07c0-\u07ff\u0860-\u088f\u0892-\u08e1\u08e3-\u0dff\u1000-\u109f\u1780-\u17b3\u17b6-\u17ff\u1820-\u18aa\u1cd0-\u1cff\u1df8\u1dfa\u20f0\ua8e0-\ua8ff\ua9e0-\ua9ff\uaa60-\uaa7f\ufb50-\ufdcf\ufdf0-\ufdff\ufe70-\ufefe\U000102e0\U00010ec0-\U00010eff\U00011301\U00011303\U0001133b\U0001133c\U0001ee00-\U0001eeff]|[\u1820-\u18aa][\u180b-\u180d\u180f])(?:[\u200c\u200d](?:[\u02bc\u0300-\u034e\u0350-\u036f\u0606-\u061b\u061d-\u06dc\u06de-\u070e\u0710-\u077f\u07c0-\u07ff\u0860-\u088f\u0892-\u08e1\u08e3-\u0dff\u1000-\u109f\u1780-\u17b3\u17b6-\u17ff\u1820-\u18aa\u1cd0-\u1cff\u1df8\u1dfa\u20f0\ua8e0-\ua8ff\ua9e0-\ua9ff\uaa60-\uaa7f\ufb50-\ufdcf\ufdf0-\ufdff\ufe70-\ufefe\U000102e0\U00010ec0-\U00010eff\U00011301\U00011303\U0001133b\U0001133c\U0001ee00-\U0001eeff]|[\u1820-\u18aa][\u180b-\u180d\u180f]))*|[\u3006\u3007\u3021-\u3029\u3038-\u303a\u3400-\u9fff\uf900-\ufaff\U00016ff0-\U00018dff\U0001b170-\U0001b2ff\U00020000-\U0002fffd\U00030000-\U0003fffd][\ufe00-\ufe02\U000e0100-\U000e01ef])*$'),
	CONSTRAINT "firms_status_known" CHECK ("firms"."status" in ('ACTIVE', 'SUSPENDED', 'ERASED'))
);
--> statement-breakpoint
CREATE TABLE "users" (
	"id" uuid PRIMARY KEY NOT NULL,
	"person_id" uuid NOT NULL,
	"issuer" text NOT NULL,
	"subject" text NOT NULL,
	"email" text NOT NULL,
	"name" text NOT NULL,
	"created_at" "moment" DEFAULT now() NOT NULL,
	"disabled_at" "moment",
	"sessions_ended_at" "moment",
	CONSTRAINT "users_text_size" CHECK (greatest(octet_length("users"."issuer"), octet_length("users"."subject"), octet_length("users"."email"), octet_length("users"."name")) <= 2000),
	CONSTRAINT "users_text_shown" CHECK (("users"."email" || ' ' || "users"."name") ~ '^(?:[^\u000a\u0001-\u0009\u000b-\u001f\u007f-\u009f\u00ad\u034f\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\u2800\u3164\ue000-\uf8ff\ufdd0-\ufdef\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff\U000110bd\U000110cd\U00013430-\U0001343f\U00013441\U00013442\U00016fe4\U0001bca0-\U0001bca3\U0001d159\U0001d173-\U0001d17a\U0001fffe\U0001ffff\U0002fffe\U0002ffff\U0003fffe-\U0010ffff]|[#*0-9]\ufe0f\u20e3|[\u00a9\u00ae\u203c\u2049\u2122\u2139\u2190-\u21ff\u2300-\u23ff\u24c2\u25a0-\u27bf\u2934\u2935\u2b00-\u2bff\u3030\u303d\u3297\u3299\U0001f000-\U0001f1e5\U0001f200-\U0001faff]\ufe0f?(?:\u200d[\u00a9\u00ae\u203c\u2049\u2122\u2139\u2190-\u21ff\u2300-\u23ff\u24c2\u25a0-\u27bf\u2934\u2935\u2b00-\u2bff\u3030\u303d\u3297\u3299\U0001f000-\U0001f1e5\U0001f200-\U0001faff]\ufe0f?)*|\U0001f3f4\U000e0067\U000e0062(?:\U000e0065\U000e006e\U000e0067|\U000e0073\U000e0063\U000e0074|\U000e0077\U000e006c\U000e0073)\U000e007f|(?:[\u02bc\u0300-\u034e\u0350-\u036f\u0606-\u061b\u061d-\u06dc\u06de-\u070e\u0710-\u077f\u07c0-\u07ff\u0860-\u088f\u0892-\u08e1\u08e3-\u0dff\u1000-\u109f\u1780-\u17b3\u17b6-\u17ff\u1820-\u18aa\u1cd0-\u1cff\u1df8\u1dfa\u20f0\ua8e0-\ua8ff\ua9e0-\ua9ff\uaa60-\uaa7f\ufb50-\ufdcf\ufdf0-\ufdff\ufe70-\ufefe\U000102e0\U00010ec0-\U00010eff\U00011301\U00011303\U0001133b\U0001133c\U0001ee00-\U0001eeff]|[\u1820-\u18aa][\u180b-\u180d\u180f])(?:[\u200c\u200d](?:[\u02bc\u0300-\u034e\u0350-\u036f\u0606-\u061b\u061d-\u06dc\u06de-\u070e\u0710-\u077f\u07c0-\u07ff\u0860-\u088f\u0892-\u08e1\u08e3-\u0dff\u1000-\u109f\u1780-\u17b3\u17b6-\u17ff\u1820-\u18aa\u1cd0-\u1cff\u1df8\u1dfa\u20f0\ua8e0-\ua8ff\ua9e0-\ua9ff\uaa60-\uaa7f\ufb50-\ufdcf\ufdf0-\ufdff\ufe70-\ufefe\U000102e0\U00010ec0-\U00010eff\U00011301\U00011303\U0001133b\U0001133c\U0001ee00-\U0001eeff]|[\u1820-\u18aa][\u180b-\u180d\u180f]))*|[\u3006\u3007\u3021-\u3029\u3038-\u303a\u3400-\u9fff\uf900-\ufaff\U00016ff0-\U00018dff\U0001b170-\U0001b2ff\U00020000-\U0002fffd\U00030000-\U0003fffd][\ufe00-\ufe02\U000e0100-\U000e01ef])*$')
);
--> statement-breakpoint
CREATE TABLE "memberships" (
	"firm_id" uuid NOT NULL,
	"user_id" uuid NOT NULL,
	"role" text NOT NULL,
	"client_id" uuid,
	"created_at" "moment" DEFAULT now() NOT NULL,
	"removed_at" "moment",
	"mac" "bytea",
	CONSTRAINT "memberships_firm_id_user_id_pk" PRIMARY KEY("firm_id","user_id"),
	CONSTRAINT "memberships_user_id_unique" UNIQUE("user_id"),
	CONSTRAINT "memberships_client_is_of_portal" CHECK ("memberships"."role" = 'CLIENT' or "memberships"."client_id" is null),
	CONSTRAINT "memberships_mac_size" CHECK (octet_length("memberships"."mac") = 36),
	CONSTRAINT "memberships_role_known" CHECK ("memberships"."role" in ('OWNER', 'MEMBER', 'CLIENT'))
);
--> statement-breakpoint
CREATE TABLE "operators" (
	"user_id" uuid PRIMARY KEY NOT NULL,
	"roles" text[] NOT NULL,
	"created_at" "moment" DEFAULT now() NOT NULL,
	"disabled_at" "moment",
	"introduced_by" uuid[] DEFAULT '{}' NOT NULL,
	"introduced_at" "moment",
	"mac" "bytea",
	CONSTRAINT "operators_mac_size" CHECK (octet_length("operators"."mac") = 36),
	CONSTRAINT "operators_introduced_by_count" CHECK (cardinality("operators"."introduced_by") <= 1000),
	CONSTRAINT "operators_roles_known" CHECK (cardinality("operators"."roles") > 0 and "operators"."roles" <@ array['OPERATOR', 'APPROVER', 'AUDITOR'])
);
--> statement-breakpoint
CREATE TABLE "seats" (
	"user_id" uuid PRIMARY KEY NOT NULL,
	"issuer" text NOT NULL,
	"subject" text NOT NULL,
	"firm_id" uuid,
	"email" text NOT NULL,
	CONSTRAINT "seats_identity" UNIQUE("issuer","subject")
);
--> statement-breakpoint
CREATE TABLE "invitations" (
	"id" uuid PRIMARY KEY NOT NULL,
	"firm_id" uuid NOT NULL,
	"hash" "bytea" NOT NULL,
	"nonce" "bytea" NOT NULL,
	"email" text NOT NULL,
	"name" text NOT NULL,
	"role" text NOT NULL,
	"client_id" uuid,
	"invited_by" uuid NOT NULL,
	"is_sent" boolean NOT NULL,
	"created_at" "moment" DEFAULT now() NOT NULL,
	"expires_at" "moment" NOT NULL,
	"ended_at" "moment",
	"mac" "bytea" NOT NULL,
	CONSTRAINT "invitations_hash_unique" UNIQUE("hash"),
	CONSTRAINT "invitations_sizes" CHECK (octet_length("invitations"."hash") = 32 and octet_length("invitations"."nonce") = 32 and octet_length("invitations"."mac") = 36),
	CONSTRAINT "invitations_text_size" CHECK (greatest(octet_length("invitations"."email"), octet_length("invitations"."name")) <= 2000),
	CONSTRAINT "invitations_text_shown" CHECK (("invitations"."email" || ' ' || "invitations"."name") ~ '^(?:[^\u000a\u0001-\u0009\u000b-\u001f\u007f-\u009f\u00ad\u034f\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\u2800\u3164\ue000-\uf8ff\ufdd0-\ufdef\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff\U000110bd\U000110cd\U00013430-\U0001343f\U00013441\U00013442\U00016fe4\U0001bca0-\U0001bca3\U0001d159\U0001d173-\U0001d17a\U0001fffe\U0001ffff\U0002fffe\U0002ffff\U0003fffe-\U0010ffff]|[#*0-9]\ufe0f\u20e3|[\u00a9\u00ae\u203c\u2049\u2122\u2139\u2190-\u21ff\u2300-\u23ff\u24c2\u25a0-\u27bf\u2934\u2935\u2b00-\u2bff\u3030\u303d\u3297\u3299\U0001f000-\U0001f1e5\U0001f200-\U0001faff]\ufe0f?(?:\u200d[\u00a9\u00ae\u203c\u2049\u2122\u2139\u2190-\u21ff\u2300-\u23ff\u24c2\u25a0-\u27bf\u2934\u2935\u2b00-\u2bff\u3030\u303d\u3297\u3299\U0001f000-\U0001f1e5\U0001f200-\U0001faff]\ufe0f?)*|\U0001f3f4\U000e0067\U000e0062(?:\U000e0065\U000e006e\U000e0067|\U000e0073\U000e0063\U000e0074|\U000e0077\U000e006c\U000e0073)\U000e007f|(?:[\u02bc\u0300-\u034e\u0350-\u036f\u0606-\u061b\u061d-\u06dc\u06de-\u070e\u0710-\u077f\u07c0-\u07ff\u0860-\u088f\u0892-\u08e1\u08e3-\u0dff\u1000-\u109f\u1780-\u17b3\u17b6-\u17ff\u1820-\u18aa\u1cd0-\u1cff\u1df8\u1dfa\u20f0\ua8e0-\ua8ff\ua9e0-\ua9ff\uaa60-\uaa7f\ufb50-\ufdcf\ufdf0-\ufdff\ufe70-\ufefe\U000102e0\U00010ec0-\U00010eff\U00011301\U00011303\U0001133b\U0001133c\U0001ee00-\U0001eeff]|[\u1820-\u18aa][\u180b-\u180d\u180f])(?:[\u200c\u200d](?:[\u02bc\u0300-\u034e\u0350-\u036f\u0606-\u061b\u061d-\u06dc\u06de-\u070e\u0710-\u077f\u07c0-\u07ff\u0860-\u088f\u0892-\u08e1\u08e3-\u0dff\u1000-\u109f\u1780-\u17b3\u17b6-\u17ff\u1820-\u18aa\u1cd0-\u1cff\u1df8\u1dfa\u20f0\ua8e0-\ua8ff\ua9e0-\ua9ff\uaa60-\uaa7f\ufb50-\ufdcf\ufdf0-\ufdff\ufe70-\ufefe\U000102e0\U00010ec0-\U00010eff\U00011301\U00011303\U0001133b\U0001133c\U0001ee00-\U0001eeff]|[\u1820-\u18aa][\u180b-\u180d\u180f]))*|[\u3006\u3007\u3021-\u3029\u3038-\u303a\u3400-\u9fff\uf900-\ufaff\U00016ff0-\U00018dff\U0001b170-\U0001b2ff\U00020000-\U0002fffd\U00030000-\U0003fffd][\ufe00-\ufe02\U000e0100-\U000e01ef])*$'),
	CONSTRAINT "invitations_role_known" CHECK ("invitations"."role" in ('OWNER', 'MEMBER', 'CLIENT')),
	CONSTRAINT "invitations_client_is_of_portal" CHECK (("invitations"."role" = 'CLIENT') = ("invitations"."client_id" is not null))
);
--> statement-breakpoint
CREATE TABLE "firm_sign_ins" (
	"firm_id" uuid PRIMARY KEY NOT NULL,
	"issuers" text[] NOT NULL,
	"domains" text[] NOT NULL,
	"updated_at" "moment" DEFAULT now() NOT NULL,
	"mac" "bytea" NOT NULL,
	CONSTRAINT "firm_sign_ins_counts" CHECK (cardinality("firm_sign_ins"."issuers") <= 20 and cardinality("firm_sign_ins"."domains") <= 20),
	CONSTRAINT "firm_sign_ins_sizes" CHECK (octet_length(array_to_string("firm_sign_ins"."issuers", ',')) <= 5200 and octet_length(array_to_string("firm_sign_ins"."domains", ',')) <= 5200),
	CONSTRAINT "firm_sign_ins_mac_size" CHECK (octet_length("firm_sign_ins"."mac") = 36)
);
--> statement-breakpoint
CREATE TABLE "clients" (
	"firm_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"revision" integer DEFAULT 1 NOT NULL,
	"created_at" "moment" DEFAULT now() NOT NULL,
	"updated_at" "moment" DEFAULT now() NOT NULL,
	"deleted_at" "moment",
	"name" text NOT NULL,
	"email" text,
	"status" text DEFAULT 'ACTIVE' NOT NULL,
	CONSTRAINT "clients_firm_id_id_pk" PRIMARY KEY("firm_id","id"),
	CONSTRAINT "clients_id_unique" UNIQUE("id"),
	CONSTRAINT "clients_name_size" CHECK (char_length("clients"."name") between 1 and 200),
	CONSTRAINT "clients_email_size" CHECK (char_length("clients"."email") between 1 and 200),
	CONSTRAINT "clients_status_known" CHECK ("clients"."status" in ('ACTIVE', 'ARCHIVED'))
);
--> statement-breakpoint
CREATE TABLE "shares" (
	"id" uuid PRIMARY KEY NOT NULL,
	"firm_id" uuid NOT NULL,
	"client_id" uuid NOT NULL,
	"document_id" uuid,
	"thread_id" uuid,
	"invoice_id" uuid,
	"author_id" uuid NOT NULL,
	"created_at" "moment" DEFAULT now() NOT NULL,
	CONSTRAINT "shares_of_one" CHECK (num_nonnulls("shares"."document_id", "shares"."thread_id", "shares"."invoice_id") = 1)
);
--> statement-breakpoint
CREATE TABLE "documents" (
	"firm_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"revision" integer DEFAULT 1 NOT NULL,
	"created_at" "moment" DEFAULT now() NOT NULL,
	"updated_at" "moment" DEFAULT now() NOT NULL,
	"deleted_at" "moment",
	"author_id" uuid NOT NULL,
	"client_id" uuid,
	"name" text NOT NULL,
	"mime_type" text NOT NULL,
	"byte_size" bigint,
	"version_id" uuid,
	"status" text DEFAULT 'PENDING' NOT NULL,
	"description" "sealed",
	"bucket" "sealed",
	"object_key" "sealed",
	"sha256" "sealed",
	"stamp" text,
	CONSTRAINT "documents_firm_id_id_pk" PRIMARY KEY("firm_id","id"),
	CONSTRAINT "documents_id_unique" UNIQUE("id"),
	CONSTRAINT "documents_name_size" CHECK (char_length("documents"."name") between 1 and 200),
	CONSTRAINT "documents_mime_type_size" CHECK (char_length("documents"."mime_type") between 3 and 127),
	CONSTRAINT "documents_byte_size_range" CHECK ("documents"."byte_size" between 0 and 9007199254740991),
	CONSTRAINT "documents_file_whole" CHECK (num_nonnulls("documents"."version_id", "documents"."byte_size") in (0, 2)),
	CONSTRAINT "documents_status_known" CHECK ("documents"."status" in ('PENDING', 'AVAILABLE')),
	CONSTRAINT "documents_description_firm_tag" CHECK (substring("documents"."description" from 7 for 4) = substring(sha256(convert_to("documents"."firm_id"::text, 'UTF8')) from 1 for 4)),
	CONSTRAINT "documents_bucket_firm_tag" CHECK (substring("documents"."bucket" from 7 for 4) = substring(sha256(convert_to("documents"."firm_id"::text, 'UTF8')) from 1 for 4)),
	CONSTRAINT "documents_object_key_firm_tag" CHECK (substring("documents"."object_key" from 7 for 4) = substring(sha256(convert_to("documents"."firm_id"::text, 'UTF8')) from 1 for 4)),
	CONSTRAINT "documents_sha256_firm_tag" CHECK (substring("documents"."sha256" from 7 for 4) = substring(sha256(convert_to("documents"."firm_id"::text, 'UTF8')) from 1 for 4)),
	CONSTRAINT "documents_tombstone_is_empty" CHECK ("documents"."deleted_at" is null or ("documents"."description" is null and "documents"."bucket" is null and "documents"."object_key" is null and "documents"."sha256" is null and "documents"."stamp" is null)),
	CONSTRAINT "documents_stamp_form" CHECK (octet_length("documents"."stamp") between 2 and 8192 and "documents"."stamp" collate "C" !~ '[^ -~]'),
	CONSTRAINT "documents_stamped" CHECK ("documents"."stamp" is not null or (substring("documents"."description" from 2 for 1) is distinct from '\x02' and substring("documents"."bucket" from 2 for 1) is distinct from '\x02' and substring("documents"."object_key" from 2 for 1) is distinct from '\x02' and substring("documents"."sha256" from 2 for 1) is distinct from '\x02'))
);
--> statement-breakpoint
CREATE TABLE "document_versions" (
	"firm_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"revision" integer DEFAULT 1 NOT NULL,
	"created_at" "moment" DEFAULT now() NOT NULL,
	"updated_at" "moment" DEFAULT now() NOT NULL,
	"deleted_at" "moment",
	"document_id" uuid NOT NULL,
	"author_id" uuid NOT NULL,
	"number" integer NOT NULL,
	"byte_size" bigint,
	"change_summary" "sealed",
	"bucket" "sealed",
	"object_key" "sealed",
	"sha256" "sealed",
	"stamp" text,
	CONSTRAINT "document_versions_firm_id_id_pk" PRIMARY KEY("firm_id","id"),
	CONSTRAINT "document_versions_id_unique" UNIQUE("id"),
	CONSTRAINT "document_versions_number" UNIQUE("firm_id","document_id","number"),
	CONSTRAINT "document_versions_number_range" CHECK ("document_versions"."number" between 1 and 200),
	CONSTRAINT "document_versions_byte_size_range" CHECK ("document_versions"."byte_size" between 0 and 9007199254740991),
	CONSTRAINT "document_versions_change_summary_firm_tag" CHECK (substring("document_versions"."change_summary" from 7 for 4) = substring(sha256(convert_to("document_versions"."firm_id"::text, 'UTF8')) from 1 for 4)),
	CONSTRAINT "document_versions_bucket_firm_tag" CHECK (substring("document_versions"."bucket" from 7 for 4) = substring(sha256(convert_to("document_versions"."firm_id"::text, 'UTF8')) from 1 for 4)),
	CONSTRAINT "document_versions_object_key_firm_tag" CHECK (substring("document_versions"."object_key" from 7 for 4) = substring(sha256(convert_to("document_versions"."firm_id"::text, 'UTF8')) from 1 for 4)),
	CONSTRAINT "document_versions_sha256_firm_tag" CHECK (substring("document_versions"."sha256" from 7 for 4) = substring(sha256(convert_to("document_versions"."firm_id"::text, 'UTF8')) from 1 for 4)),
	CONSTRAINT "document_versions_tombstone_is_empty" CHECK ("document_versions"."deleted_at" is null or ("document_versions"."change_summary" is null and "document_versions"."bucket" is null and "document_versions"."object_key" is null and "document_versions"."sha256" is null and "document_versions"."stamp" is null)),
	CONSTRAINT "document_versions_stamp_form" CHECK (octet_length("document_versions"."stamp") between 2 and 8192 and "document_versions"."stamp" collate "C" !~ '[^ -~]'),
	CONSTRAINT "document_versions_stamped" CHECK ("document_versions"."stamp" is not null or (substring("document_versions"."change_summary" from 2 for 1) is distinct from '\x02' and substring("document_versions"."bucket" from 2 for 1) is distinct from '\x02' and substring("document_versions"."object_key" from 2 for 1) is distinct from '\x02' and substring("document_versions"."sha256" from 2 for 1) is distinct from '\x02'))
);
--> statement-breakpoint
CREATE TABLE "stored_objects" (
	"tag" uuid PRIMARY KEY NOT NULL,
	"firm_id" uuid NOT NULL,
	"document_id" uuid NOT NULL,
	"version_id" uuid NOT NULL,
	"client_id" uuid,
	"state" text DEFAULT 'UPLOADING' NOT NULL,
	"size" bigint,
	"sha256" "bytea",
	"key_version" bigint,
	"created_at" "moment" DEFAULT now() NOT NULL,
	"touched_at" "moment" DEFAULT now() NOT NULL,
	CONSTRAINT "stored_objects_state_known" CHECK ("stored_objects"."state" in ('UPLOADING', 'RESEALING', 'STORED', 'DELETING')),
	CONSTRAINT "stored_objects_whole" CHECK (num_nonnulls("stored_objects"."size", "stored_objects"."sha256") in (0, 2) and octet_length("stored_objects"."sha256") = 32),
	CONSTRAINT "stored_objects_stored_whole" CHECK ("stored_objects"."state" <> 'STORED' or "stored_objects"."size" is not null)
);
--> statement-breakpoint
CREATE TABLE "download_tickets" (
	"hash" "bytea" PRIMARY KEY NOT NULL,
	"firm_id" uuid NOT NULL,
	"user_id" uuid NOT NULL,
	"document_id" uuid NOT NULL,
	"version_id" uuid,
	"expires_at" "moment" NOT NULL,
	"mac" "bytea" NOT NULL,
	CONSTRAINT "download_tickets_sizes" CHECK (octet_length("download_tickets"."hash") = 32 and octet_length("download_tickets"."mac") = 36)
);
--> statement-breakpoint
CREATE TABLE "threads" (
	"firm_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"revision" integer DEFAULT 1 NOT NULL,
	"created_at" "moment" DEFAULT now() NOT NULL,
	"updated_at" "moment" DEFAULT now() NOT NULL,
	"deleted_at" "moment",
	"author_id" uuid NOT NULL,
	"client_id" uuid,
	CONSTRAINT "threads_firm_id_id_pk" PRIMARY KEY("firm_id","id"),
	CONSTRAINT "threads_id_unique" UNIQUE("id")
);
--> statement-breakpoint
CREATE TABLE "messages" (
	"firm_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"revision" integer DEFAULT 1 NOT NULL,
	"created_at" "moment" DEFAULT now() NOT NULL,
	"updated_at" "moment" DEFAULT now() NOT NULL,
	"deleted_at" "moment",
	"thread_id" uuid NOT NULL,
	"author_id" uuid NOT NULL,
	"subject" "sealed",
	"body" "sealed",
	"stamp" text,
	CONSTRAINT "messages_firm_id_id_pk" PRIMARY KEY("firm_id","id"),
	CONSTRAINT "messages_id_unique" UNIQUE("id"),
	CONSTRAINT "messages_subject_firm_tag" CHECK (substring("messages"."subject" from 7 for 4) = substring(sha256(convert_to("messages"."firm_id"::text, 'UTF8')) from 1 for 4)),
	CONSTRAINT "messages_body_firm_tag" CHECK (substring("messages"."body" from 7 for 4) = substring(sha256(convert_to("messages"."firm_id"::text, 'UTF8')) from 1 for 4)),
	CONSTRAINT "messages_tombstone_is_empty" CHECK ("messages"."deleted_at" is null or ("messages"."subject" is null and "messages"."body" is null and "messages"."stamp" is null)),
	CONSTRAINT "messages_stamp_form" CHECK (octet_length("messages"."stamp") between 2 and 8192 and "messages"."stamp" collate "C" !~ '[^ -~]'),
	CONSTRAINT "messages_stamped" CHECK ("messages"."stamp" is not null or (substring("messages"."subject" from 2 for 1) is distinct from '\x02' and substring("messages"."body" from 2 for 1) is distinct from '\x02'))
);
--> statement-breakpoint
CREATE TABLE "comments" (
	"firm_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"revision" integer DEFAULT 1 NOT NULL,
	"created_at" "moment" DEFAULT now() NOT NULL,
	"updated_at" "moment" DEFAULT now() NOT NULL,
	"deleted_at" "moment",
	"author_id" uuid NOT NULL,
	"document_id" uuid,
	"message_id" uuid,
	"note_id" uuid,
	"invoice_id" uuid,
	"text" "sealed",
	"stamp" text,
	CONSTRAINT "comments_firm_id_id_pk" PRIMARY KEY("firm_id","id"),
	CONSTRAINT "comments_id_unique" UNIQUE("id"),
	CONSTRAINT "comments_about_one" CHECK (num_nonnulls("comments"."document_id", "comments"."message_id", "comments"."note_id", "comments"."invoice_id") = 1),
	CONSTRAINT "comments_text_firm_tag" CHECK (substring("comments"."text" from 7 for 4) = substring(sha256(convert_to("comments"."firm_id"::text, 'UTF8')) from 1 for 4)),
	CONSTRAINT "comments_tombstone_is_empty" CHECK ("comments"."deleted_at" is null or ("comments"."text" is null and "comments"."stamp" is null)),
	CONSTRAINT "comments_stamp_form" CHECK (octet_length("comments"."stamp") between 2 and 8192 and "comments"."stamp" collate "C" !~ '[^ -~]'),
	CONSTRAINT "comments_stamped" CHECK ("comments"."stamp" is not null or (substring("comments"."text" from 2 for 1) is distinct from '\x02'))
);
--> statement-breakpoint
CREATE TABLE "notes" (
	"firm_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"revision" integer DEFAULT 1 NOT NULL,
	"created_at" "moment" DEFAULT now() NOT NULL,
	"updated_at" "moment" DEFAULT now() NOT NULL,
	"deleted_at" "moment",
	"author_id" uuid NOT NULL,
	"title" "sealed",
	"body" "sealed",
	"stamp" text,
	CONSTRAINT "notes_firm_id_id_pk" PRIMARY KEY("firm_id","id"),
	CONSTRAINT "notes_id_unique" UNIQUE("id"),
	CONSTRAINT "notes_title_firm_tag" CHECK (substring("notes"."title" from 7 for 4) = substring(sha256(convert_to("notes"."firm_id"::text, 'UTF8')) from 1 for 4)),
	CONSTRAINT "notes_body_firm_tag" CHECK (substring("notes"."body" from 7 for 4) = substring(sha256(convert_to("notes"."firm_id"::text, 'UTF8')) from 1 for 4)),
	CONSTRAINT "notes_tombstone_is_empty" CHECK ("notes"."deleted_at" is null or ("notes"."title" is null and "notes"."body" is null and "notes"."stamp" is null)),
	CONSTRAINT "notes_stamp_form" CHECK (octet_length("notes"."stamp") between 2 and 8192 and "notes"."stamp" collate "C" !~ '[^ -~]'),
	CONSTRAINT "notes_stamped" CHECK ("notes"."stamp" is not null or (substring("notes"."title" from 2 for 1) is distinct from '\x02' and substring("notes"."body" from 2 for 1) is distinct from '\x02'))
);
--> statement-breakpoint
CREATE TABLE "invoices" (
	"firm_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"revision" integer DEFAULT 1 NOT NULL,
	"created_at" "moment" DEFAULT now() NOT NULL,
	"updated_at" "moment" DEFAULT now() NOT NULL,
	"deleted_at" "moment",
	"author_id" uuid NOT NULL,
	"client_id" uuid,
	"number" text NOT NULL,
	"status" text DEFAULT 'DRAFT' NOT NULL,
	"currency" text NOT NULL,
	"issued_at" "moment",
	"due_at" "moment",
	"memo" "sealed",
	"total" "sealed",
	"amount_due" "sealed",
	"stamp" text,
	CONSTRAINT "invoices_firm_id_id_pk" PRIMARY KEY("firm_id","id"),
	CONSTRAINT "invoices_id_unique" UNIQUE("id"),
	CONSTRAINT "invoices_number_size" CHECK (char_length("invoices"."number") between 1 and 64),
	CONSTRAINT "invoices_status_known" CHECK ("invoices"."status" in ('DRAFT', 'ISSUED', 'PAID', 'VOID')),
	CONSTRAINT "invoices_currency_form" CHECK ("invoices"."currency" ~ '^[A-Z]{3}$'),
	CONSTRAINT "invoices_memo_firm_tag" CHECK (substring("invoices"."memo" from 7 for 4) = substring(sha256(convert_to("invoices"."firm_id"::text, 'UTF8')) from 1 for 4)),
	CONSTRAINT "invoices_total_firm_tag" CHECK (substring("invoices"."total" from 7 for 4) = substring(sha256(convert_to("invoices"."firm_id"::text, 'UTF8')) from 1 for 4)),
	CONSTRAINT "invoices_amount_due_firm_tag" CHECK (substring("invoices"."amount_due" from 7 for 4) = substring(sha256(convert_to("invoices"."firm_id"::text, 'UTF8')) from 1 for 4)),
	CONSTRAINT "invoices_tombstone_is_empty" CHECK ("invoices"."deleted_at" is null or ("invoices"."memo" is null and "invoices"."total" is null and "invoices"."amount_due" is null and "invoices"."stamp" is null)),
	CONSTRAINT "invoices_stamp_form" CHECK (octet_length("invoices"."stamp") between 2 and 8192 and "invoices"."stamp" collate "C" !~ '[^ -~]'),
	CONSTRAINT "invoices_stamped" CHECK ("invoices"."stamp" is not null or (substring("invoices"."memo" from 2 for 1) is distinct from '\x02' and substring("invoices"."total" from 2 for 1) is distinct from '\x02' and substring("invoices"."amount_due" from 2 for 1) is distinct from '\x02'))
);
--> statement-breakpoint
CREATE TABLE "invoice_line_items" (
	"firm_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"revision" integer DEFAULT 1 NOT NULL,
	"created_at" "moment" DEFAULT now() NOT NULL,
	"updated_at" "moment" DEFAULT now() NOT NULL,
	"deleted_at" "moment",
	"invoice_id" uuid NOT NULL,
	"position" integer NOT NULL,
	"description" "sealed",
	"quantity" "sealed",
	"unit_amount" "sealed",
	"stamp" text,
	CONSTRAINT "invoice_line_items_firm_id_id_pk" PRIMARY KEY("firm_id","id"),
	CONSTRAINT "invoice_line_items_id_unique" UNIQUE("id"),
	CONSTRAINT "invoice_line_items_position_range" CHECK ("invoice_line_items"."position" between 1 and 200),
	CONSTRAINT "invoice_line_items_description_firm_tag" CHECK (substring("invoice_line_items"."description" from 7 for 4) = substring(sha256(convert_to("invoice_line_items"."firm_id"::text, 'UTF8')) from 1 for 4)),
	CONSTRAINT "invoice_line_items_quantity_firm_tag" CHECK (substring("invoice_line_items"."quantity" from 7 for 4) = substring(sha256(convert_to("invoice_line_items"."firm_id"::text, 'UTF8')) from 1 for 4)),
	CONSTRAINT "invoice_line_items_unit_amount_firm_tag" CHECK (substring("invoice_line_items"."unit_amount" from 7 for 4) = substring(sha256(convert_to("invoice_line_items"."firm_id"::text, 'UTF8')) from 1 for 4)),
	CONSTRAINT "invoice_line_items_tombstone_is_empty" CHECK ("invoice_line_items"."deleted_at" is null or ("invoice_line_items"."description" is null and "invoice_line_items"."quantity" is null and "invoice_line_items"."unit_amount" is null and "invoice_line_items"."stamp" is null)),
	CONSTRAINT "invoice_line_items_stamp_form" CHECK (octet_length("invoice_line_items"."stamp") between 2 and 8192 and "invoice_line_items"."stamp" collate "C" !~ '[^ -~]'),
	CONSTRAINT "invoice_line_items_stamped" CHECK ("invoice_line_items"."stamp" is not null or (substring("invoice_line_items"."description" from 2 for 1) is distinct from '\x02' and substring("invoice_line_items"."quantity" from 2 for 1) is distinct from '\x02' and substring("invoice_line_items"."unit_amount" from 2 for 1) is distinct from '\x02'))
);
--> statement-breakpoint
CREATE TABLE "time_entries" (
	"firm_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"revision" integer DEFAULT 1 NOT NULL,
	"created_at" "moment" DEFAULT now() NOT NULL,
	"updated_at" "moment" DEFAULT now() NOT NULL,
	"deleted_at" "moment",
	"author_id" uuid NOT NULL,
	"client_id" uuid,
	"minutes" integer NOT NULL,
	"started_at" "moment" NOT NULL,
	"description" "sealed",
	"stamp" text,
	CONSTRAINT "time_entries_firm_id_id_pk" PRIMARY KEY("firm_id","id"),
	CONSTRAINT "time_entries_id_unique" UNIQUE("id"),
	CONSTRAINT "time_entries_minutes_range" CHECK ("time_entries"."minutes" between 1 and 1440),
	CONSTRAINT "time_entries_description_firm_tag" CHECK (substring("time_entries"."description" from 7 for 4) = substring(sha256(convert_to("time_entries"."firm_id"::text, 'UTF8')) from 1 for 4)),
	CONSTRAINT "time_entries_tombstone_is_empty" CHECK ("time_entries"."deleted_at" is null or ("time_entries"."description" is null and "time_entries"."stamp" is null)),
	CONSTRAINT "time_entries_stamp_form" CHECK (octet_length("time_entries"."stamp") between 2 and 8192 and "time_entries"."stamp" collate "C" !~ '[^ -~]'),
	CONSTRAINT "time_entries_stamped" CHECK ("time_entries"."stamp" is not null or (substring("time_entries"."description" from 2 for 1) is distinct from '\x02'))
);
--> statement-breakpoint
CREATE TABLE "notices" (
	"id" uuid PRIMARY KEY NOT NULL,
	"firm_id" uuid NOT NULL,
	"kind" text NOT NULL,
	"audience" text NOT NULL,
	"actor_id" uuid,
	"user_id" uuid,
	"role" text,
	"invitation_id" uuid,
	"lease_id" uuid,
	"job_id" uuid,
	"job_kind" text,
	"job_state" text,
	"key_state" text,
	"created_at" "moment" DEFAULT now() NOT NULL,
	"folds_as" "bytea",
	"repeats" integer DEFAULT 0 NOT NULL,
	"last_at" "moment",
	CONSTRAINT "notices_audience_known" CHECK ("notices"."audience" in ('OWNERS', 'EVERYBODY')),
	CONSTRAINT "notices_role_known" CHECK ("notices"."role" in ('OWNER', 'MEMBER', 'CLIENT')),
	CONSTRAINT "notices_job_known" CHECK ("notices"."job_kind" in ('ROTATE', 'REWRAP', 'REENCRYPT', 'DISABLE', 'ENABLE', 'DESTROY', 'MOVE', 'BACKFILL', 'VERIFY', 'CONTRACT', 'CLEAR', 'BRING', 'GIVE_BACK', 'ERASE', 'ESCROW', 'RECOVER', 'DRILL', 'APPOINT', 'ADD_OPERATOR') and "notices"."job_state" in ('WAITING', 'QUEUED', 'RUNNING', 'DONE', 'FAILED', 'CANCELLED')),
	CONSTRAINT "notices_key_state_known" CHECK ("notices"."key_state" in ('HEALTHY', 'DEGRADED', 'REVOKED', 'RESTORED')),
	CONSTRAINT "notices_folds_as_size" CHECK (octet_length("notices"."folds_as") = 32),
	CONSTRAINT "notices_kind_known" CHECK ("notices"."kind" in ('MEMBER_INVITED', 'INVITATION_REVOKED', 'SIGN_IN_CHANGED', 'MEMBER_ADDED', 'MEMBER_ROLE_CHANGED', 'MEMBER_REMOVED', 'OWNER_RECOVERY_REQUESTED', 'OWNER_RECOVERY_APPROVED', 'OWNER_RECOVERY_COMPLETED', 'OWNER_RECOVERY_CANCELLED', 'ACCESS_POLICY_CHANGED', 'LEASE_REQUESTED', 'LEASE_APPROVED', 'LEASE_DENIED', 'LEASE_ACTIVATED', 'LEASE_READ', 'LEASE_ENDED', 'LEASE_REVIEWED', 'JOB_REQUESTED', 'JOB_ENDED', 'KEY_STATE_CHANGED', 'APPROVER_DISABLED'))
);
--> statement-breakpoint
CREATE TABLE "webhook_deliveries" (
	"message_id" uuid PRIMARY KEY NOT NULL,
	"attempts" integer DEFAULT 0 NOT NULL,
	"next_at" "moment" NOT NULL,
	"after_others" boolean DEFAULT false NOT NULL,
	"reported_by" uuid,
	"turn_at" "moment" DEFAULT clock_timestamp() NOT NULL,
	"delivered_at" "moment",
	"outcome" text,
	CONSTRAINT "webhook_deliveries_outcome_form" CHECK ("webhook_deliveries"."outcome" ~ '^[A-Z0-9_]{1,32}$')
);
--> statement-breakpoint
CREATE TABLE "access_policies" (
	"firm_id" uuid PRIMARY KEY NOT NULL,
	"policy" text DEFAULT 'APPROVE' NOT NULL,
	"approvers" integer DEFAULT 1 NOT NULL,
	"mac" "bytea",
	"updated_at" "moment" DEFAULT now() NOT NULL,
	CONSTRAINT "access_policies_policy_known" CHECK ("access_policies"."policy" in ('NEVER', 'APPROVE', 'NOTIFY')),
	CONSTRAINT "access_policies_approvers_range" CHECK ("access_policies"."approvers" between 1 and 5),
	CONSTRAINT "access_policies_mac_size" CHECK (octet_length("access_policies"."mac") = 36)
);
--> statement-breakpoint
CREATE TABLE "owner_recoveries" (
	"id" uuid PRIMARY KEY NOT NULL,
	"firm_id" uuid NOT NULL,
	"user_id" uuid NOT NULL,
	"requested_by" uuid NOT NULL,
	"requested_at" "moment" DEFAULT now() NOT NULL,
	"approved_by" uuid,
	"approved_at" "moment",
	"seen_at" "moment",
	CONSTRAINT "owner_recoveries_approval_whole" CHECK (("owner_recoveries"."approved_by" is null) = ("owner_recoveries"."approved_at" is null)),
	CONSTRAINT "owner_recoveries_seen_approved" CHECK ("owner_recoveries"."seen_at" is null or "owner_recoveries"."approved_at" is not null)
);
--> statement-breakpoint
CREATE TABLE "owner_recovery_ends" (
	"recovery_id" uuid NOT NULL,
	"firm_id" uuid NOT NULL,
	"outcome" text NOT NULL,
	"ended_at" "moment" DEFAULT clock_timestamp() NOT NULL,
	CONSTRAINT "owner_recovery_ends_outcome_known" CHECK ("owner_recovery_ends"."outcome" in ('COMPLETED', 'CANCELLED', 'WITHDRAWN'))
);
--> statement-breakpoint
CREATE TABLE "erasures" (
	"id" uuid PRIMARY KEY NOT NULL,
	"firm_id" uuid NOT NULL,
	"subject" text,
	"number" bigint,
	"mac" "bytea" NOT NULL,
	"begun_at" "moment" DEFAULT clock_timestamp() NOT NULL,
	"begun_in" bigint DEFAULT pg_current_xact_id()::text::bigint NOT NULL,
	"inventory" text,
	"unopened" bigint DEFAULT 0 NOT NULL,
	"unnamed" bigint DEFAULT 0 NOT NULL,
	"erased_at" "moment",
	"certificate" text,
	CONSTRAINT "erasures_number" UNIQUE("number"),
	CONSTRAINT "erasures_subject_form" CHECK ("erasures"."subject" ~ '^[A-Z][A-Za-z]{1,39}\.[0-9a-f-]{36}$'),
	CONSTRAINT "erasures_number_range" CHECK ("erasures"."number" between 0 and 9007199254740991),
	CONSTRAINT "erasures_mac_size" CHECK (octet_length("erasures"."mac") = 36),
	CONSTRAINT "erasures_inventory_size" CHECK (octet_length("erasures"."inventory") <= 65536),
	CONSTRAINT "erasures_certificate_size" CHECK (octet_length("erasures"."certificate") <= 8388608),
	CONSTRAINT "erasures_counts" CHECK (least("erasures"."unopened", "erasures"."unnamed") >= 0),
	CONSTRAINT "erasures_certified" CHECK (("erasures"."erased_at" is null) = ("erasures"."certificate" is null))
);
--> statement-breakpoint
CREATE TABLE "erasure_objects" (
	"id" uuid PRIMARY KEY NOT NULL,
	"erasure_id" uuid NOT NULL,
	"firm_id" uuid NOT NULL,
	"location" "bytea" NOT NULL,
	CONSTRAINT "erasure_objects_location_size" CHECK (octet_length("erasure_objects"."location") between 1 and 4096)
);
--> statement-breakpoint
CREATE TABLE "legal_holds" (
	"id" uuid PRIMARY KEY NOT NULL,
	"firm_id" uuid NOT NULL,
	"subject" text,
	"ticket" text NOT NULL,
	"set_by" uuid NOT NULL,
	"set_at" "moment" NOT NULL,
	"mac" "bytea" NOT NULL,
	"released_by" uuid,
	"released_at" "moment",
	"release_mac" "bytea",
	CONSTRAINT "legal_holds_subject_form" CHECK ("legal_holds"."subject" ~ '^[A-Z][A-Za-z]{1,39}\.[0-9a-f-]{36}$'),
	CONSTRAINT "legal_holds_ticket_form" CHECK ("legal_holds"."ticket" ~ '^[A-Za-z0-9][A-Za-z0-9_.:/#-]{0,63}$'),
	CONSTRAINT "legal_holds_mac_sizes" CHECK (octet_length("legal_holds"."mac") = 36 and octet_length("legal_holds"."release_mac") = 36),
	CONSTRAINT "legal_holds_release_whole" CHECK (num_nonnulls("legal_holds"."released_by", "legal_holds"."released_at", "legal_holds"."release_mac") in (0, 3))
);
--> statement-breakpoint
CREATE TABLE "turns" (
	"act" text NOT NULL,
	"whose" uuid NOT NULL,
	CONSTRAINT "turns_act_whose_pk" PRIMARY KEY("act","whose")
);
