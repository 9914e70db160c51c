ALTER TABLE "audit_entries" ADD CONSTRAINT "audit_entries_leaf_printable" CHECK ("audit_entries"."leaf" collate "C" !~ '[^ -~]');
--> statement-breakpoint
-- Whoever puts the log back asks as the owner, who has all the time it takes, whether it is counted right.
CREATE POLICY "owner_counts" ON "audit_trees" FOR SELECT TO firmseal_owner USING (true);
