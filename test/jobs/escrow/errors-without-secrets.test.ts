import { fc, test } from '@fast-check/vitest';
import { generateX25519Identity } from 'age-encryption';
import { describe, expect } from 'vitest';
import { createRecoverySession, openEscrow, sealEscrow } from '../../../src/jobs/escrow/index.ts';
import { scale } from '../../support/scale.ts';
import { AT, encrypt, FIRM, holdersOf, KEYS } from './escrows.ts';
import { expectSilent, refusalOf } from './expect-refusal.ts';
import { type Forgery, forge, shareText } from './forge.ts';

const utf8 = (text: string) => new TextEncoder().encode(text);
const KEY_BYTES = KEYS.map(({ key }) => key);
const forged = await forge();
/** Everything that no message may contain: keys, the identity, the shares. */
const secretsOf = ({ identity, parts }: { identity: string; parts: readonly Uint8Array[] }) => [
	...KEY_BYTES,
	utf8(identity),
	...parts,
];

/** Cuts, repeats, swaps or replaces a piece of a text, so that the reader reports an error while it has secrets in memory. */
const edit = fc.record({
	at: fc.double({ min: 0, max: 0.999, noNaN: true }),
	length: fc.integer({ min: 1, max: 80 }),
	insert: fc.oneof(
		fc.constant(''),
		fc.string({ maxLength: 6 }),
		fc.constantFrom('"', '}', '\n', ',', ':', '\\u0000', '=', '\ud800'),
	),
});
const edited = (text: string, { at, length, insert }: { at: number; length: number; insert: string }) => {
	const start = Math.floor(at * text.length);
	return text.slice(0, start) + insert + text.slice(start + length);
};

describe('no error contains a key, an identity or a share', () => {
	test.prop([edit], { numRuns: scale(60) })(
		'for any damage to the lines of an escrow',
		async (change) => {
			const made = await forge({ text: (before) => edited(before, change) });
			// An edit may change the time or the installation, which a forger can choose freely.
			const refusal = await openEscrow(made).catch((error) => error);
			if (refusal instanceof Error) expectSilent(await refusalOf(Promise.reject(refusal)), secretsOf(made));
		},
		60_000,
	);

	test.prop([edit, fc.nat({ max: 2 })], { numRuns: scale(100) })(
		'for any damage to a share',
		async (change, which) => {
			const { escrow, shares } = forged;
			const given = shares.map((share, at) =>
				at === which ? utf8(edited(Buffer.from(share).toString(), change)) : share,
			);
			if (given.every((share, at) => Buffer.from(share).equals(shares[at] as Uint8Array))) return;
			expectSilent(await refusalOf(openEscrow({ escrow, shares: given })), secretsOf(forged));
			const session = await createRecoverySession();
			expectSilent(
				await refusalOf(session.acceptShare(await encrypt(session.recipient, given[which] as Uint8Array))),
				secretsOf(forged),
			);
		},
		60_000,
	);

	const members = (share: Uint8Array) => {
		const { checksum, ...rest } = JSON.parse(Buffer.from(share).toString());
		return rest;
	};
	const value = fc.oneof(
		fc.string(),
		fc.integer(),
		fc.constant(null),
		fc.constantFrom(...forged.parts).map((part) => Buffer.from(part).toString('base64')),
	);
	test.prop([fc.constantFrom(...Object.keys(members(forged.shares[0] as Uint8Array))), value], { numRuns: scale(100) })(
		'for any content of a share with a correct checksum',
		async (key, value) => {
			const { escrow, shares } = forged;
			const [one, two] = shares as [Uint8Array, Uint8Array];
			if (typeof value === 'string' && !value.isWellFormed()) return;
			const given = [one, shareText({ ...members(two), [key]: value })];
			const refusal = await openEscrow({ escrow, shares: given }).catch((error) => error);
			if (refusal instanceof Error) expectSilent(await refusalOf(Promise.reject(refusal)), secretsOf(forged));
		},
		60_000,
	);

	const badKey = fc.constantFrom<Forgery>(
		{ keys: [...KEYS, KEYS[0] as (typeof KEYS)[0]] },
		{ keys: KEYS.map((key, at) => ({ ...key, key: KEY_BYTES[(at + 1) % 3] as Uint8Array })) },
		{ keys: KEYS.map((key) => ({ ...key, firm: Buffer.from(key.key).toString('hex') })) },
		{ keys: KEYS.map((key) => ({ ...key, class: Buffer.from(key.key).toString('base64') })) },
		{ part: (share, index) => (index === 1 ? share.toReversed() : share) },
	);
	test.prop([badKey], { numRuns: scale(20) })('for any forged keys', async (forgery) => {
		const made = await forge(forgery);
		expectSilent(await refusalOf(openEscrow(made)), secretsOf(made));
	});

	const shift = fc.constantFrom('version', 'class', 'firm', 'key', 'commitment', 'recipient', 'name');
	test.prop([shift], { numRuns: scale(30) })('for any input to seal', async (what) => {
		const identity = await generateX25519Identity();
		const [one, two] = await holdersOf('FIRM', 'PLATFORM');
		const hex = Buffer.from(KEY_BYTES[0] as Uint8Array).toString('hex');
		const change = {
			version: -1,
			class: hex,
			firm: hex,
			key: utf8(hex),
			commitment: KEY_BYTES[0],
			recipient: identity,
			name: identity,
		}[what];
		const isOfHolder = what === 'recipient' || what === 'name';
		const holders = [one, isOfHolder ? { ...two, [what]: change } : two] as never;
		const keys = isOfHolder ? KEYS : [{ ...KEYS[0], [what]: change }];
		const asked = {
			installation: 'seal.example',
			firm: FIRM,
			keys: keys as typeof KEYS,
			holders,
			threshold: 2,
			at: AT,
		};
		expectSilent(await refusalOf(sealEscrow(asked)), [...KEY_BYTES, utf8(identity)]);
	});

	test('but this check detects a secret in an error', () => {
		for (const encoding of ['hex', 'base64', 'base64url'] as const) {
			const error = new Error(
				`It is ${Buffer.from(KEY_BYTES[0] as Uint8Array)
					.toString(encoding)
					.slice(4, 30)}.`,
			);
			expect(() => expectSilent(error as never, KEY_BYTES)).toThrow();
		}
	});
});
