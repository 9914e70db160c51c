-- The custody of each class: who may change it, and what a class then takes and refuses (src/custody/FORMAT.md).

-- The custody of a class is that of an entry of the log, and never goes back to that of an earlier one. Which device signed the entry, only a program
-- can check.
CREATE FUNCTION "guard_firm_custody"() RETURNS trigger
	LANGUAGE plpgsql SECURITY DEFINER
AS $$
BEGIN
	-- An administrator may restore a row.
	IF public.session_plane() IN ('none', 'firmseal_owner') THEN RETURN NEW; END IF;
	IF NOT EXISTS (SELECT FROM public.key_log_entries e WHERE e.firm_id = NEW.firm_id AND e.seq = NEW.seq
			AND e.leaf::jsonb @> jsonb_build_object('kind', 'custody.set', 'body', jsonb_build_object('class', NEW.class, 'custody', NEW.custody)))
		OR TG_OP = 'UPDATE' AND NEW.seq <= OLD.seq
	THEN
		RAISE EXCEPTION 'the custody of a class must be that of a later entry of the key log' USING ERRCODE = 'check_violation';
	END IF;
	RETURN NEW;
END
$$;

CREATE TRIGGER "guard" BEFORE INSERT OR UPDATE ON "firm_custody" FOR EACH ROW EXECUTE FUNCTION "guard_firm_custody"();

-- Refuses what the custody of a class does not take: values that the platform seals, or rows without a stamp, in a class that the firm's devices seal;
-- and their envelopes and stamps in a class in PLATFORM custody. So a value that was sealed before the custody changed is never stored after it.
-- Existing values stay, for example while a class moves. On its way back, the platform takes a whole row over, without its stamp. Arguments: the
-- class, then the sealed columns.
CREATE FUNCTION "refuse_other_custody"() RETURNS trigger
	LANGUAGE plpgsql SECURITY DEFINER
AS $$
DECLARE
	is_update boolean := TG_OP = 'UPDATE';
	-- Conditions on a row: any sealed column changes; to what the platform seals; to what devices seal.
	changes text := '';
	by_platform text := '';
	by_device text := '';
	-- Whether any sealed column is a device's.
	is_device text := '';
	change text;
	is_wrong boolean;
BEGIN
	IF NOT EXISTS (SELECT FROM public.firm_custody c
			WHERE c.class = TG_ARGV[0] AND c.custody <> 'PLATFORM' AND c.firm_id IN (SELECT w.firm_id FROM written w))
		AND NOT EXISTS (SELECT FROM written w WHERE w.stamp IS NOT NULL) THEN RETURN NULL; END IF;
	-- From here on the custody cannot change, and every statement sees what it is: hold_firm_content() takes the other lock.
	PERFORM FROM public.firms f WHERE f.id IN (SELECT w.firm_id FROM written w) FOR KEY SHARE;
	PERFORM public.refuse_old_snapshot();
	FOR index IN 1 .. TG_NARGS - 1 LOOP
		change := format(CASE WHEN is_update THEN 'w.%1$I IS DISTINCT FROM r.%1$I' ELSE 'w.%1$I IS NOT NULL' END, TG_ARGV[index]);
		changes := changes || ' OR ' || change;
		by_platform := by_platform || format(' OR %s AND substring(w.%I FROM 2 FOR 1) = ''\x01''', change, TG_ARGV[index]);
		is_device := is_device || format(' OR coalesce(substring(w.%I FROM 2 FOR 1) = ''\x02'', false)', TG_ARGV[index]);
		by_device := by_device || format(' OR %s AND substring(w.%I FROM 2 FOR 1) = ''\x02''', change, TG_ARGV[index]);
	END LOOP;
	EXECUTE format('SELECT EXISTS (SELECT FROM written w %s
		LEFT JOIN public.firm_custody c ON c.firm_id = w.firm_id AND c.class = $1
		WHERE w.deleted_at IS NULL AND CASE WHEN coalesce(c.custody, ''PLATFORM'') = ''PLATFORM''
			THEN w.stamp IS NOT NULL AND %s %s ELSE (%s %s) AND NOT (c.custody = ''BACK'' AND %s) END)',
		CASE WHEN is_update THEN 'JOIN replaced r ON r.firm_id = w.firm_id AND r.id = w.id' ELSE '' END,
		CASE WHEN is_update THEN 'w.stamp IS DISTINCT FROM r.stamp' ELSE 'true' END, by_device,
		CASE WHEN is_update THEN format('w.stamp IS NULL AND r.stamp IS NOT NULL OR w.stamp IS NOT DISTINCT FROM r.stamp AND (false%s)', changes)
			ELSE 'w.stamp IS NULL' END, by_platform,
		CASE WHEN is_update THEN format('w.stamp IS NULL AND r.stamp IS NOT NULL AND NOT (false%s)', is_device) ELSE 'false' END)
		INTO is_wrong USING TG_ARGV[0];
	IF is_wrong THEN
		RAISE EXCEPTION 'a value is not in the custody of its class' USING ERRCODE = 'FS004';
	END IF;
	RETURN NULL;
END
$$;

-- The platform makes no key of a class whose values the firm's devices seal, unless it comes back.
CREATE FUNCTION "refuse_key_in_custody"() RETURNS trigger
	LANGUAGE plpgsql SECURITY DEFINER
AS $$
BEGIN
	IF EXISTS (SELECT FROM public.firm_custody c WHERE c.firm_id = NEW.firm_id AND c.class = NEW.class AND c.custody NOT IN ('PLATFORM', 'BACK')) THEN
		RAISE EXCEPTION 'the firm''s devices seal the values of this class' USING ERRCODE = 'FS004';
	END IF;
	RETURN NULL;
END
$$;

CREATE TRIGGER "in_custody" AFTER INSERT ON "data_keys" FOR EACH ROW EXECUTE FUNCTION "refuse_key_in_custody"();

-- No lease on a class whose values the platform does not open.
CREATE FUNCTION "refuse_lease_in_custody"() RETURNS trigger
	LANGUAGE plpgsql SECURITY DEFINER
AS $$
BEGIN
	IF EXISTS (SELECT FROM public.firm_custody c WHERE c.firm_id = NEW.firm_id AND c.class = ANY (NEW.classes) AND c.custody <> 'PLATFORM') THEN
		RAISE EXCEPTION 'the platform does not open values of this class' USING ERRCODE = 'FS004';
	END IF;
	RETURN NULL;
END
$$;

-- After the foreign key, which waits for a change of custody.
CREATE TRIGGER "in_custody" AFTER INSERT ON "leases" FOR EACH ROW EXECUTE FUNCTION "refuse_lease_in_custody"();

-- Makes every other transaction that adds content, a lease or a share to the transaction's firm wait, and waits for those that have: their foreign
-- keys lock the firm too. Returns whether a lease on the class is open.
CREATE FUNCTION "hold_firm_content"(of_class text) RETURNS boolean
	LANGUAGE plpgsql SECURITY DEFINER
AS $$
BEGIN
	PERFORM public.refuse_old_snapshot();
	PERFORM FROM public.firms f WHERE f.id = public.current_firm() FOR UPDATE;
	RETURN EXISTS (SELECT FROM public.leases l WHERE l.firm_id = public.current_firm() AND of_class = ANY (l.classes)
		AND l.state IN ('REQUESTED', 'APPROVED', 'ACTIVATING', 'ACTIVE'));
END
$$;
GRANT EXECUTE ON FUNCTION "hold_firm_content"(text) TO firmseal_firm;

-- The custody of a class changes only without an open lease. A class enters FIRM only without a row that the platform has sealed, and PLATFORM only
-- without one that devices have. Runs as the firm's role, which sees its rows.
CREATE FUNCTION "enter_custody"() RETURNS trigger
	LANGUAGE plpgsql
AS $$
DECLARE
	of_table record;
	in_other text;
	is_left boolean;
BEGIN
	IF public.session_plane() IN ('none', 'firmseal_owner') THEN RETURN NEW; END IF;
	IF public.hold_firm_content(NEW.class) THEN
		RAISE EXCEPTION 'a lease on this class is open' USING ERRCODE = 'FS005';
	END IF;
	FOR of_table IN SELECT t.tgrelid::regclass AS name, string_to_array(encode(t.tgargs, 'escape'), '\000') AS args
		FROM pg_trigger t WHERE t.tgname = 'in_custody_on_insert'
	LOOP
		CONTINUE WHEN of_table.args[1] <> NEW.class;
		-- Programs that still write a plaintext column could not seal it.
		IF NEW.custody <> 'PLATFORM' AND EXISTS (SELECT FROM pg_trigger t WHERE t.tgrelid = of_table.name AND t.tgname LIKE 'move\_from\_%') THEN
			RAISE EXCEPTION 'a plaintext column of this class is not moved yet' USING ERRCODE = 'FS005';
		END IF;
		CONTINUE WHEN NEW.custody NOT IN ('FIRM', 'PLATFORM');
		SELECT CASE NEW.custody WHEN 'FIRM' THEN 'w.stamp IS NULL' ELSE 'w.stamp IS NOT NULL' END
				|| string_agg(format(' OR substring(w.%I FROM 2 FOR 1) = %L::bytea', c.name, CASE NEW.custody WHEN 'FIRM' THEN '\x01' ELSE '\x02' END), '')
			INTO in_other FROM unnest(of_table.args[2:]) c(name) WHERE c.name <> '';
		EXECUTE format('SELECT EXISTS (SELECT FROM %s w WHERE w.firm_id = $1 AND w.deleted_at IS NULL AND (%s))', of_table.name, in_other)
			INTO is_left USING NEW.firm_id;
		IF is_left THEN
			RAISE EXCEPTION 'the firm has content of this class in the other custody' USING ERRCODE = 'FS005';
		END IF;
	END LOOP;
	RETURN NEW;
END
$$;

CREATE TRIGGER "enter" BEFORE INSERT OR UPDATE ON "firm_custody" FOR EACH ROW EXECUTE FUNCTION "enter_custody"();
