import { type Entry, readLeaf, uuidToBase64url } from '../../audit/index.ts';
import { contentEntry } from '../../content/index.ts';
import {
	type AuditEntryRow,
	type AuditEntryRowFilter,
	countAuditEntries,
	countPublishedEntries,
	selectAuditEntries,
	selectAuditEntry,
	selectPublishedEntries,
	selectPublishedIndexes,
	type Transaction,
	tables,
} from '../../database/index.ts';
import { contentSessionOf } from '../../encryption-directive/index.ts';
import { FirmsealError } from '../../errors.ts';
import { PLATFORM_FIRM_ID } from '../../keys/index.ts';
import { type Connection, type ConnectionArgs, type ListOrder, loadConnection } from '../connection.ts';
import { authorizeOperation, firmOf, type RequestContext } from '../context.ts';
import type {
	AuditEntryOrder,
	AuditEntryResolvers,
	QueryAuditEntriesArgs,
	QueryResolvers,
} from '../schema-types.generated.ts';

/** `entry` is null for a leaf that this program did not write. Such a leaf is shown as it is, and hides no other. */
export type AuditEntryNode = AuditEntryRow & {
	readonly entry: Entry | null;
	/** Index of the leaf, if it was read with the entry. */
	readonly index?: number;
};

const orderOf = (order: Exclude<AuditEntryOrder, 'LEAF_INDEX'>): ListOrder<AuditEntryNode> => ({
	name: `auditEntries:${order}`,
	column: tables.auditEntries.transaction,
	id: tables.auditEntries.id,
	descending: order === 'NEWEST_FIRST',
	valueOf: ({ transaction }) => transaction,
});

const BY_INDEX: ListOrder<AuditEntryNode> = {
	name: 'auditEntries:LEAF_INDEX',
	column: tables.auditLeaves.index,
	id: tables.auditLeaves.entryId,
	descending: false,
	valueOf: ({ index }) => String(index),
};

/** Characters that JSON adds to each text of a list. */
const QUOTES = 3;

/** The leaf is parsed when a field needs it: who checks or exports a log asks for the leaves alone. */
function toNode(row: AuditEntryRow): AuditEntryNode {
	let entry: Entry | null | undefined;
	return {
		...row,
		get entry() {
			if (entry === undefined) entry = readLeaf(row.leaf);
			return entry;
		},
	};
}

/** Reading the log is recorded in it. `tree`: the firm id, or the platform's id for entries of no firm. */
export function recordLogRead(context: RequestContext, tree: string | null): void {
	const session = contentSessionOf(context);
	session.addEntry(
		contentEntry(session.authorization, { action: 'log.read', firm: tree === PLATFORM_FIRM_ID ? null : tree }),
	);
}

/**
 * The texts of one field of an entry. They count towards the request's budget like opened content, at each alias. Beyond the budget
 * the request gets no answer, so the texts are left out.
 */
export function textWithinBudget(context: RequestContext, texts: readonly string[] = []): string[] {
	let length = 0;
	for (const text of texts) length += text.length + QUOTES;
	return contentSessionOf(context).spendBytes(length) ? [...texts] : [];
}

/** Null if the entry does not exist or the caller may not see it. */
export async function findAuditEntry(context: RequestContext, id: string): Promise<AuditEntryNode | null> {
	const row = await context.services.plane.read(firmOf(context), (tx) => selectAuditEntry(tx, id));
	if (row) recordLogRead(context, row.firmId);
	return row && toNode(row);
}

const filterOf = (asked: NonNullable<QueryAuditEntriesArgs['filter']>): AuditEntryRowFilter => ({
	action: asked.action ?? null,
	actor: asked.actorId ?? null,
	decision: asked.decision ?? null,
	coordinate: asked.coordinate ?? null,
	record: asked.recordId ? uuidToBase64url(asked.recordId) : null,
	lease: asked.leaseId ?? null,
	from: asked.atFrom ?? null,
	before: asked.atBefore ?? null,
});

export const auditQueries: Required<Pick<QueryResolvers, 'auditEntries'>> = {
	auditEntries(_parent, args, context) {
		authorizeOperation(context, 'Query', 'auditEntries');
		const { plane } = context.services;
		const scope = firmOf(context);
		const firm = args.firmId ?? scope;
		if (args.orderBy === 'LEAF_INDEX') {
			if (args.filter)
				throw new FirmsealError('BAD_USER_INPUT', 'The order LEAF_INDEX is for a whole tree: remove the filter.');
			return entriesByIndex(context, firm, args);
		}
		if (args.fromIndex != null)
			throw new FirmsealError(
				'BAD_USER_INPUT',
				'The argument fromIndex needs the order LEAF_INDEX: set orderBy to LEAF_INDEX.',
			);
		const order = orderOf(args.orderBy ?? 'NEWEST_FIRST');
		const filter = args.filter ? filterOf(args.filter) : null;
		// A caller who asks for another firm's log gets nothing, and writes nothing into that log.
		recordLogRead(context, scope ?? firm);
		const read = <T>(work: (tx: Transaction) => Promise<T>): Promise<T> => {
			const reading = () => plane.read(scope, work);
			return filter ? plane.exclusivePerParty(context.party, reading) : reading();
		};
		return loadConnection(
			context.party,
			args,
			order,
			async (page) => {
				const { rows, more } = await read((tx) => selectAuditEntries(tx, firm, page, filter));
				return { rows: rows.map(toNode), more };
			},
			() => {
				const key = JSON.stringify([firm, order.descending, filter]);
				return countOnce(context, key, () => read((tx) => countAuditEntries(tx, firm, !order.descending, filter)));
			},
		);
	},
};

/** A count scans the whole list, so each request makes it only once. */
const countOnce = async ({ loaders }: RequestContext, key: string, count: () => Promise<number>): Promise<number> =>
	(await loaders.byId(`count of entries:${key}`, async () => new Map([[key, await count()]])).load(key)) ?? 0;

function entriesByIndex(
	context: RequestContext,
	tree: string | null,
	args: ConnectionArgs & { readonly fromIndex?: number | null },
): Promise<Connection<AuditEntryNode>> {
	if (tree === null)
		throw new FirmsealError('BAD_USER_INPUT', 'The order LEAF_INDEX is for one tree: name a firm with firmId.');
	const { plane } = context.services;
	const scope = firmOf(context);
	const from = args.fromIndex ?? 0;
	recordLogRead(context, scope ?? tree);
	return loadConnection(
		context.party,
		args,
		BY_INDEX,
		async (page) => {
			const { rows, more } = await plane.read(scope, (tx) => selectPublishedEntries(tx, tree, from, page));
			return { rows: rows.map(toNode), more };
		},
		() => plane.read(scope, (tx) => countPublishedEntries(tx, tree, from)),
	);
}

export const auditResolvers: AuditEntryResolvers = {
	index({ id, index }, _args, context) {
		if (index !== undefined) return index;
		const indexes = context.loaders.byId('indexes of entries', (ids) =>
			context.services.plane.read(firmOf(context), (tx) => selectPublishedIndexes(tx, ids)),
		);
		return indexes.load(id);
	},
	at: ({ entry, appendedAt }) => (entry ? new Date(entry.at) : appendedAt),
	action: ({ entry }) => entry?.action ?? 'unreadable',
	decision: ({ entry }) => entry?.decision ?? 'FAILED',
	actorId: ({ entry }) => entry?.actor.user ?? null,
	actorRoles: ({ entry }) => [...(entry?.actor.roles ?? [])],
	plane: ({ entry, role }) => entry?.plane ?? role.replace('firmseal_', ''),
	requestId: ({ entry }) => entry?.request ?? null,
	leaseId: ({ entry }) => entry?.lease ?? null,
	documentHash: ({ entry }) => entry?.document ?? null,
	coordinates: ({ entry }, _args, context) => textWithinBudget(context, entry?.coordinates),
	recordIds: ({ entry }, _args, context) => textWithinBudget(context, entry?.records),
	keys: ({ entry }) => [...(entry?.keys ?? [])],
	reason: ({ entry }) => entry?.reason ?? null,
	bootId: ({ boot }) => boot,
	leaf: ({ leaf }, _args, context) => textWithinBudget(context, [leaf])[0] ?? '',
};
