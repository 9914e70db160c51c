-- With a recovery or a rehearsal, however it ends, goes what was handed in to it; and with a firm that is erased.
CREATE FUNCTION "forget_recovery"() RETURNS trigger
	LANGUAGE plpgsql SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	DELETE FROM public.recovery_files WHERE job_id = NEW.id;
	DELETE FROM public.recovery_sessions WHERE job_id = NEW.id;
	RETURN NULL;
END
$$;
--> statement-breakpoint
REVOKE EXECUTE ON FUNCTION "forget_recovery"() FROM PUBLIC;
--> statement-breakpoint
CREATE POLICY "owner_forgets" ON "recovery_files" TO firmseal_owner
	USING (EXISTS (SELECT FROM public.jobs j WHERE j.id = job_id AND j.ended_at IS NOT NULL));
--> statement-breakpoint
CREATE POLICY "owner_forgets" ON "recovery_sessions" TO firmseal_owner
	USING (EXISTS (SELECT FROM public.jobs j WHERE j.id = job_id AND j.ended_at IS NOT NULL));
--> statement-breakpoint
CREATE TRIGGER "forget_recovery" AFTER UPDATE ON "jobs" FOR EACH ROW
	WHEN (NEW.kind IN ('RECOVER', 'DRILL') AND NEW.ended_at IS NOT NULL) EXECUTE FUNCTION "forget_recovery"();
--> statement-breakpoint
ALTER TABLE "jobs" ENABLE ALWAYS TRIGGER "forget_recovery";
--> statement-breakpoint
DELETE FROM "recovery_files" f USING "jobs" j WHERE j.id = f.job_id AND j.ended_at IS NOT NULL;
--> statement-breakpoint
DELETE FROM "recovery_sessions" s USING "jobs" j WHERE j.id = s.job_id AND j.ended_at IS NOT NULL;
--> statement-breakpoint
CREATE POLICY "erase_sees" ON "recovery_files" FOR SELECT TO firmseal_maintenance
	USING (firm_id = (SELECT current_firm()) AND (SELECT job_erases((SELECT current_firm()))));
--> statement-breakpoint
CREATE POLICY "erase" ON "recovery_files" FOR DELETE TO firmseal_maintenance
	USING (firm_id = (SELECT current_firm()) AND (SELECT job_erases((SELECT current_firm()))));
--> statement-breakpoint
CREATE POLICY "erase_sees" ON "recovery_sessions" FOR SELECT TO firmseal_maintenance
	USING (firm_id = (SELECT current_firm()) AND (SELECT job_erases((SELECT current_firm()))));
--> statement-breakpoint
CREATE POLICY "erase" ON "recovery_sessions" FOR DELETE TO firmseal_maintenance
	USING (firm_id = (SELECT current_firm()) AND (SELECT job_erases((SELECT current_firm()))));
--> statement-breakpoint
ALTER POLICY "worker_hands_in" ON "recovery_files" WITH CHECK (NOT is_erased(firm_id) AND EXISTS (SELECT FROM jobs j
	WHERE j.id = job_id AND j.firm_id = recovery_files.firm_id AND j.kind IN ('RECOVER', 'DRILL') AND j.ended_at IS NULL));
