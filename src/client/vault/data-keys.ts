import {
	allowsWrap,
	type DeviceKeys,
	fromBase64,
	importDataKey,
	type KeyLog,
	type KeyWrap,
	openWrap,
	parseWrap,
	verifyWrapSignature,
} from '../../custody/index.ts';
import { FirmsealError } from '../../errors.ts';
import type { KeptRecords } from './kept-records.ts';
import { inLanes } from './lanes.ts';
import type { DataKey } from './record-keys.ts';

/** A wrap that was not accepted, by its place in the list. */
export interface RefusedWrap {
	readonly at: number;
	readonly why: string;
}

/** A version of a class. */
export interface ClassVersion {
	readonly class: string;
	readonly version: number;
}

interface Holder {
	readonly device: DeviceKeys;
	readonly records: KeptRecords;
}

const NOT_ALLOWED = 'The key log does not allow this wrap. It was not opened.';
const INVALID = 'This wrap was not made by the device that it names, or not for this key. It was not opened.';

/** Data keys of the classes that the device reads. Keys are in memory only; the wraps for this device are kept. */
export class DeviceDataKeys {
	readonly #keys = new Map<string, DataKey>();
	/** The wrap from which each key came. */
	readonly #own = new Map<string, string>();
	/** Verified wraps for any device: who made them, by version and recipient. */
	readonly #wrappers = new Map<string, Map<string, Set<string>>>();

	/** Opens the kept wraps. */
	async load({ device, records }: Holder, log: KeyLog | null): Promise<void> {
		const kept = await records.load<readonly string[]>('wraps');
		if (kept === null || log === null) return;
		await Promise.all(kept.map((text) => this.#take(text, log, device)));
	}

	/**
	 * Verifies wraps by FORMAT.md, section 3, and opens those for this device. One that is refused does not stop the others. Wraps for this
	 * device are kept before their keys can be used.
	 */
	async add(texts: readonly string[], { device, records }: Holder, log: KeyLog): Promise<readonly RefusedWrap[]> {
		const before = new Set(this.#own.values());
		const outcomes = await inLanes(texts, (text) => this.#take(text, log, device));
		const own = [...this.#own.values()];
		try {
			if (own.some((text) => !before.has(text))) await records.save({ wraps: own });
		} catch (error) {
			this.#forgetAllBut(before);
			throw error;
		}
		return outcomes.flatMap((why, at) => (why === null ? [] : [{ at, why }]));
	}

	/** Undefined if no wrap for this device is known. */
	get({ class: name, version }: ClassVersion): DataKey | undefined {
		return this.#keys.get(`${name}/${version}`);
	}

	/** Devices, by id, for which a wrap of the version is known, with the ids of the devices that made it. */
	wrappersOf({ class: name, version }: ClassVersion): ReadonlyMap<string, ReadonlySet<string>> {
		return this.#wrappers.get(`${name}/${version}`) ?? new Map();
	}

	/** The 32 bytes of a key that get() has, for the caller to overwrite. */
	async bytesOf(version: ClassVersion, { device }: Pick<Holder, 'device'>, log: KeyLog): Promise<Uint8Array> {
		return opened(parseWrap(this.#own.get(`${version.class}/${version.version}`) as string), log, device);
	}

	clear(): void {
		this.#keys.clear();
		this.#own.clear();
		this.#wrappers.clear();
	}

	#forgetAllBut(texts: ReadonlySet<string>): void {
		for (const [name, text] of this.#own) {
			if (texts.has(text)) continue;
			this.#own.delete(name);
			this.#keys.delete(name);
		}
	}

	/** Null, or why the wrap is refused. */
	async #take(text: string, log: KeyLog, device: DeviceKeys): Promise<string | null> {
		try {
			const wrap = parseWrap(text);
			if (!allowsWrap(log, wrap)) return NOT_ALLOWED;
			if (wrap.recipient === device.id) await this.#takeOwn(text, wrap, log, device);
			else if (!(await verifyWrapSignature(wrap, log.firm, signingOf(log, wrap)))) return INVALID;
			this.#note(wrap);
			return null;
		} catch (error) {
			if (!(error instanceof FirmsealError)) throw error;
			return error.code === 'CIPHERTEXT_INVALID' ? INVALID : error.message;
		}
	}

	async #takeOwn(text: string, wrap: KeyWrap, log: KeyLog, device: DeviceKeys): Promise<void> {
		const name = `${wrap.class}/${wrap.version}`;
		if (this.#keys.has(name)) return;
		const bytes = await opened(wrap, log, device);
		try {
			this.#keys.set(name, await importDataKey(bytes));
			this.#own.set(name, text);
		} finally {
			bytes.fill(0);
		}
	}

	#note({ class: name, version, recipient, wrapper }: KeyWrap): void {
		const recipients = this.#wrappers.get(`${name}/${version}`) ?? new Map<string, Set<string>>();
		this.#wrappers.set(`${name}/${version}`, recipients);
		recipients.set(recipient, (recipients.get(recipient) ?? new Set()).add(wrapper));
	}
}

/** Of a wrap that the log allows. Throws CIPHERTEXT_INVALID as openWrap() does. */
function opened(wrap: KeyWrap, log: KeyLog, recipient: DeviceKeys): Promise<Uint8Array> {
	const commitment = log.classes.get(wrap.class)?.versions.get(wrap.version)?.commitment as string;
	return openWrap({
		wrap,
		firm: log.firm,
		recipient,
		wrapperSigning: signingOf(log, wrap),
		commitment: fromBase64(commitment) as Uint8Array,
	});
}

const signingOf = (log: KeyLog, { wrapper }: KeyWrap): Uint8Array =>
	fromBase64(log.devices.get(wrapper)?.signing as string) as Uint8Array;
