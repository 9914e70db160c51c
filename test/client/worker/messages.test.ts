import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { expect, it } from 'vitest';
import { CONTENT_TYPES } from '../../../src/client/coordinates.generated.ts';
import { createVault, VaultError } from '../../../src/client/vault/index.ts';
import { worded } from '../../../src/client/vault/worded.ts';
import { isCall, isPlain, OPERATIONS } from '../../../src/client/worker/messages.ts';
import { tellError } from '../../../src/client/worker/worker-error.ts';
import { MemoryStore } from '../vault/memory-store.ts';

it('a page may ask for every operation of the vault, and to take over', () => {
	const vault = createVault({ store: new MemoryStore(), clock: Date, types: CONTENT_TYPES });
	expect(Object.keys(OPERATIONS).sort()).toEqual([...Object.keys(vault), 'takeOver'].sort());
});

it('only a call of a known operation is a call', () => {
	expect(isCall({ call: 1, operation: 'state', given: [] })).toBe(true);
	for (const operation of ['constructor', 'toString', '__proto__', 'context', 1, undefined]) {
		expect(isCall({ call: 1, operation, given: [] })).toBe(false);
	}
	for (const given of ['x', [1, 2], undefined, {}]) expect(isCall({ call: 1, operation: 'state', given })).toBe(false);
	for (const data of [null, 'state', [], { operation: 'state', given: [] }]) expect(isCall(data)).toBe(false);
});

it('neither keys nor bytes are among what goes back to the page', async () => {
	const key = await crypto.subtle.importKey('raw', new Uint8Array(32), 'HKDF', false, ['deriveBits']);
	expect(isPlain({ records: [{ value: 'text', why: null, at: 1, isTrue: true }], none: undefined })).toBe(true);
	for (const hidden of [key, new Uint8Array(32), new ArrayBuffer(32), new Map([['key', key]]), new Date(0), 1n]) {
		expect(isPlain(hidden)).toBe(false);
		expect(isPlain({ records: [{ value: [hidden] }] })).toBe(false);
	}
});

it('errors cross as sentences of ours: of any other error, nothing is told', async () => {
	expect(await tellError(await worded(new VaultError('locked', { cause: new Error('Canary') })))).toEqual({
		code: 'FORBIDDEN',
		message: 'This device is locked. Unlock it first.',
		reason: 'locked',
		detail: null,
	});
	const told = await tellError(new TypeError('Canary'));
	expect(told).toMatchObject({ code: 'INTERNAL', reason: 'unforeseen' });
	expect(JSON.stringify(told)).not.toContain('Canary');
});

it('the part of a page has at most 4 kB, and of the vault only names', async () => {
	const { metafile, outputFiles } = await build({
		stdin: {
			contents: "export { createWithPasskey, createWorkerVault, unlockWithPasskey } from './index.ts';",
			resolveDir: fileURLToPath(new URL('../../../src/client/worker', import.meta.url)),
		},
		bundle: true,
		format: 'esm',
		minify: true,
		metafile: true,
		write: false,
	});
	const [made] = Object.values(metafile.outputs);
	const loaded = Object.entries(made?.inputs ?? {}).filter(([, { bytesInOutput }]) => bytesInOutput > 0);
	const ofVault = loaded
		.map(([path]) => path)
		.filter((path) => /client\/vault|hpke|age-encryption|canonicalize/.test(path));
	expect(ofVault).toEqual(['src/client/vault/rare-names.ts']);
	expect(gzipSync(outputFiles[0]?.contents ?? '', { level: 9 }).length).toBeLessThan(4_000);
});
