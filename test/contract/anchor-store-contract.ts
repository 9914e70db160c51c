import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { type AnchorStore, AnchorStoreError, findNewest } from '../../src/audit-log/anchors/index.ts';
import { bytesOf, inPieces, never } from '../support/objects.ts';

/** The contract of every anchor store. `makeStore` makes an empty store; for another installation's name, in the same location. */
export function anchorStoreContract(
	name: string,
	makePlace: () => Promise<(installation: string) => AnchorStore | Promise<AnchorStore>>,
): void {
	describe(`anchor store contract: ${name}`, () => {
		const makeStore = async () => (await makePlace())('seal.example');

		it('stores anchors of every length, and returns their size and SHA-256', async () => {
			const store = await makeStore();
			for (const [number, length] of [1, 0, 600_000, 9 * 2 ** 20].entries()) {
				expect(await store.has(number)).toBe(false);
				const stored = await store.write(number, inPieces(bytesOf(length)), never());
				expect(stored.size).toBe(length);
				expect(Buffer.from(stored.sha256)).toEqual(createHash('sha256').update(bytesOf(length)).digest());
				expect(await store.has(number)).toBe(true);
				expect((await read(store, number))?.equals(bytesOf(length))).toBe(true);
			}
			expect(await findNewest(store)).toBe(3);
		});

		it('stores an anchor once, and keeps the first', async () => {
			const store = await makeStore();
			for (const [number, length] of [10, 9 * 2 ** 20].entries()) {
				await store.write(number, inPieces(bytesOf(length)), never());
				for (const again of [length, 5])
					expect(await reasonOf(store.write(number, inPieces(bytesOf(again)), never()))).toBe('EXISTS');
				expect((await read(store, number))?.length).toBe(length);
			}
		});

		it('has nothing under a name that was not written', async () => {
			const store = await makeStore();
			expect([await store.has(0), await store.read(0, never()), await findNewest(store)]).toEqual([false, null, null]);
		});

		it('stores nothing of a write that failed, and passes on the error of the body', async () => {
			const store = await makeStore();
			const own = new Error('of the body');
			for (const length of [0, 10, 9 * 2 ** 20]) {
				const body = (async function* () {
					yield* inPieces(bytesOf(length));
					throw own;
				})();
				await expect(store.write(0, body, never())).rejects.toBe(own);
				expect(await store.has(0)).toBe(false);
			}
			expect(await reasonOf(store.write(0, inPieces(bytesOf(10)), AbortSignal.abort()))).toBe('AWAY');
			expect(await store.has(0)).toBe(false);
			await store.write(0, inPieces(bytesOf(10)), never());
		});

		it('ends a read if it is aborted', async () => {
			const store = await makeStore();
			await store.write(0, inPieces(bytesOf(9 * 2 ** 20)), never());
			const abort = new AbortController();
			const reading = (async () => {
				for await (const _ of (await store.read(0, abort.signal)) ?? []) abort.abort();
			})();
			expect(await reasonOf(reading)).toBe('AWAY');
		});

		it('keeps the anchors of two installations separate', async () => {
			const openAs = await makePlace();
			const [ours, theirs] = [await openAs('seal.example'), await openAs('other.example')];
			await ours.write(0, inPieces(bytesOf(10)), never());
			expect([await ours.has(0), await theirs.has(0)]).toEqual([true, false]);
			await theirs.write(0, inPieces(bytesOf(20)), never());
			expect([(await read(ours, 0))?.length, (await read(theirs, 0))?.length]).toEqual([10, 20]);
		});

		it('can be used, and reports its configuration', async () => {
			const store = await makeStore();
			await store.check();
			const findings = await store.inspect();
			expect(findings.length).toBeGreaterThan(0);
			for (const { check } of findings) expect(check).toMatch(/^anchors: \w/);
		});
	});
}

async function read(store: AnchorStore, number: number): Promise<Buffer | null> {
	const pieces = await store.read(number, never());
	if (pieces === null) return null;
	const copies: Uint8Array[] = [];
	for await (const piece of pieces) copies.push(Uint8Array.from(piece));
	return Buffer.concat(copies);
}

async function reasonOf(work: Promise<unknown>): Promise<string> {
	try {
		await work;
		return 'none';
	} catch (error) {
		return error instanceof AnchorStoreError ? error.reason : `not of the store: ${String(error)}`;
	}
}
