CREATE TABLE "own_key_states" (
	"firm_id" uuid PRIMARY KEY NOT NULL,
	"state" text NOT NULL,
	"since" "moment" DEFAULT clock_timestamp() NOT NULL,
	"next_at" "moment" DEFAULT clock_timestamp() NOT NULL,
	CONSTRAINT "own_key_states_known" CHECK ("own_key_states"."state" in ('HEALTHY', 'DEGRADED', 'REVOKED', 'RESTORED'))
);
--> statement-breakpoint
ALTER TABLE "jobs" DROP CONSTRAINT "jobs_kind_known";--> statement-breakpoint
ALTER TABLE "notices" DROP CONSTRAINT "notices_kind_known";--> statement-breakpoint
ALTER TABLE "notices" ADD COLUMN "key_state" text;--> statement-breakpoint
CREATE INDEX "own_key_states_due" ON "own_key_states" USING btree ("next_at");--> statement-breakpoint
ALTER TABLE "jobs" ADD CONSTRAINT "jobs_kind_known" CHECK ("jobs"."kind" in ('ROTATE', 'REWRAP', 'REENCRYPT', 'DISABLE', 'ENABLE', 'DESTROY', 'MOVE', 'BACKFILL', 'VERIFY', 'CONTRACT', 'CLEAR', 'BRING', 'GIVE_BACK'));--> statement-breakpoint
ALTER TABLE "notices" ADD CONSTRAINT "notices_kind_known" CHECK ("notices"."kind" in ('MEMBER_ADDED', 'MEMBER_ROLE_CHANGED', 'MEMBER_REMOVED', 'OWNER_RECOVERY_REQUESTED', 'OWNER_RECOVERY_APPROVED', 'OWNER_RECOVERY_COMPLETED', 'OWNER_RECOVERY_CANCELLED', 'ACCESS_POLICY_CHANGED', 'LEASE_REQUESTED', 'LEASE_APPROVED', 'LEASE_DENIED', 'LEASE_ACTIVATED', 'LEASE_READ', 'LEASE_ENDED', 'LEASE_REVIEWED', 'JOB_REQUESTED', 'JOB_ENDED', 'KEY_STATE_CHANGED'));--> statement-breakpoint

-- Whose yes a kind of job needs beside whoever asks for it: another APPROVER's, an OWNER's of the firm, or nobody's.
CREATE FUNCTION "job_needs"(of_kind text) RETURNS text
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
	RETURN CASE WHEN of_kind IN ('DESTROY', 'CONTRACT') THEN 'APPROVER' WHEN of_kind IN ('BRING', 'GIVE_BACK') THEN 'OWNER' END;
--> statement-breakpoint
REVOKE EXECUTE ON FUNCTION "job_needs"(text) FROM PUBLIC;
--> statement-breakpoint
GRANT EXECUTE ON FUNCTION "job_needs"(text) TO firmseal_firm, firmseal_worker;
--> statement-breakpoint
ALTER POLICY "worker_asks" ON "jobs" WITH CHECK (asked_on IN ('cli', 'worker')
	AND state = CASE WHEN job_needs(kind) IS NULL THEN 'QUEUED' ELSE 'WAITING' END);
--> statement-breakpoint
-- The platform's side calls any job off, and never says yes for a firm.
ALTER POLICY "worker_moves" ON "jobs" WITH CHECK (state = 'CANCELLED'
	OR state = 'QUEUED' AND job_needs(kind) IS DISTINCT FROM 'OWNER');
--> statement-breakpoint

-- A firm's plane says yes or no to what waits for an owner of that firm, and moves nothing else.
GRANT UPDATE (state, agreed_by, agreed_mac, ended_at) ON "jobs" TO firmseal_firm;
--> statement-breakpoint
CREATE POLICY "firm_decides" ON "jobs" FOR UPDATE TO firmseal_firm
	USING (firm_id = (SELECT current_firm()) AND state = 'WAITING' AND job_needs(kind) = 'OWNER')
	WITH CHECK (firm_id = (SELECT current_firm()) AND job_needs(kind) = 'OWNER' AND (
		state = 'QUEUED' AND agreed_by IS NOT NULL AND ended_at IS NULL
		OR state = 'CANCELLED' AND agreed_by IS NULL AND ended_at IS NOT NULL));
--> statement-breakpoint

-- What becomes of a key that a firm has brought: the worker looks, and the firm's owners are told of each change.
ALTER TABLE "own_key_states" ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
GRANT SELECT, INSERT, UPDATE (state, since, next_at), DELETE ON "own_key_states" TO firmseal_worker;
--> statement-breakpoint
CREATE POLICY "worker" ON "own_key_states" TO firmseal_worker USING (true) WITH CHECK (true);
--> statement-breakpoint
GRANT SELECT ON "own_key_states" TO firmseal_firm;
--> statement-breakpoint
CREATE POLICY "firm" ON "own_key_states" FOR SELECT TO firmseal_firm USING (firm_id = (SELECT current_firm()));
--> statement-breakpoint
CREATE FUNCTION "tell_key_state"() RETURNS trigger
	LANGUAGE plpgsql SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	-- That a key which was just brought works, the job has said.
	IF TG_OP = 'INSERT' AND NEW.state = 'HEALTHY' OR TG_OP = 'UPDATE' AND NEW.state = OLD.state THEN RETURN NULL; END IF;
	INSERT INTO public.notices (id, firm_id, kind, audience, key_state, created_at) VALUES (
		public.generate_uuid_v7(), NEW.firm_id, 'KEY_STATE_CHANGED', 'OWNERS', NEW.state, clock_timestamp());
	RETURN NULL;
END
$$;
--> statement-breakpoint
REVOKE EXECUTE ON FUNCTION "tell_key_state"() FROM PUBLIC;
--> statement-breakpoint
CREATE POLICY "owner_tells_of_keys" ON "notices" FOR INSERT TO firmseal_owner WITH CHECK (audience = 'OWNERS' AND key_state IS NOT NULL);
--> statement-breakpoint
CREATE TRIGGER "tell" AFTER INSERT OR UPDATE ON "own_key_states" FOR EACH ROW EXECUTE FUNCTION "tell_key_state"();
--> statement-breakpoint
ALTER TABLE "own_key_states" ENABLE ALWAYS TRIGGER "tell";
--> statement-breakpoint

-- A key is let go of when no lease is open whose grants may be on it.
CREATE FUNCTION "job_meets_lease"() RETURNS boolean
	LANGUAGE sql STABLE SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT EXISTS (SELECT FROM public.jobs j JOIN public.leases l ON l.firm_id = j.firm_id
		WHERE j.id = public.current_job() AND j.state = 'RUNNING' AND l.state IN ('ACTIVATING', 'ACTIVE'))
$$;
--> statement-breakpoint
REVOKE EXECUTE ON FUNCTION "job_meets_lease"() FROM PUBLIC;
--> statement-breakpoint
GRANT EXECUTE ON FUNCTION "job_meets_lease"() TO firmseal_maintenance;
