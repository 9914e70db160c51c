import type { FirmPrincipal, OperatorRole, Principal } from '../src/access/index.ts';
import { principalOf } from '../src/api/index.ts';
import type { Config } from '../src/config/config.ts';
import { identify, type Plane, selectAccountByEmail } from '../src/database/index.ts';
import { addFirstPeople, createFirm, type Office } from '../src/firms/index.ts';
import { type DatabaseAccess, openIssuer, openPlaneOf } from '../src/wiring/compose.ts';
import { withOffice } from '../src/wiring/installation.ts';

/** Where somebody is looked for. */
interface Place {
	readonly config: Config;
	readonly database: DatabaseAccess;
}

/** Somebody as a sign-in would make them. */
interface Person<Kind extends Principal> {
	readonly principal: Kind;
	/** Bearer token, for a day. */
	readonly token: string;
}

export const findMember = (place: Place, email: string): Promise<Person<FirmPrincipal>> =>
	find(place, email, 'firmseal_firm') as Promise<Person<FirmPrincipal>>;

function find({ config, database }: Place, email: string, role: 'firmseal_firm' | 'firmseal_operator') {
	return withOffice(config, database, async (office) => {
		const plane = openPlaneOf(database, role, 1);
		try {
			return await findAt(office, { plane, issuer: await openIssuer(config) }, email);
		} finally {
			await plane.close();
		}
	});
}

/** Somebody whom an open office and plane know; for one of thousands. */
export async function findAt(
	{ worker, rights }: Pick<Office, 'worker' | 'rights'>,
	{ plane, issuer }: { readonly plane: Plane; readonly issuer: Awaited<ReturnType<typeof openIssuer>> },
	email: string,
): Promise<Person<Principal>> {
	const account = await worker.read(null, (tx) => selectAccountByEmail(tx, email));
	const identity = account && (await plane.read(null, (tx) => identify(tx, account.issuer, account.subject)));
	if (!identity) throw new Error('An account of the benchmark is not to be found.');
	const principal = await principalOf(identity, account, { firm: rights, operator: rights });
	return { principal, token: await issuer.issueToken({ subject: account.subject, seconds: 24 * 3600 }) };
}

/** A new firm, and its owner. */
export async function addFirm(place: Place, slug: string): Promise<Person<FirmPrincipal>> {
	const email = `owner@${slug}.example`;
	await withOffice(place.config, place.database, (office) =>
		createFirm(office, { slug, name: `Firm ${slug}`, owner: { email, name: 'Owner' } }),
	);
	return findMember(place, email);
}

/** Bearer tokens of people who operate the platform, one of each role. */
export async function addOperators(place: Place): Promise<Readonly<Record<OperatorRole, string>>> {
	const { config, database } = place;
	const emailOf = (role: OperatorRole) => `${role.toLowerCase()}@platform.example`;
	const tokenOf = async (role: OperatorRole) => (await find(place, emailOf(role), 'firmseal_operator')).token;
	const people = (['OPERATOR', 'APPROVER', 'AUDITOR'] as const).map((role) => ({
		email: emailOf(role),
		name: role,
		roles: [role],
	}));
	await withOffice(config, database, (office) => addFirstPeople(office, people));
	return {
		OPERATOR: await tokenOf('OPERATOR'),
		APPROVER: await tokenOf('APPROVER'),
		AUDITOR: await tokenOf('AUDITOR'),
	};
}
