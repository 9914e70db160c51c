import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type HttpStage, makeHttpStage } from '../leases/http-stage.ts';
import { firmseal, firmsealJson } from '../system/program.ts';

let stage: HttpStage;
let notes: readonly string[];
beforeAll(async () => {
	stage = await makeHttpStage();
	await stage.scene.installation.startBroker();
	const write = (title: string) => stage.scene.write({ title, body: 'She accepts.' });
	notes = [await write('first'), await write('second')];
});
afterAll(() => stage?.scene.installation.close());

const as = (url = stage.scene.api.url) => ({ FIRMSEAL_URL: url, FIRMSEAL_TOKEN: `${stage.people.operator}` });

async function active(input: object): Promise<string> {
	const { id } = await stage.approved({ classes: ['NOTE'], ...input });
	expect((await firmsealJson(as(), 'lease', 'activate', '--lease', id)).result.lease.state).toBe('ACTIVE');
	return id;
}

it('prints the records that were opened, counted and logged before the one that exceeds the budget', async () => {
	const ids = ['--id', ...notes];
	const json = await firmsealJson(as(), 'lease', 'use', '--lease', await active({ readBudget: 3 }), ...ids);
	expect(json).toMatchObject({ code: 1, error: { code: 'LEASE_SCOPE' } });
	expect(json.result).toMatchObject({
		records: [{ id: notes[0], title: 'first' }],
		next: null,
		lease: { readBudget: 3 },
	});
	const lines = await firmseal(as(), 'lease', 'use', '--lease', await active({ readBudget: 3 }), ...ids);
	expect([lines.code, JSON.parse(lines.stdout).id]).toEqual([1, notes[0]]);
	expect(lines.stderr).toMatch(/^1 record read\.\nValues taken under the lease: .*\nfirmseal: [^\n]+\n$/);
	// If no record was opened, the command prints only the error.
	const none = await firmsealJson(as(), 'lease', 'use', '--lease', await active({ readBudget: 1 }), ...ids);
	expect([none.code, none.error.code, none.result]).toEqual([1, 'LEASE_SCOPE', undefined]);
});

/** Runs `work` with the URL of a proxy before the API that may change the answers. */
async function behind(
	change: (body: string, isUnderLease: boolean) => string,
	work: (url: string) => Promise<void>,
): Promise<void> {
	async function forward(request: IncomingMessage, answer: ServerResponse): Promise<void> {
		const isUnderLease = 'x-firmseal-lease' in request.headers;
		const headers = {
			authorization: `${request.headers.authorization}`,
			'content-type': 'application/json',
			...(isUnderLease ? { 'x-firmseal-lease': `${request.headers['x-firmseal-lease']}` } : {}),
		};
		const body = await text(request);
		const response = await fetch(`${stage.scene.api.url}/graphql`, { method: 'POST', headers, body });
		answer.end(change(await response.text(), isUnderLease));
	}
	const server = createServer((request, answer) => void forward(request, answer));
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	try {
		await work(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
	} finally {
		server.close();
	}
}

it('prints the records that were opened even if the lease cannot be queried afterwards', async () => {
	const id = await active({});
	let isRead = false;
	const change = (body: string, isUnderLease: boolean) => {
		const answered = isRead && !isUnderLease ? '' : body;
		isRead ||= isUnderLease;
		return answered;
	};
	await behind(change, async (url) => {
		const { code, error, result } = await firmsealJson(as(url), 'lease', 'use', '--lease', id, '--id', `${notes[0]}`);
		expect({ code, message: error?.message }).toEqual({
			code: 1,
			message: expect.stringContaining('is not a Firmseal'),
		});
		expect(result).toMatchObject({ records: [{ id: notes[0], title: 'first' }], lease: null });
	});
});

it('reports that the server is no Firmseal if it answers with an invalid page', async () => {
	const id = await active({});
	let odd: unknown;
	const change = (body: string, isUnderLease: boolean) =>
		isUnderLease ? JSON.stringify({ data: { notes: odd } }) : body;
	await behind(change, async (url) => {
		const more = { hasNextPage: true, endCursor: 1 };
		for (odd of [
			1,
			'x',
			[],
			{ nodes: 1 },
			{ nodes: [] },
			{ nodes: [null], pageInfo: {} },
			{ nodes: [], pageInfo: more },
		]) {
			const { code, error } = await firmsealJson(as(url), 'lease', 'use', '--lease', id, '--type', 'notes');
			expect([odd, code, error?.message]).toEqual([odd, 1, expect.stringContaining('is not a Firmseal')]);
		}
	});
});
