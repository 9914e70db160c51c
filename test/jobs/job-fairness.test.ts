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

it('a worker alternates between firms’ requests and commands, no matter how many there are of each', async () => {
	/** A job with an invalid proof ends in its first turn. */
	const add = async (askedOn: 'firm' | 'cli', of: 'NOTE' | 'DOCUMENT', version = 2) => {
		const job = await proven(installation, { firmId: north.id, kind: 'ROTATE', class: of, version, askedOn });
		return [await put(installation, { ...job, mac: Buffer.alloc(36) }), askedOn] as const;
	};
	const ofFirm = [await add('firm', 'NOTE'), await add('firm', 'DOCUMENT')];
	const asked = new Map([...ofFirm, await add('cli', 'NOTE', 3), await add('cli', 'DOCUMENT', 3)]);
	const worker = await installation.startWorker({}, { propagationSeconds: 0 });
	for (const id of asked.keys()) await ended(installation, id);
	const order = worker.lines
		.map((line) => JSON.parse(line))
		.filter(({ msg }) => msg === 'a job has ended')
		.map(({ job }) => asked.get(job));
	expect(['firm cli firm cli', 'cli firm cli firm']).toContain(order.join(' '));
});
