import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createRecoverySession, openEscrow, type ShareHolder, sealEscrow } from '../../../src/jobs/escrow/index.ts';
import { AT, FIRM, KEYS } from './escrows.ts';
import { forge, keyLine } from './forge.ts';

const AGE = '/usr/bin/age';
const KEYGEN = '/usr/bin/age-keygen';
const PYTHON = '/usr/bin/python3';
const missing = [AGE, KEYGEN, PYTHON].filter((program) => !existsSync(program));
if (process.env.FIRMSEAL_CI === '1' && missing.length > 0) throw new Error(`${missing.join()} is not installed.`);
const skipped = missing.length > 0 ? ` (skipped: ${missing.join()} is not installed)` : '';

describe.skipIf(skipped !== '')(`with Debian's age${skipped}`, () => {
	let directory: string;
	let holders: ShareHolder[];
	let sealed: Awaited<ReturnType<typeof sealEscrow>>;
	const path = (name: string) => join(directory, name);

	function run(program: string, args: readonly string[], input: Uint8Array | string = ''): Uint8Array {
		const { status, stdout, stderr } = spawnSync(program, args, { input, cwd: directory });
		if (status !== 0) throw new Error(`${program} ${args.join(' ')}: ${stderr}`);
		return new Uint8Array(stdout);
	}
	/** Decrypts a file as a holder does, with the holder's own key. */
	const decrypt = (name: string, file: Uint8Array) => run(AGE, ['-d', '-i', `${name}.key`], file);
	const textOf = (bytes: Uint8Array) => Buffer.from(bytes).toString();

	beforeAll(async () => {
		directory = mkdtempSync(join(tmpdir(), 'firmseal-age-'));
		holders = ['anna', 'platform', 'trustee'].map((name) => {
			run(KEYGEN, ['-o', `${name}.key`]);
			const recipient = textOf(run(KEYGEN, ['-y', `${name}.key`])).trim();
			return { name, recipient, side: name === 'platform' ? 'PLATFORM' : 'FIRM' };
		});
		sealed = await sealEscrow({ installation: 'seal.example', firm: FIRM, keys: KEYS, holders, threshold: 2, at: AT });
	});

	afterAll(() => rmSync(directory, { recursive: true, force: true }));

	it('holders decrypt their shares, which open the escrow here', async () => {
		const shares = sealed.shares.map(({ holder, file }) => decrypt(holder, file));
		expect(shares.map((share) => JSON.parse(textOf(share)).holder)).toEqual(['anna', 'platform', 'trustee']);
		expect((await openEscrow({ escrow: sealed.escrow, shares: shares.slice(1) })).keys).toEqual(KEYS);
		expect(() => decrypt('anna', sealed.shares[1]?.file ?? new Uint8Array())).toThrow(/no identity matched/);
	});

	it('holders encrypt their shares to a recovery, which accepts them', async () => {
		const session = await createRecoverySession();
		for (const [at, { holder, file }] of sealed.shares.entries()) {
			const forRecovery = run(AGE, ['-r', session.recipient], decrypt(holder, file));
			expect(await session.acceptShare(forRecovery)).toMatchObject({ holder, index: at + 1, have: at + 1, need: 2 });
		}
		expect((await session.open(sealed.escrow)).keys).toEqual(KEYS);
		session.close();
	});

	it('a file that age itself encrypted to the recovery key opens here', async () => {
		const file = (escrow: Uint8Array, identity: string) => {
			writeFileSync(path('recovery.key'), `${identity}\n`);
			const recipient = textOf(run(KEYGEN, ['-y', 'recovery.key'])).trim();
			return run(AGE, ['-r', recipient], run(AGE, ['-d', '-i', 'recovery.key'], escrow));
		};
		const { escrow, shares } = await forge({ file });
		expect((await openEscrow({ escrow, shares })).keys).toEqual(KEYS);
	});

	it("FORMAT.md's own steps recover the keys", () => {
		const page = readFileSync(join(import.meta.dirname, '../../../src/jobs/escrow/FORMAT.md'), 'utf8');
		const [, program = ''] = /```python\n(.*?)```/s.exec(page) ?? [];
		writeFileSync(path('combine.py'), program);
		for (const { holder, file } of sealed.shares) {
			const share = decrypt(holder, file);
			writeFileSync(path(`${holder}.json`), share);
			const { checksum, digest } = JSON.parse(textOf(share));
			expect(digest).toBe(createHash('sha256').update(sealed.escrow).digest('hex'));
			const rest = textOf(share).trim().replace(`"checksum":"${checksum}",`, '');
			expect(checksum).toBe(createHash('sha256').update(rest).digest('hex'));
		}
		for (const pair of [
			['anna', 'platform'],
			['trustee', 'anna'],
			['anna', 'platform', 'trustee'],
		]) {
			const identity = run(PYTHON, ['combine.py', ...pair.map((name) => `${name}.json`)]);
			writeFileSync(path('recovery.key'), identity);
			const lines = textOf(run(AGE, ['-d', '-i', 'recovery.key'], sealed.escrow)).split('\n');
			expect(lines.slice(1, -2)).toEqual(KEYS.map(keyLine));
			expect(JSON.parse(lines[0] ?? '')).toMatchObject({ escrow: sealed.id, keys: 3, firm: FIRM });
		}
	});
});
