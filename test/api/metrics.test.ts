import { describe, expect, it } from 'vitest';
import { createMetrics } from '../../src/api/metrics.ts';

describe('createMetrics', () => {
	it('counts each event under its own names', async () => {
		const metrics = createMetrics();
		metrics.httpRequest({ route: '/graphql', status: 503, seconds: 0.02 });
		metrics.graphqlOperation('OK');
		metrics.graphqlOperation('FORBIDDEN');
		const cache = { hits: 1, misses: 1, size: 1 };
		const unused = () => ({ hits: 0, misses: 0, size: 0 });
		metrics.watchKeyCache('firm', { content: () => cache, rights: () => ({ hits: 9, misses: 2, size: 3 }) });
		metrics.watchKeyCache('operator', { content: unused, rights: unused });
		await metrics.render();
		cache.hits = 2;
		metrics.keyringCall({ operation: 'unwrap', outcome: 'THROTTLED', seconds: 0.3 });
		for (const reason of ['AWAY', 'THROTTLED', 'THROTTLED'] as const)
			metrics.keyringHealth('firm', { what: 'retry', reason });
		for (const state of ['open', 'half-open'] as const) metrics.keyringHealth('operator', { what: 'breaker', state });
		for (const calls of [1, 2, 1]) metrics.keyringHealth('firm', { what: 'waiting', calls });
		metrics.auditAppend({ outcome: 'ok', entries: 7, seconds: 0.004 });
		metrics.auditAppend({ outcome: 'failed', entries: 2, seconds: 5 });
		metrics.content('opened', 'NOTE', 40);
		metrics.content('denied', 'NOTE', 3);
		metrics.content('failed', 'NOTE', 1);
		const { text, contentType } = await metrics.render();
		expect(contentType).toMatch(/^text\/plain/);
		for (const line of [
			'firmseal_http_request_seconds_count{route="/graphql",status="5xx"} 1',
			'firmseal_graphql_operations_total{outcome="OK"} 1',
			'firmseal_graphql_operations_total{outcome="FORBIDDEN"} 1',
			'firmseal_key_cache_total{plane="firm",keys="content",result="hit"} 2',
			'firmseal_key_cache_total{plane="firm",keys="content",result="miss"} 1',
			'firmseal_key_cache_total{plane="firm",keys="rights",result="hit"} 9',
			'firmseal_key_cache_total{plane="operator",keys="content",result="hit"} 0',
			'firmseal_key_cache_size{plane="firm",keys="content"} 1',
			'firmseal_key_cache_size{plane="firm",keys="rights"} 3',
			'firmseal_keyring_call_seconds_sum{operation="unwrap",outcome="THROTTLED"} 0.3',
			'firmseal_keyring_retries_total{plane="firm",reason="AWAY"} 1',
			'firmseal_keyring_retries_total{plane="firm",reason="THROTTLED"} 2',
			'firmseal_keyring_breaker{plane="operator",state="half-open"} 1',
			'firmseal_keyring_breaker{plane="operator",state="open"} 0',
			'firmseal_keyring_breaker{plane="operator",state="closed"} 0',
			'firmseal_keyring_waiting{plane="firm"} 1',
			'firmseal_audit_append_seconds_count{outcome="ok"} 1',
			'firmseal_audit_entries_total{outcome="ok"} 7',
			'firmseal_audit_entries_total{outcome="failed"} 2',
			'firmseal_content_values_total{outcome="opened",class="NOTE"} 40',
			'firmseal_content_values_total{outcome="denied",class="NOTE"} 3',
			'firmseal_content_values_total{outcome="failed",class="NOTE"} 1',
		]) {
			expect(text.split('\n')).toContain(line);
		}
		expect(text).toContain('process_resident_memory_bytes');
	});

	it('keeps the servers of one process apart', async () => {
		const [one, other] = [createMetrics(), createMetrics()];
		one.graphqlOperation('OK');
		expect((await one.render()).text).toContain('firmseal_graphql_operations_total{outcome="OK"} 1');
		expect((await other.render()).text).not.toContain('outcome="OK"');
	});
});
