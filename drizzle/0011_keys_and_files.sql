-- Versions of keys, files in the object store, and the deletion of rows.

-- The highest version of a series, in any state, and in either custody: both share one series of numbers. 0 before the first.
CREATE FUNCTION "latest_key_version"(of_firm uuid, of_class text) RETURNS bigint
	LANGUAGE plpgsql VOLATILE SECURITY DEFINER
AS $$
BEGIN
	RETURN greatest(0, (SELECT max(k.version) FROM public.data_keys k WHERE k.firm_id = of_firm AND k.class = of_class),
		(SELECT max(e.key_version) FROM public.key_log_entries e WHERE e.firm_id = of_firm AND e.key_class = of_class));
END
$$;
GRANT EXECUTE ON FUNCTION "latest_key_version"(uuid, text) TO firmseal_firm, firmseal_worker, firmseal_signer, firmseal_maintenance;

-- The count of values sealed under a version never falls: with a lower count the version could exceed the limit of its random nonces.
CREATE FUNCTION "refuse_lower_count"() RETURNS trigger
	LANGUAGE plpgsql
AS $$
BEGIN
	RAISE EXCEPTION 'the count of values that a key has sealed cannot fall' USING ERRCODE = 'insufficient_privilege';
END
$$;

CREATE TRIGGER "only_rises" BEFORE UPDATE ON "data_keys"
	FOR EACH ROW WHEN (NEW.sealed < OLD.sealed) EXECUTE FUNCTION "refuse_lower_count"();

-- Only the latest version of a key may seal: an older one may be below the minimum, so that nothing could be written, or would seal on after an owner
-- has rotated the key. A version seals from its creation, and never again after it has stopped, except the platform's latest version, if it was
-- disabled because its wrapping key was lost. A policy would check too early: an UPDATE to ACTIVE may wait for a later version that another
-- transaction makes, and must be checked after that.
CREATE FUNCTION "refuse_to_seal_again"() RETURNS trigger
	LANGUAGE plpgsql SECURITY DEFINER
AS $$
BEGIN
	-- An administrator may restore a state.
	IF public.session_plane() IN ('none', 'firmseal_owner') THEN RETURN NULL; END IF;
	PERFORM public.refuse_old_snapshot();
	IF NEW.firm_id <> '00000000-0000-0000-0000-000000000000' OR OLD.state <> 'DISABLED'
		OR NEW.version <> public.latest_key_version(NEW.firm_id, NEW.class) THEN
		RAISE EXCEPTION 'a key version that has stopped sealing cannot seal again' USING ERRCODE = 'insufficient_privilege';
	END IF;
	RETURN NULL;
END
$$;

CREATE TRIGGER "seals_once" AFTER UPDATE OF "state" ON "data_keys"
	FOR EACH ROW WHEN (NEW.state = 'ACTIVE' AND OLD.state <> 'ACTIVE') EXECUTE FUNCTION "refuse_to_seal_again"();

-- Refuses new values under a key version below the minimum. Existing values can be read, and other columns of their rows changed. Arguments: the class,
-- then the sealed columns. Usually there is no minimum, and then nothing else is checked.
CREATE FUNCTION "refuse_below_floor"() RETURNS trigger
	LANGUAGE plpgsql SECURITY DEFINER
AS $$
DECLARE
	of_column text;
	is_below boolean;
BEGIN
	IF NOT EXISTS (SELECT FROM public.key_floors f
		WHERE f.class = TG_ARGV[0] AND f.firm_id IN (SELECT w.firm_id FROM written w)) THEN RETURN NULL; END IF;
	FOR index IN 1 .. TG_NARGS - 1 LOOP
		of_column := TG_ARGV[index];
		EXECUTE format('SELECT EXISTS (SELECT FROM written w JOIN public.key_floors f ON f.firm_id = w.firm_id AND f.class = $1
			WHERE substring(w.%1$I FROM 3 FOR 4) < substring(int8send(f.version) FROM 5)%2$s)', of_column,
			CASE TG_OP WHEN 'UPDATE' THEN format(' AND NOT EXISTS (SELECT FROM replaced r
				WHERE r.firm_id = w.firm_id AND r.id = w.id AND r.%1$I = w.%1$I)', of_column) ELSE '' END)
			INTO is_below USING TG_ARGV[0];
		IF is_below THEN
			RAISE EXCEPTION 'a value is sealed under a key version below the minimum' USING ERRCODE = 'FS001';
		END IF;
	END LOOP;
	RETURN NULL;
END
$$;

-- The same for a file, whose key version is recorded before its first byte is stored.
CREATE FUNCTION "refuse_file_below_floor"() RETURNS trigger
	LANGUAGE plpgsql SECURITY DEFINER
AS $$
BEGIN
	IF EXISTS (SELECT FROM public.key_floors f
		WHERE f.firm_id = NEW.firm_id AND f.class = 'DOCUMENT' AND NEW.key_version < f.version) THEN
		RAISE EXCEPTION 'a file is sealed under a key version below the minimum' USING ERRCODE = 'FS001';
	END IF;
	RETURN NEW;
END
$$;

CREATE TRIGGER "above_floor" BEFORE UPDATE OF "key_version" ON "stored_objects" FOR EACH ROW EXECUTE FUNCTION "refuse_file_below_floor"();

-- Each process reads the rows of the last minute four times a second, so the rows must be about firms that exist, and have the current time.
CREATE FUNCTION "stamp_key_refusal"() RETURNS trigger
	LANGUAGE plpgsql SECURITY DEFINER
AS $$
BEGIN
	-- A firm that does not exist has no key.
	IF NEW.firm_id <> '00000000-0000-0000-0000-000000000000' AND NOT EXISTS (SELECT FROM public.firms f WHERE f.id = NEW.firm_id)
	THEN RETURN NULL; END IF;
	NEW.refused_at := clock_timestamp();
	RETURN NEW;
END
$$;

CREATE TRIGGER "stamp" BEFORE INSERT OR UPDATE ON "key_refusals" FOR EACH ROW EXECUTE FUNCTION "stamp_key_refusal"();

-- Notifies the firm's owners of each change of the state of the firm's own key.
CREATE FUNCTION "notify_key_state"() RETURNS trigger
	LANGUAGE plpgsql SECURITY DEFINER
AS $$
BEGIN
	-- For a new own key, the job has already written a notice.
	IF TG_OP = 'INSERT' AND NEW.state = 'HEALTHY' OR TG_OP = 'UPDATE' AND NEW.state = OLD.state THEN RETURN NULL; END IF;
	INSERT INTO public.notices (id, firm_id, kind, audience, key_state, created_at) VALUES (
		public.generate_uuid_v7(), NEW.firm_id, 'KEY_STATE_CHANGED', 'OWNERS', NEW.state, clock_timestamp());
	RETURN NULL;
END
$$;

CREATE TRIGGER "notify" AFTER INSERT OR UPDATE ON "own_key_states" FOR EACH ROW EXECUTE FUNCTION "notify_key_state"();

-- The portal can change a document's latest file only to that of a later version with a file in the store.
CREATE FUNCTION "guard_latest_file"() RETURNS trigger
	LANGUAGE plpgsql
AS $$
BEGIN
	IF current_user <> 'firmseal_portal' OR (NEW.version_id, NEW.byte_size, NEW.status, NEW.bucket::bytea, NEW.object_key::bytea, NEW.sha256::bytea)
		IS NOT DISTINCT FROM (OLD.version_id, OLD.byte_size, OLD.status, OLD.bucket::bytea, OLD.object_key::bytea, OLD.sha256::bytea)
	THEN RETURN NEW; END IF;
	IF NEW.status = 'AVAILABLE' AND num_nulls(NEW.bucket, NEW.object_key, NEW.sha256) = 0 AND EXISTS (
		SELECT FROM public.document_versions v
		JOIN public.stored_objects o ON o.version_id = v.id AND o.state = 'STORED' AND o.client_id = public.current_client()
		WHERE v.id = NEW.version_id AND v.document_id = NEW.id AND v.byte_size = NEW.byte_size AND v.deleted_at IS NULL
			AND v.number > coalesce((SELECT p.number FROM public.document_versions p WHERE p.id = OLD.version_id), 0))
	THEN RETURN NEW; END IF;
	RAISE EXCEPTION 'the portal can only replace a document''s file by a later one' USING ERRCODE = 'insufficient_privilege';
END
$$;

CREATE TRIGGER "guard_latest_file" BEFORE UPDATE ON "documents" FOR EACH ROW EXECUTE FUNCTION "guard_latest_file"();

-- A document's copy of the location of its latest file must belong to that file. A write of one without the other clears the copy, and the location is
-- then read from the version.
CREATE FUNCTION "forget_file_copy"() RETURNS trigger
	LANGUAGE plpgsql
AS $$
BEGIN
	IF TG_TABLE_NAME = 'documents' THEN
		NEW.bucket := NULL;
		NEW.object_key := NULL;
		NEW.sha256 := NULL;
		RETURN NEW;
	END IF;
	UPDATE public.documents d SET bucket = NULL, object_key = NULL, sha256 = NULL
	WHERE d.id = NEW.document_id AND d.version_id = NEW.id AND d.object_key IS NOT NULL;
	RETURN NULL;
END
$$;

CREATE TRIGGER "forget_file_copy" BEFORE UPDATE OF "version_id" ON "documents" FOR EACH ROW
	WHEN (NEW.version_id IS DISTINCT FROM OLD.version_id AND NEW.object_key IS NOT NULL AND NEW.object_key::bytea = OLD.object_key::bytea)
	EXECUTE FUNCTION "forget_file_copy"();
CREATE TRIGGER "forget_file_copy" AFTER UPDATE ON "document_versions" FOR EACH ROW
	WHEN (OLD.object_key IS NOT NULL AND NEW.object_key IS NULL AND NEW.deleted_at IS NULL)
	EXECUTE FUNCTION "forget_file_copy"();

-- Deletes rows of a table that the transaction's role may delete from, and returns how many. The policies "owner_deletes" say which rows.
CREATE FUNCTION "delete_rows"(of_table text, of_places tid[]) RETURNS bigint
	LANGUAGE plpgsql SECURITY DEFINER
AS $$
DECLARE
	gone bigint;
BEGIN
	-- Other policies let the owner delete rows for a job that erases. This function must not use them.
	IF of_table <> ALL (CASE current_setting('role')
		WHEN 'firmseal_firm' THEN '{shares,download_tickets}'
		WHEN 'firmseal_worker' THEN '{clock_resets,download_tickets,events,own_key_states,stored_objects}'
		WHEN 'firmseal_maintenance' THEN '{erasure_objects,escrow_files,job_pages,recovery_files,recovery_sessions}'
		WHEN 'firmseal_log' THEN '{alert_states,alert_tallies}'
		WHEN 'firmseal_broker' THEN '{lease_grant_tokens}'
		ELSE '{}' END::text[])
	THEN
		RAISE EXCEPTION 'this role cannot delete rows of this table' USING ERRCODE = 'insufficient_privilege';
	END IF;
	EXECUTE format('DELETE FROM public.%I WHERE ctid = ANY ($1)', of_table) USING of_places;
	GET DIAGNOSTICS gone = ROW_COUNT;
	RETURN gone;
END
$$;
GRANT EXECUTE ON FUNCTION "delete_rows"(text, tid[]) TO firmseal_firm, firmseal_worker, firmseal_maintenance, firmseal_log, firmseal_broker;
