-- Row policies on the data of firms. Every table has row security, which also applies to the owner (0021): without a policy a role sees no row.
-- secure_workspace() and secure_erasure() make the policies of content. A sub-select is evaluated once a statement, and its firm must be the
-- transaction's throughout.

-- Rules that many tables share.
DO $$
DECLARE
	of_policy text;
	rule text;
	of_table text;
BEGIN
	FOR of_policy, rule, of_table IN SELECT v.policy, v.rule, t.name FROM (VALUES
		('firm', 'FOR SELECT TO firmseal_firm USING (firm_id = (SELECT current_firm()))',
			'memberships owner_recoveries owner_recovery_ends leases lease_texts lease_decision_texts lease_approvals lease_ends lease_events
			lease_budgets access_policies stored_objects jobs own_key_states events'),
		('firm_reads', 'FOR SELECT TO firmseal_firm USING (firm_id = (SELECT current_firm()))',
			'audit_entries'),
		('firm', 'TO firmseal_firm USING (firm_id = (SELECT current_firm())) WITH CHECK (firm_id = (SELECT current_firm()))',
			'shares download_tickets invitations firm_sign_ins'),
		('firm_changes', 'FOR UPDATE TO firmseal_firm USING (firm_id = (SELECT current_firm())) WITH CHECK (firm_id = (SELECT current_firm()))',
			'memberships'),
		('firm_decides', 'FOR UPDATE TO firmseal_firm USING (firm_id = (SELECT current_firm())) WITH CHECK (firm_id = (SELECT current_firm()))',
			'leases access_policies'),
		('not_erased', 'AS RESTRICTIVE FOR INSERT TO firmseal_firm WITH CHECK (NOT is_erased(firm_id))',
			'invitations firm_sign_ins memberships'),
		('erase_sees', 'FOR SELECT TO firmseal_maintenance USING (firm_id = (SELECT firm_of_erasure()))',
			'leases escrow_files recovery_files recovery_sessions'),
		('erase', 'FOR SELECT TO firmseal_maintenance USING (firm_id = (SELECT firm_of_erasure()))',
			'invitations firm_sign_ins'),
		('owner_erases', 'TO firmseal_owner USING (firm_id = (SELECT firm_of_erasure()))',
			'invitations firm_sign_ins'),
		('maintenance', 'TO firmseal_maintenance USING (firm_id = (SELECT firm_of_erasure())) WITH CHECK (firm_id = (SELECT firm_of_erasure()))',
			'erasures erasure_objects')
	) v (policy, rule, tables), regexp_split_to_table(v.tables, '\s+') t (name)
	LOOP
		EXECUTE format('CREATE POLICY %I ON %I %s', of_policy, of_table, rule);
	END LOOP;
END
$$;

-- Firms and people.
CREATE POLICY "firm" ON "firms" FOR SELECT TO firmseal_firm USING (id = (SELECT current_firm()));
CREATE POLICY "firm" ON "users" FOR SELECT TO firmseal_firm
	USING (EXISTS (SELECT FROM "memberships" m WHERE m.user_id = "users".id AND m.firm_id = (SELECT current_firm())));
CREATE POLICY "firm_adds" ON "users" FOR INSERT TO firmseal_firm WITH CHECK (true);
CREATE POLICY "firm_adds" ON "memberships" FOR INSERT TO firmseal_firm WITH CHECK (firm_id = (SELECT current_firm()));

-- The platform makes only the first owner of a firm that has no member.
CREATE POLICY "worker_adds_first" ON "memberships" FOR INSERT TO firmseal_worker WITH CHECK (role = 'OWNER' AND has_no_member(firm_id));

-- A row without a proof gets one once (src/firms/prove-installation.ts).
CREATE POLICY "worker_proves" ON "memberships" FOR UPDATE TO firmseal_worker USING (mac IS NULL) WITH CHECK (mac IS NOT NULL);
CREATE POLICY "worker_proves" ON "access_policies" FOR UPDATE TO firmseal_worker USING (mac IS NULL) WITH CHECK (mac IS NOT NULL);
CREATE POLICY "worker_makes" ON "access_policies" FOR INSERT TO firmseal_worker WITH CHECK (true);
CREATE POLICY "worker_adds_first" ON "firm_sign_ins" FOR INSERT TO firmseal_worker WITH CHECK (issuers = '{}' AND domains = '{}');

-- An invitation lasts at most a week. Ended invitations are deleted.
CREATE POLICY "within_its_week" ON "invitations" AS RESTRICTIVE FOR INSERT TO firmseal_firm
	WITH CHECK (expires_at <= (clock_timestamp() + interval '168 hours')::timestamptz(3));
CREATE POLICY "owner_clears" ON "invitations" TO firmseal_owner USING (ended_at IS NOT NULL OR expires_at < now());
CREATE POLICY "firm_cancels" ON "owner_recovery_ends" FOR INSERT TO firmseal_firm
	WITH CHECK (firm_id = (SELECT current_firm()) AND outcome = 'CANCELLED' AND EXISTS (
		SELECT FROM "owner_recoveries" r WHERE r.id = recovery_id AND r.firm_id = "owner_recovery_ends".firm_id));
CREATE POLICY "owner_ends" ON "owner_recovery_ends" FOR INSERT TO firmseal_owner WITH CHECK (outcome <> 'CANCELLED');
CREATE POLICY "owner_recovers" ON "memberships" FOR INSERT TO firmseal_owner WITH CHECK (role = 'OWNER');
CREATE POLICY "owner_recovers_again" ON "memberships" FOR UPDATE TO firmseal_owner USING (true) WITH CHECK (role = 'OWNER');
CREATE POLICY "owner_ends_sessions" ON "users" FOR UPDATE TO firmseal_owner
	USING (is_of_side(id, (SELECT current_firm()), (SELECT session_plane())));
CREATE POLICY "owner_appoints" ON "users" FOR INSERT TO firmseal_owner WITH CHECK ((SELECT job_appoints()));
CREATE POLICY "owner_appoints" ON "operators" FOR INSERT TO firmseal_owner WITH CHECK ((SELECT job_appoints()));
CREATE POLICY "owner_changes_roles" ON "operators" FOR UPDATE TO firmseal_owner
	USING ((SELECT job_appoints())) WITH CHECK ((SELECT job_appoints()));

-- The portal. A policy compares firm and client together, because a session may name others between two questions of one statement.
CREATE POLICY "portal" ON "firms" FOR SELECT TO firmseal_portal USING (id = (SELECT current_firm()));
CREATE POLICY "portal" ON "clients" FOR SELECT TO firmseal_portal USING ((firm_id, id) = (SELECT current_firm(), current_client()));
CREATE POLICY "portal" ON "memberships" FOR SELECT TO firmseal_portal
	USING (firm_id = (SELECT current_firm()) AND (role <> 'CLIENT' OR (firm_id, client_id) = (SELECT current_firm(), current_client())));
CREATE POLICY "portal" ON "users" FOR SELECT TO firmseal_portal USING (EXISTS (SELECT FROM "memberships" m WHERE m.user_id = "users".id));
CREATE POLICY "portal" ON "shares" FOR SELECT TO firmseal_portal USING ((firm_id, client_id) = (SELECT current_firm(), current_client()));
CREATE POLICY "portal" ON "documents" TO firmseal_portal
	USING (EXISTS (SELECT FROM "shares" s WHERE s.firm_id = "documents".firm_id AND s.document_id = "documents".id));
CREATE POLICY "portal" ON "document_versions" TO firmseal_portal
	USING (EXISTS (SELECT FROM "shares" s
		WHERE s.firm_id = "document_versions".firm_id AND s.document_id = "document_versions".document_id));

-- The portal sets the file of a version only once.
CREATE POLICY "portal_fills" ON "document_versions" AS RESTRICTIVE FOR UPDATE TO firmseal_portal USING (byte_size IS NULL) WITH CHECK (true);
CREATE POLICY "portal" ON "threads" TO firmseal_portal
	USING (EXISTS (SELECT FROM "shares" s WHERE s.firm_id = "threads".firm_id AND s.thread_id = "threads".id));
CREATE POLICY "portal" ON "messages" TO firmseal_portal
	USING (EXISTS (SELECT FROM "shares" s WHERE s.firm_id = "messages".firm_id AND s.thread_id = "messages".thread_id));
CREATE POLICY "portal" ON "invoices" FOR SELECT TO firmseal_portal
	USING (status <> 'DRAFT'
		AND EXISTS (SELECT FROM "shares" s WHERE s.firm_id = "invoices".firm_id AND s.invoice_id = "invoices".id));
CREATE POLICY "portal" ON "invoice_line_items" FOR SELECT TO firmseal_portal
	USING (EXISTS (SELECT FROM "invoices" i
		WHERE i.firm_id = "invoice_line_items".firm_id AND i.id = "invoice_line_items".invoice_id));
CREATE POLICY "portal_makes" ON "download_tickets" FOR INSERT TO firmseal_portal WITH CHECK (EXISTS (
	SELECT FROM "shares" s WHERE s.firm_id = "download_tickets".firm_id AND s.document_id = "download_tickets".document_id));

-- The portal continues only uploads of its own client. It sees them also after the share has ended, to abandon them: otherwise others would wait.
CREATE POLICY "portal_begins" ON "stored_objects" FOR INSERT TO firmseal_portal
	WITH CHECK (state <> 'STORED' AND EXISTS (SELECT FROM "shares" s WHERE s.firm_id = "stored_objects".firm_id
		AND s.document_id = "stored_objects".document_id AND s.client_id = "stored_objects".client_id));
CREATE POLICY "portal" ON "stored_objects" FOR SELECT TO firmseal_portal
	USING ((firm_id, client_id) = (SELECT current_firm(), current_client()) OR EXISTS (
		SELECT FROM "shares" s WHERE s.firm_id = "stored_objects".firm_id AND s.document_id = "stored_objects".document_id));
CREATE POLICY "portal_moves" ON "stored_objects" FOR UPDATE TO firmseal_portal
	USING (state = 'UPLOADING' AND (firm_id, client_id) = (SELECT current_firm(), current_client()))
	WITH CHECK ((firm_id, client_id) = (SELECT current_firm(), current_client()) AND (state = 'DELETING' OR EXISTS (SELECT FROM "shares" s
		WHERE s.firm_id = "stored_objects".firm_id AND s.document_id = "stored_objects".document_id AND s.client_id = "stored_objects".client_id)));

-- Files and tickets. The firm plane uploads and abandons, the worker deletes abandoned objects, and no role restores one.
CREATE POLICY "firm_begins" ON "stored_objects" FOR INSERT TO firmseal_firm
	WITH CHECK (firm_id = (SELECT current_firm()) AND state <> 'STORED' AND EXISTS (
		SELECT FROM "documents" d WHERE d.firm_id = "stored_objects".firm_id AND d.id = "stored_objects".document_id));
CREATE POLICY "firm_moves" ON "stored_objects" FOR UPDATE TO firmseal_firm
	USING (firm_id = (SELECT current_firm()) AND state <> 'DELETING') WITH CHECK (firm_id = (SELECT current_firm()));

-- The worker marks abandoned uploads for deletion and claims objects to delete, but never a stored file.
CREATE POLICY "worker_gives_up" ON "stored_objects" FOR UPDATE TO firmseal_worker USING (state <> 'STORED') WITH CHECK (state = 'DELETING');
CREATE POLICY "maintenance" ON "stored_objects" TO firmseal_maintenance
	USING (firm_id = (SELECT firm_of_job('DOCUMENT'))) WITH CHECK (firm_id = (SELECT firm_of_job('DOCUMENT')));
CREATE POLICY "worker" ON "download_tickets" FOR SELECT TO firmseal_worker USING (expires_at < now());

-- Notices: each role writes only those of its own kinds.
CREATE POLICY "firm" ON "notices" TO firmseal_firm USING (firm_id = (SELECT current_firm())) WITH CHECK (is_firm_notice("notices"));
CREATE POLICY "owner_notifies" ON "notices" FOR INSERT TO firmseal_owner WITH CHECK (audience = 'EVERYBODY');
CREATE POLICY "owner_notifies_owners" ON "notices" FOR INSERT TO firmseal_owner WITH CHECK (audience = 'OWNERS' AND lease_id IS NOT NULL);
CREATE POLICY "owner_notifies_of_jobs" ON "notices" FOR INSERT TO firmseal_owner WITH CHECK (audience = 'OWNERS' AND job_id IS NOT NULL);
CREATE POLICY "owner_notifies_of_keys" ON "notices" FOR INSERT TO firmseal_owner WITH CHECK (audience = 'OWNERS' AND key_state IS NOT NULL);
CREATE POLICY "owner_notifies_of_approvers" ON "notices" FOR INSERT TO firmseal_owner
	WITH CHECK (audience = 'OWNERS' AND kind = 'APPROVER_DISABLED');
CREATE POLICY "owner_asks_of_jobs" ON "notices" FOR SELECT TO firmseal_owner USING (job_id IS NOT NULL);
CREATE POLICY "owner_counts" ON "notices" FOR SELECT TO firmseal_owner USING (folds_as IS NOT NULL);
CREATE POLICY "owner_folds" ON "notices" FOR UPDATE TO firmseal_owner USING (folds_as IS NOT NULL) WITH CHECK (folds_as IS NOT NULL);
CREATE POLICY "firm" ON "webhook_deliveries" FOR SELECT TO firmseal_firm
	USING (EXISTS (SELECT FROM "notices" n WHERE n.id = message_id));

-- Erasure. A client's people are erased with the client; people who have left are visible too, because an UPDATE must see the row that it has
-- changed. Only a job that erases the firm may change the firm's row, because a role that may change it may also lock it, and nearly every row
-- refers to it.
CREATE POLICY "owner_erases" ON "memberships" FOR DELETE TO firmseal_owner USING (firm_id = (SELECT firm_of_erasure()));
CREATE POLICY "erase_sees" ON "memberships" FOR SELECT TO firmseal_maintenance
	USING (firm_id = (SELECT firm_of_erasure()) AND (job_erases_firm(firm_id)
		OR role = 'CLIENT' AND (job_erases_client(firm_id, client_id) OR client_id IS NULL AND removed_at IS NOT NULL)));
CREATE POLICY "erase_unlinks" ON "memberships" FOR UPDATE TO firmseal_maintenance
	USING (firm_id = (SELECT current_firm()) AND role = 'CLIENT' AND job_erases_client(firm_id, client_id))
	WITH CHECK (role = 'CLIENT' AND client_id IS NULL AND removed_at IS NOT NULL);
CREATE POLICY "erase_sees" ON "users" FOR SELECT TO firmseal_maintenance
	USING (EXISTS (SELECT FROM memberships m WHERE m.user_id = users.id AND m.firm_id = (SELECT current_firm())));
CREATE POLICY "erase" ON "users" FOR UPDATE TO firmseal_maintenance
	USING (EXISTS (SELECT FROM memberships m WHERE m.user_id = users.id AND m.firm_id = (SELECT current_firm())))
	WITH CHECK (disabled_at IS NOT NULL AND name = 'Erased');
CREATE POLICY "erase_sees" ON "firms" FOR SELECT TO firmseal_maintenance USING (id = (SELECT firm_of_erasure()));
CREATE POLICY "erase" ON "firms" FOR UPDATE TO firmseal_maintenance
	USING (id = (SELECT current_firm()) AND job_erases_firm(id)) WITH CHECK (status = 'ERASED');
CREATE POLICY "erase" ON "lease_ends" FOR INSERT TO firmseal_maintenance
	WITH CHECK (firm_id = (SELECT current_firm()) AND job_erases_firm(firm_id)
		AND EXISTS (SELECT FROM "leases" l WHERE l.id = lease_id AND l.firm_id = "lease_ends".firm_id));
