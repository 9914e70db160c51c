import type { Principal } from '../access/index.ts';
import type { Act } from '../audit/index.ts';
import type { Clock } from '../clock/index.ts';
import type { Plane } from '../database/index.ts';
import { FirmsealError } from '../errors.ts';
import type { RightsProofs } from '../keys/index.ts';

/** What a use case of a lease works with: the rows as the caller's plane sees them, the keys that rights are proven with, the log. */
export interface LeaseServices {
	readonly plane: Plane;
	readonly rights: Pick<RightsProofs, 'prove' | 'verify'>;
	/** Makes an entry of the caller's durable: inside the act's transaction, before it commits. @throws FirmsealError AUDIT_UNAVAILABLE */
	readonly record: (act: Act) => Promise<unknown>;
	readonly clock: Clock;
	/** For the person on call: a row that gives a right and can't prove it. */
	readonly onUnproven: (unproven: UnprovenRow) => void;
}

/** Ids only. */
export interface UnprovenRow {
	readonly firm: string;
	/** null: it isn't a lease's. */
	readonly lease: string | null;
}

/** The firm that a transaction names: the firm's plane sees no other's rows, the platform's planes see all. */
export const firmScopeOfPlane = ({ role }: Pick<Plane, 'role'>, firm: string): string | null =>
	role === 'firmseal_firm' ? firm : null;

/** The same for a person. */
export const firmScopeOfPrincipal = (by: Principal): string | null => (by.kind === 'firm' ? by.firm : null);

/**
 * Tells the log and the person on call of a row that someone has put there or changed.
 * @throws FirmsealError FORBIDDEN with the sentence.
 */
export async function refuseUnprovenLease(
	services: LeaseServices,
	unproven: UnprovenRow,
	sentence: string,
): Promise<never> {
	await reportUnproven(services, unproven);
	throw new FirmsealError('FORBIDDEN', sentence);
}

export async function reportUnproven(
	{ record, onUnproven }: Pick<LeaseServices, 'record' | 'onUnproven'>,
	unproven: UnprovenRow,
): Promise<void> {
	const { firm, lease } = unproven;
	onUnproven(unproven);
	await record({
		action: 'rights.refuse',
		decision: 'DENIED',
		reason: 'FORBIDDEN',
		firm,
		lease,
		records: [lease ?? firm],
	});
}

export const leaseNotFound = () =>
	new FirmsealError('NOT_FOUND', 'There is no such lease: breakGlassLeases lists them.');
