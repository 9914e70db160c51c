import {
	combineRecoverySeed,
	type DeviceKeys,
	fromBase64,
	type KeyLog,
	type LogWay,
	openShare,
} from '../../custody/index.ts';
import { FirmsealError } from '../../errors.ts';
import { recoveryDevice } from './recovery-acts.ts';
import type { Session } from './session.ts';
import { VaultError } from './vault-error.ts';

/** A share that a holder released to a device that recovers. */
export interface ReleasedShare {
	/** Id of the holder's device. */
	readonly releasedBy: string;
	/** Base64 of enc || ct. */
	readonly share: string;
}

type OwnersWay = Extract<LogWay, { readonly way: 'OWNERS' }>;

/**
 * The recovery key of a way. A holder who lies gives a share that fits no others, so sets of `k` are tried until one makes the key: with 16
 * holders at most 12,870.
 * @throws VaultError `uncompared` for more holders than codes were compared, `shares-other`
 */
export async function combineShares(
	session: Session,
	log: KeyLog,
	way: OwnersWay,
	released: readonly ReleasedShare[],
): Promise<DeviceKeys> {
	const shares = await openEach(session, log, way, released);
	try {
		if (session.state.joined.length < Math.max(way.k, shares.size)) throw new VaultError('uncompared');
		for (const chosen of setsOf([...shares.values()], way.k)) {
			const recovery = await combined(chosen);
			if (recovery?.id === way.id) return recovery;
		}
		throw new VaultError('shares-other');
	} finally {
		for (const share of shares.values()) share.fill(0);
	}
}

/** One share of each holder: the last that opens. */
async function openEach(
	{ device, stored }: Session,
	log: KeyLog,
	way: OwnersWay,
	released: readonly ReleasedShare[],
): Promise<ReadonlyMap<string, Uint8Array>> {
	const { firm, person } = stored;
	const shares = new Map<string, Uint8Array>();
	for (const { releasedBy, share } of released) {
		const holder = log.devices.get(releasedBy)?.person;
		if (holder === undefined || !way.holders.includes(holder)) continue;
		const place = { firm, person, genesis: log.genesis, recovery: way.id, releasedBy };
		const opened = await orNull(openShare(fromBase64(share) ?? new Uint8Array(0), device, place));
		if (opened === null) continue;
		shares.get(holder)?.fill(0);
		shares.set(holder, opened);
	}
	return shares;
}

/** Null for shares of another form, or of which two are the same. */
async function combined(shares: readonly Uint8Array[]): Promise<DeviceKeys | null> {
	const seed = await orNull(combineRecoverySeed(shares));
	return seed === null ? null : recoveryDevice(seed);
}

async function orNull<T>(attempt: Promise<T>): Promise<T | null> {
	try {
		return await attempt;
	} catch (error) {
		if (error instanceof FirmsealError) return null;
		throw error;
	}
}

/** Every set of `k` of the items, each in their order. */
function* setsOf<T>(items: readonly T[], k: number): Generator<readonly T[]> {
	if (k === 0) yield [];
	else
		for (const [at, item] of items.entries())
			for (const rest of setsOf(items.slice(at + 1), k - 1)) yield [item, ...rest];
}
