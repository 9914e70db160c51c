import { afterAll, beforeAll, expect, it } from 'vitest';
import type { TestFirm, TestInstallation } from '../support/installation.ts';
import { embedded } from '../support/own-servers.ts';
import { makePopulated } from '../support/populated.ts';
import { proven, put } from './forged-jobs.ts';
import { ended } from './stage.ts';

let installation: TestInstallation;
let north: TestFirm;
beforeAll(async () => {
	({ installation, north } = await makePopulated(embedded));
});
afterAll(() => installation?.close());

it('a worker takes what a firm asks for and what commands ask for in turns, however much there is of either', async () => {
	/** One whose proof is of nothing ends with its first turn. */
	const add = async (askedOn: 'firm' | 'cli', version: number) => {
		const job = await proven(installation, { firmId: north.id, kind: 'ROTATE', class: 'NOTE', version, askedOn });
		return [await put(installation, { ...job, mac: Buffer.alloc(36) }), askedOn] as const;
	};
	const asked = new Map([await add('firm', 2), await add('firm', 3), await add('cli', 4), await add('cli', 5)]);
	const worker = await installation.work({}, { settleSeconds: 0 });
	for (const id of asked.keys()) await ended(installation, id);
	const order = worker.lines
		.map((line) => JSON.parse(line))
		.filter(({ msg }) => msg === 'a job has ended')
		.map(({ job }) => asked.get(job));
	expect(['firm cli firm cli', 'cli firm cli firm']).toContain(order.join(' '));
});
