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
	CONSTRAINT "clients_status_known" CHECK ("clients"."status" in ('ACTIVE', 'ARCHIVED'))
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
	CONSTRAINT "comments_firm_id_id_pk" PRIMARY KEY("firm_id","id"),
	CONSTRAINT "comments_id_unique" UNIQUE("id"),
	CONSTRAINT "comments_about_one" CHECK (num_nonnulls("comments"."document_id", "comments"."message_id", "comments"."note_id", "comments"."invoice_id") = 1),
	CONSTRAINT "comments_text_firm_tag" CHECK (substring("comments"."text" from 7 for 4) = substring(sha256(convert_to("comments"."firm_id"::text, 'UTF8')) from 1 for 4)),
	CONSTRAINT "comments_tombstone_is_empty" CHECK ("comments"."deleted_at" is null or ("comments"."text" is null))
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
	CONSTRAINT "document_versions_firm_id_id_pk" PRIMARY KEY("firm_id","id"),
	CONSTRAINT "document_versions_id_unique" UNIQUE("id"),
	CONSTRAINT "document_versions_number" UNIQUE("firm_id","document_id","number"),
	CONSTRAINT "document_versions_number_range" CHECK ("document_versions"."number" between 1 and 200),
	CONSTRAINT "document_versions_byte_size_range" CHECK ("document_versions"."byte_size" between 0 and 9007199254740991),
	CONSTRAINT "document_versions_change_summary_firm_tag" CHECK (substring("document_versions"."change_summary" from 7 for 4) = substring(sha256(convert_to("document_versions"."firm_id"::text, 'UTF8')) from 1 for 4)),
	CONSTRAINT "document_versions_bucket_firm_tag" CHECK (substring("document_versions"."bucket" from 7 for 4) = substring(sha256(convert_to("document_versions"."firm_id"::text, 'UTF8')) from 1 for 4)),
	CONSTRAINT "document_versions_object_key_firm_tag" CHECK (substring("document_versions"."object_key" from 7 for 4) = substring(sha256(convert_to("document_versions"."firm_id"::text, 'UTF8')) from 1 for 4)),
	CONSTRAINT "document_versions_sha256_firm_tag" CHECK (substring("document_versions"."sha256" from 7 for 4) = substring(sha256(convert_to("document_versions"."firm_id"::text, 'UTF8')) from 1 for 4)),
	CONSTRAINT "document_versions_tombstone_is_empty" CHECK ("document_versions"."deleted_at" is null or ("document_versions"."change_summary" is null and "document_versions"."bucket" is null and "document_versions"."object_key" is null and "document_versions"."sha256" is null))
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
	"status" text DEFAULT 'PENDING' NOT NULL,
	"description" "sealed",
	"bucket" "sealed",
	"object_key" "sealed",
	"sha256" "sealed",
	CONSTRAINT "documents_firm_id_id_pk" PRIMARY KEY("firm_id","id"),
	CONSTRAINT "documents_id_unique" UNIQUE("id"),
	CONSTRAINT "documents_name_size" CHECK (char_length("documents"."name") between 1 and 200),
	CONSTRAINT "documents_mime_type_size" CHECK (char_length("documents"."mime_type") between 3 and 127),
	CONSTRAINT "documents_byte_size_range" CHECK ("documents"."byte_size" between 0 and 9007199254740991),
	CONSTRAINT "documents_status_known" CHECK ("documents"."status" in ('PENDING', 'AVAILABLE')),
	CONSTRAINT "documents_description_firm_tag" CHECK (substring("documents"."description" from 7 for 4) = substring(sha256(convert_to("documents"."firm_id"::text, 'UTF8')) from 1 for 4)),
	CONSTRAINT "documents_bucket_firm_tag" CHECK (substring("documents"."bucket" from 7 for 4) = substring(sha256(convert_to("documents"."firm_id"::text, 'UTF8')) from 1 for 4)),
	CONSTRAINT "documents_object_key_firm_tag" CHECK (substring("documents"."object_key" from 7 for 4) = substring(sha256(convert_to("documents"."firm_id"::text, 'UTF8')) from 1 for 4)),
	CONSTRAINT "documents_sha256_firm_tag" CHECK (substring("documents"."sha256" from 7 for 4) = substring(sha256(convert_to("documents"."firm_id"::text, 'UTF8')) from 1 for 4)),
	CONSTRAINT "documents_tombstone_is_empty" CHECK ("documents"."deleted_at" is null or ("documents"."description" is null and "documents"."bucket" is null and "documents"."object_key" is null and "documents"."sha256" is null))
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
	CONSTRAINT "invoice_line_items_firm_id_id_pk" PRIMARY KEY("firm_id","id"),
	CONSTRAINT "invoice_line_items_id_unique" UNIQUE("id"),
	CONSTRAINT "invoice_line_items_position_range" CHECK ("invoice_line_items"."position" between 1 and 200),
	CONSTRAINT "invoice_line_items_description_firm_tag" CHECK (substring("invoice_line_items"."description" from 7 for 4) = substring(sha256(convert_to("invoice_line_items"."firm_id"::text, 'UTF8')) from 1 for 4)),
	CONSTRAINT "invoice_line_items_quantity_firm_tag" CHECK (substring("invoice_line_items"."quantity" from 7 for 4) = substring(sha256(convert_to("invoice_line_items"."firm_id"::text, 'UTF8')) from 1 for 4)),
	CONSTRAINT "invoice_line_items_unit_amount_firm_tag" CHECK (substring("invoice_line_items"."unit_amount" from 7 for 4) = substring(sha256(convert_to("invoice_line_items"."firm_id"::text, 'UTF8')) from 1 for 4)),
	CONSTRAINT "invoice_line_items_tombstone_is_empty" CHECK ("invoice_line_items"."deleted_at" is null or ("invoice_line_items"."description" is null and "invoice_line_items"."quantity" is null and "invoice_line_items"."unit_amount" is null))
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
	"total" numeric NOT NULL,
	"amount_due" numeric NOT NULL,
	"issued_at" "moment",
	"due_at" "moment",
	"memo" "sealed",
	CONSTRAINT "invoices_firm_id_id_pk" PRIMARY KEY("firm_id","id"),
	CONSTRAINT "invoices_id_unique" UNIQUE("id"),
	CONSTRAINT "invoices_number_size" CHECK (char_length("invoices"."number") between 1 and 64),
	CONSTRAINT "invoices_status_known" CHECK ("invoices"."status" in ('DRAFT', 'ISSUED', 'PAID', 'VOID')),
	CONSTRAINT "invoices_currency_form" CHECK ("invoices"."currency" ~ '^[A-Z]{3}$'),
	CONSTRAINT "invoices_amounts_range" CHECK (abs("invoices"."total") < 1e15 and abs("invoices"."amount_due") < 1e15),
	CONSTRAINT "invoices_memo_firm_tag" CHECK (substring("invoices"."memo" from 7 for 4) = substring(sha256(convert_to("invoices"."firm_id"::text, 'UTF8')) from 1 for 4)),
	CONSTRAINT "invoices_tombstone_is_empty" CHECK ("invoices"."deleted_at" is null or ("invoices"."memo" is null))
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
	CONSTRAINT "messages_firm_id_id_pk" PRIMARY KEY("firm_id","id"),
	CONSTRAINT "messages_id_unique" UNIQUE("id"),
	CONSTRAINT "messages_subject_firm_tag" CHECK (substring("messages"."subject" from 7 for 4) = substring(sha256(convert_to("messages"."firm_id"::text, 'UTF8')) from 1 for 4)),
	CONSTRAINT "messages_body_firm_tag" CHECK (substring("messages"."body" from 7 for 4) = substring(sha256(convert_to("messages"."firm_id"::text, 'UTF8')) from 1 for 4)),
	CONSTRAINT "messages_tombstone_is_empty" CHECK ("messages"."deleted_at" is null or ("messages"."subject" is null and "messages"."body" is null))
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
	"created_at" "moment" DEFAULT now() NOT NULL,
	CONSTRAINT "notices_audience_known" CHECK ("notices"."audience" in ('OWNERS', 'EVERYBODY')),
	CONSTRAINT "notices_role_known" CHECK ("notices"."role" in ('OWNER', 'MEMBER', 'CLIENT')),
	CONSTRAINT "notices_kind_known" CHECK ("notices"."kind" in ('MEMBER_ADDED', 'MEMBER_ROLE_CHANGED', 'MEMBER_REMOVED', 'OWNER_RECOVERY_REQUESTED', 'OWNER_RECOVERY_APPROVED', 'OWNER_RECOVERY_COMPLETED', 'OWNER_RECOVERY_CANCELLED'))
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
	CONSTRAINT "time_entries_firm_id_id_pk" PRIMARY KEY("firm_id","id"),
	CONSTRAINT "time_entries_id_unique" UNIQUE("id"),
	CONSTRAINT "time_entries_minutes_range" CHECK ("time_entries"."minutes" between 1 and 1440),
	CONSTRAINT "time_entries_description_firm_tag" CHECK (substring("time_entries"."description" from 7 for 4) = substring(sha256(convert_to("time_entries"."firm_id"::text, 'UTF8')) from 1 for 4)),
	CONSTRAINT "time_entries_tombstone_is_empty" CHECK ("time_entries"."deleted_at" is null or ("time_entries"."description" is null))
);
--> statement-breakpoint
ALTER TABLE "memberships" ADD COLUMN "client_id" uuid;--> statement-breakpoint
ALTER TABLE "clients" ADD CONSTRAINT "clients_firm_id_firms_id_fk" FOREIGN KEY ("firm_id") REFERENCES "public"."firms"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "comments" ADD CONSTRAINT "comments_firm_id_firms_id_fk" FOREIGN KEY ("firm_id") REFERENCES "public"."firms"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "comments" ADD CONSTRAINT "comments_author_id_of_firm" FOREIGN KEY ("firm_id","author_id") REFERENCES "public"."memberships"("firm_id","user_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "comments" ADD CONSTRAINT "comments_document_id_of_firm" FOREIGN KEY ("firm_id","document_id") REFERENCES "public"."documents"("firm_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "comments" ADD CONSTRAINT "comments_message_id_of_firm" FOREIGN KEY ("firm_id","message_id") REFERENCES "public"."messages"("firm_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "comments" ADD CONSTRAINT "comments_note_id_of_firm" FOREIGN KEY ("firm_id","note_id") REFERENCES "public"."notes"("firm_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "comments" ADD CONSTRAINT "comments_invoice_id_of_firm" FOREIGN KEY ("firm_id","invoice_id") REFERENCES "public"."invoices"("firm_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "document_versions" ADD CONSTRAINT "document_versions_firm_id_firms_id_fk" FOREIGN KEY ("firm_id") REFERENCES "public"."firms"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "document_versions" ADD CONSTRAINT "document_versions_document_id_of_firm" FOREIGN KEY ("firm_id","document_id") REFERENCES "public"."documents"("firm_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "document_versions" ADD CONSTRAINT "document_versions_author_id_of_firm" FOREIGN KEY ("firm_id","author_id") REFERENCES "public"."memberships"("firm_id","user_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "documents" ADD CONSTRAINT "documents_firm_id_firms_id_fk" FOREIGN KEY ("firm_id") REFERENCES "public"."firms"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "documents" ADD CONSTRAINT "documents_author_id_of_firm" FOREIGN KEY ("firm_id","author_id") REFERENCES "public"."memberships"("firm_id","user_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "documents" ADD CONSTRAINT "documents_client_id_of_firm" FOREIGN KEY ("firm_id","client_id") REFERENCES "public"."clients"("firm_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "invoice_line_items" ADD CONSTRAINT "invoice_line_items_firm_id_firms_id_fk" FOREIGN KEY ("firm_id") REFERENCES "public"."firms"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "invoice_line_items" ADD CONSTRAINT "invoice_line_items_invoice_id_of_firm" FOREIGN KEY ("firm_id","invoice_id") REFERENCES "public"."invoices"("firm_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "invoices" ADD CONSTRAINT "invoices_firm_id_firms_id_fk" FOREIGN KEY ("firm_id") REFERENCES "public"."firms"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "invoices" ADD CONSTRAINT "invoices_author_id_of_firm" FOREIGN KEY ("firm_id","author_id") REFERENCES "public"."memberships"("firm_id","user_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "invoices" ADD CONSTRAINT "invoices_client_id_of_firm" FOREIGN KEY ("firm_id","client_id") REFERENCES "public"."clients"("firm_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "messages" ADD CONSTRAINT "messages_firm_id_firms_id_fk" FOREIGN KEY ("firm_id") REFERENCES "public"."firms"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "messages" ADD CONSTRAINT "messages_thread_id_of_firm" FOREIGN KEY ("firm_id","thread_id") REFERENCES "public"."threads"("firm_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "messages" ADD CONSTRAINT "messages_author_id_of_firm" FOREIGN KEY ("firm_id","author_id") REFERENCES "public"."memberships"("firm_id","user_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "notices" ADD CONSTRAINT "notices_actor_id_users_id_fk" FOREIGN KEY ("actor_id") REFERENCES "public"."users"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "notices" ADD CONSTRAINT "notices_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "owner_recoveries" ADD CONSTRAINT "owner_recoveries_firm_id_firms_id_fk" FOREIGN KEY ("firm_id") REFERENCES "public"."firms"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "owner_recoveries" ADD CONSTRAINT "owner_recoveries_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "owner_recoveries" ADD CONSTRAINT "owner_recoveries_requested_by_users_id_fk" FOREIGN KEY ("requested_by") REFERENCES "public"."users"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "owner_recoveries" ADD CONSTRAINT "owner_recoveries_approved_by_users_id_fk" FOREIGN KEY ("approved_by") REFERENCES "public"."users"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "shares" ADD CONSTRAINT "shares_client_id_of_firm" FOREIGN KEY ("firm_id","client_id") REFERENCES "public"."clients"("firm_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "shares" ADD CONSTRAINT "shares_document_id_of_firm" FOREIGN KEY ("firm_id","document_id") REFERENCES "public"."documents"("firm_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "shares" ADD CONSTRAINT "shares_thread_id_of_firm" FOREIGN KEY ("firm_id","thread_id") REFERENCES "public"."threads"("firm_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "shares" ADD CONSTRAINT "shares_invoice_id_of_firm" FOREIGN KEY ("firm_id","invoice_id") REFERENCES "public"."invoices"("firm_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "shares" ADD CONSTRAINT "shares_author_id_of_firm" FOREIGN KEY ("firm_id","author_id") REFERENCES "public"."memberships"("firm_id","user_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "threads" ADD CONSTRAINT "threads_firm_id_firms_id_fk" FOREIGN KEY ("firm_id") REFERENCES "public"."firms"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "threads" ADD CONSTRAINT "threads_author_id_of_firm" FOREIGN KEY ("firm_id","author_id") REFERENCES "public"."memberships"("firm_id","user_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "threads" ADD CONSTRAINT "threads_client_id_of_firm" FOREIGN KEY ("firm_id","client_id") REFERENCES "public"."clients"("firm_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "time_entries" ADD CONSTRAINT "time_entries_firm_id_firms_id_fk" FOREIGN KEY ("firm_id") REFERENCES "public"."firms"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "time_entries" ADD CONSTRAINT "time_entries_author_id_of_firm" FOREIGN KEY ("firm_id","author_id") REFERENCES "public"."memberships"("firm_id","user_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "time_entries" ADD CONSTRAINT "time_entries_client_id_of_firm" FOREIGN KEY ("firm_id","client_id") REFERENCES "public"."clients"("firm_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "clients_by_name" ON "clients" USING btree ("firm_id","name","id");--> statement-breakpoint
CREATE INDEX "clients_by_creation" ON "clients" USING btree ("firm_id","created_at","id");--> statement-breakpoint
CREATE INDEX "clients_by_update" ON "clients" USING btree ("firm_id","updated_at","id");--> statement-breakpoint
CREATE INDEX "comments_of_document" ON "comments" USING btree ("firm_id","document_id","created_at","id");--> statement-breakpoint
CREATE INDEX "comments_of_message" ON "comments" USING btree ("firm_id","message_id","created_at","id");--> statement-breakpoint
CREATE INDEX "comments_of_note" ON "comments" USING btree ("firm_id","note_id","created_at","id");--> statement-breakpoint
CREATE INDEX "comments_of_invoice" ON "comments" USING btree ("firm_id","invoice_id","created_at","id");--> statement-breakpoint
CREATE INDEX "documents_by_name" ON "documents" USING btree ("firm_id","name","id");--> statement-breakpoint
CREATE INDEX "documents_by_creation" ON "documents" USING btree ("firm_id","created_at","id");--> statement-breakpoint
CREATE INDEX "documents_by_update" ON "documents" USING btree ("firm_id","updated_at","id");--> statement-breakpoint
CREATE UNIQUE INDEX "invoice_line_items_position" ON "invoice_line_items" USING btree ("firm_id","invoice_id","position") WHERE deleted_at is null;--> statement-breakpoint
CREATE UNIQUE INDEX "invoices_number_free" ON "invoices" USING btree ("firm_id","number") WHERE deleted_at is null;--> statement-breakpoint
CREATE INDEX "invoices_by_number" ON "invoices" USING btree ("firm_id","number","id");--> statement-breakpoint
CREATE INDEX "invoices_by_total" ON "invoices" USING btree ("firm_id","total","id");--> statement-breakpoint
CREATE INDEX "invoices_by_amount_due" ON "invoices" USING btree ("firm_id","amount_due","id");--> statement-breakpoint
CREATE INDEX "invoices_by_creation" ON "invoices" USING btree ("firm_id","created_at","id");--> statement-breakpoint
CREATE INDEX "invoices_by_update" ON "invoices" USING btree ("firm_id","updated_at","id");--> statement-breakpoint
CREATE INDEX "messages_by_creation" ON "messages" USING btree ("firm_id","thread_id","created_at","id");--> statement-breakpoint
CREATE INDEX "messages_by_update" ON "messages" USING btree ("firm_id","thread_id","updated_at","id");--> statement-breakpoint
CREATE INDEX "notices_by_creation" ON "notices" USING btree ("firm_id","created_at","id");--> statement-breakpoint
CREATE UNIQUE INDEX "owner_recovery_ends_done_or_cancelled" ON "owner_recovery_ends" USING btree ("recovery_id") WHERE outcome <> 'WITHDRAWN';--> statement-breakpoint
CREATE UNIQUE INDEX "owner_recovery_ends_done_or_withdrawn" ON "owner_recovery_ends" USING btree ("recovery_id") WHERE outcome <> 'CANCELLED';--> statement-breakpoint
CREATE UNIQUE INDEX "shares_of_document" ON "shares" USING btree ("firm_id","document_id","client_id") WHERE document_id is not null;--> statement-breakpoint
CREATE UNIQUE INDEX "shares_of_thread" ON "shares" USING btree ("firm_id","thread_id","client_id") WHERE thread_id is not null;--> statement-breakpoint
CREATE UNIQUE INDEX "shares_of_invoice" ON "shares" USING btree ("firm_id","invoice_id","client_id") WHERE invoice_id is not null;--> statement-breakpoint
CREATE INDEX "shares_with_client" ON "shares" USING btree ("firm_id","client_id");--> statement-breakpoint
CREATE INDEX "threads_by_creation" ON "threads" USING btree ("firm_id","created_at","id");--> statement-breakpoint
CREATE INDEX "threads_by_update" ON "threads" USING btree ("firm_id","updated_at","id");--> statement-breakpoint
CREATE INDEX "time_entries_by_start" ON "time_entries" USING btree ("firm_id","started_at","id");--> statement-breakpoint
CREATE INDEX "time_entries_by_creation" ON "time_entries" USING btree ("firm_id","created_at","id");--> statement-breakpoint
ALTER TABLE "memberships" ADD CONSTRAINT "memberships_client_id_of_firm" FOREIGN KEY ("firm_id","client_id") REFERENCES "public"."clients"("firm_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "memberships_by_creation" ON "memberships" USING btree ("firm_id","created_at","user_id");--> statement-breakpoint
CREATE INDEX "memberships_of_client" ON "memberships" USING btree ("firm_id","client_id","created_at","user_id");--> statement-breakpoint
ALTER TABLE "memberships" ADD CONSTRAINT "memberships_client_is_of_portal" CHECK ("memberships"."role" = 'CLIENT' or "memberships"."client_id" is null);