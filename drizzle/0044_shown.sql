-- Totals and amounts due become content. With a column go its indexes, its checks and the privileges on it.
ALTER TABLE "invoices" DROP CONSTRAINT "invoices_tombstone_is_empty";--> statement-breakpoint
ALTER TABLE "invoices" DROP COLUMN "total";--> statement-breakpoint
ALTER TABLE "invoices" DROP COLUMN "amount_due";--> statement-breakpoint
ALTER TABLE "invoices" ADD COLUMN "total" "sealed";--> statement-breakpoint
ALTER TABLE "invoices" ADD COLUMN "amount_due" "sealed";--> statement-breakpoint
ALTER TABLE "invoices" ADD CONSTRAINT "invoices_total_firm_tag" CHECK (substring("invoices"."total" from 7 for 4) = substring(sha256(convert_to("invoices"."firm_id"::text, 'UTF8')) from 1 for 4));--> statement-breakpoint
ALTER TABLE "invoices" ADD CONSTRAINT "invoices_amount_due_firm_tag" CHECK (substring("invoices"."amount_due" from 7 for 4) = substring(sha256(convert_to("invoices"."firm_id"::text, 'UTF8')) from 1 for 4));--> statement-breakpoint
ALTER TABLE "invoices" ADD CONSTRAINT "invoices_tombstone_is_empty" CHECK ("invoices"."deleted_at" is null or ("invoices"."memo" is null and "invoices"."total" is null and "invoices"."amount_due" is null));--> statement-breakpoint
ALTER TABLE "lease_texts" ADD CONSTRAINT "lease_texts_reason_shown" CHECK ("lease_texts"."reason" !~ '[\u0001-\u0009\u000b-\u001f\u007f-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff0-\ufffb\U000e0000-\U000e0060]');
