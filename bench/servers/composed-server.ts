import {
	createAdmission,
	createApollo,
	createContext,
	createHttpServer,
	createMetrics,
	createResolvedSchema,
	createSchema,
	identifyPrincipal,
	type Logger,
	partyOf,
	type RequestContext,
	readTypeDefs,
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
import { type Cloak, openCloak } from '../peers/cloak.ts';

/**
 * `plain`: text columns and no directives. `cloak`: the same, with each value encrypted by the peer. `unrecorded`: sealed, with a log
 * that does not write to the database.
 */
export type Variant = 'plain' | 'cloak' | 'unrecorded';

/** Names the setting with the key of the `cloak` variant. */
export const CLOAK_KEY = 'BENCH_CLOAK_KEY';

/** Starts the parts that src/processes/server.ts starts for the firm plane, with one part replaced. */
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
	const schema = cloak ? cloakSchema(cloak, registry) : variant === 'plain' ? plainSchema() : sealed.schema;
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

/** Stores text instead of envelopes, and writes no audit entries. */
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

/** Creates, checks and encodes entries without a database. */
const forgetfulLog = (): AppendingLog => createAuditLog({ write: async () => {}, lastSequence: async () => 0 });

/** The schema and resolvers of the project without `@encrypted`, so that the resolvers return what the row holds. */
export function plainSchema(): SealedSchema['schema'] {
	const typeDefs = readTypeDefs().map((sdl) => sdl.replaceAll(/@encrypted\([^)]*\)(?=\s*$)/gm, '@metadata'));
	return createResolvedSchema(typeDefs);
}

/** plainSchema() with a resolver for each encrypted field of the project that decrypts with the peer. */
export function cloakSchema(
	{ decrypt }: Pick<Cloak, 'decrypt'>,
	{ fields }: Pick<SealedSchema['registry'], 'fields'>,
): SealedSchema['schema'] {
	const schema = plainSchema();
	for (const { typeName, fieldName, coordinate } of fields) {
		const type = schema.getType(typeName);
		const field = type && 'getInterfaces' in type ? type.getFields()[fieldName] : undefined;
		if (!field) throw new Error(`The schema without @encrypted has no ${coordinate}.`);
		field.resolve = async (parent: Readonly<Record<string, string | null>>) => {
			const stored = parent[fieldName] ?? null;
			return stored === null ? null : decrypt(stored);
		};
	}
	return schema;
}
