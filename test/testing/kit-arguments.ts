import { isRequiredArgument } from 'graphql';
import type { Sql } from 'postgres';
import { v7 as uuidv7 } from 'uuid';
import type { KitOptions, Path } from '../../src/testing/index.ts';
import { inputs, type KitFirm } from './kit-firm.ts';

const SUBJECTS = ['document', 'message', 'note', 'invoice'] as const;
type Subject = (typeof SUBJECTS)[number];

/** The object that the comment of a path must be about: the next object of the path, or the previous one. */
function subjectOf(path: Path | null): Subject {
	const next = path?.steps.find(({ coordinate }) => coordinate.startsWith('Comment.'))?.field.name;
	return SUBJECTS.find((name) => name === next) ?? 'note';
}

/** A comment is about one object, and an object that was just created has no parts and no file yet. */
export function leads({ steps, field }: Path): boolean {
	let about: string | null = null;
	for (const { coordinate } of steps) {
		const [type = '', name = ''] = coordinate.split('.');
		if (name === 'comments') about = type.toLowerCase();
		if (type !== 'Comment') continue;
		if (about !== null && about !== name) return false;
		about = name;
	}
	const [root, payload, part] = steps.map(({ coordinate }) => coordinate);
	if (!root?.startsWith('Mutation.create') || !payload) return true;
	if (steps.length === 2) return !/\.(bucket|objectKey|sha256)$/.test(field.coordinate);
	if (/\.(comments|versions|messages)$/.test(part ?? '')) return false;
	return !/^DocumentVersion\.(bucket|objectKey|sha256)$/.test(field.coordinate) || steps.length > 2;
}

/** Arguments that lead to the firm's objects for any caller; `stranger` is of another firm. */
export function argumentsFor(admin: Sql, firm: KitFirm, stranger: string): KitOptions['argumentsOf'] {
	const given = inputs(firm.client);
	const ofFirm = { firmId: firm.id };
	const change = async (table: string, id: string, input: Record<string, unknown>) => {
		const [row] = await admin`select revision from ${admin(table)} where id = ${id}`;
		return { input: { id, expectedRevision: row?.revision, ...input } };
	};
	return async (coordinate, { principal, type, path }) => {
		const { ids, comments } = firm;
		const made = (input: Record<string, unknown>) => ({ input: { id: uuidv7(), ...input } });
		switch (coordinate) {
			case 'Query.node':
				return type === 'Comment'
					? { id: comments[subjectOf(path)] }
					: type in ids
						? { id: ids[type as keyof typeof ids] }
						: null;
			case 'Query.recordsToReseal':
				// Only of a class in the firm's own custody, which the platform opens for no one.
				return null;
			case 'Query.document':
				return { id: ids.Document };
			case 'Query.thread':
				return { id: ids.Thread };
			case 'Query.message':
				return { id: ids.Message };
			case 'Query.note':
				return { id: ids.Note };
			case 'Query.invoice':
				return { id: ids.Invoice };
			case 'Query.timeEntry':
				return { id: ids.TimeEntry };
			case 'Query.messages':
				return { ...ofFirm, threadId: ids.Thread };
			case 'Query.documents':
			case 'Query.threads':
			case 'Query.notes':
			case 'Query.invoices':
			case 'Query.timeEntries':
				return ofFirm;
			case 'Mutation.createDocument':
				return made(given.Document);
			case 'Mutation.createDocumentVersion':
				return made({ documentId: ids.Document, changeSummary: given.Document.description });
			case 'Mutation.createThread':
				return made({ clientId: firm.client });
			case 'Mutation.createMessage':
				return made({ threadId: ids.Thread, ...given.Message });
			case 'Mutation.createNote':
				// The arguments of a note do not name its firm, so the stranger uses an id that is taken.
				return made({ ...given.Note, ...(principal.name === stranger && { id: ids.Note }) });
			case 'Mutation.createInvoice':
				return made({ ...given.Invoice, number: uuidv7() });
			case 'Mutation.createTimeEntry':
				return made(given.TimeEntry);
			case 'Mutation.createComment': {
				const about = subjectOf(path);
				const id = { document: ids.Document, message: ids.Message, note: ids.Note, invoice: ids.Invoice }[about];
				return made({ about: { [`${about}Id`]: id }, text: given.Note.body });
			}
			case 'Mutation.updateDocument':
				return change('documents', ids.Document, { description: given.Document.description });
			case 'Mutation.updateMessage':
				return change('messages', ids.Message, { body: given.Message.body });
			case 'Mutation.updateNote':
				return change('notes', ids.Note, { title: given.Note.title });
			case 'Mutation.updateInvoice':
				return change('invoices', ids.Invoice, { memo: given.Invoice.memo });
			case 'Mutation.updateTimeEntry':
				return change('time_entries', ids.TimeEntry, { description: given.TimeEntry.description });
			case 'Mutation.updateComment':
				return change('comments', comments[subjectOf(path)], { text: given.Note.body });
			case 'Mutation.shareWithClient':
			case 'Mutation.unshareWithClient': {
				// The object that is the payload's subject.
				const shared = (path?.steps[2]?.type ?? path?.type)?.name ?? '';
				const subject = { [`${shared.charAt(0).toLowerCase()}${shared.slice(1)}Id`]: ids[shared as keyof typeof ids] };
				const share = { firm_id: firm.id, author_id: firm.owner, client_id: firm.spareClient, ...snake(subject) };
				if (coordinate === 'Mutation.unshareWithClient')
					await admin`insert into shares ${admin({ id: uuidv7(), ...share } as never)} on conflict do nothing`;
				return { input: { clientId: firm.spareClient, subject } };
			}
			default:
				if (path?.steps[0].coordinate === coordinate && path.steps[0].field.args.some(isRequiredArgument))
					throw new Error(`Give ${coordinate} its arguments in argumentsFor of test/testing/kit-arguments.ts.`);
				return {};
		}
	};
}

const snake = (subject: Readonly<Record<string, unknown>>) =>
	Object.fromEntries(Object.entries(subject).map(([name, value]) => [name.replace('Id', '_id'), value]));
