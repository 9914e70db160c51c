-- Types, counters and the one function that the tables below need.

-- The shape of ciphertext (src/envelope/FORMAT.md "Database shape"): plaintext in a sealed column is error 23514. The second suite is that of a
-- firm's own devices (src/custody/FORMAT.md, section 8).
CREATE DOMAIN "sealed" AS bytea
	CHECK (octet_length(value) BETWEEN 39 AND 2097152 AND (substring(value from 1 for 2) = '\xf501'
		OR substring(value from 1 for 2) = '\xf502' AND octet_length(value) >= 75));

-- A time that every reader can represent: no infinity, and years of four digits, as in ISO 8601 and JavaScript's Date.
CREATE DOMAIN "moment" AS timestamp (3) with time zone
	CHECK (value >= '0001-01-01 00:00:00+00' AND value < '10000-01-01 00:00:00+00');

-- What an open lease covers; `records` is null for all.
CREATE TYPE "scope_of_lease" AS (lease uuid, firm uuid, records uuid[], expires_at timestamptz);

-- Counts of plaintext writes to columns that are being moved into sealed ones (0014): writes without the sealed value, and refused writes.
CREATE SEQUENCE "plaintext_only_writes" MINVALUE 1;
CREATE SEQUENCE "refused_writes" MINVALUE 1;

-- The plane of a session, by its login. The transaction's role would not do: a login may change it in the middle of a statement, while the
-- privileges and row policies stay those of the role that began the statement. If a login may take the roles of several planes (an
-- administrator, or in development the login of all planes), the plane is that of the transaction's role. Otherwise the result is the role
-- itself.
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
