import type { FirmPrincipal, OperatorRole, Principal } from '../src/access/index.ts';
import { principalOf } from '../src/api/index.ts';
import type { Config } from '../src/config/config.ts';
import { identifyToken, type Plane, selectAccountByEmail } from '../src/database/index.ts';
import { type AdminContext, addFirstOperators, createFirm } from '../src/firms/index.ts';
import { type DatabaseAccess, openIssuer, openPlaneOf } from '../src/wiring/index.ts';
import { withAdminContext } from '../src/wiring/installation.ts';

/** Where a person is looked for. */
interface InstallationAccess {
	readonly config: Config;
	readonly database: DatabaseAccess;
}

/** A person as a sign-in would make them. */
interface BenchPerson<Kind extends Principal> {
	readonly principal: Kind;
	/** Bearer token, for a day. */
	readonly token: string;
}

export const findMember = (installation: InstallationAccess, email: string): Promise<BenchPerson<FirmPrincipal>> =>
	find(installation, email, 'firmseal_firm') as Promise<BenchPerson<FirmPrincipal>>;

function find({ config, database }: InstallationAccess, email: string, role: 'firmseal_firm' | 'firmseal_operator') {
	return withAdminContext(config, database, async (admin) => {
		const plane = openPlaneOf(database, role, 1);
		try {
			return await findPerson(admin, { plane, issuer: await openIssuer(config) }, email);
		} finally {
			await plane.close();
		}
	});
}

/** A person whom an open admin context and plane know; for one of thousands. */
export async function findPerson(
	{ worker, rights }: Pick<AdminContext, 'worker' | 'rights'>,
	{ plane, issuer }: { readonly plane: Plane; readonly issuer: Awaited<ReturnType<typeof openIssuer>> },
	email: string,
): Promise<BenchPerson<Principal>> {
	const account = await worker.read(null, (tx) => selectAccountByEmail(tx, email));
	const identity = account && (await plane.read(null, (tx) => identifyToken(tx, account.issuer, account.subject)));
	if (!identity) throw new Error('An account of the benchmark is not to be found.');
	const principal = await principalOf(identity, account, { firm: rights, operator: rights });
	return { principal, token: await issuer.issueToken({ subject: account.subject, seconds: 24 * 3600 }) };
}

/** A new firm, and its owner. */
export async function addFirm(installation: InstallationAccess, slug: string): Promise<BenchPerson<FirmPrincipal>> {
	const email = `owner@${slug}.example`;
	await withAdminContext(installation.config, installation.database, (admin) =>
		createFirm(admin, { slug, name: `Firm ${slug}`, owner: { email, name: 'Owner' } }),
	);
	return findMember(installation, email);
}

/** Bearer tokens of people who operate the platform, one of each role. */
export async function addOperators(installation: InstallationAccess): Promise<Readonly<Record<OperatorRole, string>>> {
	const { config, database } = installation;
	const emailOf = (role: OperatorRole) => `${role.toLowerCase()}@platform.example`;
	const tokenOf = async (role: OperatorRole) => (await find(installation, emailOf(role), 'firmseal_operator')).token;
	const people = (['OPERATOR', 'APPROVER', 'AUDITOR'] as const).map((role) => ({
		email: emailOf(role),
		name: role,
		roles: [role],
	}));
	await withAdminContext(config, database, (admin) => addFirstOperators(admin, people));
	return {
		OPERATOR: await tokenOf('OPERATOR'),
		APPROVER: await tokenOf('APPROVER'),
		AUDITOR: await tokenOf('AUDITOR'),
	};
}
