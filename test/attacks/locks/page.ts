import { page, table } from '../../../tools/pages/markdown.ts';
import { LEASE_CHECKS, type LeaseCheck, type LockArea } from './case.ts';

export const REGENERATE = 'npm run attacks';

/** docs/reference/attacks-on-leases.md: for each area, the cases that ran and were refused as described. */
export function locksPage(areas: readonly LockArea[]): string {
	const cases = areas.flatMap((area) => area.cases);
	const count = (gate: LeaseCheck) => String(cases.filter(({ gates }) => gates.includes(gate)).length);
	return page([
		`<!-- Written by \`${REGENERATE}\` from the cases in test/attacks/locks, after each has run. Edit the cases, not this page. -->`,
		'# Attacks on leases, lock by lock',
		'*Reference. For anyone who reviews security and asks whether each lock denies by itself.*',
		`${cases.length} attacks on break-glass, in addition to those of [attacks.md](attacks.md). Each names the locks that refuse it, in the
order in which it meets them, and succeeds when they are removed, so that no other check refuses it. (Two cases never succeed, and say so: a
wrapped key under another context.)`,
		`A **read** is tried three times. With all locks in place, the first lock that the case names refuses. Then each named lock is the
only one, and still refuses. Then the named locks are removed and all others stay: the content is read. To remove the resolver’s
lock, the lookup finds a lease on everything. To remove the database’s, its owner replaces the functions. To remove the key’s, the
operator plane gets a worker’s keyring. The database’s lock has two parts, and each holds without the other.`,
		`A **way to get a lease** is tried at each check that the case names, with the check before it bypassed by SQL. At last a broker that
verifies nothing activates the lease, and the content is read.`,
		table(
			['what refuses', 'attacks', 'what a case has to show'],
			(Object.keys(LEASE_CHECKS) as LeaseCheck[]).map((gate) => [gate, count(gate), LEASE_CHECKS[gate]]),
		),
		`The key’s lock covers a firm and a class, not a lease: while any lease on a class of the firm is active, the operator plane gets
the key. So a case with an active lease on the class does not name this lock.`,
		`The object store is not a lock: it does not check leases. A file’s location is content too, sealed in the row behind the same
locks. Anyone who reads the store without the API has only ciphertext.`,
		...areas.flatMap((area) => [
			`## ${area.title}`,
			table(
				['attack', 'expected', 'refused by, in this order'],
				area.cases.map(({ attack, expected, gates }) => [attack, expected, gates.join(', ')]),
			),
		]),
	]);
}
