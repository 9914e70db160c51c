-- What holds for every table, trigger and function, said once. A later migration says it of what it makes itself;
-- test/house/every-object.test.ts finds what is missing.

DO $$
DECLARE
	object record;
BEGIN
	-- FORCE: the owner too sees only what a policy gives it.
	FOR object IN SELECT c.oid::regclass AS name FROM pg_class c
		WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND c.relowner = current_user::regrole
	LOOP
		EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', object.name);
	END LOOP;
	-- ALWAYS: a session that calls itself a replica does not step around a trigger.
	FOR object IN SELECT t.tgname AS trigger, c.oid::regclass AS name FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
		WHERE c.relnamespace = 'public'::regnamespace AND c.relowner = current_user::regrole AND NOT t.tgisinternal
	LOOP
		EXECUTE format('ALTER TABLE %s ENABLE ALWAYS TRIGGER %I', object.name, object.trigger);
	END LOOP;
	-- A fixed path: no session puts a function or an operator of its own in the way. PostgreSQL lets everyone call a new function; only the
	-- roles that are named beside each may.
	FOR object IN SELECT p.oid::regprocedure AS name FROM pg_proc p
		WHERE p.pronamespace = 'public'::regnamespace AND p.proowner = current_user::regrole
	LOOP
		EXECUTE format('ALTER FUNCTION %s SET search_path = pg_catalog, pg_temp', object.name);
		EXECUTE format('REVOKE EXECUTE ON FUNCTION %s FROM PUBLIC', object.name);
	END LOOP;
END
$$;
