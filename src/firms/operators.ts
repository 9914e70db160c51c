import { type OperatorPrincipal, type OperatorRole, rolesOf } from '../access/index.ts';
import { commandEntry, draftEntry } from '../audit/index.ts';
import {
	countApprovers,
	disableOperator as disableOperatorRow,
	insertOperator,
	insertUser,
	lockOperators,
	selectOperators,
} from '../database/index.ts';
import { FirmsealError } from '../errors.ts';
import { type NewPerson, newAccount, type Office, refusingDuplicates } from './administration.ts';

/** Approvers that nobody can have approved. */
export const FIRST_APPROVERS = 2;
const TAKEN = 'An account with this e-mail address or subject exists.';

/**
 * Adds somebody who operates the platform.
 * @throws FirmsealError FORBIDDEN unless `by` is an APPROVER, BAD_USER_INPUT, CONFLICT, AUDIT_UNAVAILABLE.
 */
export async function addOperator(
	office: Office,
	person: NewPerson,
	roles: readonly OperatorRole[],
	by: OperatorPrincipal,
): Promise<string> {
	requireApprover(by);
	if (roles.length === 0)
		throw new FirmsealError('BAD_USER_INPUT', 'Give at least one role: OPERATOR, APPROVER or AUDITOR.');
	const account = newAccount(office, person);
	await refusingDuplicates(TAKEN, () =>
		office.worker.write(null, async (tx) => {
			await insertUser(tx, account);
			await insertOperator(tx, { userId: account.id, roles: [...new Set(roles)] });
			await office.audit.append([actOf(by, 'operator.add', account.id)]);
		}),
	);
	return account.id;
}

/**
 * Adds one of the first two approvers, whom nobody can have approved.
 * @throws FirmsealError FORBIDDEN once two were added, BAD_USER_INPUT, CONFLICT, AUDIT_UNAVAILABLE.
 */
export async function addFirstApprover(office: Office, person: NewPerson): Promise<string> {
	const account = newAccount(office, person);
	await refusingDuplicates(TAKEN, () =>
		office.worker.write(null, async (tx) => {
			await lockOperators(tx);
			if ((await countApprovers(tx)) >= FIRST_APPROVERS)
				throw new FirmsealError(
					'FORBIDDEN',
					'The first two approvers exist: others are added by `firmseal operator add` with an approver’s token.',
				);
			await insertUser(tx, account);
			await insertOperator(tx, { userId: account.id, roles: ['APPROVER'] });
			await office.audit.append([commandEntry(office.account, { action: 'operator.add', records: [account.id] })]);
		}),
	);
	return account.id;
}

/**
 * Disables an operator's account with the next request. The row stays: who was an operator never becomes a member.
 * @throws FirmsealError FORBIDDEN unless `by` is another APPROVER, NOT_FOUND, CONFLICT for the last approver, AUDIT_UNAVAILABLE.
 */
export async function disableOperator(office: Office, email: string, by: OperatorPrincipal): Promise<string> {
	requireApprover(by);
	return office.worker.write(null, async (tx) => {
		await lockOperators(tx);
		const active = (await selectOperators(tx)).filter(({ disabledAt }) => disabledAt === null);
		const operator = active.find((each) => each.email.toLowerCase() === email.toLowerCase());
		if (!operator) throw new FirmsealError('NOT_FOUND', 'There is no active operator with this e-mail address.');
		if (operator.id === by.user) throw new FirmsealError('FORBIDDEN', 'Another approver must disable your account.');
		const approversLeft = active.filter(({ id, roles }) => id !== operator.id && roles.includes('APPROVER'));
		if (approversLeft.length === 0)
			throw new FirmsealError('CONFLICT', 'This is the last approver: add another first.');
		await disableOperatorRow(tx, operator.id);
		await office.audit.append([actOf(by, 'operator.disable', operator.id)]);
		return operator.id;
	});
}

/** @throws FirmsealError FORBIDDEN */
export function requireApprover(by: OperatorPrincipal): void {
	if (!by.roles.has('APPROVER'))
		throw new FirmsealError('FORBIDDEN', 'Only an APPROVER may do this: set FIRMSEAL_TOKEN to an approver’s.');
}

const actOf = (by: OperatorPrincipal, action: 'operator.add' | 'operator.disable', operator: string) =>
	draftEntry(
		{ actor: { kind: 'operator', user: by.user, roles: rolesOf(by) }, plane: 'cli' },
		{ action, records: [operator] },
	);
