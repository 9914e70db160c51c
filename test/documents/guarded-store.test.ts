import { describe, expect, it } from 'vitest';
import { guardStore, type ObjectStore, ObjectStoreError } from '../../src/documents/index.ts';
import { FirmsealError, SetupError } from '../../src/errors.ts';
import { newName, readAll, reasonOf, tagOf, write } from '../support/objects.ts';

const name = newName();
const SECRET = 'secret-name';

/** A correct store, except for the methods that a test replaces. */
function adapter(changes: Partial<ObjectStore> = {}): ObjectStore {
	return {
		bucket: 'objects',
		async write(_, body) {
			let size = 0;
			for await (const piece of body) size += piece.length;
			return { size, sha256: new Uint8Array(32) };
		},
		measure: async () => 10,
		async *read(_, { start, end }) {
			yield new Uint8Array(end - start);
		},
		delete: async () => {},
		async *list() {},
		count: async () => 0,
		retained: async () => null,
		sweep: async () => 0,
		inspect: async () => [],
		check: async () => {},
		...changes,
	};
}

const guarded = (changes: Partial<ObjectStore>) => guardStore(adapter(changes));
async function listing(changes: Partial<ObjectStore>): Promise<void> {
	for await (const { name } of guarded(changes).list()) expect(name).not.toBe('');
}
async function* inTurn<Each>(each: readonly Each[]): AsyncGenerator<Each> {
	yield* each;
}
const reading = (pieces: readonly unknown[], range = { start: 5, end: 15 }) =>
	readAll(
		guarded({
			async *read() {
				yield* pieces as Uint8Array[];
			},
		}),
		name,
		range,
	);

describe('the guard around an object store', () => {
	it('passes on valid answers', async () => {
		const store = guarded({});
		expect(store.bucket).toBe('objects');
		expect(await write(store, name, new Uint8Array(7))).toEqual({ size: 7, sha256: new Uint8Array(32) });
		expect(await store.measure(name)).toBe(10);
		expect((await readAll(store, name, { start: 3, end: 9 })).length).toBe(6);
	});

	it('passes on only the properties that the port names', async () => {
		const finding = { check: 'a', ok: false, fix: 'b', more: SECRET };
		expect(await guarded({ inspect: async () => [finding] }).inspect()).toEqual([{ check: 'a', ok: false, fix: 'b' }]);
		const store = guarded({
			write: async (...args) => ({ ...(await adapter().write(...args)), more: SECRET }),
		});
		expect(await write(store, name, new Uint8Array(0))).toEqual({ size: 0, sha256: new Uint8Array(32) });
	});

	it('refuses invalid sizes, ranges and times', async () => {
		const store = guarded({});
		const internal = { name: 'FirmsealError', code: 'INTERNAL' };
		for (const size of [-1, 1.5, Number.NaN, 2 ** 53])
			await expect(write(store, name, new Uint8Array(1), size)).rejects.toMatchObject(internal);
		for (const range of [
			{ start: -1, end: 1 },
			{ start: 0, end: 1.5 },
			{ start: 2, end: 1 },
			{ start: 0, end: Number.POSITIVE_INFINITY },
		])
			expect(() => store.read(name, range, new AbortController().signal)).toThrow(FirmsealError);
		await expect(store.sweep(new Date(Number.NaN))).rejects.toMatchObject(internal);
	});

	it('reports an impossible answer as AWAY', async () => {
		const answers: Partial<ObjectStore>[] = [
			{ write: async () => ({ size: 6, sha256: new Uint8Array(32) }) },
			{ write: async () => ({ size: 7, sha256: new Uint8Array(31) }) },
			{ write: async () => ({ size: 7, sha256: 'a'.repeat(32) as never }) },
			{ write: async () => undefined as never },
			{
				async write(_, body) {
					for await (const { length } of body) return { size: length, sha256: new Uint8Array(32) };
					throw new Error('empty');
				},
			},
		];
		for (const answer of answers) expect(await reasonOf(write(guarded(answer), name, new Uint8Array(7)))).toBe('AWAY');
		for (const size of [-1, 1.5, Number.NaN, '5' as never, undefined as never])
			expect(await reasonOf(guarded({ measure: async () => size }).measure(name))).toBe('AWAY');
		for (const count of [-1, Number.NaN])
			expect(await reasonOf(guarded({ sweep: async () => count }).sweep(new Date()))).toBe('AWAY');
		const [tag, digits] = name.split('/') as [string, string];
		const [until, bad] = [new Date(), new Date(Number.NaN)];
		for (const retained of [
			{ objects: 0, until, onHold: 0 },
			{ objects: 2, until, onHold: 0 },
			{ objects: 1, until: null, onHold: 0 },
			{ objects: 1, until: bad, onHold: 0 },
			{ objects: 1, until: 'soon' as never, onHold: 0 },
			{ objects: 1, until, onHold: 2 },
		])
			expect(await reasonOf(guarded({ retained: async () => retained }).retained([tag]))).toBe('AWAY');
		expect(await guarded({ retained: async () => null }).retained([tag])).toBeNull();
		for (const listed of [
			[{ name: tag, size: 1 }],
			[{ name: `${tag}/../${digits}`, size: 1 }],
			[{ name, size: -1 }],
			[{ name, size: undefined as never }],
			[
				{ name, size: 1 },
				{ name, size: 1 },
			],
			[null as never],
		])
			expect(await reasonOf(listing({ list: () => inTurn(listed) }))).toBe('AWAY');
		for (const finding of [
			{ check: 1 },
			{ check: 'a', ok: false, fix: null },
			{ check: 'a', ok: true, fix: 'b' },
			null,
		])
			expect(await reasonOf(guarded({ inspect: async () => [finding as never] }).inspect())).toBe('AWAY');
	});

	it('returns exactly the bytes of the range', async () => {
		expect((await reading([new Uint8Array(4), new Uint8Array(0), new Uint8Array(6)])).length).toBe(10);
		for (const pieces of [[], [new Uint8Array(9)], [new Uint8Array(4), new Uint8Array(5)], ['0123456789']])
			expect(await reasonOf(reading(pieces))).toBe('AWAY');
		const given: number[] = [];
		const store = guarded({
			async *read() {
				yield new Uint8Array(4);
				yield new Uint8Array(7);
			},
		});
		const tooMuch = (async () => {
			for await (const { length } of store.read(name, { start: 0, end: 10 }, new AbortController().signal))
				given.push(length);
		})();
		expect(await reasonOf(tooMuch)).toBe('AWAY');
		expect(given).toEqual([4]);
	});

	it('drops the text of foreign errors', async () => {
		const failing = async () => {
			throw new Error(SECRET);
		};
		const store = guarded({
			write: failing,
			measure: failing,
			async *read() {
				yield await failing();
			},
			async *list() {
				yield await failing();
			},
			delete: failing,
			sweep: failing,
			inspect: failing,
			check: failing,
		});
		for (const work of [
			() => write(store, name, new Uint8Array(1)),
			() => store.measure(name),
			() => readAll(store, name, { start: 0, end: 1 }),
			() => store.delete(tagOf(name)),
			async () => {
				for await (const _ of store.list()) throw new Error('listed');
			},
			() => store.sweep(new Date()),
			() => store.inspect(),
			() => store.check(),
		]) {
			const error = await work().then(
				() => null,
				(thrown: unknown) => thrown,
			);
			expect(error).toBeInstanceOf(ObjectStoreError);
			expect(error).toMatchObject({ reason: 'AWAY', code: 'INTERNAL' });
			expect(String(error)).not.toContain(SECRET);
			expect(error).not.toHaveProperty('cause');
		}
	});

	it('passes on our own errors, and an error of the body even if the adapter hides it', async () => {
		for (const own of [
			new ObjectStoreError('FULL', 'full'),
			new SetupError('set up'),
			new FirmsealError('CONFLICT', 'no'),
		])
			await expect(guarded({ check: () => Promise.reject(own) }).check()).rejects.toBe(own);
		const ofBody = new Error('of the body');
		const body = () =>
			(async function* () {
				yield new Uint8Array(1);
				throw ofBody;
			})();
		await expect(write(guarded({}), name, body())).rejects.toBe(ofBody);
		const hiding = guarded({
			async write(_, pieces) {
				try {
					for await (const _piece of pieces);
				} catch {
					throw new Error('something else');
				}
				return { size: 1, sha256: new Uint8Array(32) };
			},
		});
		await expect(write(hiding, name, body())).rejects.toBe(ofBody);
		const swallowing = guarded({
			async write(_, pieces) {
				try {
					for await (const _piece of pieces);
				} catch {}
				return { size: 1, sha256: new Uint8Array(32) };
			},
		});
		await expect(write(swallowing, name, body())).rejects.toBe(ofBody);
	});

	it('closes the body if the adapter stops reading it', async () => {
		let isLeft = false;
		const body = (async function* () {
			try {
				for (;;) yield new Uint8Array(1);
			} finally {
				isLeft = true;
			}
		})();
		const leaving = guarded({
			async write(_, pieces) {
				for await (const _piece of pieces) break;
				throw new ObjectStoreError('FULL', 'full');
			},
		});
		expect(await reasonOf(write(leaving, name, body))).toBe('FULL');
		expect(isLeft).toBe(true);
	});
});
