import { type Watch, watchStatements } from '../../support/watch-statements.ts';

/** Statements of transactions, the log and the keys, which run with any request. */
const BESIDE = /^(begin|commit|rollback)|audit_entries|data_keys/;

/** Statements that identify the caller, or check whether the named lease may be used. */
export const IDENTIFIES = /public\.identify|clock_timestamp\(\) < "leases"\."expires_at".+from "leases"/s;

/** Watches the server's statements on rows. SQL that the attacker sends itself is not included. */
export function watchRequests(): Watch {
	const watch = watchStatements();
	return { ...watch, take: () => watch.take().filter((text) => !BESIDE.test(text)) };
}
