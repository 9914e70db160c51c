-- The log as proof: its keeper (firmseal_log) makes leaves of entries and writes down what is missing; its signer (firmseal_signer) alone
-- says what the root tree is. Both are parts of the worker's plane. What they have written never changes.
GRANT USAGE ON SCHEMA public TO firmseal_log, firmseal_signer;
--> statement-breakpoint
ALTER TABLE "audit_leaves" ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE "audit_root_leaves" ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE "audit_root_checkpoints" ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE "audit_trees" ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE "audit_state" ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE "audit_boots" ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE "audit_gaps" ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE "audit_anchors" ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
CREATE TRIGGER "append_only_row" BEFORE UPDATE OR DELETE ON "audit_leaves"
	FOR EACH ROW EXECUTE FUNCTION "refuse_audit_change"();
--> statement-breakpoint
ALTER TABLE "audit_leaves" ENABLE ALWAYS TRIGGER "append_only_row";
--> statement-breakpoint
CREATE TRIGGER "append_only_statement" BEFORE UPDATE OR DELETE ON "audit_leaves"
	FOR EACH STATEMENT EXECUTE FUNCTION "refuse_audit_change"();
--> statement-breakpoint
ALTER TABLE "audit_leaves" ENABLE ALWAYS TRIGGER "append_only_statement";
--> statement-breakpoint
CREATE TRIGGER "append_only_truncate" BEFORE TRUNCATE ON "audit_leaves"
	FOR EACH STATEMENT EXECUTE FUNCTION "refuse_audit_change"();
--> statement-breakpoint
ALTER TABLE "audit_leaves" ENABLE ALWAYS TRIGGER "append_only_truncate";
--> statement-breakpoint
CREATE TRIGGER "append_only_row" BEFORE UPDATE OR DELETE ON "audit_root_leaves"
	FOR EACH ROW EXECUTE FUNCTION "refuse_audit_change"();
--> statement-breakpoint
ALTER TABLE "audit_root_leaves" ENABLE ALWAYS TRIGGER "append_only_row";
--> statement-breakpoint
CREATE TRIGGER "append_only_statement" BEFORE UPDATE OR DELETE ON "audit_root_leaves"
	FOR EACH STATEMENT EXECUTE FUNCTION "refuse_audit_change"();
--> statement-breakpoint
ALTER TABLE "audit_root_leaves" ENABLE ALWAYS TRIGGER "append_only_statement";
--> statement-breakpoint
CREATE TRIGGER "append_only_truncate" BEFORE TRUNCATE ON "audit_root_leaves"
	FOR EACH STATEMENT EXECUTE FUNCTION "refuse_audit_change"();
--> statement-breakpoint
ALTER TABLE "audit_root_leaves" ENABLE ALWAYS TRIGGER "append_only_truncate";
--> statement-breakpoint
CREATE TRIGGER "append_only_row" BEFORE UPDATE OR DELETE ON "audit_root_checkpoints"
	FOR EACH ROW EXECUTE FUNCTION "refuse_audit_change"();
--> statement-breakpoint
ALTER TABLE "audit_root_checkpoints" ENABLE ALWAYS TRIGGER "append_only_row";
--> statement-breakpoint
CREATE TRIGGER "append_only_statement" BEFORE UPDATE OR DELETE ON "audit_root_checkpoints"
	FOR EACH STATEMENT EXECUTE FUNCTION "refuse_audit_change"();
--> statement-breakpoint
ALTER TABLE "audit_root_checkpoints" ENABLE ALWAYS TRIGGER "append_only_statement";
--> statement-breakpoint
CREATE TRIGGER "append_only_truncate" BEFORE TRUNCATE ON "audit_root_checkpoints"
	FOR EACH STATEMENT EXECUTE FUNCTION "refuse_audit_change"();
--> statement-breakpoint
ALTER TABLE "audit_root_checkpoints" ENABLE ALWAYS TRIGGER "append_only_truncate";
--> statement-breakpoint
CREATE TRIGGER "append_only_row" BEFORE UPDATE OR DELETE ON "audit_gaps"
	FOR EACH ROW EXECUTE FUNCTION "refuse_audit_change"();
--> statement-breakpoint
ALTER TABLE "audit_gaps" ENABLE ALWAYS TRIGGER "append_only_row";
--> statement-breakpoint
CREATE TRIGGER "append_only_statement" BEFORE UPDATE OR DELETE ON "audit_gaps"
	FOR EACH STATEMENT EXECUTE FUNCTION "refuse_audit_change"();
--> statement-breakpoint
ALTER TABLE "audit_gaps" ENABLE ALWAYS TRIGGER "append_only_statement";
--> statement-breakpoint
CREATE TRIGGER "append_only_truncate" BEFORE TRUNCATE ON "audit_gaps"
	FOR EACH STATEMENT EXECUTE FUNCTION "refuse_audit_change"();
--> statement-breakpoint
ALTER TABLE "audit_gaps" ENABLE ALWAYS TRIGGER "append_only_truncate";
--> statement-breakpoint
CREATE TRIGGER "append_only_row" BEFORE UPDATE OR DELETE ON "audit_anchors"
	FOR EACH ROW EXECUTE FUNCTION "refuse_audit_change"();
--> statement-breakpoint
ALTER TABLE "audit_anchors" ENABLE ALWAYS TRIGGER "append_only_row";
--> statement-breakpoint
CREATE TRIGGER "append_only_statement" BEFORE UPDATE OR DELETE ON "audit_anchors"
	FOR EACH STATEMENT EXECUTE FUNCTION "refuse_audit_change"();
--> statement-breakpoint
ALTER TABLE "audit_anchors" ENABLE ALWAYS TRIGGER "append_only_statement";
--> statement-breakpoint
CREATE TRIGGER "append_only_truncate" BEFORE TRUNCATE ON "audit_anchors"
	FOR EACH STATEMENT EXECUTE FUNCTION "refuse_audit_change"();
--> statement-breakpoint
ALTER TABLE "audit_anchors" ENABLE ALWAYS TRIGGER "append_only_truncate";
--> statement-breakpoint
-- The keeper.
GRANT SELECT ON "audit_entries", "audit_leaves", "audit_root_leaves", "audit_root_checkpoints", "audit_trees", "audit_state", "audit_boots",
	"audit_gaps", "audit_anchors" TO firmseal_log;
--> statement-breakpoint
GRANT INSERT (tree, index, entry_id, hashes) ON "audit_leaves" TO firmseal_log;
--> statement-breakpoint
GRANT INSERT (index, kind, tree, size, leaf, hashes) ON "audit_root_leaves" TO firmseal_log;
--> statement-breakpoint
GRANT INSERT (role, boot, first, last) ON "audit_gaps" TO firmseal_log;
--> statement-breakpoint
GRANT INSERT (number, size, sha256) ON "audit_anchors" TO firmseal_log;
--> statement-breakpoint
GRANT INSERT, UPDATE (size, signed) ON "audit_trees" TO firmseal_log;
--> statement-breakpoint
GRANT INSERT, UPDATE (last) ON "audit_boots" TO firmseal_log;
--> statement-breakpoint
GRANT UPDATE (epoch, installation, incarnation, after_transaction, after_entry) ON "audit_state" TO firmseal_log;
--> statement-breakpoint
CREATE POLICY "log_reads" ON "audit_entries" FOR SELECT TO firmseal_log USING (true);
--> statement-breakpoint
CREATE POLICY "log_reads" ON "audit_leaves" FOR SELECT TO firmseal_log USING (true);
--> statement-breakpoint
CREATE POLICY "log_appends" ON "audit_leaves" FOR INSERT TO firmseal_log WITH CHECK (true);
--> statement-breakpoint
CREATE POLICY "log_reads" ON "audit_root_leaves" FOR SELECT TO firmseal_log USING (true);
--> statement-breakpoint
CREATE POLICY "log_appends" ON "audit_root_leaves" FOR INSERT TO firmseal_log WITH CHECK (true);
--> statement-breakpoint
CREATE POLICY "log_reads" ON "audit_gaps" FOR SELECT TO firmseal_log USING (true);
--> statement-breakpoint
CREATE POLICY "log_appends" ON "audit_gaps" FOR INSERT TO firmseal_log WITH CHECK (true);
--> statement-breakpoint
CREATE POLICY "log_reads" ON "audit_anchors" FOR SELECT TO firmseal_log USING (true);
--> statement-breakpoint
CREATE POLICY "log_appends" ON "audit_anchors" FOR INSERT TO firmseal_log WITH CHECK (true);
--> statement-breakpoint
CREATE POLICY "log_reads" ON "audit_root_checkpoints" FOR SELECT TO firmseal_log USING (true);
--> statement-breakpoint
CREATE POLICY "log" ON "audit_trees" TO firmseal_log USING (true) WITH CHECK (true);
--> statement-breakpoint
CREATE POLICY "log" ON "audit_boots" TO firmseal_log USING (true) WITH CHECK (true);
--> statement-breakpoint
CREATE POLICY "log" ON "audit_state" TO firmseal_log USING (true) WITH CHECK (true);
--> statement-breakpoint
-- The signer: its own keys, and what it has signed.
GRANT SELECT ON "audit_root_leaves", "audit_root_checkpoints" TO firmseal_signer;
--> statement-breakpoint
GRANT INSERT (size, note) ON "audit_root_checkpoints" TO firmseal_signer;
--> statement-breakpoint
CREATE POLICY "signer_reads" ON "audit_root_leaves" FOR SELECT TO firmseal_signer USING (true);
--> statement-breakpoint
CREATE POLICY "signer_reads" ON "audit_root_checkpoints" FOR SELECT TO firmseal_signer USING (true);
--> statement-breakpoint
CREATE POLICY "signer_appends" ON "audit_root_checkpoints" FOR INSERT TO firmseal_signer WITH CHECK (true);
--> statement-breakpoint
GRANT SELECT, INSERT, UPDATE (state, sealed) ON "data_keys" TO firmseal_signer;
--> statement-breakpoint
GRANT EXECUTE ON FUNCTION "latest_key_version"(uuid, text) TO firmseal_signer;
--> statement-breakpoint
CREATE POLICY "signer" ON "data_keys" TO firmseal_signer
	USING (class = 'CHECKPOINT' AND firm_id = '00000000-0000-0000-0000-000000000000')
	WITH CHECK (class = 'CHECKPOINT' AND firm_id = '00000000-0000-0000-0000-000000000000');
--> statement-breakpoint
-- Who asks for proofs: a firm those of its own tree, and of the root tree what is its own or nobody's.
GRANT SELECT ON "audit_leaves", "audit_root_leaves", "audit_root_checkpoints", "audit_trees" TO firmseal_firm, firmseal_operator;
--> statement-breakpoint
GRANT SELECT ON "audit_state" TO firmseal_firm, firmseal_operator, firmseal_worker, firmseal_signer;
--> statement-breakpoint
CREATE POLICY "everybody" ON "audit_state" FOR SELECT TO firmseal_firm, firmseal_operator, firmseal_worker, firmseal_signer USING (true);
--> statement-breakpoint
CREATE POLICY "firm_reads" ON "audit_leaves" FOR SELECT TO firmseal_firm USING (tree = (SELECT current_firm()));
--> statement-breakpoint
CREATE POLICY "firm_reads" ON "audit_trees" FOR SELECT TO firmseal_firm USING (tree = (SELECT current_firm()));
--> statement-breakpoint
CREATE POLICY "firm_reads" ON "audit_root_leaves" FOR SELECT TO firmseal_firm USING (tree IS NULL OR tree = (SELECT current_firm()));
--> statement-breakpoint
CREATE POLICY "operator_reads" ON "audit_leaves" FOR SELECT TO firmseal_operator USING (true);
--> statement-breakpoint
CREATE POLICY "operator_reads" ON "audit_trees" FOR SELECT TO firmseal_operator USING (true);
--> statement-breakpoint
CREATE POLICY "operator_reads" ON "audit_root_leaves" FOR SELECT TO firmseal_operator USING (true);
--> statement-breakpoint
CREATE POLICY "everybody" ON "audit_root_checkpoints" FOR SELECT TO firmseal_firm, firmseal_operator USING (true);
--> statement-breakpoint
CREATE POLICY "owner_counts" ON "audit_leaves" FOR SELECT TO firmseal_owner USING (true);
--> statement-breakpoint
CREATE POLICY "owner_counts" ON "audit_root_leaves" FOR SELECT TO firmseal_owner USING (true);
--> statement-breakpoint
CREATE POLICY "owner_counts" ON "audit_root_checkpoints" FOR SELECT TO firmseal_owner USING (true);
--> statement-breakpoint
CREATE POLICY "owner_keeps" ON "audit_state" TO firmseal_owner USING (true) WITH CHECK (true);
--> statement-breakpoint
-- Hashes of the root tree, which tell nothing of whose checkpoint a leaf is.
CREATE FUNCTION "audit_root_hashes"(of_indexes bigint[]) RETURNS TABLE (index bigint, hashes bytea)
	LANGUAGE sql STABLE SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$ SELECT r.index, r.hashes FROM public.audit_root_leaves r WHERE r.index = ANY (of_indexes) $$;
--> statement-breakpoint
REVOKE EXECUTE ON FUNCTION "audit_root_hashes"(bigint[]) FROM PUBLIC;
--> statement-breakpoint
GRANT EXECUTE ON FUNCTION "audit_root_hashes"(bigint[]) TO firmseal_firm, firmseal_operator;
--> statement-breakpoint
-- Whether each of the entries is in a tree whose checkpoint is in the root tree, of which there is a signed checkpoint.
CREATE FUNCTION "audit_is_published"(of_entries uuid[]) RETURNS boolean
	LANGUAGE sql STABLE SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT count(*) = cardinality(of_entries) FROM public.audit_leaves l
	WHERE l.entry_id = ANY (of_entries) AND EXISTS (
		SELECT FROM public.audit_root_leaves r
		WHERE r.tree = l.tree AND r.size > l.index AND r.index < (SELECT max(c.size) FROM public.audit_root_checkpoints c))
$$;
--> statement-breakpoint
REVOKE EXECUTE ON FUNCTION "audit_is_published"(uuid[]) FROM PUBLIC;
--> statement-breakpoint
GRANT EXECUTE ON FUNCTION "audit_is_published"(uuid[]) TO firmseal_operator;
--> statement-breakpoint
-- Held until the transaction ends by the leader of this epoch. false: there is a later one, and nothing may be written.
CREATE FUNCTION "hold_audit_log"(of_epoch bigint) RETURNS boolean
	LANGUAGE plpgsql SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	PERFORM FROM public.audit_state s WHERE s.epoch = of_epoch FOR NO KEY UPDATE;
	RETURN FOUND;
END
$$;
--> statement-breakpoint
REVOKE EXECUTE ON FUNCTION "hold_audit_log"(bigint) FROM PUBLIC;
--> statement-breakpoint
GRANT EXECUTE ON FUNCTION "hold_audit_log"(bigint) TO firmseal_log, firmseal_signer;
--> statement-breakpoint
INSERT INTO "audit_state" DEFAULT VALUES;
