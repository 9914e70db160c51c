-- The platform's own tree is no firm's, whatever firm a transaction of the firm's plane names.
ALTER POLICY "firm_reads" ON "audit_leaves" USING (tree = (SELECT current_firm()) AND tree <> '00000000-0000-0000-0000-000000000000');
--> statement-breakpoint
ALTER POLICY "firm_reads" ON "audit_trees" USING (tree = (SELECT current_firm()) AND tree <> '00000000-0000-0000-0000-000000000000');
--> statement-breakpoint
ALTER POLICY "firm_reads" ON "audit_root_leaves"
	USING (tree IS NULL OR (tree = (SELECT current_firm()) AND tree <> '00000000-0000-0000-0000-000000000000'));
--> statement-breakpoint
GRANT EXECUTE ON FUNCTION "audit_root_hashes"(bigint[]) TO firmseal_log;
--> statement-breakpoint
-- Whoever opens content compares what is anchored with what the database says, before and while it does.
GRANT SELECT ON "audit_anchors" TO firmseal_firm, firmseal_operator, firmseal_worker;
--> statement-breakpoint
CREATE POLICY "everybody" ON "audit_anchors" FOR SELECT TO firmseal_firm, firmseal_operator, firmseal_worker USING (true);
--> statement-breakpoint
GRANT SELECT ON "audit_gaps" TO firmseal_operator;
--> statement-breakpoint
CREATE POLICY "operator_reads" ON "audit_gaps" FOR SELECT TO firmseal_operator USING (true);
