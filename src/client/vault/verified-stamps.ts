import {
	fromBase64,
	type KeyLog,
	parseStamp,
	type Stamp,
	stampHash,
	verifyStampSignature,
} from '../../custody/index.ts';
import { FirmsealError } from '../../errors.ts';
import { BoundedMap } from './bounded-map.ts';
import { VaultError } from './vault-error.ts';

/** Enough for what an application shows at one time. */
const MAX_STAMPS = 4_096;

/** A stamp that its author signed. */
interface VerifiedStamp {
	readonly stamp: Stamp;
	/** stampHash(). */
	readonly hash: string;
}

/**
 * Whether the device keeps the hash as that of the row's newest stamp: such a stamp was verified, under a key that is part of its device's id.
 * FORMAT.md, section 13.
 */
type IsKept = (hash: string) => Promise<boolean>;

/** Stamps that the device read since it was unlocked, by their exact text. */
export class VerifiedStamps {
	readonly #stamps = new BoundedMap<VerifiedStamp>(MAX_STAMPS);

	/**
	 * A stamp that a device of the log signed. Whether it may have, and the row, are the caller's to judge, each time.
	 * @throws VaultError `row-stamp`, `row-portal`, `row-author`, `row-signature`
	 */
	async read(text: string, { devices }: KeyLog, isKept: IsKept): Promise<VerifiedStamp> {
		const known = this.#stamps.get(text);
		if (known !== undefined) return known;
		const hash = await stampHash(text);
		const stamp = (await isKept(hash)) ? (JSON.parse(text) as Stamp) : await verified(text, devices);
		const read = { stamp, hash };
		this.#stamps.set(text, read);
		return read;
	}

	clear(): void {
		this.#stamps.clear();
	}
}

async function verified(text: string, devices: KeyLog['devices']): Promise<Stamp> {
	const stamp = parsed(text);
	if (stamp.log !== null) throw new VaultError('row-portal');
	const signing = devices.get(stamp.device)?.signing;
	if (signing === undefined) throw new VaultError('row-author');
	const isSigned = await verifyStampSignature(stamp, fromBase64(signing) as Uint8Array);
	if (!isSigned) throw new VaultError('row-signature');
	return stamp;
}

function parsed(text: string): Stamp {
	try {
		return parseStamp(text);
	} catch (error) {
		throw error instanceof FirmsealError ? new VaultError('row-stamp') : error;
	}
}
