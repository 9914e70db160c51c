import { isSameAddress } from '../access/index.ts';
import { commandEntry } from '../audit/index.ts';
import {
	forgetOperatorProofs,
	lockOperatorRows,
	type OperatorRow,
	proveRolesAnew,
	selectNow,
	selectOperators,
} from '../database/index.ts';
import { FirmsealError } from '../errors.ts';
import { KeyUnavailableError, PLATFORM } from '../keys/index.ts';
import type { Office } from './administration.ts';
import { FIRST_APPROVERS } from './operators.ts';
import { statementOfOperator } from './proofs.ts';

/** One of the first approvers after the platform's key was lost, as whoever runs the command knows them. */
export interface NamedApprover {
	readonly email: string;
	/** What an external issuer calls the account. */
	readonly subject?: string | undefined;
}

/**
 * The accounts of those who are approvers again, of two persons. A row may have been changed while nobody could check it: where an issuer of
 * its own names accounts, the subject has to be said.
 * @throws FirmsealError BAD_USER_INPUT, NOT_FOUND
 */
export async function findNamedApprovers(
	{ worker, issuer, makesSubjects }: Pick<Office, 'worker' | 'issuer' | 'makesSubjects'>,
	people: readonly NamedApprover[],
): Promise<OperatorRow[]> {
	const rows = await worker.read(null, selectOperators);
	const found = people.map(({ email, subject }) => {
		const row = rows.find((each) => isSameAddress(each.email, email));
		if (!row?.roles.includes('APPROVER') || row.disabledAt !== null)
			throw new FirmsealError(
				'NOT_FOUND',
				'There is no active approver with this e-mail address: name two that there were.',
			);
		if (
			row.issuer !== issuer ||
			(makesSubjects ? subject !== undefined && subject !== row.subject : subject !== row.subject)
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
const isProven = ({ rights }: Pick<Office, 'rights'>, row: OperatorRow): Promise<boolean> =>
	rights.holds(PLATFORM, statementOfOperator(row), row.mac).catch((error: unknown) => {
		// By the key that was lost.
		if (error instanceof KeyUnavailableError && error.reason === 'REFUSED') return false;
		throw error;
	});

const areProven = async (office: Pick<Office, 'rights'>, approvers: readonly OperatorRow[]): Promise<boolean> =>
	(await Promise.all(approvers.map((row) => isProven(office, { ...row, roles: [...ROLES] })))).every((each) => each);

/** @throws FirmsealError CONFLICT when others than the named ones are proven by the key service at hand: it is not lost. */
export async function assertNobodyElseProven(
	office: Pick<Office, 'rights' | 'worker'>,
	approvers: readonly OperatorRow[],
): Promise<void> {
	if (await areProven(office, approvers)) return;
	await assertNobodyProven(office, await office.worker.read(null, selectOperators));
}

async function assertNobodyProven(office: Pick<Office, 'rights'>, rows: readonly OperatorRow[]): Promise<void> {
	for (const row of rows)
		if (await isProven(office, row))
			throw new FirmsealError(
				'CONFLICT',
				'The key service of this database is there, and proves other approvers: ask one of them for `firmseal operator add`.',
			);
}

/**
 * Proves the named ones as approvers and nothing else, and takes from all others the proof that nobody can check any more: an approver gives
 * it back by `firmseal operator add`. Once: whoever was proven since stays so. @throws FirmsealError AUDIT_UNAVAILABLE, KEY_UNAVAILABLE
 */
export async function proveApproversAnew(office: Office, approvers: readonly OperatorRow[]): Promise<void> {
	if (await areProven(office, approvers)) return;
	const prove = await office.rights.prover(PLATFORM);
	await office.worker.write(null, async (tx) => {
		await lockOperatorRows(tx);
		// Another such command may have been faster, with others.
		await assertNobodyProven(office, await selectOperators(tx));
		// As `init` names the first ones: of the rows as they were nobody knows by whose word they are there.
		const named = { roles: [...ROLES], introducedBy: [], introducedAt: await selectNow(tx) };
		for (const row of approvers)
			await proveRolesAnew(tx, row.id, { ...named, mac: prove(statementOfOperator({ ...row, ...named })) });
		const records = approvers.map(({ id }) => id);
		await forgetOperatorProofs(tx, records);
		await office.audit.append([
			commandEntry(office.account, { action: 'installation.init', records }),
			...records.map((id) => commandEntry(office.account, { action: 'operator.add', records: [id] })),
		]);
	});
}
