import { isTerminal, type OperatorPrincipal, type Principal, type SignInTime, whyNotFresh } from '../access/index.ts';
import {
	isClockSound,
	type LeaseRow,
	lockLease,
	selectLeaseApprovals,
	selectNow,
	setLeaseReviewed,
} from '../database/index.ts';
import { FirmsealError } from '../errors.ts';
import { endLeaseAs } from './end-lease.ts';
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

/** How long the broker is waited for, and how often it is looked whether it has decided, in milliseconds. */
const ACTIVATION_TIMEOUT_MS = 5_000;
const POLL_INTERVAL_MS = 80;

/**
 * Asks the broker for the grants of one's own approved lease, and waits up to five seconds for what it decides. The answer is the
 * lease as it is then: ACTIVE; REVOKED, if the broker found a yes or a right missing; or still ACTIVATING, if it hasn't come
 * to it yet.
 * @throws FirmsealError NOT_FOUND, FORBIDDEN unless it is one's own, CONFLICT unless it is APPROVED or while the database's clock
 * can't be trusted, AUDIT_UNAVAILABLE.
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

/** The operator's own part of it. @throws FirmsealError as activateLease. */
export const requestActivation = (services: LeaseServices, by: OperatorPrincipal, id: string): Promise<LeaseRow> =>
	transitionLeaseAs(services, by, id, { from: 'APPROVED', to: 'ACTIVATING' }, async (tx, lease) => {
		requireRequester(lease, by);
		requireNotOverdue(lease, await selectNow(tx));
		if (!(await isClockSound(tx)))
			throw new FirmsealError(
				'CONFLICT',
				'The database’s clock has gone back, so no lease is activated: two approvers reset it by `firmseal clock reset`.',
			);
	});

const OTHER_PERSON_REQUIRED = 'Another person than the one who asked decides: cancel or release your own lease.';

/**
 * Says no to a request: an owner for the firm, an approver for the platform.
 * @throws FirmsealError NOT_FOUND, FORBIDDEN for the person who asked, CONFLICT unless it is REQUESTED, AUDIT_UNAVAILABLE.
 */
export const denyLease = (services: LeaseServices, by: Principal, id: string): Promise<LeaseRow> =>
	transitionLeaseAs(services, by, id, { from: 'REQUESTED', to: 'DENIED' }, async (tx, { requestedBy }) => {
		if (by.kind === 'operator') await requireAnotherPerson(tx, by, [requestedBy], OTHER_PERSON_REQUIRED);
	});

/** Takes one's own request back. @throws FirmsealError NOT_FOUND, FORBIDDEN, CONFLICT unless it is REQUESTED, AUDIT_UNAVAILABLE. */
export const cancelLease = (services: LeaseServices, by: OperatorPrincipal, id: string): Promise<LeaseRow> =>
	transitionLeaseAs(services, by, id, { from: 'REQUESTED', to: 'CANCELLED' }, async (_tx, lease) =>
		requireRequester(lease, by),
	);

/**
 * Gives one's own lease back before its time. When this has returned, nothing more is opened under it.
 * @throws FirmsealError NOT_FOUND, FORBIDDEN, CONFLICT unless it is ACTIVE, AUDIT_UNAVAILABLE.
 */
export async function releaseLease(services: LeaseServices, by: OperatorPrincipal, id: string): Promise<LeaseRow> {
	const lease = await findVisibleLease(services, by, id);
	requireRequester(lease, by);
	requireState(lease, 'ACTIVE');
	return endLeaseAs(services, lease, 'RELEASED', by);
}

/**
 * Takes a lease away: an owner for the firm, an approver for the platform. When this has returned, nothing more is opened under
 * it, in any process.
 * @throws FirmsealError NOT_FOUND, FORBIDDEN for the person who asked, CONFLICT for one that can't be used, AUDIT_UNAVAILABLE.
 */
export async function revokeLease(services: LeaseServices, by: Principal, id: string): Promise<LeaseRow> {
	const lease = await findVisibleLease(services, by, id);
	if (by.kind === 'operator')
		await services.plane.read(null, (tx) => requireAnotherPerson(tx, by, [lease.requestedBy], OTHER_PERSON_REQUIRED));
	if (lease.state === 'REQUESTED') throw new FirmsealError('CONFLICT', 'The lease is only REQUESTED: deny it instead.');
	return endLeaseAs(services, lease, 'REVOKED', by);
}

/**
 * Signs off an ended lease: a third person, an owner or an approver, has looked at what was done under it.
 * @throws FirmsealError NOT_FOUND, FORBIDDEN for a person who asked or agreed, in whatever account, and for a sign-in older than five
 * minutes or of an unknown time, CONFLICT for a lease that goes on or was reviewed, AUDIT_UNAVAILABLE.
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
			'A third person reviews a lease: neither who asked for it nor who agreed.',
		);
		const stale = whyNotFresh('Reviewing a lease', signedIn, await selectNow(tx));
		if (stale) throw new FirmsealError('FORBIDDEN', stale);
		if (!isTerminal(lease.state))
			throw new FirmsealError('CONFLICT', `The lease is ${lease.state}: it is reviewed when it has ended.`);
		if (lease.reviewedBy !== null) throw new FirmsealError('CONFLICT', 'The lease was reviewed already.');
		const reviewed = await setLeaseReviewed(tx, id, by.user);
		await services.record({ ...leaseAct(reviewed), action: 'lease.review' });
		return reviewed;
	});
