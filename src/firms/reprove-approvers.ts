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

/** One of the first approvers after the platform's key was lost, as the one who runs the command knows them. */
export interface NamedApprover {
	readonly email: string;
	/** What an external issuer calls the account. */
	readonly subject?: string | undefined;
}

/**
 * The accounts of those who are approvers again, of two persons. A row may have been changed while no one could check it: where an issuer of
 * its own names accounts, the subject has to be said.
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
				'There is no active approver with this e-mail address: name two that there were.',
			);
		if (
			row.issuer !== issuer ||
			(assignsSubjects ? subject !== undefined && subject !== row.subject : subject !== row.subject)
		)
			throw new FirmsealError(
				'BAD_USER_INPUT',
				'The account has another issuer or subject: give it as --approver email,subject.',
			);
		return row;
	});
	if (found.length !== FIRST_APPROVERS || new Set(found.map(({ personId }) => personId)).size !== FIRST_APPROVERS)
		throw new FirmsealError('BAD_USER_INPUT', 'Name two approvers, each another person, with --approver.');
	return found;
}

const ROLES = ['APPROVER'] as const;

/** Whether the key service at hand says so, by this command or an approver's. */
const isProven = ({ rights }: Pick<AdminContext, 'rights'>, row: OperatorRow): Promise<boolean> =>
	rights.verify(PLATFORM_FIRM_ID, statementOfOperator(row), row.mac).catch((error: unknown) => {
		// By the key that was lost.
		if (error instanceof KeyUnavailableError && error.reason === 'REFUSED') return false;
		throw error;
	});

const areProven = async (admin: Pick<AdminContext, 'rights'>, approvers: readonly OperatorRow[]): Promise<boolean> =>
	(await Promise.all(approvers.map((row) => isProven(admin, { ...row, roles: [...ROLES] })))).every((each) => each);

/** @throws FirmsealError CONFLICT when others than the named ones are proven by the key service at hand: it is not lost. */
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
				'The key service of this database is there, and proves other approvers: ask one of them for `firmseal operator add`.',
			);
}

/**
 * Proves the named ones as approvers and nothing else, and takes from all others the proof that no one can check any more: an approver gives
 * it back by `firmseal operator add`. Once: the one who was proven since stays so. @throws FirmsealError AUDIT_UNAVAILABLE, KEY_UNAVAILABLE
 */
export async function reproveApprovers(admin: AdminContext, approvers: readonly OperatorRow[]): Promise<void> {
	if (await areProven(admin, approvers)) return;
	const prove = await admin.rights.prover(PLATFORM_FIRM_ID);
	await admin.worker.write(null, async (tx) => {
		await lockOperatorRows(tx);
		// Another such command may have been faster, with others.
		await assertNoApproverProven(admin, await selectOperators(tx));
		// As `init` names the first ones: of the rows as they were no one knows by whose word they are there.
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
