import type { KitPrincipal } from '../../src/testing/index.ts';

/**
 * Who reaches which objects, written down a second time: O owner, M member, C portal user with everything shared, c portal user with
 * nothing shared, P operator, L operator with a lease on the firm's notes, A approver, U auditor, X owner of another firm.
 */
const ROOTS: Readonly<Record<string, string>> = {
	'Query.node': 'OMCP',
	'Query.document': 'OMCP',
	'Query.documents': 'OMCP',
	'Query.thread': 'OMCP',
	'Query.threads': 'OMCP',
	'Query.message': 'OMCP',
	'Query.messages': 'OMCP',
	'Query.invoice': 'OMCP',
	'Query.invoices': 'OMCP',
	'Query.note': 'OMP',
	'Query.notes': 'OMP',
	'Query.timeEntry': 'OMP',
	'Query.timeEntries': 'OMP',
	'Mutation.createMessage': 'OMC',
	'Mutation.createDocumentVersion': 'OMC',
};
/** Types that a portal user can never reach. Any other type on a path is visible to the caller who reached it. */
const HIDDEN_FROM_CLIENTS = /^(Comment|Note|TimeEntry)(Connection|Edge)?$/;
const CLIENTS = 'Cc';

export type Letter = 'O' | 'M' | 'C' | 'c' | 'P' | 'L' | 'A' | 'U' | 'X';

export const reachesFor =
	(letter: Letter): NonNullable<KitPrincipal['reaches']> =>
	(coordinate, type) => {
		const isRoot = /^(Query|Mutation)\./.test(coordinate);
		// A lease adds values, but no path.
		if (isRoot && !(ROOTS[coordinate] ?? 'OM').includes(letter === 'L' ? 'P' : letter)) return false;
		return !(CLIENTS.includes(letter) && HIDDEN_FROM_CLIENTS.test(type));
	};

const SHARED = /^(Document|DocumentVersion|Message|Invoice|InvoiceLineItem)\./;

export function opensFor(letter: Letter): KitPrincipal['opens'] {
	return ({ coordinate, class: of }) => {
		if (letter === 'O' || letter === 'M') return true;
		if (letter === 'L') return of === 'NOTE' || 'CLASS';
		if (letter === 'C') return SHARED.test(coordinate) || 'NOT_SHARED';
		return 'PAU'.includes(letter) ? 'NO_LEASE' : 'NOT_SHARED';
	};
}
