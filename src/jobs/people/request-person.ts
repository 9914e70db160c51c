import { isSameEmailAddress, type OperatorPrincipal, type OperatorRole } from '../../access/index.ts';
import { identifyToken, type JobRow, type OperatorRow, selectJobListing } from '../../database/index.ts';
import { FirmsealError } from '../../errors.ts';
import {
	type AdminContext,
	assertNotInFirm,
	findProvenApprovers,
	hasTwoIndependent,
	isEmailKnown,
	isOperatorProven,
	type NewPerson,
	newAccount,
	personIdFromClaim,
	requireApprover,
} from '../../firms/index.ts';
import { PLATFORM_FIRM_ID } from '../../keys/index.ts';
import type { JobRequest } from '../engine/index.ts';
import { lacksOne, selectOperatorsNow } from './decide-on-person.ts';
import { type PersonTerms, readPersonTerms, writePersonTerms } from './person-terms.ts';

export interface RequestedPerson extends Omit<NewPerson, 'person'> {
	readonly roles: readonly OperatorRole[];
	/** The e-mail address of another account of the same natural person. */
	readonly sameAs?: string | undefined;
	/** The value of the claim that identifies persons, if the installation has one. */
	readonly said?: string | undefined;
}

/** Who must approve. While no two approvers count as two, the requester may, unless an approver was removed recently. */
type ApproverNeeded = 'ANOTHER' | 'ONESELF' | 'NO_ONE_YET';

export interface PersonRequest {
	readonly request: JobRequest;
	readonly approverNeeded: ApproverNeeded;
	readonly terms: PersonTerms;
}

/** Most open jobs that are searched for the same person. */
const MOST = 1_000;

/** Open requests to appoint an operator, the newest first. */
export async function selectPersonRequests({
	worker,
}: Pick<AdminContext, 'worker'>): Promise<readonly { readonly job: JobRow; readonly terms: PersonTerms }[]> {
	const open = await worker.read(null, (tx) =>
		selectJobListing(tx, { firm: PLATFORM_FIRM_ID, open: true, most: MOST }),
	);
	return open.flatMap((job) => {
		const terms = job.kind === 'APPOINT' || job.kind === 'ADD_OPERATOR' ? readPersonTerms(job.terms) : null;
		return terms ? [{ job, terms }] : [];
	});
}

/**
 * The request to appoint an operator, or to change an operator's roles. Nothing changes until another approver approves.
 * @throws FirmsealError FORBIDDEN unless `by` is an APPROVER; BAD_USER_INPUT, NOT_FOUND, CONFLICT, KEY_UNAVAILABLE, AUDIT_UNAVAILABLE
 */
export async function requestPerson(
	admin: AdminContext,
	wanted: RequestedPerson,
	by: OperatorPrincipal,
): Promise<PersonRequest> {
	requireApprover(by);
	const roles = [...new Set(wanted.roles)];
	if (roles.length === 0)
		throw new FirmsealError('BAD_USER_INPUT', 'Give at least one role: OPERATOR, APPROVER or AUDITOR.');
	const approvers = await findProvenApprovers(admin);
	const operators = await admin.worker.read(null, selectOperatorsNow);
	const { rows, now } = operators;
	const present = rows.find((row) => row.disabledAt === null && isSameEmailAddress(row.email, wanted.email));
	const isProven = present !== undefined && (await isOperatorProven(admin.rights, present));
	const terms = present
		? await termsOfPresent(admin, present, isProven, { ...wanted, roles })
		: await termsOfNew(admin, rows, { ...wanted, roles });
	const same = (await selectPersonRequests(admin)).find((each) => isSameEmailAddress(each.terms.email, terms.email));
	if (same)
		throw new FirmsealError(
			'CONFLICT',
			`The job ${same.job.id} requests this person already: approve it, or cancel it.`,
		);
	const isApprover = isProven && present.roles.includes('APPROVER');
	const isOne = !hasTwoIndependent(approvers, now);
	const isLoud = (roles.includes('APPROVER') && !isApprover) || isOne;
	const request: JobRequest = {
		firm: PLATFORM_FIRM_ID,
		kind: isLoud ? 'APPOINT' : 'ADD_OPERATOR',
		class: null,
		version: null,
		subject: `User.${terms.user}`,
		terms: writePersonTerms(terms),
	};
	return {
		request,
		terms,
		approverNeeded: !isOne ? 'ANOTHER' : lacksOne(approvers, operators) ? 'NO_ONE_YET' : 'ONESELF',
	};
}

const TAKEN = 'An account with this e-mail address or subject exists.';

async function termsOfNew(
	admin: AdminContext,
	rows: readonly OperatorRow[],
	wanted: RequestedPerson,
): Promise<PersonTerms> {
	const { email, name, subject, sameAs, roles, said } = wanted;
	const claimed = personIdFromClaim(admin, said);
	if (claimed !== undefined && sameAs !== undefined)
		throw new FirmsealError('BAD_USER_INPUT', 'A claim identifies persons here: leave --same-person-as out.');
	const other = rows.find((row) =>
		sameAs === undefined ? row.personId === claimed : isSameEmailAddress(row.email, sameAs),
	);
	if (sameAs !== undefined && !other)
		throw new FirmsealError('NOT_FOUND', 'No current or former operator has the e-mail address of --same-person-as.');
	const account = newAccount(admin, { email, name, subject, person: claimed ?? other?.personId });
	// A member or former member of a firm can't become an operator; the address must be the platform's own.
	const { issuer, subject: called } = account;
	const isTaken = await admin.worker.read(null, async (tx) => {
		await assertNotInFirm(tx, account);
		return identifyToken(tx, issuer, called);
	});
	if (isTaken || (await isEmailKnown(admin, email, null))) throw new FirmsealError('CONFLICT', TAKEN);
	const { id: user, personId: person, ...rest } = account;
	return { ...rest, user, person, isNew: true, roles, said: said ?? null, sameAs: other?.email ?? null };
}

/** If a row's proof can't be checked any more, for example after a loss of the key service, the row may have been changed meanwhile. */
async function termsOfPresent(
	admin: AdminContext,
	row: OperatorRow,
	isProven: boolean,
	{ subject, sameAs, roles, said }: RequestedPerson,
): Promise<PersonTerms> {
	const isOther = said !== undefined && personIdFromClaim(admin, said) !== row.personId;
	if (row.issuer !== admin.issuer || (subject != null && subject !== row.subject) || sameAs !== undefined || isOther)
		throw new FirmsealError('CONFLICT', TAKEN);
	if (!isProven && row.mac !== null)
		throw new FirmsealError('CONFLICT', 'The account was changed outside Firmseal: disable it and add a new one.');
	// Only disabling notifies every firm that an approver is gone and starts the 30 days in which no one decides alone.
	if (row.roles.includes('APPROVER') && !roles.includes('APPROVER'))
		throw new FirmsealError(
			'CONFLICT',
			'An approver keeps this role as long as the account exists: end it with `firmseal operator disable`, or include APPROVER in the roles.',
		);
	if (isProven && [...row.roles].sort().join() === [...roles].sort().join())
		throw new FirmsealError(
			'CONFLICT',
			`An account with this e-mail address exists and already has the roles ${roles.join(', ')}.`,
		);
	const { id: user, personId: person, email, name, issuer } = row;
	return {
		user,
		person,
		email,
		name,
		issuer,
		subject: row.subject,
		isNew: false,
		roles,
		said: said ?? null,
		sameAs: null,
	};
}
