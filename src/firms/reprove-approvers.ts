import { isSameEmailAddress } from '../access/index.ts';
import { commandEntry } from '../audit/index.ts';
import {
	clearOperatorProofs,
	lockOperatorRows,
	type OperatorRow,
	selectNow,
	selectOperators,
	updateOperatorRoles,
} from '../database/index.ts';
import { FirmsealError } from '../errors.ts';
import { KeyUnavailableError, PLATFORM_FIRM_ID } from '../keys/index.ts';
import type { AdminContext } from './administration.ts';
import { FIRST_APPROVERS } from './operators.ts';
import { statementOfOperator } from './proofs.ts';

/** One of the two approvers to prove again after the platform's key was lost, named by the person who runs the command. */
export interface NamedApprover {
	readonly email: string;
	/** The account's subject at an external issuer. */
	readonly subject?: string | undefined;
}

/**
 * The accounts of two persons who will be approvers again. SQL may have changed a row while it couldn't be verified. Therefore, with an external
 * issuer, the subject must be given and must match.
 * @throws FirmsealError BAD_USER_INPUT, NOT_FOUND
 */
export async function findNamedApprovers(
	{ worker, issuer, assignsSubjects }: Pick<AdminContext, 'worker' | 'issuer' | 'assignsSubjects'>,
	people: readonly NamedApprover[],
): Promise<OperatorRow[]> {
	const rows = await worker.read(null, selectOperators);
	const found = people.map(({ email, subject }) => {
		const row = rows.find((each) => isSameEmailAddress(each.email, email));
		if (!row?.roles.includes('APPROVER') || row.disabledAt !== null)
			throw new FirmsealError(
				'NOT_FOUND',
				'No active approver has this e-mail address: name two of the approvers from before the loss.',
			);
		if (
			row.issuer !== issuer ||
			(assignsSubjects ? subject !== undefined && subject !== row.subject : subject !== row.subject)
		)
			throw new FirmsealError(
				'BAD_USER_INPUT',
				'The account has another issuer or subject: name the approver as --approver email,subject.',
			);
		return row;
	});
	if (found.length !== FIRST_APPROVERS || new Set(found.map(({ personId }) => personId)).size !== FIRST_APPROVERS)
		throw new FirmsealError('BAD_USER_INPUT', 'Name two approvers who are different persons, with --approver.');
	return found;
}

const ROLES = ['APPROVER'] as const;

/** Whether the present key service proves the row. */
const isProven = ({ rights }: Pick<AdminContext, 'rights'>, row: OperatorRow): Promise<boolean> =>
	rights.verify(PLATFORM_FIRM_ID, statementOfOperator(row), row.mac).catch((error: unknown) => {
		// The row was proven by the lost key.
		if (error instanceof KeyUnavailableError && error.reason === 'REFUSED') return false;
		throw error;
	});

const areProven = async (admin: Pick<AdminContext, 'rights'>, approvers: readonly OperatorRow[]): Promise<boolean> =>
	(await Promise.all(approvers.map((row) => isProven(admin, { ...row, roles: [...ROLES] })))).every((each) => each);

/** @throws FirmsealError CONFLICT if the key service proves other approvers than these, because then it is not lost. */
export async function assertNoOtherApproverProven(
	admin: Pick<AdminContext, 'rights' | 'worker'>,
	approvers: readonly OperatorRow[],
): Promise<void> {
	if (await areProven(admin, approvers)) return;
	await assertNoApproverProven(admin, await admin.worker.read(null, selectOperators));
}

async function assertNoApproverProven(
	admin: Pick<AdminContext, 'rights'>,
	rows: readonly OperatorRow[],
): Promise<void> {
	for (const row of rows)
		if (await isProven(admin, row))
			throw new FirmsealError(
				'CONFLICT',
				'The key service of this database is not lost, and proves other approvers: ask one of them to run `firmseal operator add`.',
			);
}

/**
 * Proves the named operators as approvers, with no other role. Removes the proofs of all other operators, which can't be verified any more; an
 * approver restores them by `firmseal operator add`. Does nothing if the named operators are already proven, so that operators proven since
 * stay proven. @throws FirmsealError AUDIT_UNAVAILABLE, KEY_UNAVAILABLE
 */
export async function reproveApprovers(admin: AdminContext, approvers: readonly OperatorRow[]): Promise<void> {
	if (await areProven(admin, approvers)) return;
	const prove = await admin.rights.prover(PLATFORM_FIRM_ID);
	await admin.worker.write(null, async (tx) => {
		await lockOperatorRows(tx);
		// Another run of this command, with other approvers, may have been faster.
		await assertNoApproverProven(admin, await selectOperators(tx));
		// No introducers, as for the first approvers of `init`: the introducers in the unproven rows can't be trusted.
		const named = { roles: [...ROLES], introducedBy: [], introducedAt: await selectNow(tx) };
		for (const row of approvers)
			await updateOperatorRoles(tx, row.id, { ...named, mac: prove(statementOfOperator({ ...row, ...named })) });
		const records = approvers.map(({ id }) => id);
		await clearOperatorProofs(tx, records);
		await admin.audit.append([
			commandEntry(admin.osAccount, { action: 'installation.init', records }),
			...records.map((id) => commandEntry(admin.osAccount, { action: 'operator.add', records: [id] })),
		]);
	});
}
