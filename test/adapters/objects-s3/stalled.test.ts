import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { reasonOf } from '../../support/objects.ts';
import { type Answer, type FakeS3, RESPONSE_TIMEOUT_MS, startFakeS3 } from './fake-s3.ts';

const XML = { 'content-type': 'application/xml' };
const NOTHING = '<ListMultipartUploadsResult><IsTruncated>false</IsTruncated></ListMultipartUploadsResult>';

describe('an S3 response that has started', () => {
	const running: FakeS3[] = [];
	afterEach(() => Promise.all(running.splice(0).map((fake) => fake.close())));
	const start = async (answer: Answer) => {
		const fake = await startFakeS3(() => answer);
		running.push(fake);
		return fake.store;
	};

	it.each([
		['a list', 200, NOTHING.slice(0, 30)],
		['a refusal', 500, '<Error><Code>Internal'],
	])('is not waited for indefinitely if it stalls: %s', async (_, status, body) => {
		const store = await start({ status, headers: XML, body, afterwards: () => {} });
		expect(await reasonOf(store.delete(randomUUID()))).toBe('AWAY');
	});

	it('is waited for while it grows, however slowly', async () => {
		const store = await start({
			headers: XML,
			body: '<?xml version="1.0" encoding="UTF-8"?>',
			async afterwards(response) {
				for (let bytes = 0; bytes < 12; bytes++) {
					await delay(RESPONSE_TIMEOUT_MS / 8);
					response.write(' ');
				}
				response.end(NOTHING);
			},
		});
		await store.sweep(new Date(0));
	});
});
