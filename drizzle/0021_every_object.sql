-- Applies what holds for every table, trigger and function. A later migration must do the same for what it makes;
-- test/house/every-object.test.ts checks that.

DO $$
DECLARE
	object record;
BEGIN
	-- FORCE applies the policies to the owner too.
	FOR object IN SELECT c.oid::regclass AS name FROM pg_class c
		WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND c.relowner = current_user::regrole
	LOOP
		EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', object.name);
	END LOOP;
	-- ALWAYS: triggers also run in a session that sets session_replication_role to replica.
	FOR object IN SELECT t.tgname AS trigger, c.oid::regclass AS name FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
		WHERE c.relnamespace = 'public'::regnamespace AND c.relowner = current_user::regrole AND NOT t.tgisinternal
	LOOP
		EXECUTE format('ALTER TABLE %s ENABLE ALWAYS TRIGGER %I', object.name, object.trigger);
	END LOOP;
	-- A fixed path, so that no session can substitute its own functions or operators. PostgreSQL lets everyone call a new function, so EXECUTE is revoked
	-- from all but the roles that are named beside each.
	FOR object IN SELECT p.oid::regprocedure AS name FROM pg_proc p
		WHERE p.pronamespace = 'public'::regnamespace AND p.proowner = current_user::regrole
	LOOP
		EXECUTE format('ALTER FUNCTION %s SET search_path = pg_catalog, pg_temp', object.name);
		EXECUTE format('REVOKE EXECUTE ON FUNCTION %s FROM PUBLIC', object.name);
	END LOOP;
END
$$;
