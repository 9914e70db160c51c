ALTER TABLE "erasure_objects" DROP CONSTRAINT "erasure_objects_erasure_id_erasures_id_fk";
--> statement-breakpoint
ALTER TABLE "erasure_objects" ADD CONSTRAINT "erasure_objects_erasure_id_erasures_id_fk" FOREIGN KEY ("erasure_id") REFERENCES "public"."erasures"("id") ON DELETE no action ON UPDATE cascade;--> statement-breakpoint

-- What the database says of tombstones is held against them, and a number that is another's is given back, whatever the row says of its end.
CREATE OR REPLACE FUNCTION "guard_erasure"() RETURNS trigger
	LANGUAGE plpgsql
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF OLD.erased_at IS NOT NULL AND ((NEW.erased_at, NEW.certificate) IS DISTINCT FROM (OLD.erased_at, OLD.certificate)
		OR (OLD.number IS NOT NULL AND NEW.number IS NOT NULL AND NEW.number <> OLD.number))
	THEN
		RAISE EXCEPTION 'an erasure is done once' USING ERRCODE = 'invalid_transaction_state';
	END IF;
	RETURN NEW;
END
$$;
--> statement-breakpoint
-- A row of the right subject that nobody has proven becomes the tombstone's own.
GRANT UPDATE (id, mac) ON "erasures" TO firmseal_worker;
--> statement-breakpoint
CREATE FUNCTION "known_tombstones"(of_first bigint, at_most bigint) RETURNS TABLE (number bigint, id uuid, firm_id uuid, subject text, mac bytea)
	LANGUAGE sql STABLE SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
	SELECT e.number, e.id, e.firm_id, e.subject, e.mac FROM public.erasures e WHERE e.number >= of_first ORDER BY e.number LIMIT at_most
$$;
--> statement-breakpoint
REVOKE EXECUTE ON FUNCTION "known_tombstones"(bigint, bigint) FROM PUBLIC;
--> statement-breakpoint
GRANT EXECUTE ON FUNCTION "known_tombstones"(bigint, bigint) TO firmseal_firm, firmseal_operator, firmseal_worker;
--> statement-breakpoint

-- An id whose row was erased stays taken: the same one again could not be told from what a restore has brought back.
CREATE FUNCTION "refuse_erased_id"() RETURNS trigger
	LANGUAGE plpgsql SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF EXISTS (SELECT FROM public.erasures e WHERE e.firm_id = NEW.firm_id AND coalesce(e.subject, '') = TG_ARGV[0] || '.' || NEW.id) THEN
		RAISE EXCEPTION 'the id was erased' USING ERRCODE = 'unique_violation', CONSTRAINT = TG_TABLE_NAME || '_firm_id_id_pk';
	END IF;
	RETURN NEW;
END
$$;
--> statement-breakpoint
REVOKE EXECUTE ON FUNCTION "refuse_erased_id"() FROM PUBLIC;
--> statement-breakpoint
DO $$
DECLARE
	of_type text;
	of_table text;
BEGIN
	FOR of_type, of_table IN VALUES ('Client', 'clients'), ('Document', 'documents'), ('Thread', 'threads'), ('Message', 'messages'),
		('Comment', 'comments'), ('Note', 'notes'), ('Invoice', 'invoices'), ('TimeEntry', 'time_entries')
	LOOP
		EXECUTE format('CREATE TRIGGER "not_erased" BEFORE INSERT ON public.%I FOR EACH ROW EXECUTE FUNCTION public.refuse_erased_id(%L)', of_table, of_type);
		EXECUTE format('ALTER TABLE public.%I ENABLE ALWAYS TRIGGER "not_erased"', of_table);
		EXECUTE format('CREATE POLICY "owner_asks_of_erased" ON public.%I FOR SELECT TO firmseal_owner
			USING (EXISTS (SELECT FROM public.erasures e WHERE e.firm_id = %I.firm_id AND e.erased_at IS NOT NULL))', of_table, of_table);
	END LOOP;
END
$$;
--> statement-breakpoint

-- What is said to be erased and is there: a restore has brought it back, or it was never erased. `open`: not even hidden.
CREATE FUNCTION "erasures_left"() RETURNS TABLE (id uuid, open boolean)
	LANGUAGE sql STABLE SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
	WITH done AS (
		SELECT e.id AS erasure, e.firm_id, (p.parts)[1] AS type, (p.parts)[2]::uuid AS id
		FROM public.erasures e,
			LATERAL (SELECT regexp_match(e.subject, '^([A-Za-z]+)\.([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$') AS parts) AS p
		WHERE e.erased_at IS NOT NULL)
	SELECT d.erasure, r.deleted_at IS NULL FROM done d JOIN public.clients r ON d.type = 'Client' AND r.id = d.id AND r.firm_id = d.firm_id
	UNION ALL SELECT d.erasure, r.deleted_at IS NULL FROM done d JOIN public.documents r ON d.type = 'Document' AND r.id = d.id AND r.firm_id = d.firm_id
	UNION ALL SELECT d.erasure, r.deleted_at IS NULL FROM done d JOIN public.threads r ON d.type = 'Thread' AND r.id = d.id AND r.firm_id = d.firm_id
	UNION ALL SELECT d.erasure, r.deleted_at IS NULL FROM done d JOIN public.messages r ON d.type = 'Message' AND r.id = d.id AND r.firm_id = d.firm_id
	UNION ALL SELECT d.erasure, r.deleted_at IS NULL FROM done d JOIN public.comments r ON d.type = 'Comment' AND r.id = d.id AND r.firm_id = d.firm_id
	UNION ALL SELECT d.erasure, r.deleted_at IS NULL FROM done d JOIN public.notes r ON d.type = 'Note' AND r.id = d.id AND r.firm_id = d.firm_id
	UNION ALL SELECT d.erasure, r.deleted_at IS NULL FROM done d JOIN public.invoices r ON d.type = 'Invoice' AND r.id = d.id AND r.firm_id = d.firm_id
	UNION ALL SELECT d.erasure, r.deleted_at IS NULL FROM done d JOIN public.time_entries r ON d.type = 'TimeEntry' AND r.id = d.id AND r.firm_id = d.firm_id
	-- A firm is closed by its row, whatever is left of it.
	UNION ALL SELECT e.id, false FROM public.erasures e
		WHERE e.erased_at IS NOT NULL AND e.subject IS NULL AND (
			EXISTS (SELECT FROM public.clients r WHERE r.firm_id = e.firm_id) OR EXISTS (SELECT FROM public.documents r WHERE r.firm_id = e.firm_id)
			OR EXISTS (SELECT FROM public.threads r WHERE r.firm_id = e.firm_id) OR EXISTS (SELECT FROM public.messages r WHERE r.firm_id = e.firm_id)
			OR EXISTS (SELECT FROM public.comments r WHERE r.firm_id = e.firm_id) OR EXISTS (SELECT FROM public.notes r WHERE r.firm_id = e.firm_id)
			OR EXISTS (SELECT FROM public.invoices r WHERE r.firm_id = e.firm_id) OR EXISTS (SELECT FROM public.time_entries r WHERE r.firm_id = e.firm_id))
$$;
--> statement-breakpoint
REVOKE EXECUTE ON FUNCTION "erasures_left"() FROM PUBLIC;
--> statement-breakpoint
GRANT EXECUTE ON FUNCTION "erasures_left"() TO firmseal_firm, firmseal_operator, firmseal_worker;
