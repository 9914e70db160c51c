import { custodyStatement } from '../../src/access/index.ts';
import {
	agree,
	beginningOf,
	commitToDataKey,
	composeEntry,
	type DeviceKeys,
	deriveMessageKey,
	deriveRecordKey,
	extendKeyLog,
	generateDataKey,
	generateSeed,
	hashColumns,
	importDataKey,
	importDevice,
	type KeyLog,
	type KeyLogBody,
	type KeyLogKind,
	makeStatement,
	prepareRecord,
	readEntry,
	type StampDraft,
	sealRecordField,
	signStamp,
} from '../../src/custody/index.ts';
import type { ValueType } from '../../src/envelope/index.ts';
import { idOf } from './claims.ts';
import type { TestFirm, TestInstallation } from './installation.ts';

const TIME = '2026-12-02T08:00:00.000Z';
const NAME = 'ab'.repeat(32);

/** What a device seals of one row. */
export interface RowToSeal {
	readonly class: string;
	readonly table: string;
	readonly row: string;
	readonly revision?: number;
	/** Of a message. */
	readonly thread?: string;
	/** Values by field name: the column in the binding, the type, and the value. */
	readonly values: Readonly<Record<string, SealedValue>>;
	/** Hashes of all other sealed columns, by their names in the binding; null by default. */
	readonly others?: Readonly<Record<string, string | null>>;
	/** Changes of the stamp, which the device still signs. */
	readonly stamp?: Partial<StampDraft>;
	readonly by?: DeviceKeys;
	readonly version?: number;
}

export interface SealedValue {
	readonly column: string;
	readonly value: unknown;
	readonly type?: ValueType;
	readonly pad?: number;
}

/** The schema's SealedInput. */
export interface GivenSealed {
	readonly stamp: string;
	readonly fields: readonly { readonly name: string; readonly envelope: string | null }[];
}

const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64');

/** A firm whose owner and member have a device each, and a key log in the database, written as an administrator would. */
export class CustodyFirm {
	log: KeyLog;
	readonly owner: DeviceKeys;
	readonly member: DeviceKeys;
	readonly #code: DeviceKeys;
	readonly #installation: TestInstallation;
	readonly #firm: TestFirm;
	readonly #keys = new Map<string, Uint8Array>();

	private constructor(
		installation: TestInstallation,
		firm: TestFirm,
		log: KeyLog,
		devices: { readonly owner: DeviceKeys; readonly member: DeviceKeys; readonly code: DeviceKeys },
	) {
		this.#installation = installation;
		this.#firm = firm;
		this.log = log;
		this.owner = devices.owner;
		this.member = devices.member;
		this.#code = devices.code;
	}

	static async begin(installation: TestInstallation, firm: TestFirm): Promise<CustodyFirm> {
		const make = async () => importDevice(generateSeed());
		const devices = { owner: await make(), member: await make(), code: await make() };
		const person = idOf(firm.owner);
		const device = await makeStatement(devices.owner, 'DEVICE', { firm: firm.id, genesis: '0'.repeat(64), person });
		const text = await composeEntry({
			log: beginningOf(firm.id),
			kind: 'firm.begin',
			body: { device, installation: 'tests', name: NAME, person },
			device: devices.owner,
			time: TIME,
		});
		const begun = new CustodyFirm(installation, firm, await extendKeyLog(null, await readEntry(text)), devices);
		await begun.#store(text);
		const place = { firm: firm.id, genesis: begun.log.genesis };
		const code = await makeStatement(devices.code, 'RECOVERY', { ...place, person });
		await begun.append('recovery.set', { person, ways: [{ device: code, way: 'CODE' }] });
		const colleague = idOf(firm.member);
		await begun.append('member.add', { name: NAME, person: colleague });
		const second = await makeStatement(devices.member, 'DEVICE', { ...place, person: colleague });
		await begun.append('device.add', { device: second, person: colleague });
		return begun;
	}

	/** Signed by the owner's device. */
	async append<K extends KeyLogKind>(kind: K, body: KeyLogBody<K>): Promise<void> {
		const { log, owner: device } = this;
		const needsSecond = kind === 'custody.set' || kind === 'key.retire';
		const agreement = needsSecond ? await agree({ log, kind, body, device: this.#code }) : undefined;
		const text = await composeEntry({ log, kind, body, device, time: TIME, ...(agreement && { agreement }) });
		this.log = await extendKeyLog(log, await readEntry(text));
		await this.#store(text);
	}

	async #store(leaf: string): Promise<void> {
		await this.#installation.admin`
			insert into key_log_entries (firm_id, seq, leaf) values (${this.#firm.id}, ${this.log.size - 1}, ${leaf})`;
	}

	/** The next version of a data key. */
	async generate(className: string): Promise<number> {
		const [latest] = await this.#installation
			.admin`select public.latest_key_version(${this.#firm.id}, ${className})::int as version`;
		const version = latest?.version + 1;
		const key = generateDataKey();
		this.#keys.set(`${className} ${version}`, key);
		const commitment = base64(await commitToDataKey(key, { firm: this.#firm.id, class: className, version }));
		await this.append('key.generate', { class: className, commitment, version });
		return version;
	}

	/** Puts a class into FIRM custody, with its first data key. */
	async take(className: string): Promise<void> {
		await this.generate(className);
		await this.append('custody.set', { class: className, custody: 'FIRM' });
		await this.setCustody(className, 'FIRM');
	}

	/** Writes the row of the class's custody, proven, whatever the log says. */
	async setCustody(className: string, custody: string): Promise<void> {
		const firm = this.#firm.id;
		const seq = this.log.size - 1;
		const statement = custodyStatement({ firm, class: className, custody, seq });
		const mac = await this.#installation.adminContext.use(({ rights }) => rights.prove(firm, statement));
		await this.#installation.admin`
			insert into firm_custody (firm_id, class, custody, seq, mac)
			values (${firm}, ${className}, ${custody}, ${seq}, ${Buffer.from(mac)})
			on conflict (firm_id, class) do update set custody = excluded.custody, seq = excluded.seq, mac = excluded.mac`;
	}

	async seal(row: RowToSeal): Promise<GivenSealed> {
		const { stamp, fields } = await this.sealBytes(row);
		return {
			stamp,
			fields: fields.map(({ name, envelope }) => ({ name, envelope: envelope && base64(envelope) })),
		};
	}

	async sealBytes(given: RowToSeal) {
		const { class: of, table, row, revision = 1, values, others = {}, by = this.owner } = given;
		const firm = this.#firm.id;
		const version = given.version ?? Math.max(...(this.log.classes.get(of)?.versions.keys() ?? [1]));
		const dataKey = await importDataKey(this.#keys.get(`${of} ${version}`) as Uint8Array);
		const place = { firm, class: of, table, row, generation: 0 };
		const key = given.thread
			? await deriveMessageKey(await deriveRecordKey(dataKey, { ...place, table: 'threads', row: given.thread }), row)
			: await deriveRecordKey(dataKey, place);
		const record = await prepareRecord(key, { ...place, version });
		const fields: { readonly name: string; readonly envelope: Uint8Array | null }[] = [];
		const columns: Record<string, Uint8Array | null> = {};
		for (const [name, { column, value, type = 'String', pad = 0 }] of Object.entries(values)) {
			const envelope = value === null ? null : await sealRecordField(record, { column, type, value, pad });
			fields.push({ name, envelope });
			columns[column] = envelope;
		}
		const draft: StampDraft = {
			firm,
			class: of,
			table,
			row,
			revision,
			generation: 0,
			log: null,
			head: this.log.head,
			columns: { ...others, ...(await hashColumns(columns)) },
			origin: null,
			...given.stamp,
		};
		return { stamp: await signStamp(draft, by), fields, hashes: draft.columns };
	}
}

/** The values of a note. */
export const noteValues = (title: string | null, body: string | null) => ({
	title: { column: 'title', value: title, pad: 64 },
	body: { column: 'body', value: body, pad: 256 },
});
