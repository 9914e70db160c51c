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
import { FirmsealError } from '../errors.ts';
import { endFirmLeases } from './end-firm-leases.ts';
import { type LeaseServices, refuseUnprovenLease } from './transition.ts';

const MAX_APPROVERS = 5;

/**
 * What a firm has to say to leases on it, from now on. A tighter policy ends what was agreed under the one before: when this has returned,
 * nothing more is opened under any lease of the firm. What it says already is no change, and leaves no trace.
 * A looser one is a yes to leases to come, and asks for a fresh sign-in as a yes to one does.
 * @throws FirmsealError BAD_USER_INPUT, FORBIDDEN for a policy that was taken away and for a looser one without a fresh sign-in,
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
		throw new FirmsealError('BAD_USER_INPUT', `Ask for 1 to ${MAX_APPROVERS} approvers of the platform.`);
	// Before a transaction is open: keys may have to be fetched.
	const mac = await services.rights.prove(firm, policyStatement({ firm, ...next }));
	const seen = await services.plane.read(firm, (tx) => selectAccessPolicy(tx, firm));
	if (!seen)
		return refuseUnprovenLease(
			services,
			{ firm, lease: null },
			"The firm's access policy was taken away, past this program: ask the platform to restore it.",
		);
	const isProven = await services.rights.verify(firm, policyStatement({ firm, ...seen }), seen.mac);
	// Policy and end marks wait for no lease's row, which others could hold.
	const isTightened = await services.plane.write(firm, async (tx) => {
		const before = await lockAccessPolicy(tx, firm);
		if (!before) throw new Error('A firm has no access policy.');
		// Of what someone has put there, or what has come since, no one knows under which policy leases were agreed to.
		const isKnown = isProven && before.policy === seen.policy && before.approvers === seen.approvers;
		if (isKnown && before.policy === next.policy && before.approvers === next.approvers) return false;
		const isLooser = isKnown ? isStricterPolicy(before, next) : next.policy !== 'NEVER';
		const stale = isLooser && whyNotFresh('A looser access policy', signedIn, await selectNow(tx));
		if (stale) throw new FirmsealError('FORBIDDEN', stale);
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
