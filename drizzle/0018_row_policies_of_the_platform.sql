-- Row policies on leases, keys, jobs, the log and alerts, and on tables of which a role sees all rows.

-- Rules that many tables share. The policies named "owner_…" are for the owner's functions, which for example look up people before a firm is known. On
-- content the owner has only the policies of erasures (0013) and of moving columns (0014).
DO $$
DECLARE
	of_policy text;
	rule text;
	of_table text;
BEGIN
	FOR of_policy, rule, of_table IN SELECT v.policy, v.rule, t.name FROM (VALUES
		('operator', 'FOR SELECT TO firmseal_operator USING (true)',
			'firms memberships users operators shares owner_recoveries owner_recovery_ends lease_texts lease_decision_texts lease_approvals
			lease_ends lease_events lease_budgets access_policies stored_objects jobs events'),
		('operator', 'TO firmseal_operator USING (true) WITH CHECK (true)',
			'leases'),
		('operator_reads', 'FOR SELECT TO firmseal_operator USING (true)',
			'audit_entries audit_leaves audit_trees audit_root_leaves audit_gaps alerts'),
		('broker', 'FOR SELECT TO firmseal_broker USING (true)',
			'firms users memberships operators leases lease_approvals lease_ends lease_budgets access_policies'),
		('broker_moves', 'FOR UPDATE TO firmseal_broker USING (true) WITH CHECK (true)',
			'leases'),
		('broker', 'TO firmseal_broker USING (true) WITH CHECK (true)',
			'lease_grant_tokens'),
		('worker', 'FOR SELECT TO firmseal_worker USING (true)',
			'memberships data_keys owner_recoveries owner_recovery_ends access_policies notices alerts stored_objects jobs escrow_files
			recovery_sessions recovery_files invitations events'),
		('worker', 'TO firmseal_worker USING (true) WITH CHECK (true)',
			'firms users operators clock_resets webhook_deliveries own_key_states erasures legal_holds'),
		('worker_requests', 'FOR INSERT TO firmseal_worker WITH CHECK (true)',
			'owner_recoveries'),
		('worker', 'FOR SELECT TO firmseal_worker, firmseal_operator, firmseal_broker USING (true)',
			'clock_high_water_marks'),
		('maintenance', 'FOR SELECT TO firmseal_maintenance USING (true)',
			'jobs legal_holds'),
		('maintenance', 'TO firmseal_maintenance USING (true) WITH CHECK (true)',
			'job_pages'),
		('everybody', 'FOR SELECT TO firmseal_firm, firmseal_operator, firmseal_worker, firmseal_maintenance, firmseal_owner USING (true)',
			'column_moves'),
		('everybody', 'FOR SELECT TO firmseal_firm, firmseal_operator, firmseal_worker, firmseal_signer USING (true)',
			'audit_state'),
		('everybody', 'FOR SELECT TO firmseal_firm, firmseal_operator, firmseal_worker USING (true)',
			'audit_anchors'),
		('everybody', 'FOR SELECT TO firmseal_firm, firmseal_operator USING (true)',
			'audit_root_checkpoints'),
		('everybody_reads', 'FOR SELECT TO firmseal_firm, firmseal_operator, firmseal_worker, firmseal_broker, firmseal_maintenance USING (true)',
			'key_refusals'),
		('log_reads', 'FOR SELECT TO firmseal_log USING (true)',
			'audit_entries audit_leaves audit_root_leaves audit_gaps audit_anchors audit_root_checkpoints'),
		('log_appends', 'FOR INSERT TO firmseal_log WITH CHECK (true)',
			'audit_leaves audit_root_leaves audit_gaps audit_anchors'),
		('log', 'TO firmseal_log USING (true) WITH CHECK (true)',
			'audit_trees audit_boots audit_state alerts alert_tallies alert_states alert_watch'),
		('log', 'FOR SELECT TO firmseal_log USING (true)',
			'leases lease_budgets webhook_deliveries'),
		('signer_reads', 'FOR SELECT TO firmseal_signer USING (true)',
			'audit_root_leaves audit_root_checkpoints'),
		('signer_appends', 'FOR INSERT TO firmseal_signer WITH CHECK (true)',
			'audit_root_checkpoints'),
		('owner_identifies', 'FOR SELECT TO firmseal_owner USING (true)',
			'firms users memberships operators'),
		('owner_moves', 'FOR UPDATE TO firmseal_owner USING (true) WITH CHECK (true)',
			'firms'),
		('owner_recovers', 'TO firmseal_owner USING (true) WITH CHECK (true)',
			'owner_recoveries'),
		('owner_looks', 'FOR SELECT TO firmseal_owner USING (true)',
			'owner_recovery_ends'),
		('owner_seats', 'TO firmseal_owner USING (true) WITH CHECK (true)',
			'seats'),
		('owner_keeps', 'TO firmseal_owner USING (true) WITH CHECK (true)',
			'leases lease_budgets request_limits clock_high_water_marks clock_resets webhook_deliveries audit_state audit_runs turns'),
		('owner_keeps', 'FOR SELECT TO firmseal_owner USING (true)',
			'lease_approvals lease_ends access_policies'),
		('owner_keeps', 'FOR INSERT TO firmseal_owner WITH CHECK (true)',
			'lease_events alert_watch'),
		('owner_looks', 'FOR SELECT TO firmseal_owner USING (true)',
			'events'),
		('owner_announces', 'FOR INSERT TO firmseal_owner WITH CHECK (true)',
			'events'),
		('owner_asks', 'FOR SELECT TO firmseal_owner USING (true)',
			'jobs key_floors erasures legal_holds'),
		('owner_numbers', 'FOR SELECT TO firmseal_owner USING (true)',
			'data_keys'),
		('owner_counts', 'FOR SELECT TO firmseal_owner USING (true)',
			'audit_entries audit_leaves audit_root_leaves audit_root_checkpoints audit_trees audit_anchors'),
		('owner_begins', 'FOR INSERT TO firmseal_owner WITH CHECK (true)',
			'column_moves'),
		('owner_moves', 'FOR UPDATE TO firmseal_owner USING (true)',
			'column_moves')
	) v (policy, rule, tables), regexp_split_to_table(v.tables, '\s+') t (name)
	LOOP
		EXECUTE format('CREATE POLICY %I ON %I %s', of_policy, of_table, rule);
	END LOOP;
END
$$;

-- Leases.
CREATE POLICY "operator_asks" ON "lease_texts" FOR INSERT TO firmseal_operator WITH CHECK (EXISTS (
	SELECT FROM "leases" l WHERE l.id = lease_id AND l.firm_id = "lease_texts".firm_id AND l.state = 'REQUESTED'));
CREATE POLICY "operator_agrees" ON "lease_approvals" FOR INSERT TO firmseal_operator WITH CHECK (side = 'PLATFORM');
CREATE POLICY "firm_agrees" ON "lease_approvals" FOR INSERT TO firmseal_firm
	WITH CHECK (side = 'FIRM' AND firm_id = (SELECT current_firm()));
CREATE POLICY "operator_explains" ON "lease_decision_texts" FOR INSERT TO firmseal_operator WITH CHECK (true);
CREATE POLICY "firm_explains" ON "lease_decision_texts" FOR INSERT TO firmseal_firm WITH CHECK (firm_id = (SELECT current_firm()));
CREATE POLICY "operator_ends" ON "lease_ends" FOR INSERT TO firmseal_operator WITH CHECK (EXISTS (
	SELECT FROM "leases" l WHERE l.id = lease_id AND l.firm_id = "lease_ends".firm_id));
CREATE POLICY "broker_ends" ON "lease_ends" FOR INSERT TO firmseal_broker WITH CHECK (EXISTS (
	SELECT FROM "leases" l WHERE l.id = lease_id AND l.firm_id = "lease_ends".firm_id));
CREATE POLICY "firm_ends" ON "lease_ends" FOR INSERT TO firmseal_firm WITH CHECK (firm_id = (SELECT current_firm()) AND EXISTS (
	SELECT FROM "leases" l WHERE l.id = lease_id AND l.firm_id = "lease_ends".firm_id));
CREATE POLICY "lease" ON "lease_grant_tokens" FOR SELECT TO firmseal_break_glass USING (lease_id = (SELECT current_lease()));

-- Keys. A login can make only the next version, and only as ACTIVE: no version could follow one with the highest possible number, or one made as
-- RETIRED. The primary key refuses an existing version, so that of two who make the same one, one gets an error.
CREATE POLICY "in_turn" ON "data_keys" AS RESTRICTIVE FOR INSERT
	WITH CHECK (state = 'ACTIVE' AND version <= latest_key_version(firm_id, class) + 1);

-- Only the erasing job sees or makes keys of an erased firm.
CREATE POLICY "not_erased" ON "data_keys" AS RESTRICTIVE
	TO firmseal_firm, firmseal_portal, firmseal_operator, firmseal_break_glass, firmseal_broker
	USING (NOT is_erased(firm_id)) WITH CHECK (NOT is_erased(firm_id));

-- A firm's login sees the keys of its firm, but not the platform's. It makes the first version of each class and the next versions of content keys, and
-- retires the previous one.
CREATE POLICY "firm" ON "data_keys" FOR SELECT TO firmseal_firm
	USING (firm_id = (SELECT current_firm()) AND firm_id <> '00000000-0000-0000-0000-000000000000');
CREATE POLICY "firm_makes" ON "data_keys" FOR INSERT TO firmseal_firm
	WITH CHECK (firm_id = (SELECT current_firm()) AND firm_id <> '00000000-0000-0000-0000-000000000000'
		AND class IN ('DOCUMENT', 'COMMUNICATION', 'BILLING', 'NOTE', 'RIGHTS') AND (version = 1 OR class <> 'RIGHTS')
		AND sealed = 0 AND created_at = now()::timestamp (3) with time zone);

-- The rights of the firm's owners depend on the RIGHTS key, so only jobs, of which the owners are notified, make its next version. Only jobs disable and
-- destroy keys.
CREATE POLICY "firm_counts" ON "data_keys" FOR UPDATE TO firmseal_firm
	USING (firm_id = (SELECT current_firm()) AND firm_id <> '00000000-0000-0000-0000-000000000000'
		AND class IN ('DOCUMENT', 'COMMUNICATION', 'BILLING', 'NOTE') AND state = 'ACTIVE')
	WITH CHECK (firm_id = (SELECT current_firm()) AND firm_id <> '00000000-0000-0000-0000-000000000000'
		AND class IN ('DOCUMENT', 'COMMUNICATION', 'BILLING', 'NOTE') AND state IN ('ACTIVE', 'RETIRED'));
CREATE POLICY "broker" ON "data_keys" FOR SELECT TO firmseal_broker USING (class = 'RIGHTS');
CREATE POLICY "operator" ON "data_keys" FOR SELECT TO firmseal_operator
	USING (firm_id = '00000000-0000-0000-0000-000000000000' AND class = 'RIGHTS');
CREATE POLICY "lease" ON "data_keys" FOR SELECT TO firmseal_break_glass
	USING (firm_id = (SELECT current_firm()) AND class IN ('DOCUMENT', 'COMMUNICATION', 'BILLING', 'NOTE')
		AND lease_allows(firm_id, class));

-- The worker makes the first RIGHTS key with a firm and its first people. Only jobs, of which the owners are notified, make or end later versions of a
-- firm's. The platform gets a next version if its key service was lost, and the earlier ones are disabled.
CREATE POLICY "worker_makes" ON "data_keys" FOR INSERT TO firmseal_worker WITH CHECK (class = 'RIGHTS' AND state = 'ACTIVE'
	AND (version = 1 OR firm_id = '00000000-0000-0000-0000-000000000000'));
CREATE POLICY "worker_retires" ON "data_keys" FOR UPDATE TO firmseal_worker
	USING (class = 'RIGHTS' AND firm_id = '00000000-0000-0000-0000-000000000000' AND state IN ('ACTIVE', 'RETIRED'))
	WITH CHECK (class = 'RIGHTS' AND firm_id = '00000000-0000-0000-0000-000000000000' AND state IN ('RETIRED', 'DISABLED'));
CREATE POLICY "signer" ON "data_keys" TO firmseal_signer
	USING (class = 'CHECKPOINT' AND firm_id = '00000000-0000-0000-0000-000000000000')
	WITH CHECK (class = 'CHECKPOINT' AND firm_id = '00000000-0000-0000-0000-000000000000');
CREATE POLICY "maintenance" ON "data_keys" TO firmseal_maintenance
	USING (firm_id = (SELECT current_firm()) AND job_allows_keys(firm_id, class))
	WITH CHECK (firm_id = (SELECT current_firm()) AND job_allows_keys(firm_id, class));

-- With a minimum above the active version, nothing could be written.
CREATE POLICY "maintenance" ON "key_floors" TO firmseal_maintenance
	USING (firm_id = firm_of_job(class))
	WITH CHECK (firm_id = firm_of_job(class) AND EXISTS (SELECT FROM "data_keys" k
		WHERE k.firm_id = key_floors.firm_id AND k.class = key_floors.class AND k.state = 'ACTIVE' AND k.version >= key_floors.version));

-- Each role reports refusals in its own rows, so that an open transaction of one role blocks no other. A firm's transaction reports only about its own
-- firm.
CREATE POLICY "firm_reports" ON "key_refusals" FOR INSERT TO firmseal_firm
	WITH CHECK (reported_by = CURRENT_USER AND firm_id = (SELECT current_firm()));
CREATE POLICY "firm_reports_again" ON "key_refusals" FOR UPDATE TO firmseal_firm
	USING (reported_by = CURRENT_USER AND firm_id = (SELECT current_firm())) WITH CHECK (firm_id = (SELECT current_firm()));
CREATE POLICY "reports" ON "key_refusals" FOR INSERT TO firmseal_worker, firmseal_broker, firmseal_maintenance
	WITH CHECK (reported_by = CURRENT_USER AND (CURRENT_USER <> 'firmseal_maintenance' OR firm_id = (SELECT current_firm())));
CREATE POLICY "reports_again" ON "key_refusals" FOR UPDATE TO firmseal_worker, firmseal_broker, firmseal_maintenance
	USING (reported_by = CURRENT_USER) WITH CHECK (CURRENT_USER <> 'firmseal_maintenance' OR firm_id = (SELECT current_firm()));

-- Jobs. The firm plane requests the next version of a class, in an owner's name, and nothing else; everything else is requested by the
-- installation and the program.
CREATE POLICY "firm_asks" ON "jobs" FOR INSERT TO firmseal_firm WITH CHECK (firm_id = (SELECT current_firm())
	AND kind = 'ROTATE' AND class IS NOT NULL AND state = 'QUEUED' AND asked_on = 'firm' AND subject IS NULL AND terms IS NULL AND rate IS NULL
	AND EXISTS (SELECT FROM "memberships" m WHERE m.firm_id = "jobs".firm_id AND m.user_id = "jobs".asked_by AND m.role = 'OWNER'
		AND m.removed_at IS NULL)
	-- Also the newest version, if another request was faster and has ended since.
	AND version - latest_key_version(firm_id, class) IN (0, 1));

-- The firm plane approves or cancels only jobs that wait for an owner of the firm. The platform can cancel any job, but never approves for a firm.
CREATE POLICY "firm_decides" ON "jobs" FOR UPDATE TO firmseal_firm
	USING (firm_id = (SELECT current_firm()) AND state = 'WAITING' AND required_approval_for(kind, firm_id) = 'OWNER')
	WITH CHECK (firm_id = (SELECT current_firm()) AND required_approval_for(kind, firm_id) = 'OWNER' AND (
		state = 'QUEUED' AND agreed_by IS NOT NULL AND ended_at IS NULL
		OR state = 'CANCELLED' AND agreed_by IS NULL AND ended_at IS NOT NULL));
-- The operator plane approves only jobs that wait for another approver, in the name of one.
CREATE POLICY "operator_approves" ON "jobs" FOR UPDATE TO firmseal_operator
	USING (state = 'WAITING' AND required_approval_for(kind, firm_id) = 'APPROVER')
	WITH CHECK (state = 'QUEUED' AND required_approval_for(kind, firm_id) = 'APPROVER' AND EXISTS (SELECT FROM "operators" o
		WHERE o.user_id = agreed_by AND 'APPROVER' = ANY (o.roles) AND o.disabled_at IS NULL));
CREATE POLICY "worker_asks" ON "jobs" FOR INSERT TO firmseal_worker WITH CHECK (asked_on IN ('cli', 'worker')
	AND state = CASE WHEN required_approval_for(kind, firm_id) IS NULL OR (kind = 'ERASE' AND asked_on = 'worker') THEN 'QUEUED' ELSE 'WAITING' END);
CREATE POLICY "worker_moves" ON "jobs" FOR UPDATE TO firmseal_worker USING (true) WITH CHECK (state = 'CANCELLED'
	OR state = 'QUEUED' AND required_approval_for(kind, firm_id) IS DISTINCT FROM 'OWNER');
CREATE POLICY "maintenance_moves" ON "jobs" FOR UPDATE TO firmseal_maintenance
	USING (state IN ('QUEUED', 'RUNNING')) WITH CHECK (state IN ('QUEUED', 'RUNNING', 'DONE', 'FAILED'));
CREATE POLICY "escrow" ON "escrow_files" FOR INSERT TO firmseal_maintenance
	WITH CHECK (firm_id = (SELECT current_firm()) AND job_runs(firm_id, job_id, '{ESCROW}'));
CREATE POLICY "worker_hands_in" ON "recovery_files" FOR INSERT TO firmseal_worker
	WITH CHECK (NOT is_erased(firm_id) AND EXISTS (SELECT FROM jobs j
		WHERE j.id = job_id AND j.firm_id = recovery_files.firm_id AND j.kind IN ('RECOVER', 'DRILL') AND j.ended_at IS NULL));
CREATE POLICY "maintenance" ON "recovery_sessions" TO firmseal_maintenance
	USING (firm_id = (SELECT current_firm()) AND job_runs(firm_id, job_id, '{RECOVER,DRILL}'))
	WITH CHECK (firm_id = (SELECT current_firm()) AND job_runs(firm_id, job_id, '{RECOVER,DRILL}'));
CREATE POLICY "maintenance" ON "recovery_files" TO firmseal_maintenance
	USING (firm_id = (SELECT current_firm()) AND job_runs(firm_id, job_id, '{RECOVER,DRILL}'))
	WITH CHECK (firm_id = (SELECT current_firm()) AND job_runs(firm_id, job_id, '{RECOVER,DRILL}'));
CREATE POLICY "owner_forgets" ON "recovery_files" TO firmseal_owner
	USING (EXISTS (SELECT FROM public.jobs j WHERE j.id = job_id AND j.ended_at IS NOT NULL));
CREATE POLICY "owner_forgets" ON "recovery_sessions" TO firmseal_owner
	USING (EXISTS (SELECT FROM public.jobs j WHERE j.id = job_id AND j.ended_at IS NOT NULL));

-- Rows that delete_rows() deletes, by the role that the transaction has taken.
CREATE POLICY "owner_deletes" ON "shares" TO firmseal_owner USING (firm_id = (SELECT firm_of_role('firmseal_firm'))) WITH CHECK (false);
CREATE POLICY "owner_deletes" ON "download_tickets" TO firmseal_owner
	USING (firm_id = (SELECT firm_of_role('firmseal_firm')) OR current_setting('role') = 'firmseal_worker' AND expires_at < now())
	WITH CHECK (false);
CREATE POLICY "owner_deletes" ON "own_key_states" TO firmseal_owner
	USING (current_setting('role') = 'firmseal_worker') WITH CHECK (false);
CREATE POLICY "owner_deletes" ON "events" TO firmseal_owner USING (current_setting('role') = 'firmseal_worker') WITH CHECK (false);
CREATE POLICY "owner_deletes" ON "stored_objects" TO firmseal_owner
	USING (current_setting('role') = 'firmseal_worker' AND state = 'DELETING') WITH CHECK (false);
CREATE POLICY "owner_deletes" ON "erasure_objects" TO firmseal_owner
	USING (firm_id = (SELECT firm_of_role('firmseal_maintenance')) AND job_erases(firm_id)) WITH CHECK (false);
CREATE POLICY "owner_deletes" ON "escrow_files" TO firmseal_owner
	USING (firm_id = (SELECT firm_of_role('firmseal_maintenance')) AND job_erases_firm(firm_id)) WITH CHECK (false);
CREATE POLICY "owner_deletes" ON "recovery_files" TO firmseal_owner USING (firm_id = (SELECT firm_of_role('firmseal_maintenance'))
	AND (job_erases_firm(firm_id) OR job_runs(firm_id, job_id, '{RECOVER,DRILL}'))) WITH CHECK (false);
CREATE POLICY "owner_deletes" ON "recovery_sessions" TO firmseal_owner USING (firm_id = (SELECT firm_of_role('firmseal_maintenance'))
	AND (job_erases_firm(firm_id) OR job_runs(firm_id, job_id, '{RECOVER,DRILL}'))) WITH CHECK (false);
CREATE POLICY "owner_deletes" ON "job_pages" TO firmseal_owner
	USING (current_setting('role') = 'firmseal_maintenance') WITH CHECK (false);
CREATE POLICY "owner_deletes" ON "alert_states" TO firmseal_owner USING (current_setting('role') = 'firmseal_log') WITH CHECK (false);
CREATE POLICY "owner_deletes" ON "alert_tallies" TO firmseal_owner USING (current_setting('role') = 'firmseal_log') WITH CHECK (false);
CREATE POLICY "owner_deletes" ON "lease_grant_tokens" TO firmseal_owner
	USING (current_setting('role') = 'firmseal_broker') WITH CHECK (false);

-- The log. One flush of a process holds entries of many firms; reading is by firm. Each role writes only entries of its own program, and about another
-- plane's people only that they were refused. In a leaf, a quoted name with a colon and no space is a key of the leaf or of its actor, and the first
-- text is its action: follow_run() accepts no other form. Parsing the leaf as jsonb would make an append at least a tenth slower.
CREATE POLICY "firm_appends" ON "audit_entries" FOR INSERT TO firmseal_firm
	WITH CHECK (strpos(leaf, '"plane":"firm"') > 0
		AND (strpos(leaf, '"kind":"operator"') = 0 OR split_part(leaf, '"', 4) IN ('request.deny', 'rights.refuse'))
		AND split_part(leaf, '"', 4) IN ('content.open', 'content.read', 'content.release', 'content.create', 'content.update', 'content.delete',
			'content.deny', 'content.fail', 'content.send', 'download.create', 'request.deny', 'rights.refuse', 'key.unwrap', 'key.generate', 'log.read',
			'process.start', 'invitation.create', 'invitation.revoke', 'member.add', 'member.change', 'member.remove', 'recovery.cancel',
			'share.add', 'share.remove', 'policy.change', 'lease.approve', 'lease.deny', 'lease.reason', 'lease.revoke', 'lease.review',
			'job.request', 'job.agree', 'job.cancel', 'session.end', 'key-log.append'));

-- The operator plane must name the lease when it records that content was opened or a file was sent. Reading plaintext that is not sealed yet is
-- recorded in the same way.
CREATE POLICY "operator_appends" ON "audit_entries" FOR INSERT TO firmseal_operator
	WITH CHECK (leaf::jsonb ->> 'plane' = 'operator'
		AND (strpos(leaf, '"kind":"firm"') = 0 OR leaf::jsonb ->> 'action' IN ('request.deny', 'rights.refuse')) AND (
		leaf::jsonb ->> 'action' IN ('content.deny', 'request.deny', 'rights.refuse', 'log.read', 'process.start', 'key.unwrap',
			'alert.acknowledge', 'job.agree', 'session.end')
		OR (leaf::jsonb ->> 'lease' IS NOT NULL AND leaf::jsonb ->> 'action' IN ('lease.request', 'lease.approve', 'lease.deny', 'lease.reason',
			'lease.cancel', 'lease.activate', 'lease.release', 'lease.revoke', 'lease.exhaust', 'lease.review', 'lease.use',
			'content.open', 'content.read', 'content.fail', 'content.send'))));
CREATE POLICY "broker_appends" ON "audit_entries" FOR INSERT TO firmseal_broker
	WITH CHECK (leaf::jsonb ->> 'plane' = 'broker' AND strpos(leaf, '"kind":"system"') > 0 AND (
		leaf::jsonb ->> 'action' IN ('rights.refuse', 'process.start', 'key.unwrap', 'key.ungrant')
		OR (leaf::jsonb ->> 'lease' IS NOT NULL AND leaf::jsonb ->> 'action' IN ('lease.start', 'lease.expire', 'lease.revoke',
			'lease.exhaust', 'lease.lapse', 'key.grant'))));

-- A job may record values that did not open.
CREATE POLICY "worker_appends" ON "audit_entries" FOR INSERT TO firmseal_worker
	WITH CHECK (leaf::jsonb ->> 'plane' IN ('worker', 'cli')
		AND (strpos(leaf, '"kind":"firm"') = 0 OR leaf::jsonb ->> 'action' IN ('request.deny', 'rights.refuse'))
		AND leaf::jsonb ->> 'action' NOT LIKE 'lease.%'
		AND (leaf::jsonb ->> 'action' NOT LIKE 'content.%'
			OR (leaf::jsonb ->> 'plane' = 'worker' AND leaf::jsonb ->> 'action' = 'content.fail' AND leaf::jsonb ->> 'request' IS NOT NULL)));
CREATE POLICY "owner_asks_of_holds" ON "audit_entries" FOR SELECT TO firmseal_owner
	USING (leaf::jsonb ->> 'action' IN ('hold.set', 'hold.release'));

-- The platform's own tree belongs to no firm, so the firm plane never sees it, whatever firm its transaction names.
CREATE POLICY "firm_reads" ON "audit_leaves" FOR SELECT TO firmseal_firm
	USING (tree = (SELECT current_firm()) AND tree <> '00000000-0000-0000-0000-000000000000');
CREATE POLICY "firm_reads" ON "audit_trees" FOR SELECT TO firmseal_firm
	USING (tree = (SELECT current_firm()) AND tree <> '00000000-0000-0000-0000-000000000000');
CREATE POLICY "firm_reads" ON "audit_root_leaves" FOR SELECT TO firmseal_firm
	USING (tree IS NULL OR (tree = (SELECT current_firm()) AND tree <> '00000000-0000-0000-0000-000000000000'));
CREATE POLICY "operator_acknowledges" ON "alerts" FOR UPDATE TO firmseal_operator USING (true) WITH CHECK (acknowledged_by IS NOT NULL);
