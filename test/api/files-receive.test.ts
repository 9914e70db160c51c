import { PassThrough } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { describe, expect, it } from 'vitest';
import { createUploadBody } from '../../src/api/files/receive-file.ts';
import { steppedClock } from '../support/stepped-clock.ts';

/** An upload as it arrives over HTTP/1.1, and the answer that its sender gets on the bare connection. */
function newUpload() {
	const responses: string[] = [];
	const body = new PassThrough();
	const socket = {
		writable: true,
		end(text: string) {
			responses.push(text);
			body.destroy(new Error('The connection is closed.'));
		},
	};
	const raw = Object.assign(body, { complete: false, httpVersionMajor: 1, socket });
	const request = { raw, headers: {} } as unknown as FastifyRequest;
	const clock = steppedClock();
	const { bytes } = createUploadBody(request, {} as unknown as FastifyReply, clock);
	const reading = bytes[Symbol.asyncIterator]();
	return {
		responses,
		/** Data sent earlier is read first. */
		async pass(milliseconds: number) {
			await setImmediate();
			await clock.advance(milliseconds);
			await setImmediate();
		},
		send: (length: number) => body.write(Buffer.alloc(length)),
		end() {
			raw.complete = true;
			body.end();
		},
		next: () => reading.next(),
		/** Reads as fast as data arrives; returns the number of bytes. */
		async readAll() {
			let length = 0;
			for (let next = await reading.next(); !next.done; next = await reading.next()) length += next.value.length;
			return length;
		},
	};
}

describe('the sender of an upload', () => {
	it('is cut off after 30 seconds of silence, at any point of the upload', async () => {
		for (const sent of [0, 3]) {
			const { responses, pass, send, readAll } = newUpload();
			const read = expect(readAll()).rejects.toThrow();
			for (let piece = 0; piece < sent; piece++) {
				send(100_000);
				await pass(29_000);
			}
			await pass(sent === 0 ? 29_999 : 999);
			expect(responses).toEqual([]);
			await pass(1);
			expect(responses).toEqual([expect.stringMatching(/^HTTP\/1\.1 408 /)]);
			await read;
		}
	});

	it('is cut off after a minute at less than 2 KiB per second', async () => {
		const { responses, pass, send, readAll } = newUpload();
		const read = expect(readAll()).rejects.toThrow();
		for (let second = 1; second <= 60; second++) {
			send(2_000);
			await pass(1_000);
		}
		expect(responses).toEqual([]);
		send(2_000);
		await pass(1_000);
		send(2_000);
		await read;
		expect(responses).toEqual([expect.stringMatching(/^HTTP\/1\.1 408 /)]);
	});

	it('is not cut off while it is a little faster than that, however long it takes', async () => {
		const { responses, pass, send, end, readAll } = newUpload();
		const read = readAll();
		for (let second = 1; second <= 300; second++) {
			await pass(1_000);
			send(2_100);
		}
		end();
		expect(await read).toBe(300 * 2_100);
		expect(responses).toEqual([]);
	});

	it('is not cut off because the store is slow', async () => {
		const { responses, pass, send, end, next } = newUpload();
		for (let piece = 0; piece < 10; piece++) {
			send(100);
			expect((await next()).value).toHaveLength(100);
			await pass(45_000);
		}
		end();
		expect((await next()).done).toBe(true);
		expect(responses).toEqual([]);
	});
});
