import { custodyOfClass } from '../access/index.ts';
import type { ContentField } from '../content/index.ts';
import { custodyOf, isEntitled, type KeyLog } from '../custody/index.ts';
import type { Row } from '../database/index.ts';
import { FirmsealError } from '../errors.ts';
import type { ActingMember, RequestServices } from './acting-member.ts';
import { assertOfClass, inOrder, type NamedRecord, type RecordChange, replaceAll, rowsOf } from './reseal-records.ts';
import { workspaceType } from './workspace.ts';

/** A record as a device has opened it. */
export interface ReturnedRecord extends NamedRecord {
	/** Every value that a caller may write, by the name of its field; null for SQL NULL. Text, and a Decimal as its digits. */
	readonly fields: readonly { readonly name: string; readonly value?: string | null }[];
}

const badInput = (message: string): FirmsealError => new FirmsealError('BAD_USER_INPUT', message);

/**
 * Takes records back that a device of the firm has opened, while their class is on its way back to the platform's custody: the platform seals
 * the values, and the stamp goes. The member's devices must be able to open the class. Nothing else of a record changes, its time neither. Returns the ids
 * of the replaced records: the others have changed meanwhile, or are back already.
 * @throws FirmsealError BAD_USER_INPUT, FORBIDDEN, CONFLICT if the class is not in BACK, KEY_UNAVAILABLE, AUDIT_UNAVAILABLE
 */
export async function returnRecords(
	services: RequestServices,
	acting: ActingMember,
	className: string,
	records: readonly ReturnedRecord[],
): Promise<readonly string[]> {
	assertOfClass(services, className, records);
	const log = await services.keyLogs.read(acting.firm);
	if (log === null || custodyOf(log, className) !== 'BACK' || custodyOfClass(acting.custody, className) !== 'BACK')
		throw new FirmsealError(
			'CONFLICT',
			'The class is not on its way back to the platform: only then are its values sent to the platform. Nothing was stored.',
		);
	assertReadsClass(log, acting.user, className);
	const rows = await rowsOf(services, acting, records);
	const changes: RecordChange[] = [];
	for (const record of inOrder(records)) {
		const row = rows.get(record.id);
		if (row?.revision !== record.revision || typeof row.stamp !== 'string') continue;
		changes.push({ record, changes: { ...(await sealReturned(services, acting, record, row)), stamp: null } });
	}
	return replaceAll(services, acting, changes);
}

/** @throws FirmsealError FORBIDDEN */
function assertReadsClass(log: KeyLog, user: string, className: string): void {
	for (const { id, person, kind } of log.devices.values())
		if (person === user && kind === 'DEVICE' && isEntitled(log, id, className)) return;
	throw new FirmsealError('FORBIDDEN', 'Your devices may not read this class: ask an owner of your firm.');
}

async function sealReturned(
	services: RequestServices,
	{ session }: ActingMember,
	{ type, id, fields }: ReturnedRecord,
	row: Row,
): Promise<Readonly<Record<string, Uint8Array | null>>> {
	const ofType = services.fieldsOf(type);
	const names = workspaceType(type).writableColumns.filter((name) => Object.hasOwn(ofType, name));
	const given = new Map(fields.map(({ name, value = null }) => [name, value]));
	if (given.size !== fields.length || given.size !== names.length || !names.every((name) => given.has(name)))
		throw badInput(`Send every sealed value of the ${type} that a caller may write, each once: ${names.join(', ')}.`);
	const values = names.map((name) => {
		const value = given.get(name) ?? null;
		assertAsLong(type, name, value, row[name] as Uint8Array | null);
		return { field: ofType[name] as ContentField, value };
	});
	const sealed = await services.content.sealValues(session, id, values, 'BACK');
	return Object.fromEntries(names.map((name, at) => [name, sealed[at] ?? null]));
}

/** A device returns what is stored: null where that is null, and a value not longer than its envelope. */
function assertAsLong(type: string, name: string, value: string | null, stored: Uint8Array | null): void {
	if ((value === null) !== (stored === null))
		throw badInput(
			`A returned record has every value of the record, and no other: send ${type}.${name} as it is stored.`,
		);
	if (value !== null && Buffer.byteLength(value) > (stored?.length ?? 0))
		throw badInput(
			`The returned value of ${type}.${name} is longer than the stored one: send the value as it is stored.`,
		);
}
