/**
 * The tables of Firmseal in an API's own PostgreSQL (15 or newer): the domain of ciphertext, the wrapped data keys, and the append-only audit
 * log. Run it in the first migration, and again for a new version of Firmseal. Idempotent.
 */
export const FIRMSEAL_SQL = `DO $$ BEGIN
	CREATE DOMAIN public.sealed AS bytea
		CHECK (octet_length(value) >= 39 AND substring(value from 1 for 2) = '\\xf501');
EXCEPTION WHEN duplicate_object THEN
	-- A domain of that name without the CHECK would accept plaintext.
	IF NOT EXISTS (
		SELECT FROM pg_constraint WHERE contypid = 'public.sealed'::regtype AND pg_get_constraintdef(oid) LIKE '%f501%'
	) THEN
		RAISE EXCEPTION 'the domain public.sealed is not Firmseal''s: rename it';
	END IF;
END $$;

CREATE TABLE IF NOT EXISTS public.data_keys (
	firm_id uuid NOT NULL,
	class text NOT NULL,
	version bigint NOT NULL CHECK (version >= 1),
	state text NOT NULL CHECK (state IN ('ACTIVE', 'RETIRED', 'DISABLED', 'DESTROYED')),
	wrapped bytea NOT NULL,
	commitment bytea NOT NULL CHECK (octet_length(commitment) = 32),
	key_id text NOT NULL,
	own_key boolean NOT NULL DEFAULT false,
	sealed bigint NOT NULL DEFAULT 0,
	created_at timestamp (3) with time zone NOT NULL DEFAULT now(),
	PRIMARY KEY (firm_id, class, version)
);
ALTER TABLE public.data_keys ADD COLUMN IF NOT EXISTS own_key boolean NOT NULL DEFAULT false;
CREATE UNIQUE INDEX IF NOT EXISTS data_keys_one_active ON public.data_keys (firm_id, class) WHERE state = 'ACTIVE';

CREATE TABLE IF NOT EXISTS public.audit_entries (
	id uuid PRIMARY KEY,
	firm_id uuid,
	boot uuid NOT NULL,
	sequence bigint NOT NULL CHECK (sequence BETWEEN 1 AND 9007199254740991),
	leaf text NOT NULL CHECK (octet_length(leaf) BETWEEN 2 AND 65536),
	appended_at timestamp with time zone NOT NULL DEFAULT clock_timestamp(),
	UNIQUE (boot, sequence),
	CHECK (leaf::jsonb @> jsonb_build_object('id', id, 'boot', boot, 'sequence', sequence, 'firm', firm_id))
);
CREATE INDEX IF NOT EXISTS audit_entries_by_firm ON public.audit_entries (firm_id, id);

CREATE OR REPLACE FUNCTION public.refuse_audit_change() RETURNS trigger
	LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$ BEGIN
	RAISE EXCEPTION 'audit entries are append-only' USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE OR REPLACE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON public.audit_entries
	FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_audit_change();
ALTER TABLE public.audit_entries ENABLE ALWAYS TRIGGER append_only;
-- A statement on a parent table fires only the row triggers of this one.
CREATE OR REPLACE TRIGGER append_only_row BEFORE UPDATE OR DELETE ON public.audit_entries
	FOR EACH ROW EXECUTE FUNCTION public.refuse_audit_change();
ALTER TABLE public.audit_entries ENABLE ALWAYS TRIGGER append_only_row;
`;
