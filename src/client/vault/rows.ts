import {
	checkStamp,
	custodyOf,
	fromBase64,
	generationOf,
	generationsOf,
	hashColumns,
	isEntitled,
	type KeyLog,
	openRecordField,
	readCustodyHeader,
	type Stamp,
} from '../../custody/index.ts';
import { isUuid } from '../../envelope/index.ts';
import { FirmsealError } from '../../errors.ts';
import type { ContentType } from '../coordinate-types.ts';
import type { RecordToOpen } from '../opener.ts';
import type { MarkedRow } from './row-marks.ts';
import type { Session } from './session.ts';
import { VaultError } from './vault-error.ts';

/** A row of which the stamp verified: rules 1 to 3 of FORMAT.md, section 10. The revision is judged by RowMarks. */
export interface VerifiedRow {
	readonly type: ContentType;
	readonly row: string;
	/** Id of the thread of a message, as the service says: its key proves it. Null for other rows. */
	readonly thread: string | null;
	readonly stamp: Stamp;
	/** stampHash(). */
	readonly hash: string;
	/** The `seq` of the stamp's head. */
	readonly at: number;
	/** By field, of those that have the form of one. Null for SQL NULL. */
	readonly envelopes: ReadonlyMap<string, AnsweredEnvelope>;
}

/** An envelope as it was answered. Its hash is compared with the stamp's as it is opened, so that one damaged value closes no other. */
interface AnsweredEnvelope {
	readonly bytes: Uint8Array | null;
	/** As hashColumns() gives it. */
	readonly hash: string | null;
}

/**
 * Verifies the stamp of a record of an answer, from the log, the map and what was asked for only.
 * @throws VaultError `row-…`, `value-…`, `not-entitled`
 */
export async function verifyRow(session: Session, record: RecordToOpen): Promise<VerifiedRow> {
	const { log } = session;
	const type = typeOf(session, record);
	if (custodyOf(log, type.class) === 'PLATFORM') throw new VaultError('row-custody');
	session.requireEntitled(type.class);
	// The signature is verified first: what follows trusts its parts.
	const marked = { table: type.table, row: record.id };
	const [{ stamp, hash }, envelopes] = await Promise.all([
		session.stamps.read(record.stamp, log, (hash) => session.marks.hasSeen(marked, hash)),
		envelopesOf(type, record),
	]);
	checkStamp(stamp, placeOf(session, type, record.id), {});
	const at = requireAuthor(log, stamp);
	const named = namedRecord(type, record);
	if (stamp.generation !== generationOf(log, named.table, named.row, at)) throw new VaultError('row-generation');
	requireRecent(log, type.class, at);
	return { type, row: record.id, thread: named.thread, stamp, hash, at, envelopes };
}

/** Of records whose form is that of an answer, where their marks are. */
export function markedRows({ parts: { types } }: Session, records: readonly RecordToOpen[]): MarkedRow[] {
	return records.flatMap(({ type, id }) => {
		const table = Object.hasOwn(types, type) && isUuid(id) ? types[type]?.table : undefined;
		return table === undefined ? [] : [{ table, row: id }];
	});
}

/** The type of a record, after what was asked for is compared with what was answered. */
function typeOf(session: Session, record: RecordToOpen): ContentType {
	const { types } = session.parts;
	const type = Object.hasOwn(types, record.type) ? types[record.type] : undefined;
	if (type === undefined) throw new VaultError('row-type');
	if (!isUuid(record.id) || (record.requestedId !== null && record.requestedId !== record.id)) {
		throw new VaultError('row-id');
	}
	if (record.firm !== session.log.firm) throw new VaultError('row-firm');
	return type;
}

async function envelopesOf(type: ContentType, { fields }: RecordToOpen): Promise<Map<string, AnsweredEnvelope>> {
	if (new Set(fields.map(({ name }) => name)).size < fields.length) throw new VaultError('value-field');
	const answered = fields.flatMap(({ name, envelope }) => {
		const bytes = envelope === null ? null : fromBase64(envelope);
		const isRead = Object.hasOwn(type.fields, name) && (bytes !== null || envelope === null);
		return isRead ? [[name, bytes] as const] : [];
	});
	const hashes = await hashColumns(Object.fromEntries(answered));
	return new Map(answered.map(([name, bytes]) => [name, { bytes, hash: hashes[name] ?? null }]));
}

const placeOf = ({ log }: Session, { class: name, table }: ContentType, row: string) => ({
	firm: log.firm,
	class: name,
	table,
	row,
});

/** The `seq` of the stamp's head, at which its device was entitled. RECOVERY devices write nothing. */
function requireAuthor(log: KeyLog, stamp: Stamp): number {
	const at = log.chain.seqOf(stamp.head);
	if (at === undefined) throw new VaultError('row-head');
	const isAuthor = log.devices.get(stamp.device)?.kind === 'DEVICE';
	if (!isAuthor || !isEntitled(log, stamp.device, stamp.class, stamp.head)) throw new VaultError('row-author');
	return at;
}

/** The record whose generation counts: of a message, its thread. */
export function namedRecord(type: ContentType, { id, thread }: Pick<RecordToOpen, 'id' | 'thread'>) {
	if (type.thread === undefined) return { table: type.table, row: id, thread: null };
	if (thread === null || !isUuid(thread)) throw new VaultError('row-id');
	return { table: 'threads', row: thread, thread };
}

/** Rule 3: after a version was retired, what a revoked device could still write under it is refused. */
function requireRecent(log: KeyLog, className: string, at: number): void {
	const versions = [...(log.classes.get(className)?.versions.values() ?? [])];
	const oldest = versions.find(({ retired }) => retired === null);
	if (oldest === undefined || at < oldest.generated) throw new VaultError('row-before');
}

/**
 * The value in one envelope of a verified row, if it has the hash of the stamp. FORMAT.md, sections 7, 8 and 10.
 * @throws VaultError `value-…`, FirmsealError CIPHERTEXT_INVALID if the value is not the one that was stamped
 */
export async function openValueOf(session: Session, verified: VerifiedRow, field: string): Promise<unknown> {
	const { type, row, thread, stamp, at } = verified;
	const coordinate = Object.hasOwn(type.fields, field) ? type.fields[field] : undefined;
	if (coordinate === undefined) throw new VaultError('value-field');
	const answered = verified.envelopes.get(field);
	if (answered === undefined) throw new VaultError('value-invalid');
	checkStamp(stamp, placeOf(session, type, row), { [coordinate.column]: answered.hash });
	const envelope = answered.bytes;
	if (envelope === null) return null;
	const { version, generation } = headerOf(envelope);
	const { log } = session;
	const allowed = log.classes.get(type.class)?.versions.get(version);
	if (allowed === undefined || allowed.retired !== null || allowed.generated > at)
		throw new VaultError('value-version');
	const named = namedRecord(type, { id: row, thread });
	const generations = generationsOf(log, named.table, named.row, at);
	if (!generations.includes(generation) || generation > stamp.generation) throw new VaultError('value-version');
	const dataKey = session.dataKeys.get({ class: type.class, version });
	if (dataKey === undefined) throw new VaultError('value-key');
	const place = { ...placeOf(session, type, row), version, generation, thread };
	const prepared = await session.recordKeys.prepare(dataKey, place, session.firmTag);
	try {
		return await openRecordField(prepared, { column: coordinate.column, type: coordinate.type, envelope });
	} catch (error) {
		throw error instanceof FirmsealError ? new VaultError('value-invalid') : error;
	}
}

function headerOf(envelope: Uint8Array) {
	try {
		return readCustodyHeader(envelope);
	} catch (error) {
		throw error instanceof FirmsealError ? new VaultError('value-invalid') : error;
	}
}
