import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { ErrorCode } from '../errors.ts';
import type { KeyringHealthEvent, KeyringPrincipal } from '../keys/index.ts';
import type { OverloadReason, RequestCounts } from './limits/index.ts';

/** Of one cache of keys. */
export interface KeyCacheStats {
	readonly hits: number;
	readonly misses: number;
	/** Keys at hand. */
	readonly size: number;
}

/** Every label value is a name of ours (a route's pattern, a code, a class of the schema), never what a client chose. */
export interface Metrics {
	/** `status`: HTTP status; only its class becomes a label. */
	httpRequest(request: { readonly route: string; readonly status: number; readonly seconds: number }): void;
	/** Requests that are worked on and that wait for their turn. Asked at each reading. */
	watchRequests(requestCounts: () => RequestCounts): void;
	/** One that had no slot. */
	requestRefused(why: OverloadReason): void;
	/** One GraphQL operation, by the code of its first error. */
	graphqlOperation(outcome: ErrorCode | 'OK'): void;
	/** Those of a plane: of what opens and seals content, and of what proves rights. Asked at each reading; hits and misses only grow. */
	watchKeyCache(plane: 'firm' | 'operator', stats: Readonly<Record<'content' | 'rights', () => KeyCacheStats>>): void;
	keyringCall(call: {
		readonly operation: 'generate' | 'unwrap' | 'rewrap' | 'wrap' | 'manage';
		readonly outcome: 'ok' | 'AWAY' | 'THROTTLED' | 'REFUSED';
		readonly seconds: number;
	}): void;
	/** Tries that were made again, calls that wait, and whether the service is asked at all; by whose calls they are. */
	keyringHealth(plane: KeyringPrincipal, event: KeyringHealthEvent): void;
	/** One append of a group of entries. */
	auditAppend(append: { readonly outcome: 'ok' | 'failed'; readonly entries: number; readonly seconds: number }): void;
	/** Values of one content class, as the schema names it. */
	content(outcome: 'opened' | 'denied' | 'failed', contentClass: string, count: number): void;
	/** The Prometheus text, and its media type. */
	render(): Promise<{ readonly text: string; readonly contentType: string }>;
}

/** Seconds; from a cached read to a slow key service. */
const BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

const BREAKER_STATES = ['closed', 'open', 'half-open'] as const;

/** A registry of its own, so that several servers of one process do not mix. */
export function createMetrics(): Metrics {
	const registry = new Registry();
	collectDefaultMetrics({ register: registry });
	return Object.freeze<Metrics>({
		...requestMetrics(registry),
		...keyCacheMetrics(registry),
		...keyringMetrics(registry),
		...auditMetrics(registry),
		...contentMetrics(registry),
		render: async () => ({ text: await registry.metrics(), contentType: registry.contentType }),
	});
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
		help: 'Requests that are worked on, and that wait for their turn.',
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
		help: 'Requests that had no place: too many of their firm, too many of all, or too late.',
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
		help: 'Keys asked of the cache.',
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
		help: 'Keys at hand.',
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
		help: 'Tries of calls to the keyring that were made again, by what the one before came to.',
		labelNames: ['plane', 'reason'],
		registers,
	});
	const breakers = new Gauge({
		name: 'firmseal_keyring_breaker',
		help: 'State of the breaker before the key service, 1 for the one it is in; none before the service was first away.',
		labelNames: ['plane', 'state'],
		registers,
	});
	const waiting = new Gauge({
		name: 'firmseal_keyring_waiting',
		help: 'Calls that wait for their turn at the key service, or for their next try.',
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
		help: 'Time to commit a group of audit entries.',
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
		help: 'Content values opened, denied, or found not to open.',
		labelNames: ['outcome', 'class'],
		registers: [registry],
	});
	return { content: (outcome, contentClass, count) => values.inc({ outcome, class: contentClass }, count) };
}
