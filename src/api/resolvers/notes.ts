import { countNotes, type NoteRow, selectNote, selectNotes, tables } from '../../database/index.ts';
import { FirmsealError } from '../../errors.ts';
import { checkId, checkTime, createNote, deleteNote, updateNote } from '../../firms/index.ts';
import { connectionOf, type ListOrder } from '../connection.ts';
import { accessOf, actingFor, firmOf, type RequestContext, reachFor, requireReach } from '../context.ts';
import type { MutationResolvers, NoteOrder, NoteResolvers, QueryResolvers } from '../schema-types.generated.ts';
import { NODES, selectedFields } from '../selected-fields.ts';

function orderOf(order: NoteOrder): ListOrder<NoteRow> {
	const time = order.startsWith('CREATED') ? 'createdAt' : 'updatedAt';
	return {
		name: `notes:${order}`,
		column: tables.notes[time],
		id: tables.notes.id,
		descending: order.endsWith('DESC'),
		valueOf: (row) => row[time].toISOString(),
	};
}

/** The firm of a list: an operator names one; a member's is its own, and another's finds nothing. */
function listedFirm(context: RequestContext, firmId: string | null | undefined): string {
	const named = firmId == null ? null : checkId(firmId, 'firmId');
	const firm = named ?? firmOf(context);
	if (firm === null)
		throw new FirmsealError('BAD_USER_INPUT', 'Name the firm: an operator must give firmId on this list.');
	return firm;
}

const checkedTime = (time: Date | null | undefined, name: string) => (time == null ? null : checkTime(time, name));

/** Sealed columns are read only for a request that may open them. */
const mayRead = (context: RequestContext): boolean => accessOf(context).terms.decision.allowed;

/** null: there is no such note, or not for this caller. */
export async function findNote(
	context: RequestContext,
	id: string,
	fields: ReadonlySet<string>,
): Promise<NoteRow | null> {
	if (reachFor(context, 'note') === null) return null;
	return context.desk.plane.read(firmOf(context), (tx) => selectNote(tx, id, { fields, sealed: mayRead(context) }));
}

export const noteQueries: Required<Pick<QueryResolvers, 'note' | 'notes'>> = {
	note: (_parent, { id }, context, info) => findNote(context, checkId(id, 'id'), selectedFields(info, [[]])),

	notes(_parent, args, context, info) {
		requireReach(context, 'Query', 'notes');
		const { plane } = context.desk;
		const scope = firmOf(context);
		const filter = {
			createdFrom: checkedTime(args.filter?.createdFrom, 'createdFrom'),
			createdBefore: checkedTime(args.filter?.createdBefore, 'createdBefore'),
			authorId: args.filter?.authorId == null ? null : checkId(args.filter.authorId, 'authorId'),
			firmId: listedFirm(context, args.firmId),
		};
		const selection = { fields: selectedFields(info, NODES), sealed: mayRead(context) };
		return connectionOf(
			args,
			orderOf(args.orderBy ?? 'CREATED_AT_DESC'),
			(page) => plane.read(scope, (tx) => selectNotes(tx, filter, page, selection)),
			() => plane.read(scope, (tx) => countNotes(tx, filter)),
		);
	},
};

export const noteMutations: Required<Pick<MutationResolvers, 'createNote' | 'updateNote' | 'deleteNote'>> = {
	createNote: async (_parent, { input }, context) => ({
		note: await createNote(context.desk, actingFor(context, 'createNote'), input),
	}),
	updateNote: async (_parent, { input }, context) => ({
		note: await updateNote(context.desk, actingFor(context, 'updateNote'), input),
	}),
	deleteNote: async (_parent, { input }, context) => ({
		id: await deleteNote(context.desk, actingFor(context, 'deleteNote'), input),
	}),
};

export const noteResolvers: NoteResolvers = {
	author: ({ authorId }, _args, { loaders }) => loaders.users.load(authorId),
};
