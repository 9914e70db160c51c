import {
	type Agreement,
	agree,
	beginningOf,
	composeEntry,
	type DeviceKeys,
	type DeviceKind,
	type DeviceStatement,
	extendKeyLog,
	importDevice,
	type KeyLog,
	type KeyLogBody,
	KeyLogError,
	type KeyLogKind,
	makeStatement,
	readEntry,
} from '../../../src/custody/index.ts';
import { FIRM, fromHex } from '../some.ts';

export const TIME = '2026-12-02T08:00:00.000Z';
export const NAME = 'ab'.repeat(32);
export const COMMITMENT = btoa('c'.repeat(32));

const numbered = (kind: string, number: number): string =>
	`0190a3c4-0000-7000-${kind}000-${String(number).padStart(12, '0')}`;
export const personOf = (number: number): string => numbered('8', number);
export const rowOf = (number: number): string => numbered('9', number);
export const recordOf = (number: number, className = 'NOTE', table = 'notes') => ({
	class: className,
	row: rowOf(number),
	table,
});

const made = new Map<number, Promise<DeviceKeys>>();

/** Device number `number`: always the same keys, which no other test has to make again. */
export function deviceOf(number: number): Promise<DeviceKeys> {
	const seed = (curve: number) => fromHex((number * 2 + curve + 1).toString(16).padStart(64, '0'));
	const device = made.get(number) ?? importDevice({ exchange: seed(0), signing: seed(1) });
	made.set(number, device);
	return device;
}

/** A log that grows. Entries are signed, and must be allowed. */
export class SomeFirm {
	log: KeyLog;

	constructor(log: KeyLog) {
		this.log = log;
	}

	/** Person 0 begins the log with device 0. */
	static async begin(installation = 'vault.example'): Promise<SomeFirm> {
		const device = await deviceOf(0);
		const place = { firm: FIRM, genesis: '0'.repeat(64), person: personOf(0) };
		const statement = await makeStatement(device, 'DEVICE', place);
		const body = { device: statement, installation, name: NAME, person: personOf(0) };
		const text = await composeEntry({ log: beginningOf(FIRM), kind: 'firm.begin', body, device, time: TIME });
		return new SomeFirm(await extendKeyLog(null, await readEntry(text)));
	}

	async statement(device: number, person: number, kind: DeviceKind = 'DEVICE'): Promise<DeviceStatement> {
		return makeStatement(await deviceOf(device), kind, {
			firm: FIRM,
			genesis: this.log.genesis,
			person: personOf(person),
		});
	}

	/** The agreement of a device to the next entry. */
	async agreed<K extends KeyLogKind>(kind: K, body: KeyLogBody<K>, device: number): Promise<Agreement> {
		return agree({ log: this.log, kind, body, device: await deviceOf(device) });
	}

	async text<K extends KeyLogKind>(
		kind: K,
		body: KeyLogBody<K>,
		device: number,
		agreement?: Agreement,
	): Promise<string> {
		const signed = { log: this.log, kind, body, device: await deviceOf(device), time: TIME };
		return composeEntry(agreement ? { ...signed, agreement } : signed);
	}

	/** The log with one more entry; this firm's log stays. `by` agrees, if it is given. */
	async next<K extends KeyLogKind>(
		kind: K,
		body: KeyLogBody<K>,
		device: number,
		by?: number | Agreement,
	): Promise<KeyLog> {
		const agreement = typeof by === 'number' ? await this.agreed(kind, body, by) : by;
		return extendKeyLog(this.log, await readEntry(await this.text(kind, body, device, agreement)));
	}

	async append<K extends KeyLogKind>(
		kind: K,
		body: KeyLogBody<K>,
		device: number,
		by?: number | Agreement,
	): Promise<void> {
		this.log = await this.next(kind, body, device, by);
	}

	/** The rule that refuses the entry, or 'allowed'. */
	refusal<K extends KeyLogKind>(
		kind: K,
		body: KeyLogBody<K>,
		device: number,
		by?: number | Agreement,
	): Promise<string> {
		return ruleOf(this.next(kind, body, device, by));
	}

	async add(device: number, person: number, by: number): Promise<void> {
		await this.append('device.add', { device: await this.statement(device, person), person: personOf(person) }, by);
	}

	async codeOf(person: number, device: number): Promise<KeyLogBody<'recovery.set'>> {
		const statement = await this.statement(device, person, 'RECOVERY');
		return { person: personOf(person), ways: [{ device: statement, way: 'CODE' }] };
	}

	/** The ids of devices, ascending. */
	static async ids(...devices: readonly number[]): Promise<string[]> {
		const ids: string[] = [];
		for (const device of devices) ids.push((await deviceOf(device)).id);
		return ids.sort();
	}
}

/**
 * Two OWNERs and a MEMBER: persons 0 to 2. Their devices are 0 and 10, 1 and 11, and 2. The codes of the OWNERs are devices 20 and 21.
 * NOTE, in FIRM custody, and BILLING have version 1. A MEMBER reads NOTE.
 */
export async function twoOwners(): Promise<SomeFirm> {
	const firm = await SomeFirm.begin();
	await firm.append('recovery.set', await firm.codeOf(0, 20), 0);
	await firm.add(10, 0, 0);
	for (const person of [1, 2]) {
		await firm.append('member.add', { name: NAME, person: personOf(person) }, 0);
		await firm.add(person, person, 0);
	}
	await firm.add(11, 1, 1);
	const devices = await SomeFirm.ids(1, 11);
	await firm.append('member.role', { devices, person: personOf(1), role: 'OWNER' }, 0, 20);
	await firm.append('recovery.set', await firm.codeOf(1, 21), 1, 0);
	await firm.append('roles.classes', { MEMBER: ['NOTE'] }, 0);
	for (const name of ['NOTE', 'BILLING'])
		await firm.append('key.generate', { class: name, commitment: COMMITMENT, version: 1 }, 0);
	await firm.append('custody.set', { class: 'NOTE', custody: 'FIRM' }, 0, 1);
	return firm;
}

export async function ruleOf(attempt: Promise<unknown>): Promise<string> {
	try {
		await attempt;
		return 'allowed';
	} catch (error) {
		if (error instanceof KeyLogError) return error.rule;
		throw error;
	}
}
