import { type Watch, watchStatements } from '../../support/watch-statements.ts';

/** Of transactions, the log and the keys: they run beside any request. */
const BESIDE = /^(begin|commit|rollback)|audit_entries|data_keys/;

/** Asks who somebody is, or whether the lease that is named may be used. */
export const IDENTIFIES = /public\.identify|clock_timestamp\(\) < "leases"\."expires_at".+from "leases"/s;

/** Statements on rows; what the attacker sends by SQL of its own is not among them. */
export function watchRequests(): Watch {
	const watch = watchStatements();
	return { ...watch, take: () => watch.take().filter((text) => !BESIDE.test(text)) };
}
