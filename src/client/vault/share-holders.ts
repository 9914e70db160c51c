import { devicesOf, type KeyLog, type KeyLogBody, type LogDevice } from '../../custody/index.ts';
import type { SealedRecoveryShare } from './draft.ts';
import { VaultError } from './vault-error.ts';

/** The devices of each holder that get the holder's share. @throws VaultError `holder-device` */
export function devicesOfHolders(log: KeyLog, holders: readonly string[]): readonly (readonly LogDevice[])[] {
	const devices = holders.map((holder) => devicesOf(log, holder));
	if (devices.some(({ length }) => length === 0)) throw new VaultError('holder-device');
	return devices;
}

/**
 * That shares are for exactly the devices that their holders have now: a device that is missing could release nothing, and one that was
 * lost would have a share.
 * @throws VaultError `holders-changed`
 */
export function requireSameHolders(
	log: KeyLog,
	{ ways }: KeyLogBody<'recovery.set'>,
	shares: readonly SealedRecoveryShare[],
): void {
	const holders = ways.flatMap((way) => (way.way === 'OWNERS' ? way.holders : []));
	const devices = holders.flatMap((holder) => devicesOf(log, holder).map(({ id }) => id));
	const recipients = new Set(shares.map(({ recipient }) => recipient));
	const areOwners = holders.every((holder) => log.people.get(holder)?.role === 'OWNER');
	const areSame = devices.length === recipients.size && devices.every((id) => recipients.has(id));
	if (!areOwners || !areSame) throw new VaultError('holders-changed');
}
