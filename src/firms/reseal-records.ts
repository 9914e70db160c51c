import { custodyOf, isEntitled, type KeyLog, parseStamp, readCustodyHeader, type Stamp } from '../custody/index.ts';
import { type Row, resealRow, selectRowsByIds } from '../database/index.ts';
import { FirmsealError } from '../errors.ts';
import type { ActingMember, RequestServices } from './acting-member.ts';
import { checkGeneration, checkStampByLog } from './check-stamp.ts';
import { translateWriteConflicts } from './draft-row.ts';
import { wantedSeal } from './resealing.ts';
import { type DeviceSealed, type GivenSealed, readSealed } from './sealed-input.ts';
import { recordOf } from './stored-seal.ts';
import { WORKSPACE, workspaceType } from './workspace.ts';

/** A record, and what becomes of its columns. */
export interface RecordChange {
	readonly record: NamedRecord;
	readonly changes: Readonly<Record<string, unknown>>;
}

/** A record of a request. */
export interface NamedRecord {
	/** Name of the type. */
	readonly type: string;
	readonly id: string;
	/** The revision that the device has opened. */
	readonly revision: number;
}

/** A record as a device has sealed it again, or for the first time. */
export interface ResealedRecord extends NamedRecord {
	readonly sealed: GivenSealed;
}

/** Bytes that an envelope of suite 0x02 has more than one of suite 0x01 of the same value: generation and commitment. */
const LONGER_THAN_SUITE_1 = 36;

const badInput = (message: string): FirmsealError => new FirmsealError('BAD_USER_INPUT', message);

/**
 * Replaces the sealed values and stamps of records by the same values under the newest version of the data key. Any member whose device may
 * read the class may do so, because only such a device can open the values, and each could write the record as well. Nothing else of a
 * record changes, its time neither; its revision does, so that a write which began before is a conflict. While the class is MOVING, records
 * that the platform has sealed are replaced in the same way. Returns the ids of the replaced records: the others have changed meanwhile, or
 * need it no more.
 * @throws FirmsealError BAD_USER_INPUT, FORBIDDEN, CONFLICT if the key log has moved on, AUDIT_UNAVAILABLE. Then nothing is replaced.
 */
export async function resealRecords(
	services: RequestServices,
	acting: ActingMember,
	className: string,
	records: readonly ResealedRecord[],
): Promise<readonly string[]> {
	assertOfClass(services, className, records);
	const log = await services.keyLogs.read(acting.firm);
	const rows = await rowsOf(services, acting, records);
	const checked: RecordChange[] = [];
	for (const record of inOrder(records)) {
		const row = rows.get(record.id);
		if (row?.revision !== record.revision) continue;
		const before = stampOf(row);
		if (!isLeft(services, log, className, { record, row, before })) continue;
		const sealed = await checkReseal(services, acting, log, { record, row, before });
		checked.push({ record, changes: { ...sealed.envelopes, stamp: sealed.text } });
	}
	return replaceAll(services, acting, checked);
}

/** @throws FirmsealError BAD_USER_INPUT */
export function assertOfClass(services: RequestServices, className: string, records: readonly NamedRecord[]): void {
	if (new Set(records.map(({ id }) => id)).size < records.length)
		throw badInput('A record is in the request twice: send it once.');
	for (const { type } of records)
		if (!Object.hasOwn(WORKSPACE, type) || classOf(services, type) !== className)
			throw badInput('A record is of a type that has no content of this class: send it with its own class.');
}

/** Always the same order, so that two clients who share the work do not wait for each other. */
export const inOrder = <R extends NamedRecord>(records: readonly R[]): readonly R[] =>
	records.toSorted((a, b) => (a.id < b.id ? -1 : 1));

const classOf = (services: RequestServices, type: string): string | undefined =>
	Object.values(services.fieldsOf(type))[0]?.class;

/** The stored rows, with their sealed columns and stamps. */
export async function rowsOf(
	services: RequestServices,
	{ firm, client }: ActingMember,
	records: readonly NamedRecord[],
): Promise<ReadonlyMap<string, Row>> {
	const byType = Map.groupBy(records, ({ type }) => type);
	return services.plane.read(firm, async (tx) => {
		const found = new Map<string, Row>();
		for (const [name, each] of byType) {
			const { table, keyedBy } = workspaceType(name);
			const columns = new Set([...Object.keys(services.fieldsOf(name)), 'stamp', ...(keyedBy ? [keyedBy] : [])]);
			const ids = each.map(({ id }) => id);
			for (const row of await selectRowsByIds(tx, table, ids, { columns, client })) found.set(row.id, row);
		}
		return found;
	});
}

/** Null if the row has none. @throws FirmsealError BAD_USER_INPUT for a text that is none */
const stampOf = ({ stamp }: Row): Stamp | null => (typeof stamp === 'string' ? parseStamp(stamp) : null);

interface StoredRecord {
	readonly record: ResealedRecord;
	readonly row: Row;
	/** Null: the platform has sealed the row. */
	readonly before: Stamp | null;
}

/** As StaleSeals. What needs no re-sealing cannot be written under the name of someone else, either. */
function isLeft(
	services: RequestServices,
	log: KeyLog | null,
	className: string,
	{ record: { type }, row, before }: StoredRecord,
): boolean {
	if (log === null) return true;
	if (before === null) return custodyOf(log, className) === 'MOVING';
	const { below, since } = wantedSeal(log, className);
	const isOld = (value: unknown) => value instanceof Uint8Array && readCustodyHeader(value).version < below;
	return (
		(log.chain.seqOf(before.head) ?? -1) < since ||
		Object.keys(services.fieldsOf(type)).some((name) => isOld(row[name]))
	);
}

async function checkReseal(
	services: RequestServices,
	acting: ActingMember,
	log: KeyLog | null,
	{ record, row, before }: StoredRecord,
): Promise<DeviceSealed> {
	const { type, id } = record;
	const lengthOf = (name: string): number => (row[name] as Uint8Array | null)?.length ?? 0;
	const nameOf = (coordinate: string): string => coordinate.slice(coordinate.indexOf('.') + 1);
	// The same value has at most the padding that its field has by now.
	const longer = before === null ? LONGER_THAN_SUITE_1 : 0;
	const maxEnvelopeBytes: ActingMember['maxEnvelopeBytes'] = ({ coordinate, pad }) =>
		lengthOf(nameOf(coordinate)) + pad + longer;
	// One more than the stamp's, not than the row's: changes of metadata have no stamp.
	const revision = (before?.revision ?? row.revision) + 1;
	const asked = { typeName: type, id, revision, sealed: record.sealed };
	const sealed = await readSealed(services, { ...acting, maxEnvelopeBytes }, asked);
	for (const name of Object.keys(services.fieldsOf(type)))
		if (((sealed.envelopes[name] ?? null) === null) !== ((row[name] ?? null) === null))
			throw badInput(`A re-sealing has every value of the record, and no other: send ${type}.${name} as it is stored.`);
	await checkStampByLog(log, acting.user, sealed);
	if (log) {
		checkOrigin(log, sealed.stamp, before);
		checkGeneration(log, sealed.stamp, recordOf(type, sealed.stamp.table, row));
	}
	return sealed;
}

/** src/custody/FORMAT.md, section 10. */
function checkOrigin(log: KeyLog, { origin }: Stamp, before: Stamp | null): void {
	if (before === null) {
		if (origin === 'PLATFORM') return;
		throw badInput('The platform has sealed this record by now: name PLATFORM as origin in the stamp.');
	}
	const first = before.origin ?? before.device;
	const isGone = first !== 'PLATFORM' && !isEntitled(log, first, before.class);
	if (origin === first || origin === before.device || (origin === null && isGone)) return;
	throw badInput('The origin in the stamp is not that of the record: name the device that first wrote it.');
}

/** Returns the ids of the records that are still at their revision. @throws FirmsealError CONFLICT, AUDIT_UNAVAILABLE */
export async function replaceAll(
	services: RequestServices,
	acting: ActingMember,
	checked: readonly RecordChange[],
): Promise<readonly string[]> {
	const [first] = checked;
	if (!first) return [];
	return translateWriteConflicts(workspaceType(first.record.type), () =>
		services.plane.write(acting.firm, async (tx) => {
			const ids: string[] = [];
			const coordinates = new Set<string>();
			for (const { record, changes } of checked) {
				const { table } = workspaceType(record.type);
				if (!(await resealRow(tx, table, record.id, record.revision, changes))) continue;
				ids.push(record.id);
				for (const [name, { coordinate }] of Object.entries(services.fieldsOf(record.type)))
					if (Object.hasOwn(changes, name)) coordinates.add(coordinate);
			}
			if (ids.length === 0) return ids;
			const act = { action: 'content.update', records: ids, coordinates: [...coordinates] } as const;
			await services.content.record(acting.session, act);
			return ids;
		}),
	);
}
