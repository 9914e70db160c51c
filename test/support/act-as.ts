import { actAsPerson } from '../../examples/demo/act-as-person.ts';
import type { FirmPrincipal } from '../../src/access/index.ts';
import { createLogger, createMetrics, createSchema, principalOf } from '../../src/api/index.ts';
import type { Config } from '../../src/config/config.ts';
import { identifyToken, selectAccountByEmail } from '../../src/database/index.ts';
import type { ActingMember, RequestServices } from '../../src/firms/index.ts';
import { type DatabaseAccess, openRequestServices } from '../../src/wiring/index.ts';
import { withAdminContext, withPlaneParts } from '../../src/wiring/installation.ts';

const { registry } = createSchema();

/** Runs use cases as a person of a firm, like a request of the API: through the firm plane and on record. */
export async function actAs<T>(
	config: Config,
	database: DatabaseAccess,
	principal: FirmPrincipal,
	work: (services: RequestServices, acting: ActingMember) => Promise<T>,
): Promise<T> {
	return withPlaneParts(config, database, 'firm', 2, (parts) => {
		const logger = createLogger({ level: 'silent' });
		const services = openRequestServices({ ...parts, registry, config, metrics: createMetrics(), logger });
		return actAsPerson({ services: services, principal }, work);
	});
}

/** The principal that a sign-in of the account makes. */
export async function memberOf(
	{ config, database }: { readonly config: Config; readonly database: DatabaseAccess },
	email: string,
): Promise<FirmPrincipal> {
	return withAdminContext(config, database, async ({ worker, rights }) => {
		const account = await worker.read(null, (tx) => selectAccountByEmail(tx, email));
		const identity = account && (await worker.read(null, (tx) => identifyToken(tx, account.issuer, account.subject)));
		if (!identity) throw new Error(`no account ${email}`);
		return (await principalOf(identity, account, { firm: rights, operator: rights })) as FirmPrincipal;
	});
}
