import type { Principal } from '../access/index.ts';
import {
	type Arrived,
	addCheckpointKeyRoute,
	addDocumentRoutes,
	columnOfCoordinate,
	createAdmission,
	createAnswerRoom,
	createApollo,
	createContext,
	createHttpServer,
	createJoiningContext,
	createLeasePlaces,
	createMetrics,
	createRateLimit,
	createSchema,
	cutByLease,
	type DemoPeople,
	type Door,
	type Exchange,
	entryOfRefusal,
	type Identified,
	type Identify,
	identifyByTicket,
	identifyNewcomer,
	identifyPrincipal,
	isJoining,
	type LeaseDoor,
	type Logger,
	limitAnswer,
	openDemo,
	openNamedLease,
	partyOf,
	RefusedAccountError,
	type RequestContext,
	readOperationFiles,
	refusedHere,
	registerOperations,
	tellForgery,
} from '../api/index.ts';
import { type AuditLog, systemEntry } from '../audit/index.ts';
import type { AppendingLog, WriteReport } from '../audit-log/index.ts';
import { type Clock, systemClock } from '../clock/index.ts';
import type { Config } from '../config/index.ts';
import { type Content, FILE_LOCATION } from '../content/index.ts';
import { inspectSignIn, type Plane } from '../database/index.ts';
import type { FileName, ObjectStore } from '../documents/index.ts';
import { FirmsealError } from '../errors.ts';
import { type Desk, openRecoveryWitness } from '../firms/index.ts';
import { type Keyring, measureKeyring } from '../keys/index.ts';
import { findOpenLease } from '../leases/index.ts';
import {
	assertOwnKeyring,
	assertProven,
	type DatabaseAccess,
	LEASES_AT_ONCE,
	type MoveWatch,
	openAuthenticator,
	openClearObjects,
	openClosedContent,
	openDesk,
	openKeyring,
	openLeaseUses,
	openLog,
	openObjects,
	openPlaneOf,
	type RefusalWatch,
	watchMoves,
	watchRefusals,
} from '../wiring/index.ts';
import { type AnchorStanding, watchAnchors } from './anchor-standing.ts';
import { startWithoutKeys, tellSight, tellTrouble } from './key-trouble.ts';
import { checkReadiness } from './readiness.ts';
import { assertOneDatabase, assertPrepared, refuseDrift, refuseInProduction } from './start-checks.ts';

export interface RunningServer {
	/** Where it listens, such as http://127.0.0.1:4000. */
	readonly url: string;
	/** GraphiQL's page, as it is to be opened; null: there is none. With a demo's people it has the secret of this start. */
	readonly page: string | null;
	/** Ends running requests, writes what is to be recorded, and lets go of the database. */
	stop(): Promise<void>;
}

type Side = Principal['kind'];

/** A request, and its answer to be. */
type Arrival = Omit<Exchange, 'reset'>;

export interface StartOptions {
	/** Whether operations that aren't registered are refused; as mustBeRegistered unless given. */
	readonly onlyRegistered?: boolean;
	/** Puts something around each plane's keyring, such as a test that counts or a gauge. */
	readonly around?: (keyring: Keyring, side: Side) => Keyring;
	/** Looks up the leases that requests name; findOpenLease unless given. */
	readonly findLease?: LeaseDoor['findLease'];
	/** Where objects are, guarded; as the settings say unless given. */
	readonly store?: ObjectStore;
	/** Whom GraphiQL's page may ask as, where openDemo() lets it; no one unless given. */
	readonly demo?: DemoPeople;
	/** The system's unless given. */
	readonly clock?: Clock;
}

/** In production, whoever operates the platform gets no further than what somebody has looked at. */
export const mustBeRegistered = ({ env, plane }: Pick<Config, 'env' | 'plane'>): boolean =>
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
		onlyRegistered = mustBeRegistered(config),
		around = (keyring) => keyring,
		findLease = findOpenLease,
		store: given,
		demo: people,
		clock = systemClock,
	}: StartOptions = {},
): Promise<RunningServer> {
	const introspection = config.env === 'development';
	refuseInProduction(config, 'api', { introspection });
	const metrics = createMetrics();
	const { schema, registry } = createSchema();
	const sides: readonly [Side, ...Side[]] = config.plane === 'all' ? ['firm', 'operator'] : [config.plane];
	const [first] = sides;
	const demo = people ? openDemo(config, sides, people) : null;
	const registered = sides.includes('operator')
		? { operations: registerOperations(schema, readOperationFiles()), only: onlyRegistered }
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
	let leases: ReturnType<typeof openLeaseUses> | null = null;
	let refusals: RefusalWatch | null = null;
	let watching: AnchorStanding | null = null;
	let moves: MoveWatch | null = null;
	const close = async () => {
		await Promise.all([refusals?.stop(), watching?.stop(), moves?.stop()]);
		await Promise.all([...opened.map((plane) => plane.close()), leases?.close()]);
	};
	try {
		refuseInProduction(config, 'api', {
			roles: await Promise.all([...planes.values()].map(inspectSignIn)),
			introspection,
		});
		await assertOneDatabase([...planes.values()]);
		for (const plane of planes.values()) await assertPrepared(plane);
		await assertOwnKeyring(config, database);
		await refuseDrift(config, front, logger);
		const onAppend = ({ entries, milliseconds, error }: WriteReport) => {
			metrics.auditAppend({ outcome: error ? 'failed' : 'ok', entries, seconds: milliseconds / 1000 });
			if (error) logger.error({ err: error, count: entries }, 'audit entries could not be written');
		};
		// Each plane's entries by its own login: the log names them after it.
		const logs = new Map([...logPlanes].map(([side, plane]) => [side, openLog(plane, onAppend)]));
		const logOf = (side: Side) => logs.get(side) as AppendingLog;
		refusals = watchRefusals({ clock, plane: refusalPlane, ...tellSight(logger, first) });
		if (registry.fields.some(({ movedFrom }) => movedFrom)) moves = await watchMoves(refusalPlane, clock);
		const desks = new Map<Side, Desk>();
		const keyrings = new Map<Side, Keyring>();
		for (const [side, plane] of planes) {
			const asked = around(await openKeyring(config, side, tellTrouble(side, logger, metrics)), side);
			const keyring = measureKeyring(asked, metrics.keyringCall);
			await startWithoutKeys(side, logger, async () => {
				await keyring.check();
				await assertProven(keyring);
			});
			keyrings.set(side, keyring);
			const door = doors.get(side) as Plane;
			desks.set(
				side,
				openDesk({
					plane,
					keyring,
					audit: logOf(side),
					registry,
					config,
					metrics,
					logger,
					door,
					refusals,
					moves,
					clock,
				}),
			);
		}
		const store = given ?? (await openObjects(config));
		const clear = registry.get(FILE_LOCATION)?.movedFrom ? await openClearObjects(config) : null;
		const operators = desks.get('operator');
		const operatorKeyring = keyrings.get('operator');
		if (operators && operatorKeyring)
			leases = openLeaseUses({
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
		const takePlace = createLeasePlaces(LEASES_AT_ONCE, clock);
		const leaseDoor = operators &&
			leases && { ...operators, ...leases, audit: logOf('operator'), logger, findLease, takePlace, clock };
		const door: Door = {
			authenticate: await openAuthenticator(config),
			plane: doors.get(first) as Plane,
			rights: Object.fromEntries([...desks].map(([side, { rights }]) => [side, rights])),
		};
		const standing = await watchAnchors({ config, clock, plane: front, withTombstones: true, logger });
		watching = standing;
		const closedBy = (why?: (side: Side) => FirmsealError) => {
			const ofSide = (side: Side) =>
				openClosedContent({ audit: logOf(side), metrics, logger, ...(why && { why: () => why(side) }) });
			const bySide = new Map(sides.map((side) => [side, ofSide(side)]));
			return (side: Side) => bySide.get(side) as Content;
		};
		const closedFor = closedBy();
		const shutFor = closedBy((side) => standing.refusalFor(side) ?? reopened());
		const counted = createRateLimit(config.limits.ratePerMinute);
		const admission = createAdmission(config.limits.requestsAtOnce, clock, metrics.requestRefused);
		metrics.watchRequests(admission.underWay);
		const roomOf = createAnswerRoom();
		const apollo = createApollo({ schema, logger, metrics, introspection, registered });
		await apollo.start();
		/** Whoever `identify` finds, with what they work by. */
		const enter = async (
			{ request, reply }: Arrival,
			count: Identify,
			identify: () => Promise<Identified | Arrived>,
			by: 'token' | 'ticket' = 'token',
		): Promise<RequestContext> => {
			const identified = await count(request.ip, identify).catch((error: unknown) => {
				// Somebody who was removed must not fill the places of the firm.
				if (error instanceof FirmsealError && NOBODY.has(error.code)) admission.forget(request);
				return recordRefusal({ logs, logger }, request.id, error);
			});
			if ('newcomer' in identified) {
				const desk = desks.get('firm') as Desk;
				const content = standing.refusalFor('firm') ? shutFor('firm') : desk.content;
				return createJoiningContext(request.id, identified.newcomer, { ...desk, content });
			}
			const { principal } = identified;
			// A ticket is used up by now, and says nothing of a token beside it.
			if (by === 'token') await admission.know(request, principal.user, partyOf(principal));
			const desk = desks.get(principal.kind);
			if (!desk)
				return recordRefusal(
					{ logs, logger },
					request.id,
					refusedHere(principal, 'This server is for the other plane: use the address you were given.'),
				);
			const reset = () => http.reset(request);
			const lease = await openNamedLease(leaseDoor || null, { request, reply, reset }, principal);
			// Asked after the wait for a place, in which the log may have been found to disagree with its anchors.
			const refusal = standing.refusalFor(principal.kind);
			// What a lease opens has keys of its own.
			if (refusal && lease) throw refusal;
			const context = createContext(
				request.id,
				identified,
				deskOf(principal, desk, {
					portal,
					exit,
					closed: refusal ? shutFor(principal.kind) : principal.proven ? null : closedFor(principal.kind),
				}),
				lease,
			);
			return { ...context, takeRoom: roomOf(principal, reply) };
		};
		const byToken = (request: Arrival['request'], reply: Arrival['reply'], count = counted.byToken) =>
			enter({ request, reply }, count, () => identifyPrincipal(door, request.headers.authorization));
		const byTokenOrInvitation = (request: Arrival['request'], reply: Arrival['reply']) => {
			const { firm } = door.rights;
			if (!firm || !isJoining(request)) return byToken(request, reply);
			const identify = () => identifyNewcomer(door, firm, request.headers.authorization);
			return enter({ request, reply }, counted.byToken, identify);
		};
		const http = await createHttpServer<RequestContext>({
			server: config.server,
			logger,
			metrics,
			apollo,
			cut: cutByLease,
			onAnswer: limitAnswer,
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
		const ofFirm = desks.get('firm');
		addDocumentRoutes(http.app, {
			store,
			clear,
			clock,
			logger,
			corsOrigins: config.server.corsOrigins,
			reset: http.reset,
			cut: http.cut,
			// A file has slots of its own, once it is clear who asks. Any page can ask for one, without a token, from the address of whoever opens the page.
			context: (request, reply) =>
				admission.admit(request, () =>
					byToken(request, reply, request.headers.authorization ? counted.byToken : uncounted),
				),
			ticketContext:
				ofFirm === undefined
					? null
					: async (ticket, request, reply) => {
							let file: FileName | undefined;
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
							return { context, file: file as FileName };
						},
		});
		await logOf(first).append([systemEntry(first, { action: 'process.start' })]);
		const firmPlane = planes.get('firm');
		const witness =
			firmPlane &&
			(await openRecoveryWitness(firmPlane, clock, (error) =>
				logger.error({ err: error }, 'recoveries of owners could not be looked for'),
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

const uncounted: Identify = (_address, identify) => identify();

interface Others {
	readonly portal: Plane | null;
	readonly exit: Plane | null;
	/** Instead of the desk's own; null: that is open. */
	readonly closed: Content | null;
}

/** The log agrees with its anchors again, and what was begun before opens nothing more. */
const reopened = () => new FirmsealError('AUDIT_UNAVAILABLE', 'Content was closed a moment ago: repeat the request.');

/** Whoever is of a client sees what the portal's role sees for this client; who can't be proven now opens nothing. */
function deskOf(principal: Principal, shared: Desk, { portal, exit, closed }: Others): Desk {
	const desk = closed ? { ...shared, content: closed } : shared;
	if (principal.kind === 'operator') return desk;
	if (principal.client === null) return { ...desk, ...(exit && { exit }) };
	if (!portal) throw new Error('There is no portal here.');
	return { ...desk, plane: portal.forClient(principal.client) };
}

interface Refusals {
	/** Of the sides that this process serves. */
	readonly logs: ReadonlyMap<Side, AuditLog>;
	readonly logger: Logger;
}

/** What is told to who is nobody here, or nobody any more. */
const NOBODY: ReadonlySet<string> = new Set(['UNAUTHENTICATED', 'FORBIDDEN']);

/** @throws the error itself, once a refused account is on record; one whose row proves nothing is told to whoever is on call too. */
async function recordRefusal({ logs, logger }: Refusals, request: string, error: unknown): Promise<never> {
	if (error instanceof RefusedAccountError) {
		const own = [...logs].find(([side]) => side === error.actor.kind) ?? [...logs][0];
		tellForgery(logger, error, request);
		await own?.[1].append([entryOfRefusal(error, own[0], request)]);
	}
	throw error;
}
