import { type FirmPrincipal, type FirmRole, rolesOf } from '../access/index.ts';
import { draftEntry } from '../audit/index.ts';
import { insertMembership, insertUser } from '../database/index.ts';
import { FirmsealError } from '../errors.ts';
import { type NewPerson, newAccount, type Office, refusingDuplicates } from './administration.ts';

/**
 * Adds somebody to a firm: an owner's act, never the platform's.
 * @throws FirmsealError FORBIDDEN unless `by` is an OWNER, BAD_USER_INPUT, CONFLICT, AUDIT_UNAVAILABLE.
 */
export async function addMember(office: Office, person: NewPerson, role: FirmRole, by: FirmPrincipal): Promise<string> {
	if (by.role !== 'OWNER') throw new FirmsealError('FORBIDDEN', 'Only an owner of the firm adds members.');
	const account = newAccount(office, person);
	await refusingDuplicates('An account with this e-mail address or subject exists.', () =>
		office.worker.write(by.firm, async (tx) => {
			await insertUser(tx, account);
			await insertMembership(tx, { firmId: by.firm, userId: account.id, role });
			const acting = { actor: { kind: 'firm', user: by.user, roles: rolesOf(by) }, plane: 'cli' } as const;
			await office.audit.append([draftEntry(acting, { action: 'member.add', firm: by.firm, records: [account.id] })]);
		}),
	);
	return account.id;
}
