import { describe, expect, it } from 'vitest';
import { createLogger, createMetrics } from '../../src/api/index.ts';
import { reportKeyringHealth, reportRefusalFeed } from '../../src/processes/keyring-health.ts';

function telling() {
	const lines: { readonly level: number; readonly msg: string; readonly plane: string }[] = [];
	const write = (line: string) => void lines.push(JSON.parse(line));
	const logger = createLogger({ level: 'debug', destination: { write } });
	const said = () => lines.map(({ level, msg, plane }) => `${level} ${plane} ${msg}`);
	return { logger, said };
}

const AWAY = 'the key service does not answer: retrying, and cached keys are used meanwhile';

describe('what is told of a key service in trouble', () => {
	it('is one line when it goes away and one when it is back, however often it was tried in between', () => {
		const { logger, said } = telling();
		const tell = reportKeyringHealth('firm', logger);
		for (let time = 0; time < 2; time++) {
			for (const state of ['open', 'half-open', 'open', 'half-open', 'open', 'half-open', 'closed'] as const)
				tell({ what: 'breaker', state });
			tell({ what: 'retry', reason: 'AWAY' });
			tell({ what: 'waiting', calls: 7 });
		}
		const once = [`50 firm ${AWAY}`, '30 firm the key service answers again'];
		expect(said()).toEqual([...once, ...once]);
	});

	it('is counted for the side whose calls they are', async () => {
		const metrics = createMetrics();
		const tell = reportKeyringHealth('operator', telling().logger, metrics);
		tell({ what: 'breaker', state: 'open' });
		tell({ what: 'retry', reason: 'THROTTLED' });
		const { text } = await metrics.render();
		expect(text).toContain('firmseal_keyring_breaker{plane="operator",state="open"} 1');
		expect(text).toContain('firmseal_keyring_retries_total{plane="operator",reason="THROTTLED"} 1');
	});

	it('is said of a process that can’t hear of refusals, without what the database said', () => {
		const { logger, said } = telling();
		const { onFeedLost, onFeedRestored } = reportRefusalFeed(logger, 'broker');
		onFeedLost?.(new Error('password of the database'));
		onFeedLost?.(null);
		onFeedRestored?.();
		const blind = '50 broker could not read which firms’ keys are refused: cached keys are dropped';
		expect(said()).toEqual([blind, blind, '30 broker reading which firms’ keys are refused works again']);
	});
});
