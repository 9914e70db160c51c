import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect } from 'vitest';
import type { ObjectStore } from '../../src/documents/index.ts';
import { bytesOf, inPieces, never, newName, readAll, reasonOf, tagOf, write } from '../support/objects.ts';
import { drawn, scale } from '../support/scale.ts';
import { type Gaps, itWithGaps } from './gaps.ts';

export interface StoreUnderTest {
	/** With its guard. */
	readonly store: ObjectStore;
	/** The size in bytes at which an adapter changes its behaviour: that of its buffer, or of its first part. */
	readonly boundary: number;
	/** Everything stored under a tag, observed from outside: objects, versions, unfinished uploads. */
	leftOf(tag: string): Promise<number>;
	/** Abandons an upload of that object, as a killed process does. */
	leaveUnfinished(name: string): Promise<void>;
}

/** Two writers that both find no object of the name before either sends a byte, so that only the store can let one of them win. */
export async function expectOneWinner(store: ObjectStore, length: number): Promise<void> {
	const object = newName();
	const bodies = [bytesOf(length), randomBytes(length)];
	const bothReading = Promise.withResolvers<void>();
	let readers = 0;
	async function* body(bytes: Uint8Array) {
		readers += 1;
		if (readers === bodies.length) bothReading.resolve();
		await bothReading.promise;
		yield* inPieces(bytes);
	}
	const outcomes = await Promise.all(bodies.map((bytes) => reasonOf(write(store, object, body(bytes), length))));
	expect(outcomes.toSorted()).toEqual(['EXISTS', 'none']);
	const winner = bodies[outcomes.indexOf('none')];
	expect((await readAll(store, object, { start: 0, end: length })).equals(winner ?? Buffer.alloc(0))).toBe(true);
}

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** Bytes of buffers in memory: the lower of two samples, because another thread frees collected memory. */
function held(): number {
	const bytesHeld = () => {
		collectGarbage();
		return process.memoryUsage().arrayBuffers;
	};
	return Math.min(bytesHeld(), bytesHeld());
}

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest();

/** The contract of every object store. `gaps` lists what an emulator cannot do, and why. */
export function objectStoreContract(name: string, makeStore: () => Promise<StoreUnderTest>, gaps: Gaps = {}): void {
	describe(`object store contract: ${name}`, () => {
		const { it, assertEachNamesATest } = itWithGaps(gaps);

		it('stores objects of every length, and returns their size and SHA-256', async () => {
			const { store, boundary } = await makeStore();
			const lengths = [0, 1, boundary - 1, boundary, boundary + 1, 2 * boundary, 2 * boundary + 1, 16 * 2 ** 20 + 5];
			for (const length of new Set(lengths)) {
				const [bytes, object] = [bytesOf(length), newName()];
				expect(await store.measure(object)).toBeNull();
				const stored = await write(store, object, bytes);
				expect(stored.size).toBe(length);
				expect(Buffer.from(stored.sha256)).toEqual(sha256(bytes));
				expect(await store.measure(object)).toBe(length);
				const read = await readAll(store, object, { start: 0, end: length });
				expect(read.equals(bytes), `${length} bytes`).toBe(true);
				await store.delete(tagOf(object));
			}
		});

		it('stores objects of unknown length', async () => {
			const { store, boundary } = await makeStore();
			for (const length of [0, boundary, 2 * boundary + 77]) {
				const [bytes, object] = [bytesOf(length), newName()];
				expect((await write(store, object, bytes, null)).size).toBe(length);
				expect((await readAll(store, object, { start: 0, end: length })).equals(bytes)).toBe(true);
				await store.delete(tagOf(object));
			}
		});

		it('returns any range of an object, and nothing else', async () => {
			const { store, boundary } = await makeStore();
			const [bytes, object] = [bytesOf(2 * boundary + 1_000), newName()];
			await write(store, object, bytes);
			const last = bytes.length - 1;
			const ranges = [
				[0, 1],
				[last, last + 1],
				[boundary - 1, boundary + 1],
				[17, 2 * boundary + 3],
				[boundary, boundary],
			].map(([start = 0, end = 0]) => ({ start, end }));
			for (let n = 0; n < 20; n++) {
				const start = Math.floor(drawn(`start ${n}`) * last);
				ranges.push({ start, end: Math.min(last, start + 1 + Math.floor(drawn(`length ${n}`) * 200_000)) });
			}
			for (const range of ranges) {
				const expected = bytes.subarray(range.start, range.end);
				expect((await readAll(store, object, range)).equals(expected), JSON.stringify(range)).toBe(true);
			}
		});

		it('returns nothing beyond the end of an object', async () => {
			const { store } = await makeStore();
			const object = newName();
			await write(store, object, bytesOf(1_000));
			for (const range of [
				{ start: 900, end: 1_001 },
				{ start: 2_000, end: 2_001 },
			])
				expect(await reasonOf(readAll(store, object, range))).toBe('AWAY');
		});

		it('reports a missing object', async () => {
			const { store } = await makeStore();
			const object = newName();
			expect(await store.measure(object)).toBeNull();
			expect(await reasonOf(readAll(store, object, { start: 0, end: 1 }))).toBe('ABSENT');
			expect(await reasonOf(readAll(store, object, { start: 0, end: 0 }))).toBe('ABSENT');
			await write(store, newName(tagOf(object)), bytesOf(10));
			expect(await store.measure(object)).toBeNull();
			expect(await reasonOf(readAll(store, object, { start: 0, end: 1 }))).toBe('ABSENT');
		});

		it('never overwrites an object', async () => {
			const { store, boundary } = await makeStore();
			for (const length of [100, boundary + 100]) {
				const [bytes, object] = [bytesOf(length), newName()];
				await write(store, object, bytes);
				expect(await reasonOf(write(store, object, randomBytes(length)))).toBe('EXISTS');
				expect((await readAll(store, object, { start: 0, end: length })).equals(bytes)).toBe(true);
			}
		});

		for (const [size, extra] of [
			['small', -1],
			['large', 1],
		] as const)
			it(`lets one of two concurrent writers of one ${size} object win`, async () => {
				const { store, boundary } = await makeStore();
				await expectOneWinner(store, boundary + extra);
			});

		it('shows nothing of an object before it is complete, and deletes it with its tag', async () => {
			const { store, boundary, leftOf } = await makeStore();
			const object = newName();
			const halfway = Promise.withResolvers<void>();
			const continueBody = Promise.withResolvers<void>();
			const writing = reasonOf(
				write(
					store,
					object,
					(async function* () {
						yield* inPieces(bytesOf(2 * boundary + 10));
						halfway.resolve();
						await continueBody.promise;
						yield bytesOf(10);
					})(),
				),
			);
			await halfway.promise;
			expect(await store.measure(object)).toBeNull();
			await store.delete(tagOf(object));
			continueBody.resolve();
			expect(await writing).not.toBe('none');
			expect(await store.measure(object)).toBeNull();
			expect(await leftOf(tagOf(object))).toBe(0);
		});

		it('passes on the error of the body, and leaves nothing behind', async () => {
			const { store, boundary, leftOf } = await makeStore();
			for (const length of [0, 10, 3 * boundary]) {
				const object = newName();
				const own = new Error('of the body');
				const body = (async function* () {
					yield* inPieces(bytesOf(length));
					throw own;
				})();
				await expect(write(store, object, body)).rejects.toBe(own);
				expect(await store.measure(object)).toBeNull();
				expect(await leftOf(tagOf(object)), `${length} bytes`).toBe(0);
			}
		});

		it('ends at once if a write is aborted, and leaves nothing behind', async () => {
			const { store, boundary, leftOf } = await makeStore();
			for (const length of [0, 10, 3 * boundary]) {
				const object = newName();
				const abort = new AbortController();
				let isLeft = false;
				const body: AsyncIterable<Uint8Array> = {
					[Symbol.asyncIterator]() {
						const pieces = inPieces(bytesOf(length));
						return {
							async next() {
								const next = await pieces.next();
								if (!next.done) return next;
								// The store waits for more bytes now.
								setImmediate(() => abort.abort());
								return new Promise(() => {});
							},
							async return() {
								isLeft = true;
								return { done: true, value: undefined };
							},
						};
					},
				};
				expect(await reasonOf(write(store, object, body, null, abort.signal))).toBe('AWAY');
				expect(isLeft).toBe(true);
				expect(await store.measure(object)).toBeNull();
				expect(await leftOf(tagOf(object)), `${length} bytes`).toBe(0);
			}
			const object = newName();
			expect(await reasonOf(write(store, object, bytesOf(10), 10, AbortSignal.abort()))).toBe('AWAY');
			expect(await leftOf(tagOf(object))).toBe(0);
		});

		it('refuses more or fewer bytes than announced, and leaves nothing behind', async () => {
			const { store, boundary, leftOf } = await makeStore();
			for (const [length, announced] of [
				[10, 9],
				[9, 10],
				[0, 1],
				[1, 0],
				[boundary + 1, boundary],
				[boundary, boundary + 1],
				[2 * boundary + 1, 3 * boundary],
			] as const) {
				const object = newName();
				expect(await reasonOf(write(store, object, bytesOf(length), announced))).toBe('AWAY');
				expect(await store.measure(object)).toBeNull();
				expect(await leftOf(tagOf(object)), `${length} of ${announced} bytes`).toBe(0);
			}
		});

		it('deletes every object of a tag and no others, however often', async () => {
			const { store, boundary, leftOf } = await makeStore();
			const [tag, other] = [randomUUID(), newName()];
			const objects = [newName(tag), newName(tag)];
			await write(store, other, bytesOf(5));
			await write(store, objects[0] ?? '', bytesOf(5));
			await write(store, objects[1] ?? '', bytesOf(boundary + 5));
			expect(await store.count(tag)).toBeGreaterThanOrEqual(2);
			await Promise.all([store.delete(tag), store.delete(tag)]);
			await store.delete(tag);
			expect([await store.count(tag), await store.count(tagOf(other))]).toEqual([0, 1]);
			for (const object of objects) expect(await store.measure(object)).toBeNull();
			expect(await leftOf(tag)).toBe(0);
			expect((await readAll(store, other, { start: 0, end: 5 })).equals(bytesOf(5))).toBe(true);
			await store.delete(randomUUID());
		});

		it('reports no retention for what can be deleted, or for unknown tags', async () => {
			const { store } = await makeStore();
			const object = newName();
			await write(store, object, bytesOf(5));
			expect(await store.retained([])).toBeNull();
			expect(await store.retained([tagOf(object), randomUUID()])).toBeNull();
			await store.delete(tagOf(object));
		});

		it('lists complete objects only, sorted by name', async () => {
			const { store, boundary, leaveUnfinished } = await makeStore();
			const objects = Array.from({ length: 5 }, () => newName());
			objects.push(newName(tagOf(objects[0] ?? '')));
			const lengthOf = (index: number) => (index === 1 ? boundary + 5 : index);
			for (const [index, object] of objects.entries()) await write(store, object, bytesOf(lengthOf(index)));
			const unfinished = newName();
			await leaveUnfinished(unfinished);
			const listed: [string, number][] = [];
			for await (const { name, size } of store.list()) listed.push([name, size]);
			const expected = objects.map((object, index): [string, number] => [object, lengthOf(index)]);
			expect(listed.filter(([object]) => objects.includes(object))).toEqual(
				expected.toSorted(([left], [right]) => (left < right ? -1 : 1)),
			);
			expect(listed.map(([object]) => object)).toEqual(listed.map(([object]) => object).toSorted());
			expect(listed.map(([object]) => object)).not.toContain(unfinished);
			await store.delete(tagOf(unfinished));
			for (const object of objects) await store.delete(tagOf(object));
		});

		it('deletes by tag what a killed process left unfinished', async () => {
			const { store, leftOf, leaveUnfinished } = await makeStore();
			const object = newName();
			await leaveUnfinished(object);
			expect(await leftOf(tagOf(object))).toBeGreaterThan(0);
			expect(await store.count(tagOf(object))).toBeGreaterThan(0);
			expect(await store.measure(object)).toBeNull();
			await store.delete(tagOf(object));
			expect(await store.count(tagOf(object))).toBe(0);
			expect(await leftOf(tagOf(object))).toBe(0);
		});

		it('sweeps unfinished writes, and no objects', async () => {
			const { store, leftOf, leaveUnfinished } = await makeStore();
			const [whole, ...unfinished] = [newName(), newName(), newName()];
			await write(store, whole ?? '', bytesOf(5));
			for (const object of unfinished) await leaveUnfinished(object);
			expect(await store.sweep(new Date(Date.now() + 60_000))).toBeGreaterThanOrEqual(2);
			for (const object of unfinished) expect(await leftOf(tagOf(object))).toBe(0);
			expect(await store.measure(whole ?? '')).toBe(5);
			expect(await store.sweep(new Date(Date.now() + 60_000))).toBe(0);
		});

		it('sweeps nothing that started after the given time', async () => {
			const { store, leftOf, leaveUnfinished } = await makeStore();
			const object = newName();
			await leaveUnfinished(object);
			expect(await store.sweep(new Date(Date.now() - 60_000))).toBe(0);
			expect(await leftOf(tagOf(object))).toBeGreaterThan(0);
			await store.delete(tagOf(object));
		});

		it('ends a read if it is aborted or abandoned', async () => {
			const { store, boundary } = await makeStore();
			const [object, abort] = [newName(), new AbortController()];
			await write(store, object, bytesOf(2 * boundary));
			const range = { start: 0, end: 2 * boundary };
			const reading = (async () => {
				for await (const _ of store.read(object, range, abort.signal)) abort.abort();
			})();
			expect(await reasonOf(reading)).toBe('AWAY');
			for await (const piece of store.read(object, range, never())) {
				expect(piece.length).toBeGreaterThan(0);
				break;
			}
			expect((await readAll(store, object, range)).equals(bytesOf(2 * boundary))).toBe(true);
		});

		it('refuses foreign names and tags of any form', async () => {
			const { store } = await makeStore();
			const [tag, rest] = newName().split('/') as [string, string];
			const names = [
				'',
				'/',
				tag,
				`${tag}/`,
				`${tag}/../${rest}`,
				`../${tag}/${rest}`,
				`/${tag}/${rest}`,
				`${tag}/${rest}/`,
				`${tag}//${rest}`,
				`${tag}\\${rest}`,
				`${tag.toUpperCase()}/${rest}`,
				`${tag}/${rest.toUpperCase().replace(/^[^A-F]/, 'A')}`,
				`${tag}/${rest}\n`,
				`${tag}/${rest}\0`,
				`${tag}/${rest.slice(1)}%`,
				`${tag}/${rest}?versionId=1`,
			];
			for (const bad of names) {
				const internal = { name: 'FirmsealError', code: 'INTERNAL' };
				await expect(write(store, bad, bytesOf(1)), bad).rejects.toMatchObject(internal);
				await expect(store.measure(bad), bad).rejects.toMatchObject(internal);
				await expect((async () => readAll(store, bad, { start: 0, end: 1 }))(), bad).rejects.toMatchObject(internal);
				if (bad !== tag) await expect(store.delete(bad), bad).rejects.toMatchObject(internal);
				if (bad !== tag) await expect(store.retained([bad]), bad).rejects.toMatchObject(internal);
				if (bad !== tag) await expect(store.count(bad), bad).rejects.toMatchObject(internal);
			}
		});

		it('needs little memory, however long the object is', async () => {
			const { store } = await makeStore();
			const [object, length, piece] = [newName(), scale(160, 64) * 2 ** 20, randomBytes(256 * 1024)];
			const before = held();
			let most = 0;
			const body = (async function* () {
				for (let sent = 0; sent < length; sent += piece.length) {
					if (sent % 2 ** 23 === 0) most = Math.max(most, held() - before);
					yield piece;
				}
			})();
			await write(store, object, body, length);
			let seen = 0;
			for await (const { length: bytes } of store.read(object, { start: 0, end: length }, never())) {
				seen += bytes;
				if (seen > 2 ** 23) {
					most = Math.max(most, held() - before);
					seen = 0;
				}
			}
			await store.delete(tagOf(object));
			expect(most / 2 ** 20).toBeLessThan(30);
		});

		it('can be used, and reports its configuration', async () => {
			const { store } = await makeStore();
			await store.check();
			expect(store.bucket).not.toBe('');
			expect((await store.inspect()).length).toBeGreaterThan(0);
		});

		assertEachNamesATest();
	});
}
