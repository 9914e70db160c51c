import type { FirmPrincipal, OperatorRole, Principal } from '../../access/index.ts';
import { principalOf } from '../../api/index.ts';
import {
	hasOperators,
	identify,
	type Plane,
	selectAccountByEmail,
	selectFirmByName,
	selectMembershipByEmail,
} from '../../database/index.ts';
import { FirmsealError } from '../../errors.ts';
import { addFirstPeople, createFirm, type Desk, isKnown, setMemberRole } from '../../firms/index.ts';
import type { Installation } from '../../wiring/index.ts';
import type { DemoFirm } from './firms.ts';
import { joinFirm } from './join.ts';
import { actAs, type Person } from './person.ts';

const OPERATORS: readonly { readonly name: string; readonly role: OperatorRole }[] = [
	{ name: 'approver', role: 'APPROVER' },
	{ name: 'operator', role: 'OPERATOR' },
	{ name: 'auditor', role: 'AUDITOR' },
];

/** Adds them as the first who operate the platform. An installation that has its own adds nobody for the demo. */
export async function loadOperators(office: Installation): Promise<void> {
	if (await office.worker.read(null, hasOperators)) return;
	const people = OPERATORS.map(({ name, role }) => ({
		email: `${name}@platform.example`,
		name: titled(name),
		roles: [role],
	}));
	await addFirstPeople(office, people);
}

/** The desks of a firm's planes. */
export interface Desks {
	readonly firm: Desk;
	/** The portal's, of one client. */
	readonly portalOf: (client: string) => Desk;
}

/** The firm's owner, whose firm is made if there is none. null: they are the firm's owner no more, or it is suspended. */
export async function loadOwner(office: Installation, { firm: desk }: Desks, firm: DemoFirm): Promise<Person | null> {
	const email = emailOf(firm, 'owner');
	if (!(await office.worker.read(null, (tx) => selectFirmByName(tx, firm.slug)))) {
		const owner = { email, name: `Owner of ${firm.name}` };
		await createFirm(office, { slug: firm.slug, name: firm.name, owner });
	}
	const principal = await findMember(office, desk, email);
	return principal?.role === 'OWNER' ? { desk, principal } : null;
}

/** Who writes what of a firm. */
export type Cast = Readonly<Record<'owner' | 'member' | 'client', Person>>;

/**
 * Adds the member and the portal user who are missing, and gives a portal user of no client, as older data has
 * them, the portal's client. Of somebody whom the firm has given another role or removed, the owner does the part.
 */
export async function loadMembers(
	office: Installation,
	{ firm: desk, portalOf }: Desks,
	firm: DemoFirm,
	{ owner, clientId }: { readonly owner: Person; readonly clientId: string },
): Promise<Cast> {
	const name = (who: string) => `${titled(who)} of ${firm.name}`;
	const member = { email: emailOf(firm, 'member'), name: name('member'), role: 'MEMBER' } as const;
	const client = { email: emailOf(firm, 'client'), name: name('client'), role: 'CLIENT', clientId } as const;
	for (const person of [member, client]) {
		if (await isKnown(office, person.email, owner.principal.firm)) continue;
		await actAs(owner, (desk, acting) => joinFirm(desk, acting, person));
	}
	const portal = await desk.plane.read(owner.principal.firm, (tx) => selectMembershipByEmail(tx, client.email));
	if (portal?.role === 'CLIENT' && portal.clientId === null && portal.removedAt === null) {
		const place = { userId: portal.userId, role: 'CLIENT', clientId } as const;
		await actAs(owner, (desk, acting) => setMemberRole(desk, acting, null, place));
	}
	const found = await findMember(office, desk, member.email);
	const foundClient = await findMember(office, desk, client.email);
	return {
		owner,
		member: found?.role === 'MEMBER' ? { desk, principal: found } : owner,
		client: foundClient?.client === clientId ? { desk: portalOf(clientId), principal: foundClient } : owner,
	};
}

async function findMember(office: Installation, { plane }: Desk, email: string): Promise<FirmPrincipal | null> {
	const principal = await findPrincipal(office, plane, email);
	return principal?.kind === 'firm' ? principal : null;
}

/** null for an account that may do nothing now. */
async function findPrincipal(office: Installation, plane: Plane, email: string): Promise<Principal | null> {
	const account = await office.worker.read(null, (tx) => selectAccountByEmail(tx, email));
	const identity = account && (await plane.read(null, (tx) => identify(tx, account.issuer, account.subject)));
	if (!identity || identity.userDisabled) return null;
	try {
		return await principalOf(identity, account, { firm: office.rights, operator: office.rights });
	} catch (error) {
		if (error instanceof FirmsealError && error.code === 'FORBIDDEN') return null;
		throw error;
	}
}

const emailOf = ({ slug }: DemoFirm, who: string) => `${who}@${slug}.example`;
const titled = (word: string) => word.charAt(0).toUpperCase() + word.slice(1);
