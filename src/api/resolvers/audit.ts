import { type Entry, parseLeaf } from '../../audit/index.ts';
import { entryOf } from '../../content/index.ts';
import {
	type AuditEntryRow,
	countAuditEntries,
	selectAuditEntries,
	selectAuditEntry,
	tables,
} from '../../database/index.ts';
import { checkId } from '../../firms/index.ts';
import { connectionOf, type ListOrder } from '../connection.ts';
import { accessOf, firmOf, type RequestContext, reachFor, requireReach } from '../context.ts';
import type { AuditEntryOrder, AuditEntryResolvers, QueryResolvers } from '../schema-types.generated.ts';

export type AuditEntryNode = AuditEntryRow & { readonly entry: Entry };

const orderOf = (order: AuditEntryOrder): ListOrder<AuditEntryNode> => ({
	name: `auditEntries:${order}`,
	column: tables.auditEntries.transaction,
	id: tables.auditEntries.id,
	descending: order === 'NEWEST_FIRST',
	valueOf: ({ transaction }) => transaction,
});

const toNode = (row: AuditEntryRow): AuditEntryNode => ({ ...row, entry: parseLeaf(row.leaf) });

/** Looking at the log is an act of its own. */
function recordReading(context: RequestContext, firm: string | null): void {
	const access = accessOf(context);
	access.pending.push(entryOf(access.terms, { action: 'log.read', firm }));
}

/** null: there is no such entry, or not for this caller. */
export async function findAuditEntry(context: RequestContext, id: string): Promise<AuditEntryNode | null> {
	if (reachFor(context, 'auditEntries') === null) return null;
	const row = await context.desk.plane.read(firmOf(context), (tx) => selectAuditEntry(tx, id));
	if (row) recordReading(context, row.firmId);
	return row && toNode(row);
}

export const auditQueries: Required<Pick<QueryResolvers, 'auditEntries'>> = {
	auditEntries(_parent, args, context) {
		requireReach(context, 'Query', 'auditEntries');
		const { plane } = context.desk;
		const scope = firmOf(context);
		const firm = args.firmId == null ? scope : checkId(args.firmId, 'firmId');
		recordReading(context, firm);
		return connectionOf(
			args,
			orderOf(args.orderBy ?? 'NEWEST_FIRST'),
			async (page) => {
				const { rows, more } = await plane.read(scope, (tx) => selectAuditEntries(tx, firm, page));
				return { rows: rows.map(toNode), more };
			},
			() => plane.read(scope, (tx) => countAuditEntries(tx, firm)),
		);
	},
};

export const auditResolvers: AuditEntryResolvers = {
	at: ({ entry }) => new Date(entry.at),
	action: ({ entry }) => entry.action,
	decision: ({ entry }) => entry.decision,
	actorId: ({ entry }) => entry.actor.user,
	actorRoles: ({ entry }) => [...entry.actor.roles],
	plane: ({ entry }) => entry.plane,
	requestId: ({ entry }) => entry.request,
	leaseId: ({ entry }) => entry.lease,
	documentHash: ({ entry }) => entry.document,
	coordinates: ({ entry }) => [...entry.coordinates],
	recordIds: ({ entry }) => [...entry.records],
	keys: ({ entry }) => [...entry.keys],
	reason: ({ entry }) => entry.reason,
	bootId: ({ entry }) => entry.boot,
	sequence: ({ entry }) => entry.sequence,
};
