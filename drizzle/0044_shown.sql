-- Totals and amounts due become content. With a column go its indexes, its checks and the privileges on it.
ALTER TABLE "invoices" DROP CONSTRAINT "invoices_tombstone_is_empty";--> statement-breakpoint
ALTER TABLE "invoices" DROP COLUMN "total";--> statement-breakpoint
ALTER TABLE "invoices" DROP COLUMN "amount_due";--> statement-breakpoint
ALTER TABLE "invoices" ADD COLUMN "total" "sealed";--> statement-breakpoint
ALTER TABLE "invoices" ADD COLUMN "amount_due" "sealed";--> statement-breakpoint
ALTER TABLE "invoices" ADD CONSTRAINT "invoices_total_firm_tag" CHECK (substring("invoices"."total" from 7 for 4) = substring(sha256(convert_to("invoices"."firm_id"::text, 'UTF8')) from 1 for 4));--> statement-breakpoint
ALTER TABLE "invoices" ADD CONSTRAINT "invoices_amount_due_firm_tag" CHECK (substring("invoices"."amount_due" from 7 for 4) = substring(sha256(convert_to("invoices"."firm_id"::text, 'UTF8')) from 1 for 4));--> statement-breakpoint
ALTER TABLE "invoices" ADD CONSTRAINT "invoices_tombstone_is_empty" CHECK ("invoices"."deleted_at" is null or ("invoices"."memo" is null and "invoices"."total" is null and "invoices"."amount_due" is null));
