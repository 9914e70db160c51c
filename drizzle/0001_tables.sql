CREATE TABLE "audit_entries" (
	"id" uuid PRIMARY KEY NOT NULL,
	"firm_id" uuid,
	"role" "name" DEFAULT current_user NOT NULL,
	"boot" uuid NOT NULL,
	"sequence" bigint NOT NULL,
	"leaf" text NOT NULL,
	"transaction" "xid8" DEFAULT pg_current_xact_id() NOT NULL,
	"appended_at" timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
	CONSTRAINT "audit_entries_boot_sequence" UNIQUE("role","boot","sequence"),
	CONSTRAINT "audit_entries_leaf_size" CHECK (octet_length("audit_entries"."leaf") between 2 and 65536),
	CONSTRAINT "audit_entries_sequence_range" CHECK ("audit_entries"."sequence" between 1 and 9007199254740991),
	CONSTRAINT "audit_entries_leaf_names_row" CHECK ("audit_entries"."leaf"::jsonb @> jsonb_build_object('id', "audit_entries"."id", 'boot', "audit_entries"."boot", 'sequence', "audit_entries"."sequence", 'firm', "audit_entries"."firm_id"))
);
--> statement-breakpoint
CREATE TABLE "data_keys" (
	"firm_id" uuid NOT NULL,
	"class" text NOT NULL,
	"version" bigint NOT NULL,
	"state" text NOT NULL,
	"wrapped" "bytea" NOT NULL,
	"commitment" "bytea" NOT NULL,
	"key_id" text NOT NULL,
	"sealed" bigint DEFAULT 0 NOT NULL,
	"created_at" "moment" DEFAULT now() NOT NULL,
	CONSTRAINT "data_keys_firm_id_class_version_pk" PRIMARY KEY("firm_id","class","version"),
	CONSTRAINT "data_keys_version_positive" CHECK ("data_keys"."version" >= 1),
	CONSTRAINT "data_keys_state_known" CHECK ("data_keys"."state" in ('ACTIVE', 'RETIRED', 'DISABLED', 'DESTROYED')),
	CONSTRAINT "data_keys_class_known" CHECK ("data_keys"."class" in ('DOCUMENT', 'COMMUNICATION', 'BILLING', 'NOTE', 'RIGHTS', 'JOB')),
	CONSTRAINT "data_keys_commitment_size" CHECK (octet_length("data_keys"."commitment") = 32)
);
--> statement-breakpoint
CREATE TABLE "firms" (
	"id" uuid PRIMARY KEY NOT NULL,
	"slug" text NOT NULL,
	"name" text NOT NULL,
	"status" text DEFAULT 'ACTIVE' NOT NULL,
	"revision" integer DEFAULT 1 NOT NULL,
	"created_at" "moment" DEFAULT now() NOT NULL,
	CONSTRAINT "firms_slug_form" CHECK ("firms"."slug" ~ '^[a-z][a-z0-9-]{1,39}$'),
	CONSTRAINT "firms_status_known" CHECK ("firms"."status" in ('ACTIVE', 'SUSPENDED'))
);
--> statement-breakpoint
-- Of a part, though every row has one: so it is no key that a row could refer to, and who changes it waits for no one who refers to the firm.
CREATE UNIQUE INDEX "firms_slug_unique" ON "firms" USING btree ("slug") WHERE slug is not null;
--> statement-breakpoint
CREATE TABLE "memberships" (
	"firm_id" uuid NOT NULL,
	"user_id" uuid NOT NULL,
	"role" text NOT NULL,
	"created_at" "moment" DEFAULT now() NOT NULL,
	"removed_at" "moment",
	CONSTRAINT "memberships_firm_id_user_id_pk" PRIMARY KEY("firm_id","user_id"),
	CONSTRAINT "memberships_user_id_unique" UNIQUE("user_id"),
	CONSTRAINT "memberships_role_known" CHECK ("memberships"."role" in ('OWNER', 'MEMBER', 'CLIENT'))
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
	CONSTRAINT "notes_firm_id_id_pk" PRIMARY KEY("firm_id","id"),
	CONSTRAINT "notes_id_unique" UNIQUE("id"),
	CONSTRAINT "notes_title_firm_tag" CHECK (substring("notes"."title" from 7 for 4) = substring(sha256(convert_to("notes"."firm_id"::text, 'UTF8')) from 1 for 4)),
	CONSTRAINT "notes_body_firm_tag" CHECK (substring("notes"."body" from 7 for 4) = substring(sha256(convert_to("notes"."firm_id"::text, 'UTF8')) from 1 for 4)),
	CONSTRAINT "notes_tombstone_is_empty" CHECK ("notes"."deleted_at" is null or ("notes"."title" is null and "notes"."body" is null))
);
--> statement-breakpoint
CREATE TABLE "operators" (
	"user_id" uuid PRIMARY KEY NOT NULL,
	"roles" text[] NOT NULL,
	"created_at" "moment" DEFAULT now() NOT NULL,
	"disabled_at" "moment",
	CONSTRAINT "operators_roles_known" CHECK (cardinality("operators"."roles") > 0 and "operators"."roles" <@ array['OPERATOR', 'APPROVER', 'AUDITOR'])
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
	CONSTRAINT "users_identity" UNIQUE("issuer","subject")
);
--> statement-breakpoint
ALTER TABLE "data_keys" ADD CONSTRAINT "data_keys_firm_id_firms_id_fk" FOREIGN KEY ("firm_id") REFERENCES "public"."firms"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "memberships" ADD CONSTRAINT "memberships_firm_id_firms_id_fk" FOREIGN KEY ("firm_id") REFERENCES "public"."firms"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "memberships" ADD CONSTRAINT "memberships_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "notes" ADD CONSTRAINT "notes_firm_id_firms_id_fk" FOREIGN KEY ("firm_id") REFERENCES "public"."firms"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "notes" ADD CONSTRAINT "notes_firm_id_author_id_memberships_firm_id_user_id_fk" FOREIGN KEY ("firm_id","author_id") REFERENCES "public"."memberships"("firm_id","user_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "operators" ADD CONSTRAINT "operators_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "audit_entries_by_firm" ON "audit_entries" USING btree ("firm_id","transaction","id");--> statement-breakpoint
CREATE INDEX "audit_entries_by_transaction" ON "audit_entries" USING btree ("transaction","id");--> statement-breakpoint
CREATE UNIQUE INDEX "data_keys_one_active" ON "data_keys" USING btree ("firm_id","class") WHERE state = 'ACTIVE';--> statement-breakpoint
CREATE INDEX "notes_by_creation" ON "notes" USING btree ("firm_id","created_at","id");--> statement-breakpoint
CREATE INDEX "notes_by_update" ON "notes" USING btree ("firm_id","updated_at","id");--> statement-breakpoint
CREATE UNIQUE INDEX "users_email" ON "users" USING btree (lower("email"));