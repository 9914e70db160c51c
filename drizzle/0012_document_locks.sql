-- Who may touch what belongs to files and to the key service's answers.

ALTER TABLE "stored_objects" ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE "download_tickets" ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE "key_refusals" ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE "lease_grant_tokens" ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
--> statement-breakpoint

-- Objects: a firm's own plane uploads and gives up, the worker deletes what was given up. Nobody brings one back.
GRANT SELECT, INSERT, UPDATE (state, size, sha256, touched_at) ON "stored_objects" TO firmseal_firm, firmseal_portal;
--> statement-breakpoint
CREATE POLICY "firm" ON "stored_objects" FOR SELECT TO firmseal_firm USING (firm_id = (SELECT current_firm()));
--> statement-breakpoint
CREATE POLICY "firm_begins" ON "stored_objects" FOR INSERT TO firmseal_firm
	WITH CHECK (firm_id = (SELECT current_firm()) AND state <> 'STORED' AND EXISTS (
		SELECT FROM "documents" d WHERE d.firm_id = "stored_objects".firm_id AND d.id = "stored_objects".document_id));
--> statement-breakpoint
CREATE POLICY "firm_moves" ON "stored_objects" FOR UPDATE TO firmseal_firm
	USING (firm_id = (SELECT current_firm()) AND state <> 'DELETING') WITH CHECK (firm_id = (SELECT current_firm()));
--> statement-breakpoint
CREATE POLICY "portal" ON "stored_objects" FOR SELECT TO firmseal_portal USING (EXISTS (
	SELECT FROM "shares" s WHERE s.firm_id = "stored_objects".firm_id AND s.document_id = "stored_objects".document_id));
--> statement-breakpoint
CREATE POLICY "portal_begins" ON "stored_objects" FOR INSERT TO firmseal_portal WITH CHECK (state <> 'STORED' AND EXISTS (
	SELECT FROM "shares" s WHERE s.firm_id = "stored_objects".firm_id AND s.document_id = "stored_objects".document_id));
--> statement-breakpoint
-- Only its own upload's way: what is stored is not its to give up.
CREATE POLICY "portal_moves" ON "stored_objects" FOR UPDATE TO firmseal_portal
	USING (state = 'UPLOADING' AND EXISTS (
		SELECT FROM "shares" s WHERE s.firm_id = "stored_objects".firm_id AND s.document_id = "stored_objects".document_id))
	WITH CHECK (EXISTS (
		SELECT FROM "shares" s WHERE s.firm_id = "stored_objects".firm_id AND s.document_id = "stored_objects".document_id));
--> statement-breakpoint
GRANT SELECT ON "stored_objects" TO firmseal_operator;
--> statement-breakpoint
CREATE POLICY "operator" ON "stored_objects" FOR SELECT TO firmseal_operator USING (true);
--> statement-breakpoint
GRANT SELECT, UPDATE (state, touched_at), DELETE ON "stored_objects" TO firmseal_worker;
--> statement-breakpoint
CREATE POLICY "worker" ON "stored_objects" FOR SELECT TO firmseal_worker USING (true);
--> statement-breakpoint
-- An upload that nobody goes on with, or what it is about to delete; never what is stored.
CREATE POLICY "worker_gives_up" ON "stored_objects" FOR UPDATE TO firmseal_worker
	USING (state <> 'STORED') WITH CHECK (state = 'DELETING');
--> statement-breakpoint
CREATE POLICY "worker_deletes" ON "stored_objects" FOR DELETE TO firmseal_worker USING (state = 'DELETING');
--> statement-breakpoint

-- Tickets: made and used by the firm's own plane; what nobody used goes.
GRANT SELECT, INSERT, DELETE ON "download_tickets" TO firmseal_firm;
--> statement-breakpoint
CREATE POLICY "firm" ON "download_tickets" TO firmseal_firm
	USING (firm_id = (SELECT current_firm())) WITH CHECK (firm_id = (SELECT current_firm()));
--> statement-breakpoint
-- A portal's user makes one for what is shared; it is used on the firm's plane like any other.
GRANT INSERT ON "download_tickets" TO firmseal_portal;
--> statement-breakpoint
CREATE POLICY "portal_makes" ON "download_tickets" FOR INSERT TO firmseal_portal WITH CHECK (EXISTS (
	SELECT FROM "shares" s WHERE s.firm_id = "download_tickets".firm_id AND s.document_id = "download_tickets".document_id));
--> statement-breakpoint
GRANT SELECT (expires_at), DELETE ON "download_tickets" TO firmseal_worker;
--> statement-breakpoint
CREATE POLICY "worker" ON "download_tickets" FOR SELECT TO firmseal_worker USING (expires_at < now());
--> statement-breakpoint
CREATE POLICY "worker_clears" ON "download_tickets" FOR DELETE TO firmseal_worker USING (expires_at < now());
--> statement-breakpoint

-- Refusals: each plane hears of all, since it may have keys of any firm at hand; a firm's transaction tells of its own.
GRANT SELECT, INSERT, UPDATE (id, refused_at) ON "key_refusals" TO firmseal_firm, firmseal_worker, firmseal_broker;
--> statement-breakpoint
GRANT SELECT ON "key_refusals" TO firmseal_operator;
--> statement-breakpoint
CREATE POLICY "hears" ON "key_refusals" FOR SELECT
	TO firmseal_firm, firmseal_operator, firmseal_worker, firmseal_broker USING (true);
--> statement-breakpoint
CREATE POLICY "firm_tells" ON "key_refusals" FOR INSERT TO firmseal_firm WITH CHECK (firm_id = (SELECT current_firm()));
--> statement-breakpoint
CREATE POLICY "firm_tells_again" ON "key_refusals" FOR UPDATE TO firmseal_firm
	USING (firm_id = (SELECT current_firm())) WITH CHECK (firm_id = (SELECT current_firm()));
--> statement-breakpoint
CREATE POLICY "tells" ON "key_refusals" FOR INSERT TO firmseal_worker, firmseal_broker WITH CHECK (true);
--> statement-breakpoint
CREATE POLICY "tells_again" ON "key_refusals" FOR UPDATE TO firmseal_worker, firmseal_broker USING (true) WITH CHECK (true);
--> statement-breakpoint

-- Tokens of grants: from the broker to whoever uses the very lease.
GRANT SELECT, INSERT, UPDATE (token, created_at), DELETE ON "lease_grant_tokens" TO firmseal_broker;
--> statement-breakpoint
CREATE POLICY "broker" ON "lease_grant_tokens" TO firmseal_broker USING (true) WITH CHECK (true);
--> statement-breakpoint
GRANT SELECT ON "lease_grant_tokens" TO firmseal_break_glass;
--> statement-breakpoint
CREATE POLICY "lease" ON "lease_grant_tokens" FOR SELECT TO firmseal_break_glass USING (lease_id = (SELECT current_lease()));
--> statement-breakpoint

-- A portal's user uploads to what is shared with the client: the document has then another latest file.
GRANT UPDATE (revision, version_id, byte_size, status, bucket, object_key, sha256) ON "documents" TO firmseal_portal;
--> statement-breakpoint
GRANT UPDATE (revision, updated_at, byte_size, bucket, object_key, sha256) ON "document_versions" TO firmseal_portal;
--> statement-breakpoint
-- It fills a version; one that has its file keeps it.
CREATE POLICY "portal_fills" ON "document_versions" AS RESTRICTIVE FOR UPDATE TO firmseal_portal
	USING (byte_size IS NULL) WITH CHECK (true);
--> statement-breakpoint

-- Nobody of the platform says that a file went out without naming the lease.
ALTER POLICY "operator_appends" ON "audit_entries"
	WITH CHECK (leaf::jsonb ->> 'plane' = 'operator' AND (
		leaf::jsonb ->> 'action' IN ('content.deny', 'request.deny', 'rights.refuse', 'log.read', 'process.start', 'key.unwrap')
		OR (leaf::jsonb ->> 'lease' IS NOT NULL AND leaf::jsonb ->> 'action' IN ('lease.request', 'lease.approve', 'lease.deny',
			'lease.cancel', 'lease.activate', 'lease.release', 'lease.revoke', 'lease.exhaust', 'lease.review', 'lease.use',
			'content.open', 'content.fail', 'content.send'))));
--> statement-breakpoint

-- Commands ask who an approver's token is of as the worker that they are; its role reads these tables anyway.
GRANT EXECUTE ON FUNCTION "identify"(text, text) TO firmseal_worker;
