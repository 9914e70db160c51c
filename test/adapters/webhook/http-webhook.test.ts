import { randomBytes } from 'node:crypto';
import { createServer, type Server } from 'node:net';
import { Webhook } from 'standardwebhooks';
import { v7 as uuidv7 } from 'uuid';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openWebhook } from '../../../src/adapters/webhook/index.ts';
import { openReceiver, type Receiver } from '../../support/receiver.ts';

const SECRET = 'a secret of thirty-two characters'.replaceAll(' ', '_');
const message = () => ({ id: uuidv7(), body: JSON.stringify({ type: 'notice', data: { firm: 'é' } }) });

describe('a webhook', () => {
	let receiver: Receiver;
	beforeEach(async () => {
		receiver = await openReceiver();
	});
	afterEach(() => receiver.close());
	const webhookAt = (url = receiver.url, deadline = 400) => openWebhook({ url, secret: SECRET, deadline });

	it.each([
		['a text', SECRET, new Webhook(SECRET, { format: 'raw' })],
		...[24, 32, 64].map((size) => {
			const secret = `whsec_${randomBytes(size).toString('base64')}`;
			return [`${size} bytes behind whsec_`, secret, new Webhook(secret)] as const;
		}),
	] as const)(
		'signs with %s so that another implementation of Standard Webhooks verifies it',
		async (_, secret, verifier) => {
			const sent = message();
			expect(await openWebhook({ url: receiver.url, secret }).send(sent)).toEqual({ delivered: true, outcome: '204' });
			const [got] = receiver.received;
			expect(got).toMatchObject({ method: 'POST', path: '/hooks/of-the-platform', body: sent.body, id: sent.id });
			expect(got?.headers['content-type']).toBe('application/json');
			const headers = got?.headers as Record<string, string>;
			expect(verifier.verify(got?.body ?? '', headers)).toEqual(JSON.parse(sent.body));
			for (const changed of [
				{ ...headers, 'webhook-id': uuidv7() },
				{ ...headers, 'webhook-timestamp': String(Number(headers['webhook-timestamp']) - 1) },
			])
				expect(() => verifier.verify(got?.body ?? '', changed)).toThrow('No matching signature');
			expect(() => verifier.verify(`${got?.body} `, headers)).toThrow('No matching signature');
			expect(() => new Webhook(`${SECRET}!`, { format: 'raw' }).verify(got?.body ?? '', headers)).toThrow();
		},
	);

	it.each([
		[200, true],
		[202, true],
		[299, true],
		[304, false],
		[400, false],
		[410, false],
		[500, false],
	])('treats %i as delivered: %s', async (status, delivered) => {
		receiver.answer(status);
		expect(await webhookAt().send(message())).toEqual({ delivered, outcome: String(status) });
	});

	it.each([301, 302, 303, 307, 308])('does not follow a redirect (%i)', async (status) => {
		const elsewhere = await openReceiver();
		receiver.answer((_, response) => response.writeHead(status, { location: elsewhere.url }).end());
		expect(await webhookAt().send(message())).toEqual({ delivered: false, outcome: String(status) });
		expect(elsewhere.received).toEqual([]);
		await elsewhere.close();
	});

	it('waits no longer than its deadline for an answer', async () => {
		receiver.answer(() => {});
		expect(await webhookAt().send(message())).toEqual({ delivered: false, outcome: 'TIMEOUT' });
	});

	it('reads no more of an answer than it must, so an endless one counts by its status', async () => {
		let written = 0;
		let gone = 0;
		receiver.answer((_, response) => {
			response.writeHead(200);
			const timer = setInterval(() => {
				response.write(Buffer.alloc(1_000));
				written += 1_000;
			}, 5);
			response.once('close', () => {
				gone = written;
				clearInterval(timer);
			});
		});
		expect(await webhookAt(receiver.url, 5_000).send(message())).toEqual({ delivered: true, outcome: '200' });
		await expect.poll(() => gone).toBeGreaterThan(0);
		expect(gone).toBeLessThan(100_000);
	});

	it('counts an answer by its status even if its body never comes', async () => {
		receiver.answer((_, response) => response.writeHead(200, { 'content-length': '10' }).flushHeaders());
		expect(await webhookAt().send(message())).toEqual({ delivered: true, outcome: '200' });
	});

	it('reports in one word why there was no answer', async () => {
		const { url } = receiver;
		receiver.answer((_, response) => response.destroy());
		expect(await webhookAt().send(message())).toEqual({ delivered: false, outcome: 'ECONNRESET' });
		await receiver.close();
		expect(await webhookAt(url).send(message())).toEqual({ delivered: false, outcome: 'ECONNREFUSED' });
		receiver = await openReceiver();
		const https = receiver.url.replace('http:', 'https:');
		const { delivered, outcome } = await webhookAt(https).send(message());
		expect(delivered).toBe(false);
		expect(outcome).toMatch(/^(ERR_SSL_|EPROTO|ECONNRESET)/);
	});

	it.each([
		'no HTTP at all\r\n\r\n',
		'HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n',
		`HTTP/1.1 200 OK\r\nx: ${'a'.repeat(100_000)}\r\n\r\n`,
		'',
	])('rejects the answer %j', async (bytes) => {
		const server: Server = createServer((socket) => {
			socket.on('error', () => {});
			socket.once('data', () => socket.end(bytes));
		});
		await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
		const { port } = server.address() as { port: number };
		const { delivered, outcome } = await webhookAt(`http://127.0.0.1:${port}`).send(message());
		expect(delivered).toBe(false);
		expect(outcome).toMatch(/^[A-Z][A-Z0-9_]{0,31}$/);
		await new Promise((resolve) => server.close(resolve));
	});

	it('aborts what is in progress when it is closed, and sends nothing afterwards', async () => {
		receiver.answer(() => {});
		const webhook = webhookAt(receiver.url, 10_000);
		const sending = webhook.send(message());
		await expect.poll(() => receiver.received.length).toBe(1);
		webhook.close();
		expect(await sending).toEqual({ delivered: false, outcome: 'STOPPED' });
		expect(await webhook.send(message())).toEqual({ delivered: false, outcome: 'STOPPED' });
		expect(receiver.received).toHaveLength(1);
	});
});
