import { randomUUID } from 'node:crypto';
import { type ContentDecision, decideContent } from '../../src/access/index.ts';
import { createNodeAead } from '../../src/adapters/aead-node/index.ts';
import { type AuditLog, chunkDraft, type EntryDraft, encodeLeaf, leafVersionOf } from '../../src/audit/index.ts';
import {
	type ContentAuthorization,
	type ContentEvents,
	type ContentField,
	contentFromKeys,
} from '../../src/content/index.ts';
import { encodeValue, prepareFieldKey, sealPayload } from '../../src/envelope/index.ts';
import { type ClassKey, type DataKeys, deriveFirmTag } from '../../src/keys/index.ts';

export const FIRM = '01980000-0000-7000-8000-00000000000a';
export const OTHER_FIRM = '01980000-0000-7000-8000-00000000000b';
const USER = '01980000-0000-7000-8000-000000000001';
const REQUEST = '01980000-0000-7000-8000-000000000002';

export const rowId = (n: number): string => `01980000-0000-7000-9000-${n.toString(16).padStart(12, '0')}`;

const fieldOf = (
	coordinate: string,
	contentClass: ContentField['class'],
	table: string,
	column: string,
): ContentField => Object.freeze({ coordinate, class: contentClass, table, column, valueType: 'String', pad: 0 });

export const TITLE = fieldOf('Note.title', 'NOTE', 'notes', 'title');
export const BODY = fieldOf('Note.body', 'NOTE', 'notes', 'body');
export const TAGS = fieldOf('Note.tags', 'NOTE', 'notes', 'tags');
export const MEMO = fieldOf('Invoice.memo', 'BILLING', 'invoices', 'memo');
export const OBJECT_KEY = fieldOf('DocumentVersion.objectKey', 'DOCUMENT', 'document_versions', 'object_key');
const FIELDS = [TITLE, BODY, TAGS, MEMO, OBJECT_KEY];

const aead = createNodeAead();
type Key = ReturnType<typeof aead.importKey>;

function classKey(firm: string, keyClass: string, version: number): ClassKey<Key> {
	const place = { firm, class: keyClass };
	const fields = FIELDS.filter((field) => field.class === keyClass).map((field) => {
		const raw = new Uint8Array(32).fill(FIELDS.indexOf(field) + version * 16);
		const parts = {
			place: { ...place, table: field.table, column: field.column },
			firmTag: deriveFirmTag(firm),
			version,
		};
		return [`${field.table}.${field.column}`, prepareFieldKey({ ...parts, key: aead.importKey(raw) })] as const;
	});
	const byName = new Map(fields);
	return {
		firm,
		class: keyClass,
		version,
		keyId: 'key-1',
		requestId: `request-${version}`,
		field(table, column) {
			const key = byName.get(`${table}.${column}`);
			if (!key) throw new Error(`${table}.${column}`);
			return key;
		},
		document: () => aead.importKey(new Uint8Array(32).fill(version + firm.charCodeAt(firm.length - 1))),
	};
}

/** A log that checks every draft against the format, in the chunks that the real log writes. */
function checkedDraft(draft: EntryDraft): EntryDraft {
	encodeLeaf({
		...draft,
		v: leafVersionOf(draft),
		id: REQUEST,
		boot: USER,
		sequence: 1,
		at: '2026-01-01T00:00:00.000Z',
	});
	return draft;
}

/** Content with keys and a log that a test controls. */
export function workbench(more: ContentEvents = {}) {
	const drafts: EntryDraft[] = [];
	const asked: string[] = [];
	const counted: number[] = [];
	const atHand = new Map<string, ClassKey<Key>>();
	let decrypted = 0;
	const counting: typeof aead = {
		...aead,
		open(...args) {
			decrypted += 1;
			return aead.open(...args);
		},
	};
	let keyError: Error | null = null;
	let logError: Error | null = null;

	const keyOf = (firm: string, keyClass: string, version = 1) => {
		const name = `${firm}/${keyClass}/${version}`;
		return { name, held: atHand.get(name) };
	};
	async function load(firm: string, keyClass: string, version = 1): Promise<ClassKey<Key>> {
		const { name } = keyOf(firm, keyClass, version);
		asked.push(name);
		if (keyError) throw keyError;
		const key = classKey(firm, keyClass, version);
		atHand.set(name, key);
		return key;
	}
	const dataKeys: DataKeys<Key> = {
		openingKey: (firm, keyClass, version) => keyOf(firm, keyClass, version).held,
		loadOpeningKey: load,
		sealingKey(firm, keyClass, count) {
			const { held } = keyOf(firm, keyClass);
			if (held) counted.push(count);
			return held;
		},
		loadSealingKey(firm, keyClass, count) {
			counted.push(count);
			return load(firm, keyClass);
		},
		purge: () => atHand.clear(),
		stats: () => ({ hits: 0, misses: 0, size: atHand.size }),
	};
	const audit: AuditLog = {
		async append(entries) {
			if (logError) throw logError;
			const checked = entries.flatMap(chunkDraft).map(checkedDraft);
			drafts.push(...checked);
			return checked.map(() => randomUUID());
		},
	};
	return {
		content: contentFromKeys({ dataKeys, aead: counting, audit, ...more }),
		drafts,
		/** The keys that had to be loaded. */
		asked,
		/** Number of decryptions. */
		decrypted: () => decrypted,
		/** Number of values counted as sealed. */
		counted,
		load,
		failKeys: (error: Error | null) => {
			keyError = error;
			if (error) atHand.clear();
		},
		failLog: (error: Error | null) => {
			logError = error;
		},
	};
}

/** The envelope of a text, sealed with the keys of workbench(). */
export function sealedText(field: ContentField, row: string, text: string, firm = FIRM, version = 1): Uint8Array {
	const key = classKey(firm, field.class, version).field(field.table, field.column);
	return sealPayload(aead, key, row, encodeValue('String', text, field.pad));
}

export const member = {
	kind: 'firm',
	user: USER,
	person: USER,
	firm: FIRM,
	role: 'MEMBER',
	client: null,
	proven: true,
} as const;
export const operator = {
	kind: 'operator',
	user: USER,
	person: USER,
	roles: new Set(['OPERATOR'] as const),
	proven: true,
} as const;

export const memberDecision = (firm = FIRM): ContentDecision => decideContent({ ...member, firm });
export const operatorDecision = (): ContentDecision => decideContent(operator);

export const termsOf = (decision: ContentDecision): ContentAuthorization => ({
	decision,
	actor: decision.allowed
		? { kind: 'firm', user: USER, roles: ['MEMBER'] }
		: { kind: 'operator', user: USER, roles: ['OPERATOR'] },
	plane: decision.allowed ? 'firm' : 'operator',
	request: REQUEST,
	document: 'ab'.repeat(32),
});
