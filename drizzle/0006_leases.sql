CREATE TABLE "access_policies" (
	"firm_id" uuid PRIMARY KEY NOT NULL,
	"policy" text DEFAULT 'APPROVE' NOT NULL,
	"approvers" integer DEFAULT 1 NOT NULL,
	"mac" "bytea",
	"updated_at" "moment" DEFAULT now() NOT NULL,
	CONSTRAINT "access_policies_policy_known" CHECK ("access_policies"."policy" in ('NEVER', 'APPROVE', 'NOTIFY')),
	CONSTRAINT "access_policies_approvers_range" CHECK ("access_policies"."approvers" between 1 and 5)
);
--> statement-breakpoint
CREATE TABLE "clock_floor" (
	"generation" integer NOT NULL,
	"plane" text NOT NULL,
	"at" "moment" NOT NULL,
	CONSTRAINT "clock_floor_pkey" PRIMARY KEY("generation","plane")
);
--> statement-breakpoint
CREATE TABLE "clock_resets" (
	"user_id" uuid PRIMARY KEY NOT NULL,
	"asked_at" "moment" NOT NULL,
	"mac" "bytea" NOT NULL
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
	CONSTRAINT "lease_approvals_lease_id_user_id_pk" PRIMARY KEY("lease_id","user_id"),
	CONSTRAINT "lease_approvals_side_known" CHECK ("lease_approvals"."side" in ('FIRM', 'PLATFORM')),
	CONSTRAINT "lease_approvals_hash_size" CHECK (octet_length("lease_approvals"."request_hash") = 32 and octet_length("lease_approvals"."mac") = 36)
);
--> statement-breakpoint
CREATE TABLE "lease_budgets" (
	"lease_id" uuid PRIMARY KEY NOT NULL,
	"firm_id" uuid NOT NULL,
	"used" bigint DEFAULT 0 NOT NULL,
	"budget" integer,
	"used_at" "moment",
	CONSTRAINT "lease_budgets_kept" CHECK ("lease_budgets"."used" >= 0 and ("lease_budgets"."budget" is null or "lease_budgets"."used" <= "lease_budgets"."budget"))
);
--> statement-breakpoint
CREATE TABLE "lease_ends" (
	"lease_id" uuid PRIMARY KEY NOT NULL,
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
	"at" "moment" NOT NULL
);
--> statement-breakpoint
CREATE TABLE "lease_texts" (
	"lease_id" uuid PRIMARY KEY NOT NULL,
	"firm_id" uuid NOT NULL,
	"reason" text NOT NULL,
	"ticket" text NOT NULL,
	CONSTRAINT "lease_texts_reason_size" CHECK (char_length("lease_texts"."reason") between 30 and 2000),
	CONSTRAINT "lease_texts_ticket_size" CHECK (char_length("lease_texts"."ticket") between 1 and 64)
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
	CONSTRAINT "leases_budget_positive" CHECK ("leases"."read_budget" between 1 and 1000000),
	CONSTRAINT "leases_minutes_range" CHECK ("leases"."minutes" between 1 and 240),
	CONSTRAINT "leases_hash_size" CHECK (octet_length("leases"."request_hash") = 32 and octet_length("leases"."request_mac") = 36),
	CONSTRAINT "leases_words_hash_size" CHECK (octet_length("leases"."reason_hash") = 32 and octet_length("leases"."ticket_hash") = 32),
	CONSTRAINT "leases_activation_whole" CHECK (num_nonnulls("leases"."activated_at", "leases"."expires_at", "leases"."activation_mac") in (0, 3) and octet_length("leases"."activation_mac") = 36),
	CONSTRAINT "leases_review_whole" CHECK (("leases"."reviewed_by" is null) = ("leases"."reviewed_at" is null))
);
--> statement-breakpoint
CREATE TABLE "webhook_deliveries" (
	"notice_id" uuid PRIMARY KEY NOT NULL,
	"attempts" integer DEFAULT 0 NOT NULL,
	"next_at" "moment" NOT NULL,
	"delivered_at" "moment",
	"outcome" text,
	CONSTRAINT "webhook_deliveries_outcome_form" CHECK ("webhook_deliveries"."outcome" ~ '^[A-Z0-9_]{1,32}$')
);
--> statement-breakpoint
ALTER TABLE "notices" DROP CONSTRAINT "notices_kind_known";--> statement-breakpoint
ALTER TABLE "data_keys" DROP CONSTRAINT "data_keys_firm_id_firms_id_fk";
--> statement-breakpoint
ALTER TABLE "memberships" ADD COLUMN "mac" "bytea";--> statement-breakpoint
ALTER TABLE "notices" ADD COLUMN "lease_id" uuid;--> statement-breakpoint
ALTER TABLE "operators" ADD COLUMN "mac" "bytea";--> statement-breakpoint
ALTER TABLE "access_policies" ADD CONSTRAINT "access_policies_firm_id_firms_id_fk" FOREIGN KEY ("firm_id") REFERENCES "public"."firms"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "clock_resets" ADD CONSTRAINT "clock_resets_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "lease_approvals" ADD CONSTRAINT "lease_approvals_lease_id_leases_id_fk" FOREIGN KEY ("lease_id") REFERENCES "public"."leases"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "lease_approvals" ADD CONSTRAINT "lease_approvals_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "leases" ADD CONSTRAINT "leases_firm_id_firms_id_fk" FOREIGN KEY ("firm_id") REFERENCES "public"."firms"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "leases" ADD CONSTRAINT "leases_requested_by_users_id_fk" FOREIGN KEY ("requested_by") REFERENCES "public"."users"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "leases" ADD CONSTRAINT "leases_reviewed_by_users_id_fk" FOREIGN KEY ("reviewed_by") REFERENCES "public"."users"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "lease_events_by_lease" ON "lease_events" USING btree ("lease_id","at","id");--> statement-breakpoint
CREATE INDEX "leases_by_firm" ON "leases" USING btree ("firm_id","requested_at","id");--> statement-breakpoint
CREATE INDEX "leases_by_request" ON "leases" USING btree ("requested_at","id");--> statement-breakpoint
CREATE INDEX "leases_open" ON "leases" USING btree ("state") WHERE state in ('REQUESTED', 'APPROVED', 'ACTIVATING', 'ACTIVE');--> statement-breakpoint
CREATE INDEX "leases_uncleared" ON "leases" USING btree ("id") WHERE cleared_at is null;--> statement-breakpoint
CREATE INDEX "webhook_deliveries_due" ON "webhook_deliveries" USING btree ("next_at") WHERE delivered_at is null;--> statement-breakpoint
CREATE INDEX "audit_entries_by_lease" ON "audit_entries" USING btree ((leaf::jsonb ->> 'lease')) WHERE leaf::jsonb ->> 'lease' is not null;--> statement-breakpoint
ALTER TABLE "notices" ADD CONSTRAINT "notices_kind_known" CHECK ("notices"."kind" in ('MEMBER_ADDED', 'MEMBER_ROLE_CHANGED', 'MEMBER_REMOVED', 'OWNER_RECOVERY_REQUESTED', 'OWNER_RECOVERY_APPROVED', 'OWNER_RECOVERY_COMPLETED', 'OWNER_RECOVERY_CANCELLED', 'ACCESS_POLICY_CHANGED', 'LEASE_REQUESTED', 'LEASE_APPROVED', 'LEASE_DENIED', 'LEASE_ACTIVATED', 'LEASE_READ', 'LEASE_ENDED', 'LEASE_REVIEWED'));