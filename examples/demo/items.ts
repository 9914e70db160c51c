import type { WorkspaceTypeName } from '../../src/firms/index.ts';
import { type DemoFile, filesOf } from './files.ts';
import type { DemoFirm } from './firms.ts';
import { deriveId, type Mail } from './mail.ts';
import type { Item, ItemRow } from './write-items.ts';

type Author = 'owner' | 'member' | 'client';
type Input = Readonly<Record<string, unknown>>;
type Thread = readonly Mail[];

/** The date of the first invoice and time entry, and of every id without a date of its own. */
const BEGINNING = Date.UTC(2026, 0, 5, 9);
const HOUR = 3_600_000;
const DAY = 24 * HOUR;

const INVOICES = 10;
const TIME_ENTRIES = 20;
const SHARED_THREADS = 3;
/** How many messages a shared thread has. */
const FEWEST = 2;
const MOST = 8;
const STATUSES = ['DRAFT', 'ISSUED', 'PAID', 'VOID'] as const;

/** The items to write for a firm. Each id is derived from the firm and the content, so a second load finds the rows of the first. */
export class FirmItems {
	readonly portalClient: string;
	readonly #firm: DemoFirm;
	readonly #clientIds: readonly string[];

	constructor(firm: DemoFirm) {
		this.#firm = firm;
		this.#clientIds = firm.clients.map((name) => this.#idOf('Client', name));
		this.portalClient = this.#clientIds[0] ?? '';
	}

	clients(): Item<'owner'>[] {
		return this.#firm.clients.map((name, index) => {
			const email = `${name.toLowerCase().replaceAll(/\W+/g, '.')}@clients.example`;
			return { rows: [{ type: 'Client', by: 'owner', input: { id: this.#clientOf(index), name, email } }] };
		});
	}

	notes(mails: readonly Mail[]): Item<Author>[] {
		return mails.map(({ subject: title, body, time }, index) => {
			const id = this.#idOf('Note', title + body, time);
			const note = row('Note', 'member', id, { title, body });
			return { rows: index % 5 === 0 ? [note, this.#comment({ noteId: id }, 'Please file this.', 'owner')] : [note] };
		});
	}

	messages(threads: readonly Thread[]): Item<Author>[] {
		const shared = new Set(threads.filter(isGoodToShare).slice(0, SHARED_THREADS));
		return threads.flatMap((mails, index) =>
			shared.has(mails)
				? this.#thread(mails, this.portalClient, { isShared: true })
				: this.#thread(mails, this.#clientOf(index), { isShared: false }),
		);
	}

	#thread(mails: Thread, clientId: string, { isShared }: { readonly isShared: boolean }): Item<Author>[] {
		const [first] = mails;
		if (!first) return [];
		const threadId = this.#idOf('Thread', first.subject + first.body, first.time);
		const written = mails.map(({ subject, body, time, sender }) => {
			// The client starts each shared thread.
			const by = sender === first.sender ? (isShared ? 'client' : 'owner') : 'member';
			return row('Message', by, this.#idOf('Message', subject + body, time), { threadId, subject, body });
		});
		const messageId = written[0]?.input.id ?? '';
		const remark = isShared ? [this.#comment({ messageId }, 'They must not learn of our limit.')] : [];
		return [
			{
				rows: [row('Thread', 'member', threadId, { clientId }), ...written, ...remark],
				sharedWith: isShared ? clientId : undefined,
			},
		];
	}

	documents(): Item<Author>[] {
		return this.#firm.documents.map(({ changes, ...input }, index) => {
			const documentId = this.#idOf('Document', input.name);
			const isShared = index === 0;
			const versions = changes.map((changeSummary, number) => {
				const by = isShared && number === 1 ? 'client' : 'member';
				const id = this.#idOf('DocumentVersion', `${input.name} ${number}`);
				return row('DocumentVersion', by, id, { documentId, changeSummary });
			});
			return {
				rows: [
					row('Document', 'member', documentId, { ...input, clientId: this.#clientOf(index) }),
					...versions,
					this.#comment({ documentId }, 'Read again before it goes out.', 'owner'),
				],
				sharedWith: isShared ? this.portalClient : undefined,
			};
		});
	}

	files(threads: readonly Thread[]): Item<Author>[] {
		return filesOf(this.#firm, threads).map((file, index) => this.#file(file, this.#clientOf(index)));
	}

	#file({ changeSummary, bytes, isShared, time, ...input }: DemoFile, clientId: string): Item<Author> {
		const documentId = fileIdOf(this.#firm, input.name, time);
		const versionId = this.#idOf('DocumentVersion', `file ${input.name}`, time);
		return {
			rows: [
				row('Document', 'member', documentId, { ...input, clientId: isShared ? this.portalClient : clientId }),
				row('DocumentVersion', 'member', versionId, { documentId, changeSummary }),
			],
			sharedWith: isShared ? this.portalClient : undefined,
			file: { documentId, versionId, by: 'member', bytes },
		};
	}

	invoices(): Item<Author>[] {
		return Array.from({ length: INVOICES }, (_, index) => this.#invoice(index));
	}

	#invoice(index: number): Item<Author> {
		const { currency, hour } = this.#firm;
		const status = STATUSES[index % STATUSES.length] ?? 'DRAFT';
		const hours = [1 + (index % 3), 2, 4].slice(0, 1 + (index % 3));
		const total = `${hours.reduce((sum, each) => sum + each, 0) * hour}.00`;
		const issued = BEGINNING + index * 7 * DAY;
		const number = `2026-${String(index + 1).padStart(4, '0')}`;
		const id = this.#idOf('Invoice', number);
		const clientId = this.#clientOf(index);
		const input = {
			clientId,
			number,
			status,
			currency,
			total,
			amountDue: status === 'PAID' || status === 'VOID' ? '0.00' : total,
			...(status !== 'DRAFT' && { issuedAt: new Date(issued), dueAt: new Date(issued + 30 * DAY) }),
			memo: `For our work until ${new Date(issued).toISOString().slice(0, 10)}, as agreed.`,
			lineItems: hours.map((each, line) => ({
				description: this.#workOf(index + line),
				quantity: `${each}`,
				unitAmount: `${hour}.00`,
			})),
		};
		return {
			rows: [
				row('Invoice', 'owner', id, input),
				this.#comment({ invoiceId: id }, 'Hours checked against the time sheet.'),
			],
			sharedWith: clientId === this.portalClient && status !== 'DRAFT' ? this.portalClient : undefined,
		};
	}

	timeEntries(): Item<Author>[] {
		return Array.from({ length: TIME_ENTRIES }, (_, index) => {
			const startedAt = new Date(BEGINNING + Math.floor(index / 2) * DAY + (index % 2) * 3 * HOUR);
			const input = {
				clientId: this.#clientOf(index),
				minutes: 30 + 15 * (index % 6),
				startedAt,
				description: this.#workOf(index),
			};
			const by = index % 4 === 0 ? 'owner' : 'member';
			return { rows: [row('TimeEntry', by, this.#idOf('TimeEntry', `${index}`, startedAt.getTime()), input)] };
		});
	}

	#comment(about: Record<string, string>, text: string, by: Author = 'member'): ItemRow<Author> {
		return row('Comment', by, this.#idOf('Comment', `${Object.values(about)} ${text}`), { about, text });
	}

	#idOf(type: WorkspaceTypeName, text: string, time = BEGINNING): string {
		return deriveId(`${this.#firm.slug} ${type} ${text}`, time);
	}

	#clientOf(index: number): string {
		return this.#clientIds[index % this.#clientIds.length] ?? this.portalClient;
	}

	#workOf(index: number): string {
		return this.#firm.work[index % this.#firm.work.length] ?? '';
	}
}

const row = (type: WorkspaceTypeName, by: Author, id: string, input: Input): ItemRow<Author> => ({
	type,
	by,
	input: { ...input, id },
});

/** The id of a document with an uploaded file. */
export const fileIdOf = (firm: DemoFirm, name: string, time = BEGINNING): string =>
	deriveId(`${firm.slug} Document file ${name}`, time);

const isGoodToShare = (mails: Thread) =>
	mails.length >= FEWEST && mails.length <= MOST && new Set(mails.map(({ sender }) => sender)).size > 1;
