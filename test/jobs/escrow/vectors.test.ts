import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createRecoverySession, type HolderSide, openEscrow } from '../../../src/jobs/escrow/index.ts';
import { choices, decrypt, encrypt } from './escrows.ts';
import { expectRefusal } from './expect-refusal.ts';

interface Vector {
	readonly madeBy: string;
	readonly header: { readonly escrow: string; readonly firm: string; readonly at: string; readonly threshold: number };
	readonly keys: readonly {
		readonly class: string;
		readonly version: number;
		readonly key: string;
		readonly commitment: string;
	}[];
	readonly recoveryKey: string;
	readonly escrow: string;
	readonly shares: readonly {
		readonly holder: string;
		readonly side: HolderSide;
		readonly identity: string;
		readonly plaintext: string;
		readonly file: string;
	}[];
}

const { escrows } = JSON.parse(readFileSync(join(import.meta.dirname, '../../vectors/escrow-v1.json'), 'utf8')) as {
	readonly escrows: readonly Vector[];
};
const base64 = (text: string) => new Uint8Array(Buffer.from(text, 'base64'));
const hex = (text: string) => new Uint8Array(Buffer.from(text, 'hex'));
const utf8 = (text: string) => new TextEncoder().encode(text);
const textOf = (bytes: Uint8Array) => Buffer.from(bytes).toString();

it('the vectors have an escrow by this code and one by another program', () => {
	expect(escrows.map(({ madeBy, shares, header }) => [madeBy, header.threshold, shares.length])).toEqual([
		['firmseal', 2, 3],
		['independent', 3, 5],
	]);
});

describe.each(escrows)('the escrow made by $madeBy', ({ header, keys, recoveryKey, shares, ...vector }) => {
	const escrow = base64(vector.escrow);
	const { escrow: id, at, v, format, ...rest } = header as Vector['header'] & { v: number; format: string };
	const opened = {
		header: { ...rest, id, at: new Date(at) },
		keys: keys.map((of) => ({ ...of, firm: header.firm, key: hex(of.key), commitment: hex(of.commitment) })),
	};

	it('has shares that their holders can read', async () => {
		for (const { identity, file, plaintext } of shares)
			expect(textOf(await decrypt(identity, base64(file)))).toBe(plaintext);
	});

	it('opens with any sufficient shares', async () => {
		for (let size = header.threshold; size <= shares.length; size++) {
			for (const given of choices(shares, size)) {
				expect(await openEscrow({ escrow, shares: given.map(({ plaintext }) => utf8(plaintext)) })).toEqual(opened);
			}
		}
		const tooFew = shares.slice(1, header.threshold).map(({ plaintext }) => utf8(plaintext));
		await expectRefusal(openEscrow({ escrow, shares: tooFew }), 'BAD_USER_INPUT', /needs \d shares/);
	});

	it('opens in a recovery', async () => {
		const session = await createRecoverySession();
		for (const { plaintext, holder, side } of shares) {
			const file = await encrypt(session.recipient, utf8(plaintext));
			expect(await session.acceptShare(file)).toMatchObject({ escrowId: id, holder, side, need: header.threshold });
		}
		expect(await session.open(escrow)).toEqual(opened);
		session.close();
	});

	it('is an age file encrypted to the recovery key', async () => {
		const lines = textOf(await decrypt(recoveryKey, escrow)).split('\n');
		expect(JSON.parse(lines[0] ?? '')).toEqual(header);
		expect(lines).toHaveLength(keys.length + 3);
	});
});
