CREATE TABLE "key_refusals" (
	"firm_id" uuid PRIMARY KEY NOT NULL,
	"id" uuid NOT NULL,
	"refused_at" "moment" DEFAULT clock_timestamp() NOT NULL
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
CREATE TABLE "lease_grant_tokens" (
	"lease_id" uuid NOT NULL,
	"class" text NOT NULL,
	"token" text NOT NULL,
	"created_at" "moment" DEFAULT now() NOT NULL,
	CONSTRAINT "lease_grant_tokens_lease_id_class_pk" PRIMARY KEY("lease_id","class"),
	CONSTRAINT "lease_grant_tokens_size" CHECK (char_length("lease_grant_tokens"."token") between 1 and 8192)
);
--> statement-breakpoint
CREATE TABLE "stored_objects" (
	"tag" uuid PRIMARY KEY NOT NULL,
	"firm_id" uuid NOT NULL,
	"document_id" uuid NOT NULL,
	"version_id" uuid NOT NULL,
	"state" text DEFAULT 'UPLOADING' NOT NULL,
	"size" bigint,
	"sha256" "bytea",
	"created_at" "moment" DEFAULT now() NOT NULL,
	"touched_at" "moment" DEFAULT now() NOT NULL,
	CONSTRAINT "stored_objects_state_known" CHECK ("stored_objects"."state" in ('UPLOADING', 'STORED', 'DELETING')),
	CONSTRAINT "stored_objects_whole" CHECK (num_nonnulls("stored_objects"."size", "stored_objects"."sha256") in (0, 2) and octet_length("stored_objects"."sha256") = 32),
	CONSTRAINT "stored_objects_stored_whole" CHECK ("stored_objects"."state" <> 'STORED' or "stored_objects"."size" is not null)
);
--> statement-breakpoint
ALTER TABLE "data_keys" ADD COLUMN "own_key" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "documents" ADD COLUMN "version_id" uuid;--> statement-breakpoint
ALTER TABLE "download_tickets" ADD CONSTRAINT "download_tickets_firm_id_firms_id_fk" FOREIGN KEY ("firm_id") REFERENCES "public"."firms"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "lease_grant_tokens" ADD CONSTRAINT "lease_grant_tokens_lease_id_leases_id_fk" FOREIGN KEY ("lease_id") REFERENCES "public"."leases"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "stored_objects" ADD CONSTRAINT "stored_objects_firm_id_firms_id_fk" FOREIGN KEY ("firm_id") REFERENCES "public"."firms"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "download_tickets_by_expiry" ON "download_tickets" USING btree ("expires_at");--> statement-breakpoint
CREATE UNIQUE INDEX "stored_objects_one_upload" ON "stored_objects" USING btree ("document_id") WHERE state = 'UPLOADING';--> statement-breakpoint
CREATE INDEX "stored_objects_by_version" ON "stored_objects" USING btree ("version_id");--> statement-breakpoint
CREATE INDEX "stored_objects_undone" ON "stored_objects" USING btree ("state","touched_at") WHERE state <> 'STORED';--> statement-breakpoint
ALTER TABLE "documents" ADD CONSTRAINT "documents_file_whole" CHECK (num_nonnulls("documents"."version_id", "documents"."byte_size") in (0, 2));