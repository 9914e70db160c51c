-- Break-glass. Three roles have a part in it, and none has the whole: the operator's asks and uses, the firm's agrees and ends, the
-- broker's alone activates. What reads content is a fourth, which an operator's transaction becomes for as long as a lease is open.
GRANT USAGE ON SCHEMA public TO firmseal_broker, firmseal_break_glass;
--> statement-breakpoint
GRANT EXECUTE ON FUNCTION "current_firm"() TO firmseal_broker, firmseal_break_glass;
--> statement-breakpoint
CREATE FUNCTION "current_lease"() RETURNS uuid
	LANGUAGE sql STABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
	RETURN CASE current_setting('transaction_isolation') WHEN 'read committed' THEN nullif(current_setting('firmseal.lease', true), '')::uuid END;
--> statement-breakpoint
REVOKE EXECUTE ON FUNCTION "current_lease"() FROM PUBLIC;
--> statement-breakpoint
GRANT EXECUTE ON FUNCTION "current_lease"() TO firmseal_break_glass, firmseal_owner;
--> statement-breakpoint

-- A UUIDv7: a random one of version 4 whose first 48 bits are the milliseconds, and its version one of 7.
CREATE FUNCTION "generate_uuid_v7"() RETURNS uuid
	LANGUAGE sql VOLATILE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
	RETURN encode(set_bit(set_bit(overlay(uuid_send(gen_random_uuid())
		PLACING substring(int8send((extract(epoch FROM clock_timestamp()) * 1000)::bigint) FROM 3) FROM 1 FOR 6), 52, 1), 53, 1), 'hex')::uuid;
--> statement-breakpoint
REVOKE EXECUTE ON FUNCTION "generate_uuid_v7"() FROM PUBLIC;
--> statement-breakpoint
GRANT EXECUTE ON FUNCTION "generate_uuid_v7"() TO firmseal_owner;
--> statement-breakpoint

ALTER TABLE "leases" ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE "lease_texts" ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE "lease_approvals" ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE "lease_ends" ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE "lease_events" ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE "lease_budgets" ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE "access_policies" ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE "clock_floor" ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE "clock_resets" ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE "webhook_deliveries" ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
--> statement-breakpoint

-- The owner's functions and triggers below go past the policies by these.
CREATE POLICY "owner_keeps" ON "leases" TO firmseal_owner USING (true) WITH CHECK (true);
--> statement-breakpoint
CREATE POLICY "owner_keeps" ON "lease_approvals" FOR SELECT TO firmseal_owner USING (true);
--> statement-breakpoint
CREATE POLICY "owner_keeps" ON "lease_ends" FOR SELECT TO firmseal_owner USING (true);
--> statement-breakpoint
CREATE POLICY "owner_keeps" ON "lease_events" FOR INSERT TO firmseal_owner WITH CHECK (true);
--> statement-breakpoint
CREATE POLICY "owner_keeps" ON "lease_budgets" TO firmseal_owner USING (true) WITH CHECK (true);
--> statement-breakpoint
CREATE POLICY "owner_keeps" ON "access_policies" FOR SELECT TO firmseal_owner USING (true);
--> statement-breakpoint
CREATE POLICY "owner_keeps" ON "clock_floor" TO firmseal_owner USING (true) WITH CHECK (true);
--> statement-breakpoint
CREATE POLICY "owner_keeps" ON "clock_resets" TO firmseal_owner USING (true) WITH CHECK (true);
--> statement-breakpoint
CREATE POLICY "owner_tells_owners" ON "notices" FOR INSERT TO firmseal_owner WITH CHECK (audience = 'OWNERS' AND lease_id IS NOT NULL);
--> statement-breakpoint

-- The operator's plane: asks, agrees for the platform, activates, releases, revokes.
GRANT SELECT ON "leases", "lease_texts", "lease_approvals", "lease_ends", "lease_events", "lease_budgets", "access_policies"
	TO firmseal_operator;
--> statement-breakpoint
GRANT INSERT (id, firm_id, requested_by, purpose, classes, coordinates, record_ids, read_budget, minutes, reason_hash, ticket_hash,
	request_hash, request_mac, acted_by) ON "leases" TO firmseal_operator;
--> statement-breakpoint
GRANT UPDATE (state, acted_by, reviewed_by, reviewed_at) ON "leases" TO firmseal_operator, firmseal_firm;
--> statement-breakpoint
GRANT INSERT ON "lease_texts" TO firmseal_operator;
--> statement-breakpoint
GRANT INSERT (lease_id, firm_id, side, user_id, request_hash, mac) ON "lease_approvals" TO firmseal_operator, firmseal_firm;
--> statement-breakpoint
GRANT INSERT (lease_id, firm_id) ON "lease_ends" TO firmseal_operator, firmseal_firm, firmseal_broker;
--> statement-breakpoint
CREATE POLICY "operator" ON "leases" TO firmseal_operator USING (true) WITH CHECK (true);
--> statement-breakpoint
CREATE POLICY "operator" ON "lease_texts" FOR SELECT TO firmseal_operator USING (true);
--> statement-breakpoint
CREATE POLICY "operator_asks" ON "lease_texts" FOR INSERT TO firmseal_operator WITH CHECK (EXISTS (
	SELECT FROM "leases" l WHERE l.id = lease_id AND l.firm_id = "lease_texts".firm_id AND l.state = 'REQUESTED'));
--> statement-breakpoint
CREATE POLICY "operator" ON "lease_approvals" FOR SELECT TO firmseal_operator USING (true);
--> statement-breakpoint
CREATE POLICY "operator_agrees" ON "lease_approvals" FOR INSERT TO firmseal_operator WITH CHECK (side = 'PLATFORM');
--> statement-breakpoint
CREATE POLICY "operator" ON "lease_ends" FOR SELECT TO firmseal_operator USING (true);
--> statement-breakpoint
CREATE POLICY "operator_ends" ON "lease_ends" FOR INSERT TO firmseal_operator WITH CHECK (EXISTS (
	SELECT FROM "leases" l WHERE l.id = lease_id AND l.firm_id = "lease_ends".firm_id));
--> statement-breakpoint
CREATE POLICY "operator" ON "lease_events" FOR SELECT TO firmseal_operator USING (true);
--> statement-breakpoint
CREATE POLICY "operator" ON "lease_budgets" FOR SELECT TO firmseal_operator USING (true);
--> statement-breakpoint
CREATE POLICY "operator" ON "access_policies" FOR SELECT TO firmseal_operator USING (true);
--> statement-breakpoint

-- The firm's plane: agrees or denies for the firm, revokes, reviews, and says what its firm wants.
GRANT SELECT ON "leases", "lease_texts", "lease_approvals", "lease_ends", "lease_events", "lease_budgets", "access_policies"
	TO firmseal_firm;
--> statement-breakpoint
GRANT UPDATE (policy, approvers, mac, updated_at) ON "access_policies" TO firmseal_firm;
--> statement-breakpoint
CREATE POLICY "firm" ON "leases" FOR SELECT TO firmseal_firm USING (firm_id = (SELECT current_firm()));
--> statement-breakpoint
CREATE POLICY "firm_decides" ON "leases" FOR UPDATE TO firmseal_firm
	USING (firm_id = (SELECT current_firm())) WITH CHECK (firm_id = (SELECT current_firm()));
--> statement-breakpoint
CREATE POLICY "firm" ON "lease_texts" FOR SELECT TO firmseal_firm USING (firm_id = (SELECT current_firm()));
--> statement-breakpoint
CREATE POLICY "firm" ON "lease_approvals" FOR SELECT TO firmseal_firm USING (firm_id = (SELECT current_firm()));
--> statement-breakpoint
CREATE POLICY "firm_agrees" ON "lease_approvals" FOR INSERT TO firmseal_firm
	WITH CHECK (side = 'FIRM' AND firm_id = (SELECT current_firm()));
--> statement-breakpoint
CREATE POLICY "firm" ON "lease_ends" FOR SELECT TO firmseal_firm USING (firm_id = (SELECT current_firm()));
--> statement-breakpoint
CREATE POLICY "firm_ends" ON "lease_ends" FOR INSERT TO firmseal_firm WITH CHECK (firm_id = (SELECT current_firm()) AND EXISTS (
	SELECT FROM "leases" l WHERE l.id = lease_id AND l.firm_id = "lease_ends".firm_id));
--> statement-breakpoint
CREATE POLICY "firm" ON "lease_events" FOR SELECT TO firmseal_firm USING (firm_id = (SELECT current_firm()));
--> statement-breakpoint
CREATE POLICY "firm" ON "lease_budgets" FOR SELECT TO firmseal_firm USING (firm_id = (SELECT current_firm()));
--> statement-breakpoint
CREATE POLICY "firm" ON "access_policies" FOR SELECT TO firmseal_firm USING (firm_id = (SELECT current_firm()));
--> statement-breakpoint
CREATE POLICY "firm_decides" ON "access_policies" FOR UPDATE TO firmseal_firm
	USING (firm_id = (SELECT current_firm())) WITH CHECK (firm_id = (SELECT current_firm()));
--> statement-breakpoint

-- The broker: reads what rights stand on, and moves leases. It has no privilege on content, and cannot make an approval.
GRANT SELECT ON "firms", "users", "memberships", "operators", "leases", "lease_approvals", "lease_ends", "lease_budgets",
	"access_policies", "data_keys" TO firmseal_broker;
--> statement-breakpoint
GRANT UPDATE (state, acted_by, activated_at, expires_at, activation_mac, cleared_at) ON "leases" TO firmseal_broker;
--> statement-breakpoint
CREATE POLICY "broker" ON "firms" FOR SELECT TO firmseal_broker USING (true);
--> statement-breakpoint
CREATE POLICY "broker" ON "users" FOR SELECT TO firmseal_broker USING (true);
--> statement-breakpoint
CREATE POLICY "broker" ON "memberships" FOR SELECT TO firmseal_broker USING (true);
--> statement-breakpoint
CREATE POLICY "broker" ON "operators" FOR SELECT TO firmseal_broker USING (true);
--> statement-breakpoint
CREATE POLICY "broker" ON "leases" FOR SELECT TO firmseal_broker USING (true);
--> statement-breakpoint
CREATE POLICY "broker_moves" ON "leases" FOR UPDATE TO firmseal_broker USING (true) WITH CHECK (true);
--> statement-breakpoint
CREATE POLICY "broker" ON "lease_approvals" FOR SELECT TO firmseal_broker USING (true);
--> statement-breakpoint
CREATE POLICY "broker" ON "lease_ends" FOR SELECT TO firmseal_broker USING (true);
--> statement-breakpoint
CREATE POLICY "broker_ends" ON "lease_ends" FOR INSERT TO firmseal_broker WITH CHECK (EXISTS (
	SELECT FROM "leases" l WHERE l.id = lease_id AND l.firm_id = "lease_ends".firm_id));
--> statement-breakpoint
CREATE POLICY "broker" ON "lease_budgets" FOR SELECT TO firmseal_broker USING (true);
--> statement-breakpoint
CREATE POLICY "broker" ON "access_policies" FOR SELECT TO firmseal_broker USING (true);
--> statement-breakpoint
CREATE POLICY "broker" ON "data_keys" FOR SELECT TO firmseal_broker USING (class = 'RIGHTS');
--> statement-breakpoint

-- The keys that rights are proven with: made where firms and the first people are made. The platform's are of no firm.
GRANT INSERT, UPDATE (state, sealed) ON "data_keys" TO firmseal_worker;
--> statement-breakpoint
CREATE POLICY "worker_makes" ON "data_keys" FOR INSERT TO firmseal_worker WITH CHECK (class = 'RIGHTS' AND state = 'ACTIVE'
	AND (version = 1 OR firm_id = '00000000-0000-0000-0000-000000000000'));
--> statement-breakpoint
-- After the first a firm's versions come and go by jobs, of which its owners are told. Of the platform's another follows when their key service
-- was lost, and those before are disabled.
CREATE POLICY "worker_retires" ON "data_keys" FOR UPDATE TO firmseal_worker
	USING (class = 'RIGHTS' AND firm_id = '00000000-0000-0000-0000-000000000000' AND state IN ('ACTIVE', 'RETIRED'))
	WITH CHECK (class = 'RIGHTS' AND firm_id = '00000000-0000-0000-0000-000000000000' AND state IN ('RETIRED', 'DISABLED'));
--> statement-breakpoint
GRANT SELECT ON "data_keys" TO firmseal_operator;
--> statement-breakpoint
CREATE POLICY "operator" ON "data_keys" FOR SELECT TO firmseal_operator
	USING (firm_id = '00000000-0000-0000-0000-000000000000' AND class = 'RIGHTS');
--> statement-breakpoint
GRANT UPDATE (mac) ON "memberships" TO firmseal_firm, firmseal_worker;
--> statement-breakpoint
GRANT UPDATE (mac) ON "operators" TO firmseal_worker;
--> statement-breakpoint
-- What was there before rights were proven gets its proof once (src/firms/prove-installation.ts), and no other.
CREATE POLICY "worker_proves" ON "memberships" FOR UPDATE TO firmseal_worker USING (mac IS NULL) WITH CHECK (mac IS NOT NULL);
--> statement-breakpoint
GRANT SELECT, INSERT, UPDATE (mac) ON "access_policies" TO firmseal_worker;
--> statement-breakpoint
CREATE POLICY "worker" ON "access_policies" FOR SELECT TO firmseal_worker USING (true);
--> statement-breakpoint
CREATE POLICY "worker_makes" ON "access_policies" FOR INSERT TO firmseal_worker WITH CHECK (true);
--> statement-breakpoint
CREATE POLICY "worker_proves" ON "access_policies" FOR UPDATE TO firmseal_worker USING (mac IS NULL) WITH CHECK (mac IS NOT NULL);
--> statement-breakpoint
INSERT INTO "access_policies" (firm_id) SELECT id FROM "firms";
--> statement-breakpoint

-- The worker's own part: the clock's floor, and what is sent to the webhook. Of a notice it sees everything, for there is no content in it.
GRANT SELECT ON "clock_floor", "clock_resets" TO firmseal_worker;
--> statement-breakpoint
GRANT SELECT ON "clock_floor" TO firmseal_operator, firmseal_broker;
--> statement-breakpoint
CREATE POLICY "worker" ON "clock_floor" FOR SELECT TO firmseal_worker, firmseal_operator, firmseal_broker USING (true);
--> statement-breakpoint
GRANT INSERT, DELETE ON "clock_resets" TO firmseal_worker;
--> statement-breakpoint
CREATE POLICY "worker" ON "clock_resets" TO firmseal_worker USING (true) WITH CHECK (true);
--> statement-breakpoint
GRANT SELECT ON "notices" TO firmseal_worker;
--> statement-breakpoint
CREATE POLICY "worker" ON "notices" FOR SELECT TO firmseal_worker USING (true);
--> statement-breakpoint
-- By columns: whoever may update a whole table may lock it, and whoever tells an owner something writes here.
GRANT SELECT, INSERT, UPDATE (attempts, next_at, delivered_at, outcome) ON "webhook_deliveries" TO firmseal_worker;
--> statement-breakpoint
CREATE POLICY "worker" ON "webhook_deliveries" TO firmseal_worker USING (true) WITH CHECK (true);
--> statement-breakpoint
GRANT SELECT ON "webhook_deliveries" TO firmseal_firm;
--> statement-breakpoint
CREATE POLICY "firm" ON "webhook_deliveries" FOR SELECT TO firmseal_firm
	USING (EXISTS (SELECT FROM "notices" n WHERE n.id = notice_id));
--> statement-breakpoint
CREATE POLICY "owner_keeps" ON "webhook_deliveries" TO firmseal_owner USING (true) WITH CHECK (true);
--> statement-breakpoint
-- A notice is queued in the transaction that tells it, so that what is committed is sent. The row of the nil UUID, which the worker's
-- first start with a webhook makes, says that there is one; what was told before it is history, and is not sent.
CREATE FUNCTION "queue_notice"() RETURNS trigger
	LANGUAGE plpgsql SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	INSERT INTO public.webhook_deliveries (notice_id, next_at)
		SELECT NEW.id, clock_timestamp()
		WHERE EXISTS (SELECT FROM public.webhook_deliveries d WHERE d.notice_id = '00000000-0000-0000-0000-000000000000')
		ON CONFLICT DO NOTHING;
	RETURN NULL;
END
$$;
--> statement-breakpoint
REVOKE EXECUTE ON FUNCTION "queue_notice"() FROM PUBLIC;
--> statement-breakpoint
CREATE TRIGGER "queue" AFTER INSERT ON "notices" FOR EACH ROW EXECUTE FUNCTION "queue_notice"();
--> statement-breakpoint
ALTER TABLE "notices" ENABLE ALWAYS TRIGGER "queue";
--> statement-breakpoint

-- The clock. Only this database's decides, and only while it has not gone back: the floor is the greatest time that was seen.
INSERT INTO "clock_floor" (generation, plane, at) VALUES (1, 'firmseal_owner', clock_timestamp());
--> statement-breakpoint
CREATE FUNCTION "is_clock_sound"() RETURNS boolean
	LANGUAGE sql VOLATILE SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT coalesce((
		SELECT clock_timestamp() >= max(at) - interval '2 seconds' FROM public.clock_floor
		WHERE generation = (SELECT max(generation) FROM public.clock_floor)
	), false)
$$;
--> statement-breakpoint
REVOKE EXECUTE ON FUNCTION "is_clock_sound"() FROM PUBLIC;
--> statement-breakpoint
GRANT EXECUTE ON FUNCTION "is_clock_sound"() TO firmseal_operator, firmseal_broker, firmseal_worker, firmseal_owner;
