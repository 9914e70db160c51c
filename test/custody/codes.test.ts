import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
	combineRecoverySeed,
	commitToJoining,
	deriveRecoverySeed,
	generateRecoveryCode,
	generateSeed,
	importDevice,
	isCommittedJoining,
	isSameCode,
	joiningBytes,
	joiningCode,
	openShare,
	readRecoveryCode,
	safetyNumber,
	sealShare,
	splitRecoverySeed,
} from '../../src/custody/index.ts';
import { SEED, scale } from '../support/scale.ts';
import { codeOf, FIRM, flipped, HEAD, OTHER_FIRM, OTHER_ROW, PERSON, ROW, randomBytes, someDevice } from './some.ts';

const GENESIS = 'cd'.repeat(32);

describe('joining', () => {
	const joining = { firm: FIRM, person: PERSON, device: HEAD };
	const parts = { ...joining, genesis: GENESIS, head: HEAD, challenge: joiningBytes(), reveal: joiningBytes() };

	it('commits to one reveal of one device', async () => {
		const commitment = await commitToJoining(joining, parts.reveal);
		expect(await isCommittedJoining(joining, parts.reveal, commitment)).toBe(true);
		const others = [
			isCommittedJoining(joining, flipped(parts.reveal, 0), commitment),
			isCommittedJoining({ ...joining, device: GENESIS }, parts.reveal, commitment),
			isCommittedJoining({ ...joining, person: ROW }, parts.reveal, commitment),
			isCommittedJoining({ ...joining, firm: OTHER_FIRM }, parts.reveal, commitment),
			isCommittedJoining(joining, parts.reveal, commitment.toUpperCase()),
			isCommittedJoining(joining, parts.reveal, ''),
		];
		expect(await Promise.all(others)).not.toContain(true);
		expect(await codeOf(() => commitToJoining(joining, randomBytes(31)))).toBe('RangeError');
	});

	it('has another code if anything differs between the screens', async () => {
		const code = await joiningCode(parts);
		expect(code).toMatch(/^(?:[0-9A-HJKMNP-TV-Z]{4}-){3}[0-9A-HJKMNP-TV-Z]{4}$/);
		const others = [
			{ firm: OTHER_FIRM },
			{ genesis: HEAD },
			{ head: GENESIS },
			{ person: ROW },
			{ device: GENESIS },
			{ challenge: flipped(parts.challenge, 9) },
			{ reveal: flipped(parts.reveal, 9) },
			{ challenge: parts.reveal, reveal: parts.challenge },
		];
		const codes = await Promise.all(others.map((other) => joiningCode({ ...parts, ...other })));
		expect(new Set([code, ...codes]).size).toBe(others.length + 1);
		expect(await codeOf(() => joiningCode({ ...parts, challenge: randomBytes(16) }))).toBe('RangeError');
	});

	it('compares what a person typed as people write it', async () => {
		const code = await joiningCode(parts);
		expect(
			isSameCode(` ${code.toLowerCase().replaceAll('-', ' ').replaceAll('0', 'o').replaceAll('1', 'l')}`, code),
		).toBe(true);
		expect(isSameCode(code.slice(1), code)).toBe(false);
	});
});

describe('a safety number', () => {
	const parts = { firm: FIRM, genesis: GENESIS, seq: 3, head: HEAD, people: [PERSON, ROW] as const };

	it('is the same for both people, and another for each other history', async () => {
		const number = await safetyNumber(parts);
		expect(number).toMatch(/^(?:\d{5} ){11}\d{5}$/);
		expect(await safetyNumber({ ...parts, people: [ROW, PERSON] })).toBe(number);
		const others = [{ seq: 4 }, { head: GENESIS }, { genesis: HEAD }, { people: [PERSON, OTHER_ROW] as const }];
		for (const other of others) expect(await safetyNumber({ ...parts, ...other })).not.toBe(number);
	});
});

describe('a recovery code', () => {
	it('is read as people write it', async () => {
		const code = await generateRecoveryCode();
		expect(code).toMatch(/^(?:[0-9A-HJKMNP-TV-Z]{4}-){7}[0-9A-HJKMNP-TV-Z]{4}$/);
		const secret = await readRecoveryCode(code);
		expect(secret).toBe(code.replaceAll('-', '').slice(0, 28));
		const typed = [
			code.toLowerCase(),
			code.replaceAll('-', ''),
			` ${code.replaceAll('-', ' ')}\n`,
			code.replaceAll('0', 'O').replaceAll('1', 'I'),
			code.replaceAll('0', 'o').replaceAll('1', 'l'),
		];
		for (const each of typed) expect(await readRecoveryCode(each)).toBe(secret);
	});

	it('with one mistyped or two exchanged characters is refused', async () => {
		const characters = (await generateRecoveryCode()).replaceAll('-', '');
		const property = fc.asyncProperty(fc.nat(30), fc.nat(30), async (at, shift) => {
			const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
			const own = characters.charAt(at);
			const wrong = alphabet.charAt((alphabet.indexOf(own) + 1 + shift) % 32);
			const mistyped = characters.slice(0, at) + wrong + characters.slice(at + 1);
			expect(await codeOf(() => readRecoveryCode(mistyped))).toBe('BAD_USER_INPUT');
			const next = characters.charAt(at + 1);
			if (next === own) return;
			const exchanged = characters.slice(0, at) + next + own + characters.slice(at + 2);
			expect(await codeOf(() => readRecoveryCode(exchanged))).toBe('BAD_USER_INPUT');
		});
		await fc.assert(property, { numRuns: scale(1_000), seed: SEED });
	});

	it('says what is wrong with it, without repeating it', async () => {
		const code = await generateRecoveryCode();
		const wrong = code.replace(/.$/, (last) => (last === '0' ? '2' : '0'));
		await expect(readRecoveryCode(`${code.slice(0, 11)}U${code.slice(12)}`)).rejects.toThrow(
			'Group 3 of the recovery code has a character that no code has: compare it with the code that you wrote down.',
		);
		await expect(readRecoveryCode(code.slice(0, -1))).rejects.toThrow('The recovery code has 31 of 32 characters');
		await expect(readRecoveryCode(wrong)).rejects.toThrow('The recovery code has a mistyped character');
		// In capitals this letter would be an S.
		expect(await codeOf(() => readRecoveryCode('ſ'.repeat(32)))).toBe('BAD_USER_INPUT');
		expect(await codeOf(() => readRecoveryCode(''))).toBe('BAD_USER_INPUT');
		expect(await codeOf(() => generateRecoveryCode(randomBytes(17)))).toBe('RangeError');
	});

	it('makes one device for a firm and person', async () => {
		const secret = await readRecoveryCode(await generateRecoveryCode());
		const idOf = async (firm: string, person: string) =>
			(await importDevice(await deriveRecoverySeed(secret, firm, person))).id;
		const ids = [
			await idOf(FIRM, PERSON),
			await idOf(FIRM, PERSON),
			await idOf(OTHER_FIRM, PERSON),
			await idOf(FIRM, ROW),
		];
		expect(ids[0]).toBe(ids[1]);
		expect(new Set(ids).size).toBe(3);
	});
});

describe('a recovery key that owners share', () => {
	it('is rebuilt by any k of them, and by fewer only as another device', async () => {
		const seed = generateSeed();
		const { id } = await importDevice(seed);
		const shares = await splitRecoverySeed(seed, 4, 3);
		expect(shares.map(({ length }) => length)).toEqual([65, 65, 65, 65]);
		const [a, b, c, d] = shares as [Uint8Array, Uint8Array, Uint8Array, Uint8Array];
		for (const three of [[a, b, c], [d, b, a], shares]) {
			expect(await combineRecoverySeed(three)).toEqual(seed);
		}
		expect((await importDevice(await combineRecoverySeed([a, b]))).id).not.toBe(id);
		expect((await importDevice(await combineRecoverySeed([a, b, flipped(c, 8)]))).id).not.toBe(id);
	});

	it('is not rebuilt from what are no shares', async () => {
		const [a, b] = (await splitRecoverySeed(generateSeed(), 2, 2)) as [Uint8Array, Uint8Array];
		// At x = 0 a share would be the seed itself, so one false share would choose it.
		const chosen = b.slice();
		chosen[64] = 0;
		const attempts = [[], [a], [a, a], [a, b.subarray(1)], [a, chosen], [a, Uint8Array.from([...b, 1])]];
		for (const shares of attempts) expect(await codeOf(() => combineRecoverySeed(shares))).toBe('BAD_USER_INPUT');
		for (const [holders, k] of [
			[1, 1],
			[2, 3],
			[17, 2],
			[3, 1],
			[2.5, 2],
		] as const) {
			expect(await codeOf(() => splitRecoverySeed(generateSeed(), holders, k))).toBe('BAD_USER_INPUT');
		}
	});

	it('goes to its holder, and from them to the new device, and to no other', async () => {
		const [holder, joining, eve] = [await someDevice(), await someDevice(), await someDevice()];
		const [share] = (await splitRecoverySeed(generateSeed(), 2, 2)) as [Uint8Array];
		const place = { firm: FIRM, person: PERSON, genesis: GENESIS, recovery: HEAD, releasedBy: null };
		const sealed = await sealShare(share, holder.publicKeys, place);
		expect(await openShare(sealed, holder, place)).toEqual(share);
		const released = { ...place, releasedBy: holder.id };
		const again = await sealShare(share, joining.publicKeys, released);
		expect(await openShare(again, joining, released)).toEqual(share);
		const attempts = [
			() => openShare(sealed, eve, place),
			() => openShare(sealed, holder, released),
			() => openShare(sealed, holder, { ...place, person: ROW }),
			() => openShare(sealed, holder, { ...place, genesis: HEAD }),
			() => openShare(sealed, holder, { ...place, recovery: GENESIS }),
			() => openShare(sealed, holder, { ...place, firm: OTHER_FIRM }),
			() => openShare(again, joining, { ...released, releasedBy: eve.id }),
			() => openShare(sealed.subarray(0, 40), holder, place),
		];
		for (const attempt of attempts) expect(await codeOf(attempt)).toBe('CIPHERTEXT_INVALID');
		expect(await codeOf(() => sealShare(share.subarray(1), holder.publicKeys, place))).toBe('RangeError');
	});
});
