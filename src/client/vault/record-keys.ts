import {
	deriveMessageKey,
	deriveRecordKey,
	type PreparedRecord,
	prepareRecord,
	type RecordKey,
	type RecordOfFields,
} from '../../custody/index.ts';
import { BoundedMap } from './bounded-map.ts';

/** What deriveRecordKey() takes. */
export type DataKey = Parameters<typeof deriveRecordKey>[0];

/** Enough for what an application shows at one time. */
const MAX_KEYS = 4_096;

/** The row of an envelope: for a message, of its own, with the generation of its thread. */
export interface KeyedRecord extends RecordOfFields {
	/** Id of the thread of a message; null for other rows. FORMAT.md, section 7. */
	readonly thread: string | null;
}

/** Keys of records, so that what is opened a second time is not derived again. */
export class RecordKeys {
	readonly #records = new BoundedMap<Promise<PreparedRecord>>(MAX_KEYS);
	readonly #threads = new BoundedMap<Promise<RecordKey>>(MAX_KEYS);

	/** `record.firm` and the ids are lower-case UUIDs. */
	prepare(dataKey: DataKey, record: KeyedRecord, firmTag: Uint8Array): Promise<PreparedRecord> {
		const { thread } = record;
		const name = nameOf(record, `${thread ?? ''}/${record.table}/${record.row}`);
		return this.#records.getOrMake(name, async () => {
			const key = thread === null ? deriveRecordKey(dataKey, record) : this.#messageKey(dataKey, record, thread);
			return prepareRecord(await key, record, firmTag);
		});
	}

	clear(): void {
		this.#records.clear();
		this.#threads.clear();
	}

	async #messageKey(dataKey: DataKey, record: KeyedRecord, thread: string): Promise<RecordKey> {
		const { firm, generation, row } = record;
		const place = { firm, class: record.class, table: 'threads', row: thread, generation };
		const key = this.#threads.getOrMake(nameOf(record, thread), () => deriveRecordKey(dataKey, place));
		return deriveMessageKey(await key, row);
	}
}

const nameOf = (record: RecordOfFields, row: string): string =>
	`${record.class}/${record.version}/${record.generation}/${row}`;
