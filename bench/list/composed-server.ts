import {
	createApollo,
	createContext,
	createHttpServer,
	createMetrics,
	createSchema,
	identifyPrincipal,
	type Logger,
	type RequestContext,
	readTypeDefs,
	resolvedSchema,
} from '../../src/api/index.ts';
import {
	type DatabaseAccess,
	openAuthenticator,
	openDesk,
	openKeyring,
	openLog,
	openPlaneOf,
} from '../../src/compose.ts';
import type { Config } from '../../src/config.ts';
import { type AppendingLog, createAuditLog } from '../../src/log/index.ts';
import type { RunningServer } from '../../src/server.ts';

/** `plain`: text columns and no marks. `unrecorded`: sealed, with a log whose writes are done at once. */
export type Variant = 'plain' | 'unrecorded';

/** What src/server.ts starts for the firm plane, part by part, with one part exchanged. */
export async function startComposed(
	variant: Variant,
	config: Config,
	database: DatabaseAccess,
	logger: Logger,
): Promise<RunningServer> {
	const metrics = createMetrics();
	const sealed = createSchema();
	const schema = variant === 'plain' ? plainSchema() : sealed.schema;
	const { registry } = sealed;
	const plane = openPlaneOf(database, 'firmseal_firm');
	const logPlane = openPlaneOf(database, 'firmseal_firm', 1);
	const audit = variant === 'unrecorded' ? forgetfulLog() : openLog(logPlane);
	const keyring = await openKeyring(config, 'firm');
	const desk = openDesk({ plane, keyring, audit, registry, config, metrics, logger });
	const authenticate = await openAuthenticator(config);
	const apollo = createApollo({ schema, logger, metrics, introspection: config.env === 'development' });
	await apollo.start();
	const http = await createHttpServer<RequestContext>({
		server: config.server,
		logger,
		metrics,
		apollo,
		async context(request) {
			const principal = await identifyPrincipal(authenticate, plane, request.headers.authorization);
			return createContext(request.id, principal, desk);
		},
		ready: async () => ({ ok: true, checks: {} }),
	});
	return {
		url: await http.listen(),
		async stop() {
			await http.stop();
			await apollo.stop();
			await audit.close();
			await Promise.all([plane.close(), logPlane.close()]);
		},
	};
}

/** The project's own schema and resolvers with the marks of content taken off: the resolvers answer what the row holds. */
function plainSchema() {
	const typeDefs = readTypeDefs().map((sdl) => sdl.replaceAll(/@encrypted\([^)]*\)(?=\s*$)/gm, '@metadata'));
	return resolvedSchema(typeDefs);
}

/** Entries are made, checked and encoded as ever; only the database does not see them. */
function forgetfulLog(): AppendingLog {
	return createAuditLog({ write: async () => {}, lastSequence: async () => 0 });
}
