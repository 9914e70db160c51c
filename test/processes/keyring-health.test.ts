import { describe, expect, it } from 'vitest';
import { createLogger, createMetrics } from '../../src/api/index.ts';
import { reportKeyringHealth, reportRefusalFeed } from '../../src/processes/keyring-health.ts';

function captureLog() {
	const lines: { readonly level: number; readonly msg: string; readonly plane: string }[] = [];
	const write = (line: string) => void lines.push(JSON.parse(line));
	const logger = createLogger({ level: 'debug', destination: { write } });
	const logged = () => lines.map(({ level, msg, plane }) => `${level} ${plane} ${msg}`);
	return { logger, logged };
}

const AWAY = 'the key service does not answer: retrying, and cached keys are used meanwhile';

describe('the report of an unavailable key service', () => {
	it('has one line for the failure and one for the recovery, however many attempts were made in between', () => {
		const { logger, logged } = captureLog();
		const report = reportKeyringHealth('firm', logger);
		for (let time = 0; time < 2; time++) {
			for (const state of ['open', 'half-open', 'open', 'half-open', 'open', 'half-open', 'closed'] as const)
				report({ what: 'breaker', state });
			report({ what: 'retry', reason: 'AWAY' });
			report({ what: 'waiting', calls: 7 });
		}
		const once = [`50 firm ${AWAY}`, '30 firm the key service answers again'];
		expect(logged()).toEqual([...once, ...once]);
	});

	it('is counted for the plane that makes the calls', async () => {
		const metrics = createMetrics();
		const report = reportKeyringHealth('operator', captureLog().logger, metrics);
		report({ what: 'breaker', state: 'open' });
		report({ what: 'retry', reason: 'THROTTLED' });
		const { text } = await metrics.render();
		expect(text).toContain('firmseal_keyring_breaker{plane="operator",state="open"} 1');
		expect(text).toContain('firmseal_keyring_retries_total{plane="operator",reason="THROTTLED"} 1');
	});

	it('mentions a process that cannot read refusals, without the error of the database', () => {
		const { logger, logged } = captureLog();
		const { onFeedLost, onFeedRestored } = reportRefusalFeed(logger, 'broker');
		onFeedLost?.(new Error('password of the database'));
		onFeedLost?.(null);
		onFeedRestored?.();
		const feedLost = '50 broker could not read which firms’ keys are refused: cached keys are dropped';
		expect(logged()).toEqual([feedLost, feedLost, '30 broker reading which firms’ keys are refused works again']);
	});
});
