import { createHash, randomBytes } from 'node:crypto';
import { filesAt } from '../support/files.ts';
import type { PagesScene } from './scene.ts';
import type { Marks } from './traces.ts';

export const OWNER = 'owner@northgate.example';
export const MEMBER = 'member@northgate.example';
const CLIENT = 'client@northgate.example';
export const OPERATOR = 'operator@platform.example';
export const APPROVER = 'approver@platform.example';
export const AUDITOR = 'auditor@platform.example';

/** A firm with a mark in every encrypted field and file. */
export interface CanaryFirm {
	readonly id: string;
	readonly name: string;
	/** Marks of everything but the body of the note; `file` is that of the document's file. */
	readonly closed: Marks & { readonly file: string };
	/** Marks of the body of the note, which a test opens under a lease. */
	readonly opened: Marks;
	readonly records: Readonly<
		Record<'client' | 'note' | 'thread' | 'message' | 'document' | 'invoice' | 'timeEntry', string>
	>;
	/** As the person, with the token of the demo. @throws Error with the answer if it has no data */
	// biome-ignore lint/suspicious/noExplicitAny: tests read whatever shape the query has
	ask(email: string, query: string, variables?: Readonly<Record<string, unknown>>): Promise<any>;
}

const random = (bytes: number) => randomBytes(bytes).toString('hex');
/** A number of the form of an amount that occurs nowhere else. */
const amount = () => String(100_000_000_000_000n + (randomBytes(8).readBigUInt64BE() % 800_000_000_000_000n));
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

export async function writeCanaries({ api, tokens }: PagesScene): Promise<CanaryFirm> {
	const ask: CanaryFirm['ask'] = async (email, query, variables = {}) => {
		const { data, text } = await api.ask(tokens[email] ?? '', query, variables);
		if (!data) throw new Error(text);
		return data;
	};
	const create = async (type: string, input: object): Promise<string> => {
		const name = type.charAt(0).toLowerCase() + type.slice(1);
		const query = `mutation($input: Create${type}Input!) { create${type}(input: $input) { ${name} { id } } }`;
		return (await ask(MEMBER, query, { input }))[`create${type}`][name].id;
	};
	const mark = `Kanari${random(6)}`;
	const opened = `Offen${random(6)}`;
	const inFile = `Datei${random(6)}`;
	const says = (field: string) => `${mark} ${field} 1`;
	const { viewer } = await ask(CLIENT, '{ viewer { firm { id name } client { id } } }');
	const clientId: string = viewer.client.id;

	const note = await create('Note', { title: says('title'), body: `${opened} body` });
	const thread = await create('Thread', { clientId });
	const message = await create('Message', { threadId: thread, subject: says('subject'), body: says('message') });
	const files = [1, 2].map((version) => `${inFile} version ${version}`);
	const document = await create('Document', {
		clientId,
		name: 'agreement.txt',
		mimeType: 'text/plain',
		description: says('description'),
	});
	const { put } = filesAt(api.url);
	await put(tokens[MEMBER] ?? '', document, files[0] ?? '');
	await create('DocumentVersion', { documentId: document, changeSummary: says('change') });
	await put(tokens[MEMBER] ?? '', document, files[1] ?? '');
	const amounts = { total: amount(), amountDue: amount(), quantity: amount(), unitAmount: amount() };
	const { total, amountDue, quantity, unitAmount } = amounts;
	const invoice = await create('Invoice', {
		clientId,
		number: `N-${random(4)}`,
		currency: 'EUR',
		total,
		amountDue,
		memo: says('memo'),
		lineItems: [{ description: says('line'), quantity, unitAmount }],
	});
	const timeEntry = await create('TimeEntry', {
		clientId,
		minutes: 42,
		startedAt: new Date().toISOString(),
		description: says('time'),
	});
	for (const about of [{ noteId: note }, { messageId: message }, { documentId: document }, { invoiceId: invoice }])
		await create('Comment', { about, text: says(`comment on ${Object.keys(about)[0]}`) });
	const stored = await ask(MEMBER, 'query($id: ID!) { document(id: $id) { objectKey versions { objectKey } } }', {
		id: document,
	});
	const keys = [
		stored.document.objectKey,
		...stored.document.versions.map((each: { objectKey: string }) => each.objectKey),
	];
	return {
		id: viewer.firm.id,
		name: viewer.firm.name,
		opened: { opened },
		closed: {
			text: mark,
			file: inFile,
			...amounts,
			...Object.fromEntries(files.map((file, index) => [`hash of version ${index + 1}`, sha256(file)])),
			...Object.fromEntries([...new Set(keys)].map((key, index) => [`object key ${index + 1}`, key])),
		},
		records: { client: clientId, note, thread, message, document, invoice, timeEntry },
		ask,
	};
}

/** A lease, on the bodies of notes unless `changes` say otherwise, approved by both sides, which the operator can activate. */
export async function approveLease({ id, ask }: CanaryFirm, ticket: string, changes: object = {}): Promise<string> {
	const { requestBreakGlass } = await ask(
		OPERATOR,
		'mutation($input: RequestBreakGlassInput!) { requestBreakGlass(input: $input) { lease { id requestHash } } }',
		{
			input: {
				firmId: id,
				purpose: 'CUSTOMER_SUPPORT',
				reason: 'The owner reports that this note shows no text since the update of Monday.',
				ticket,
				classes: ['NOTE'],
				coordinates: ['Note.body'],
				minutes: 60,
				...changes,
			},
		},
	);
	const { id: leaseId, requestHash } = requestBreakGlass.lease;
	for (const email of [OWNER, APPROVER])
		await ask(
			email,
			'mutation($leaseId: ID!, $requestHash: String!) { approveBreakGlass(leaseId: $leaseId, requestHash: $requestHash) { lease { id } } }',
			{ leaseId, requestHash },
		);
	return leaseId;
}
