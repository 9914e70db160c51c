import type { KeyLog } from '../../custody/index.ts';
import type { RecoveryShareRow } from '../../database/index.ts';
import { FirmsealError } from '../../errors.ts';

/** A share of the caller's RECOVERY device for one device of a holder. */
export interface GivenShare {
	/** Id of the RECOVERY device. */
	readonly device: string;
	/** Id of the holder's device. */
	readonly recipient: string;
	/** The sealed share, in base64. */
	readonly share: string;
}

/** @throws FirmsealError BAD_USER_INPUT unless each share is of the person's own recovery key and for a device of one of its holders */
export function checkShares(log: KeyLog, person: string, shares: readonly GivenShare[]): RecoveryShareRow[] {
	for (const { device, recipient } of shares)
		if (!isHolder(log, person, device, recipient))
			throw new FirmsealError(
				'BAD_USER_INPUT',
				'A share is not of your own recovery key, or not for an active device of one of its holders: read the key log again.',
			);
	return shares.map((share) => ({ firmId: log.firm, person, ...share }));
}

/** Ids of the recovery keys that people have now, and of which the active device of a holder can have a share. */
export const recoveriesHeldBy = (log: KeyLog, recipient: string): readonly string[] =>
	[...log.people].flatMap(([person, { ways }]) =>
		ways.filter(({ id }) => isHolder(log, person, id, recipient)).map(({ id }) => id),
	);

/** Whether the active device `recipient` is of a holder of the person's recovery key `recovery`. */
export function isHolder(log: KeyLog, person: string, recovery: string, recipient: string): boolean {
	const way = log.people.get(person)?.ways.find(({ id }) => id === recovery);
	const device = log.devices.get(recipient);
	if (way?.way !== 'OWNERS' || device?.kind !== 'DEVICE' || device.revoked !== null) return false;
	return way.holders.includes(device.person);
}
