import {
	areIndependent,
	isSameEmailAddress,
	type OperatorPrincipal,
	type OperatorRole,
	rolesOf,
	type Voter,
} from '../access/index.ts';
import { type Act, commandEntry, draftEntry } from '../audit/index.ts';
import {
	hasOperators,
	identifyToken,
	insertOperator,
	insertUser,
	lockFirstOperators,
	lockOperatorRows,
	type OperatorRow,
	selectNow,
	selectOperators,
	setOperatorDisabled,
} from '../database/index.ts';
import { FirmsealError } from '../errors.ts';
import { KeyUnavailableError, PLATFORM_FIRM_ID, type RightsProofs } from '../keys/index.ts';
import { type AdminContext, type NewPerson, newAccount, translateDuplicates } from './administration.ts';
import { assertNotInFirm } from './affiliation.ts';
import { personIdFromClaim } from './person-claim.ts';
import { statementOfOperator } from './proofs.ts';

/** The first approvers, who are added without approval. */
export const FIRST_APPROVERS = 2;
const ACCOUNT_EXISTS = 'An account with this e-mail address or subject already exists.';

export interface FirstOperator extends Omit<NewPerson, 'person'> {
	readonly roles: readonly OperatorRole[];
	/** Value of their person claim, if there is such a claim. */
	readonly personClaimValue?: string | undefined;
}

/**
 * Adds the first operators of the platform, for whom no approval is possible yet. Works once, for all of them.
 * @throws FirmsealError FORBIDDEN if there is or ever was an operator; BAD_USER_INPUT for the same person twice; CONFLICT, AUDIT_UNAVAILABLE.
 */
export async function addFirstOperators(admin: AdminContext, people: readonly FirstOperator[]): Promise<string[]> {
	const accounts = people.map(({ personClaimValue, roles, ...each }) => ({
		...newAccount(admin, { ...each, person: personIdFromClaim(admin, personClaimValue) }),
		roles: [...roles],
		disabledAt: null,
	}));
	if (new Set(accounts.map(({ personId }) => personId)).size < accounts.length)
		throw new FirmsealError(
			'BAD_USER_INPUT',
			'Both accounts belong to the same person: name two different persons as the first approvers.',
		);
	const prove = await admin.rights.prover(PLATFORM_FIRM_ID);
	await translateDuplicates(ACCOUNT_EXISTS, () =>
		admin.worker.write(null, async (tx) => {
			await lockFirstOperators(tx);
			if (await hasOperators(tx))
				throw new FirmsealError(
					'FORBIDDEN',
					'The first approvers already exist: add others by `firmseal operator add`, with an approver’s token and the approval of a second approver.',
				);
			const introduced = { introducedBy: [], introducedAt: await selectNow(tx) };
			for (const account of accounts) {
				// A present or former member can't become an operator.
				if (await identifyToken(tx, account.issuer, account.subject))
					throw new FirmsealError('CONFLICT', ACCOUNT_EXISTS);
				await assertNotInFirm(tx, account);
				const { roles, disabledAt: _, ...user } = account;
				await insertUser(tx, user);
				const mac = prove(statementOfOperator({ ...account, ...introduced }));
				await insertOperator(tx, { userId: user.id, roles, ...introduced, mac });
			}
			const entries = accounts.map(({ id }) =>
				commandEntry(admin.osAccount, { action: 'operator.add', records: [id] }),
			);
			await admin.audit.append(entries);
		}),
	);
	return accounts.map(({ id }) => id);
}

/**
 * Disables an operator's account from the next request on. The row stays, because a former operator can't become a member of a firm.
 * @throws FirmsealError FORBIDDEN unless `by` is another APPROVER, NOT_FOUND, CONFLICT for the last approver, AUDIT_UNAVAILABLE.
 */
export async function disableOperator(admin: AdminContext, email: string, by: OperatorPrincipal): Promise<string> {
	requireApprover(by);
	const approvers = await findProvenApprovers(admin);
	const prove = await admin.rights.prover(PLATFORM_FIRM_ID);
	return admin.worker.write(null, async (tx) => {
		await lockOperatorRows(tx);
		const active = (await selectOperators(tx)).filter(({ disabledAt }) => disabledAt === null);
		const operator = active.find((each) => isSameEmailAddress(each.email, email));
		if (!operator) throw new FirmsealError('NOT_FOUND', 'No active operator has this e-mail address.');
		if (operator.id === by.user)
			throw new FirmsealError('FORBIDDEN', 'You cannot disable your own account: another approver must.');
		const approversLeft = active.filter(({ id }) => id !== operator.id && approvers.has(id));
		if (approversLeft.length === 0)
			throw new FirmsealError('CONFLICT', 'This is the last approver: add another approver first.');
		const mac = prove(statementOfOperator({ ...operator, disabledAt: new Date() }));
		await setOperatorDisabled(tx, operator.id, mac);
		const coordinates = operator.roles.map((role) => `Operator.${role}`);
		await recordOperatorAct(admin, by, { action: 'operator.disable', records: [operator.id], coordinates });
		return operator.id;
	});
}

export type Approvers = ReadonlyMap<string, Voter>;

/** An operator as a voter in a decision of two. */
export const voterOfOperator = ({ personId: person, introducedBy, introducedAt }: OperatorRow): Voter => ({
	person,
	introducedBy,
	introducedAt,
});

/** The present approvers whose rows are proven. Calls `onUnproven` for the others. @throws KeyUnavailableError */
export async function filterProvenApprovers(
	rights: Pick<RightsProofs, 'verify'>,
	rows: readonly OperatorRow[],
	onUnproven: (row: OperatorRow) => Promise<unknown> = async () => {},
): Promise<Approvers> {
	const found = new Map<string, Voter>();
	for (const row of rows) {
		if (row.disabledAt !== null || !row.roles.includes('APPROVER')) continue;
		if (await isOperatorProven(rights, row)) found.set(row.id, voterOfOperator(row));
		else await onUnproven(row);
	}
	return found;
}

export const isOperatorProven = (rights: Pick<RightsProofs, 'verify'>, row: OperatorRow): Promise<boolean> =>
	rights.verify(PLATFORM_FIRM_ID, statementOfOperator(row), row.mac);

/**
 * The present approvers whose rows are proven. Records a refusal for each unproven row.
 * @throws FirmsealError KEY_UNAVAILABLE, AUDIT_UNAVAILABLE.
 */
export async function findProvenApprovers({ worker, rights, audit, osAccount }: AdminContext): Promise<Approvers> {
	const rows = await worker.read(null, selectOperators);
	return filterProvenApprovers(rights, rows, ({ id }) =>
		audit.append([
			commandEntry(osAccount, { action: 'rights.refuse', decision: 'DENIED', reason: 'FORBIDDEN', records: [id] }),
		]),
	);
}

/** Whether two accounts belong to approvers who are independent of each other. */
export function areIndependentApprovers(
	approvers: Approvers,
	one: string | null,
	other: string | null,
	now: Date,
): boolean {
	const voices = [one, other].map((user) => (user === null ? undefined : approvers.get(user)));
	const [first, second] = voices;
	return first !== undefined && second !== undefined && areIndependent(first, second, now);
}

/** Whether two of the approvers are independent of each other. */
export function hasTwoIndependent(approvers: Approvers, now: Date): boolean {
	const voices = [...approvers.values()];
	return voices.some((one, index) => voices.slice(index + 1).some((other) => areIndependent(one, other, now)));
}

/** @throws FirmsealError FORBIDDEN; KEY_UNAVAILABLE if the rights can't be verified now. */
export function requireApprover(by: OperatorPrincipal): void {
	if (!by.roles.has('APPROVER'))
		throw new FirmsealError('FORBIDDEN', 'Only an APPROVER may do this: set FIRMSEAL_TOKEN to an approver’s token.');
	if (!by.proven)
		throw new KeyUnavailableError(
			'AWAY',
			'Your rights cannot be verified while the key service is unavailable: try again later.',
		);
}

/** Records an operator's act by a command. @throws FirmsealError AUDIT_UNAVAILABLE */
export const recordOperatorAct = (
	{ audit }: Pick<AdminContext, 'audit'>,
	by: OperatorPrincipal,
	act: Act,
): Promise<unknown> =>
	audit.append([draftEntry({ actor: { kind: 'operator', user: by.user, roles: rolesOf(by) }, plane: 'cli' }, act)]);
