-- Alerts: the worker's role that keeps the log opens them, people of the platform acknowledge them, once, and nobody takes one away.
ALTER TABLE "alerts" ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE "alert_tallies" ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE "alert_states" ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE "alert_watch" ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
GRANT SELECT, INSERT (id, rule, severity, firm_id, subject, actor_id, lease_id, count, last_at), UPDATE (count, last_at) ON "alerts" TO firmseal_log;
--> statement-breakpoint
CREATE POLICY "log" ON "alerts" TO firmseal_log USING (true) WITH CHECK (true);
--> statement-breakpoint
GRANT SELECT, UPDATE (acknowledged_by) ON "alerts" TO firmseal_operator;
--> statement-breakpoint
CREATE POLICY "operator_reads" ON "alerts" FOR SELECT TO firmseal_operator USING (true);
--> statement-breakpoint
CREATE POLICY "operator_acknowledges" ON "alerts" FOR UPDATE TO firmseal_operator USING (true) WITH CHECK (acknowledged_by IS NOT NULL);
--> statement-breakpoint
GRANT SELECT (id, rule, severity, firm_id, actor_id, lease_id, count, opened_at, last_at) ON "alerts" TO firmseal_worker;
--> statement-breakpoint
CREATE POLICY "worker" ON "alerts" FOR SELECT TO firmseal_worker USING (true);
--> statement-breakpoint
GRANT SELECT, INSERT, UPDATE (amount), DELETE ON "alert_tallies" TO firmseal_log;
--> statement-breakpoint
CREATE POLICY "log" ON "alert_tallies" TO firmseal_log USING (true) WITH CHECK (true);
--> statement-breakpoint
GRANT SELECT, INSERT, UPDATE (mark, told_at), DELETE ON "alert_states" TO firmseal_log;
--> statement-breakpoint
CREATE POLICY "log" ON "alert_states" TO firmseal_log USING (true) WITH CHECK (true);
--> statement-breakpoint
GRANT SELECT, UPDATE (seen, until, after_transaction, after_entry) ON "alert_watch" TO firmseal_log;
--> statement-breakpoint
CREATE POLICY "log" ON "alert_watch" TO firmseal_log USING (true) WITH CHECK (true);
--> statement-breakpoint
CREATE POLICY "owner_keeps" ON "alert_watch" FOR INSERT TO firmseal_owner WITH CHECK (true);
--> statement-breakpoint

-- What the rules ask beside the log: no word of a request, no proof.
GRANT SELECT (id, firm_id, requested_by, requested_at, classes, coordinates, record_ids, read_budget, minutes, state, activated_at,
	ended_at, cleared_at, reviewed_at) ON "leases" TO firmseal_log;
--> statement-breakpoint
CREATE POLICY "log" ON "leases" FOR SELECT TO firmseal_log USING (true);
--> statement-breakpoint
GRANT SELECT (lease_id, firm_id, used, budget, used_at) ON "lease_budgets" TO firmseal_log;
--> statement-breakpoint
CREATE POLICY "log" ON "lease_budgets" FOR SELECT TO firmseal_log USING (true);
--> statement-breakpoint
GRANT SELECT (message_id, attempts, next_at, delivered_at) ON "webhook_deliveries" TO firmseal_log;
--> statement-breakpoint
CREATE POLICY "log" ON "webhook_deliveries" FOR SELECT TO firmseal_log USING (true);
--> statement-breakpoint
GRANT EXECUTE ON FUNCTION "is_clock_sound"() TO firmseal_log;
--> statement-breakpoint

-- Whoever writes, an alert is acknowledged once, by somebody of the platform who did not cause it, and stays as it was then.
CREATE FUNCTION "guard_alert"() RETURNS trigger
	LANGUAGE plpgsql SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF OLD.acknowledged_at IS NOT NULL THEN
		RAISE EXCEPTION 'an alert that was acknowledged stays as it is' USING ERRCODE = 'integrity_constraint_violation';
	END IF;
	IF (NEW.id, NEW.rule, NEW.severity, NEW.firm_id, NEW.subject, NEW.actor_id, NEW.lease_id, NEW.opened_at)
		IS DISTINCT FROM (OLD.id, OLD.rule, OLD.severity, OLD.firm_id, OLD.subject, OLD.actor_id, OLD.lease_id, OLD.opened_at)
		OR NEW.count < OLD.count OR NEW.last_at < OLD.last_at
	THEN
		RAISE EXCEPTION 'an alert is counted on, and nothing else' USING ERRCODE = 'integrity_constraint_violation';
	END IF;
	NEW.acknowledged_at := NULL;
	IF NEW.acknowledged_by IS NULL THEN RETURN NEW; END IF;
	IF NOT EXISTS (SELECT FROM public.operators o JOIN public.users u ON u.id = o.user_id
		WHERE o.user_id = NEW.acknowledged_by AND o.disabled_at IS NULL AND u.disabled_at IS NULL)
		OR public.is_person_among(NEW.acknowledged_by, array_remove(ARRAY[OLD.actor_id,
			(SELECT l.requested_by FROM public.leases l WHERE l.id = OLD.lease_id)], NULL))
	THEN
		RAISE EXCEPTION 'somebody of the platform who did not cause it acknowledges an alert' USING ERRCODE = 'integrity_constraint_violation';
	END IF;
	NEW.acknowledged_at := clock_timestamp();
	RETURN NEW;
END
$$;
--> statement-breakpoint
REVOKE EXECUTE ON FUNCTION "guard_alert"() FROM PUBLIC;
--> statement-breakpoint
CREATE TRIGGER "guard" BEFORE UPDATE ON "alerts" FOR EACH ROW EXECUTE FUNCTION "guard_alert"();
--> statement-breakpoint
ALTER TABLE "alerts" ENABLE ALWAYS TRIGGER "guard";
--> statement-breakpoint
CREATE TRIGGER "append_only_row" BEFORE DELETE ON "alerts" FOR EACH ROW EXECUTE FUNCTION "refuse_audit_change"();
--> statement-breakpoint
ALTER TABLE "alerts" ENABLE ALWAYS TRIGGER "append_only_row";
--> statement-breakpoint
CREATE TRIGGER "append_only_truncate" BEFORE TRUNCATE ON "alerts" FOR EACH STATEMENT EXECUTE FUNCTION "refuse_audit_change"();
--> statement-breakpoint
ALTER TABLE "alerts" ENABLE ALWAYS TRIGGER "append_only_truncate";
--> statement-breakpoint

-- Alerts go the way of notices: queued in the transaction that opens them, once there is a webhook.
CREATE OR REPLACE FUNCTION "queue_notice"() RETURNS trigger
	LANGUAGE plpgsql SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	INSERT INTO public.webhook_deliveries (message_id, next_at)
		SELECT NEW.id, clock_timestamp()
		WHERE EXISTS (SELECT FROM public.webhook_deliveries d WHERE d.message_id = '00000000-0000-0000-0000-000000000000')
		ON CONFLICT DO NOTHING;
	RETURN NULL;
END
$$;
--> statement-breakpoint
ALTER FUNCTION "queue_notice"() RENAME TO "queue_delivery";
--> statement-breakpoint
CREATE TRIGGER "queue" AFTER INSERT ON "alerts" FOR EACH ROW EXECUTE FUNCTION "queue_delivery"();
--> statement-breakpoint
ALTER TABLE "alerts" ENABLE ALWAYS TRIGGER "queue";
--> statement-breakpoint

-- A person of the platform says in the log that they have taken notice.
ALTER POLICY "operator_appends" ON "audit_entries"
	WITH CHECK (leaf::jsonb ->> 'plane' = 'operator' AND (
		leaf::jsonb ->> 'action' IN ('content.deny', 'request.deny', 'rights.refuse', 'log.read', 'process.start', 'key.unwrap',
			'alert.acknowledge')
		OR (leaf::jsonb ->> 'lease' IS NOT NULL AND leaf::jsonb ->> 'action' IN ('lease.request', 'lease.approve', 'lease.deny',
			'lease.cancel', 'lease.activate', 'lease.release', 'lease.revoke', 'lease.exhaust', 'lease.review', 'lease.use',
			'content.open', 'content.fail', 'content.send'))));
--> statement-breakpoint
-- What was recorded before this is history, and alarms nobody.
INSERT INTO "alert_watch" (seen) VALUES (pg_current_snapshot());
