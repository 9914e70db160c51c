import { type Watch, watchStatements } from '../../support/watch-statements.ts';

/** Of transactions, the log, the keys and the witness of recoveries, which run beside any request. */
const BESIDE = /^(begin|commit|rollback)|audit_entries|data_keys|witness_owner_recoveries/;

/** Asks who somebody is. */
export const IDENTIFIES = /public\.identify/;

/** Statements on rows; what the attacker sends by SQL of its own is not among them. */
export function watchRequests(): Watch {
	const watch = watchStatements();
	return { ...watch, take: () => watch.take().filter((text) => !BESIDE.test(text)) };
}
