import { randomUUID } from 'node:crypto';
import { copyFile, cp, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { SetupError } from '../../../src/errors.ts';
import { KeyUnavailableError } from '../../../src/keys/index.ts';
import { refused } from '../../contract/keyring-contract.ts';
import { newKeyring } from './new-keyring.ts';

async function newFirm() {
	const { open, firmPath } = await newKeyring();
	const keyring = await open();
	const firm = randomUUID();
	await keyring.createKey(firm);
	const context = { firm, class: 'NOTE' };
	const { wrapped } = await keyring.generateDataKey(context);
	return { open, firmPath, keyring, firm, context, wrapped, file: join(firmPath(firm), '1') };
}

async function away(call: Promise<unknown>): Promise<void> {
	const error = await call.catch((thrown: unknown) => thrown);
	expect(error).toBeInstanceOf(KeyUnavailableError);
	expect(error).toMatchObject({ reason: 'AWAY' });
	expect((error as Error).message).not.toContain('/');
}

describe('a damaged firm file', () => {
	it('is detected at every changed byte, and never overwritten', async () => {
		const { keyring, firm, context, wrapped, file } = await newFirm();
		const whole = await readFile(file);
		for (let index = 0; index < whole.length; index++) {
			const damaged = Buffer.from(whole);
			damaged.writeUInt8((damaged[index] ?? 0) ^ (1 << (index & 7)), index);
			await writeFile(file, damaged);
			await away(keyring.unwrap(context, wrapped));
		}
		const left = await readFile(file);
		await away(keyring.rotateKey(firm));
		await away(keyring.createKey(firm));
		await away(keyring.disableKey(firm));
		expect(await readFile(file)).toEqual(left);
	});

	it('is detected if it was cut anywhere or extended', async () => {
		const { keyring, context, wrapped, file } = await newFirm();
		const whole = await readFile(file);
		for (let length = 0; length < whole.length; length += 7) {
			await writeFile(file, whole.subarray(0, length));
			await away(keyring.unwrap(context, wrapped));
		}
		await writeFile(file, Buffer.concat([whole, Buffer.from('\n')]));
		await away(keyring.unwrap(context, wrapped));
	});

	it('prevents a process from starting, and the error names the firm', async () => {
		const { open, firm, file } = await newFirm();
		await truncate(file, 10);
		const error = await open().catch((thrown: unknown) => thrown);
		expect(error).toBeInstanceOf(SetupError);
		expect((error as Error).message).toContain(firm);
	});

	it('does not open from an earlier generation if the last one is missing', async () => {
		const { keyring, firm, firmPath, context, wrapped } = await newFirm();
		await keyring.disableKey(firm);
		await rm(join(firmPath(firm), '2'));
		await away(keyring.unwrap(context, wrapped));
	});
});

describe('a copied firm file', () => {
	it('is refused for another firm', async () => {
		const { keyring, firmPath, file } = await newFirm();
		const victim = randomUUID();
		await keyring.createKey(victim);
		await copyFile(file, join(firmPath(victim), '1'));
		await away(keyring.describeKey(victim));
	});

	it('is refused as a new firm', async () => {
		const { open, firmPath, firm } = await newFirm();
		const twin = randomUUID();
		await cp(firmPath(firm), firmPath(twin), { recursive: true });
		await expect(open()).rejects.toThrow(twin);
	});

	it('is refused as a later generation of its own firm, so a disabled key stays disabled', async () => {
		const { keyring, firm, firmPath, context, wrapped, file } = await newFirm();
		const enabled = await readFile(file);
		await keyring.disableKey(firm);
		await refused(keyring.unwrap(context, wrapped));
		await writeFile(join(firmPath(firm), '3'), enabled);
		await away(keyring.unwrap(context, wrapped));
	});
});

describe('an invalid firm id', () => {
	it.each(['..', '../firms', '/etc', '.', ''])('never becomes a path: %j', async (firm) => {
		const { keyring } = await newFirm();
		await expect(keyring.createKey(firm)).rejects.toMatchObject({ code: 'INTERNAL' });
		await expect(keyring.describeKey(firm)).rejects.toMatchObject({ code: 'INTERNAL' });
	});
});

describe('a missing firm file', () => {
	it('means a firm without a key, and a new key does not open what the old one wrapped', async () => {
		const { keyring, firm, firmPath, context, wrapped } = await newFirm();
		await rm(firmPath(firm), { recursive: true });
		expect(await keyring.describeKey(firm)).toBeNull();
		await refused(keyring.unwrap(context, wrapped));
		await keyring.createKey(firm);
		await refused(keyring.unwrap(context, wrapped));
	});
});

describe('the files on disk', () => {
	it('hold no key of a destroyed firm, in any generation', async () => {
		let now = Date.now();
		const { open, firmPath } = await newKeyring(() => new Date(now));
		const keyring = await open();
		const firm = randomUUID();
		await keyring.createKey(firm);
		await keyring.rotateKey(firm);
		const sealed = Object.values(
			JSON.parse((await readFile(join(firmPath(firm), '2'), 'utf8')).split('\n')[0] ?? '').material as object,
		) as string[];
		expect(sealed).toHaveLength(2);
		await keyring.scheduleDeletion(firm, 7);
		now += 7 * 86_400_000;
		expect(await keyring.describeKey(firm)).toMatchObject({ state: 'DESTROYED' });
		const files = await readdir(firmPath(firm));
		expect(files.sort()).toEqual(['1', '2', '3', '4']);
		for (const name of files) {
			const text = await readFile(join(firmPath(firm), name), 'utf8');
			for (const material of sealed) expect(text).not.toContain(material);
		}
	});

	it('stay bounded, however many changes are made', async () => {
		const { keyring, firm, firmPath } = await newFirm();
		for (let round = 0; round < 40; round++) {
			await keyring.disableKey(firm);
			await keyring.enableKey(firm);
		}
		const names = await readdir(firmPath(firm));
		expect(names).toHaveLength(64);
		const sizes = await Promise.all(names.map(async (name) => (await stat(join(firmPath(firm), name))).size));
		expect(sizes.filter((size) => size > 0)).toHaveLength(1);
	});

	it('are cleaned of a killed process’s leftovers when the keyring is opened', async () => {
		const { open, firmPath, firm } = await newFirm();
		await writeFile(join(firmPath(firm), `.${randomUUID()}.new`), 'unfinished', { mode: 0o600 });
		await open();
		expect(await readdir(firmPath(firm))).toEqual(['1']);
	});
});
