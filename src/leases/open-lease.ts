import { activationStatement, type OpenLease, type OperatorPrincipal, requestStatement } from '../access/index.ts';
import { type Plane, selectOpenLease } from '../database/index.ts';
import { FirmsealError } from '../errors.ts';
import { PLATFORM, type Rights } from '../keys/index.ts';
import { hexOf, isOwnHash, type LeaseRow } from './request-hash.ts';

/** One sentence, so that nobody learns how far a row of theirs came. */
const NOT_ACTIVE = 'The lease is not active, or not yours: ask for one.';

/** A row that says it is an active lease and can't prove it: somebody has put it there, or changed it. */
export class ForgedLeaseError extends FirmsealError {
	override readonly name = 'ForgedLeaseError';
	readonly firm: string;

	constructor(firm: string) {
		super('LEASE_NOT_ACTIVE', NOT_ACTIVE);
		this.firm = firm;
	}
}

/**
 * The lease that a request names, if it is this operator's own, active by the database's clock, and proven: asked for by
 * the row's own words, and activated by the broker until the time that the row says.
 * @throws FirmsealError LEASE_NOT_ACTIVE, one sentence for whatever is the matter; ForgedLeaseError for a row without proof;
 * KEY_UNAVAILABLE.
 */
export async function findOpenLease(
	{ plane, rights }: { readonly plane: Plane; readonly rights: Pick<Rights, 'holds'> },
	id: string,
	principal: OperatorPrincipal,
): Promise<OpenLease> {
	const row = await plane.read(null, (tx) => selectOpenLease(tx, id));
	if (!row || row.requestedBy !== principal.user) throw new FirmsealError('LEASE_NOT_ACTIVE', NOT_ACTIVE);
	if (!(await isProven(rights, row))) throw new ForgedLeaseError(row.firmId);
	return {
		id: row.id,
		requestedBy: row.requestedBy,
		firm: row.firmId,
		classes: row.classes,
		coordinates: row.coordinates,
		records: row.recordIds,
	};
}

async function isProven(rights: Pick<Rights, 'holds'>, row: LeaseRow): Promise<boolean> {
	const { activatedAt, expiresAt } = row;
	if (!isOwnHash(row) || !activatedAt || !expiresAt) return false;
	const of = { lease: row.id, firm: row.firmId, requestHash: hexOf(row.requestHash) };
	return (
		(await rights.holds(PLATFORM, requestStatement({ ...of, requestedBy: row.requestedBy }), row.requestMac)) &&
		(await rights.holds(PLATFORM, activationStatement({ ...of, activatedAt, expiresAt }), row.activationMac))
	);
}
