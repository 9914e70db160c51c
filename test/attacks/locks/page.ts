import { page, table } from '../../../tools/pages/markdown.ts';
import { LEASE_CHECKS, type LeaseCheck, type LockArea } from './case.ts';

export const REGENERATE = 'npm run attacks';

/** docs/reference/attacks-on-leases.md: of each area, the cases that were run and answered as they say. */
export function locksPage(areas: readonly LockArea[]): string {
	const cases = areas.flatMap((area) => area.cases);
	const count = (gate: LeaseCheck) => String(cases.filter(({ gates }) => gates.includes(gate)).length);
	return page([
		`<!-- Written by \`${REGENERATE}\` from the cases in test/attacks/locks, once each has been run: change those. -->`,
		'# Attacks on leases, lock by lock',
		'*Reference. For anyone who reviews security and asks whether each lock denies by itself.*',
		`${cases.length} attacks on break-glass, in addition to those of [attacks.md](attacks.md). Each names the locks that refuse it, in the
order in which it meets them, and succeeds when they are removed: no case is refused by something that it does not name. (Two cannot
be let through by anything: a wrapped key under another context. They say so.)`,
		`A **reading** is tried three times. With everything in place, the first lock that it names refuses. Then each lock that it names
stands alone, with all other locks removed, and still refuses. Then the locks that it names are removed and all others stay: the
content is read. The resolver’s lock is removed by a lookup that finds a lease on everything, the database’s by functions that its
owner replaced, and the key’s by giving the operator plane a worker’s keyring. The database’s lock has two parts, and each
holds without the other.`,
		`A **way to a lease** is tried at each check that it names, with the check before it bypassed by SQL past the triggers. At last a
broker that verifies nothing lets it through, and the content is read.`,
		table(
			['what refuses', 'attacks', 'what a case has to show'],
			(Object.keys(LEASE_CHECKS) as LeaseCheck[]).map((gate) => [gate, count(gate), LEASE_CHECKS[gate]]),
		),
		`The key’s lock belongs to a firm and a class, not to a lease: while any lease on a class of the firm is active, it lets the
operator plane pass. So a case with an active lease on the class does not list it.`,
		`The object store is not a lock, because it knows nothing of leases. A file’s location is itself content, sealed in the row, and
is behind the same locks. Anyone who reads the store without the API has ciphertext and no key.`,
		...areas.flatMap((area) => [
			`## ${area.title}`,
			table(
				['attack', 'expected', 'refused by, in this order'],
				area.cases.map(({ attack, expected, gates }) => [attack, expected, gates.join(', ')]),
			),
		]),
	]);
}
