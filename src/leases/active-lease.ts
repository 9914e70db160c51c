import { type ActiveLease, activationStatement, type OperatorPrincipal, requestStatement } from '../access/index.ts';
import { type LeaseRow, type Plane, selectLeaseToUse } from '../database/index.ts';
import { FirmsealError } from '../errors.ts';
import { PLATFORM_FIRM_ID, type RightsProofs } from '../keys/index.ts';
import { hexOf, isRequestHashIntact } from './request-hash.ts';

/** One sentence, so that no one learns how far a row of theirs came. */
const NOT_ACTIVE = 'The lease is not active, or not yours: ask for one.';

/** A lease that there is, and that may not be used. */
export class RefusedLeaseError extends FirmsealError {
	override readonly name = 'RefusedLeaseError';
	readonly firm: string;
	/** Its row says that it is active and can't prove it: someone has put it there, or changed it. */
	readonly isForged: boolean;

	constructor(firm: string, isForged: boolean) {
		super('LEASE_NOT_ACTIVE', NOT_ACTIVE);
		this.firm = firm;
		this.isForged = isForged;
	}
}

/**
 * The lease that a request names, if it is this operator's own, active by the database's clock, and proven: asked for by
 * the row's own words, and activated by the broker until the time that the row says.
 * @throws FirmsealError LEASE_NOT_ACTIVE, one sentence for whatever is the matter, a RefusedLeaseError for a lease that there is;
 * KEY_UNAVAILABLE.
 */
export async function findActiveLease(
	{ plane, rights }: { readonly plane: Plane; readonly rights: Pick<RightsProofs, 'verify'> },
	id: string,
	principal: OperatorPrincipal,
): Promise<ActiveLease> {
	const row = await plane.read(null, (tx) => selectLeaseToUse(tx, id));
	if (!row) throw new FirmsealError('LEASE_NOT_ACTIVE', NOT_ACTIVE);
	if (!row.isOpen || row.requestedBy !== principal.user) throw new RefusedLeaseError(row.firmId, false);
	if (!(await isProven(rights, row))) throw new RefusedLeaseError(row.firmId, true);
	return {
		id: row.id,
		requestedBy: row.requestedBy,
		firm: row.firmId,
		classes: row.classes,
		coordinates: row.coordinates,
		records: row.recordIds,
	};
}

async function isProven(rights: Pick<RightsProofs, 'verify'>, row: LeaseRow): Promise<boolean> {
	const { activatedAt, expiresAt } = row;
	if (!isRequestHashIntact(row) || !activatedAt || !expiresAt) return false;
	const of = { lease: row.id, firm: row.firmId, requestHash: hexOf(row.requestHash) };
	return (
		(await rights.verify(
			PLATFORM_FIRM_ID,
			requestStatement({ ...of, requestedBy: row.requestedBy }),
			row.requestMac,
		)) &&
		(await rights.verify(PLATFORM_FIRM_ID, activationStatement({ ...of, activatedAt, expiresAt }), row.activationMac))
	);
}
