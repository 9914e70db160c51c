-- The log only grows. Privileges: no role of the application may change or remove an entry. Triggers: neither may the owner.
ALTER TABLE "audit_entries" ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE "audit_entries" FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
GRANT INSERT (id, firm_id, boot, sequence, leaf) ON "audit_entries" TO firmseal_firm, firmseal_operator, firmseal_worker;
--> statement-breakpoint
GRANT SELECT ON "audit_entries" TO firmseal_firm, firmseal_operator;
--> statement-breakpoint
-- One flush of a process holds the entries of many firms; reading is by firm. Each role says what its own program writes, and of another
-- plane's people only that they were refused. In a leaf, a name in quotes with its colon and no space is that key of the leaf or its actor, and
-- the first text is its action: `follow_run` takes no other form. To read it as jsonb would make an append a tenth slower or more.
CREATE POLICY "firm_appends" ON "audit_entries" FOR INSERT TO firmseal_firm
	WITH CHECK (strpos(leaf, '"plane":"firm"') > 0
		AND (strpos(leaf, '"kind":"operator"') = 0 OR split_part(leaf, '"', 4) IN ('request.deny', 'rights.refuse'))
		AND split_part(leaf, '"', 4) IN ('content.open', 'content.read', 'content.create', 'content.update', 'content.delete', 'content.deny',
			'content.fail', 'content.send', 'download.create', 'request.deny', 'rights.refuse', 'key.unwrap', 'key.generate', 'log.read',
			'process.start', 'invitation.create', 'invitation.revoke', 'member.add', 'member.change', 'member.remove', 'recovery.cancel',
			'share.add', 'share.remove', 'policy.change', 'lease.approve', 'lease.deny', 'lease.revoke', 'lease.review',
			'job.request', 'job.agree', 'job.cancel'));
--> statement-breakpoint
CREATE POLICY "operator_appends" ON "audit_entries" FOR INSERT TO firmseal_operator
	WITH CHECK (leaf::jsonb ->> 'plane' = 'operator' AND leaf::jsonb ->> 'action' IN ('content.deny', 'request.deny', 'log.read', 'process.start', 'key.unwrap'));
--> statement-breakpoint
CREATE POLICY "worker_appends" ON "audit_entries" FOR INSERT TO firmseal_worker
	WITH CHECK (leaf::jsonb ->> 'plane' IN ('worker', 'cli') AND leaf::jsonb ->> 'action' NOT LIKE 'content.%');
--> statement-breakpoint
CREATE POLICY "firm_reads" ON "audit_entries" FOR SELECT TO firmseal_firm USING (firm_id = (SELECT current_firm()));
--> statement-breakpoint
CREATE POLICY "operator_reads" ON "audit_entries" FOR SELECT TO firmseal_operator USING (true);
--> statement-breakpoint
CREATE POLICY "owner_counts" ON "audit_entries" FOR SELECT TO firmseal_owner USING (true);
--> statement-breakpoint

-- Where a process goes on after a flush of unknown fate: among the entries of its own role.
CREATE FUNCTION "last_audit_sequence"(of_boot uuid) RETURNS bigint
	LANGUAGE sql STABLE SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$ SELECT coalesce(max(sequence), 0) FROM public.audit_entries WHERE role = current_setting('role') AND boot = of_boot $$;
--> statement-breakpoint
REVOKE EXECUTE ON FUNCTION "last_audit_sequence"(uuid) FROM PUBLIC;
--> statement-breakpoint
GRANT EXECUTE ON FUNCTION "last_audit_sequence"(uuid) TO firmseal_firm, firmseal_operator, firmseal_worker;
--> statement-breakpoint

CREATE FUNCTION "refuse_audit_change"() RETURNS trigger
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RAISE EXCEPTION 'audit entries are append only' USING ERRCODE = 'insufficient_privilege';
END
$$;
--> statement-breakpoint
REVOKE EXECUTE ON FUNCTION "refuse_audit_change"() FROM PUBLIC;
--> statement-breakpoint
CREATE TRIGGER "append_only_row" BEFORE UPDATE OR DELETE ON "audit_entries"
	FOR EACH ROW EXECUTE FUNCTION "refuse_audit_change"();
--> statement-breakpoint
CREATE TRIGGER "append_only_statement" BEFORE UPDATE OR DELETE ON "audit_entries"
	FOR EACH STATEMENT EXECUTE FUNCTION "refuse_audit_change"();
--> statement-breakpoint
CREATE TRIGGER "append_only_truncate" BEFORE TRUNCATE ON "audit_entries"
	FOR EACH STATEMENT EXECUTE FUNCTION "refuse_audit_change"();
--> statement-breakpoint
ALTER TABLE "audit_entries" ENABLE ALWAYS TRIGGER "append_only_row";
--> statement-breakpoint
ALTER TABLE "audit_entries" ENABLE ALWAYS TRIGGER "append_only_statement";
--> statement-breakpoint
ALTER TABLE "audit_entries" ENABLE ALWAYS TRIGGER "append_only_truncate";
