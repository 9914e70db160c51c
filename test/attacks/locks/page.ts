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
		`${cases.length} attacks on break-glass, besides those of [attacks.md](attacks.md). Each names what answers it, in the order in
which it is met, and works when that is taken away: no case is refused by something that it doesn’t name. (Two can’t be
let through by anybody: a wrapped key under another context. They say so.)`,
		`A **reading** is tried with everything in place, where the first lock that it names answers. Then against each that it
names, with all others of the four taken away: it answers alone. Then without those that it names and with the others in
place: content comes. The resolver’s lock is taken away by a lookup that finds a lease on everything; the
database’s by functions that its owner has replaced; the key’s by giving the operator’s side a worker’s keyring. The
database’s lock has two parts, each of which holds without the other.`,
		`A **way to a lease** is tried at each gate that it names, the one before it taken away by SQL past the triggers; then
with a broker that verifies nothing, and content comes.`,
		table(
			['what answers', 'attacks', 'what a case has to show'],
			(Object.keys(LEASE_CHECKS) as LeaseCheck[]).map((gate) => [gate, count(gate), LEASE_CHECKS[gate]]),
		),
		`The key’s lock is of a firm and a class, not of a lease: while any lease on a class of the firm is active, it lets the
operator’s side pass. So it is not among the answers where a case has a lease on the class that is active.`,
		`The object store is no lock: it knows no leases. Where a file lies in it is content itself, sealed in the row, and so is
asked for past the same locks; whoever reads the store past the API has ciphertext and no key.`,
		...areas.flatMap((area) => [
			`## ${area.title}`,
			table(
				['attack', 'expected', 'answered by, in this order'],
				area.cases.map(({ attack, expected, gates }) => [attack, expected, gates.join(', ')]),
			),
		]),
	]);
}
