import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { TestApi } from '../support/installation.ts';
import { bare } from '../system/program.ts';
import { type BringStage, makeBringStage } from './bring-stage.ts';

const WORKER = fileURLToPath(new URL('../jobs/working-process.ts', import.meta.url));
vi.setConfig({ testTimeout: 120_000 });

/** The calls to the key service during which the worker is killed, so that the answer is lost. */
const BRINGING = [
	'TagResource',
	'CreateAlias',
	'ReEncrypt',
	'UpdateAlias',
	'DeleteAlias',
	'ScheduleKeyDeletion',
] as const;
const GIVING_BACK = [
	'CreateKey',
	'EnableKeyRotation',
	'CreateAlias',
	'ReEncrypt',
	'UpdateAlias',
	'UntagResource',
] as const;

describe('a worker killed during a change of a firm’s key', () => {
	let stage: BringStage;
	/** Caches keys for one second only, so that each read calls the key service with the present alias. */
	let reading: TestApi;
	let worker: ChildProcess | undefined;
	const wrong: unknown[] = [];
	let reads = 0;
	let isOver = false;
	let reader: Promise<void>;

	beforeAll(async () => {
		stage = await makeBringStage('model', null);
		reading = await stage.installation.serve({ FIRMSEAL_KEY_CACHE_SECONDS: '1' });
		reader = (async () => {
			for (; !isOver; ) {
				if (!(await stage.readsAll(reading))) wrong.push(reads);
				reads += 1;
			}
		})();
	});
	afterAll(async () => {
		isOver = true;
		await reader;
		await end();
		await stage?.close();
	});

	async function start(): Promise<ChildProcess> {
		const child = fork(WORKER, {
			env: { ...bare(), ...stage.installation.env },
			stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
		});
		await once(child, 'message');
		worker = child;
		return child;
	}
	async function end(): Promise<void> {
		if (!worker || worker.exitCode !== null || worker.signalCode !== null) return;
		worker.kill('SIGKILL');
		await once(worker, 'exit');
	}
	/** Kills the worker at the next such call. Resolves when it is dead. */
	function killAt(child: ChildProcess, operation: string): Promise<unknown> {
		const dead = once(child, 'exit');
		let isKilled = false;
		stage.front.refuse((call) => {
			if (call.operation === operation && !isKilled) {
				isKilled = true;
				child.kill('SIGKILL');
			}
			return null;
		});
		return dead;
	}

	const run = async (own: string | null, operation: string) => {
		const dead = killAt(await start(), operation);
		const job = await stage.change(stage.north, own);
		await dead;
		stage.front.refuse(() => null);
		await start();
		expect([operation, await stage.end(job)]).toMatchObject([operation, { state: 'DONE', trouble: null }]);
		await end();
		const named = async (side = '') => stage.namedBy(`alias/firmseal/${side}${stage.north.id}`);
		const current = await named();
		expect([await stage.under(stage.north), await named('next/'), await named('previous/')]).toEqual([
			[current],
			null,
			null,
		]);
		expect(await stage.readsAll(stage.apis[1])).toBe(true);
		return current;
	};

	it.each(BRINGING.map((operation, index) => [operation, GIVING_BACK[index] as string] as const))(
		'at %s when it is brought, or at %s when it is given back, is replaced by one that finishes, and every value always opens',
		async (bringing, givingBack) => {
			const own = await stage.newKey();
			const before = (await stage.under(stage.north))[0] ?? '';
			expect(await run(own, bringing)).toBe(own);
			expect(await stage.stateOf(before)).toBe('PendingDeletion');
			const after = await run(null, givingBack);
			expect([own, before]).not.toContain(after);
			expect([await stage.stateOf(own), await stage.tagsOf(own)]).toEqual(['Enabled', {}]);
			expect(wrong).toEqual([]);
		},
	);

	it('does not interrupt a concurrent reader', () => {
		expect(reads).toBeGreaterThan(100);
	});
});
