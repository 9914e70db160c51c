import { FirmsealError } from '../../errors.ts';
import type { ContentType } from '../coordinate-types.ts';
import { CONTENT_TYPES } from '../coordinates.generated.ts';
import type { CustodyOfClass, RecordToOpen, RowToSeal, SealedContent } from '../opener.ts';
import { readId, readRecord, type SourceObject } from '../read-sealed.ts';
import type { OpenedRow, ResealedRow } from '../vault/index.ts';
import type { DeviceConnection } from './connection.ts';
import { RESEAL, RESEALING, RETURN, toReseal } from './resealing-operations.ts';
import { countOf, listOf, objectOf, textOf, textsOf } from './served.ts';

/** How far re-sealing is. */
export interface ResealingProgress {
	/** Records that this device has sealed again, or given back. */
	readonly resealed: number;
	/** Records that it left as they are, because it could not verify or open them. */
	readonly refused: number;
	/** Records that were left at the start, by the service. */
	readonly total: number;
}

export interface ResealingOptions {
	/** Called after each page. */
	readonly onProgress?: (progress: ResealingProgress) => void;
	/** Stops between two requests. What was sealed by then stays so. */
	readonly signal?: AbortSignal;
}

/** A record that was left as it is, and why, as a sentence. */
interface RefusedReseal {
	readonly type: string;
	readonly id: string;
	readonly why: string;
}

export interface ResealedClass {
	/** Records that this device has sealed again, or given back. */
	readonly resealed: number;
	readonly refused: readonly RefusedReseal[];
	/** Records that are left, by the service. At 0, two owners can retire the older versions of the key, or end a move. */
	readonly left: number;
}

/** Records of a page. */
const PAGE = 100;
/** Characters of envelopes and stamps in one mutation; the service takes a body of 1 MiB. */
const MOST_CHARACTERS = 800_000;
/** Passes over what is left, while other devices change it. */
const MOST_PASSES = 20;
/** Refused records that are named. More are a service that invents them. */
const MOST_REFUSED = 10_000;

/** A record of a page. */
interface ListedRecord {
	readonly type: string;
	readonly id: string;
	readonly revision: number;
	/** As a device has sealed it; null if the service did not send it whole. */
	readonly record: RecordToOpen | null;
	/** As the platform has opened it, while the class is MOVING and no device has sealed it. */
	readonly plain: RowToSeal | null;
}

/**
 * Seals the records of a class again until none is left that this device can open. While the class is MOVING, it also seals those that the
 * platform has sealed; while the class is on its way BACK, it gives all of them to the platform instead. The count is kept by the service alone: so a run that
 * was stopped continues where it was, and several devices share the work. A record that another device changes meanwhile is read again.
 * Rejects with the reason of `signal`, or what the vault and the service refuse.
 */
export async function resealClass(
	connection: DeviceConnection,
	className: string,
	options: ResealingOptions = {},
): Promise<ResealedClass> {
	await connection.refresh();
	const run = new ResealingRun(connection, className, options, await leftOf(connection, className));
	await run.all();
	return { resealed: run.resealed, refused: run.refused, left: await leftOf(connection, className) };
}

/** What is left to seal again, by class, as the service counts it. Classes in PLATFORM custody are left out. */
export async function countResealing({ parts }: DeviceConnection): Promise<ReadonlyMap<string, number>> {
	const { resealing } = await parts.service.request(RESEALING, {});
	return new Map(
		listOf(resealing)
			.map(objectOf)
			.map((each) => [textOf(each.class), countOf(each.count)]),
	);
}

async function leftOf(connection: DeviceConnection, className: string): Promise<number> {
	const left = (await countResealing(connection)).get(className);
	if (left === undefined)
		throw new FirmsealError(
			'BAD_USER_INPUT',
			'The service does not have this kind of content in the custody of the firm. Nothing was sealed.',
		);
	return left;
}

class ResealingRun {
	readonly #connection: DeviceConnection;
	readonly #class: string;
	readonly #options: ResealingOptions;
	readonly #total: number;
	readonly #refused = new Map<string, RefusedReseal>();
	resealed = 0;

	constructor(connection: DeviceConnection, className: string, options: ResealingOptions, total: number) {
		this.#connection = connection;
		this.#class = className;
		this.#options = options;
		this.#total = total;
	}

	get refused(): readonly RefusedReseal[] {
		return [...this.#refused.values()];
	}

	/**
	 * Passes over what is left, until one changes nothing. What one refuses is tried in a second one, because it may rest on what another
	 * device wrote since the page was read.
	 */
	async all(): Promise<void> {
		let isRetried = false;
		for (let pass = 0; pass < MOST_PASSES; pass++) {
			const hasChanged = await this.#pass();
			if (!hasChanged && (isRetried || this.#refused.size === 0)) return;
			isRetried ||= !hasChanged;
			await this.#connection.refresh();
		}
	}

	/** One pass over what is left. True if something changed meanwhile, so that another pass is worthwhile. */
	async #pass(): Promise<boolean> {
		this.#refused.clear();
		let hasChanged = false;
		let after: string | null = null;
		for (;;) {
			this.#options.signal?.throwIfAborted();
			const page = await this.#page(after);
			const last = page.at(-1);
			if (last === undefined || this.#refused.size >= MOST_REFUSED) return hasChanged;
			requireAscending(after, page);
			if (await this.#reseal(page)) hasChanged = true;
			after = last.id;
			const { resealed, refused } = this;
			this.#options.onProgress?.({ resealed, refused: refused.length, total: this.#total });
		}
	}

	/** A page. If a record of it is damaged, so that the service refuses to answer it: that record alone, without its content. */
	async #page(after: string | null): Promise<readonly ListedRecord[]> {
		const selection = selectionOf(this.#class, this.#custody);
		try {
			return await this.#list(selection, PAGE, after);
		} catch (error) {
			if (!isDamaged(error)) throw error;
		}
		try {
			return await this.#list(selection, 1, after);
		} catch (error) {
			if (!isDamaged(error)) throw error;
			return this.#list('', 1, after);
		}
	}

	async #list(selection: string, first: number, after: string | null): Promise<readonly ListedRecord[]> {
		const { service } = this.#connection.parts;
		const { recordsToReseal } = await service.request(toReseal(selection), { class: this.#class, first, after });
		return listOf(recordsToReseal).map((item) => {
			const node = objectOf(item);
			const [type, id] = [textOf(node.__typename), textOf(node.id)];
			const content = Object.hasOwn(CONTENT_TYPES, type) ? CONTENT_TYPES[type] : undefined;
			if (selection === '' || content === undefined) return { type, id, record: null, plain: null, revision: 0 };
			const revision = countOf(node.revision);
			const record = readRecord(type, content, node);
			const isPlain = record === null && this.#custody === 'MOVING';
			return { type, id, record, plain: isPlain ? plainRow(type, content, node) : null, revision };
		});
	}

	/** By the verified log. */
	get #custody(): CustodyOfClass {
		return this.#connection.state?.classes.find((each) => each.class === this.#class)?.custody ?? 'PLATFORM';
	}

	/** True if a record has changed meanwhile, or the key log has. */
	async #reseal(page: readonly ListedRecord[]): Promise<boolean> {
		for (const { type, id, record, plain } of page)
			if (record === null && plain === null)
				this.#refuse({ type, id, why: 'The service did not send this record whole. Report it.' });
		const { vault } = this.#connection.parts;
		const sealed = page.filter(hasRecord);
		const plain = page.filter(hasPlain);
		const isBack = this.#custody === 'BACK';
		const make = isBack ? vault.openToReturn : vault.reseal;
		const made = [
			...(await this.#made(sealed, (each) => make(each.map(({ record }) => record)))),
			...(await this.#made(plain, (each) => vault.adopt(each.map((one) => one.plain)))),
		];
		let hasChanged = false;
		for (const records of batchesOf(made)) if (await this.#send(records, isBack)) hasChanged = true;
		return hasChanged;
	}

	/** What the vault makes of records, without those that it refuses. */
	async #made<L extends ListedRecord>(
		listed: readonly L[],
		make: (listed: readonly L[]) => Promise<readonly (ResealedRow | OpenedRow)[]>,
	): Promise<readonly RecordToSend[]> {
		if (listed.length === 0) return [];
		const made = await this.#connection.withNews(() => make(listed));
		return listed.flatMap(({ type, id, revision }, at): RecordToSend[] => {
			const row = made[at];
			if (row !== undefined && 'sealed' in row) return [{ type, id, revision, sealed: row.sealed }];
			if (row !== undefined && 'values' in row) return [{ type, id, revision, fields: fieldsOf(row.values) }];
			this.#refuse({ type, id, why: row?.why ?? '' });
			return [];
		});
	}

	async #send(records: readonly RecordToSend[], isBack: boolean): Promise<boolean> {
		this.#options.signal?.throwIfAborted();
		const { service } = this.#connection.parts;
		try {
			const input = { class: this.#class, records };
			const { resealRecords, returnRecords } = await service.request(isBack ? RETURN : RESEAL, { input });
			const ids = isBack ? objectOf(returnRecords).returnedIds : objectOf(resealRecords).resealedIds;
			const sent = new Set(records.map(({ id }) => id));
			const replaced = textsOf(ids).filter((id) => sent.delete(id));
			this.resealed += replaced.length;
			return sent.size > 0;
		} catch (error) {
			if (!(error instanceof FirmsealError) || error.code !== 'CONFLICT') throw error;
			await this.#connection.refresh();
			return true;
		}
	}

	#refuse(refused: RefusedReseal): void {
		this.#refused.set(refused.id, refused);
	}
}

const hasRecord = (each: ListedRecord): each is ListedRecord & { readonly record: RecordToOpen } =>
	each.record !== null;
const hasPlain = (each: ListedRecord): each is ListedRecord & { readonly plain: RowToSeal } => each.plain !== null;

/** A row as the platform has opened it. Null if a value is missing. */
function plainRow(type: string, { fields, thread: named }: ContentType, node: SourceObject): RowToSeal | null {
	const names = writableNames(fields);
	const thread = named === undefined ? null : readId(node[named]);
	if (typeof node.id !== 'string' || (named !== undefined && thread === null)) return null;
	if (names.some((name) => node[name] === undefined)) return null;
	const values = Object.fromEntries(names.map((name) => [name, node[name]]));
	return {
		type,
		kind: 'UPDATE',
		id: node.id,
		expectedRevision: countOf(node.revision),
		values,
		thread,
		current: null,
	};
}

const writableNames = (fields: ContentType['fields']): readonly string[] =>
	Object.entries(fields).flatMap(([name, { isServerMade }]) => (isServerMade === true ? [] : [name]));

interface RecordToSend {
	readonly type: string;
	readonly id: string;
	readonly revision: number;
	readonly sealed?: SealedContent;
	/** Opened values, to be given back. */
	readonly fields?: readonly { readonly name: string; readonly value: string | null }[];
}

/** Values are text, or a Decimal as its digits. */
const fieldsOf = (values: Readonly<Record<string, unknown>>) =>
	Object.entries(values).map(([name, value]) => ({ name, value: typeof value === 'string' ? value : null }));

/** Characters of a record in a request, roughly. */
const sizeOf = ({ sealed, fields }: RecordToSend): number =>
	sealed === undefined
		? (fields ?? []).reduce((sum, { value }) => sum + (value?.length ?? 0) * 2, 200)
		: sealed.fields.reduce((sum, { envelope }) => sum + (envelope?.length ?? 0), sealed.stamp.length * 2);

function batchesOf(records: readonly RecordToSend[]): readonly (readonly RecordToSend[])[] {
	const batches: RecordToSend[][] = [];
	let left = 0;
	for (const record of records) {
		const size = sizeOf(record);
		if (size > left || batches.length === 0) {
			batches.push([]);
			left = MOST_CHARACTERS;
		}
		batches.at(-1)?.push(record);
		left -= size;
	}
	return batches;
}

/** What is asked of a record of each type of the class. */
const selectionOf = (className: string, custody: CustodyOfClass): string =>
	Object.entries(CONTENT_TYPES)
		.filter(([, content]) => content.class === className)
		.map(([type, { thread, fields }]) => {
			const ofThread = thread === undefined ? '' : `${thread} { id } `;
			const plain = custody === 'MOVING' ? `${writableNames(fields).join(' ')} ` : '';
			return `... on ${type} { firmId revision ${ofThread}${plain}sealedFields { name envelope stamp } }`;
		})
		.join(' ');

/** Else a service could send the same page for ever. */
function requireAscending(after: string | null, page: readonly ListedRecord[]): void {
	let before = after ?? '';
	for (const { id } of page) {
		if (id <= before)
			throw new FirmsealError(
				'INTERNAL',
				'The service does not list the records to seal again in their order. What was sealed by now is stored. Report it.',
			);
		before = id;
	}
}

const isDamaged = (error: unknown): boolean => error instanceof FirmsealError && error.code === 'CIPHERTEXT_INVALID';
