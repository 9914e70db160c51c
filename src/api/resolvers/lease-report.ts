import { type Entry, readLeaf } from '../../audit/index.ts';
import { contentEntry } from '../../content/index.ts';
import {
	countOpeningsOf,
	type LeaseOpeningRow,
	type LeaseRow,
	type Page,
	selectOpeningsOf,
	tables,
} from '../../database/index.ts';
import { contentSessionOf } from '../../encryption-directive/index.ts';
import type { Connection, ConnectionArgs, ListOrder } from '../connection.ts';
import { firmOf, type RequestContext } from '../context.ts';
import { loadNestedConnection } from '../nested-connection.ts';
import type { LeaseOpeningResolvers } from '../schema-types.generated.ts';
import { textWithinBudget } from './audit.ts';

/** What one request opened, and its entry in the log. */
export interface LeaseOpeningNode {
	readonly id: string;
	readonly transaction: string;
	/** Null if this program did not write the entry. Such an entry is shown too, and hides no other. */
	readonly entry: Entry | null;
	readonly appendedAt: number;
}

const ORDER: ListOrder<LeaseOpeningNode> = {
	name: 'openings',
	column: tables.auditEntries.transaction,
	id: tables.auditEntries.id,
	descending: false,
	valueOf: ({ transaction }) => transaction,
};

/** The report of what was opened under a lease, from the log. Reading it is recorded. */
export function loadLeaseOpenings(
	context: RequestContext,
	lease: LeaseRow,
	args: ConnectionArgs,
): Promise<Connection<LeaseOpeningNode>> {
	const { services } = context;
	const scope = firmOf(context);
	const session = contentSessionOf(context);
	session.addEntry(contentEntry(session.authorization, { action: 'log.read', firm: lease.firmId }));
	return loadNestedConnection(context, lease, args, {
		key: 'openings',
		order: ORDER,
		pages: async (parents, page) => {
			const found = await services.plane.read(scope, (tx) => selectOpeningsOf(tx, parents, page));
			return new Map([...found].map(([id, rows]) => [id, toNodes(rows)]));
		},
		counts: (parents) => services.plane.read(scope, (tx) => countOpeningsOf(tx, parents)),
	});
}

const toNodes = ({ rows, more }: Page<LeaseOpeningRow>): Page<LeaseOpeningNode> => ({
	rows: rows.map(({ leaf, ...row }) => ({ ...row, entry: readLeaf(leaf) })),
	more,
});

export const leaseOpeningResolvers: LeaseOpeningResolvers = {
	at: ({ entry, appendedAt }) => new Date(entry?.at ?? appendedAt),
	requestId: ({ entry }) => entry?.request ?? null,
	coordinates: ({ entry }, _args, context) => textWithinBudget(context, entry?.coordinates),
	recordIds: ({ entry }, _args, context) => textWithinBudget(context, entry?.records),
};
