CREATE TABLE "firm_sign_ins" (
	"firm_id" uuid PRIMARY KEY NOT NULL,
	"issuers" text[] NOT NULL,
	"domains" text[] NOT NULL,
	"updated_at" "moment" DEFAULT now() NOT NULL,
	"mac" "bytea" NOT NULL
);
--> statement-breakpoint
CREATE TABLE "invitations" (
	"id" uuid PRIMARY KEY NOT NULL,
	"firm_id" uuid NOT NULL,
	"hash" "bytea" NOT NULL,
	"nonce" "bytea" NOT NULL,
	"email" text NOT NULL,
	"name" text NOT NULL,
	"role" text NOT NULL,
	"client_id" uuid,
	"invited_by" uuid NOT NULL,
	"is_sent" boolean NOT NULL,
	"created_at" "moment" DEFAULT now() NOT NULL,
	"expires_at" "moment" NOT NULL,
	"ended_at" "moment",
	"mac" "bytea" NOT NULL,
	CONSTRAINT "invitations_hash_unique" UNIQUE("hash"),
	CONSTRAINT "invitations_sizes" CHECK (octet_length("invitations"."hash") = 32 and octet_length("invitations"."nonce") = 32 and octet_length("invitations"."mac") = 36),
	CONSTRAINT "invitations_text_size" CHECK (greatest(octet_length("invitations"."email"), octet_length("invitations"."name")) <= 2000),
	CONSTRAINT "invitations_role_known" CHECK ("invitations"."role" in ('OWNER', 'MEMBER', 'CLIENT')),
	CONSTRAINT "invitations_client_is_of_portal" CHECK (("invitations"."role" = 'CLIENT') = ("invitations"."client_id" is not null))
);
--> statement-breakpoint
CREATE TABLE "seats" (
	"user_id" uuid PRIMARY KEY NOT NULL,
	"issuer" text NOT NULL,
	"subject" text NOT NULL,
	"firm_id" uuid,
	"email" text NOT NULL,
	CONSTRAINT "seats_identity" UNIQUE("issuer","subject")
);
--> statement-breakpoint
ALTER TABLE "users" DROP CONSTRAINT "users_identity";--> statement-breakpoint
ALTER TABLE "notices" DROP CONSTRAINT "notices_kind_known";--> statement-breakpoint
DROP INDEX "users_email";--> statement-breakpoint
ALTER TABLE "notices" ADD COLUMN "invitation_id" uuid;--> statement-breakpoint
ALTER TABLE "firm_sign_ins" ADD CONSTRAINT "firm_sign_ins_firm_id_firms_id_fk" FOREIGN KEY ("firm_id") REFERENCES "public"."firms"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "invitations" ADD CONSTRAINT "invitations_firm_id_firms_id_fk" FOREIGN KEY ("firm_id") REFERENCES "public"."firms"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "invitations_by_creation" ON "invitations" USING btree ("firm_id","created_at","id");--> statement-breakpoint
CREATE INDEX "invitations_by_expiry" ON "invitations" USING btree ("expires_at");--> statement-breakpoint
CREATE UNIQUE INDEX "seats_email" ON "seats" USING btree (coalesce("firm_id", '00000000-0000-0000-0000-000000000000'),lower("email" collate "C"));--> statement-breakpoint
CREATE INDEX "users_by_identity" ON "users" USING btree ("issuer","subject");--> statement-breakpoint
CREATE INDEX "users_by_email" ON "users" USING btree (lower("email" collate "C"));--> statement-breakpoint
ALTER TABLE "notices" ADD CONSTRAINT "notices_kind_known" CHECK ("notices"."kind" in ('MEMBER_INVITED', 'INVITATION_REVOKED', 'SIGN_IN_CHANGED', 'MEMBER_ADDED', 'MEMBER_ROLE_CHANGED', 'MEMBER_REMOVED', 'OWNER_RECOVERY_REQUESTED', 'OWNER_RECOVERY_APPROVED', 'OWNER_RECOVERY_COMPLETED', 'OWNER_RECOVERY_CANCELLED', 'ACCESS_POLICY_CHANGED', 'LEASE_REQUESTED', 'LEASE_APPROVED', 'LEASE_DENIED', 'LEASE_ACTIVATED', 'LEASE_READ', 'LEASE_ENDED', 'LEASE_REVIEWED', 'JOB_REQUESTED', 'JOB_ENDED', 'KEY_STATE_CHANGED', 'APPROVER_DISABLED'));
--> statement-breakpoint

-- Seats. An identity has one: in one firm, or at the platform for ever. They follow memberships and operators by triggers alone: no role has any
-- privilege on them, so that no login can take what a person who comes or goes would wait for.
ALTER TABLE "seats" ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
CREATE POLICY "owner_seats" ON "seats" TO firmseal_owner USING (true) WITH CHECK (true);
--> statement-breakpoint
CREATE FUNCTION "seat_member"() RETURNS trigger
	LANGUAGE plpgsql SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF TG_OP = 'DELETE' THEN
		DELETE FROM public.seats WHERE user_id = OLD.user_id;
	ELSIF NEW.removed_at IS NOT NULL THEN
		DELETE FROM public.seats WHERE user_id = NEW.user_id;
	ELSE
		INSERT INTO public.seats (user_id, issuer, subject, firm_id, email)
		SELECT u.id, u.issuer, u.subject, NEW.firm_id, u.email FROM public.users u WHERE u.id = NEW.user_id
		ON CONFLICT (user_id) DO NOTHING;
	END IF;
	RETURN NULL;
END
$$;
--> statement-breakpoint
REVOKE EXECUTE ON FUNCTION "seat_member"() FROM PUBLIC;
--> statement-breakpoint
CREATE TRIGGER "seat_member" AFTER INSERT OR DELETE OR UPDATE OF removed_at ON "memberships"
	FOR EACH ROW EXECUTE FUNCTION "seat_member"();
--> statement-breakpoint
ALTER TABLE "memberships" ENABLE ALWAYS TRIGGER "seat_member";
--> statement-breakpoint
CREATE FUNCTION "seat_operator"() RETURNS trigger
	LANGUAGE plpgsql SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	INSERT INTO public.seats (user_id, issuer, subject, firm_id, email)
	SELECT u.id, u.issuer, u.subject, NULL, u.email FROM public.users u WHERE u.id = NEW.user_id
	ON CONFLICT (user_id) DO NOTHING;
	RETURN NULL;
END
$$;
--> statement-breakpoint
REVOKE EXECUTE ON FUNCTION "seat_operator"() FROM PUBLIC;
--> statement-breakpoint
CREATE TRIGGER "seat_operator" AFTER INSERT ON "operators" FOR EACH ROW EXECUTE FUNCTION "seat_operator"();
--> statement-breakpoint
ALTER TABLE "operators" ENABLE ALWAYS TRIGGER "seat_operator";
--> statement-breakpoint
INSERT INTO "seats" ("user_id", "issuer", "subject", "firm_id", "email")
	SELECT u.id, u.issuer, u.subject, m.firm_id, u.email
	FROM "users" u LEFT JOIN "memberships" m ON m.user_id = u.id LEFT JOIN "operators" o ON o.user_id = u.id
	WHERE o.user_id IS NOT NULL OR (m.user_id IS NOT NULL AND m.removed_at IS NULL);
--> statement-breakpoint

-- Who a verified token is now: the account that has the seat; without one, the last that it had. At most one row.
CREATE OR REPLACE FUNCTION "identify"(of_issuer text, of_subject text)
	RETURNS TABLE (
		user_id uuid, person_id uuid, user_disabled boolean,
		firm_id uuid, firm_status text, firm_role text, client_id uuid, removed boolean, membership_mac bytea,
		operator_roles text[], operator_disabled boolean, operator_mac bytea,
		operator_introduced_by uuid[], operator_introduced_at timestamptz
	)
	LANGUAGE sql STABLE SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT u.id, u.person_id, u.disabled_at IS NOT NULL,
		m.firm_id, f.status, m.role, m.client_id, m.removed_at IS NOT NULL, m.mac,
		o.roles, o.disabled_at IS NOT NULL, o.mac, o.introduced_by, o.introduced_at
	FROM public.users u
	LEFT JOIN public.seats s ON s.user_id = u.id
	LEFT JOIN public.memberships m ON m.user_id = u.id
	LEFT JOIN public.firms f ON f.id = m.firm_id
	LEFT JOIN public.operators o ON o.user_id = u.id
	WHERE u.issuer = of_issuer AND u.subject = of_subject
	ORDER BY s.user_id IS NULL, m.user_id IS NULL, u.created_at DESC, u.id DESC
	LIMIT 1
$$;
--> statement-breakpoint

-- An account is new when it is made, and not disabled: an older or disabled one of another's identity would be taken for theirs.
REVOKE INSERT ON "users" FROM firmseal_firm, firmseal_worker;
--> statement-breakpoint
GRANT INSERT (id, person_id, issuer, subject, email, name) ON "users" TO firmseal_firm, firmseal_worker;
--> statement-breakpoint

-- Invitations: the firm's own plane makes and ends them; no one else can lock one. The worker sends their links, and forgets those that are over.
ALTER TABLE "invitations" ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
GRANT SELECT, INSERT, UPDATE (ended_at) ON "invitations" TO firmseal_firm;
--> statement-breakpoint
CREATE POLICY "firm" ON "invitations" TO firmseal_firm
	USING (firm_id = (SELECT current_firm())) WITH CHECK (firm_id = (SELECT current_firm()));
--> statement-breakpoint
GRANT SELECT ON "invitations" TO firmseal_worker;
--> statement-breakpoint
CREATE POLICY "worker" ON "invitations" FOR SELECT TO firmseal_worker USING (true);
--> statement-breakpoint
CREATE POLICY "owner_clears" ON "invitations" TO firmseal_owner USING (ended_at IS NOT NULL OR expires_at < now());
--> statement-breakpoint
CREATE FUNCTION "clear_invitations"() RETURNS bigint
	LANGUAGE plpgsql SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	gone bigint;
BEGIN
	DELETE FROM public.invitations WHERE ended_at IS NOT NULL OR expires_at < now();
	GET DIAGNOSTICS gone = ROW_COUNT;
	RETURN gone;
END
$$;
--> statement-breakpoint
REVOKE EXECUTE ON FUNCTION "clear_invitations"() FROM PUBLIC;
--> statement-breakpoint
GRANT EXECUTE ON FUNCTION "clear_invitations"() TO firmseal_worker;
--> statement-breakpoint

-- Where a firm's people must come from: its owners say so. The platform makes the first row, which says nothing, with the firm.
ALTER TABLE "firm_sign_ins" ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
GRANT SELECT, INSERT, UPDATE (issuers, domains, updated_at, mac) ON "firm_sign_ins" TO firmseal_firm;
--> statement-breakpoint
CREATE POLICY "firm" ON "firm_sign_ins" TO firmseal_firm
	USING (firm_id = (SELECT current_firm())) WITH CHECK (firm_id = (SELECT current_firm()));
--> statement-breakpoint
GRANT INSERT ON "firm_sign_ins" TO firmseal_worker;
--> statement-breakpoint
CREATE POLICY "worker_adds_first" ON "firm_sign_ins" FOR INSERT TO firmseal_worker WITH CHECK (issuers = '{}' AND domains = '{}');
--> statement-breakpoint

-- Both go with their firm, and the invitations of a client with it. Into a firm that is erased no one comes any more.
GRANT SELECT (id, firm_id, client_id) ON "invitations" TO firmseal_maintenance;
--> statement-breakpoint
GRANT SELECT (firm_id) ON "firm_sign_ins" TO firmseal_maintenance;
--> statement-breakpoint
CREATE POLICY "erase" ON "invitations" FOR SELECT TO firmseal_maintenance
	USING (firm_id = (SELECT firm_of_erasure()));
--> statement-breakpoint
CREATE POLICY "erase" ON "firm_sign_ins" FOR SELECT TO firmseal_maintenance
	USING (firm_id = (SELECT firm_of_erasure()));
--> statement-breakpoint
CREATE POLICY "owner_erases" ON "invitations" TO firmseal_owner
	USING (firm_id = (SELECT firm_of_erasure()));
--> statement-breakpoint
CREATE POLICY "owner_erases" ON "firm_sign_ins" TO firmseal_owner
	USING (firm_id = (SELECT firm_of_erasure()));
--> statement-breakpoint
CREATE POLICY "not_erased" ON "invitations" AS RESTRICTIVE FOR INSERT TO firmseal_firm
	WITH CHECK (NOT is_erased(firm_id));
--> statement-breakpoint
-- None outlasts its week: what is over is forgotten, and no login keeps what is not.
CREATE POLICY "within_its_week" ON "invitations" AS RESTRICTIVE FOR INSERT TO firmseal_firm
	WITH CHECK (expires_at <= (clock_timestamp() + interval '168 hours')::timestamptz(3));
--> statement-breakpoint
CREATE POLICY "not_erased" ON "firm_sign_ins" AS RESTRICTIVE FOR INSERT TO firmseal_firm
	WITH CHECK (NOT is_erased(firm_id));
--> statement-breakpoint
CREATE POLICY "not_erased" ON "memberships" AS RESTRICTIVE FOR INSERT TO firmseal_firm
	WITH CHECK (NOT is_erased(firm_id));
