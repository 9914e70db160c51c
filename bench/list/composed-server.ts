import {
	createApollo,
	createContext,
	createHttpServer,
	createMetrics,
	createSchema,
	identifyPrincipal,
	type Logger,
	type RequestContext,
	type SealedSchema,
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
import { openCloak } from '../cloak.ts';
import { CLOAK_KEY, cloakSchema, plainSchema } from './text-schema.ts';

/**
 * `plain`: text columns and no marks. `cloak`: the same, each value encrypted by the peer. `unrecorded`: sealed, with a log
 * whose writes are done at once.
 */
const VARIANTS = ['plain', 'cloak', 'unrecorded'] as const;
export type Variant = (typeof VARIANTS)[number];

export const isVariant = (name: string): name is Variant => VARIANTS.some((variant) => variant === name);

/** What src/server.ts starts for the firm plane, part by part, with one part exchanged. */
export async function startComposed(
	variant: Variant,
	config: Config,
	database: DatabaseAccess,
	logger: Logger,
): Promise<RunningServer> {
	const metrics = createMetrics();
	const sealed = createSchema();
	const schema = await schemaOf(variant, sealed);
	const { registry } = sealed;
	const plane = openPlaneOf(database, 'firmseal_firm');
	const logPlane = openPlaneOf(database, 'firmseal_firm', 1);
	const audit = variant === 'unrecorded' ? forgetfulLog() : openLog(logPlane);
	const keyring = await openKeyring(config, 'firm');
	const desk = openDesk({ plane, keyring, audit, registry, config, metrics, logger });
	const door = { authenticate: await openAuthenticator(config), plane, rights: { firm: desk.rights } };
	const apollo = createApollo({ schema, logger, metrics, introspection: config.env === 'development' });
	await apollo.start();
	const http = await createHttpServer<RequestContext>({
		server: config.server,
		logger,
		metrics,
		apollo,
		async context(request) {
			const identified = await identifyPrincipal(door, request.headers.authorization);
			return createContext(request.id, identified, desk);
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

async function schemaOf(variant: Variant, { schema, registry }: SealedSchema) {
	switch (variant) {
		case 'plain':
			return plainSchema();
		case 'cloak':
			return cloakSchema(await openCloak(process.env[CLOAK_KEY]), registry);
		case 'unrecorded':
			return schema;
	}
}

/** Entries are made, checked and encoded as ever; only the database does not see them. */
function forgetfulLog(): AppendingLog {
	return createAuditLog({ write: async () => {}, lastSequence: async () => 0 });
}
