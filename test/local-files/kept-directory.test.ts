import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
	chmodSync,
	chownSync,
	linkSync,
	mkdirSync,
	mkdtempSync,
	readdirSync,
	rmSync,
	statSync,
	symlinkSync,
	writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CONTENT_TYPES } from '../../src/client/index.ts';
import { createVault } from '../../src/client/vault/index.ts';
import { KeptDirectory } from '../../src/local-files/index.ts';
import { unfinishedPathIn } from '../../src/local-files/unfinished-file.ts';
import { fill, makeReadOnly, mount, unmount, whyNoDisk } from '../support/small-disk.ts';

const MODULE = new URL('../../src/local-files/kept-directory.ts', import.meta.url).href;
const HOLD = `await (await import(${JSON.stringify(MODULE)})).KeptDirectory.open(process.argv[1], { setting: '--devices', create: true }); console.log('held'); process.stdin.resume()`;
const isRoot = process.getuid?.() === 0;

let base: string;
let path: string;
let opened: KeptDirectory[];
let other: ChildProcess | undefined;

beforeEach(() => {
	base = mkdtempSync(join(tmpdir(), 'firmseal-kept-'));
	path = join(base, 'state', 'devices');
	opened = [];
});
afterEach(async () => {
	other?.kill('SIGKILL');
	for (const each of opened) await each.close();
	rmSync(base, { recursive: true, force: true });
});

async function open(create = true): Promise<KeptDirectory> {
	const store = await KeptDirectory.open(path, { setting: '--devices', create });
	opened.push(store);
	return store;
}

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const textOf = (found: Uint8Array | null) => found && new TextDecoder().decode(found);
const files = () => readdirSync(path).filter((name) => !name.endsWith('.running'));
const modeOf = (at: string) => statSync(at).mode & 0o777;

describe('what a device keeps in a directory', () => {
	it('is read as it was written, until it is replaced or removed', async () => {
		const store = await open();
		expect(await store.read('laptop/device')).toBeNull();
		await store.write('laptop/device', bytes('first'));
		await store.write('laptop/device', bytes('second'));
		expect(textOf(await store.read('laptop/device'))).toBe('second');
		await store.remove('laptop/device');
		await store.remove('laptop/device');
		expect(await store.read('laptop/device')).toBeNull();
		expect(files()).toEqual([]);
	});

	it('is accessible to its owner only, even if the process is careless', async () => {
		const before = process.umask(0);
		try {
			const store = await open();
			await store.write('laptop/kept/state', bytes('x'));
		} finally {
			process.umask(before);
		}
		expect(modeOf(path)).toBe(0o700);
		expect(files().map((name) => modeOf(join(path, name)))).toEqual([0o600]);
	});

	it('has names that differ only in capitals, on a disk that takes them for the same', async () => {
		const store = await open();
		for (const name of ['a/b', 'A/b', 'a/B', 'A/B', 'a.b', '..', '../x', 'a'.repeat(200), 'A'.repeat(200)])
			await store.write(name, bytes(name));
		for (const name of ['a/b', 'A/b', 'a/B', 'A/B', 'a.b', '..', '../x', 'A'.repeat(200)])
			expect(textOf(await store.read(name))).toBe(name);
		expect(new Set(files().map((name) => name.toLowerCase())).size).toBe(9);
		expect(readdirSync(base)).toEqual(['state']);
		expect(readdirSync(join(base, 'state'))).toEqual(['devices']);
	});

	it.each(['', 'a b', 'a\0', 'ä', 'a'.repeat(201)])('has no other names: %j', async (name) => {
		const store = await open();
		await expect(store.write(name, bytes('x'))).rejects.toThrow(RangeError);
		await expect(store.read(name)).rejects.toThrow(RangeError);
	});

	it('is not created by a command that only reads', async () => {
		await expect(open(false)).rejects.toMatchObject({ code: 'NOT_FOUND' });
		expect(readdirSync(base)).toEqual([]);
	});
});

describe('a directory that others could change is refused', () => {
	it('open to others', async () => {
		await (await open()).close();
		for (const mode of [0o750, 0o701, 0o720]) {
			chmodSync(path, mode);
			await expect(open()).rejects.toThrow(/Others can look into .*: run chmod 700 on it/);
		}
	});

	it('a link, also to a directory of one’s own', async () => {
		mkdirSync(join(base, 'own'), { mode: 0o700 });
		mkdirSync(join(base, 'state'));
		symlinkSync(join(base, 'own'), path);
		await expect(open()).rejects.toThrow(/is a link, which could lead anywhere/);
	});

	it('a file', async () => {
		mkdirSync(join(base, 'state'));
		writeFileSync(path, '');
		await expect(open()).rejects.toThrow(/is not a directory.*set --devices/);
	});

	it.runIf(isRoot)('of another user', async () => {
		await (await open()).close();
		chownSync(path, 65_534, 65_534);
		await expect(open()).rejects.toThrow(/has another owner, who could replace the devices/);
	});
});

describe('a file that others could change is refused', () => {
	let file: string;
	let store: KeptDirectory;
	beforeEach(async () => {
		store = await open();
		await store.write('x', bytes('kept'));
		file = join(path, files()[0] ?? '');
	});
	const refused = (sentence: RegExp) => expect(store.read('x')).rejects.toThrow(sentence);

	it('open to others', async () => {
		chmodSync(file, 0o640);
		await refused(/Others could read or write .*: run chmod 600/);
	});

	it('a link, a second name, or a directory', async () => {
		const elsewhere = join(base, 'elsewhere');
		linkSync(file, elsewhere);
		await refused(/is not a file that a device keeps/);
		rmSync(file);
		symlinkSync(elsewhere, file);
		await refused(/cannot be opened/);
		rmSync(file);
		mkdirSync(file);
		await refused(/is not a file that a device keeps/);
	});

	it.runIf(isRoot)('of another user', async () => {
		chownSync(file, 65_534, 65_534);
		await refused(/Another user owns .*, and may have written it/);
	});

	it('a link in its place is replaced, not followed, when it is written', async () => {
		const elsewhere = join(base, 'elsewhere');
		writeFileSync(elsewhere, 'untouched');
		rmSync(file);
		symlinkSync(elsewhere, file);
		await store.write('x', bytes('new'));
		expect(textOf(await store.read('x'))).toBe('new');
		expect(statSync(elsewhere).size).toBe('untouched'.length);
	});
});

describe('one process at a time', () => {
	it('the error names the process that uses the devices, which a killed one does not', async () => {
		other = spawn(process.execPath, ['--input-type=module', '-e', HOLD, path], { stdio: ['pipe', 'pipe', 'inherit'] });
		await once(other.stdout as NonNullable<typeof other.stdout>, 'data');
		await expect(open()).rejects.toMatchObject({
			code: 'CONFLICT',
			message: expect.stringContaining(`Another command uses the devices in ${path}, as process ${other.pid}:`),
		});
		other.kill('SIGKILL');
		await once(other, 'exit');
		await (await open()).close();
		expect(readdirSync(path)).toEqual([]);
	});

	it('the next one removes what a killed process left half-written', async () => {
		const store = await open();
		await store.write('x', bytes('whole'));
		await store.close();
		writeFileSync(unfinishedPathIn(path), 'ha', { mode: 0o600 });
		const next = await open();
		expect(files()).toEqual(['x~']);
		expect(textOf(await next.read('x'))).toBe('whole');
	});
});

it('a device still unlocks after a process that ended between any two of its writes', async () => {
	const unlock = { prf: bytes('a passkey of this person'.padEnd(32)) };
	const [firm, person] = ['0198c0de-0000-7000-8000-000000000001', '0198c0de-0000-7000-8000-000000000002'];
	const store = await open();
	let left = 0;
	const ending = {
		read: (name: string) => store.read(name),
		remove: (name: string) => store.remove(name),
		write: async (name: string, content: Uint8Array) => {
			if (left-- <= 0) throw new Error('ended');
			await store.write(name, content);
		},
	};
	const vaultOn = (on: typeof ending | KeptDirectory) =>
		createVault({ store: on, clock: { now: () => 0 }, types: CONTENT_TYPES });
	for (let writes = 0; ; writes++) {
		left = writes;
		const wanted = { name: 'laptop', firm, person, unlock };
		const isDone = await vaultOn(ending)
			.create(wanted)
			.then(
				() => true,
				() => false,
			);
		const vault = vaultOn(store);
		if (!isDone) {
			expect(await vault.devices()).toEqual([]);
			continue;
		}
		expect(await vault.unlock({ name: 'laptop', unlock })).toMatchObject({ log: null });
		break;
	}
});

const noDisk = whyNoDisk();
describe.skipIf(noDisk)(`a disk in trouble${noDisk === null ? '' : `: ${noDisk}`}`, () => {
	beforeEach(() => {
		mkdirSync(path, { recursive: true, mode: 0o700 });
		mount(path);
	});
	afterEach(async () => {
		for (const each of opened.splice(0)) await each.close();
		unmount(path);
	});

	it('if it is full, nothing is half-written, and what was there stays', async () => {
		const store = await open();
		await store.write('x', bytes('before'));
		fill(join(path, 'filler'));
		await expect(store.write('x', new Uint8Array(100_000))).rejects.toThrow(/The disk of .* is full/);
		expect(textOf(await store.read('x'))).toBe('before');
		expect(files().toSorted()).toEqual(['filler', 'x~']);
		rmSync(join(path, 'filler'));
		await store.write('x', bytes('after'));
		expect(textOf(await store.read('x'))).toBe('after');
	});

	it('if it is read-only, the sentence says so', async () => {
		const store = await open();
		makeReadOnly(path);
		await expect(store.write('x', bytes('x'))).rejects.toThrow(/The disk of .* is read-only/);
	});
});
