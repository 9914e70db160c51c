import { concat, encodeContext, unopenableError } from '../envelope/index.ts';
import { FirmsealError } from '../errors.ts';
import { fromHex } from './bytes.ts';
import { type DeviceKeys, type DevicePublicKeys, type DeviceSeed, deviceIdOf } from './device.ts';
import { openFor, sealTo } from './hpke.ts';
import { splitSeed } from './recovery-code.ts';

const SEED_LENGTH = 64;
/** 64 bytes, then the x coordinate, which is not 0. */
const SHARE_LENGTH = 65;
const MAX_HOLDERS = 16;

/** To which RECOVERY device of the way OWNERS a share belongs. FORMAT.md section 11. */
export interface SharePlace {
	readonly firm: string;
	/** The user whose device it is. */
	readonly person: string;
	/** Genesis of the key log, 64 hexadecimal digits. */
	readonly genesis: string;
	/** Id of the RECOVERY device. */
	readonly recovery: string;
	/**
	 * Id of the holder's device, if that device releases the share to a new device of the person; null if the person gives it to the holder.
	 */
	readonly releasedBy: string | null;
}

/**
 * One share for each holder, of which any `k` rebuild the seed. The caller overwrites the shares and the seed. Throws BAD_USER_INPUT
 * unless 2 <= k <= holders <= 16.
 */
export async function splitRecoverySeed(seed: DeviceSeed, holders: number, k: number): Promise<readonly Uint8Array[]> {
	if (![holders, k].every(Number.isInteger) || k < 2 || k > holders || holders > MAX_HOLDERS) {
		throw new FirmsealError(
			'BAD_USER_INPUT',
			'A recovery key is split among 2 to 16 holders, of whom at least 2 rebuild it: correct the numbers.',
		);
	}
	// Loaded when needed, before there are bytes to overwrite: few people ever split or combine a key.
	const { split } = await import('shamir-secret-sharing');
	const both = concat(seed.exchange, seed.signing);
	if (both.length !== SEED_LENGTH) throw new RangeError('The private keys of a device are 32 bytes each.');
	try {
		return await split(both, holders, k);
	} finally {
		both.fill(0);
	}
}

/**
 * The seed that the shares rebuild. From fewer than `k` shares, or with a false one, another seed comes out: the caller imports it and
 * compares the device with the RECOVERY statement. Throws BAD_USER_INPUT for fewer than two shares, one twice, or one of another form.
 */
export async function combineRecoverySeed(shares: readonly Uint8Array[]): Promise<DeviceSeed> {
	const coordinates = new Set(shares.map((share) => share[SEED_LENGTH]));
	const areShares = shares.every((share) => share.length === SHARE_LENGTH && share[SEED_LENGTH] !== 0);
	if (!areShares || shares.length < 2 || shares.length > MAX_HOLDERS || coordinates.size < shares.length) {
		throw new FirmsealError(
			'BAD_USER_INPUT',
			'These are not at least two different shares of a recovery key: ask each holder for their own.',
		);
	}
	const { combine } = await import('shamir-secret-sharing');
	return splitSeed(await combine([...shares]));
}

/** enc || ct of a share, 113 bytes, for one device. Throws RangeError for a share of another length, or a refused exchange key. */
export async function sealShare(
	share: Uint8Array,
	recipient: DevicePublicKeys,
	place: SharePlace,
): Promise<Uint8Array> {
	if (share.length !== SHARE_LENGTH) throw new RangeError('A share is 65 bytes.');
	return sealTo(recipient.exchange, placeOf(place, await deviceIdOf(recipient)), share);
}

/** The share, 65 bytes for the caller to overwrite. Throws CIPHERTEXT_INVALID if it was not sealed to this device and place. */
export async function openShare(sealed: Uint8Array, recipient: DeviceKeys, place: SharePlace): Promise<Uint8Array> {
	const share = await openFor(recipient, placeOf(place, recipient.id), sealed);
	if (share.length !== SHARE_LENGTH) throw unopenableError();
	return share;
}

function placeOf({ firm, person, genesis, recovery, releasedBy }: SharePlace, recipient: string) {
	const parts =
		releasedBy === null
			? ['firmseal/recovery-share/v1', firm, person, recovery, recipient]
			: ['firmseal/recovery-release/v1', firm, person, recovery, releasedBy, recipient];
	return { info: encodeContext(parts), aad: fromHex(genesis) };
}
