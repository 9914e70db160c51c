import { isTerminal, type OperatorPrincipal, type Principal, type SignInTime, whyNotFresh } from '../access/index.ts';
import {
	isClockSound,
	type LeaseRow,
	lockLease,
	selectLeaseApprovals,
	selectNow,
	setLeaseReviewed,
	type Transaction,
} from '../database/index.ts';
import { FirmsealError, StaleSignInError } from '../errors.ts';
import { explainDecision } from './decision-reason.ts';
import { endLeaseAs } from './end-lease.ts';
import { checkDecisionReason } from './request-input.ts';
import {
	findVisibleLease,
	firmScopeOfPrincipal,
	type LeaseServices,
	leaseAct,
	leaseNotFoundError,
	requireAnotherPerson,
	requireIndependent,
	requireNotOverdue,
	requireRequester,
	requireState,
	transitionLeaseAs,
} from './transition.ts';

const ACTIVATION_TIMEOUT_MS = 5_000;
const POLL_INTERVAL_MS = 80;

/**
 * Asks the broker to activate the caller's approved lease, and waits up to five seconds for its decision. Returns the lease as it is then:
 * ACTIVE; REVOKED, if the broker found an approval or a right missing; or ACTIVATING, if the broker hasn't decided yet.
 * @throws FirmsealError NOT_FOUND, FORBIDDEN unless the caller requested the lease, CONFLICT unless it is APPROVED, and while the database's
 * clock can't be trusted, AUDIT_UNAVAILABLE.
 */
export async function activateLease(services: LeaseServices, by: OperatorPrincipal, id: string): Promise<LeaseRow> {
	await requestActivation(services, by, id);
	const until = services.clock.now() + ACTIVATION_TIMEOUT_MS;
	for (;;) {
		const lease = await findVisibleLease(services, by, id);
		if (lease.state !== 'ACTIVATING' || services.clock.now() >= until) return lease;
		await services.clock.sleep(POLL_INTERVAL_MS);
	}
}

/** The part of activateLease() before the broker's. @throws FirmsealError as activateLease() does. */
export const requestActivation = (services: LeaseServices, by: OperatorPrincipal, id: string): Promise<LeaseRow> =>
	transitionLeaseAs(services, by, id, { from: 'APPROVED', to: 'ACTIVATING' }, async (tx, lease) => {
		requireRequester(lease, by);
		requireNotOverdue(lease, await selectNow(tx));
		if (!(await isClockSound(tx)))
			throw new FirmsealError(
				'CONFLICT',
				'The database’s clock has gone back, so no lease can be activated: two approvers must run `firmseal clock reset`.',
			);
	});

const OTHER_PERSON_REQUIRED = 'You cannot deny or revoke a lease that you requested: cancel or release it instead.';

/**
 * Denies a request: an owner for the firm, an approver for the platform.
 * @throws FirmsealError BAD_USER_INPUT for the reason, NOT_FOUND, FORBIDDEN for the requester, CONFLICT unless the lease is REQUESTED,
 * AUDIT_UNAVAILABLE.
 */
export async function denyLease(
	services: LeaseServices,
	by: Principal,
	{ leaseId, reason: given }: { readonly leaseId: string; readonly reason?: string | null | undefined },
): Promise<LeaseRow> {
	const reason = checkDecisionReason(given);
	const check = async (tx: Transaction, { requestedBy }: LeaseRow) => {
		if (by.kind === 'operator') await requireAnotherPerson(tx, by, [requestedBy], OTHER_PERSON_REQUIRED);
	};
	return transitionLeaseAs(services, by, leaseId, { from: 'REQUESTED', to: 'DENIED' }, check, (tx, lease) =>
		explainDecision(services, tx, lease, by, { decision: 'DENIAL', reason }),
	);
}

/** Cancels the caller's own request. @throws FirmsealError NOT_FOUND, FORBIDDEN, CONFLICT unless it is REQUESTED, AUDIT_UNAVAILABLE. */
export const cancelLease = (services: LeaseServices, by: OperatorPrincipal, id: string): Promise<LeaseRow> =>
	transitionLeaseAs(services, by, id, { from: 'REQUESTED', to: 'CANCELLED' }, async (_tx, lease) =>
		requireRequester(lease, by),
	);

/**
 * Ends the caller's own lease early. When this has returned, nothing more is opened under it.
 * @throws FirmsealError NOT_FOUND, FORBIDDEN, CONFLICT unless the lease is ACTIVE, AUDIT_UNAVAILABLE.
 */
export async function releaseLease(services: LeaseServices, by: OperatorPrincipal, id: string): Promise<LeaseRow> {
	const lease = await findVisibleLease(services, by, id);
	requireRequester(lease, by);
	requireState(lease, 'ACTIVE');
	return endLeaseAs(services, lease, 'RELEASED', by);
}

/**
 * Revokes a lease: an owner for the firm, an approver for the platform. When this has returned, no process opens anything more under it.
 * @throws FirmsealError NOT_FOUND, FORBIDDEN for the requester, CONFLICT for a lease that is only REQUESTED or has ended,
 * AUDIT_UNAVAILABLE.
 */
export async function revokeLease(services: LeaseServices, by: Principal, id: string): Promise<LeaseRow> {
	const lease = await findVisibleLease(services, by, id);
	if (by.kind === 'operator')
		await services.plane.read(null, (tx) => requireAnotherPerson(tx, by, [lease.requestedBy], OTHER_PERSON_REQUIRED));
	if (lease.state === 'REQUESTED')
		throw new FirmsealError('CONFLICT', 'The lease is only REQUESTED: deny it instead of revoking it.');
	return endLeaseAs(services, lease, 'REVOKED', by);
}

/**
 * Records that a third person, an owner or an approver, has reviewed what was done under an ended lease.
 * @throws FirmsealError NOT_FOUND, FORBIDDEN for a person who requested or approved the lease, with any account, and without a fresh sign-in,
 * CONFLICT for a lease that has not ended or was already reviewed, AUDIT_UNAVAILABLE.
 */
export const reviewLease = (
	services: LeaseServices,
	by: Principal,
	signedIn: SignInTime,
	id: string,
): Promise<LeaseRow> =>
	services.plane.write(firmScopeOfPrincipal(by), async (tx) => {
		const lease = await lockLease(tx, id);
		if (!lease) throw leaseNotFoundError();
		const agreed = (await selectLeaseApprovals(tx, [id])).map(({ userId }) => userId);
		await requireIndependent(
			tx,
			by,
			[lease.requestedBy, ...agreed],
			'A third person must review the lease: neither the person who requested it nor one who approved it.',
		);
		const stale = whyNotFresh('Reviewing a lease', signedIn, await selectNow(tx));
		if (stale) throw new StaleSignInError(stale);
		if (!isTerminal(lease.state))
			throw new FirmsealError('CONFLICT', `The lease is ${lease.state}: it can be reviewed only after it has ended.`);
		if (lease.reviewedBy !== null) throw new FirmsealError('CONFLICT', 'The lease has already been reviewed.');
		const reviewed = await setLeaseReviewed(tx, id, by.user);
		await services.record({ ...leaseAct(reviewed), action: 'lease.review' });
		return reviewed;
	});
