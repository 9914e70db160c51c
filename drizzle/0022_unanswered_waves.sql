ALTER TABLE "lease_budgets" ADD COLUMN "unanswered" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "audit_anchors" ADD CONSTRAINT "audit_anchors_range" CHECK ("audit_anchors"."number" between 0 and 9007199254740991 and "audit_anchors"."size" between 0 and 9007199254740991);--> statement-breakpoint
ALTER TABLE "audit_boots" ADD CONSTRAINT "audit_boots_range" CHECK ("audit_boots"."last" between 0 and 9007199254740991);--> statement-breakpoint
ALTER TABLE "audit_gaps" ADD CONSTRAINT "audit_gaps_numbers" CHECK ("audit_gaps"."first" >= 1 and "audit_gaps"."last" <= 9007199254740991);--> statement-breakpoint
ALTER TABLE "audit_root_checkpoints" ADD CONSTRAINT "audit_root_checkpoints_range" CHECK ("audit_root_checkpoints"."size" between 0 and 9007199254740991);--> statement-breakpoint
ALTER TABLE "audit_root_leaves" ADD CONSTRAINT "audit_root_leaves_range" CHECK ("audit_root_leaves"."index" between 0 and 9007199254740991 and ("audit_root_leaves"."size" is null or "audit_root_leaves"."size" between 0 and 9007199254740991));--> statement-breakpoint
ALTER TABLE "audit_trees" ADD CONSTRAINT "audit_trees_range" CHECK ("audit_trees"."size" <= 9007199254740991);--> statement-breakpoint
ALTER TABLE "lease_budgets" ADD CONSTRAINT "lease_budgets_unanswered" CHECK ("lease_budgets"."unanswered" >= 0);--> statement-breakpoint
-- 0020 had it not at first.
GRANT EXECUTE ON FUNCTION "audit_root_hashes"(bigint[]) TO firmseal_log;
--> statement-breakpoint
-- Whoever puts the log back asks as the owner which anchors are written down.
CREATE POLICY "owner_counts" ON "audit_anchors" FOR SELECT TO firmseal_owner USING (true);
--> statement-breakpoint
-- Says that so many waves are answered. Whether they were the last of a lease whose budget is used up: who has said nothing for ten seconds is
-- not answered any more.
CREATE FUNCTION "leave_lease"(of_lease uuid, of_firm uuid, of_user uuid, of_waves integer) RETURNS boolean
	LANGUAGE sql SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
	UPDATE public.lease_budgets b SET unanswered = greatest(b.unanswered - greatest(of_waves, 0), 0)
	FROM public.leases l
	WHERE b.lease_id = of_lease AND b.budget IS NOT NULL AND of_lease = public.current_lease()
		AND l.id = of_lease AND l.firm_id = of_firm AND l.requested_by = of_user
	RETURNING coalesce(l.state = 'ACTIVE' AND b.used >= b.budget
		AND (b.unanswered = 0 OR greatest(b.used_at, b.kept_at) < clock_timestamp() - interval '10 seconds'), false)
$$;
--> statement-breakpoint
REVOKE EXECUTE ON FUNCTION "leave_lease"(uuid, uuid, uuid, integer) FROM PUBLIC;
--> statement-breakpoint
GRANT EXECUTE ON FUNCTION "leave_lease"(uuid, uuid, uuid, integer) TO firmseal_break_glass;
--> statement-breakpoint
-- Whoever asks for what isn't there takes nothing, and keeps no lease that is used up.
CREATE OR REPLACE FUNCTION "use_lease"(of_lease uuid, of_firm uuid, of_user uuid, of_classes text[], of_coordinates text[], of_records uuid[],
	of_values integer) RETURNS text
	LANGUAGE plpgsql SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	lease public.leases;
	had bigint;
BEGIN
	IF NOT public.hold_lease(of_lease, of_firm, of_user) THEN RETURN 'ENDED'; END IF;
	SELECT * INTO lease FROM public.leases l WHERE l.id = of_lease;
	-- What isn't said is never everything.
	IF NOT coalesce(cardinality(of_classes) > 0 AND of_classes <@ lease.classes
		AND cardinality(of_coordinates) > 0 AND array_position(of_coordinates, NULL) IS NULL
		AND coalesce(of_coordinates <@ lease.coordinates, lease.coordinates IS NULL)
		AND cardinality(of_records) > 0 AND array_position(of_records, NULL) IS NULL
		AND coalesce(of_records <@ lease.record_ids, lease.record_ids IS NULL)
		AND of_values >= 0, false)
	THEN RETURN 'SCOPE'; END IF;
	UPDATE public.lease_budgets b
		SET used = b.used + of_values, used_at = CASE WHEN of_values > 0 THEN clock_timestamp() ELSE b.used_at END,
			unanswered = b.unanswered + (of_values > 0 AND b.budget IS NOT NULL)::integer
		WHERE b.lease_id = of_lease AND (b.budget IS NULL OR b.used + of_values <= b.budget)
		RETURNING b.used - of_values INTO had;
	IF NOT FOUND THEN RETURN 'BUDGET'; END IF;
	IF of_values > 0 AND (had = 0 OR had / 25 < (had + of_values) / 25) THEN
		INSERT INTO public.notices (id, firm_id, kind, audience, lease_id, created_at)
			VALUES (public.generate_uuid_v7(), of_firm, 'LEASE_READ', 'OWNERS', of_lease, clock_timestamp());
	END IF;
	RETURN 'OPEN';
END
$$;
