import { type OperatorPrincipal, type OperatorRole, rolesOf } from '../access/index.ts';
import { commandEntry, draftEntry } from '../audit/index.ts';
import {
	countApprovers,
	disableOperator as disableOperatorRow,
	insertOperator,
	insertUser,
	lockOperatorRows,
	lockOperators,
	type OperatorRow,
	proveRolesAnew,
	selectOperators,
} from '../database/index.ts';
import { FirmsealError } from '../errors.ts';
import { KeyUnavailableError, PLATFORM } from '../keys/index.ts';
import { type NewPerson, newAccount, type Office, refusingDuplicates } from './administration.ts';
import { statementOfOperator } from './proofs.ts';

/** Approvers that nobody can have approved. */
export const FIRST_APPROVERS = 2;
const TAKEN = 'An account with this e-mail address or subject exists.';

/**
 * Adds somebody who operates the platform, or proves anew somebody whose proof nobody can check any more.
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
	const unproven = await findUnproven(office, person, account);
	if (unproven) return proveOperatorAnew(office, unproven, roles, by);
	const mine = { userId: account.id, roles: [...new Set(roles)] };
	const mac = await office.rights.prove(PLATFORM, statementOfOperator({ ...account, ...mine, disabledAt: null }));
	await refusingDuplicates(TAKEN, () =>
		office.worker.write(null, async (tx) => {
			await insertUser(tx, account);
			await insertOperator(tx, { ...mine, mac });
			await office.audit.append([actOf(by, 'operator.add', account.id)]);
		}),
	);
	return account.id;
}

/** An account that was somebody's and can't be proven any more, as after a loss of the key service; undefined: there is none. */
async function findUnproven(office: Office, { email, subject }: NewPerson, { issuer }: Pick<OperatorRow, 'issuer'>) {
	const rows = await office.worker.read(null, selectOperators);
	const row = rows.find((each) => each.mac === null && each.disabledAt === null && isSameAddress(each.email, email));
	// Somebody may have changed the row while nobody could check it.
	const isAsNamed = row?.issuer === issuer && (subject == null || subject === row.subject);
	return isAsNamed ? row : undefined;
}

const isSameAddress = (one: string, other: string) => one.toLowerCase() === other.toLowerCase();

function proveOperatorAnew(
	office: Office,
	row: OperatorRow,
	roles: readonly OperatorRole[],
	by: OperatorPrincipal,
): Promise<string> {
	const fresh = [...new Set(roles)];
	return office.rights.prove(PLATFORM, statementOfOperator({ ...row, roles: fresh })).then((mac) =>
		office.worker.write(null, async (tx) => {
			await proveRolesAnew(tx, row.id, fresh, mac);
			await office.audit.append([actOf(by, 'operator.add', row.id)]);
			return row.id;
		}),
	);
}

/**
 * Adds one of the first two approvers, whom nobody can have approved.
 * @throws FirmsealError FORBIDDEN once two were added, BAD_USER_INPUT, CONFLICT, AUDIT_UNAVAILABLE.
 */
export async function addFirstApprover(office: Office, person: NewPerson): Promise<string> {
	const account = newAccount(office, person);
	const mine = { userId: account.id, roles: ['APPROVER' as const] };
	const mac = await office.rights.prove(PLATFORM, statementOfOperator({ ...account, ...mine, disabledAt: null }));
	await refusingDuplicates(TAKEN, () =>
		office.worker.write(null, async (tx) => {
			await lockOperators(tx);
			if ((await countApprovers(tx)) >= FIRST_APPROVERS)
				throw new FirmsealError(
					'FORBIDDEN',
					'The first two approvers exist: others are added by `firmseal operator add` with an approver’s token.',
				);
			await insertUser(tx, account);
			await insertOperator(tx, { ...mine, mac });
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
	const approvers = await findProvenApprovers(office);
	const prove = await office.rights.prover(PLATFORM);
	return office.worker.write(null, async (tx) => {
		await lockOperatorRows(tx);
		const active = (await selectOperators(tx)).filter(({ disabledAt }) => disabledAt === null);
		const operator = active.find((each) => each.email.toLowerCase() === email.toLowerCase());
		if (!operator) throw new FirmsealError('NOT_FOUND', 'There is no active operator with this e-mail address.');
		if (operator.id === by.user) throw new FirmsealError('FORBIDDEN', 'Another approver must disable your account.');
		const approversLeft = active.filter(({ id }) => id !== operator.id && approvers.has(id));
		if (approversLeft.length === 0)
			throw new FirmsealError('CONFLICT', 'This is the last approver: add another first.');
		const mac = prove(statementOfOperator({ ...operator, disabledAt: new Date() }));
		await disableOperatorRow(tx, operator.id, mac);
		await office.audit.append([actOf(by, 'operator.disable', operator.id)]);
		return operator.id;
	});
}

/**
 * Whoever is an approver now by a row that proves it, with the person behind the account. A row that doesn't is put on record.
 * @throws FirmsealError KEY_UNAVAILABLE, AUDIT_UNAVAILABLE.
 */
export async function findProvenApprovers(office: Office): Promise<ReadonlyMap<string, { readonly person: string }>> {
	const found = new Map<string, { readonly person: string }>();
	const rows = await office.worker.read(null, selectOperators);
	for (const row of rows) {
		if (row.disabledAt !== null || !row.roles.includes('APPROVER')) continue;
		if (await office.rights.holds(PLATFORM, statementOfOperator(row), row.mac))
			found.set(row.id, { person: row.personId });
		else
			await office.audit.append([
				commandEntry(office.account, {
					action: 'rights.refuse',
					decision: 'DENIED',
					reason: 'FORBIDDEN',
					records: [row.id],
				}),
			]);
	}
	return found;
}

/** @throws FirmsealError FORBIDDEN, KEY_UNAVAILABLE for somebody whose rights nobody can check now. */
export function requireApprover(by: OperatorPrincipal): void {
	if (!by.roles.has('APPROVER'))
		throw new FirmsealError('FORBIDDEN', 'Only an APPROVER may do this: set FIRMSEAL_TOKEN to an approver’s.');
	if (!by.proven)
		throw new KeyUnavailableError('AWAY', 'Your rights can’t be checked, the key service is away: try again later.');
}

const actOf = (by: OperatorPrincipal, action: 'operator.add' | 'operator.disable', operator: string) =>
	draftEntry(
		{ actor: { kind: 'operator', user: by.user, roles: rolesOf(by) }, plane: 'cli' },
		{ action, records: [operator] },
	);
