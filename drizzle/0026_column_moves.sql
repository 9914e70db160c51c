CREATE TABLE "column_moves" (
	"coordinate" text PRIMARY KEY NOT NULL,
	"table_name" text NOT NULL,
	"from_column" text NOT NULL,
	"to_column" text NOT NULL,
	"phase" text NOT NULL,
	"moved_at" "moment" DEFAULT clock_timestamp() NOT NULL,
	"lone_writes" text,
	"rewritten_at" "moment",
	"report" text,
	CONSTRAINT "column_moves_phase_known" CHECK ("column_moves"."phase" in ('EXPANDED', 'VERIFIED', 'CUTOVER', 'CONTRACTING', 'CONTRACTED', 'ROLLED_BACK'))
);
--> statement-breakpoint
ALTER TABLE "jobs" DROP CONSTRAINT "jobs_kind_known";--> statement-breakpoint
ALTER TABLE "jobs" ADD COLUMN "findings" jsonb;--> statement-breakpoint
ALTER TABLE "jobs" ADD CONSTRAINT "jobs_kind_known" CHECK ("jobs"."kind" in ('ROTATE', 'REWRAP', 'REENCRYPT', 'DISABLE', 'ENABLE', 'DESTROY', 'MOVE', 'BACKFILL', 'VERIFY', 'CONTRACT', 'CLEAR'));