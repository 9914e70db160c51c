import { once } from 'node:events';
import { setImmediate as nextLoopRound } from 'node:timers/promises';
import type { Worker } from 'node:worker_threads';
import { fc } from '@fast-check/vitest';
import { describe, expect, it, vi } from 'vitest';
import { createThreadedHash } from '../../src/documents/index.ts';
import { digest } from '../envelope/chunked-vectors.ts';
import { scale } from '../support/scale.ts';
import { bytes } from './files-in-memory.ts';

const BUFFER = 512 * 1024;
/** The hash of the whole, by node:crypto. */
const expected = (content: Uint8Array) => digest('sha256', content);
const hex = (hash: Uint8Array) => Buffer.from(hash).toString('hex');

async function hashed(content: Uint8Array, piece: number, sink?: (bytes: Uint8Array) => Promise<void>) {
	const hash = createThreadedHash(sink);
	for (let start = 0; start < content.length; start += piece) await hash.update(content.subarray(start, start + piece));
	return hex(await hash.digest().finally(hash.close));
}

describe('a hash in a worker thread', () => {
	it.each([0, 1, BUFFER - 1, BUFFER, BUFFER + 1, 2 * BUFFER, 3 * BUFFER + 7, 9 * BUFFER + 5])(
		'of %i bytes is SHA-256',
		async (size) => {
			const content = bytes(size);
			expect(await hashed(content, 100_000)).toBe(expected(content));
		},
	);

	it('is the same for any pieces, each overwritten at once, and passes all of them on in order', async () => {
		const whole = bytes(7 * BUFFER);
		const sizes = fc.integer({ min: 0, max: whole.length });
		await fc.assert(
			fc.asyncProperty(sizes, fc.integer({ min: 1_000, max: 2 * BUFFER }), async (size, piece) => {
				const content = whole.subarray(0, size);
				const handed: Buffer[] = [];
				const hash = createThreadedHash(async (part) => {
					await nextLoopRound();
					handed.push(Buffer.from(part));
				});
				for (let start = 0; start < size; start += piece) {
					const own = Uint8Array.from(content.subarray(start, start + piece));
					await hash.update(own);
					own.fill(0xff);
				}
				expect(hex(await hash.digest())).toBe(expected(content));
				hash.close();
				expect(Buffer.compare(Buffer.concat(handed), content)).toBe(0);
			}),
			{ numRuns: scale(30) },
		);
	});

	it('does not mix concurrent hashes, even with one that was closed', async () => {
		const contents = Array.from({ length: 20 }, (_, n) => bytes(BUFFER + 50_000 * n));
		const left = createThreadedHash();
		await left.update(bytes(2 * BUFFER));
		left.close();
		await expect(left.update(bytes(2 * BUFFER))).rejects.toMatchObject({ code: 'INTERNAL' });
		const hashes = await Promise.all(contents.map((content) => hashed(content, 30_000)));
		expect(hashes).toEqual(contents.map(expected));
	});

	it('fails if its consumer fails', async () => {
		const full = Object.assign(new Error('no room'), { code: 'ENOSPC' });
		await expect(hashed(bytes(3 * BUFFER), 60_000, () => Promise.reject(full))).rejects.toBe(full);
		await expect(hashed(bytes(10), 10, () => Promise.reject(full))).rejects.toBe(full);
	});

	it('fails with its thread, and the next hash gets a new thread', async () => {
		// A separate module instance, and so a separate thread.
		vi.resetModules();
		const own = await import('../../src/documents/threaded-hash.ts');
		const started = once(process, 'worker');
		const content = bytes(2 * BUFFER);
		const hash = own.createThreadedHash();
		await hash.update(content);
		await hash.update(content);
		const [thread] = (await started) as [Worker];
		await thread.terminate();
		await expect(hash.update(content).then(() => hash.digest())).rejects.toMatchObject({ code: 'INTERNAL' });
		hash.close();
		const next = own.createThreadedHash();
		await next.update(content);
		expect(hex(await next.digest())).toBe(expected(content));
		next.close();
	});
});
