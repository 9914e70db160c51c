-- Types, counters and the one function that the tables below need.

-- The shape of ciphertext (src/envelope/FORMAT.md "Database shape"): plaintext in a sealed column is error 23514.
CREATE DOMAIN "sealed" AS bytea
	CHECK (octet_length(value) BETWEEN 39 AND 2097152 AND substring(value from 1 for 2) = '\xf501');

-- A time that every reader can write down: no infinity, and years of four digits, as ISO 8601 and JavaScript's Date have them.
CREATE DOMAIN "moment" AS timestamp (3) with time zone
	CHECK (value >= '0001-01-01 00:00:00+00' AND value < '10000-01-01 00:00:00+00');

-- What an open lease covers; records null: all.
CREATE TYPE "scope_of_lease" AS (lease uuid, firm uuid, records uuid[], expires_at timestamptz);

-- Writes of plaintext to a column that is being moved into a sealed one (0014): those without the sealed value, and those that were
-- refused.
CREATE SEQUENCE "plaintext_only_writes" MINVALUE 1;
CREATE SEQUENCE "refused_writes" MINVALUE 1;

-- The plane of a session, by its login. The role that a transaction has taken says less: a login may change it in the middle of a
-- statement, whose privileges and row policies stay those of the role that began it. A login that may take several planes' roles (an
-- administrator, or in development the one login of all planes) is of the plane whose role the transaction has taken; otherwise the answer
-- is the role itself.
CREATE FUNCTION "session_plane"() RETURNS name
	LANGUAGE plpgsql STABLE PARALLEL SAFE
AS $$
DECLARE
	planes text[] := array_remove(ARRAY[
		CASE WHEN pg_has_role(session_user, 'firmseal_firm', 'MEMBER') OR pg_has_role(session_user, 'firmseal_portal', 'MEMBER')
			THEN 'firmseal_firm' END,
		CASE WHEN pg_has_role(session_user, 'firmseal_operator', 'MEMBER') OR pg_has_role(session_user, 'firmseal_break_glass', 'MEMBER')
			THEN 'firmseal_operator' END,
		CASE WHEN pg_has_role(session_user, 'firmseal_broker', 'MEMBER') THEN 'firmseal_broker' END,
		CASE WHEN pg_has_role(session_user, 'firmseal_worker', 'MEMBER') OR pg_has_role(session_user, 'firmseal_maintenance', 'MEMBER')
			OR pg_has_role(session_user, 'firmseal_log', 'MEMBER') OR pg_has_role(session_user, 'firmseal_signer', 'MEMBER')
			THEN 'firmseal_worker' END], NULL);
BEGIN
	IF cardinality(planes) = 1 THEN RETURN planes[1]; END IF;
	RETURN CASE current_setting('role') WHEN 'firmseal_portal' THEN 'firmseal_firm' WHEN 'firmseal_break_glass' THEN 'firmseal_operator'
		WHEN 'firmseal_maintenance' THEN 'firmseal_worker' WHEN 'firmseal_log' THEN 'firmseal_worker' WHEN 'firmseal_signer' THEN 'firmseal_worker'
		ELSE current_setting('role') END;
END
$$;
GRANT EXECUTE ON FUNCTION "session_plane"() TO firmseal_firm, firmseal_operator, firmseal_worker, firmseal_broker, firmseal_owner;
