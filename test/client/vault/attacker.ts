import type { OpenedRecord, RecordToOpen } from '../../../src/client/opener.ts';
import { VaultError } from '../../../src/client/vault/index.ts';
import {
	type Agreement,
	composeEntry,
	type DeviceKeys,
	importDataKey,
	importDevice,
	type KeyLog,
	type KeyLogBody,
	type KeyLogKind,
	type KeyWrap,
	openDeviceFile,
	openWrap,
	parseDeviceFile,
	parseStamp,
	parseWrap,
	type StampDraft,
	signStamp,
} from '../../../src/custody/index.ts';
import { FirmsealError } from '../../../src/errors.ts';
import { FIRM, fromBase64 } from '../../custody/some.ts';
import type { Device } from './firm.ts';
import type { InMemoryApi, StoredRow } from './in-memory-api.ts';

type DataKey = Awaited<ReturnType<typeof importDataKey>>;

/** The keys of a device, as a thief of its passkey has them. */
export async function stolenKeys({ name, person, store, secret }: Device): Promise<DeviceKeys> {
	const file = (await store.read(`${name}/device`)) as Uint8Array;
	const { seed } = parseDeviceFile(await openDeviceFile(file, secret.prf, { firm: FIRM, person }));
	return importDevice(seed);
}

/** An entry that follows a log, by any device. No rule is checked. */
export function forgedEntry<K extends KeyLogKind>(
	log: KeyLog,
	device: DeviceKeys,
	kind: K,
	body: KeyLogBody<K>,
	agreement?: Agreement,
): Promise<string> {
	const signed = { log, kind, body, device, time: '2026-12-02T08:00:00.000Z' };
	return composeEntry(agreement ? { ...signed, agreement } : signed);
}

/** A data key that a device of a member can take out of its wrap. */
export async function dataKeyOf(api: InMemoryApi, keys: DeviceKeys, className: string): Promise<DataKey> {
	const log = api.log as KeyLog;
	const wrap = api
		.wrapsFor(keys.id)
		.map(parseWrap)
		.find((each) => each.class === className) as KeyWrap;
	const commitment = log.classes.get(className)?.versions.get(wrap.version)?.commitment as string;
	const wrapperSigning = fromBase64(log.devices.get(wrap.wrapper)?.signing as string);
	const opened = { wrap, firm: FIRM, recipient: keys, wrapperSigning, commitment: fromBase64(commitment) };
	return importDataKey(await openWrap(opened));
}

/** The row with a stamp in which some parts are others, signed by a device. */
export async function stampedAgain(row: StoredRow, device: DeviceKeys, parts: Partial<StampDraft>): Promise<StoredRow> {
	const { device: _, signature: __, v: ___, ...draft } = parseStamp(row.stamp);
	return { ...row, stamp: await signStamp({ ...draft, ...parts }, device) };
}

export const row = (service: InMemoryApi, id: string): StoredRow => service.rows.get(id) as StoredRow;

/** The record with other envelopes. */
export const withFields = (record: RecordToOpen, fields: Readonly<Record<string, string | null>>): RecordToOpen => ({
	...record,
	fields: record.fields.map(({ name, envelope }) => ({
		name,
		envelope: Object.hasOwn(fields, name) ? (fields[name] ?? null) : envelope,
	})),
});

/** The reason of a refusal, or its message; 'done' if nothing is refused. */
export async function refusal(attempt: Promise<unknown>): Promise<string> {
	try {
		await attempt;
		return 'done';
	} catch (error) {
		if (error instanceof VaultError) return error.reason;
		if (error instanceof FirmsealError) return error.message;
		throw error;
	}
}

/** Why the fields of one record do not open, each sentence once. A value that opened is in the list as itself. */
export async function answers(device: Device, record: RecordToOpen): Promise<readonly unknown[]> {
	const [opened] = (await device.read(record)) as readonly [OpenedRecord];
	return [...new Set(opened.fields.map((field) => ('why' in field ? field.why : { value: field.value })))];
}
