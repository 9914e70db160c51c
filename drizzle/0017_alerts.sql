CREATE TABLE "alert_states" (
	"rule" text NOT NULL,
	"subject" text NOT NULL,
	"mark" text NOT NULL,
	"told_at" "moment" DEFAULT clock_timestamp() NOT NULL,
	CONSTRAINT "alert_states_pkey" PRIMARY KEY("rule","subject")
);
--> statement-breakpoint
CREATE TABLE "alert_tallies" (
	"rule" text NOT NULL,
	"subject" text NOT NULL,
	"bucket" "moment" NOT NULL,
	"item" text NOT NULL,
	"amount" bigint NOT NULL,
	CONSTRAINT "alert_tallies_pkey" PRIMARY KEY("rule","subject","bucket","item")
);
--> statement-breakpoint
CREATE TABLE "alert_watch" (
	"id" integer PRIMARY KEY DEFAULT 1 NOT NULL,
	"seen" "pg_snapshot" NOT NULL,
	"until" "pg_snapshot",
	"after_transaction" "xid8" DEFAULT '0'::xid8 NOT NULL,
	"after_entry" uuid DEFAULT '00000000-0000-0000-0000-000000000000'::uuid NOT NULL,
	CONSTRAINT "alert_watch_one" CHECK ("alert_watch"."id" = 1)
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
ALTER TABLE "webhook_deliveries" RENAME COLUMN "notice_id" TO "message_id";--> statement-breakpoint
ALTER TABLE "alerts" ADD CONSTRAINT "alerts_acknowledged_by_users_id_fk" FOREIGN KEY ("acknowledged_by") REFERENCES "public"."users"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "alert_tallies_by_bucket" ON "alert_tallies" USING btree ("bucket");--> statement-breakpoint
CREATE UNIQUE INDEX "alerts_open" ON "alerts" USING btree ("rule","subject") WHERE acknowledged_at is null;--> statement-breakpoint
CREATE INDEX "alerts_by_opening" ON "alerts" USING btree ("opened_at","id");