import type { Principal } from '../access/index.ts';
import {
	addCheckpointKeyRoute,
	addDocumentRoutes,
	columnOfCoordinate,
	createAdmission,
	createApollo,
	createContext,
	createHttpServer,
	createLeaseSlots,
	createMetrics,
	createNewcomerContext,
	createRateLimit,
	createResponseMemory,
	createSchema,
	type DemoPeople,
	entryOfRefusal,
	type HttpExchange,
	type IdentifiedCaller,
	type IdentifiedNewcomer,
	type IdentifyWithLimit,
	type IdentityDeps,
	identifyByTicket,
	identifyNewcomer,
	identifyPrincipal,
	isInvitationAcceptance,
	type LeaseRequestDeps,
	type Logger,
	leaseErrorOf,
	openDemo,
	openLeaseFromHeader,
	partyOf,
	RefusedAccountError,
	type RequestContext,
	readOperationFiles,
	registerOperations,
	reportForgery,
	startLeaseDeadline,
	wrongPlaneError,
} from '../api/index.ts';
import { type AuditLog, systemEntry } from '../audit/index.ts';
import type { AppendingLog, WriteReport } from '../audit-log/index.ts';
import { type Clock, systemClock } from '../clock/index.ts';
import type { Config } from '../config/index.ts';
import { type Content, FILE_LOCATION_COORDINATE } from '../content/index.ts';
import { inspectLogin, type Plane } from '../database/index.ts';
import type { FileReference, ObjectStore } from '../documents/index.ts';
import { FirmsealError } from '../errors.ts';
import { openRecoveryWatch, type RequestServices } from '../firms/index.ts';
import { type Keyring, measureKeyring } from '../keys/index.ts';
import { findActiveLease } from '../leases/index.ts';
import {
	assertInstallationProven,
	assertKeyringMatches,
	type ColumnMoveWatch,
	createUnavailableContent,
	type DatabaseAccess,
	MAX_CONCURRENT_LEASE_REQUESTS,
	openAuthenticator,
	openKeyring,
	openLog,
	openObjects,
	openPlaintextObjects,
	openPlaneOf,
	openRefusalFeed,
	openRequestLeases,
	openRequestServices,
	type RefusalFeed,
	watchColumnMoves,
} from '../wiring/index.ts';
import { type AnchorHealth, watchAnchors } from './anchor-health.ts';
import { continueWithoutKeyService, reportKeyringHealth, reportRefusalFeed } from './keyring-health.ts';
import { checkReadiness } from './readiness.ts';
import { assertNoDrift, assertPrepared, assertProductionRules, assertSameDatabase } from './start-checks.ts';

export interface RunningServer {
	/** Where it listens, such as http://127.0.0.1:4000. */
	readonly url: string;
	/** GraphiQL's page, as it is to be opened; null: there is none. With a demo's people it has the secret of this start. */
	readonly page: string | null;
	/** Ends running requests, writes what is to be recorded, and lets go of the database. */
	stop(): Promise<void>;
}

type PrincipalKind = Principal['kind'];

/** A request, and its answer to be. */
type RequestAndReply = Omit<HttpExchange, 'resetConnection'>;

export interface StartOptions {
	/** Whether operations that aren't registered are refused; as requiresRegisteredOperations unless given. */
	readonly onlyRegistered?: boolean;
	/** Puts something around each plane's keyring, such as a test that counts or a gauge. */
	readonly wrapKeyring?: (keyring: Keyring, side: PrincipalKind) => Keyring;
	/** Looks up the leases that requests name; findActiveLease unless given. */
	readonly findLease?: LeaseRequestDeps['findLease'];
	/** Where objects are, guarded; as the settings say unless given. */
	readonly store?: ObjectStore;
	/** Whom GraphiQL's page may ask as, where openDemo() lets it; no one unless given. */
	readonly demo?: DemoPeople;
	/** The system's unless given. */
	readonly clock?: Clock;
}

/** In production, whoever operates the platform gets no further than what somebody has looked at. */
export const requiresRegisteredOperations = ({ env, plane }: Pick<Config, 'env' | 'plane'>): boolean =>
	env === 'production' && plane !== 'firm';

/**
 * The API of one process: its planes, each with rows, keys and cache of its own, one log, one HTTP server.
 * @throws SetupError for whatever keeps it from starting.
 */
export async function startServer(
	config: Config,
	database: DatabaseAccess,
	logger: Logger,
	{
		onlyRegistered = requiresRegisteredOperations(config),
		wrapKeyring = (keyring) => keyring,
		findLease = findActiveLease,
		store: given,
		demo: people,
		clock = systemClock,
	}: StartOptions = {},
): Promise<RunningServer> {
	const introspection = config.env === 'development';
	assertProductionRules(config, 'api', { introspection });
	const metrics = createMetrics();
	const { schema, registry } = createSchema();
	const sides: readonly [PrincipalKind, ...PrincipalKind[]] =
		config.plane === 'all' ? ['firm', 'operator'] : [config.plane];
	const [first] = sides;
	const demo = people ? openDemo(config, sides, people) : null;
	const registered = sides.includes('operator')
		? { operations: registerOperations(schema, readOperationFiles()), onlyRegistered }
		: null;
	const planes = new Map(sides.map((side) => [side, openPlaneOf(database, `firmseal_${side}`)]));
	const [front] = planes.values() as Iterable<Plane> as [Plane];
	const logPlanes = new Map(sides.map((side) => [side, openPlaneOf(database, `firmseal_${side}`, 1)]));
	const refusalPlane = openPlaneOf(database, front.role, 1);
	// Of their own, so that nobody's queries keep others from being told who they are.
	const doors = new Map(sides.map((side) => [side, openPlaneOf(database, `firmseal_${side}`, 4)]));
	// A portal's requests have the firm's keys and rows of their own.
	const portal = sides.includes('firm') ? openPlaneOf(database, 'firmseal_portal', 6) : null;
	// For what a firm's people end, which waits for nothing that is read.
	const exit = sides.includes('firm') ? openPlaneOf(database, 'firmseal_firm', 4) : null;
	const single = [refusalPlane, portal, exit].filter((plane) => plane !== null);
	const opened = [...planes.values(), ...doors.values(), ...logPlanes.values(), ...single];
	let leases: ReturnType<typeof openRequestLeases> | null = null;
	let refusals: RefusalFeed | null = null;
	let watching: AnchorHealth | null = null;
	let moves: ColumnMoveWatch | null = null;
	const close = async () => {
		await Promise.all([refusals?.stop(), watching?.stop(), moves?.stop()]);
		await Promise.all([...opened.map((plane) => plane.close()), leases?.close()]);
	};
	try {
		assertProductionRules(config, 'api', {
			roles: await Promise.all([...planes.values()].map(inspectLogin)),
			introspection,
		});
		await assertSameDatabase([...planes.values()]);
		for (const plane of planes.values()) await assertPrepared(plane);
		await assertKeyringMatches(config, database);
		await assertNoDrift(config, front, logger);
		const onAppend = ({ entries, milliseconds, error }: WriteReport) => {
			metrics.auditAppend({ outcome: error ? 'failed' : 'ok', entries, seconds: milliseconds / 1000 });
			if (error) logger.error({ err: error, count: entries }, 'audit entries could not be written');
		};
		// Each plane's entries by its own login: the log names them after it.
		const logs = new Map([...logPlanes].map(([side, plane]) => [side, openLog(plane, onAppend)]));
		const logOf = (side: PrincipalKind) => logs.get(side) as AppendingLog;
		refusals = openRefusalFeed({ clock, plane: refusalPlane, ...reportRefusalFeed(logger, first) });
		if (registry.fields.some(({ movedFrom }) => movedFrom)) moves = await watchColumnMoves(refusalPlane, clock);
		const servicesBySide = new Map<PrincipalKind, RequestServices>();
		const keyrings = new Map<PrincipalKind, Keyring>();
		for (const [side, plane] of planes) {
			const asked = wrapKeyring(await openKeyring(config, side, reportKeyringHealth(side, logger, metrics)), side);
			const keyring = measureKeyring(asked, metrics.keyringCall);
			await continueWithoutKeyService(side, logger, async () => {
				await keyring.check();
				await assertInstallationProven(keyring);
			});
			keyrings.set(side, keyring);
			const deps = doors.get(side) as Plane;
			servicesBySide.set(
				side,
				openRequestServices({
					plane,
					keyring,
					audit: logOf(side),
					registry,
					config,
					metrics,
					logger,
					identityPlane: deps,
					refusals,
					moves,
					clock,
				}),
			);
		}
		const store = given ?? (await openObjects(config));
		const clear = registry.get(FILE_LOCATION_COORDINATE)?.movedFrom ? await openPlaintextObjects(config) : null;
		const operators = servicesBySide.get('operator');
		const operatorKeyring = keyrings.get('operator');
		if (operators && operatorKeyring)
			leases = openRequestLeases({
				database,
				plane: operators.plane,
				logger,
				keyring: operatorKeyring,
				audit: logOf('operator'),
				registry,
				config,
				columnOf: columnOfCoordinate,
				clock,
			});
		const takeSlot = createLeaseSlots(MAX_CONCURRENT_LEASE_REQUESTS, clock);
		const leaseDoor = operators &&
			leases && { ...operators, ...leases, audit: logOf('operator'), logger, findLease, takeSlot, clock };
		const deps: IdentityDeps = {
			authenticate: await openAuthenticator(config),
			plane: doors.get(first) as Plane,
			rights: Object.fromEntries([...servicesBySide].map(([side, { rights }]) => [side, rights])),
		};
		const standing = await watchAnchors({ config, clock, plane: front, withTombstones: true, logger });
		watching = standing;
		const closedBy = (why?: (side: PrincipalKind) => FirmsealError) => {
			const ofSide = (side: PrincipalKind) =>
				createUnavailableContent({ audit: logOf(side), metrics, logger, ...(why && { why: () => why(side) }) });
			const bySide = new Map(sides.map((side) => [side, ofSide(side)]));
			return (side: PrincipalKind) => bySide.get(side) as Content;
		};
		const closedFor = closedBy();
		const shutFor = closedBy((side) => standing.refusalFor(side) ?? contentReopened());
		const counted = createRateLimit(config.limits.ratePerMinute);
		const admission = createAdmission(config.limits.requestsAtOnce, clock, metrics.requestRefused);
		metrics.watchRequests(admission.requestCounts);
		const roomOf = createResponseMemory();
		const apollo = createApollo({ schema, logger, metrics, introspection, registered });
		await apollo.start();
		/** Whoever `identify` finds, with what they work by. */
		const enter = async (
			{ request, reply }: RequestAndReply,
			count: IdentifyWithLimit,
			identify: () => Promise<IdentifiedCaller | IdentifiedNewcomer>,
			by: 'token' | 'ticket' = 'token',
		): Promise<RequestContext> => {
			const identified = await count(request.ip, identify).catch((error: unknown) => {
				// Somebody who was removed must not fill the places of the firm.
				if (error instanceof FirmsealError && UNIDENTIFIED_CODES.has(error.code)) admission.forgetAccount(request);
				return recordRefusal({ logs, logger }, request.id, error);
			});
			if ('newcomer' in identified) {
				const services = servicesBySide.get('firm') as RequestServices;
				const content = standing.refusalFor('firm') ? shutFor('firm') : services.content;
				return createNewcomerContext(request.id, identified.newcomer, { ...services, content });
			}
			const { principal } = identified;
			// A ticket is used up by now, and says nothing of a token beside it.
			if (by === 'token') await admission.assignAccount(request, principal.user, partyOf(principal));
			const services = servicesBySide.get(principal.kind);
			if (!services)
				return recordRefusal(
					{ logs, logger },
					request.id,
					wrongPlaneError(principal, 'This server is for the other plane: use the address you were given.'),
				);
			const reset = () => http.resetConnection(request);
			const lease = await openLeaseFromHeader(leaseDoor || null, { request, reply, resetConnection: reset }, principal);
			// Asked after the wait for a place, in which the log may have been found to disagree with its anchors.
			const refusal = standing.refusalFor(principal.kind);
			// What a lease opens has keys of its own.
			if (refusal && lease) throw refusal;
			const context = createContext(
				request.id,
				identified,
				servicesFor(principal, services, {
					portal,
					revocationPlane: exit,
					closed: refusal ? shutFor(principal.kind) : principal.proven ? null : closedFor(principal.kind),
				}),
				lease,
			);
			return { ...context, reserveResponseMemory: roomOf(principal, reply) };
		};
		const byToken = (request: RequestAndReply['request'], reply: RequestAndReply['reply'], count = counted.byToken) =>
			enter({ request, reply }, count, () => identifyPrincipal(deps, request.headers.authorization));
		const byTokenOrInvitation = (request: RequestAndReply['request'], reply: RequestAndReply['reply']) => {
			const { firm } = deps.rights;
			if (!firm || !isInvitationAcceptance(request)) return byToken(request, reply);
			const identify = () => identifyNewcomer(deps, firm, request.headers.authorization);
			return enter({ request, reply }, counted.byToken, identify);
		};
		const http = await createHttpServer<RequestContext>({
			server: config.server,
			logger,
			metrics,
			apollo,
			checkBeforeSend: leaseErrorOf,
			beforeSend: startLeaseDeadline,
			context: byTokenOrInvitation,
			admission,
			// By the doors, which nobody's queries take.
			ready: () => checkReadiness({ clock, planes: doors, logPlanes, keyrings, store }),
			clock,
			// It lives on introspection.
			graphiql: introspection,
			demo,
		});
		addCheckpointKeyRoute(http.app, front, clock);
		const ofFirm = servicesBySide.get('firm');
		addDocumentRoutes(http.app, {
			store,
			plaintextStore: clear,
			clock,
			logger,
			corsOrigins: config.server.corsOrigins,
			resetConnection: http.resetConnection,
			abortResponse: http.abortResponse,
			// A file has slots of its own, once it is clear who asks. Any page can ask for one, without a token, from the address of whoever opens the page.
			context: (request, reply) =>
				admission.admit(request, () =>
					byToken(request, reply, request.headers.authorization ? counted.byToken : withoutRateLimit),
				),
			ticketContext:
				ofFirm === undefined
					? null
					: async (ticket, request, reply) => {
							let file: FileReference | undefined;
							const context = await admission.admit(request, () =>
								enter(
									{ request, reply },
									counted.byTicket,
									async () => {
										const taken = await identifyByTicket(
											{ plane: doors.get('firm') as Plane, rights: ofFirm.rights },
											ticket,
										);
										file = taken.file;
										return taken;
									},
									'ticket',
								),
							);
							return { context, file: file as FileReference };
						},
		});
		await logOf(first).append([systemEntry(first, { action: 'process.start' })]);
		const firmPlane = planes.get('firm');
		const witness =
			firmPlane &&
			(await openRecoveryWatch(firmPlane, clock, (error) =>
				logger.error({ err: error }, 'pending owner recoveries could not be checked'),
			));
		const url = await http.listen().catch(async (error: unknown) => {
			await witness?.stop();
			throw error;
		});
		logger.info({ address: url }, 'listening');
		return {
			url,
			page: http.page && url + http.page,
			async stop() {
				await http.stop();
				await apollo.stop();
				await witness?.stop();
				await Promise.all([...logs.values()].map((log) => log.close()));
				await close();
			},
		};
	} catch (error) {
		await close();
		throw error;
	}
}

const withoutRateLimit: IdentifyWithLimit = (_address, identify) => identify();

interface ServiceOverrides {
	readonly portal: Plane | null;
	readonly revocationPlane: Plane | null;
	/** Instead of the desk's own; null: that is open. */
	readonly closed: Content | null;
}

/** The log agrees with its anchors again, and what was begun before opens nothing more. */
const contentReopened = () =>
	new FirmsealError('AUDIT_UNAVAILABLE', 'Content was closed a moment ago: repeat the request.');

/** Whoever is of a client sees what the portal's role sees for this client; who can't be proven now opens nothing. */
function servicesFor(
	principal: Principal,
	shared: RequestServices,
	{ portal, revocationPlane, closed }: ServiceOverrides,
): RequestServices {
	const services = closed ? { ...shared, content: closed } : shared;
	if (principal.kind === 'operator') return services;
	if (principal.client === null) return { ...services, ...(revocationPlane && { revocationPlane: revocationPlane }) };
	if (!portal) throw new Error('There is no portal here.');
	return { ...services, plane: portal.forClient(principal.client) };
}

interface RefusalLogs {
	/** Of the sides that this process serves. */
	readonly logs: ReadonlyMap<PrincipalKind, AuditLog>;
	readonly logger: Logger;
}

/** What is told to who is nobody here, or nobody any more. */
const UNIDENTIFIED_CODES: ReadonlySet<string> = new Set(['UNAUTHENTICATED', 'FORBIDDEN']);

/** @throws the error itself, once a refused account is on record; one whose row proves nothing is told to whoever is on call too. */
async function recordRefusal({ logs, logger }: RefusalLogs, request: string, error: unknown): Promise<never> {
	if (error instanceof RefusedAccountError) {
		const own = [...logs].find(([side]) => side === error.actor.kind) ?? [...logs][0];
		reportForgery(logger, error, request);
		await own?.[1].append([entryOfRefusal(error, own[0], request)]);
	}
	throw error;
}
