import { v7 as uuidv7 } from 'uuid';
import {
	type AccessPolicy,
	type FirmSignIn,
	isVisibleLine,
	policyStatement,
	signInStatement,
} from '../access/index.ts';
import { type AuditLog, commandEntry } from '../audit/index.ts';
import {
	type FirmRow,
	insertAccessPolicy,
	insertFirm,
	insertFirmSignIn,
	insertMembership,
	insertUser,
	isUniqueViolation,
	type Plane,
	selectAccountByEmail,
	selectFirmByName,
	setFirmStatus,
} from '../database/index.ts';
import { FirmsealError } from '../errors.ts';
import type { Keyring, RightsProofs } from '../keys/index.ts';
import type { AccountIssuer } from './acting-member.ts';
import { PERSON_ALREADY_AFFILIATED, withFormerPersonId } from './affiliation.ts';
import { personIdFromClaim } from './person-claim.ts';
import { statementOfMember } from './proofs.ts';

/** Policy of a new firm for leases. */
const DEFAULT_POLICY: AccessPolicy = { policy: 'APPROVE', approvers: 1 };

const UNRESTRICTED_SIGN_IN: FirmSignIn = { issuers: [], domains: [] };

/** What the administration of the installation needs. It can't read content, because the worker's role can't. */
export interface AdminContext extends AccountIssuer {
	readonly worker: Plane;
	readonly keyring: Pick<Keyring, 'createKey' | 'describeKey' | 'inspectOwnKey'>;
	readonly audit: AuditLog;
	readonly rights: RightsProofs;
	/** The claim that identifies the natural person behind an account; null if there is no such claim. */
	readonly personClaim: string | null;
	/** Operating system account that runs the command, for the log. */
	readonly osAccount: string;
}

export interface NewPerson {
	readonly email: string;
	readonly name: string;
	/** The account's subject at the issuer. */
	readonly subject?: string | null | undefined;
	/** Id of the natural person; a new one unless given. */
	readonly person?: string | undefined;
}

/** @throws FirmsealError BAD_USER_INPUT */
export function checkPerson({ email, name }: Pick<NewPerson, 'email' | 'name'>) {
	if (!/^[^\s@]+@[^\s@]+$/.test(email))
		throw new FirmsealError('BAD_USER_INPUT', 'The e-mail address is not valid: write name@host.');
	return { email: checkLine(email, 'email'), name: checkLine(name, 'name') };
}

/** @throws FirmsealError BAD_USER_INPUT unless the text is one line of 1 to 200 visible characters. */
function checkLine(text: string, name: string): string {
	if (!isVisibleLine(text, 200))
		throw new FirmsealError('BAD_USER_INPUT', `The ${name} must be one line of 1 to 200 visible characters.`);
	return text;
}

/** The row of a new account. @throws FirmsealError BAD_USER_INPUT */
export function newAccount({ issuer, assignsSubjects }: AccountIssuer, { email, name, subject, person }: NewPerson) {
	const id = uuidv7();
	const checked = checkPerson({ email, name });
	if (subject != null && !/^[ -~]{1,255}$/.test(subject))
		throw new FirmsealError('BAD_USER_INPUT', 'The subject must be 1 to 255 printable ASCII characters.');
	if (subject == null && !assignsSubjects)
		throw new FirmsealError('BAD_USER_INPUT', 'Give the subject, by which the token issuer identifies the account.');
	return {
		id,
		personId: person ?? uuidv7(),
		issuer,
		subject: subject ?? id,
		...checked,
	};
}

export interface NewFirm {
	readonly slug: string;
	readonly name: string;
	readonly owner: Omit<NewPerson, 'person'> & {
		/** Value of the owner's person claim, if there is such a claim. */
		readonly personClaimValue?: string | undefined;
	};
	/** The key service's name of the wrapping key that the firm brings; if left out, a key is created. */
	readonly key?: string | undefined;
}

/**
 * Makes a firm with its wrapping key, its first OWNER and its access policy. Further members are decided by its owners.
 * @throws FirmsealError BAD_USER_INPUT, CONFLICT, KEY_UNAVAILABLE, AUDIT_UNAVAILABLE.
 */
export async function createFirm(
	admin: AdminContext,
	{ slug, name, owner, key }: NewFirm,
): Promise<{ readonly id: string; readonly slug: string; readonly ownerId: string }> {
	if (!/^[a-z][a-z0-9-]{1,39}$/.test(slug))
		throw new FirmsealError(
			'BAD_USER_INPUT',
			'The slug must be 2 to 40 lower-case letters, digits and hyphens, beginning with a letter.',
		);
	const id = uuidv7();
	const named = newAccount(admin, { ...owner, person: personIdFromClaim(admin, owner.personClaimValue) });
	const firm = { id, slug, name: checkLine(name, 'name') };
	await translateDuplicates(`A firm with this slug already exists. Or: ${PERSON_ALREADY_AFFILIATED}`, async () => {
		// Before a key is created, which would otherwise stay unused.
		if (await admin.worker.read(null, (tx) => selectFirmByName(tx, slug)))
			throw new FirmsealError(
				'CONFLICT',
				'A firm with this slug already exists: choose another slug. `firmseal firm list` lists all.',
			);
		const account = await admin.worker.read(null, (tx) => withFormerPersonId(admin, tx, named));
		await admin.keyring.createKey(id, key);
		const prove = await admin.rights.prover(id);
		const place = { firmId: id, role: 'OWNER', clientId: null, removedAt: null } as const;
		await admin.worker.write(id, async (tx) => {
			await insertFirm(tx, firm);
			await insertUser(tx, account);
			const mac = prove(statementOfMember(place, account.id, account));
			await insertMembership(tx, { ...place, userId: account.id, mac });
			await insertAccessPolicy(tx, {
				firmId: id,
				...DEFAULT_POLICY,
				mac: prove(policyStatement({ firm: id, ...DEFAULT_POLICY })),
			});
			await insertFirmSignIn(tx, {
				firmId: id,
				...UNRESTRICTED_SIGN_IN,
				mac: prove(signInStatement({ firm: id, ...UNRESTRICTED_SIGN_IN })),
			});
			await admin.audit.append([
				commandEntry(admin.osAccount, { action: 'firm.create', firm: id }),
				commandEntry(admin.osAccount, { action: 'member.add', firm: id, records: [account.id] }),
			]);
		});
	});
	return { id, slug, ownerId: named.id };
}

/** @throws FirmsealError CONFLICT */
export function assertNotErased({ status }: Pick<FirmRow, 'status'>): void {
	if (status === 'ERASED') throw new FirmsealError('CONFLICT', 'The firm has been erased.');
}

/**
 * Suspends or resumes a firm: from their next request on, its members' tokens are refused or work again. Deletes nothing.
 * @throws FirmsealError NOT_FOUND, CONFLICT if the firm already has this state, AUDIT_UNAVAILABLE.
 */
export async function setFirmSuspended(admin: AdminContext, slugOrId: string, suspended: boolean): Promise<FirmRow> {
	const firm = await findFirm(admin, slugOrId);
	const status = suspended ? 'SUSPENDED' : 'ACTIVE';
	assertNotErased(firm);
	await admin.worker.write(firm.id, async (tx) => {
		if (!(await setFirmStatus(tx, firm.id, status)))
			throw new FirmsealError('CONFLICT', `The firm is already ${status}.`);
		await admin.audit.append([
			commandEntry(admin.osAccount, { action: suspended ? 'firm.suspend' : 'firm.resume', firm: firm.id }),
		]);
	});
	return { ...firm, status };
}

/** Whether a present or former member of a firm, or an operator if `firm` is null, has this e-mail address. */
export const isEmailKnown = async (
	{ worker }: Pick<AdminContext, 'worker'>,
	email: string,
	firm: string | null,
): Promise<boolean> => (await worker.read(null, (tx) => selectAccountByEmail(tx, email, firm))) !== null;

/** @throws FirmsealError NOT_FOUND */
export async function findFirm({ worker }: Pick<AdminContext, 'worker'>, slugOrId: string): Promise<FirmRow> {
	const firm = await worker.read(null, (tx) => selectFirmByName(tx, slugOrId));
	if (!firm) throw new FirmsealError('NOT_FOUND', 'This firm does not exist: `firmseal firm list` lists all firms.');
	return firm;
}

/** Throws CONFLICT with the sentence for a violation of a unique constraint. */
export async function translateDuplicates<T>(sentence: string, work: () => Promise<T>): Promise<T> {
	try {
		return await work();
	} catch (error) {
		if (isUniqueViolation(error)) throw new FirmsealError('CONFLICT', sentence);
		throw error;
	}
}
