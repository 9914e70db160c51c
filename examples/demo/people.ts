import type { FirmPrincipal, OperatorRole, Principal } from '../../src/access/index.ts';
import { principalOf } from '../../src/api/index.ts';
import {
	hasOperators,
	identifyToken,
	type Plane,
	selectAccountByEmail,
	selectFirmByName,
} from '../../src/database/index.ts';
import { FirmsealError } from '../../src/errors.ts';
import { addFirstOperators, createFirm, isEmailKnown, type RequestServices } from '../../src/firms/index.ts';
import type { Installation } from '../../src/wiring/index.ts';
import { actAsPerson, type DemoPerson, joinFirm } from './act-as-person.ts';
import type { DemoFirm } from './firms.ts';

const OPERATORS: readonly { readonly name: string; readonly role: OperatorRole }[] = [
	{ name: 'approver', role: 'APPROVER' },
	// A third person reviews what another approver has approved.
	{ name: 'reviewer', role: 'APPROVER' },
	{ name: 'operator', role: 'OPERATOR' },
	{ name: 'auditor', role: 'AUDITOR' },
];

/** Adds the first operators, unless the installation has operators already. */
export async function loadOperators(admin: Installation): Promise<void> {
	if (await admin.worker.read(null, hasOperators)) return;
	const people = OPERATORS.map(({ name, role }) => ({
		email: `${name}@platform.example`,
		name: titled(name),
		roles: [role],
	}));
	await addFirstOperators(admin, people);
}

export interface FirmServices {
	readonly firm: RequestServices;
	/** Services of the portal, for one client. */
	readonly portalOf: (client: string) => RequestServices;
}

/** The firm's owner; creates the firm if it is missing. null if the person is no longer its owner, or the firm is suspended. */
export async function loadOwner(
	admin: Installation,
	{ firm: services }: FirmServices,
	firm: DemoFirm,
): Promise<DemoPerson | null> {
	const email = emailOf(firm, 'owner');
	if (!(await admin.worker.read(null, (tx) => selectFirmByName(tx, firm.slug)))) {
		const owner = { email, name: `Owner of ${firm.name}` };
		await createFirm(admin, { slug: firm.slug, name: firm.name, owner });
	}
	const principal = await findMember(admin, services, email);
	return principal?.role === 'OWNER' ? { services, principal } : null;
}

export type DemoAuthors = Readonly<Record<'owner' | 'member' | 'client', DemoPerson>>;

/** Adds the member and the portal user if they are missing. The owner replaces a person whom the firm has removed or given another role. */
export async function loadMembers(
	admin: Installation,
	{ firm: services, portalOf }: FirmServices,
	firm: DemoFirm,
	{ owner, clientId }: { readonly owner: DemoPerson; readonly clientId: string },
): Promise<DemoAuthors> {
	const name = (who: string) => `${titled(who)} of ${firm.name}`;
	const member = { email: emailOf(firm, 'member'), name: name('member'), role: 'MEMBER' } as const;
	const client = { email: emailOf(firm, 'client'), name: name('client'), role: 'CLIENT', clientId } as const;
	for (const person of [member, client]) {
		if (await isEmailKnown(admin, person.email, owner.principal.firm)) continue;
		await actAsPerson(owner, (services, acting) => joinFirm(services, acting, person));
	}
	const found = await findMember(admin, services, member.email);
	const foundClient = await findMember(admin, services, client.email);
	return {
		owner,
		member: found?.role === 'MEMBER' ? { services, principal: found } : owner,
		client: foundClient?.client === clientId ? { services: portalOf(clientId), principal: foundClient } : owner,
	};
}

async function findMember(
	admin: Installation,
	{ plane }: RequestServices,
	email: string,
): Promise<FirmPrincipal | null> {
	const principal = await findPrincipal(admin, plane, email);
	return principal?.kind === 'firm' ? principal : null;
}

/** null for an account without a role, or one that is disabled or refused. */
async function findPrincipal(admin: Installation, plane: Plane, email: string): Promise<Principal | null> {
	const account = await admin.worker.read(null, (tx) => selectAccountByEmail(tx, email));
	const identity = account && (await plane.read(null, (tx) => identifyToken(tx, account.issuer, account.subject)));
	if (!identity || identity.userDisabled) return null;
	try {
		return await principalOf(identity, account, { firm: admin.rights, operator: admin.rights });
	} catch (error) {
		if (error instanceof FirmsealError && error.code === 'FORBIDDEN') return null;
		throw error;
	}
}

const emailOf = ({ slug }: DemoFirm, who: string) => `${who}@${slug}.example`;
const titled = (word: string) => word.charAt(0).toUpperCase() + word.slice(1);
