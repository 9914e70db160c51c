ALTER TABLE "lease_ends" DROP CONSTRAINT "lease_ends_pkey";--> statement-breakpoint
ALTER TABLE "lease_ends" ADD COLUMN "id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL;--> statement-breakpoint
CREATE INDEX "lease_ends_by_lease" ON "lease_ends" USING btree ("lease_id","ended_at");--> statement-breakpoint
ALTER TABLE "leases" ADD CONSTRAINT "leases_coordinates_size" CHECK (octet_length(array_to_string("leases"."coordinates", ',')) <= 17000 and array_position("leases"."coordinates", null) is null and array_ndims("leases"."coordinates") = 1);--> statement-breakpoint
ALTER TABLE "leases" ADD CONSTRAINT "leases_records_form" CHECK (array_position("leases"."record_ids", null) is null and array_ndims("leases"."record_ids") = 1);--> statement-breakpoint
ALTER TABLE "users" ADD CONSTRAINT "users_text_size" CHECK (greatest(octet_length("users"."issuer"), octet_length("users"."subject"), octet_length("users"."email"), octet_length("users"."name")) <= 2000);