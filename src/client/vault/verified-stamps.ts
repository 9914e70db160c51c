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
	/** The signing key under which it verified. */
	readonly signing: string;
}

/** Stamps that verified since the device was unlocked, by their exact text: a row that is read again costs no signature. */
export class VerifiedStamps {
	readonly #stamps = new BoundedMap<VerifiedStamp>(MAX_STAMPS);

	/**
	 * A stamp that a device of the log signed. Whether it may have, and the row, are the caller's to judge, each time.
	 * @throws VaultError `row-stamp`, `row-portal`, `row-author`, `row-signature`
	 */
	async read(text: string, { devices }: KeyLog): Promise<VerifiedStamp> {
		const known = this.#stamps.get(text);
		if (known !== undefined && known.signing === devices.get(known.stamp.device)?.signing) return known;
		const stamp = parsed(text);
		if (stamp.log !== null) throw new VaultError('row-portal');
		const signing = devices.get(stamp.device)?.signing;
		if (signing === undefined) throw new VaultError('row-author');
		const [hash, isSigned] = await Promise.all([
			stampHash(text),
			verifyStampSignature(stamp, fromBase64(signing) as Uint8Array),
		]);
		if (!isSigned) throw new VaultError('row-signature');
		const verified = { stamp, hash, signing };
		this.#stamps.set(text, verified);
		return verified;
	}

	clear(): void {
		this.#stamps.clear();
	}
}

function parsed(text: string): Stamp {
	try {
		return parseStamp(text);
	} catch (error) {
		throw error instanceof FirmsealError ? new VaultError('row-stamp') : error;
	}
}
