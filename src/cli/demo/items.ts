import type { WorkspaceTypeName } from '../../firms/index.ts';
import { filesOf } from './files.ts';
import type { DemoFirm } from './firms.ts';
import { deriveId, type Mail } from './mail.ts';
import type { Item, ItemRow } from './write-items.ts';

type Who = 'owner' | 'member' | 'client';
type Input = Readonly<Record<string, unknown>>;

/** When the firms were busy. */
const BEGINNING = Date.UTC(2026, 0, 5, 9);
const HOUR = 3_600_000;
const DAY = 24 * HOUR;

const INVOICES = 10;
const TIME_ENTRIES = 20;
const SHARED_THREADS = 3;
/** Messages of a thread that is shared: enough to be read, not too many. */
const FEWEST = 2;
const MOST = 8;

const row = (type: WorkspaceTypeName, by: Who, id: string, input: Input): ItemRow<Who> => ({
	type,
	by,
	input: { ...input, id },
});

/** What a firm has, as it is to be written. Ids follow from the firm and what it is, so that a second load finds the first one's. */
export function itemsOf(firm: DemoFirm) {
	const idOf = (type: WorkspaceTypeName, text: string, time = BEGINNING) =>
		deriveId(`${firm.slug} ${type} ${text}`, time);
	const clientIds = firm.clients.map((name) => idOf('Client', name));
	const [portalClient = ''] = clientIds;
	const clientOf = (index: number) => clientIds[index % clientIds.length] ?? portalClient;
	const workOf = (index: number) => firm.work[index % firm.work.length] ?? '';
	const comment = (about: Record<string, string>, text: string, by: Who = 'member') =>
		row('Comment', by, idOf('Comment', `${Object.values(about)} ${text}`), { about, text });

	const clients = (): Item<'owner'>[] =>
		firm.clients.map((name, index) => ({
			rows: [
				{
					type: 'Client',
					by: 'owner',
					input: { id: clientOf(index), name, email: `${name.toLowerCase().replaceAll(/\W+/g, '.')}@clients.example` },
				},
			],
		}));

	/** These ids are those of the notes in older data. */
	const notes = (mails: readonly Mail[]): Item<Who>[] =>
		mails.map(({ subject: title, body, time }, index) => {
			const id = deriveId(firm.slug + title + body, time);
			const note = row('Note', 'member', id, { title, body });
			return { rows: index % 5 === 0 ? [note, comment({ noteId: id }, 'Please file this.', 'owner')] : [note] };
		});

	const messages = (threads: readonly (readonly Mail[])[]): Item<Who>[] => {
		const shared = new Set(threads.filter(isGoodToShare).slice(0, SHARED_THREADS));
		return threads.flatMap((mails, index) => {
			const [begun] = mails;
			if (!begun) return [];
			const isShared = shared.has(mails);
			const threadId = idOf('Thread', begun.subject + begun.body, begun.time);
			const written = mails.map(({ subject, body, time, sender }) => {
				// In a shared thread whoever began it is the client.
				const by = sender === begun.sender ? (isShared ? 'client' : 'owner') : 'member';
				return row('Message', by, idOf('Message', subject + body, time), { threadId, subject, body });
			});
			const clientId = isShared ? portalClient : clientOf(index);
			const messageId = written[0]?.input.id ?? '';
			const remark = isShared ? [comment({ messageId }, 'They must not learn of our limit.')] : [];
			return [
				{
					rows: [row('Thread', 'member', threadId, { clientId }), ...written, ...remark],
					sharedWith: isShared ? portalClient : undefined,
				},
			];
		});
	};

	const documents = (): Item<Who>[] =>
		firm.documents.map(({ changes, ...input }, index) => {
			const id = idOf('Document', input.name);
			const isShared = index === 0;
			const versions = changes.map((changeSummary, number) => {
				const by = isShared && number === 1 ? 'client' : 'member';
				return row('DocumentVersion', by, idOf('DocumentVersion', `${input.name} ${number}`), {
					documentId: id,
					changeSummary,
				});
			});
			return {
				rows: [
					row('Document', 'member', id, { ...input, clientId: clientOf(index) }),
					...versions,
					comment({ documentId: id }, 'Read again before it goes out.', 'owner'),
				],
				sharedWith: isShared ? portalClient : undefined,
			};
		});

	const files = (threads: readonly (readonly Mail[])[]): Item<Who>[] =>
		filesOf(firm, threads).map(({ changeSummary, bytes, isShared, time, ...input }, index) => {
			const id = fileIdOf(firm, input.name, time);
			const versionId = idOf('DocumentVersion', `file ${input.name}`, time);
			return {
				rows: [
					row('Document', 'member', id, { ...input, clientId: isShared ? portalClient : clientOf(index) }),
					row('DocumentVersion', 'member', versionId, { documentId: id, changeSummary }),
				],
				sharedWith: isShared ? portalClient : undefined,
				file: { documentId: id, versionId, by: 'member', bytes },
			};
		});

	const invoices = (): Item<Who>[] =>
		Array.from({ length: INVOICES }, (_, index) => {
			const status = (['DRAFT', 'ISSUED', 'PAID', 'VOID'] as const)[index % 4] ?? 'DRAFT';
			const hours = [1 + (index % 3), 2, 4].slice(0, 1 + (index % 3));
			const total = `${hours.reduce((sum, each) => sum + each, 0) * firm.hour}.00`;
			const issued = BEGINNING + index * 7 * DAY;
			const number = `2026-${String(index + 1).padStart(4, '0')}`;
			const id = idOf('Invoice', number);
			const clientId = clientOf(index);
			return {
				rows: [
					row('Invoice', 'owner', id, {
						clientId,
						number,
						status,
						currency: firm.currency,
						total,
						amountDue: status === 'PAID' || status === 'VOID' ? '0.00' : total,
						...(status !== 'DRAFT' && { issuedAt: new Date(issued), dueAt: new Date(issued + 30 * DAY) }),
						memo: `For our work until ${new Date(issued).toISOString().slice(0, 10)}, as agreed.`,
						lineItems: hours.map((each, line) => ({
							description: workOf(index + line),
							quantity: `${each}`,
							unitAmount: `${firm.hour}.00`,
						})),
					}),
					comment({ invoiceId: id }, 'Hours checked against the time sheet.'),
				],
				sharedWith: clientId === portalClient && status !== 'DRAFT' ? portalClient : undefined,
			};
		});

	const timeEntries = (): Item<Who>[] =>
		Array.from({ length: TIME_ENTRIES }, (_, index) => {
			const startedAt = new Date(BEGINNING + Math.floor(index / 2) * DAY + (index % 2) * 3 * HOUR);
			const input = {
				clientId: clientOf(index),
				minutes: 30 + 15 * (index % 6),
				startedAt,
				description: workOf(index),
			};
			const by = index % 4 === 0 ? 'owner' : 'member';
			return { rows: [row('TimeEntry', by, idOf('TimeEntry', `${index}`, startedAt.getTime()), input)] };
		});

	return { portalClient, clients, notes, messages, documents, files, invoices, timeEntries };
}

/** Of a document that has its file. */
export const fileIdOf = (firm: DemoFirm, name: string, time = BEGINNING): string =>
	deriveId(`${firm.slug} Document file ${name}`, time);

const isGoodToShare = (mails: readonly Mail[]) =>
	mails.length >= FEWEST && mails.length <= MOST && new Set(mails.map(({ sender }) => sender)).size > 1;
