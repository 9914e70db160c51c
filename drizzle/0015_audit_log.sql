CREATE TABLE "audit_anchors" (
	"number" bigint PRIMARY KEY NOT NULL,
	"size" bigint NOT NULL,
	"sha256" "bytea" NOT NULL,
	"created_at" "moment" DEFAULT clock_timestamp() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "audit_boots" (
	"role" "name" NOT NULL,
	"boot" uuid NOT NULL,
	"last" bigint NOT NULL,
	CONSTRAINT "audit_boots_pkey" PRIMARY KEY("role","boot")
);
--> statement-breakpoint
CREATE TABLE "audit_gaps" (
	"role" "name" NOT NULL,
	"boot" uuid NOT NULL,
	"first" bigint NOT NULL,
	"last" bigint NOT NULL,
	"seen_at" "moment" DEFAULT clock_timestamp() NOT NULL,
	CONSTRAINT "audit_gaps_pkey" PRIMARY KEY("role","boot","first"),
	CONSTRAINT "audit_gaps_range" CHECK ("audit_gaps"."last" >= "audit_gaps"."first")
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
CREATE TABLE "audit_root_checkpoints" (
	"size" bigint PRIMARY KEY NOT NULL,
	"note" text NOT NULL,
	"created_at" "moment" DEFAULT clock_timestamp() NOT NULL
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
	CONSTRAINT "audit_root_leaves_of_tree" CHECK (("audit_root_leaves"."kind" = 'CHECKPOINT') = (num_nonnulls("audit_root_leaves"."tree", "audit_root_leaves"."size") = 2)),
	CONSTRAINT "audit_root_leaves_leaf_size" CHECK (octet_length("audit_root_leaves"."leaf") between 2 and 65536),
	CONSTRAINT "audit_root_leaves_hashes_size" CHECK (octet_length("audit_root_leaves"."hashes") % 32 = 0 and octet_length("audit_root_leaves"."hashes") >= 32)
);
--> statement-breakpoint
CREATE TABLE "audit_state" (
	"id" integer PRIMARY KEY DEFAULT 1 NOT NULL,
	"epoch" bigint DEFAULT 0 NOT NULL,
	"installation" text,
	"incarnation" integer DEFAULT 1 NOT NULL,
	"after_transaction" "xid8" DEFAULT '0'::xid8 NOT NULL,
	"after_entry" uuid DEFAULT '00000000-0000-0000-0000-000000000000'::uuid NOT NULL,
	CONSTRAINT "audit_state_one" CHECK ("audit_state"."id" = 1)
);
--> statement-breakpoint
CREATE TABLE "audit_trees" (
	"tree" uuid PRIMARY KEY NOT NULL,
	"size" bigint NOT NULL,
	"signed" bigint DEFAULT 0 NOT NULL,
	CONSTRAINT "audit_trees_sizes" CHECK ("audit_trees"."signed" between 0 and "audit_trees"."size")
);
--> statement-breakpoint
ALTER TABLE "data_keys" DROP CONSTRAINT "data_keys_class_known";--> statement-breakpoint
CREATE INDEX "audit_root_leaves_by_tree" ON "audit_root_leaves" USING btree ("tree","size","index");--> statement-breakpoint
ALTER TABLE "data_keys" ADD CONSTRAINT "data_keys_class_known" CHECK ("data_keys"."class" in ('DOCUMENT', 'COMMUNICATION', 'BILLING', 'NOTE', 'RIGHTS', 'JOB', 'CHECKPOINT'));