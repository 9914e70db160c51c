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

/** What a firm says to leases until its owners say something else. */
const DEFAULT_POLICY: AccessPolicy = { policy: 'APPROVE', approvers: 1 };

/** Where its people must come from until then. */
const UNRESTRICTED_SIGN_IN: FirmSignIn = { issuers: [], domains: [] };

/** What administration of the installation works with. It can't read content: the worker's role has no right to it. */
export interface AdminContext extends AccountIssuer {
	readonly worker: Plane;
	readonly keyring: Pick<Keyring, 'createKey' | 'describeKey' | 'inspectOwnKey'>;
	readonly audit: AuditLog;
	readonly rights: RightsProofs;
	/** The claim by which an account is of a natural person; null: those of operators are named. */
	readonly personClaim: string | null;
	/** Account of the operating system that runs the command, for the log. */
	readonly osAccount: string;
}

export interface NewPerson {
	readonly email: string;
	readonly name: string;
	/** What the issuer calls the account. */
	readonly subject?: string | null | undefined;
	/** The id of a natural person who has another account; a new one unless given. */
	readonly person?: string | undefined;
}

/** @throws FirmsealError BAD_USER_INPUT */
export function checkPerson({ email, name }: Pick<NewPerson, 'email' | 'name'>) {
	if (!/^[^\s@]+@[^\s@]+$/.test(email))
		throw new FirmsealError('BAD_USER_INPUT', 'The e-mail address is not one: write name@host.');
	return { email: checkLine(email, 'email'), name: checkLine(name, 'name') };
}

/** @throws FirmsealError BAD_USER_INPUT unless the text is one line of 1 to 200 characters that hides nothing. */
function checkLine(text: string, name: string): string {
	if (!isVisibleLine(text, 200))
		throw new FirmsealError(
			'BAD_USER_INPUT',
			`The ${name} must be 1 to 200 characters on one line, all of them visible.`,
		);
	return text;
}

/** The row of a new account. @throws FirmsealError BAD_USER_INPUT */
export function newAccount({ issuer, assignsSubjects }: AccountIssuer, { email, name, subject, person }: NewPerson) {
	const id = uuidv7();
	const checked = checkPerson({ email, name });
	if (subject != null && !/^[ -~]{1,255}$/.test(subject))
		throw new FirmsealError('BAD_USER_INPUT', 'The subject must be 1 to 255 printable ASCII characters.');
	if (subject == null && !assignsSubjects)
		throw new FirmsealError('BAD_USER_INPUT', 'Give the subject: what the token issuer calls the account.');
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
		/** What the claim that tells persons apart says of them, where there is one. */
		readonly personClaimValue?: string | undefined;
	};
	/** What the key service calls a wrapping key that the firm brings; else one is made. */
	readonly key?: string | undefined;
}

/**
 * Makes a firm with its wrapping key, its first OWNER and its access policy; the one who is in the firm after that, its owners decide.
 * @throws FirmsealError BAD_USER_INPUT, CONFLICT, KEY_UNAVAILABLE, AUDIT_UNAVAILABLE.
 */
export async function createFirm(
	admin: AdminContext,
	{ slug, name, owner, key }: NewFirm,
): Promise<{ readonly id: string; readonly slug: string; readonly ownerId: string }> {
	if (!/^[a-z][a-z0-9-]{1,39}$/.test(slug))
		throw new FirmsealError(
			'BAD_USER_INPUT',
			'A slug is 2 to 40 lower-case letters, digits and hyphens, a letter first.',
		);
	const id = uuidv7();
	const named = newAccount(admin, { ...owner, person: personIdFromClaim(admin, owner.personClaimValue) });
	const firm = { id, slug, name: checkLine(name, 'name') };
	await translateDuplicates(`A firm with this slug exists. Or: ${PERSON_ALREADY_AFFILIATED}`, async () => {
		// Before there is a key that no one would use.
		if (await admin.worker.read(null, (tx) => selectFirmByName(tx, slug)))
			throw new FirmsealError('CONFLICT', 'A firm with this slug exists.');
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
	if (status === 'ERASED') throw new FirmsealError('CONFLICT', 'The firm is erased.');
}

/**
 * Stops or lets on a firm: with the next request, its members' tokens are refused or work again. Nothing is deleted.
 * @throws FirmsealError NOT_FOUND, CONFLICT when it is so already, AUDIT_UNAVAILABLE.
 */
export async function setFirmSuspended(admin: AdminContext, slugOrId: string, suspended: boolean): Promise<FirmRow> {
	const firm = await findFirm(admin, slugOrId);
	const status = suspended ? 'SUSPENDED' : 'ACTIVE';
	assertNotErased(firm);
	await admin.worker.write(firm.id, async (tx) => {
		if (!(await setFirmStatus(tx, firm.id, status)))
			throw new FirmsealError('CONFLICT', `The firm is ${status} already.`);
		await admin.audit.append([
			commandEntry(admin.osAccount, { action: suspended ? 'firm.suspend' : 'firm.resume', firm: firm.id }),
		]);
	});
	return { ...firm, status };
}

/** Whether a person of a firm, or (null) of the platform, has or had this e-mail address. */
export const isEmailKnown = async (
	{ worker }: Pick<AdminContext, 'worker'>,
	email: string,
	firm: string | null,
): Promise<boolean> => (await worker.read(null, (tx) => selectAccountByEmail(tx, email, firm))) !== null;

/** @throws FirmsealError NOT_FOUND */
export async function findFirm({ worker }: Pick<AdminContext, 'worker'>, slugOrId: string): Promise<FirmRow> {
	const firm = await worker.read(null, (tx) => selectFirmByName(tx, slugOrId));
	if (!firm) throw new FirmsealError('NOT_FOUND', 'There is no such firm: `firmseal firm list` names them.');
	return firm;
}

export async function translateDuplicates<T>(sentence: string, work: () => Promise<T>): Promise<T> {
	try {
		return await work();
	} catch (error) {
		if (isUniqueViolation(error)) throw new FirmsealError('CONFLICT', sentence);
		throw error;
	}
}
