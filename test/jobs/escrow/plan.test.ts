import { fc, test } from '@fast-check/vitest';
import { generateHybridIdentity, generateX25519Identity, identityToRecipient } from 'age-encryption';
import { describe, expect, it } from 'vitest';
import { type ShareHolder, sealEscrow } from '../../../src/jobs/escrow/index.ts';
import { findPlanFlaw } from '../../../src/jobs/escrow/plan.ts';
import { scale } from '../../support/scale.ts';
import { AT, FIRM, holdersOf, KEYS, keyOf, OTHER_FIRM } from './escrows.ts';
import { expectRefusal, expectSilent, refusalOf } from './expect-refusal.ts';

const [one, two, three] = await holdersOf('FIRM', 'PLATFORM', 'FIRM');
const holders = [one, two, three] as readonly ShareHolder[] as readonly [ShareHolder, ShareHolder, ShareHolder];
/** A point of small order: everyone knows the secret that is shared with it. */
const SMALL_ORDER = 'age1qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqq5cu47z';

const asked = { installation: 'seal.example', firm: FIRM, keys: KEYS, holders, threshold: 2, at: AT };
const but = (change: Partial<Parameters<typeof sealEscrow>[0]>) => sealEscrow({ ...asked, ...change });
const withHolder = (change: Partial<ShareHolder>) =>
	but({ holders: [holders[0], { ...holders[1], ...change }, holders[2]] });

describe('a plan', () => {
	const side = fc.constantFrom('FIRM' as const, 'PLATFORM' as const);
	const sides = fc.array(side, { minLength: 0, maxLength: 40 });

	test.prop([sides, fc.integer({ min: -1, max: 41 })], { numRuns: scale(2000) })(
		'is accepted if and only if the platform’s shares alone do not suffice',
		(sides, threshold) => {
			const ofPlatform = sides.filter((side) => side === 'PLATFORM').length;
			const isValid =
				sides.length >= 2 &&
				sides.length <= 32 &&
				threshold >= 2 &&
				threshold <= sides.length &&
				ofPlatform < threshold;
			const named = sides.map((side, index) => ({ name: `holder-${index}`, side }));
			expect(findPlanFlaw(named, threshold) === null).toBe(isValid);
		},
	);

	it.each([
		['one holder', { holders: [holders[0]], threshold: 1 }, /Name 2 to 32 holders/],
		[
			'no holder of the firm',
			{ holders: holders.map((holder) => ({ ...holder, side: 'PLATFORM' as const })) },
			/at least one holder on the side FIRM/,
		],
		['one share that suffices', { threshold: 1 }, /threshold must be at least 2 and at most the number of holders, 3/],
		['more shares than holders', { threshold: 4 }, /at most the number of holders, 3/],
		['a fractional number of shares', { threshold: 2.5 }, /threshold must be at least 2 and/],
		['a number of shares that is not a number', { threshold: Number.NaN }, /threshold must be at least 2 and/],
		[
			'a platform whose shares suffice',
			{
				holders: holders.map((holder, index) => ({
					...holder,
					side: index === 0 ? ('FIRM' as const) : ('PLATFORM' as const),
				})),
			},
			/larger than the number of holders on the side PLATFORM, 2/,
		],
		['another time', { at: new Date(Number.NaN) }, /Give a time/],
		['another installation', { installation: 'A b' }, /Give the name of the installation/],
		['another firm', { firm: FIRM.toUpperCase() }, /Give the firm as a lower-case UUID/],
		['no key', { keys: [] }, /There are no keys/],
		['a key of another firm', { keys: [...KEYS, keyOf(OTHER_FIRM, 'NOTE', 3)] }, /Key 4 belongs to another firm/],
		[
			'a duplicate version',
			{ keys: [...KEYS, keyOf(FIRM, 'NOTE', 2)] },
			/Key 4 has the same class and version as an earlier key/,
		],
		['no version', { keys: [{ ...keyOf(FIRM, 'NOTE', 1), version: 0 }] }, /Key 1 does not have the class and version/],
		['no class', { keys: [{ ...keyOf(FIRM, 'NOTE', 1), class: 'note' }] }, /Key 1 does not have the class and version/],
		['a short key', { keys: [{ ...keyOf(FIRM, 'NOTE', 1), key: new Uint8Array(31) }] }, /Key 1 does not have 32 bytes/],
		[
			'another commitment',
			{ keys: [{ ...keyOf(FIRM, 'NOTE', 1), version: 2 }] },
			/Key 1 does not match its commitment/,
		],
	])('with %s is refused', (_, change, message) => expectRefusal(but(change), 'BAD_USER_INPUT', message));

	it('with too many keys is refused before any key is examined', () =>
		expectRefusal(
			but({ keys: Array.from({ length: 100_001 }, () => KEYS[0] as (typeof KEYS)[0]) }),
			'BAD_USER_INPUT',
			/more than 100000 keys/,
		));

	it.each([
		['without a name', { name: '' }, /name of holder 2 must have 1 to 64 letters/],
		['with a long name', { name: 'a'.repeat(65) }, /name of holder 2/],
		['with other characters in the name', { name: 'b/../c' }, /name of holder 2/],
		['with a name of two lines', { name: 'b\n' }, /name of holder 2/],
		['with the name of another', { name: 'holder-1' }, /holder-1 occurs twice/],
		['on no side', { side: 'firm' as 'FIRM' }, /side of holder holder-2 must be FIRM or PLATFORM/],
		['with the recipient of another', { recipient: holders[0].recipient }, /holder-2 has that of holder-1/],
		['without a recipient', { recipient: '' }, /The recipient of holder holder-2 is not an age recipient/],
		[
			'with a typing error in the recipient',
			{ recipient: holders[1].recipient.replace(/.$/, 'b') },
			/is not an age recipient/,
		],
		['with an SSH key', { recipient: 'ssh-ed25519 AAAA' }, /is not an age recipient/],
		['with a plug-in', { recipient: 'age1yubikey1qqqq' }, /is not an age recipient/],
		['with a point that yields no shared secret', { recipient: SMALL_ORDER }, /is not an age recipient/],
	])('with a holder %s is refused', (_, change, message) =>
		expectRefusal(withHolder(change), 'BAD_USER_INPUT', message),
	);

	it('with an identity in place of a recipient is refused, without the identity in the error', async () => {
		const recipient = await generateX25519Identity();
		const refusal = await refusalOf(withHolder({ recipient }));
		expect(refusal.message).toMatch(/is not an age recipient/);
		expectSilent(refusal, [new TextEncoder().encode(recipient)]);
	});

	it('accepts the recipient types that age has added since', async () => {
		const recipient = await identityToRecipient(await generateHybridIdentity());
		const { shares } = await withHolder({ recipient });
		expect(Buffer.from(shares[1]?.file ?? []).toString('latin1')).toContain('-> mlkem768x25519 ');
	});
});
