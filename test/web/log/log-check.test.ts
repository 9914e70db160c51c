import { CombinedGraphQLErrors } from '@apollo/client/errors';
import { expect, it } from 'vitest';
import { LogCheck } from '../../../web/kit/log/log-check.ts';
import { LogSession } from '../../../web/kit/log/log-session.ts';
import type { LogWorker } from '../../../web/kit/log/messages.ts';
import { sha256 } from '../../../web/verify/sha256.ts';
import { FIRM } from '../../audit/verify/write-log.ts';
import { CREATED, entryAt, logOf, MemoryStore, offerOf } from './visits.ts';

const LEAVES = Array.from({ length: 2_500 }, (_, at) => entryAt(at));

/** The worker's tasks, in this thread. */
function workerOf(store: MemoryStore): LogWorker {
	const session = new LogSession({ firm: FIRM, store, sha256, now: () => CREATED });
	const tasks: Record<string, (input: never) => Promise<unknown>> = {
		BEGIN: async () => ({ size: await session.begin(), keeps: true, summary: session.summary() }),
		ACCEPT: async ({ offered, trustsOffered }: { offered: never; trustsOffered: boolean }) => ({
			...(await session.accept(offered, trustsOffered)),
			summary: session.summary(),
		}),
		ADD: (leaves: readonly string[]) => session.add(leaves),
		FINISH: async () => ({ again: await session.finish(), summary: session.summary() }),
	};
	return { do: (name, input) => tasks[name]?.(input as never) as never, end: () => undefined };
}

/** A server with these leaves, which answers at most `most` of them at once, and what it was asked for. */
function serverOf(leaves: readonly string[], most = 1_000) {
	const offered = offerOf(logOf(LEAVES), null);
	const asked: string[] = [];
	return {
		asked,
		firm: FIRM,
		keys: async () => offered.vkeys,
		checkpoint: async () => offered.checkpoint,
		newestAt: async () => CREATED,
		proof: async () => [],
		async leaves(from: number, first: number) {
			asked.push(`${from}+${first}`);
			if (first > most)
				throw new CombinedGraphQLErrors({
					errors: [{ message: 'Too much at once.', extensions: { code: 'TOO_EXPENSIVE' } }],
				});
			return leaves.slice(from, from + first).map((leaf, at) => ({ index: from + at, leaf }));
		},
	};
}

it('reads each entry once, a page at a time', async () => {
	const server = serverOf(LEAVES);
	const log = new LogCheck(server, workerOf(new MemoryStore()));
	await log.check();
	expect(log.view()).toMatchObject({ phase: 'RIGHT', progress: { done: 2_500, total: 2_500 } });
	expect(server.asked).toEqual(['0+1000', '1000+1000', '2000+500']);
});

it('reads fewer at once where the API answers that it is too much', async () => {
	const server = serverOf(LEAVES, 700);
	const log = new LogCheck(server, workerOf(new MemoryStore()));
	await log.check();
	expect(log.view().phase).toBe('RIGHT');
	expect(server.asked).toEqual(['0+1000', '0+500', '500+500', '1000+500', '1500+500', '2000+500']);
});

it('reads only what is new at the next visit', async () => {
	const store = new MemoryStore();
	await new LogCheck(serverOf(LEAVES), workerOf(store)).check();
	const server = serverOf(LEAVES);
	const log = new LogCheck(server, workerOf(store));
	await log.check();
	expect(log.view()).toMatchObject({ phase: 'RIGHT', isFirst: false });
	expect(server.asked).toEqual([]);
});

it('raises an alarm when the server leaves entries out', async () => {
	const log = new LogCheck(serverOf(LEAVES.slice(0, 1_800)), workerOf(new MemoryStore()));
	await log.check();
	expect(log.view()).toMatchObject({
		phase: 'ALARM',
		alarm: { kind: 'LEAVES', why: expect.stringContaining('1,801') },
	});
});

it('says that nothing is known when the server fails in the middle', async () => {
	const server = serverOf(LEAVES);
	const { leaves } = server;
	const fails = async (from: number, first: number) => {
		if (from >= 1_000) throw new TypeError('Failed to fetch');
		return leaves(from, first);
	};
	const log = new LogCheck({ ...server, leaves: fails }, workerOf(new MemoryStore()));
	await log.check();
	expect(log.view()).toMatchObject({ phase: 'FAILED', error: expect.any(TypeError) });
});
