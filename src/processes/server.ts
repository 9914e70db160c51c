import type { Principal } from '../access/index.ts';
import {
	addCheckpointKeyRoute,
	addDocumentRoutes,
	addEventRoute,
	addIssuerRoutes,
	createApollo,
	createFirmReader,
	createHttpServer,
	createMetrics,
	createOperatorReader,
	createSchema,
	type DemoPeople,
	type DemoSignIn,
	EventFeed,
	enterByTicket,
	enterByTokenOrInvitation,
	enterForEvents,
	enterForFile,
	type HttpServer,
	identifyPrincipal,
	type LeaseRequestDeps,
	type Logger,
	leaseErrorOf,
	type Metrics,
	mayOfferDemo,
	openDemo,
	type RequestContext,
	type RequestParts,
	readOperationFiles,
	registerOperations,
	type SealedSchema,
	startLeaseDeadline,
} from '../api/index.ts';
import { systemEntry } from '../audit/index.ts';
import { type BackgroundTask, type Clock, runLoops, systemClock } from '../clock/index.ts';
import type { Config } from '../config/index.ts';
import { FILE_LOCATION_COORDINATE } from '../content/index.ts';
import { inspectLogin, markOwnerRecoveriesSeen } from '../database/index.ts';
import type { ObjectStore, PlaintextStore } from '../documents/index.ts';
import type { Keyring } from '../keys/index.ts';
import {
	assertKeyringMatches,
	type DatabaseAccess,
	openAuthenticator,
	openObjects,
	openPlaintextObjects,
	openRefusalFeed,
	openServerPlanes,
	type ServerPlanes,
	watchColumnMoves,
} from '../wiring/index.ts';
import { watchAnchors } from './anchor-health.ts';
import { reportRefusalFeed } from './keyring-health.ts';
import { openPages } from './open-pages.ts';
import { checkReadiness } from './readiness.ts';
import { openRequestParts, openServerLeases, type ServerLeases } from './request-parts.ts';
import { openServerSides, type ServerSide } from './server-sides.ts';
import { assertNoDrift, assertPrepared, assertProductionRules, assertSameDatabase } from './start-checks.ts';

export interface RunningServer {
	/** The URL that it listens on, such as http://127.0.0.1:4000. */
	readonly url: string;
	/** The URL of GraphiQL's page, or null if there is none. With the people of a demo, the URL has the secret of this start. */
	readonly page: string | null;
	/** Ends running requests, writes the audit entries that wait, and releases the database. */
	stop(): Promise<void>;
}

type PrincipalKind = Principal['kind'];
type Sides = ReadonlyMap<PrincipalKind, ServerSide>;

export interface StartOptions {
	/** Whether operations that aren't registered are refused; requiresRegisteredOperations() decides unless given. */
	readonly onlyRegistered?: boolean;
	/** Wraps the keyring of each plane, such as for a test that counts calls. */
	readonly wrapKeyring?: (keyring: Keyring, side: PrincipalKind) => Keyring;
	/** Looks up a lease that a request names; findActiveLease unless given. */
	readonly findLease?: LeaseRequestDeps['findLease'];
	/** The guarded object store; the one of the settings unless given. */
	readonly store?: ObjectStore;
	/** The people as whom GraphiQL's page may send requests, if openDemo() allows it; no one unless given. */
	readonly demo?: DemoPeople;
	/** Pending while the pages are built; they are built unless given. */
	readonly pagesBuilding?: Promise<unknown>;
	/** The people as whom the pages may be used, if mayOfferDemo() allows it; no one unless given. */
	readonly signIn?: DemoSignIn;
	/** The system's unless given. */
	readonly clock?: Clock;
}

/** In production, operators of the platform may only send operations that someone has reviewed. */
export const requiresRegisteredOperations = ({ env, plane }: Pick<Config, 'env' | 'plane'>): boolean =>
	env === 'production' && plane !== 'firm';

interface Setup extends SealedSchema {
	readonly config: Config;
	readonly database: DatabaseAccess;
	readonly logger: Logger;
	readonly metrics: Metrics;
	readonly clock: Clock;
	readonly introspection: boolean;
	/** The kinds of principal that the server serves. */
	readonly kinds: readonly [PrincipalKind, ...PrincipalKind[]];
	readonly options: StartOptions;
}

/** Closed when the start fails or the server stops. */
interface Opened {
	readonly planes: ServerPlanes;
	/** They use the planes in the background. */
	readonly watches: BackgroundTask[];
	leases: ServerLeases | null;
}

async function close({ planes, watches, leases }: Opened): Promise<void> {
	await Promise.all(watches.map((watch) => watch.stop()));
	await Promise.all([planes.close(), leases?.close()]);
}

/**
 * Starts the API: one HTTP server, and for each kind of principal a plane with rows, keys, cache and audit log of its own.
 * @throws SetupError for anything that prevents the start
 */
export async function startServer(
	config: Config,
	database: DatabaseAccess,
	logger: Logger,
	options: StartOptions = {},
): Promise<RunningServer> {
	const introspection = config.env === 'development';
	assertProductionRules(config, 'api', { introspection });
	const setup: Setup = {
		config,
		database,
		logger,
		metrics: createMetrics(),
		clock: options.clock ?? systemClock,
		introspection,
		kinds: config.plane === 'all' ? ['firm', 'operator'] : [config.plane],
		options,
		...createSchema(),
	};
	const apollo = openApollo(setup);
	const opened: Opened = { planes: openServerPlanes(database, setup.kinds), watches: [], leases: null };
	try {
		await assertDatabase(setup, opened.planes);
		const sides = await openSides(setup, opened);
		const store = options.store ?? (await openObjects(config));
		const plaintextStore = await openPlaintextStore(setup);
		const requests = await openRequests(setup, opened, sides);
		await apollo.start();
		const http = await openHttp(setup, { apollo, requests, planes: opened.planes, sides, store });
		const feeds = openEventFeeds(setup, opened);
		addRoutes(http, setup, { requests, planes: opened.planes, feeds, store, plaintextStore });
		await openPages(http, { config, kinds: setup.kinds, built: options.pagesBuilding });
		return await listen(http, setup, { apollo, opened, sides });
	} catch (error) {
		await close(opened);
		throw error;
	}
}

function openApollo({ schema, logger, metrics, introspection, kinds, config, options }: Setup) {
	const { onlyRegistered = requiresRegisteredOperations(config) } = options;
	const registered = kinds.includes('operator')
		? { operations: registerOperations(schema, readOperationFiles()), onlyRegistered }
		: null;
	return createApollo({ schema, logger, metrics, introspection, registered });
}

/** @throws SetupError if the server may not run on this database */
async function assertDatabase(
	{ config, database, logger, introspection }: Setup,
	{ bySide, first }: ServerPlanes,
): Promise<void> {
	const planes = [...bySide.values()];
	const roles = await Promise.all(planes.map(inspectLogin));
	assertProductionRules(config, 'api', { roles, introspection });
	await assertSameDatabase(planes);
	for (const plane of planes) await assertPrepared(plane);
	await assertKeyringMatches(config, database);
	await assertNoDrift(config, first, logger);
}

/** Opens the log, keyring and services of each side, and the watches for refused keys and moved columns that they use. */
async function openSides(setup: Setup, { planes, watches }: Opened): Promise<Sides> {
	const { config, registry, metrics, logger, clock, kinds, options } = setup;
	const { wrapKeyring = (keyring) => keyring } = options;
	const refusals = openRefusalFeed({ clock, plane: planes.refusals, ...reportRefusalFeed(logger, kinds[0]) });
	watches.push(refusals);
	const isMoving = registry.fields.some(({ movedFrom }) => movedFrom);
	const moves = isMoving ? await watchColumnMoves(planes.refusals, clock) : null;
	if (moves) watches.push(moves);
	return openServerSides({ config, planes, registry, metrics, logger, refusals, moves, wrapKeyring, clock });
}

const openPlaintextStore = async ({ config, registry }: Setup): Promise<PlaintextStore | null> =>
	registry.get(FILE_LOCATION_COORDINATE)?.movedFrom ? await openPlaintextObjects(config) : null;

async function openRequests(setup: Setup, opened: Opened, sides: Sides): Promise<RequestParts> {
	const { config, logger, metrics, clock, options } = setup;
	const { planes, watches } = opened;
	const leases = openServerLeases(setup, sides);
	opened.leases = leases;
	const authenticate = await openAuthenticator(config);
	const anchors = await watchAnchors({ config, clock, plane: planes.first, comparesErasureRecords: true, logger });
	watches.push(anchors);
	const { findLease } = options;
	return openRequestParts({
		config,
		planes,
		sides,
		leases,
		findLease,
		authenticate,
		anchors,
		metrics,
		logger,
		clock,
	});
}

interface HttpParts {
	readonly apollo: ReturnType<typeof createApollo>;
	readonly requests: RequestParts;
	readonly planes: ServerPlanes;
	readonly sides: Sides;
	readonly store: ObjectStore;
}

function openHttp(setup: Setup, { apollo, requests, planes, sides, store }: HttpParts): Promise<HttpServer> {
	const { config, logger, metrics, clock, introspection, kinds, options } = setup;
	const keyrings = new Map([...sides].map(([side, { keyring }]) => [side, keyring]));
	return createHttpServer<RequestContext>({
		server: config.server,
		logger,
		metrics,
		apollo,
		enter: (exchange) => enterByTokenOrInvitation(requests, exchange),
		checkBeforeSend: leaseErrorOf,
		beforeSend: startLeaseDeadline,
		admission: requests.admission,
		// Uses planes whose connections no request can use up.
		ready: () => checkReadiness({ clock, planes: planes.identity, logPlanes: planes.logs, keyrings, store }),
		clock,
		onlyThisMachine: config.env === 'development',
		// The page needs introspection.
		graphiql: introspection,
		demo: options.demo ? openDemo(config, kinds, options.demo) : null,
	});
}

/** The streams of GET /events. They use the planes that identify callers, whose connections no request can use up. */
function openEventFeeds(
	{ clock, logger, metrics }: Setup,
	{ planes, watches }: Opened,
): ReadonlyMap<PrincipalKind, EventFeed> {
	const feeds = new Map<PrincipalKind, EventFeed>();
	for (const [side, plane] of planes.identity) {
		const feed = new EventFeed({ clock, logger, reader: readers[side](plane) });
		feeds.set(side, feed);
		watches.push(feed);
		metrics.watchEventStreams(side, () => feed.size);
	}
	return feeds;
}

const readers = { firm: createFirmReader, operator: createOperatorReader };

interface RouteParts {
	readonly requests: RequestParts;
	readonly planes: ServerPlanes;
	readonly feeds: ReadonlyMap<PrincipalKind, EventFeed>;
	readonly store: ObjectStore;
	readonly plaintextStore: PlaintextStore | null;
}

function addRoutes(
	{ app, resetConnection, abortResponse }: HttpServer,
	{ config, clock, logger, kinds, options: { signIn } }: Setup,
	{ requests, planes, feeds, store, plaintextStore }: RouteParts,
): void {
	const { corsOrigins } = config.server;
	addCheckpointKeyRoute(app, { plane: planes.first, clock, corsOrigins });
	if (signIn && mayOfferDemo(config)) {
		const people = signIn.people.filter(({ side }) => kinds.includes(side));
		addIssuerRoutes(app, { ...signIn, people, clock });
	}
	addDocumentRoutes(app, {
		store,
		plaintextStore,
		clock,
		logger,
		corsOrigins,
		resetConnection,
		abortResponse,
		enter: (exchange) => enterForFile(requests, exchange),
		enterByTicket: requests.tickets && ((ticket, exchange) => enterByTicket(requests, ticket, exchange)),
	});
	addEventRoute(app, {
		clock,
		feeds,
		portal: planes.portal,
		corsOrigins,
		abortResponse,
		enter: (request) => enterForEvents(requests, request),
		identify: (authorization) => identifyPrincipal(requests.identity, authorization),
	});
}

interface ListenParts {
	readonly apollo: ReturnType<typeof createApollo>;
	readonly opened: Opened;
	readonly sides: Sides;
}

async function listen(
	http: HttpServer,
	{ logger, clock, kinds: [first] }: Setup,
	{ apollo, opened, sides }: ListenParts,
): Promise<RunningServer> {
	const logs = [...sides.values()].map(({ log }) => log);
	await logs[0]?.append([systemEntry(first, { action: 'process.start' })]);
	await watchRecoveries({ clock, logger }, opened);
	const url = await http.listen();
	logger.info({ address: url }, 'listening');
	return {
		url,
		page: http.page && url + http.page,
		async stop() {
			await http.stop();
			await apollo.stop();
			await Promise.all(logs.map((log) => log.close()));
			await close(opened);
		},
	};
}

/**
 * Marks the approved owner recoveries of all firms as seen, now and every minute, so that the 72 hours of each begin when the people of the
 * firm can find it.
 */
async function watchRecoveries(parts: Pick<Setup, 'clock' | 'logger'>, { planes, watches }: Opened): Promise<void> {
	const firms = planes.bySide.get('firm');
	if (!firms) return;
	const recoveries = {
		name: 'checking pending owner recoveries',
		failure: 'pending owner recoveries could not be checked',
		period: 60_000,
		after: 60_000,
		ref: false,
		async step() {
			await firms.write(null, markOwnerRecoveriesSeen);
			return false;
		},
	};
	await recoveries.step().catch((error: unknown) => parts.logger.error({ err: error }, recoveries.failure));
	watches.push(runLoops([recoveries], parts));
}
