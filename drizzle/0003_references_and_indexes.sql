ALTER TABLE "alerts" ADD CONSTRAINT "alerts_acknowledged_by_users_id_fk" FOREIGN KEY ("acknowledged_by") REFERENCES "public"."users"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "clients" ADD CONSTRAINT "clients_firm_id_firms_id_fk" FOREIGN KEY ("firm_id") REFERENCES "public"."firms"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "comments" ADD CONSTRAINT "comments_firm_id_firms_id_fk" FOREIGN KEY ("firm_id") REFERENCES "public"."firms"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "comments" ADD CONSTRAINT "comments_author_id_of_firm" FOREIGN KEY ("firm_id","author_id") REFERENCES "public"."memberships"("firm_id","user_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "comments" ADD CONSTRAINT "comments_document_id_of_firm" FOREIGN KEY ("firm_id","document_id") REFERENCES "public"."documents"("firm_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "comments" ADD CONSTRAINT "comments_message_id_of_firm" FOREIGN KEY ("firm_id","message_id") REFERENCES "public"."messages"("firm_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "comments" ADD CONSTRAINT "comments_note_id_of_firm" FOREIGN KEY ("firm_id","note_id") REFERENCES "public"."notes"("firm_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "comments" ADD CONSTRAINT "comments_invoice_id_of_firm" FOREIGN KEY ("firm_id","invoice_id") REFERENCES "public"."invoices"("firm_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "document_versions" ADD CONSTRAINT "document_versions_firm_id_firms_id_fk" FOREIGN KEY ("firm_id") REFERENCES "public"."firms"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "document_versions" ADD CONSTRAINT "document_versions_document_id_of_firm" FOREIGN KEY ("firm_id","document_id") REFERENCES "public"."documents"("firm_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "document_versions" ADD CONSTRAINT "document_versions_author_id_of_firm" FOREIGN KEY ("firm_id","author_id") REFERENCES "public"."memberships"("firm_id","user_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "documents" ADD CONSTRAINT "documents_firm_id_firms_id_fk" FOREIGN KEY ("firm_id") REFERENCES "public"."firms"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "documents" ADD CONSTRAINT "documents_author_id_of_firm" FOREIGN KEY ("firm_id","author_id") REFERENCES "public"."memberships"("firm_id","user_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "documents" ADD CONSTRAINT "documents_client_id_of_firm" FOREIGN KEY ("firm_id","client_id") REFERENCES "public"."clients"("firm_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "erasure_objects" ADD CONSTRAINT "erasure_objects_erasure_id_erasures_id_fk" FOREIGN KEY ("erasure_id") REFERENCES "public"."erasures"("id") ON DELETE no action ON UPDATE cascade;--> statement-breakpoint
ALTER TABLE "legal_holds" ADD CONSTRAINT "legal_holds_set_by_users_id_fk" FOREIGN KEY ("set_by") REFERENCES "public"."users"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "legal_holds" ADD CONSTRAINT "legal_holds_released_by_users_id_fk" FOREIGN KEY ("released_by") REFERENCES "public"."users"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "escrow_files" ADD CONSTRAINT "escrow_files_job_id_jobs_id_fk" FOREIGN KEY ("job_id") REFERENCES "public"."jobs"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "recovery_files" ADD CONSTRAINT "recovery_files_job_id_jobs_id_fk" FOREIGN KEY ("job_id") REFERENCES "public"."jobs"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "recovery_sessions" ADD CONSTRAINT "recovery_sessions_job_id_jobs_id_fk" FOREIGN KEY ("job_id") REFERENCES "public"."jobs"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "access_policies" ADD CONSTRAINT "access_policies_firm_id_firms_id_fk" FOREIGN KEY ("firm_id") REFERENCES "public"."firms"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "clock_resets" ADD CONSTRAINT "clock_resets_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "download_tickets" ADD CONSTRAINT "download_tickets_firm_id_firms_id_fk" FOREIGN KEY ("firm_id") REFERENCES "public"."firms"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "firm_sign_ins" ADD CONSTRAINT "firm_sign_ins_firm_id_firms_id_fk" FOREIGN KEY ("firm_id") REFERENCES "public"."firms"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "invitations" ADD CONSTRAINT "invitations_firm_id_firms_id_fk" FOREIGN KEY ("firm_id") REFERENCES "public"."firms"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "invoice_line_items" ADD CONSTRAINT "invoice_line_items_firm_id_firms_id_fk" FOREIGN KEY ("firm_id") REFERENCES "public"."firms"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "invoice_line_items" ADD CONSTRAINT "invoice_line_items_invoice_id_of_firm" FOREIGN KEY ("firm_id","invoice_id") REFERENCES "public"."invoices"("firm_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "invoices" ADD CONSTRAINT "invoices_firm_id_firms_id_fk" FOREIGN KEY ("firm_id") REFERENCES "public"."firms"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "invoices" ADD CONSTRAINT "invoices_author_id_of_firm" FOREIGN KEY ("firm_id","author_id") REFERENCES "public"."memberships"("firm_id","user_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "invoices" ADD CONSTRAINT "invoices_client_id_of_firm" FOREIGN KEY ("firm_id","client_id") REFERENCES "public"."clients"("firm_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "job_pages" ADD CONSTRAINT "job_pages_job_id_jobs_id_fk" FOREIGN KEY ("job_id") REFERENCES "public"."jobs"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "lease_approvals" ADD CONSTRAINT "lease_approvals_lease_id_leases_id_fk" FOREIGN KEY ("lease_id") REFERENCES "public"."leases"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "lease_approvals" ADD CONSTRAINT "lease_approvals_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "lease_grant_tokens" ADD CONSTRAINT "lease_grant_tokens_lease_id_leases_id_fk" FOREIGN KEY ("lease_id") REFERENCES "public"."leases"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "leases" ADD CONSTRAINT "leases_firm_id_firms_id_fk" FOREIGN KEY ("firm_id") REFERENCES "public"."firms"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "leases" ADD CONSTRAINT "leases_requested_by_users_id_fk" FOREIGN KEY ("requested_by") REFERENCES "public"."users"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "leases" ADD CONSTRAINT "leases_reviewed_by_users_id_fk" FOREIGN KEY ("reviewed_by") REFERENCES "public"."users"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "memberships" ADD CONSTRAINT "memberships_firm_id_firms_id_fk" FOREIGN KEY ("firm_id") REFERENCES "public"."firms"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "memberships" ADD CONSTRAINT "memberships_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "memberships" ADD CONSTRAINT "memberships_client_id_of_firm" FOREIGN KEY ("firm_id","client_id") REFERENCES "public"."clients"("firm_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "messages" ADD CONSTRAINT "messages_firm_id_firms_id_fk" FOREIGN KEY ("firm_id") REFERENCES "public"."firms"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "messages" ADD CONSTRAINT "messages_thread_id_of_firm" FOREIGN KEY ("firm_id","thread_id") REFERENCES "public"."threads"("firm_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "messages" ADD CONSTRAINT "messages_author_id_of_firm" FOREIGN KEY ("firm_id","author_id") REFERENCES "public"."memberships"("firm_id","user_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "notes" ADD CONSTRAINT "notes_firm_id_firms_id_fk" FOREIGN KEY ("firm_id") REFERENCES "public"."firms"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "notes" ADD CONSTRAINT "notes_firm_id_author_id_memberships_firm_id_user_id_fk" FOREIGN KEY ("firm_id","author_id") REFERENCES "public"."memberships"("firm_id","user_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "notices" ADD CONSTRAINT "notices_actor_id_users_id_fk" FOREIGN KEY ("actor_id") REFERENCES "public"."users"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "notices" ADD CONSTRAINT "notices_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "operators" ADD CONSTRAINT "operators_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "owner_recoveries" ADD CONSTRAINT "owner_recoveries_firm_id_firms_id_fk" FOREIGN KEY ("firm_id") REFERENCES "public"."firms"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "owner_recoveries" ADD CONSTRAINT "owner_recoveries_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "owner_recoveries" ADD CONSTRAINT "owner_recoveries_requested_by_users_id_fk" FOREIGN KEY ("requested_by") REFERENCES "public"."users"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "owner_recoveries" ADD CONSTRAINT "owner_recoveries_approved_by_users_id_fk" FOREIGN KEY ("approved_by") REFERENCES "public"."users"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "shares" ADD CONSTRAINT "shares_client_id_of_firm" FOREIGN KEY ("firm_id","client_id") REFERENCES "public"."clients"("firm_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "shares" ADD CONSTRAINT "shares_document_id_of_firm" FOREIGN KEY ("firm_id","document_id") REFERENCES "public"."documents"("firm_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "shares" ADD CONSTRAINT "shares_thread_id_of_firm" FOREIGN KEY ("firm_id","thread_id") REFERENCES "public"."threads"("firm_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "shares" ADD CONSTRAINT "shares_invoice_id_of_firm" FOREIGN KEY ("firm_id","invoice_id") REFERENCES "public"."invoices"("firm_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "shares" ADD CONSTRAINT "shares_author_id_of_firm" FOREIGN KEY ("firm_id","author_id") REFERENCES "public"."memberships"("firm_id","user_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "stored_objects" ADD CONSTRAINT "stored_objects_firm_id_firms_id_fk" FOREIGN KEY ("firm_id") REFERENCES "public"."firms"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "threads" ADD CONSTRAINT "threads_firm_id_firms_id_fk" FOREIGN KEY ("firm_id") REFERENCES "public"."firms"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "threads" ADD CONSTRAINT "threads_author_id_of_firm" FOREIGN KEY ("firm_id","author_id") REFERENCES "public"."memberships"("firm_id","user_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "threads" ADD CONSTRAINT "threads_client_id_of_firm" FOREIGN KEY ("firm_id","client_id") REFERENCES "public"."clients"("firm_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "time_entries" ADD CONSTRAINT "time_entries_firm_id_firms_id_fk" FOREIGN KEY ("firm_id") REFERENCES "public"."firms"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "time_entries" ADD CONSTRAINT "time_entries_author_id_of_firm" FOREIGN KEY ("firm_id","author_id") REFERENCES "public"."memberships"("firm_id","user_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "time_entries" ADD CONSTRAINT "time_entries_client_id_of_firm" FOREIGN KEY ("firm_id","client_id") REFERENCES "public"."clients"("firm_id","id") ON DELETE no action ON UPDATE no action;
--> statement-breakpoint
CREATE INDEX "alert_tallies_by_bucket" ON "alert_tallies" USING btree ("bucket");--> statement-breakpoint
CREATE UNIQUE INDEX "alerts_open" ON "alerts" USING btree ("rule","subject") WHERE acknowledged_at is null;--> statement-breakpoint
CREATE INDEX "alerts_by_opening" ON "alerts" USING btree ("opened_at","id");--> statement-breakpoint
CREATE INDEX "audit_entries_by_firm" ON "audit_entries" USING btree ("firm_id","transaction","id");--> statement-breakpoint
CREATE INDEX "audit_entries_by_transaction" ON "audit_entries" USING btree ("transaction","id");--> statement-breakpoint
CREATE INDEX "audit_entries_by_time" ON "audit_entries" USING brin ("appended_at") WITH (autosummarize=true);--> statement-breakpoint
CREATE INDEX "audit_entries_by_lease" ON "audit_entries" USING btree ((leaf::jsonb ->> 'lease')) WHERE strpos(leaf, '"lease":"') > 0 and leaf::jsonb ->> 'lease' is not null;--> statement-breakpoint
CREATE INDEX "audit_entries_of_holds" ON "audit_entries" USING btree ("firm_id") WHERE starts_with(leaf, '{"action":"hold.') and leaf::jsonb ->> 'action' in ('hold.set', 'hold.release');--> statement-breakpoint
CREATE INDEX "audit_entries_of_key_logs" ON "audit_entries" USING btree ("firm_id",(leaf::jsonb ->> 'hash')) WHERE starts_with(leaf, '{"action":"key-log.append"');--> statement-breakpoint
CREATE INDEX "audit_entries_of_ended_jobs" ON "audit_entries" USING btree ((leaf::jsonb -> 'records' ->> 0)) WHERE starts_with(leaf, '{"action":"job.') and leaf::jsonb ->> 'action' in ('job.cancel', 'job.end');--> statement-breakpoint
CREATE INDEX "audit_root_leaves_by_tree" ON "audit_root_leaves" USING btree ("tree","size","index");--> statement-breakpoint
CREATE INDEX "audit_root_leaves_of_log" ON "audit_root_leaves" USING btree ("kind","index") WHERE "audit_root_leaves"."kind" in ('SIGNER', 'INCARNATION');--> statement-breakpoint
CREATE INDEX "clients_by_name" ON "clients" USING btree ("firm_id","name","id");--> statement-breakpoint
CREATE INDEX "clients_by_creation" ON "clients" USING btree ("firm_id","created_at","id");--> statement-breakpoint
CREATE INDEX "clients_by_update" ON "clients" USING btree ("firm_id","updated_at","id");--> statement-breakpoint
CREATE INDEX "comments_of_document" ON "comments" USING btree ("firm_id","document_id","created_at","id");--> statement-breakpoint
CREATE INDEX "comments_of_message" ON "comments" USING btree ("firm_id","message_id","created_at","id");--> statement-breakpoint
CREATE INDEX "comments_of_note" ON "comments" USING btree ("firm_id","note_id","created_at","id");--> statement-breakpoint
CREATE INDEX "comments_of_invoice" ON "comments" USING btree ("firm_id","invoice_id","created_at","id");--> statement-breakpoint
CREATE UNIQUE INDEX "data_keys_one_active" ON "data_keys" USING btree ("firm_id","class") WHERE state = 'ACTIVE';--> statement-breakpoint
CREATE INDEX "key_refusals_refused" ON "key_refusals" USING btree ("refused_at");--> statement-breakpoint
CREATE INDEX "events_by_firm" ON "events" USING btree ("firm_id","transaction");--> statement-breakpoint
CREATE INDEX "events_by_transaction" ON "events" USING btree ("transaction");--> statement-breakpoint
CREATE INDEX "own_key_states_due" ON "own_key_states" USING btree ("next_at");--> statement-breakpoint
CREATE INDEX "documents_by_name" ON "documents" USING btree ("firm_id","name","id");--> statement-breakpoint
CREATE INDEX "documents_by_creation" ON "documents" USING btree ("firm_id","created_at","id");--> statement-breakpoint
CREATE INDEX "documents_by_update" ON "documents" USING btree ("firm_id","updated_at","id");--> statement-breakpoint
CREATE INDEX "erasure_objects_of" ON "erasure_objects" USING btree ("erasure_id","id");--> statement-breakpoint
CREATE UNIQUE INDEX "erasures_of_subject" ON "erasures" USING btree ("firm_id",coalesce("subject", ''));--> statement-breakpoint
CREATE INDEX "legal_holds_of_firm" ON "legal_holds" USING btree ("firm_id");--> statement-breakpoint
CREATE INDEX "escrow_files_of_firm" ON "escrow_files" USING btree ("firm_id");--> statement-breakpoint
CREATE INDEX "recovery_files_of_job" ON "recovery_files" USING btree ("job_id");--> statement-breakpoint
CREATE UNIQUE INDEX "firms_slug_unique" ON "firms" USING btree ("slug") WHERE slug is not null;--> statement-breakpoint
CREATE INDEX "download_tickets_by_expiry" ON "download_tickets" USING btree ("expires_at");--> statement-breakpoint
CREATE INDEX "invitations_by_creation" ON "invitations" USING btree ("firm_id","created_at","id");--> statement-breakpoint
CREATE INDEX "invitations_by_expiry" ON "invitations" USING btree ("expires_at");--> statement-breakpoint
CREATE UNIQUE INDEX "invoice_line_items_position" ON "invoice_line_items" USING btree ("firm_id","invoice_id","position") WHERE deleted_at is null;--> statement-breakpoint
CREATE UNIQUE INDEX "invoices_number_free" ON "invoices" USING btree ("firm_id","number") WHERE deleted_at is null;--> statement-breakpoint
CREATE INDEX "invoices_by_number" ON "invoices" USING btree ("firm_id","number","id");--> statement-breakpoint
CREATE INDEX "invoices_by_creation" ON "invoices" USING btree ("firm_id","created_at","id");--> statement-breakpoint
CREATE INDEX "invoices_by_update" ON "invoices" USING btree ("firm_id","updated_at","id");--> statement-breakpoint
CREATE UNIQUE INDEX "jobs_one_open" ON "jobs" USING btree ("firm_id","kind",coalesce("class", ''),coalesce("version", 0),coalesce("subject", '')) WHERE state in ('WAITING', 'QUEUED', 'RUNNING');--> statement-breakpoint
CREATE UNIQUE INDEX "jobs_one_asked_by_firm" ON "jobs" USING btree ("firm_id","kind","class") WHERE asked_on = 'firm' and state in ('WAITING', 'QUEUED', 'RUNNING');--> statement-breakpoint
CREATE INDEX "jobs_open" ON "jobs" USING btree ("next_at") WHERE state in ('QUEUED', 'RUNNING');--> statement-breakpoint
CREATE INDEX "jobs_by_firm" ON "jobs" USING btree ("firm_id","id");--> statement-breakpoint
CREATE INDEX "lease_ends_by_lease" ON "lease_ends" USING btree ("lease_id","ended_at");--> statement-breakpoint
CREATE UNIQUE INDEX "lease_decision_texts_by_decision" ON "lease_decision_texts" USING btree ("lease_id","user_id","decision");--> statement-breakpoint
CREATE INDEX "lease_events_by_lease" ON "lease_events" USING btree ("lease_id","at","id");--> statement-breakpoint
CREATE INDEX "leases_by_firm" ON "leases" USING btree ("firm_id","requested_at","id");--> statement-breakpoint
CREATE INDEX "leases_by_request" ON "leases" USING btree ("requested_at","id");--> statement-breakpoint
CREATE INDEX "leases_open" ON "leases" USING btree ("state") WHERE state in ('REQUESTED', 'APPROVED', 'ACTIVATING', 'ACTIVE');--> statement-breakpoint
CREATE INDEX "leases_uncleared" ON "leases" USING btree ("id") WHERE cleared_at is null;--> statement-breakpoint
CREATE INDEX "memberships_by_creation" ON "memberships" USING btree ("firm_id","created_at","user_id");--> statement-breakpoint
CREATE INDEX "memberships_of_client" ON "memberships" USING btree ("firm_id","client_id","created_at","user_id");--> statement-breakpoint
CREATE INDEX "messages_by_creation" ON "messages" USING btree ("firm_id","thread_id","created_at","id");--> statement-breakpoint
CREATE INDEX "messages_by_update" ON "messages" USING btree ("firm_id","thread_id","updated_at","id");--> statement-breakpoint
CREATE INDEX "notes_by_creation" ON "notes" USING btree ("firm_id","created_at","id");--> statement-breakpoint
CREATE INDEX "notes_by_update" ON "notes" USING btree ("firm_id","updated_at","id");--> statement-breakpoint
CREATE INDEX "notices_by_creation" ON "notices" USING btree ("firm_id","created_at","id");--> statement-breakpoint
CREATE INDEX "notices_by_fold" ON "notices" USING btree ("firm_id","kind","folds_as","created_at") WHERE folds_as is not null;--> statement-breakpoint
CREATE UNIQUE INDEX "owner_recovery_ends_done_or_cancelled" ON "owner_recovery_ends" USING btree ("recovery_id") WHERE outcome <> 'WITHDRAWN';--> statement-breakpoint
CREATE UNIQUE INDEX "owner_recovery_ends_done_or_withdrawn" ON "owner_recovery_ends" USING btree ("recovery_id") WHERE outcome <> 'CANCELLED';--> statement-breakpoint
CREATE UNIQUE INDEX "seats_email" ON "seats" USING btree (coalesce("firm_id", '00000000-0000-0000-0000-000000000000'),lower("email" collate "C"));--> statement-breakpoint
CREATE UNIQUE INDEX "shares_of_document" ON "shares" USING btree ("firm_id","document_id","client_id") WHERE document_id is not null;--> statement-breakpoint
CREATE UNIQUE INDEX "shares_of_thread" ON "shares" USING btree ("firm_id","thread_id","client_id") WHERE thread_id is not null;--> statement-breakpoint
CREATE UNIQUE INDEX "shares_of_invoice" ON "shares" USING btree ("firm_id","invoice_id","client_id") WHERE invoice_id is not null;--> statement-breakpoint
CREATE INDEX "shares_with_client" ON "shares" USING btree ("firm_id","client_id");--> statement-breakpoint
CREATE UNIQUE INDEX "stored_objects_one_upload" ON "stored_objects" USING btree ("document_id") WHERE state = 'UPLOADING';--> statement-breakpoint
CREATE INDEX "stored_objects_by_version" ON "stored_objects" USING btree ("version_id");--> statement-breakpoint
CREATE INDEX "stored_objects_undone" ON "stored_objects" USING btree ("state","touched_at") WHERE state <> 'STORED';--> statement-breakpoint
CREATE INDEX "threads_by_creation" ON "threads" USING btree ("firm_id","created_at","id");--> statement-breakpoint
CREATE INDEX "threads_by_update" ON "threads" USING btree ("firm_id","updated_at","id");--> statement-breakpoint
CREATE INDEX "time_entries_by_start" ON "time_entries" USING btree ("firm_id","started_at","id");--> statement-breakpoint
CREATE INDEX "time_entries_by_creation" ON "time_entries" USING btree ("firm_id","created_at","id");--> statement-breakpoint
CREATE INDEX "users_by_identity" ON "users" USING btree ("issuer","subject");--> statement-breakpoint
CREATE INDEX "users_by_email" ON "users" USING btree (lower("email" collate "C"));--> statement-breakpoint
CREATE INDEX "webhook_deliveries_due" ON "webhook_deliveries" USING btree ("after_others","turn_at","next_at") WHERE delivered_at is null;--> statement-breakpoint
CREATE INDEX "webhook_deliveries_by_reporter" ON "webhook_deliveries" USING btree ("reported_by","turn_at") WHERE delivered_at is null;
