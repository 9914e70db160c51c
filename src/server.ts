import type { Principal } from './access/index.ts';
import {
	createApollo,
	createContext,
	createHttpServer,
	createMetrics,
	createRateLimit,
	createSchema,
	identifyPrincipal,
	type Logger,
	type Readiness,
	RefusedAccountError,
	type RequestContext,
	refusedHere,
} from './api/index.ts';
import { type AuditLog, draftEntry, systemEntry } from './audit/index.ts';
import { type DatabaseAccess, openAuthenticator, openDesk, openKeyring, openLog, openPlaneOf } from './compose.ts';
import type { Config } from './config.ts';
import { checkAppend, inspectCatalogue, inspectSignIn, type Plane } from './database/index.ts';
import { FirmsealError, SetupError } from './errors.ts';
import { type Desk, openRecoveryWitness } from './firms/index.ts';
import { assertOwnKeyring } from './installation.ts';
import type { Keyring } from './keys/index.ts';
import { debuggerFacts, productionRefusals, type StartFacts } from './production-refusals.ts';

export interface RunningServer {
	/** Where it listens, such as http://127.0.0.1:4000. */
	readonly url: string;
	/** Ends running requests, writes what is to be recorded, and lets go of the database. */
	stop(): Promise<void>;
}

type Side = Principal['kind'];

/**
 * The API of one process: its planes, each with rows, keys and cache of its own, one log, one HTTP server.
 * @throws SetupError for whatever keeps it from starting.
 */
export async function startServer(config: Config, database: DatabaseAccess, logger: Logger): Promise<RunningServer> {
	const introspection = config.env === 'development';
	refuseInProduction(config, { roles: [], introspection });
	const metrics = createMetrics();
	const { schema, registry } = createSchema();
	const sides: readonly Side[] = config.plane === 'all' ? ['firm', 'operator'] : [config.plane];
	const planes = new Map(sides.map((side) => [side, openPlaneOf(database, `firmseal_${side}`)]));
	const [front] = planes.values() as Iterable<Plane> as [Plane];
	const logPlane = openPlaneOf(database, front.role, 1);
	// Of its own, so that nobody's queries keep others from being told who they are.
	const door = openPlaneOf(database, front.role, 4);
	// A portal's requests have the firm's keys and rows of their own.
	const portal = sides.includes('firm') ? openPlaneOf(database, 'firmseal_portal') : null;
	const opened = [...planes.values(), logPlane, door, ...(portal ? [portal] : [])];
	const close = () => Promise.all(opened.map((plane) => plane.close()));
	try {
		refuseInProduction(config, { roles: await Promise.all([...planes.values()].map(inspectSignIn)), introspection });
		await assertPrepared(front);
		await assertOwnKeyring(config, database);
		await refuseDrift(config, front, logger);
		const log = openLog(logPlane, ({ entries, milliseconds, error }) => {
			metrics.auditAppend({ outcome: error ? 'failed' : 'ok', entries, seconds: milliseconds / 1000 });
			if (error) logger.error({ err: error, count: entries }, 'audit entries could not be written');
		});
		const desks = new Map<Side, Desk>();
		const keyrings = new Map<Side, Keyring>();
		for (const [side, plane] of planes) {
			const keyring = await openKeyring(config, side);
			await keyring.check();
			keyrings.set(side, keyring);
			desks.set(side, openDesk({ plane, keyring, audit: log, registry, config, metrics, logger }));
		}
		const authenticate = await openAuthenticator(config);
		const counted = createRateLimit(config.limits.ratePerMinute);
		const apollo = createApollo({ schema, logger, metrics, introspection });
		await apollo.start();
		const http = await createHttpServer<RequestContext>({
			server: config.server,
			logger,
			metrics,
			apollo,
			async context(request) {
				const principal = await counted(request.ip, () =>
					identifyPrincipal(authenticate, door, request.headers.authorization),
				).catch((error: unknown) => recordRefusal(log, sides, request.id, error));
				const desk = desks.get(principal.kind);
				if (!desk)
					return recordRefusal(
						log,
						sides,
						request.id,
						refusedHere(principal, 'This server is for the other plane: use the address you were given.'),
					);
				return createContext(request.id, principal, deskOf(principal, desk, portal));
			},
			ready: () => checkReadiness(planes, logPlane, keyrings),
			// It lives on introspection.
			graphiql: introspection,
		});
		await log.append([systemEntry(config.plane === 'operator' ? 'operator' : 'firm', { action: 'process.start' })]);
		const url = await http.listen();
		const firmPlane = planes.get('firm');
		const witness =
			firmPlane &&
			(await openRecoveryWitness(firmPlane, (error) =>
				logger.error({ err: error }, 'recoveries of owners could not be looked for'),
			));
		logger.info({ address: url }, 'listening');
		return {
			url,
			async stop() {
				await http.stop();
				await apollo.stop();
				await witness?.stop();
				await log.close();
				await close();
			},
		};
	} catch (error) {
		await close();
		throw error;
	}
}

/** Whoever is of a client sees what the portal's role sees for this client. */
function deskOf(principal: Principal, desk: Desk, portal: Plane | null): Desk {
	if (principal.kind === 'operator' || principal.client === null) return desk;
	if (!portal) throw new Error('There is no portal here.');
	return { ...desk, plane: portal.forClient(principal.client) };
}

/** What must work before requests are sent here. */
async function checkReadiness(
	planes: ReadonlyMap<Side, Plane>,
	logPlane: Plane,
	keyrings: ReadonlyMap<Side, Keyring>,
): Promise<Readiness> {
	const works = (check: Promise<unknown>) =>
		check.then(
			() => true,
			() => false,
		);
	const checks = [
		...[...planes].map(([side, plane]) => [`database ${side}`, works(plane.read(null, checkAppend))] as const),
		['log', works(logPlane.read(null, checkAppend))] as const,
		...[...keyrings].map(([side, keyring]) => [`keyring ${side}`, works(keyring.check())] as const),
	];
	const results = await Promise.all(checks.map(async ([name, check]) => [name, await check] as const));
	return { ok: results.every(([, ok]) => ok), checks: Object.fromEntries(results) };
}

/** @throws SetupError with every reason why production does not start so. */
function refuseInProduction(config: Config, facts: Pick<StartFacts, 'roles' | 'introspection'>): void {
	const refusals = productionRefusals(config, { ...facts, ...debuggerFacts(config) });
	if (refusals.length > 0) throw new SetupError(refusals.join('\n'));
}

/** @throws SetupError for a database that has no Firmseal, or an older one. */
async function assertPrepared(plane: Plane): Promise<void> {
	try {
		await plane.read(null, checkAppend);
	} catch (error) {
		if (error instanceof FirmsealError) throw error;
		throw new SetupError('The database is not prepared for Firmseal: run `firmseal init`.');
	}
}

/** @throws SetupError in production for a database that is not as the migrations left it; development is only warned. */
async function refuseDrift(config: Config, plane: Plane, logger: Logger): Promise<void> {
	const findings = await inspectCatalogue(plane, { sharedLogin: config.env === 'development' });
	const wrong = findings.filter(({ ok }) => !ok);
	if (wrong.length > 0 && config.env === 'production')
		throw new SetupError(wrong.map(({ check, mend }) => `Not so: ${check}. ${mend}`).join('\n'));
	for (const { check } of wrong)
		logger.warn({ check, count: wrong.length }, 'the database has drifted: firmseal doctor says how');
}

/** @throws the error itself, once a refused account is on record. */
async function recordRefusal(log: AuditLog, sides: readonly Side[], request: string, error: unknown): Promise<never> {
	if (error instanceof RefusedAccountError) {
		const { actor, firm } = error;
		const plane = sides.find((side) => side === actor.kind) ?? sides[0] ?? 'firm';
		await log.append([
			draftEntry({ actor, plane, request }, { action: 'request.deny', decision: 'DENIED', firm, reason: 'FORBIDDEN' }),
		]);
	}
	throw error;
}
