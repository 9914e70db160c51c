import { combine } from 'shamir-secret-sharing';
import { describe, expect, it } from 'vitest';
import { assertSharesMatchHeader } from '../../../src/jobs/escrow/assert-shares.ts';
import { openEscrow } from '../../../src/jobs/escrow/index.ts';
import { parseShare } from '../../../src/jobs/escrow/share-file.ts';
import { AT, FIRM, holdersOf, KEYS, keyOf, OTHER_FIRM, sealedFor } from './escrows.ts';
import { expectRefusal } from './expect-refusal.ts';
import { ESCROW_ID, type Forgery, forge, keyLine, shareText } from './forge.ts';

const utf8 = (text: string) => new TextEncoder().encode(text);
const open = async (forgery: Forgery, ...given: readonly number[]) => {
	const { escrow, shares } = await forge(forgery);
	return openEscrow({ escrow, shares: given.length === 0 ? shares : given.map((at) => shares[at] as Uint8Array) });
};
const spliced = (start: number, count: number, ...more: readonly string[]) => ({
	lines: (lines: readonly string[]) => lines.toSpliced(start, count, ...more),
});
const [first, second, third] = KEYS as [(typeof KEYS)[0], (typeof KEYS)[0], (typeof KEYS)[0]];
/** The next base64 character, which differs only in an unused bit. */
const withUnusedBit = (line: string) =>
	line.replace(/(.)=","version/, (_, last: string) => `${String.fromCharCode(last.charCodeAt(0) + 1)}=","version`);
const HOLDERS = [
	{ name: 'a', side: 'FIRM' },
	{ name: 'b', side: 'FIRM' },
	{ name: 'c', side: 'FIRM' },
] as const;

it('an escrow by the tests’ own writer opens, so each refusal below is due to its flaw', async () => {
	expect((await open({})).keys).toEqual(KEYS);
	expect((await open({}, 2, 0)).header).toMatchObject({ id: ESCROW_ID, firm: FIRM, at: AT, keys: 3, threshold: 2 });
});

describe('shares', () => {
	it.each([
		['of no one', [], /No share was given/],
		['too few in number', [1], /The escrow needs 2 shares and has 1/],
		['of the same holder twice', [1, 1], /The share of holder-2 was already given/],
		['of the same holder twice, besides enough others', [0, 1, 0], /The share of holder-1 was already given/],
	])('%s are refused', async (_, given, message) => {
		const { escrow, shares } = await forge();
		const opening = openEscrow({ escrow, shares: given.map((at) => shares[at] as Uint8Array) });
		await expectRefusal(opening, 'BAD_USER_INPUT', message);
	});

	it('of two escrows are refused, for either escrow', async () => {
		const holders = await holdersOf('FIRM', 'PLATFORM', 'FIRM');
		const [one, other] = [await sealedFor(holders, 2), await sealedFor(holders, 2)];
		const shares = [one.plaintexts[0], other.plaintexts[1]] as Uint8Array[];
		for (const { escrow } of [one, other]) {
			await expectRefusal(
				openEscrow({ escrow, shares }),
				'BAD_USER_INPUT',
				/holder-2 belongs to another escrow than the first/,
			);
		}
	});

	it.each([
		['nothing', utf8('')],
		['something else', utf8('hello\n')],
		['an object', utf8('{}\n')],
		['not a text', new Uint8Array([0xff, 0xfe, 0x00])],
		['a long text', utf8(`{"checksum":"${'0'.repeat(64)}",${'x'.repeat(2000)}\n`)],
	])('that are %s are refused', async (_, plaintext) => {
		const { escrow, shares } = await forge();
		const opening = openEscrow({ escrow, shares: [shares[0] as Uint8Array, plaintext] });
		await expectRefusal(opening, 'BAD_USER_INPUT', /Share 2 is not a share of an escrow/);
	});

	it.each([
		['without the final line break', (text: string) => text.slice(0, -1)],
		['with an extra line', (text: string) => `${text}\n`],
		['with a byte order mark', (text: string) => `\ufeff${text}`],
		['with Windows line endings', (text: string) => text.replace('\n', '\r\n')],
		[
			'in another order',
			(text: string) => `${JSON.stringify(Object.fromEntries(Object.entries(JSON.parse(text)).reverse()))}\n`,
		],
	])('%s are refused', async (_, change) => {
		const { escrow, shares } = await forge();
		const changed = shares.map((share) => utf8(change(Buffer.from(share).toString())));
		await expectRefusal(openEscrow({ escrow, shares: changed }), 'BAD_USER_INPUT', /Share 1 is not a share/);
	});

	it('that are damaged are named by their position', async () => {
		const { escrow, shares } = await forge();
		const [one, two] = shares as [Uint8Array, Uint8Array];
		const damaged = utf8(Buffer.from(two).toString().replace('"holder-2"', '"holder-3"'));
		const opening = openEscrow({ escrow, shares: [one, damaged] });
		await expectRefusal(opening, 'CIPHERTEXT_INVALID', /Share 2 is damaged: its checksum differs/);
	});

	const short = Buffer.alloc(74, 7).toString('base64');
	it.each([
		['another version', { v: 2 }],
		['another format', { format: 'firmseal-escrow' }],
		['an extra key', { note: '' }],
		['no side', { side: 'firm' }],
		['no name', { holder: 'a b' }],
		['a name that is a number', { holder: 7 }],
		['no index', { index: 0 }],
		['an index out of range', { index: 33 }],
		['one share that suffices', { threshold: 1 }],
		['no digest', { digest: 'A'.repeat(64) }],
		['an escrow id that is not a UUIDv7', { escrow: FIRM.replace('-7000-', '-4000-') }],
		['a short share', { share: short }],
		['a share in another form of base64', { share: `${'A'.repeat(98)}B=` }],
		['no share', { share: null }],
	])('with %s are refused, whatever their checksum', async (_, change) => {
		const forged = (members: object) => ({ ...members, ...change });
		await expectRefusal(
			open({ share: forged }),
			'CIPHERTEXT_INVALID',
			/Share 1 does not follow version 1 of the share format/,
		);
	});

	it('nested deeper than any parser goes are refused', () => {
		const text = `{"checksum":"${'0'.repeat(64)}",${'['.repeat(900)}\n`;
		expect(() => parseShare(utf8(text), 'It')).toThrow(/It is damaged/);
	});

	it.each([
		['firm', { firm: OTHER_FIRM }],
		['file', { digest: '0'.repeat(64) }],
		['threshold', { threshold: 3 }],
		['index', { index: 1 }],
	])('that disagree on the %s are refused', async (_, change) => {
		const share = (members: object, index: number) => (index === 1 ? { ...members, ...change } : (members as never));
		await expectRefusal(open({ share }), 'CIPHERTEXT_INVALID', /The share of holder-2 contradicts an earlier one/);
	});

	it('with one x coordinate are refused', async () => {
		const part = (share: Uint8Array) => share.with(74, 7) as Uint8Array;
		await expectRefusal(open({ part }), 'CIPHERTEXT_INVALID', /contradicts an earlier one/);
	});

	it('do not combine if one is forged', async () => {
		const part = (share: Uint8Array, index: number) =>
			index === 2 ? share.map((byte, at) => (at < 74 ? byte ^ 1 : byte)) : share;
		await expectRefusal(open({ part }, 0, 2), 'CIPHERTEXT_INVALID', /do not form a key, so one of them is forged/);
		await expectRefusal(open({ part }), 'CIPHERTEXT_INVALID', /do not form a key/);
		expect((await open({ part }, 0, 1)).keys).toEqual(KEYS);
	});

	it('with an x coordinate of 0, which would alone determine the combined secret, are refused', async () => {
		const { identity, ...mine } = await forge();
		const zero = Uint8Array.from([...utf8(identity), 0]);
		const theirs = await forge();
		const combined = await combine([theirs.parts[0] as Uint8Array, zero]);
		expect(Buffer.from(combined).toString()).toBe(identity);
		// The forger's escrow, one share of the forger and one of a holder who doesn't know of the forgery.
		const digest = JSON.parse(Buffer.from(mine.shares[0] as Uint8Array).toString()).digest;
		const [one, two] = theirs.shares.map((share) => {
			const { checksum, ...members } = JSON.parse(Buffer.from(share).toString());
			return { ...members, digest };
		});
		const shares = [shareText(one), shareText({ ...two, share: Buffer.from(zero).toString('base64') })];
		await expectRefusal(
			openEscrow({ escrow: mine.escrow, shares }),
			'CIPHERTEXT_INVALID',
			/Share 2 does not follow version 1/,
		);
	});
});

describe('an escrow file', () => {
	const opened = async (change: (file: Uint8Array) => Uint8Array) => {
		const { escrow, shares } = await forge();
		return openEscrow({ escrow: change(escrow), shares });
	};

	it.each([
		['of another escrow', 'CIPHERTEXT_INVALID', async () => (await forge()).escrow],
		['that is truncated', 'CIPHERTEXT_INVALID', async (file: Uint8Array) => file.slice(0, -1)],
		['with an extra byte', 'CIPHERTEXT_INVALID', async (file: Uint8Array) => Uint8Array.from([...file, 0])],
		['that is edited', 'CIPHERTEXT_INVALID', async (file: Uint8Array) => file.with(300, (file[300] ?? 0) ^ 1)],
	] as const)('%s is refused by its digest', async (_, code, change) => {
		const { escrow, shares } = await forge();
		const opening = openEscrow({ escrow: await change(escrow), shares });
		await expectRefusal(opening, code, /does not belong to these shares/);
		const forged = open({ file: change });
		await expectRefusal(forged, code, /key that the shares combine to does not open the escrow file/);
	});

	it.each([
		['nothing', () => new Uint8Array()],
		['text', () => utf8('-----BEGIN AGE ENCRYPTED FILE-----\n')],
	])('that is %s is refused', (_, change) => expectRefusal(opened(change), 'BAD_USER_INPUT', /not a binary age file/));
});

describe('the content of an escrow', () => {
	const closing = `{"end":"${ESCROW_ID}","keys":3}`;

	it.each<[string, Forgery, RegExp]>([
		['without its last line', spliced(4, 1), /cut off, because its closing line is missing/],
		['with the closing line of another', { closing: { end: FIRM } }, /cut off, because its closing line is missing/],
		['cut inside of a line', { text: (text) => text.slice(0, -9) }, /cut off, because its last line is incomplete/],
		['that is empty', { text: () => '' }, /cut off/],
		['with lines after its end', spliced(5, 0, keyLine(keyOf(FIRM, 'NOTE', 3))), /Lines follow the closing line/],
		['with an empty line after its end', spliced(5, 0, ''), /Lines follow the closing line/],
		['with two ends', spliced(5, 0, closing), /Lines follow the closing line/],
		['with a missing key', spliced(2, 1), /number of keys differs/],
		['with an extra key', spliced(4, 0, keyLine(keyOf(FIRM, 'NOTE', 3))), /number of keys differs/],
		['with another count in the header', { header: { keys: 4 } }, /number of keys differs/],
		['with another count at the end', { closing: { keys: 4 } }, /number of keys differs/],
		['without any key', { keys: [], header: { keys: 0 } }, /does not begin with a header/],
		['with a header of another version', { header: { v: 2 } }, /does not begin with a header of version 1/],
		[
			'with a header of another format',
			{ header: { format: 'firmseal-escrow-share' } },
			/does not begin with a header/,
		],
		['with a key in the header', { header: { note: 'x' } }, /does not begin with a header/],
		['with a date that does not exist', { header: { at: '2026-02-30T00:00:00.000Z' } }, /does not begin with a header/],
		['with a time in another form', { header: { at: '2026-11-26T20:15:00Z' } }, /does not begin with a header/],
		['with holders in another form', { header: { holders: [...HOLDERS, null] } }, /does not begin with a header/],
		[
			'with a plan that the platform alone satisfies',
			{ header: { holders: HOLDERS.map((of, at) => (at === 0 ? of : { ...of, side: 'PLATFORM' })) } },
			/not a valid plan/,
		],
		[
			'with a holder on no side',
			{ header: { holders: [...HOLDERS, { name: 'd', side: 'NONE' }] } },
			/not a valid plan/,
		],
		[
			'with a header written differently',
			{ lines: ([header = '', ...rest]) => [header.replace(':', ': '), ...rest] },
			/does not begin with a header/,
		],
		[
			'with a duplicate member',
			{ lines: ([header = '', ...rest]) => [header.replace('"v":1', '"v":1,"v":1'), ...rest] },
			/does not begin with a header/,
		],
		['with a line that is not a key', spliced(2, 1, '{}'), /Line 3 of the escrow is not a key/],
		['with a line that is not JSON', spliced(2, 1, keyLine(second).slice(0, -1)), /Line 3 of the escrow is not a key/],
		[
			'with extra members in a key',
			spliced(1, 1, keyLine({ ...first, note: 'x' } as never)),
			/Line 2 of the escrow is not a key/,
		],
		[
			'with a short key',
			spliced(1, 1, keyLine({ ...first, key: new Uint8Array(31) })),
			/Line 2 of the escrow is not a key/,
		],
		[
			'with base64 in another form',
			spliced(1, 1, keyLine(first).replace('=","v', '","v')),
			/Line 2 of the escrow is not a key/,
		],
		['with unused bits in base64', spliced(1, 1, withUnusedBit(keyLine(first))), /Line 2 of the escrow is not a key/],
		[
			'with another commitment',
			spliced(3, 1, keyLine({ ...third, commitment: first.commitment })),
			/Key 3 does not match its commitment/,
		],
		['with another key', spliced(3, 1, keyLine({ ...third, key: first.key })), /Key 3 does not match its commitment/],
		[
			'with a key under another version',
			spliced(2, 1, keyLine({ ...second, version: 3 })),
			/Key 2 does not match its commitment/,
		],
		[
			'with a key without a version',
			spliced(2, 1, keyLine({ ...second, version: 0 })),
			/Key 2 does not have the class and version/,
		],
		[
			'with a version as text',
			spliced(2, 1, keyLine({ ...second, version: '2' } as never)),
			/Key 2 does not have the class and version/,
		],
		[
			'with a key of another firm',
			spliced(2, 1, keyLine(keyOf(OTHER_FIRM, 'NOTE', 2))),
			/Key 2 belongs to another firm/,
		],
		[
			'with a duplicate version',
			spliced(2, 1, keyLine(first)),
			/Key 2 has the same class and version as an earlier key/,
		],
		['that is not a text', { text: () => new Uint8Array([0xff, 0x0a]) }, /is not text/],
		['with a byte order mark', { text: (text) => `\ufeff${text}` }, /does not begin with a header/],
		['with Windows line endings', { text: (text) => text.replaceAll('\n', '\r\n') }, /does not begin with a header/],
		[
			'with another id than the shares',
			{ header: { escrow: FIRM }, closing: { end: FIRM } },
			/another id, firm, threshold or holder/,
		],
		[
			'of another firm than the shares',
			{ header: { firm: OTHER_FIRM }, keys: [keyOf(OTHER_FIRM, 'NOTE', 1)] },
			/another id, firm, threshold or holder/,
		],
		['that needs another number of shares', { header: { threshold: 3 } }, /another id, firm, threshold or holder/],
		['with holders of other names', { header: { holders: HOLDERS } }, /another id, firm, threshold or holder/],
		[
			'with holders on other sides',
			{ header: { holders: HOLDERS.map((of, at) => ({ ...of, name: `holder-${at + 1}` })) } },
			/another id, firm, threshold or holder/,
		],
		[
			'with fewer holders than shares',
			{ share: (members, index) => ({ ...members, index: index + 2 }) },
			/another id, firm, threshold or holder/,
		],
	])('%s is refused', (_, forgery, message) => expectRefusal(open(forgery), 'CIPHERTEXT_INVALID', message));

	it('is not returned if it was opened without a share of the firm, even if its plan allowed that', () => {
		const holders = [
			{ name: 'a', side: 'PLATFORM' },
			{ name: 'b', side: 'PLATFORM' },
			{ name: 'c', side: 'FIRM' },
		] as const;
		const header = { id: ESCROW_ID, installation: 'x', firm: FIRM, at: AT, keys: 1, threshold: 2, holders };
		const shares = holders.map(({ name, side }, at) => ({
			escrow: ESCROW_ID,
			firm: FIRM,
			digest: '',
			threshold: 2,
			index: at + 1,
			holder: name,
			side,
			share: new Uint8Array(75),
		}));
		expect(() => assertSharesMatchHeader(header, shares.slice(0, 2))).toThrow(
			/None of the shares that opened the escrow is on the side FIRM/,
		);
		expect(() => assertSharesMatchHeader(header, shares.slice(1))).not.toThrow();
		const lying = shares.slice(0, 2).map((share) => ({ ...share, side: 'FIRM' as const }));
		expect(() => assertSharesMatchHeader(header, lying)).toThrow(/another id, firm, threshold or holder/);
	});
});
