import { v7 as uuidv7 } from 'uuid';
import {
	type AccessPolicy,
	type FirmPrincipal,
	isStricterPolicy,
	policyStatement,
	type SignInTime,
	whyNotFresh,
} from '../access/index.ts';
import {
	insertLeaseEndsOf,
	insertNotice,
	lockAccessPolicy,
	selectAccessPolicy,
	selectNow,
	setAccessPolicy,
} from '../database/index.ts';
import { FirmsealError, StaleSignInError } from '../errors.ts';
import { endFirmLeases } from './end-firm-leases.ts';
import { type LeaseServices, refuseUnprovenLease } from './transition.ts';

const MAX_APPROVERS = 5;

/**
 * Sets a firm's access policy for leases. A stricter policy ends the leases that were approved under the old one: when this has returned, nothing
 * more is opened under any lease of the firm. If the policy is the same, nothing is changed or recorded. A looser policy approves future leases,
 * so it needs a fresh sign-in, as an approval does.
 * @throws FirmsealError BAD_USER_INPUT, FORBIDDEN if the policy's row was deleted, and for a looser policy without a fresh sign-in,
 * KEY_UNAVAILABLE, AUDIT_UNAVAILABLE.
 */
export async function setFirmAccessPolicy(
	services: LeaseServices,
	by: FirmPrincipal,
	signedIn: SignInTime,
	next: AccessPolicy,
): Promise<void> {
	const { firm } = by;
	const { approvers } = next;
	if (!Number.isInteger(approvers) || approvers < 1 || approvers > MAX_APPROVERS)
		throw new FirmsealError('BAD_USER_INPUT', `The number of approvers must be 1 to ${MAX_APPROVERS}.`);
	// Before a transaction is open, because keys may have to be fetched.
	const mac = await services.rights.prove(firm, policyStatement({ firm, ...next }));
	const seen = await services.plane.read(firm, (tx) => selectAccessPolicy(tx, firm));
	if (!seen)
		return refuseUnprovenLease(
			services,
			{ firm, lease: null },
			'The firm’s access policy was deleted outside Firmseal: ask the platform to restore it.',
		);
	const isProven = await services.rights.verify(firm, policyStatement({ firm, ...seen }), seen.mac);
	// Policy and end marks don't wait for the rows of leases, which others could lock.
	const isTightened = await services.plane.write(firm, async (tx) => {
		const before = await lockAccessPolicy(tx, firm);
		if (!before) throw new Error('A firm has no access policy.');
		// If the row isn't proven, or has changed since it was verified, the policy under which leases were approved is unknown.
		const isKnown = isProven && before.policy === seen.policy && before.approvers === seen.approvers;
		if (isKnown && before.policy === next.policy && before.approvers === next.approvers) return false;
		const isLooser = isKnown ? isStricterPolicy(before, next) : next.policy !== 'NEVER';
		const stale = isLooser && whyNotFresh('A looser access policy', signedIn, await selectNow(tx));
		if (stale) throw new StaleSignInError(stale);
		await setAccessPolicy(tx, { firmId: firm, policy: next.policy, approvers, mac });
		await insertNotice(tx, {
			id: uuidv7(),
			firmId: firm,
			kind: 'ACCESS_POLICY_CHANGED',
			audience: 'OWNERS',
			actorId: by.user,
		});
		await services.record({ action: 'policy.change', firm });
		if (isKnown && !isStricterPolicy(next, before)) return false;
		await insertLeaseEndsOf(tx, firm);
		return true;
	});
	if (isTightened) await endFirmLeases(services, { firm, actedBy: by.user, endsRequests: next.policy === 'NEVER' });
}
