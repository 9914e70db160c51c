import {
	createAdmission,
	createApollo,
	createContext,
	createHttpServer,
	createMetrics,
	createSchema,
	identifyPrincipal,
	type Logger,
	partyOf,
	type RequestContext,
	type SealedSchema,
} from '../../src/api/index.ts';
import { type AppendingLog, createAuditLog } from '../../src/audit-log/index.ts';
import { systemClock } from '../../src/clock/clock.ts';
import type { Config } from '../../src/config/config.ts';
import type { RequestServices } from '../../src/firms/index.ts';
import type { RunningServer } from '../../src/processes/server.ts';
import {
	type DatabaseAccess,
	openAuthenticator,
	openKeyring,
	openLog,
	openPlaneOf,
	openRequestServices,
} from '../../src/wiring/index.ts';
import { type Cloak, openCloak } from '../cloak.ts';
import { CLOAK_KEY, cloakSchema, plainSchema } from './text-schema.ts';

/**
 * `plain`: text columns and no marks. `cloak`: the same, each value encrypted by the peer. `unrecorded`: sealed, with a log
 * whose writes are done at once.
 */
const VARIANTS = ['plain', 'cloak', 'unrecorded'] as const;
export type Variant = (typeof VARIANTS)[number];

export const isVariant = (name: string): name is Variant => VARIANTS.some((variant) => variant === name);

/** What src/processes/server.ts starts for the firm plane, part by part, with one part exchanged. */
export async function startComposed(
	variant: Variant,
	config: Config,
	database: DatabaseAccess,
	logger: Logger,
): Promise<RunningServer> {
	const metrics = createMetrics();
	const sealed = createSchema();
	const { registry } = sealed;
	const plane = openPlaneOf(database, 'firmseal_firm');
	const logPlane = openPlaneOf(database, 'firmseal_firm', 1);
	const audit = variant === 'unrecorded' ? forgetfulLog() : openLog(logPlane);
	const keyring = await openKeyring(config, 'firm');
	const cloak = variant === 'cloak' ? await openCloak(process.env[CLOAK_KEY]) : null;
	const sealing = openRequestServices({ plane, keyring, audit, registry, config, metrics, logger, clock: systemClock });
	const services = variant === 'unrecorded' ? sealing : writingText(sealing, cloak?.encrypt ?? (async (text) => text));
	const schema = schemaOf(variant, sealed, cloak);
	const deps = { authenticate: await openAuthenticator(config), plane, rights: { firm: services.rights } };
	const admission = createAdmission(config.limits.requestsAtOnce, systemClock);
	const apollo = createApollo({ schema, logger, metrics, introspection: config.env === 'development' });
	await apollo.start();
	const http = await createHttpServer<RequestContext>({
		server: config.server,
		logger,
		clock: systemClock,
		metrics,
		apollo,
		admission,
		async enter({ request }) {
			const identified = await identifyPrincipal(deps, request.headers.authorization);
			await admission.assignAccount(request, identified.user, partyOf(identified.principal));
			return createContext(request.id, identified, services);
		},
		ready: async () => ({ ok: true, checks: {} }),
	});
	return {
		url: await http.listen(),
		page: null,
		async stop() {
			await http.stop();
			await apollo.stop();
			await audit.close();
			await Promise.all([plane.close(), logPlane.close()]);
		},
	};
}

function schemaOf(variant: Variant, { schema, registry }: SealedSchema, cloak: Cloak | null) {
	if (cloak) return cloakSchema(cloak, registry);
	return variant === 'plain' ? plainSchema() : schema;
}

/** Writes text where the project seals, and no entry of the log. */
const writingText = (services: RequestServices, toText: (text: string) => Promise<string>): RequestServices => ({
	...services,
	content: {
		...services.content,
		sealValues: (_access, _row, values) =>
			Promise.all(
				values.map(async ({ value }) => (value === null ? null : ((await toText(value as string)) as never))),
			),
		record: async () => {},
	},
});
/** Entries are made, checked and encoded as ever; only the database does not see them. */
function forgetfulLog(): AppendingLog {
	return createAuditLog({ write: async () => {}, lastSequence: async () => 0 });
}
