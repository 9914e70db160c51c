import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { ErrorCode } from '../errors.ts';
import type { KeyringHealthEvent, KeyringPrincipal } from '../keys/index.ts';
import type { OverloadReason, RequestCounts } from './limits/index.ts';

export interface KeyCacheStats {
	readonly hits: number;
	readonly misses: number;
	/** Keys in the cache. */
	readonly size: number;
}

/** Every label value is a fixed name (a route's pattern, a code, a class of the schema), never a client's choice. */
export interface Metrics {
	/** `status`: the HTTP status; only its class becomes a label. */
	httpRequest(request: { readonly route: string; readonly status: number; readonly seconds: number }): void;
	/** Running and waiting requests; read at each scrape. */
	watchRequests(requestCounts: () => RequestCounts): void;
	/** Open streams of GET /events of a plane; read at each scrape. */
	watchEventStreams(plane: 'firm' | 'operator', count: () => number): void;
	/** A request that got no slot. */
	requestRefused(why: OverloadReason): void;
	/** One GraphQL operation, by the code of its first error. */
	graphqlOperation(outcome: ErrorCode | 'OK'): void;
	/** The key caches of a plane: for content and for proofs of rights. Read at each scrape; hits and misses only grow. */
	watchKeyCache(plane: 'firm' | 'operator', stats: Readonly<Record<'content' | 'rights', () => KeyCacheStats>>): void;
	keyringCall(call: {
		readonly operation: 'generate' | 'unwrap' | 'rewrap' | 'wrap' | 'manage';
		readonly outcome: 'ok' | 'AWAY' | 'THROTTLED' | 'REFUSED';
		readonly seconds: number;
	}): void;
	/** Retries, waiting calls, and the state of the circuit breaker, by the principal that calls. */
	keyringHealth(plane: KeyringPrincipal, event: KeyringHealthEvent): void;
	/** One append of a batch of entries. */
	auditAppend(append: { readonly outcome: 'ok' | 'failed'; readonly entries: number; readonly seconds: number }): void;
	/** Values of one content class. */
	content(outcome: 'opened' | 'denied' | 'failed', contentClass: string, count: number): void;
	/** The Prometheus text, and its media type. */
	render(): Promise<{ readonly text: string; readonly contentType: string }>;
}

/** Seconds; from a cached read to a slow key service. */
const BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

const BREAKER_STATES = ['closed', 'open', 'half-open'] as const;

/** Uses its own registry, so that several servers of one process do not mix. */
export function createMetrics(): Metrics {
	const registry = new Registry();
	collectDefaultMetrics({ register: registry });
	return Object.freeze<Metrics>({
		...requestMetrics(registry),
		...eventMetrics(registry),
		...keyCacheMetrics(registry),
		...keyringMetrics(registry),
		...auditMetrics(registry),
		...contentMetrics(registry),
		render: async () => ({ text: await registry.metrics(), contentType: registry.contentType }),
	});
}

function eventMetrics(registry: Registry): Pick<Metrics, 'watchEventStreams'> {
	const counts = new Map<string, () => number>();
	new Gauge({
		name: 'firmseal_event_streams',
		help: 'Open streams of GET /events.',
		labelNames: ['plane'],
		registers: [registry],
		collect() {
			for (const [plane, count] of counts) this.set({ plane }, count());
		},
	});
	return { watchEventStreams: (plane, count) => void counts.set(plane, count) };
}

function requestMetrics(
	registry: Registry,
): Pick<Metrics, 'httpRequest' | 'watchRequests' | 'requestRefused' | 'graphqlOperation'> {
	const registers = [registry];
	const http = new Histogram({
		name: 'firmseal_http_request_seconds',
		help: 'Time to answer an HTTP request.',
		labelNames: ['route', 'status'],
		buckets: BUCKETS,
		registers,
	});
	let counts: () => RequestCounts = () => ({ working: 0, waiting: 0 });
	new Gauge({
		name: 'firmseal_requests',
		help: 'Running and waiting requests.',
		labelNames: ['state'],
		registers,
		collect() {
			const { working, waiting } = counts();
			this.set({ state: 'working' }, working);
			this.set({ state: 'waiting' }, waiting);
		},
	});
	const refused = new Counter({
		name: 'firmseal_requests_refused_total',
		help: 'Requests that got no slot: too many of their firm, too many in all, or too long a wait.',
		labelNames: ['why'],
		registers,
	});
	const operations = new Counter({
		name: 'firmseal_graphql_operations_total',
		help: 'GraphQL operations by the code of their first error, or OK.',
		labelNames: ['outcome'],
		registers,
	});
	return {
		httpRequest: ({ route, status, seconds }) =>
			http.observe({ route, status: `${Math.floor(status / 100)}xx` }, seconds),
		watchRequests(requestCounts) {
			counts = requestCounts;
		},
		requestRefused: (why) => refused.inc({ why }),
		graphqlOperation: (outcome) => operations.inc({ outcome }),
	};
}

function keyCacheMetrics(registry: Registry): Pick<Metrics, 'watchKeyCache'> {
	const registers = [registry];
	const caches: { readonly labels: Readonly<Record<'plane' | 'keys', string>>; stats(): KeyCacheStats }[] = [];
	new Counter({
		name: 'firmseal_key_cache_total',
		help: 'Lookups of keys in the cache.',
		labelNames: ['plane', 'keys', 'result'],
		registers,
		collect() {
			this.reset();
			for (const { labels, stats } of caches) {
				this.inc({ ...labels, result: 'hit' }, stats().hits);
				this.inc({ ...labels, result: 'miss' }, stats().misses);
			}
		},
	});
	new Gauge({
		name: 'firmseal_key_cache_size',
		help: 'Keys in the cache.',
		labelNames: ['plane', 'keys'],
		registers,
		collect() {
			for (const { labels, stats } of caches) this.set(labels, stats().size);
		},
	});
	return {
		watchKeyCache(plane, stats) {
			for (const keys of ['content', 'rights'] as const) caches.push({ labels: { plane, keys }, stats: stats[keys] });
		},
	};
}

function keyringMetrics(registry: Registry): Pick<Metrics, 'keyringCall' | 'keyringHealth'> {
	const registers = [registry];
	const calls = new Histogram({
		name: 'firmseal_keyring_call_seconds',
		help: 'Time of a call to the keyring.',
		labelNames: ['operation', 'outcome'],
		buckets: BUCKETS,
		registers,
	});
	const retries = new Counter({
		name: 'firmseal_keyring_retries_total',
		help: 'Retries of calls to the keyring, by the outcome of the attempt before.',
		labelNames: ['plane', 'reason'],
		registers,
	});
	const breakers = new Gauge({
		name: 'firmseal_keyring_breaker',
		help: 'State of the circuit breaker for the key service: 1 for the current state. No values before the first failure.',
		labelNames: ['plane', 'state'],
		registers,
	});
	const waiting = new Gauge({
		name: 'firmseal_keyring_waiting',
		help: 'Calls that wait for the key service, or for their next attempt.',
		labelNames: ['plane'],
		registers,
	});
	return {
		keyringCall: ({ operation, outcome, seconds }) => calls.observe({ operation, outcome }, seconds),
		keyringHealth(plane, event) {
			if (event.what === 'retry') retries.inc({ plane, reason: event.reason });
			else if (event.what === 'waiting') waiting.set({ plane }, event.calls);
			else for (const state of BREAKER_STATES) breakers.set({ plane, state }, state === event.state ? 1 : 0);
		},
	};
}

function auditMetrics(registry: Registry): Pick<Metrics, 'auditAppend'> {
	const registers = [registry];
	const appends = new Histogram({
		name: 'firmseal_audit_append_seconds',
		help: 'Time to commit a batch of audit entries.',
		labelNames: ['outcome'],
		buckets: BUCKETS,
		registers,
	});
	const entries = new Counter({
		name: 'firmseal_audit_entries_total',
		help: 'Audit entries committed, or lost to a failed append.',
		labelNames: ['outcome'],
		registers,
	});
	return {
		auditAppend({ outcome, entries: count, seconds }) {
			appends.observe({ outcome }, seconds);
			entries.inc({ outcome }, count);
		},
	};
}

function contentMetrics(registry: Registry): Pick<Metrics, 'content'> {
	const values = new Counter({
		name: 'firmseal_content_values_total',
		help: 'Content values that were opened, were denied, or failed to open.',
		labelNames: ['outcome', 'class'],
		registers: [registry],
	});
	return { content: (outcome, contentClass, count) => values.inc({ outcome, class: contentClass }, count) };
}
