import type { FirmPrincipal, OperatorRole, Principal } from '../../access/index.ts';
import { principalOf } from '../../api/index.ts';
import {
	hasOperators,
	identifyToken,
	type Plane,
	selectAccountByEmail,
	selectFirmByName,
	selectMembershipByEmail,
} from '../../database/index.ts';
import { FirmsealError } from '../../errors.ts';
import { addFirstOperators, createFirm, isEmailKnown, type RequestServices, setMemberRole } from '../../firms/index.ts';
import type { Installation } from '../../wiring/index.ts';
import { type DemoPerson, joinFirm, runAsDemoPerson } from './demo-person.ts';
import type { DemoFirm } from './firms.ts';

const OPERATORS: readonly { readonly name: string; readonly role: OperatorRole }[] = [
	{ name: 'approver', role: 'APPROVER' },
	{ name: 'operator', role: 'OPERATOR' },
	{ name: 'auditor', role: 'AUDITOR' },
];

/** Adds them as the first who operate the platform. An installation that has its own adds no one for the demo. */
export async function loadOperators(admin: Installation): Promise<void> {
	if (await admin.worker.read(null, hasOperators)) return;
	const people = OPERATORS.map(({ name, role }) => ({
		email: `${name}@platform.example`,
		name: titled(name),
		roles: [role],
	}));
	await addFirstOperators(admin, people);
}

/** The services of a firm's planes. */
export interface FirmServices {
	readonly firm: RequestServices;
	/** The portal's, of one client. */
	readonly portalOf: (client: string) => RequestServices;
}

/** The firm's owner, whose firm is made if there is none. null: they are the firm's owner no more, or it is suspended. */
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

/** Who writes what of a firm. */
export type DemoAuthors = Readonly<Record<'owner' | 'member' | 'client', DemoPerson>>;

/**
 * Adds the member and the portal user who are missing, and gives a portal user of no client, as older data has
 * them, the portal's client. The owner plays the part of anyone whom the firm has given another role or removed.
 */
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
		await runAsDemoPerson(owner, (services, acting) => joinFirm(services, acting, person));
	}
	const portal = await services.plane.read(owner.principal.firm, (tx) => selectMembershipByEmail(tx, client.email));
	if (portal?.role === 'CLIENT' && portal.clientId === null && portal.removedAt === null) {
		const membership = { userId: portal.userId, role: 'CLIENT', clientId } as const;
		await runAsDemoPerson(owner, (services, acting) => setMemberRole(services, acting, null, membership));
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

/** null for an account that may do nothing now. */
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
