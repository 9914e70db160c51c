import { beforeEach, describe, expect, it } from 'vitest';
import { createService, openerOf, type ServicePort } from '../../../src/client/connection/index.ts';
import { FirmsealError } from '../../../src/errors.ts';
import { newLogKey, vkeyOf } from '../vault/checkpoints.ts';
import { type Device, NOTE, newRow, someFirm } from '../vault/firm.ts';
import { type InMemoryApi, ORIGIN } from '../vault/in-memory-api.ts';
import { portOf } from './in-memory-port.ts';

const CANARY = 'canary-lying-2231';
let service: InMemoryApi;
let honest: ServicePort;
let anna: Device;
let waits: number;
beforeEach(async () => {
	const firm = await someFirm();
	service = firm.service;
	honest = portOf(service);
	anna = await firm.anna();
	waits = 0;
});

/** Anna’s client, whose service answers as `lies` says. */
function clientOf(lies: Partial<ServicePort> = {}) {
	const clock = {
		now: () => service.time.now(),
		async sleep(milliseconds: number) {
			waits += milliseconds;
		},
	};
	const parts = { vault: anna.vault, unlock: () => anna.unlock(), clock };
	return openerOf(parts, { ...honest, ...lies });
}

/** The same log, with checkpoints by another key. */
const signedByAnother = async (): Promise<ServicePort> =>
	portOf(Object.assign(service.copy(), { key: await newLogKey() }));

/** What the service says of the key log, changed. */
const lyingPage = (change: (page: Record<string, unknown>) => Record<string, unknown>): Partial<ServicePort> => ({
	async request(document, variables) {
		const answer = await honest.request(document, variables);
		return 'keyLog' in answer ? { keyLog: change(answer.keyLog as Record<string, unknown>) } : answer;
	},
});

const note = () => newRow({ type: 'Note', id: '0190a3c4-0000-7000-8000-0000000000ff', values: { title: CANARY } });

describe('with an honest service', () => {
	it('a client unlocks once, reads the log page by page, opens and seals', async () => {
		const client = clientOf();
		await Promise.all([client.ready(), client.ready()]);
		expect([client.custody('NOTE'), client.custody('BILLING'), client.custody('UNKNOWN')]).toEqual([
			'FIRM',
			'PLATFORM',
			'PLATFORM',
		]);
		const [opened] = await client.open([service.record(NOTE)]);
		expect(opened?.fields).toContainEqual({ name: 'title', value: 'Plan' });
		const [sealed] = await client.seal([note()]);
		expect(JSON.stringify(sealed)).not.toContain(CANARY);
	});

	it('seals a create once, so that it can be sent again', async () => {
		const client = clientOf();
		await client.ready();
		const [first] = await client.seal([note()]);
		expect(await client.seal([note()])).toEqual([first]);
		const other = newRow({ ...note(), values: { title: 'other' } });
		expect(await client.seal([other])).not.toEqual([first]);
	});

	it('trusts the key that this device knows, whatever the service publishes', async () => {
		const other = await vkeyOf(ORIGIN, await newLogKey());
		for (const published of [[], [other]]) {
			const client = clientOf({ checkpointKeys: async () => published });
			await client.ready();
			expect(await client.seal([note()])).toHaveLength(1);
		}
	});

	it('trusts the keys that the application brings more than the one that this device knows', async () => {
		const port = await signedByAnother();
		const checkpointKeys = await port.checkpointKeys('');
		const clock = { now: () => service.time.now(), sleep: async () => {} };
		const client = openerOf({ vault: anna.vault, unlock: () => anna.unlock(), clock, checkpointKeys }, port);
		await client.ready();
		expect(await client.seal([note()])).toHaveLength(1);
	});

	it('asks again for the passphrase after one that did not unlock', async () => {
		let attempts = 0;
		const parts = {
			vault: anna.vault,
			async unlock() {
				attempts += 1;
				if (attempts === 1)
					throw new FirmsealError('CIPHERTEXT_INVALID', 'This passphrase does not unlock the device.');
				return anna.unlock();
			},
		};
		const client = openerOf(parts, honest);
		await expect(client.ready()).rejects.toThrow('does not unlock');
		await client.ready();
		expect(attempts).toBe(2);
	});
});

describe('a service that lies about the key log', () => {
	it.each<[string, () => Partial<ServicePort> | Promise<ServicePort>]>([
		['signs with another key, and publishes that', signedByAnother],
		['leaves out the checkpoint', () => lyingPage((page) => ({ ...page, checkpoint: null }))],
		[
			'claims a checkpoint of more entries',
			() => lyingPage((page) => ({ ...page, checkpoint: { size: 999, note: '' } })),
		],
		['sends a malformed page', () => lyingPage((page) => ({ ...page, entries: null }))],
		['sends a page of another type', () => lyingPage(() => ({ size: 'many' }))],
	])('that %s lets nothing be sealed', async (_, lie) => {
		const client = clientOf(await lie());
		await client.ready().catch(() => {});
		const refused = await client.seal([note()]).then(
			() => 'sealed',
			(error: unknown) => error,
		);
		expect(refused).toBeInstanceOf(FirmsealError);
		expect(String(refused)).not.toContain(CANARY);
		expect(waits).toBeLessThanOrEqual(20_000);
	});

	it('that signs with another key is still read, and nothing is sealed until the person has given that key', async () => {
		const port = await signedByAnother();
		const client = clientOf(port);
		await client.ready();
		const [opened] = await client.open([service.record(NOTE)]);
		expect(opened?.fields).toContainEqual(expect.objectContaining({ value: 'Plan' }));
		await expect(client.confirm()).rejects.toMatchObject({ reason: 'KEY' });
		expect(waits).toBe(0);
		await anna.vault.trustCheckpointKeys({ vkeys: await port.checkpointKeys('') });
		await client.confirm();
		expect(await client.seal([note()])).toHaveLength(1);
	});

	it('that keeps an old state of the firm gets no mutation, which could have plain values of a class that moved', async () => {
		const client = clientOf();
		await client.ready();
		await client.confirm();
		service.time.step(11 * 60_000);
		const frozen = await service.checkpoint(Math.floor(service.time.now() / 1_000) - 660);
		const lying = clientOf(
			lyingPage((page) => ({ ...page, checkpoint: { size: page.size, note: frozen.checkpoint } })),
		);
		await lying.ready();
		await expect(lying.confirm()).rejects.toMatchObject({ code: 'AUDIT_UNAVAILABLE' });
		await client.confirm();
	});

	it('that never says that the log ends is not read for ever', async () => {
		let pages = 0;
		const client = clientOf(
			lyingPage((page) => {
				pages += 1;
				return { ...page, size: 1_000_000, entries: pages > 50 ? [] : page.entries };
			}),
		);
		await client.ready().catch(() => {});
		expect(pages).toBeLessThan(60);
	});

	it('that refuses each decision as a conflict is asked three times', async () => {
		let sent = 0;
		const client = clientOf({
			async request(document, variables) {
				if (!document.includes('appendKeyLog')) return honest.request(document, variables);
				sent += 1;
				throw new FirmsealError('CONFLICT', 'Another entry came first.');
			},
		});
		await client.ready();
		const { connection } = client;
		await expect(connection.append(() => anna.vault.renewKeys())).rejects.toMatchObject({ code: 'CONFLICT' });
		expect(sent).toBe(3);
	});
});

describe('an answer that is none', () => {
	const answering = (body: string | ReadableStream<Uint8Array>, status = 200) =>
		createService({
			url: 'https://vault.example',
			token: () => 'token',
			fetch: async () => new Response(body, { status }),
		});

	it.each([
		['a page of a proxy', '<html>Bad gateway</html>', 'INTERNAL'],
		['a text', '"text"', 'INTERNAL'],
		['no data', '{}', 'INTERNAL'],
		['an unknown code', '{"errors":[{"extensions":{"code":"__proto__"}}]}', 'INTERNAL'],
		['errors that are no objects', '{"errors":[null]}', 'INTERNAL'],
		['a refusal', '{"data":null,"errors":[{"message":"x","extensions":{"code":"FORBIDDEN"}}]}', 'FORBIDDEN'],
	])('%s is an error with a code', async (_, body, code) => {
		await expect(answering(body).request('{ keyLog { size } }', {})).rejects.toMatchObject({ code });
	});

	it('the service’s own words are not shown, because they could be instructions to the person', async () => {
		const body = JSON.stringify({ errors: [{ message: `Call ${CANARY}`, extensions: { code: 'CONFLICT' } }] });
		await expect(answering(body).request('{ keyLog { size } }', {})).rejects.toThrow(
			'The service at vault.example refused the request (CONFLICT).',
		);
	});

	it('is read only up to a limit', async () => {
		let sent = 0;
		const endless = new ReadableStream<Uint8Array>({
			pull(controller) {
				sent += 1;
				controller.enqueue(new Uint8Array(1024 * 1024));
			},
		});
		await expect(answering(endless).request('{ keyLog { size } }', {})).rejects.toMatchObject({
			code: 'TOO_EXPENSIVE',
		});
		expect(sent).toBeLessThan(12);
	});

	it('is no answer if the network fails, and the message names the host but nothing that was sent', async () => {
		const fetch = () => Promise.reject(new TypeError(`fetch failed ${CANARY}`));
		const broken = createService({ url: 'https://vault.example', token: () => CANARY, fetch });
		const failed = broken.request('{ keyLog { size } }', {});
		await expect(failed).rejects.toThrow('The service at vault.example does not answer.');
		await expect(failed).rejects.not.toThrow(CANARY);
	});

	it.each(['http://vault.example', 'https://user:word@vault.example', 'ftp://vault.example', 'vault.example', ''])(
		'%j is not an address to send a token to',
		(url) => {
			expect(() => createService({ url, token: () => 'token' })).toThrow(FirmsealError);
		},
	);
});
