import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { ChangeEvent, Principal } from '../../access/index.ts';
import type { Clock } from '../../clock/index.ts';
import { type Plane, selectVisibleIds } from '../../database/index.ts';
import { workspaceType } from '../../firms/index.ts';
import { allowOrigins, refuseOtherMethods } from '../http/index.ts';
import { createSlots, EVENT_STREAMS } from '../limits/index.ts';
import type { IdentifiedCaller } from '../request/index.ts';
import { isResponseOver, onResponseOver } from '../response-over.ts';
import type { EventFeed } from './event-feed.ts';
import { EventStream } from './event-stream.ts';
import { EventWriter } from './event-writer.ts';

export interface EventRouteOptions {
	readonly corsOrigins: readonly string[];
	readonly feeds: ReadonlyMap<Principal['kind'], EventFeed>;
	/** The plane of a firm's portal clients; null if this process serves no firms. */
	readonly portal: Plane | null;
	/** Identifies the caller at the start, as a request that counts and waits for its turn. */
	readonly enter: (request: FastifyRequest) => Promise<Pick<IdentifiedCaller, 'principal'>>;
	/** Identifies the caller again, by the same token. */
	readonly identify: (authorization: string | undefined) => Promise<Pick<IdentifiedCaller, 'principal'>>;
	readonly abortResponse: (request: FastifyRequest) => Promise<void>;
	readonly clock: Clock;
}

/**
 * GET /events: a stream of server-sent events that says what changed, by ids and kinds. While it waits, a stream holds no slot of requests and no
 * connection to the database.
 */
export function addEventRoute(app: FastifyInstance, options: EventRouteOptions): void {
	const { corsOrigins, feeds } = options;
	// Before the server waits for its connections to close.
	app.addHook('preClose', async () => {
		for (const feed of feeds.values()) feed.drain();
	});
	app.register(
		async (scope) => {
			if (corsOrigins.length > 0)
				await allowOrigins(scope, corsOrigins, { methods: ['GET'], ...EVENTS_ACROSS_ORIGINS });
			addStream(scope, options);
			refuseOtherMethods(scope, '', ['GET']);
		},
		{ prefix: '/events' },
	);
}

/** A client that connects again names the last event it got, and asks caches to keep out. */
const EVENTS_ACROSS_ORIGINS = { allowedHeaders: ['Last-Event-ID', 'Cache-Control'] };

function addStream(scope: FastifyInstance, options: EventRouteOptions): void {
	const { feeds, clock, enter, identify, abortResponse, portal } = options;
	const takeSlot = createSlots(EVENT_STREAMS, 'event streams');
	scope.route({
		method: 'GET',
		url: '',
		exposeHeadRoute: false,
		async handler(request, reply) {
			const { principal } = await enter(request);
			const feed = feeds.get(principal.kind);
			if (!feed) throw new Error('The caller has entered a side that has no feed.');
			// The client may have gone while it waited for its turn.
			if (isResponseOver(reply.raw)) return reply.hijack();
			const giveBackSlot = takeSlot(holderOf(principal));
			const { authorization } = request.headers;
			const writer = new EventWriter(reply.raw, () => void abortResponse(request));
			const stream = new EventStream({
				principal,
				writer,
				now: () => clock.now(),
				identify: async () => (await identify(authorization)).principal,
				filterShared: (caller, events) => filterShared(portal, caller, events),
			});
			onResponseOver(reply.raw, () => {
				feed.remove(stream);
				giveBackSlot();
			});
			// A body is not wanted, but over HTTP/2 only a body that was read is complete, and an incomplete one is late at some time.
			request.raw.resume();
			await feed.add(stream, () => {
				const headers = reply.getHeaders();
				reply.hijack();
				writer.open(headers);
			});
			return reply;
		},
	});
}

const holderOf = (principal: Principal) => ({
	account: principal.user,
	firm: principal.kind === 'firm' ? principal.firm : principal.user,
	isClient: principal.kind === 'firm' && principal.client !== null,
	isOperator: principal.kind === 'operator',
});

/** A portal user's events are those of rows that the portal's role sees for their client now. */
async function filterShared(
	portal: Plane | null,
	principal: Principal,
	events: readonly ChangeEvent[],
): Promise<readonly ChangeEvent[]> {
	if (principal.kind !== 'firm' || principal.client === null || events.length === 0) return events;
	if (!portal) throw new Error('This process serves no portal.');
	const { firm, client } = principal;
	const byType = Map.groupBy(events, ({ type }) => type);
	return portal.limitedPerParty(firm, () =>
		portal.forClient(client).read(firm, async (tx) => {
			const visible: ChangeEvent[] = [];
			for (const [type, ofType] of byType) {
				const { table } = workspaceType(type);
				const ids = ofType.map(({ id }) => id);
				const seen = await selectVisibleIds(tx, table, ids);
				visible.push(...ofType.filter(({ id }) => seen.has(id)));
			}
			return visible;
		}),
	);
}
