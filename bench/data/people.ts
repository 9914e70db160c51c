import type { FirmPrincipal, OperatorRole } from '../../src/access/index.ts';
import { createLogger, createMetrics, createSchema, principalOf } from '../../src/api/index.ts';
import { identifyToken, selectAccountByEmail } from '../../src/database/index.ts';
import { addFirstOperators, createFirm, type RequestServices } from '../../src/firms/index.ts';
import { openIssuer, openRequestServices } from '../../src/wiring/index.ts';
import { withAdminContext, withPlaneParts } from '../../src/wiring/installation.ts';
import { bearer, type Headers } from '../harness/query.ts';
import type { BenchInstallation } from './installation.ts';

/** Seconds. */
const TOKEN_LIFETIME = 24 * 3600;

type InstallationAccess = Pick<BenchInstallation, 'config' | 'database'>;

/** A person of a firm, and the headers of their requests. */
interface BenchPerson {
	readonly principal: FirmPrincipal;
	readonly headers: Headers;
}

interface People {
	/** Services of the firm plane, without a server. */
	readonly services: RequestServices;
	/** Creates a firm. @returns its owner */
	addFirm(slug: string): Promise<BenchPerson>;
	find(email: string): Promise<BenchPerson>;
}

/** Runs `work` with the administration and the firm plane open. */
export async function withPeople<T>(
	{ config, database }: InstallationAccess,
	work: (people: People) => Promise<T>,
): Promise<T> {
	const issuer = await openIssuer(config);
	const { registry } = createSchema();
	return withAdminContext(config, database, (admin) =>
		withPlaneParts(config, database, 'firm', 2, (parts) => {
			const logger = createLogger({ level: 'error' });
			const services = openRequestServices({ ...parts, registry, config, metrics: createMetrics(), logger });
			const find = async (email: string) => {
				const account = await admin.worker.read(null, (tx) => selectAccountByEmail(tx, email));
				const identity =
					account && (await parts.plane.read(null, (tx) => identifyToken(tx, account.issuer, account.subject)));
				if (!identity) throw new Error('An account of the benchmark does not exist.');
				const principal = await principalOf(identity, account, { firm: admin.rights, operator: admin.rights });
				if (principal.kind !== 'firm') throw new Error('An account of the benchmark belongs to no firm.');
				const token = await issuer.issueToken({ subject: account.subject, seconds: TOKEN_LIFETIME });
				return { principal, headers: bearer(token) };
			};
			const addFirm = async (slug: string) => {
				const owner = { email: `owner@${slug}.example`, name: 'Owner' };
				await createFirm(admin, { slug, name: `Firm ${slug}`, owner });
				return find(owner.email);
			};
			return work({ services, addFirm, find });
		}),
	);
}

/** Adds one operator of each role. @returns the headers of their requests */
export async function addOperators({
	config,
	database,
}: InstallationAccess): Promise<Readonly<Record<OperatorRole, Headers>>> {
	const issuer = await openIssuer(config);
	return withAdminContext(config, database, async (admin) => {
		const headersOf = async (role: OperatorRole) => {
			const account = await admin.worker.read(null, (tx) => selectAccountByEmail(tx, emailOf(role)));
			return bearer(await issuer.issueToken({ subject: account?.subject ?? '', seconds: TOKEN_LIFETIME }));
		};
		const emailOf = (role: OperatorRole) => `${role.toLowerCase()}@platform.example`;
		const roles = ['OPERATOR', 'APPROVER', 'AUDITOR'] as const;
		await addFirstOperators(
			admin,
			roles.map((role) => ({ email: emailOf(role), name: role, roles: [role] })),
		);
		return {
			OPERATOR: await headersOf('OPERATOR'),
			APPROVER: await headersOf('APPROVER'),
			AUDITOR: await headersOf('AUDITOR'),
		};
	});
}
