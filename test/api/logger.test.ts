import { fc, test } from '@fast-check/vitest';
import { GraphQLError } from 'graphql';
import { describe, expect, it } from 'vitest';
import { apolloLogger, createLogger, describeError, type LogFields } from '../../src/api/logger.ts';

const MARKER = 'canary-7d41c0ffee';

function captured(level: Parameters<typeof createLogger>[0]['level'] = 'debug') {
	const lines: string[] = [];
	const logger = createLogger({ level, destination: { write: (line) => lines.push(line) } });
	return { logger, lines };
}

class DriverError extends Error {
	readonly code = '23505';
	readonly detail = MARKER;
	readonly parameters = [MARKER];
	override readonly name = MARKER;
}

describe('createLogger', () => {
	it('writes one JSON line with time, level, fields and text', () => {
		const { logger, lines } = captured();
		logger.info({ requestId: 'r', status: 200, ms: 1.5 }, 'request');
		expect(lines).toHaveLength(1);
		expect(JSON.parse(lines[0] ?? '')).toEqual({
			level: 30,
			time: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
			requestId: 'r',
			status: 200,
			ms: 1.5,
			msg: 'request',
		});
	});

	it('drops lines below its level', () => {
		const { logger, lines } = captured('warn');
		logger.info({}, 'not this');
		logger.warn({}, 'this');
		expect(lines.map((line) => JSON.parse(line).msg)).toEqual(['this']);
		const silent = captured('silent');
		silent.logger.fatal({}, 'nor this');
		expect(silent.lines).toEqual([]);
	});

	it('logs class and code of an error and of its causes, and nothing else of them', () => {
		const { logger, lines } = captured();
		const err = new TypeError(MARKER, { cause: new DriverError(MARKER, { cause: new Error(MARKER) }) });
		logger.error({ err }, 'failed');
		expect(JSON.parse(lines[0] ?? '').err).toEqual({
			class: 'TypeError',
			cause: { class: 'DriverError', code: '23505', cause: { class: 'Error' } },
		});
		expect(lines.join()).not.toContain(MARKER);
	});

	it('drops fields that are not listed, and objects in listed fields', () => {
		const { logger, lines } = captured();
		const row = { title: MARKER, authorization: MARKER, toString: MARKER, constructor: MARKER };
		logger.info({ ...row, requestId: 'r', route: { toJSON: () => MARKER } } as unknown as LogFields, 'careless');
		expect(Object.keys(JSON.parse(lines[0] ?? '')).sort()).toEqual(['level', 'msg', 'requestId', 'time']);
		expect(lines.join()).not.toContain(MARKER);
	});

	it('logs that Apollo Server spoke, but not what it said', () => {
		const { logger, lines } = captured();
		const apollo: { error(message: string): void; warn(message: string): void } = apolloLogger(logger);
		apollo.error(`Unexpected error processing request: ${MARKER}`);
		apollo.warn(MARKER);
		expect(lines.map((line) => JSON.parse(line).level)).toEqual([50, 40]);
		expect(lines.join()).not.toContain(MARKER);
	});
});

describe('describeError', () => {
	it('follows originalError, and ends on a cycle', () => {
		const ring: Error & { cause?: unknown } = new Error('a');
		ring.cause = ring;
		expect(describeError(new GraphQLError('x', { originalError: ring })).cause?.class).toBe('Error');
		expect(JSON.stringify(describeError(ring)).length).toBeLessThan(200);
	});

	test.prop([fc.anything(), fc.string({ minLength: 5 })])('never contains text of a thrown value', (thing, text) => {
		const secret = `${MARKER}${text}`;
		const thrown = [
			secret,
			Object.assign(new Error(secret), { code: secret, detail: thing, extra: secret }),
			new AggregateError([new Error(secret)], secret),
			{ message: secret, thing },
		];
		for (const value of thrown) expect(JSON.stringify(describeError(value))).not.toContain(MARKER);
	});
});
