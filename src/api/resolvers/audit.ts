import { type Entry, parseLeaf } from '../../audit/index.ts';
import { entryOf } from '../../content/index.ts';
import {
	type AuditEntryRow,
	countAuditEntries,
	selectAuditEntries,
	selectAuditEntry,
	tables,
} from '../../database/index.ts';
import { accessOf } from '../../directives/index.ts';
import { connectionOf, type ListOrder } from '../connection.ts';
import { firmOf, type RequestContext, requireReach } from '../context.ts';
import type { AuditEntryOrder, AuditEntryResolvers, QueryResolvers } from '../schema-types.generated.ts';

/** `entry` is null for a leaf that nobody of ours has written: it is shown as it is, and hides no other. */
export type AuditEntryNode = AuditEntryRow & { readonly entry: Entry | null };

const orderOf = (order: AuditEntryOrder): ListOrder<AuditEntryNode> => ({
	name: `auditEntries:${order}`,
	column: tables.auditEntries.transaction,
	id: tables.auditEntries.id,
	descending: order === 'NEWEST_FIRST',
	valueOf: ({ transaction }) => transaction,
});

function toNode(row: AuditEntryRow): AuditEntryNode {
	try {
		return { ...row, entry: parseLeaf(row.leaf) };
	} catch {
		return { ...row, entry: null };
	}
}

/** Looking at the log is an act of its own. */
function recordReading(context: RequestContext, firm: string | null): void {
	const access = accessOf(context);
	access.note(entryOf(access.terms, { action: 'log.read', firm }));
}

/** null: there is no such entry, or not for this caller. */
export async function findAuditEntry(context: RequestContext, id: string): Promise<AuditEntryNode | null> {
	const row = await context.desk.plane.read(firmOf(context), (tx) => selectAuditEntry(tx, id));
	if (row) recordReading(context, row.firmId);
	return row && toNode(row);
}

export const auditQueries: Required<Pick<QueryResolvers, 'auditEntries'>> = {
	auditEntries(_parent, args, context) {
		requireReach(context, 'Query', 'auditEntries');
		const { plane } = context.desk;
		const scope = firmOf(context);
		const firm = args.firmId ?? scope;
		const order = orderOf(args.orderBy ?? 'NEWEST_FIRST');
		// Whoever asks for another firm's log finds nothing, and writes nothing into it.
		recordReading(context, scope ?? firm);
		return connectionOf(
			args,
			order,
			async (page) => {
				const { rows, more } = await plane.read(scope, (tx) => selectAuditEntries(tx, firm, page));
				return { rows: rows.map(toNode), more };
			},
			() => plane.read(scope, (tx) => countAuditEntries(tx, firm, !order.descending)),
		);
	},
};

export const auditResolvers: AuditEntryResolvers = {
	at: ({ entry, appendedAt }) => (entry ? new Date(entry.at) : appendedAt),
	action: ({ entry }) => entry?.action ?? 'unreadable',
	decision: ({ entry }) => entry?.decision ?? 'FAILED',
	actorId: ({ entry }) => entry?.actor.user ?? null,
	actorRoles: ({ entry }) => [...(entry?.actor.roles ?? [])],
	plane: ({ entry, role }) => entry?.plane ?? role.replace('firmseal_', ''),
	requestId: ({ entry }) => entry?.request ?? null,
	leaseId: ({ entry }) => entry?.lease ?? null,
	documentHash: ({ entry }) => entry?.document ?? null,
	coordinates: ({ entry }) => [...(entry?.coordinates ?? [])],
	recordIds: ({ entry }) => [...(entry?.records ?? [])],
	keys: ({ entry }) => [...(entry?.keys ?? [])],
	reason: ({ entry }) => entry?.reason ?? null,
	bootId: ({ boot }) => boot,
};
