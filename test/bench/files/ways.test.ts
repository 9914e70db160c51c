import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { measureFileMemory } from '../../../bench/files/measure-memory.ts';
import { openSealedFileStore, type SealedFileStore } from '../../../bench/files/sealed-file-store.ts';
import {
	copyDurably,
	copyHashed,
	keep,
	openFromStore,
	sealIntoStore,
	sealToFile,
	sealUnhashed,
} from '../../../bench/files/ways.ts';

const key = new Uint8Array(32).fill(7);
const plaintext = Buffer.from(Uint8Array.from({ length: 700_000 }, (_, index) => index >> 3));
let directory: string;
let vault: SealedFileStore;
const at = (name: string) => join(directory, name);

beforeAll(async () => {
	directory = await mkdtemp(join(tmpdir(), 'firmseal-ways-'));
	await mkdir(at('objects'), { mode: 0o700 });
	vault = await openSealedFileStore(at('objects'), key);
	await writeFile(at('source'), plaintext);
});
afterAll(() => rm(directory, { recursive: true }));

it('all compared methods produce the same file', async () => {
	for (const way of [copyDurably, copyHashed]) {
		await way(at('source'), at('copy'));
		expect(plaintext.equals(await readFile(at('copy')))).toBe(true);
	}
	const stored = await keep(vault, at('source'));
	expect(await vault.store.measure(stored)).toBe(plaintext.length);
	const sealed = await sealIntoStore(vault, at('source'));
	await openFromStore(vault, sealed, plaintext.length, at('opened'));
	expect(plaintext.equals(await readFile(at('opened')))).toBe(true);
	for (const way of [sealToFile, sealUnhashed]) {
		await way(vault, at('source'), at('sealed'));
		expect((await readFile(at('sealed'))).length).toBe(await vault.store.measure(sealed));
	}
});

it('the memory for a file is measured in a separate process, and a range is read by its chunks', async () => {
	const size = 8 * 2 ** 20;
	const { facts } = await measureFileMemory(vault, { directory, key, size }, new AbortController().signal);
	const values = Object.fromEntries(facts.map(({ what, value, target }) => [what, { value, target }]));
	expect(values['memory of a plain copy']?.value).toBeGreaterThan(0);
	expect(values['read for a range of 1 MiB']).toEqual({ value: 72 + 65 * 16_400 + 16, target: 2 ** 20 + 3 * 16_384 });
}, 60_000);
