ALTER TABLE "stored_objects" ADD COLUMN "client_id" uuid;--> statement-breakpoint
-- A portal's transaction goes on with its own client's uploads, and nobody else's.
DROP POLICY "portal_begins" ON "stored_objects";
--> statement-breakpoint
CREATE POLICY "portal_begins" ON "stored_objects" FOR INSERT TO firmseal_portal
	WITH CHECK (state <> 'STORED' AND EXISTS (SELECT FROM "shares" s WHERE s.firm_id = "stored_objects".firm_id
		AND s.document_id = "stored_objects".document_id AND s.client_id = "stored_objects".client_id));
--> statement-breakpoint
-- Its own it sees also when the share is gone: it gives them up, or others would wait for them.
DROP POLICY "portal" ON "stored_objects";
--> statement-breakpoint
CREATE POLICY "portal" ON "stored_objects" FOR SELECT TO firmseal_portal
	USING ((firm_id, client_id) = (SELECT current_firm(), current_client()) OR EXISTS (
		SELECT FROM "shares" s WHERE s.firm_id = "stored_objects".firm_id AND s.document_id = "stored_objects".document_id));
--> statement-breakpoint
DROP POLICY "portal_moves" ON "stored_objects";
--> statement-breakpoint
CREATE POLICY "portal_moves" ON "stored_objects" FOR UPDATE TO firmseal_portal
	USING (state = 'UPLOADING' AND (firm_id, client_id) = (SELECT current_firm(), current_client()))
	WITH CHECK ((firm_id, client_id) = (SELECT current_firm(), current_client()) AND (state = 'DELETING' OR EXISTS (SELECT FROM "shares" s
		WHERE s.firm_id = "stored_objects".firm_id AND s.document_id = "stored_objects".document_id AND s.client_id = "stored_objects".client_id)));
--> statement-breakpoint
-- By a portal's hand the latest file of a document only moves on: to a later version of it that has a file in the store.
CREATE FUNCTION "guard_latest_file"() RETURNS trigger
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF current_user <> 'firmseal_portal' OR (NEW.version_id, NEW.byte_size, NEW.status, NEW.bucket::bytea, NEW.object_key::bytea, NEW.sha256::bytea)
		IS NOT DISTINCT FROM (OLD.version_id, OLD.byte_size, OLD.status, OLD.bucket::bytea, OLD.object_key::bytea, OLD.sha256::bytea)
	THEN RETURN NEW; END IF;
	IF NEW.status = 'AVAILABLE' AND num_nulls(NEW.bucket, NEW.object_key, NEW.sha256) = 0 AND EXISTS (
		SELECT FROM public.document_versions v
		JOIN public.stored_objects o ON o.version_id = v.id AND o.state = 'STORED' AND o.client_id = public.current_client()
		WHERE v.id = NEW.version_id AND v.document_id = NEW.id AND v.byte_size = NEW.byte_size AND v.deleted_at IS NULL
			AND v.number > coalesce((SELECT p.number FROM public.document_versions p WHERE p.id = OLD.version_id), 0))
	THEN RETURN NEW; END IF;
	RAISE EXCEPTION 'a portal gives a document a later file, and takes none away' USING ERRCODE = 'insufficient_privilege';
END
$$;
--> statement-breakpoint
REVOKE EXECUTE ON FUNCTION "guard_latest_file"() FROM PUBLIC;
--> statement-breakpoint
CREATE TRIGGER "guard_latest_file" BEFORE UPDATE ON "documents" FOR EACH ROW EXECUTE FUNCTION "guard_latest_file"();
--> statement-breakpoint
ALTER TABLE "documents" ENABLE ALWAYS TRIGGER "guard_latest_file";
--> statement-breakpoint
-- Only of the lease that the transaction names.
CREATE OR REPLACE FUNCTION "keep_lease"(of_lease uuid, of_firm uuid, of_user uuid) RETURNS void
	LANGUAGE sql SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
	UPDATE public.lease_budgets b SET kept_at = clock_timestamp()
	FROM public.leases l
	WHERE b.lease_id = of_lease AND of_lease = public.current_lease()
		AND l.id = of_lease AND l.firm_id = of_firm AND l.requested_by = of_user AND l.state = 'ACTIVE'
$$;
