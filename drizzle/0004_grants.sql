-- The tables and columns that each role may use. `firmseal init` makes the roles (src/database/roles.ts): they own nothing and cannot sign in,
-- and a transaction takes exactly one. Row policies decide about rows (0017, 0018).
-- secure_workspace() and secure_erasure() grant on tables of firms with a revision and tombstones, by their columns, each time the database is
-- prepared (0016, 0013).
-- UPDATE is granted by columns, and DELETE to no role: a role that may update a whole table, or delete from it, may LOCK it in every mode.
-- delete_rows() deletes rows (0011).

GRANT USAGE ON SCHEMA public TO firmseal_firm, firmseal_operator, firmseal_broker, firmseal_break_glass, firmseal_worker, firmseal_maintenance,
	firmseal_log, firmseal_signer;

-- The firm plane: sees the one firm that its transaction names. Only it changes the firm's members and decides on leases and jobs for the firm.
GRANT SELECT ON "firms", "memberships", "owner_recoveries", "owner_recovery_ends", "webhook_deliveries", "own_key_states" TO firmseal_firm;
GRANT SELECT (id, email, name, created_at, disabled_at) ON "users" TO firmseal_firm;

-- No role sets when an account was created or disabled: an account with another person's identity could otherwise be taken for theirs.
GRANT INSERT (id, person_id, issuer, subject, email, name) ON "users" TO firmseal_firm, firmseal_worker;
GRANT INSERT, UPDATE (role, client_id, removed_at, mac) ON "memberships" TO firmseal_firm;
GRANT INSERT (recovery_id, firm_id, outcome) ON "owner_recovery_ends" TO firmseal_firm;
GRANT SELECT, INSERT ON "shares", "notices", "download_tickets" TO firmseal_firm;
GRANT SELECT, INSERT, UPDATE (ended_at) ON "invitations" TO firmseal_firm;
GRANT SELECT, INSERT, UPDATE (issuers, domains, updated_at, mac) ON "firm_sign_ins" TO firmseal_firm;
GRANT SELECT, INSERT, UPDATE (state, sealed) ON "data_keys" TO firmseal_firm;
GRANT SELECT, INSERT, UPDATE (state, size, sha256, key_version, touched_at) ON "stored_objects" TO firmseal_firm, firmseal_portal;
GRANT SELECT ON "leases", "lease_texts", "lease_approvals", "lease_decision_texts", "lease_ends", "lease_events", "lease_budgets", "access_policies"
	TO firmseal_firm;
GRANT UPDATE (state, acted_by, reviewed_by, reviewed_at) ON "leases" TO firmseal_firm, firmseal_operator;
GRANT INSERT (lease_id, firm_id, side, user_id, request_hash, mac, reason_hash) ON "lease_approvals" TO firmseal_firm, firmseal_operator;
GRANT INSERT (lease_id, firm_id, user_id, decision, reason) ON "lease_decision_texts" TO firmseal_firm, firmseal_operator;
GRANT INSERT (lease_id, firm_id) ON "lease_ends" TO firmseal_firm, firmseal_operator, firmseal_broker, firmseal_maintenance;
GRANT UPDATE (policy, approvers, mac, updated_at) ON "access_policies" TO firmseal_firm;
GRANT SELECT, INSERT (id, firm_id, kind, class, version, rate, state, asked_on, asked_by, asked_at, mac, subject, terms),
	UPDATE (state, agreed_by, agreed_mac, ended_at) ON "jobs" TO firmseal_firm, firmseal_worker;

-- The portal: a separate role, so that it has only what is named here. It writes messages, makes versions of documents that are shared with the
-- client, and updates the time of their threads and documents, and a document's latest file.
GRANT SELECT ON "firms", "clients", "shares", "documents", "document_versions", "threads", "messages", "invoices", "invoice_line_items"
	TO firmseal_portal;
GRANT SELECT (firm_id, user_id, role, client_id, created_at, removed_at) ON "memberships" TO firmseal_portal;
GRANT SELECT (id, email, name, created_at, disabled_at) ON "users" TO firmseal_portal;
GRANT INSERT ON "messages", "document_versions", "download_tickets" TO firmseal_portal;
GRANT UPDATE (updated_at) ON "threads" TO firmseal_portal;
GRANT UPDATE (revision, updated_at, version_id, byte_size, status, bucket, object_key, sha256) ON "documents" TO firmseal_portal;
GRANT UPDATE (revision, updated_at, byte_size, bucket, object_key, sha256) ON "document_versions" TO firmseal_portal;

-- The operator plane: reads metadata of all firms. It has no privilege on a sealed column: naming one is error 42501. It requests leases,
-- approves for the platform, activates, releases and revokes.
GRANT SELECT ON "firms", "memberships", "operators", "shares", "owner_recoveries", "owner_recovery_ends", "stored_objects", "data_keys"
	TO firmseal_operator;
GRANT SELECT (id, email, name, created_at, disabled_at) ON "users" TO firmseal_operator;
GRANT SELECT ON "leases", "lease_texts", "lease_approvals", "lease_decision_texts", "lease_ends", "lease_events", "lease_budgets", "access_policies"
	TO firmseal_operator;
GRANT INSERT (id, firm_id, requested_by, purpose, classes, coordinates, record_ids, read_budget, minutes, reason_hash, ticket_hash,
	request_hash, request_mac, acted_by) ON "leases" TO firmseal_operator;
GRANT INSERT ON "lease_texts" TO firmseal_operator;
GRANT SELECT, UPDATE (acknowledged_by) ON "alerts" TO firmseal_operator;
-- An approver sees jobs and approves those that need one (0018). Requesting and cancelling them stays with commands on the installation.
GRANT SELECT, UPDATE (state, agreed_by, agreed_mac) ON "jobs" TO firmseal_operator;

-- Break-glass is split between roles: the operator plane requests and uses a lease, the firm plane approves and ends it, and only the broker
-- activates it. A fourth role reads content; an operator's transaction takes it while a lease is open.
-- The broker reads the rows and keys that prove rights, and moves leases. It has no privilege on content and cannot make an approval. It stores
-- grants' tokens for the session that uses the lease.
GRANT SELECT ON "firms", "users", "memberships", "operators", "leases", "lease_approvals", "lease_ends", "lease_budgets", "access_policies",
	"data_keys" TO firmseal_broker;
GRANT UPDATE (state, acted_by, activated_at, expires_at, activation_mac, cleared_at) ON "leases" TO firmseal_broker;
GRANT SELECT, INSERT, UPDATE (token, created_at) ON "lease_grant_tokens" TO firmseal_broker;
GRANT SELECT ON "data_keys", "lease_grant_tokens" TO firmseal_break_glass;

-- The worker administers firms, people and wrapped keys, and sends notices, which hold no content, to the webhook. It has no privilege on content.
-- It changes and locks a firm's row only by functions, because nearly every row refers to it.
GRANT SELECT, INSERT ON "firms", "memberships", "operators" TO firmseal_worker;
GRANT SELECT ON "users" TO firmseal_worker;
GRANT UPDATE (mac) ON "memberships" TO firmseal_worker;
GRANT UPDATE (roles, disabled_at, mac, introduced_by, introduced_at) ON "operators" TO firmseal_worker;
GRANT SELECT ON "owner_recoveries", "owner_recovery_ends", "notices", "invitations" TO firmseal_worker;
GRANT INSERT (id, firm_id, user_id, requested_by) ON "owner_recoveries" TO firmseal_worker;
GRANT INSERT ON "firm_sign_ins" TO firmseal_worker;
GRANT SELECT, INSERT, UPDATE (mac) ON "access_policies" TO firmseal_worker;
GRANT SELECT, INSERT, UPDATE (state, sealed) ON "data_keys" TO firmseal_worker, firmseal_signer;
GRANT SELECT, INSERT, UPDATE (state, since, next_at) ON "own_key_states" TO firmseal_worker;
GRANT SELECT, UPDATE (state, touched_at) ON "stored_objects" TO firmseal_worker;

-- delete_rows() takes rows by their ctid.
GRANT SELECT (expires_at, ctid) ON "download_tickets" TO firmseal_worker;
GRANT SELECT, INSERT, UPDATE (attempts, next_at, delivered_at, outcome) ON "webhook_deliveries" TO firmseal_worker;
GRANT SELECT (id, rule, severity, firm_id, actor_id, lease_id, count, opened_at, last_at) ON "alerts" TO firmseal_worker;
GRANT SELECT ON "clock_high_water_marks" TO firmseal_worker, firmseal_operator, firmseal_broker;
GRANT SELECT, INSERT ON "clock_resets" TO firmseal_worker;

-- Erasures and holds: people of the platform set and release holds; a job that erases only reads them. The worker may replace the id and MAC of
-- an unproven row by those of the subject's erasure record.
GRANT SELECT, INSERT (id, firm_id, subject, number, mac), UPDATE (id, number, mac) ON "erasures" TO firmseal_worker;
GRANT SELECT, INSERT (id, firm_id, subject, ticket, set_by, set_at, mac), UPDATE (released_by, released_at, release_mac) ON "legal_holds"
	TO firmseal_worker;

-- Escrow and recovery: a job writes the files of an escrow, and a command exports them. A command hands in files to an approved recovery, and the
-- job sets the recipient and answers.
GRANT SELECT ON "escrow_files", "recovery_sessions" TO firmseal_worker;
GRANT SELECT, INSERT (id, job_id, firm_id, session, file) ON "recovery_files" TO firmseal_worker;

-- Maintenance: runs the jobs, and sees content only of the firm and class of the running job that the transaction names. A job on keys makes,
-- rewraps, disables and overwrites them.
GRANT SELECT, UPDATE (state, step, after, round, total, done, failed, trouble, next_at, started_at, ended_at, findings) ON "jobs"
	TO firmseal_maintenance;
GRANT SELECT, INSERT, UPDATE (claim, claimed_at) ON "job_pages" TO firmseal_maintenance;
GRANT SELECT, INSERT, UPDATE (state, sealed, wrapped, key_id, own_key) ON "data_keys" TO firmseal_maintenance;
GRANT SELECT, INSERT, UPDATE (version, set_at, set_in) ON "key_floors" TO firmseal_maintenance;
GRANT SELECT, INSERT, UPDATE (state, size, sha256, key_version, touched_at) ON "stored_objects" TO firmseal_maintenance;
GRANT SELECT, INSERT (id, firm_id, subject, mac, inventory), UPDATE (number, inventory, unopened, unnamed, erased_at, certificate) ON "erasures"
	TO firmseal_maintenance;
GRANT SELECT, INSERT ON "erasure_objects" TO firmseal_maintenance;
GRANT SELECT ON "legal_holds" TO firmseal_maintenance;
GRANT SELECT (firm_id, user_id, role, client_id, removed_at), UPDATE (client_id, removed_at, mac) ON "memberships" TO firmseal_maintenance;
GRANT SELECT (id), UPDATE (issuer, subject, email, name, disabled_at) ON "users" TO firmseal_maintenance;
GRANT SELECT, UPDATE (slug, name, status, revision) ON "firms" TO firmseal_maintenance;
GRANT SELECT (id, firm_id, state) ON "leases" TO firmseal_maintenance;
GRANT SELECT (id, firm_id, client_id) ON "invitations" TO firmseal_maintenance;
GRANT SELECT (firm_id) ON "firm_sign_ins" TO firmseal_maintenance;
GRANT SELECT (job_id, firm_id, ctid), INSERT ON "escrow_files" TO firmseal_maintenance;
GRANT SELECT, INSERT, UPDATE (session, recipient, mac, begun_at) ON "recovery_sessions" TO firmseal_maintenance;
GRANT SELECT, UPDATE (file, answer, refusal, holder, side, have, need) ON "recovery_files" TO firmseal_maintenance;
GRANT SELECT ON "column_moves" TO firmseal_firm, firmseal_operator, firmseal_worker, firmseal_maintenance;
GRANT SELECT ON SEQUENCE "plaintext_only_writes", "refused_writes" TO firmseal_worker, firmseal_maintenance;

-- Refusals of the key service: each plane reads all of them, because it may have keys of any firm in memory.
GRANT SELECT ON "key_refusals" TO firmseal_operator;
GRANT SELECT, INSERT, UPDATE (id, refused_at) ON "key_refusals" TO firmseal_firm, firmseal_broker, firmseal_worker, firmseal_maintenance;

-- Events for open pages. Only triggers write them.
GRANT SELECT ON "events" TO firmseal_firm, firmseal_operator;
-- delete_rows() takes rows by their ctid.
GRANT SELECT (transaction, ctid) ON "events" TO firmseal_worker;

-- The log. Every plane appends; firms and operators read. The log's leader (firmseal_log) makes leaves of entries and records gaps; only its
-- signer (firmseal_signer) signs the root tree. Both belong to the worker plane. Their rows never change. A process that opens content compares
-- the anchors with the database.
GRANT INSERT (id, firm_id, boot, sequence, leaf) ON "audit_entries" TO firmseal_firm, firmseal_operator, firmseal_broker, firmseal_worker;
GRANT SELECT ON "audit_entries" TO firmseal_firm, firmseal_operator, firmseal_log;
GRANT SELECT ON "audit_leaves", "audit_root_leaves", "audit_root_checkpoints", "audit_trees" TO firmseal_firm, firmseal_operator, firmseal_log;
GRANT SELECT ON "audit_root_leaves", "audit_root_checkpoints" TO firmseal_signer;
GRANT SELECT ON "audit_state" TO firmseal_firm, firmseal_operator, firmseal_worker, firmseal_signer, firmseal_log;
GRANT SELECT ON "audit_anchors" TO firmseal_firm, firmseal_operator, firmseal_worker, firmseal_log;
GRANT SELECT ON "audit_gaps" TO firmseal_operator, firmseal_log;
GRANT SELECT ON "audit_boots" TO firmseal_log;
GRANT INSERT (tree, index, entry_id, hashes) ON "audit_leaves" TO firmseal_log;
GRANT INSERT (index, kind, tree, size, leaf, hashes) ON "audit_root_leaves" TO firmseal_log;
GRANT INSERT (role, boot, first, last) ON "audit_gaps" TO firmseal_log;
GRANT INSERT (number, size, sha256) ON "audit_anchors" TO firmseal_log;
GRANT INSERT, UPDATE (size, signed) ON "audit_trees" TO firmseal_log;
GRANT INSERT, UPDATE (last) ON "audit_boots" TO firmseal_log;
GRANT UPDATE (epoch, installation, incarnation, after_transaction, after_entry) ON "audit_state" TO firmseal_log;
GRANT INSERT (size, note) ON "audit_root_checkpoints" TO firmseal_signer;

-- Alerts: the log's leader opens them. Besides the log, its rules read leases and deliveries, but not the text hashes and proofs of a request.
GRANT SELECT, INSERT (id, rule, severity, firm_id, subject, actor_id, lease_id, count, last_at), UPDATE (count, last_at) ON "alerts"
	TO firmseal_log;
GRANT SELECT, INSERT, UPDATE (amount) ON "alert_tallies" TO firmseal_log;
GRANT SELECT, INSERT, UPDATE (mark, reported_at) ON "alert_states" TO firmseal_log;
GRANT SELECT, UPDATE (seen, until, after_transaction, after_entry, looked_at) ON "alert_watch" TO firmseal_log;
GRANT SELECT (id, firm_id, requested_by, requested_at, classes, coordinates, record_ids, read_budget, minutes, state, activated_at, ended_at,
	cleared_at, reviewed_at) ON "leases" TO firmseal_log;
GRANT SELECT (lease_id, firm_id, used, budget, used_at) ON "lease_budgets" TO firmseal_log;
GRANT SELECT (message_id, attempts, next_at, delivered_at) ON "webhook_deliveries" TO firmseal_log;
