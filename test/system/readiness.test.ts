import { afterAll, beforeAll, expect, it } from 'vitest';
import { openObjects } from '../../src/compose.ts';
import { ObjectStoreError } from '../../src/documents/index.ts';
import { makeInstallation, type TestInstallation } from '../support/installation.ts';
import { embedded } from '../support/own-servers.ts';

let installation: TestInstallation;
beforeAll(async () => {
	installation = await makeInstallation(embedded);
});
afterAll(() => installation?.close());

it('a process whose object store is away says so, is sent requests still, and serves metadata', async () => {
	const firm = await installation.addFirm('north');
	let isAway = true;
	const store = {
		...(await openObjects(installation.config)),
		async check() {
			if (isAway) throw new ObjectStoreError('AWAY', 'The object store does not answer: try again later.');
		},
	};
	const api = await installation.serve({}, { store });
	const ready = async () => {
		const answer = await fetch(`${api.url}/health/ready`);
		return { status: answer.status, body: await answer.json() };
	};
	const checks = {
		'database firm': true,
		'database operator': true,
		log: true,
		'keyring firm': true,
		'keyring operator': true,
	};
	expect(await ready()).toEqual({ status: 200, body: { ok: true, checks: { ...checks, objects: false } } });
	const { data } = await api.ask(firm.member, '{ documents(first: 1) { totalCount } }');
	expect(data.documents).toEqual({ totalCount: 0 });
	isAway = false;
	expect(await ready()).toEqual({ status: 200, body: { ok: true, checks: { ...checks, objects: true } } });
});
