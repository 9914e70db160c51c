import { type DeviceKeys, utf8 } from '../../custody/index.ts';
import { encodeContext } from '../../envelope/index.ts';
import { parseJson } from './parse-json.ts';
import type { KeptStore } from './ports.ts';
import { VaultError } from './vault-error.ts';

const MAC_LENGTH = 32;
/** What placeOf() gives. */
export const PLACES: readonly string[] = Array.from({ length: 256 }, (_, at) => at.toString(16).padStart(2, '0'));
/** The record that says how new each of the others is. It is written last. */
const INDEX = 'index';

interface Dated {
	readonly epoch: number;
	readonly value: unknown;
}

/**
 * Records of one device in the store, each `HMAC || JSON`. FORMAT.md, section 13. Each batch of writes has a number, the epoch, and the
 * index says of which epoch the others are. So a record that is exchanged, taken away or replaced by an older one is noticed, unless all
 * are replaced by what they were at one time. That, no one can notice without memory elsewhere.
 */
export class KeptRecords {
	readonly #store: KeptStore;
	readonly #prefix: string;
	readonly #key: DeviceKeys['kept'];
	#epoch = 0;
	#epochs: Record<string, number> = {};

	private constructor(store: KeptStore, prefix: string, key: DeviceKeys['kept']) {
		this.#store = store;
		this.#prefix = prefix;
		this.#key = key;
	}

	/** Of a new device. The index is written, because its absence later means that something was taken away. */
	static async begin(store: KeptStore, prefix: string, key: DeviceKeys['kept']): Promise<void> {
		await new KeptRecords(store, prefix, key).save({});
	}

	/** @throws VaultError `kept-gone`, `kept-changed` */
	static async open(store: KeptStore, prefix: string, key: DeviceKeys['kept']): Promise<KeptRecords> {
		const records = new KeptRecords(store, prefix, key);
		const index = await records.#read(INDEX);
		if (index === null) throw new VaultError('kept-gone');
		records.#epoch = index.epoch;
		records.#epochs = index.value as Record<string, number>;
		return records;
	}

	/**
	 * Null if the record was never written.
	 * @throws VaultError `kept-gone`, `kept-changed`, `kept-older`
	 */
	async load<T>(name: string): Promise<T | null> {
		const known = Object.hasOwn(this.#epochs, name) ? (this.#epochs[name] as number) : null;
		const dated = await this.#read(name);
		if (dated === null) {
			if (known !== null) throw new VaultError('kept-gone');
			return null;
		}
		// One more than the index: the process ended between the two writes. Two more: the index is an older one.
		if (dated.epoch < (known ?? 0) || dated.epoch > this.#epoch + 1) throw new VaultError('kept-older');
		return dated.value as T;
	}

	/**
	 * Writes the records, then `last`, which says that they hold, then the index. If the process ends in between, or a write fails, what was
	 * kept before still holds. Rejects with the error of the store.
	 */
	async save(records: Readonly<Record<string, unknown>>, last: Readonly<Record<string, unknown>> = {}): Promise<void> {
		const epoch = this.#epoch + 1;
		const write = ([name, value]: [string, unknown]): Promise<void> => this.#write(name, { epoch, value });
		const outcomes = await Promise.allSettled(Object.entries(records).map(write));
		for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
		for (const each of Object.entries(last)) await write(each);
		const names = [...Object.keys(records), ...Object.keys(last)];
		const epochs = { ...this.#epochs, ...Object.fromEntries(names.map((name) => [name, epoch])) };
		await this.#write(INDEX, { epoch, value: epochs });
		this.#epoch = epoch;
		this.#epochs = epochs;
	}

	/** One of 256 places for a name, two hexadecimal digits, which only this device can foresee. */
	async placeOf(name: string): Promise<string> {
		const mac = await crypto.subtle.sign('HMAC', this.#key, encodeContext(['firmseal/kept-place/v1', name]));
		return PLACES[new Uint8Array(mac)[0] as number] as string;
	}

	async #write(name: string, dated: Dated): Promise<void> {
		const json = utf8(JSON.stringify(dated));
		const mac = new Uint8Array(await crypto.subtle.sign('HMAC', this.#key, messageOf(name, json)));
		const bytes = new Uint8Array(MAC_LENGTH + json.length);
		bytes.set(mac);
		bytes.set(json, MAC_LENGTH);
		await this.#store.write(this.#prefix + name, bytes);
	}

	async #read(name: string): Promise<Dated | null> {
		const bytes = await this.#store.read(this.#prefix + name);
		if (bytes === null) return null;
		const json = bytes.slice(MAC_LENGTH);
		const mac = bytes.slice(0, MAC_LENGTH);
		if (!(await crypto.subtle.verify('HMAC', this.#key, mac, messageOf(name, json)))) {
			throw new VaultError('kept-changed');
		}
		return parseJson(json) as Dated;
	}
}

function messageOf(name: string, json: Uint8Array): Uint8Array {
	const context = encodeContext(['firmseal/kept/v1', name]);
	const message = new Uint8Array(context.length + json.length);
	message.set(context);
	message.set(json, context.length);
	return message;
}
