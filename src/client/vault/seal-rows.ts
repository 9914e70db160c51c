import {
	type ColumnHashes,
	custodyOf,
	generationOf,
	hashColumns,
	sealRecordField,
	signStamp,
	toBase64,
	writableVersion,
} from '../../custody/index.ts';
import { isUuid } from '../../envelope/index.ts';
import type { ContentType } from '../coordinate-types.ts';
import type { RowToSeal, SealedContent, SealedValue } from '../opener.ts';
import { inLanes } from './lanes.ts';
import { judgeRows, originKept } from './open-records.ts';
import type { KeyedRecord } from './record-keys.ts';
import { namedRecord, openValueOf, type VerifiedRow, verifyRow } from './rows.ts';
import type { Session } from './session.ts';
import { VaultError } from './vault-error.ts';

/** Values that one record key seals at most. FORMAT.md, section 7. */
const MAX_SEALS = 2 ** 20;

/** A row to write, after everything about it was verified. */
interface RowInPlace {
	readonly type: ContentType;
	readonly row: RowToSeal;
	/** Null for a new row, or one that the service still seals. */
	readonly current: VerifiedRow | null;
	/** The origin in the stamp, by the hashes of the columns that change. */
	readonly origin: (changed: ColumnHashes) => string | null;
}

/** Seals the rows of one mutation, in their order, or rejects and seals none. */
export async function sealRows(session: Session, rows: readonly RowToSeal[]): Promise<readonly SealedContent[]> {
	session.requireMaySend();
	const inPlace = await inLanes(rows, async (row) => {
		const type = requireType(session, row);
		return { type, row, current: await currentOf(session, type, row) };
	});
	const present = inPlace.flatMap(({ current }) => (current === null ? [] : [current]));
	const late = new Set<VerifiedRow | null>();
	for (const each of await judgeRows(session, present)) {
		if ('why' in each) throw each.why;
		if (each.isLate) late.add(each.row);
	}
	return inLanes(inPlace, ({ type, row, current }) => {
		const origin = (changed: ColumnHashes) => originOf(session, { type, current, isLate: late.has(current) }, changed);
		return sealRow(session, { type, row, current, origin });
	});
}

/** Seals the values of a row that was verified, and stamps it. @throws VaultError `row-thread`, `row-worn`, `key-stale`, `key-missing` */
export async function sealRow(session: Session, inPlace: RowInPlace): Promise<SealedContent> {
	const { type, row, current } = inPlace;
	const { log } = session;
	const named = namedRecord(type, { id: row.id, thread: row.thread ?? current?.thread ?? null });
	if (current !== null && current.thread !== named.thread) throw new VaultError('row-thread');
	// Never from the service, if the row has a stamp: an older row that it shows stays older.
	const revision = (current?.stamp.revision ?? row.expectedRevision ?? 0) + 1;
	if (revision * Object.keys(type.fields).length > MAX_SEALS) throw new VaultError('row-worn');
	const place = { firm: log.firm, class: type.class, table: type.table, row: row.id };
	const generation = generationOf(log, named.table, named.row);
	const sealed = await sealValues(session, type, row, { ...place, generation, thread: named.thread });
	const changed = await hashColumns(Object.fromEntries(sealed.map(({ column, envelope }) => [column, envelope])));
	const columns = { ...unchangedOf(type, current), ...changed };
	const origin = inPlace.origin(changed);
	const draft = { ...place, revision, generation, log: null, head: log.head, columns, origin };
	return {
		stamp: await signStamp(draft, session.device),
		fields: sealed.map(
			({ name, envelope }): SealedValue => ({ name, envelope: envelope === null ? null : toBase64(envelope) }),
		),
	};
}

/** The envelopes of the values, under the version that the class is sealed under now. */
async function sealValues(
	session: Session,
	type: ContentType,
	row: RowToSeal,
	place: Omit<KeyedRecord, 'version'>,
): Promise<readonly { name: string; column: string; envelope: Uint8Array | null }[]> {
	const { version, dataKey } = requireWritableKey(session, type.class);
	const prepared = await session.recordKeys.prepare(dataKey, { ...place, version }, session.firmTag);
	return Promise.all(
		valuesOf(type, row).map(async ({ name, column, value, ...coordinate }) => {
			const field = { column, type: coordinate.type, value, pad: coordinate.pad };
			return { name, column, envelope: value === null ? null : await sealRecordField(prepared, field) };
		}),
	);
}

/** @throws VaultError `key-stale`, `key-missing` */
export function requireWritableKey({ log, dataKeys }: Session, className: string) {
	const version = writableVersion(log, className);
	if (version === null) throw new VaultError('key-stale');
	const dataKey = dataKeys.get({ class: className, version });
	if (dataKey === undefined) throw new VaultError('key-missing');
	return { version, dataKey };
}

/** @throws VaultError `row-to-seal`, `platform-custody`, `not-entitled` */
export function requireType(session: Session, row: RowToSeal): ContentType {
	const { parts, log } = session;
	const type = Object.hasOwn(parts.types, row.type) ? parts.types[row.type] : undefined;
	if (type === undefined) throw new VaultError('row-to-seal');
	if (!isUuid(row.id)) throw new VaultError('row-to-seal');
	if (custodyOf(log, type.class) === 'PLATFORM') throw new VaultError('platform-custody');
	session.requireEntitled(type.class);
	return type;
}

/** The row as it is, verified as if it was read; null for a new row, or one that the service still seals. */
export async function currentOf(session: Session, type: ContentType, row: RowToSeal): Promise<VerifiedRow | null> {
	if (row.kind === 'CREATE') {
		if (row.current !== null || row.expectedRevision !== null) throw new VaultError('row-to-seal');
		return null;
	}
	if (!Number.isSafeInteger(row.expectedRevision)) throw new VaultError('row-to-seal');
	if (row.current === null) {
		const custody = custodyOf(session.log, type.class);
		// While the class moves. A row that was once sealed by a device is not taken from the service again.
		if (custody === 'FIRM' || (await session.marks.hasSeen({ table: type.table, row: row.id })))
			throw new VaultError('row-to-seal');
		return null;
	}
	if (row.current.type !== row.type) throw new VaultError('row-to-seal');
	const verified = await verifyRow(session, { ...row.current, requestedId: row.id });
	// A change of what is no content has no stamp.
	if (verified.stamp.revision > (row.expectedRevision ?? 0)) throw new VaultError('row-changed');
	requireKnownColumns(verified);
	await requireThread(session, verified);
	return verified;
}

/** A stamp must have the hashes of all columns. @throws VaultError `row-unknown-column` */
export function requireKnownColumns({ type, stamp }: VerifiedRow): void {
	const known = new Set(Object.values(type.fields).map(({ column }) => column));
	if (Object.keys(stamp.columns).some((column) => !known.has(column))) throw new VaultError('row-unknown-column');
}

/**
 * The service says to which thread a message belongs. Only a value that opens under the thread's key proves it; otherwise it could have the
 * message sealed under the key of a thread to which someone else has access.
 */
async function requireThread(session: Session, verified: VerifiedRow): Promise<void> {
	if (verified.thread === null) return;
	const sealed = [...verified.envelopes].filter(([, { bytes }]) => bytes !== null);
	if (sealed.length === 0) throw new VaultError('row-thread');
	const opened = await Promise.allSettled(sealed.map(([field]) => openValueOf(session, verified, field)));
	if (opened.some(({ status }) => status === 'fulfilled')) return;
	for (const each of opened) if (each.status === 'rejected') throw each.reason;
}

export const writableFields = (type: ContentType) =>
	Object.entries(type.fields).filter(([, { isServerMade }]) => isServerMade !== true);

/** The values to seal: all that a client writes for a row without a stamp, else those that change. */
function valuesOf(type: ContentType, row: RowToSeal) {
	const writable = writableFields(type);
	const names = new Set(writable.map(([name]) => name));
	if (Object.keys(row.values).some((name) => !names.has(name))) throw new VaultError('row-to-seal');
	return writable
		.filter(([name]) => row.current === null || Object.hasOwn(row.values, name))
		.map(([name, coordinate]) => ({ name, ...coordinate, value: row.values[name] ?? null }));
}

/** Whose values stay as they were: without it, an update would pass off as its author's what someone wrote who is gone. FORMAT.md, section 10. */
function originOf(
	session: Session,
	{ type, current, isLate }: Pick<RowInPlace, 'type' | 'current'> & { readonly isLate: boolean },
	changed: ColumnHashes,
): string | null {
	if (current === null) return null;
	const { stamp } = current;
	const isKept = Object.values(type.fields).some(
		({ column, isServerMade }) =>
			!Object.hasOwn(changed, column) && (isServerMade !== true || (stamp.columns[column] ?? null) !== null),
	);
	if (!isKept) return null;
	return isLate ? stamp.device : originKept(session, current, stamp.origin);
}

/** The hashes of the columns that stay. A column that the stamp lacks is null. */
function unchangedOf(type: ContentType, current: VerifiedRow | null): ColumnHashes {
	const before = current?.stamp.columns ?? {};
	const columns = Object.values(type.fields).map(({ column }) => column);
	return Object.fromEntries(
		columns.map((column) => [column, Object.hasOwn(before, column) ? (before[column] ?? null) : null]),
	);
}
