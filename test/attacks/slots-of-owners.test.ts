import { readFileSync } from 'node:fs';
import { connect } from 'node:http2';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { makeCertificate } from '../api/http/certificate.ts';
import type { TestApi } from '../support/installation.ts';
import { makeNote } from '../support/notes.ts';
import { steppedClock } from '../support/stepped-clock.ts';
import { makeScene, type Scene } from './scene.ts';

const { certFile, keyFile } = makeCertificate();
let scene: Scene;
let api: TestApi;
beforeAll(async () => {
	scene = await makeScene();
	// 128 slots: sixteen per firm, twelve of them for people who are not owners; queues of 64 and 48.
	const tls = { FIRMSEAL_TLS_CERT: certFile, FIRMSEAL_TLS_KEY: keyFile };
	api = await scene.installation.serve(tls, { clock: steppedClock() });
});
afterAll(() => scene?.installation.close());

function open(settings: object = {}) {
	const session = connect(api.url, { ca: readFileSync(certFile), settings });
	session.on('error', () => {});
	onTestFinished(() => session.destroy());
	const begin = (token: string, query: string) => {
		const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` };
		const stream = session.request({ ':method': 'POST', ':path': '/graphql', ...headers });
		return stream.on('error', () => {}).end(JSON.stringify({ query }));
	};
	return {
		/** Sends a query, and reads only the status of its answer. */
		send(token: string, query: string, onStatus: (status: number) => void) {
			begin(token, query).on('response', ({ ':status': status }) => onStatus(Number(status)));
		},
		ask: async (token: string, query: string) => JSON.parse(await text(begin(token, query))),
		requests: async (state: 'working' | 'waiting') =>
			new RegExp(`^firmseal_requests\\{state="${state}"\\} (\\d+)$`, 'm').exec(
				await text(session.request({ ':path': '/metrics' })),
			)?.[1],
	};
}

it('an owner revokes and removes while a member occupies every slot a member can, with unread responses', async () => {
	const { member, owner } = scene.north;
	const note = await makeNote(scene.api.ask, member, { body: 'x'.repeat(130_000) });
	const { ask, requests } = open();
	const { data } = await ask(`${member}`, '{ viewer { id } }');
	await ask(`${owner}`, '{ viewer { id } }');
	const fresh = (email: string, count: number) =>
		Promise.all(Array.from({ length: count }, (_, n) => scene.installation.token(email, 2_500 + n)));
	const statuses: number[] = [];
	const { send } = open({ initialWindowSize: 0 });
	const flood = async (tokens: readonly string[]) => {
		for (const token of tokens) send(token, `{ note(id: "${note}") { body } }`, (status) => statuses.push(status));
	};
	await flood(await fresh('member@north.example', 32));
	await expect.poll(() => statuses).toEqual(Array(24).fill(200));
	await flood(Array(64).fill(`${member}`));
	await expect.poll(() => statuses.filter((status) => status === 429)).toHaveLength(24);
	expect([await requests('working'), await requests('waiting')]).toEqual(['24', '48']);
	const revoke = 'mutation { revokeBreakGlass(leaseId: "01980000-0000-7000-8000-0000000000ff") { lease { id } } }';
	const remove = `mutation { removeMember(input: { userId: "${data.viewer.id}" }) { user { id } } }`;
	const [another] = await fresh('owner@north.example', 1);
	for (const token of [`${owner}`, `${another}`]) {
		const { errors } = await ask(token, revoke);
		expect(errors).toMatchObject([{ extensions: { code: 'NOT_FOUND' } }]);
	}
	expect(await ask(`${another}`, remove)).toEqual({ data: { removeMember: { user: { id: data.viewer.id } } } });
	expect([await requests('working'), await requests('waiting')]).toEqual(['24', '48']);
});
