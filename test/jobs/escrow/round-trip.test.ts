import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { type HolderSide, openEscrow, type ShareHolder, sealEscrow } from '../../../src/jobs/escrow/index.ts';
import { findPlanFlaw } from '../../../src/jobs/escrow/plan.ts';
import { verifyEscrowOpens } from '../../../src/jobs/escrow/verify-escrow-opens.ts';
import { scale } from '../../support/scale.ts';
import { AT, choices, FIRM, holdersOf, KEYS, keyOf, sealedFor, type TestHolder } from './escrows.ts';
import { expectRefusal, refusalOf } from './expect-refusal.ts';
import { forge } from './forge.ts';

const sideOf = fc.constantFrom<HolderSide>('FIRM', 'PLATFORM');
const plan = fc
	.record({ sides: fc.array(sideOf, { minLength: 2, maxLength: 7 }), threshold: fc.integer({ min: 2, max: 7 }) })
	.filter(
		({ sides, threshold }) =>
			findPlanFlaw(
				sides.map((side, at) => ({ name: `${at}`, side })),
				threshold,
			) === null,
	);
const series = fc.uniqueArray(
	fc.record({ class: fc.constantFrom('NOTE', 'MESSAGE', 'RIGHTS'), version: fc.integer({ min: 1, max: 0xffff_ffff }) }),
	{
		minLength: 1,
		maxLength: 12,
		selector: (of) => `${of.class} ${of.version}`,
	},
);

describe('an escrow', () => {
	test.prop([plan, series, fc.array(fc.nat(), { minLength: 7, maxLength: 7 })], { numRuns: scale(25) })(
		'returns what was sealed, from any sufficient shares in any order',
		async ({ sides, threshold }, series, order) => {
			const holders = await holdersOf(...sides);
			const keys = series.map((of) => keyOf(FIRM, of.class, of.version));
			const { id, escrow, shares, plaintexts } = await sealedFor(holders, threshold, keys);
			expect(shares.map(({ holder, side }) => ({ name: holder, side }))).toEqual(
				holders.map(({ name, side }) => ({ name, side })),
			);
			const shuffled = plaintexts
				.map((plaintext, at) => ({ plaintext, at: order[at] ?? 0 }))
				.sort((a, b) => a.at - b.at);
			const given = shuffled.slice(0, threshold).map(({ plaintext }) => plaintext);
			const opened = await openEscrow({ escrow, shares: given });
			expect(opened.keys).toEqual(keys);
			expect(opened.header).toEqual({
				id,
				installation: 'seal.example',
				firm: FIRM,
				at: AT,
				keys: keys.length,
				threshold,
				holders: holders.map(({ name, side }) => ({ name, side })),
			});
			expect((await openEscrow({ escrow, shares: plaintexts })).keys).toEqual(keys);
		},
		60_000,
	);

	it.each([
		{ threshold: 2, sides: ['FIRM', 'PLATFORM', 'FIRM'] as const },
		{ threshold: 3, sides: ['FIRM', 'PLATFORM', 'FIRM', 'PLATFORM', 'FIRM'] as const },
		{ threshold: 4, sides: ['FIRM', 'FIRM', 'FIRM', 'FIRM'] as const },
	])('opens with every $threshold of its shares and with no fewer', async ({ threshold, sides }) => {
		const { escrow, plaintexts } = await sealedFor(await holdersOf(...sides), threshold);
		for (let size = 0; size <= sides.length; size++) {
			for (const shares of choices(plaintexts, size)) {
				const opening = openEscrow({ escrow, shares });
				if (size >= threshold) expect((await opening).keys).toEqual(KEYS);
				else
					await expectRefusal(
						opening,
						'BAD_USER_INPUT',
						size === 0 ? /No share was given/ : /needs \d shares and has \d/,
					);
			}
		}
	});

	it('does not open with too few shares that all state a false threshold', async () => {
		const holders = ['FIRM', 'PLATFORM', 'FIRM', 'FIRM', 'PLATFORM'].map((side, at) => ({
			name: `${at}`,
			side: side as HolderSide,
		}));
		const { escrow, shares } = await forge({
			holders,
			threshold: 3,
			share: (members) => ({ ...members, threshold: 2 }),
		});
		for (const pair of choices(shares, 2)) {
			await expectRefusal(openEscrow({ escrow, shares: pair }), 'CIPHERTEXT_INVALID', /do not form a key/);
		}
		await expectRefusal(openEscrow({ escrow, shares }), 'CIPHERTEXT_INVALID', /another id, firm, threshold or holder/);
	});

	test.prop([plan], { numRuns: scale(10) })(
		'never opens with the platform’s shares alone',
		async ({ sides, threshold }) => {
			const { escrow, plaintexts } = await sealedFor(await holdersOf(...sides), threshold);
			const shares = plaintexts.filter((_, at) => sides[at] === 'PLATFORM');
			expect((await refusalOf(openEscrow({ escrow, shares }))).code).toBe('BAD_USER_INPUT');
		},
		60_000,
	);

	it('with 32 holders who are all required opens', async () => {
		const { escrow, plaintexts } = await sealedFor(
			await holdersOf(...Array.from({ length: 32 }, () => 'FIRM' as const)),
			32,
		);
		expect((await openEscrow({ escrow, shares: plaintexts })).keys).toEqual(KEYS);
		await expectRefusal(
			openEscrow({ escrow, shares: plaintexts.slice(1) }),
			'BAD_USER_INPUT',
			/needs 32 shares and has 31/,
		);
	}, 60_000);

	it('differs each time, and has its own key', async () => {
		const holders = await holdersOf('FIRM', 'FIRM');
		const [first, second] = [await sealedFor(holders, 2), await sealedFor(holders, 2)];
		expect(first.id).not.toBe(second.id);
		const mixed = { escrow: first.escrow, shares: second.plaintexts };
		await expectRefusal(openEscrow(mixed), 'CIPHERTEXT_INVALID', /does not belong to these shares/);
	});

	it('leaves the given keys and shares unchanged', async () => {
		const keys = [keyOf(FIRM, 'NOTE', 1)];
		const { escrow, plaintexts } = await sealedFor(await holdersOf('FIRM', 'FIRM'), 2, keys);
		const before = plaintexts.map((plaintext) => Buffer.from(plaintext).toString());
		const opened = await openEscrow({ escrow, shares: plaintexts });
		opened.keys[0]?.key.fill(0);
		expect(keys).toEqual([keyOf(FIRM, 'NOTE', 1)]);
		expect(plaintexts.map((plaintext) => Buffer.from(plaintext).toString())).toEqual(before);
	});
});

describe('a new escrow', () => {
	it('is discarded if it does not return what was sealed', async () => {
		const key = keyOf(FIRM, 'NOTE', 1);
		const [first, second] = (await holdersOf('FIRM', 'FIRM')) as [TestHolder, TestHolder];
		// Overwrites the key too early: holders are checked after the keys.
		const hasty: ShareHolder = {
			...first,
			get recipient() {
				key.key.fill(0);
				return first.recipient;
			},
		};
		const asked = { installation: 'seal.example', firm: FIRM, keys: [key], threshold: 2, at: AT };
		const sealing = sealEscrow({ ...asked, holders: [hasty, second] });
		await expectRefusal(sealing, 'INTERNAL', /could not be opened again and was discarded/);
	});

	it('is verified with every share, not only with the first', async () => {
		const { escrow, shares: plaintexts, parts, identity, plaintext: lines } = await forge();
		const made = { escrow, parts, plaintexts, threshold: 2 };
		const of = { identity: new TextEncoder().encode(identity), lines };
		const lastChanged = (list: readonly Uint8Array[], at: number) =>
			list.map((bytes, index) => (index === list.length - 1 ? bytes.with(at, (bytes[at] ?? 0) ^ 1) : bytes));
		await expect(verifyEscrowOpens(made, of)).resolves.toBeUndefined();
		await expect(verifyEscrowOpens(made, { ...of, lines: lines.slice(1) })).rejects.toThrow(
			'The opened escrow differs from what was sealed.',
		);
		await expect(verifyEscrowOpens({ ...made, parts: lastChanged(parts, 40) }, of)).rejects.toThrow('do not combine');
		await expect(verifyEscrowOpens({ ...made, plaintexts: lastChanged(plaintexts, 90) }, of)).rejects.toThrow(
			'is damaged',
		);
	});
});
