import {
	type Agreement,
	agree,
	beginningOf,
	commitToDataKey,
	commitToName,
	composeEntry,
	type DeviceKeys,
	entitledDevices,
	generateDataKey,
	generateSeed,
	importDevice,
	type KeyLog,
	type KeyLogBody,
	type KeyLogKind,
	type LogDevice,
	makeStatement,
	readEntry,
	readKeyLog,
	sealWrap,
} from '../../../src/custody/index.ts';
import type { Scene } from '../../attacks/scene.ts';
import type { Answer } from '../../support/ask.ts';
import { idOf } from '../../support/claims.ts';
import type { Person } from '../../support/person.ts';

const APPEND = 'mutation ($input: AppendKeyLogInput!) { appendKeyLog(input: $input) { keyLog { size head } } }';
export const KEY_LOG = `{ keyLog { installation size head genesis entries names { person salt name } checkpoint { size }
	newestVersions { class version } } }`;

const TIME = '2026-12-02T08:00:00.000Z';
const SALT = new Uint8Array(16).fill(7);

const bytesOf = (base64: string): Uint8Array => new Uint8Array(Buffer.from(base64, 'base64'));
export const base64Of = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');

export const newDevice = (): Promise<DeviceKeys> => importDevice(generateSeed());

export const nameInput = (person: string, name = 'Ada') => ({ person, salt: base64Of(SALT), name });
export const nameHashOf = (firm: string, person: string, name = 'Ada'): Promise<string> =>
	commitToName({ firm, person, name }, SALT);

/** What one request sends. */
export interface Sent {
	readonly entries: readonly string[];
	readonly wraps?: readonly string[];
	readonly names?: readonly ReturnType<typeof nameInput>[];
	readonly shares?: readonly Record<string, string>[];
}

interface Signing {
	/** The log after which the entry comes; by default the one that the devices know. */
	readonly log?: Pick<KeyLog, 'firm' | 'size' | 'head'>;
	readonly agreement?: Agreement | undefined;
}

/** The devices of a firm, which keep its log as a client does, and send entries by the API. */
export class FirmDevices {
	readonly scene: Scene;
	readonly firm: string;
	log: KeyLog | null = null;
	/** Data keys by class and version. */
	readonly dataKeys = new Map<string, Uint8Array>();

	constructor(scene: Scene, firm = scene.north.id) {
		this.scene = scene;
		this.firm = firm;
	}

	/** The log that these devices believe. */
	get known(): KeyLog {
		if (!this.log) throw new Error('The log has not begun.');
		return this.log;
	}

	/** Reads the log from the API, as this person. */
	async read(by: Person): Promise<void> {
		const { data } = await this.scene.api.ask(by, KEY_LOG);
		this.log = await readKeyLog(data.keyLog.entries);
	}

	send(by: Person, input: Sent): Promise<Answer> {
		return this.scene.api.ask(by, APPEND, { input });
	}

	/** Text of the next entry. */
	text<K extends KeyLogKind>(
		kind: K,
		body: KeyLogBody<K>,
		device: DeviceKeys,
		{ log = this.log ?? beginningOf(this.firm), agreement }: Signing = {},
	): Promise<string> {
		return composeEntry({ log, kind, body, device, time: TIME, ...(agreement && { agreement }) });
	}

	statement(device: DeviceKeys, person: string, kind: 'DEVICE' | 'RECOVERY' = 'DEVICE') {
		const genesis = this.log?.genesis ?? '0'.repeat(64);
		return makeStatement(device, kind, { firm: this.firm, genesis, person });
	}

	async beginning(by: Person, device: DeviceKeys, installation = 'localhost'): Promise<Sent> {
		const person = idOf(by);
		const statement = await this.statement(device, person);
		const body = { device: statement, installation, name: await nameHashOf(this.firm, person), person };
		return { entries: [await this.text('firm.begin', body, device)], names: [nameInput(person)] };
	}

	/** An entry alone; `by` agrees to it. */
	async entry<K extends KeyLogKind>(device: DeviceKeys, kind: K, body: KeyLogBody<K>, by?: DeviceKeys): Promise<Sent> {
		const agreement = by && (await agree({ log: this.known, kind, body, device: by }));
		return { entries: [await this.text(kind, body, device, { agreement })] };
	}

	/** Sends what must be accepted, and extends the log. */
	async accepted(by: Person, sent: Sent): Promise<Answer> {
		const answer = await this.send(by, sent);
		if (!answer.data?.appendKeyLog) throw new Error(answer.text);
		await this.read(by);
		return answer;
	}

	async member(device: DeviceKeys, person: string): Promise<Sent> {
		const body = { name: await nameHashOf(this.firm, person), person };
		return { ...(await this.entry(device, 'member.add', body)), names: [nameInput(person)] };
	}

	async device(signer: DeviceKeys, added: DeviceKeys, person: string): Promise<Sent> {
		return this.entry(signer, 'device.add', { device: await this.statement(added, person), person });
	}

	async code(device: DeviceKeys, person: string, code: DeviceKeys, by?: DeviceKeys): Promise<Sent> {
		const statement = await this.statement(code, person, 'RECOVERY');
		return this.entry(device, 'recovery.set', { person, ways: [{ device: statement, way: 'CODE' }] }, by);
	}

	/** A new data key with a wrap for each entitled device, or only for those that `recipients` chooses. */
	async key(
		device: DeviceKeys,
		className: string,
		version: number,
		recipients: (all: readonly LogDevice[]) => readonly LogDevice[] = (all) => all,
	): Promise<Sent> {
		const dataKey = generateDataKey();
		this.dataKeys.set(`${className} ${version}`, dataKey);
		const commitment = base64Of(await commitToDataKey(dataKey, { firm: this.firm, class: className, version }));
		const entry = await this.text('key.generate', { class: className, commitment, version }, device);
		const { hash } = await readEntry(entry);
		const chosen = recipients(entitledDevices(this.known, className));
		const wraps = await Promise.all(chosen.map((to) => this.wrap(device, to, className, version, hash)));
		return { entries: [entry], wraps };
	}

	wrap(device: DeviceKeys, to: LogDevice, className: string, version: number, head: string): Promise<string> {
		return sealWrap({
			firm: this.firm,
			class: className,
			version,
			head,
			recipient: { exchange: bytesOf(to.exchange), signing: bytesOf(to.signing) },
			wrapper: device,
			dataKey: this.dataKeys.get(`${className} ${version}`) as Uint8Array,
		});
	}
}
