import { isSealedByFirm } from '../access/index.ts';
import type { ContentField } from '../content/index.ts';
import { type ColumnHashes, hashColumns, parseStamp, readCustodyHeader, type Stamp } from '../custody/index.ts';
import { FirmsealError } from '../errors.ts';
import { deriveFirmTag } from '../keys/index.ts';
import type { ActingMember, RequestServices } from './acting-member.ts';
import { workspaceType } from './workspace.ts';

/** Content as a device of the firm has sealed it: the schema's SealedInput. */
export interface GivenSealed {
	/** Canonical JSON. */
	readonly stamp: string;
	readonly fields: readonly { readonly name: string; readonly envelope?: string | null }[];
}

/** A row's content that a device has sealed, checked as far as that needs neither the key log nor the stored row. */
export interface DeviceSealed {
	readonly stamp: Stamp;
	/** The stamp's JSON. */
	readonly text: string;
	/** Envelopes by field name; null for SQL NULL. */
	readonly envelopes: Readonly<Record<string, Uint8Array | null>>;
}

interface SealedRowToRead {
	readonly typeName: string;
	readonly id: string;
	/** Of the stamp: nextStampRevision(). */
	readonly revision: number;
	readonly sealed: GivenSealed;
}

const badInput = (message: string): FirmsealError => new FirmsealError('BAD_USER_INPUT', message);

/** The fields of a type that a caller may write. */
const writableFields = (services: RequestServices, typeName: string): ReadonlyMap<string, ContentField> => {
	const fields = services.fieldsOf(typeName);
	const names = workspaceType(typeName).writableColumns.filter((name) => Object.hasOwn(fields, name));
	return new Map(names.map((name) => [name, fields[name] as ContentField]));
};

/**
 * Whether the firm's devices seal the content of the type. Then the arguments may have none in plaintext, and otherwise none that is sealed.
 * `given`: the arguments as the caller sent them. @throws FirmsealError BAD_USER_INPUT, without any value
 */
export function isSealedByDevices(
	services: RequestServices,
	{ custody, client }: ActingMember,
	typeName: string,
	given: Readonly<Record<string, unknown>>,
): boolean {
	const [first] = Object.values(services.fieldsOf(typeName));
	if (!first || !isSealedByFirm(custody, first.class)) {
		if ((given.sealed ?? null) === null) return false;
		throw badInput(
			`${typeName} is not in the firm's own custody: send its content as plain arguments, without \`sealed\`.`,
		);
	}
	for (const name of writableFields(services, typeName).keys())
		if (given[name] !== undefined)
			throw badInput(
				`${typeName}.${name} is in the firm's own custody: send it in \`sealed\`, sealed by a device of the firm. Nothing of it was stored.`,
			);
	if (client !== null)
		throw new FirmsealError(
			'FORBIDDEN',
			`${typeName} is in the firm's own custody: writing it from the portal comes with a later version.`,
		);
	return true;
}

/**
 * Reads what a device has sealed for a row, and compares it with the stamp. A column that a create leaves out is null.
 * @throws FirmsealError BAD_USER_INPUT; FORBIDDEN for a field that the request may not write
 */
export async function readSealed(
	services: RequestServices,
	acting: ActingMember,
	row: SealedRowToRead,
): Promise<DeviceSealed> {
	const { typeName, sealed } = row;
	const fields = writableFields(services, typeName);
	const envelopes: Record<string, Uint8Array | null> = {};
	for (const { name, envelope = null } of sealed.fields) {
		const field = fields.get(name);
		if (!field) throw badInput(`${typeName} has no such sealed field that can be written: leave it out of \`sealed\`.`);
		if (Object.hasOwn(envelopes, name)) throw badInput(`${field.coordinate} is in \`sealed\` twice: send it once.`);
		acting.session.assertMayWrite(field);
		envelopes[name] = envelope === null ? null : readEnvelope(acting, field, envelope);
	}
	if (row.revision === 1) for (const name of fields.keys()) envelopes[name] ??= null;
	const stamp = parseStamp(sealed.stamp);
	assertOfRow(services, acting, row, stamp);
	const hashes = await hashColumns(
		Object.fromEntries(
			Object.entries(envelopes).map(([name, envelope]) => [fields.get(name)?.column as string, envelope]),
		),
	);
	assertHashes(typeName, stamp, hashes);
	return { stamp, text: sealed.stamp, envelopes };
}

function readEnvelope({ firm, maxEnvelopeBytes }: ActingMember, field: ContentField, base64: string): Uint8Array {
	const { coordinate } = field;
	const bytes = Buffer.from(base64, 'base64');
	if (bytes.toString('base64') !== base64)
		throw badInput(`The envelope of ${coordinate} is not base64 with padding: send the bytes that the device sealed.`);
	if (bytes.length > (maxEnvelopeBytes?.(field) ?? Number.POSITIVE_INFINITY))
		throw badInput(`The value of ${coordinate} is longer than the field allows: shorten it.`);
	let tag: Uint8Array;
	try {
		({ firmTag: tag } = readCustodyHeader(bytes));
	} catch {
		throw badInput(
			`The envelope of ${coordinate} is not of suite 2: seal the value with a device of the firm (src/custody/FORMAT.md, section 8).`,
		);
	}
	if (Buffer.compare(tag, deriveFirmTag(firm)) !== 0)
		throw badInput(`The envelope of ${coordinate} is sealed for another firm: seal it for your own.`);
	return new Uint8Array(bytes);
}

/** The stamp must name the row, its next revision and every sealed column of its table. */
function assertOfRow(
	services: RequestServices,
	{ firm }: ActingMember,
	{ typeName, id, revision }: SealedRowToRead,
	stamp: Stamp,
): void {
	const all = Object.entries(services.fieldsOf(typeName));
	const writable = writableFields(services, typeName);
	const [[, { class: of, table }] = ['', { class: '', table: '' }]] = all;
	const isOfRow = stamp.firm === firm && stamp.class === of && stamp.table === table && stamp.row === id;
	if (!isOfRow) throw badInput(`The stamp is that of another record than this ${typeName}: sign one for it.`);
	if (stamp.revision !== revision)
		throw badInput(
			`The stamp of this ${typeName} has the wrong revision: sign it for revision ${revision}, one more than that of the stamp before.`,
		);
	const columns = new Set(all.map(([, { column }]) => column));
	const stamped = Object.keys(stamp.columns);
	if (stamped.length !== columns.size || !stamped.every((column) => columns.has(column)))
		throw badInput(`The stamp of this ${typeName} must name each sealed column of ${table}, and no other.`);
	for (const [name, { column, coordinate }] of all)
		if (!writable.has(name) && stamp.columns[column] !== null)
			throw badInput(`${coordinate} is made by the server: its column must be null in the stamp.`);
}

/** @throws FirmsealError BAD_USER_INPUT unless the stamp has these hashes. `hashes`: of some or all columns */
export function assertHashes(typeName: string, stamp: Stamp, hashes: ColumnHashes): void {
	for (const [column, hash] of Object.entries(hashes))
		if (stamp.columns[column] !== hash)
			throw badInput(
				`The stamp of this ${typeName} does not have the hash of ${column} as it is after this write: sign the hashes of all sealed columns.`,
			);
}
