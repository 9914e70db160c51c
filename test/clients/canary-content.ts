import { randomBytes } from 'node:crypto';
import { v7 as uuidv7 } from 'uuid';
import { CONTENT_TYPES } from '../../src/client/index.ts';

/** How a person's application writes and reads each type of content. */
export interface CanaryRecord {
	readonly type: string;
	readonly id: string;
	readonly create: string;
	readonly input: Record<string, unknown>;
	/** Null for a type that is never changed by itself. */
	readonly update: string | null;
	readonly change: Record<string, unknown>;
	readonly read: string;
	/** Texts by field, as create wrote them. */
	readonly texts: Readonly<Record<string, string>>;
	/** The same after the change. */
	readonly changed: Readonly<Record<string, string>>;
}

/** Digits and texts that occur nowhere else. Each value has one of them in it, and one of its own. */
export function newCanary() {
	const text = randomBytes(12).toString('hex');
	const amount = `7${String(randomBytes(6).readUIntBE(0, 6)).padStart(15, '0').slice(-11)}`;
	let count = 100;
	const of = (type: string): string => {
		count += 1;
		// Characters that JSON writes in another way are before and after.
		return type === 'Decimal' ? `${amount}${count}` : `"Kanari ä\\ ${text}-${count} /\u2028"`;
	};
	return { marks: { text, amount }, of };
}

/** The fields of a type that a person writes. */
const fieldsOf = (type: string): readonly (readonly [name: string, valueType: string])[] =>
	Object.entries(CONTENT_TYPES[type]?.fields ?? {})
		.filter(([, { isServerMade }]) => isServerMade !== true)
		.map(([name, field]) => [name, field.type]);

/** One record of each type with content, in an order in which each refers to earlier ones. */
export function canaryRecords(canary: ReturnType<typeof newCanary>, clientId: string, thread: string) {
	const valuesOf = (type: string) =>
		Object.fromEntries(fieldsOf(type).map(([name, valueType]) => [name, canary.of(valueType)]));
	const ids = Object.fromEntries(Object.keys(CONTENT_TYPES).map((type) => [type, uuidv7()])) as Record<string, string>;
	const line = { id: ids.InvoiceLineItem, ...valuesOf('InvoiceLineItem') };
	const day = new Date().toISOString();
	const metadata: Readonly<Record<string, object>> = {
		Note: {},
		Message: { threadId: thread },
		Document: { clientId, name: 'agreement.txt', mimeType: 'text/plain' },
		DocumentVersion: { documentId: ids.Document },
		Invoice: { clientId, number: 'N-1', currency: 'EUR', lineItems: [line] },
		TimeEntry: { clientId, minutes: 42, startedAt: day },
		Comment: { about: { noteId: ids.Note } },
	};
	const records = Object.entries(metadata).map(([type, given]): CanaryRecord => {
		const [texts, changed] = [valuesOf(type), valuesOf(type)];
		const id = ids[type] as string;
		return {
			...documentsOf(type),
			type,
			id,
			texts,
			changed,
			input: { id, ...given, ...texts },
			change: { id, ...changed },
		};
	});
	const { id: _, ...texts } = line;
	const ofLine = { type: 'InvoiceLineItem', id: line.id as string, texts, read: documentsOf('InvoiceLineItem').read };
	return { records, line: ofLine };
}

function documentsOf(type: string): Pick<CanaryRecord, 'create' | 'update' | 'read'> {
	const name = `${type.charAt(0).toLowerCase()}${type.slice(1)}`;
	const fields = fieldsOf(type).map(([field]) => field);
	const selected = `id revision ${fields.join(' ')}`;
	const write = (kind: 'create' | 'update', Kind: string) =>
		`mutation ($input: ${Kind}${type}Input!) { ${kind}${type}(input: $input) { ${name} { ${selected} } } }`;
	return {
		create: write('create', 'Create'),
		update: type === 'DocumentVersion' ? null : write('update', 'Update'),
		read: `query ($id: ID!) { node(id: $id) { __typename ... on ${type} { ${selected} } } }`,
	};
}
