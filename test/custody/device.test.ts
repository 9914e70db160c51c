import { describe, expect, it } from 'vitest';
import {
	deviceIdOf,
	encodeStatement,
	generateSeed,
	importDevice,
	isRefusedExchange,
	isRefusedSigning,
	makeStatement,
	overwriteSeed,
	parseStatement,
	signAs,
	verifyBytes,
	verifyStatement,
} from '../../src/custody/index.ts';
import { codeOf, FIRM, flipped, fromHex, HEAD, OTHER_FIRM, PERSON, someDevice, toHex } from './some.ts';

const PLACE = { firm: FIRM, genesis: HEAD, person: PERSON };
const message = new TextEncoder().encode('a message');
const P = 2n ** 255n - 19n;
const ORDER = 2n ** 252n + 27742317777372353535851937790883648493n;

const littleEndian = (value: bigint): Uint8Array => fromHex(value.toString(16).padStart(64, '0')).reverse();
const numberOf = (bytes: Uint8Array): bigint => BigInt(`0x${toHex(bytes.toReversed())}`);

/** The small order of both curves, and what is not canonical. */
const BAD = [0n, 1n, P - 1n, P, P + 1n, P + 18n].map(littleEndian);
const BAD_EXCHANGE = [
	...BAD,
	fromHex('e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800'),
	fromHex('5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157'),
];
const BAD_SIGNING = [
	...BAD,
	fromHex('26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05'),
	fromHex('c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a'),
];

describe('the keys of a device', () => {
	it('are the same after each import of the seed, and none can be exported', async () => {
		const seed = generateSeed();
		const [one, other] = [await importDevice(seed), await importDevice(seed)];
		expect(one.id).toBe(other.id);
		expect(one.id).toBe(await deviceIdOf(other.publicKeys));
		const secret = [one.exchange.privateKey, one.signing, one.kept];
		expect(secret.map(({ extractable }) => extractable)).toEqual([false, false, false]);
		overwriteSeed(seed);
		expect([...seed.exchange, ...seed.signing].every((byte) => byte === 0)).toBe(true);
	});

	it('have the public halves that RFC 7748 and RFC 8032 name', async () => {
		const { publicKeys } = await importDevice({
			exchange: fromHex('77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a'),
			signing: fromHex('9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60'),
		});
		expect(toHex(publicKeys.exchange)).toBe('8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a');
		expect(toHex(publicKeys.signing)).toBe('d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a');
	});

	it('are 32 bytes each', async () => {
		const attempt = () => importDevice({ ...generateSeed(), signing: new Uint8Array(31) });
		expect(await codeOf(attempt)).toBe('RangeError');
	});
});

describe('a public key', () => {
	it('that is given as a Buffer stays as it is while it is checked', () => {
		const key = Buffer.alloc(32, 0xff);
		isRefusedSigning(key);
		expect(key.equals(Buffer.alloc(32, 0xff))).toBe(true);
	});

	it('of small order, or written in another way, is refused', async () => {
		expect(BAD_EXCHANGE.map(isRefusedExchange)).not.toContain(false);
		expect(BAD_SIGNING.map(isRefusedSigning)).not.toContain(false);
		expect(BAD_SIGNING.map((key) => isRefusedSigning(flipped(key, 255)))).not.toContain(false);
		const { publicKeys } = await someDevice();
		expect(isRefusedExchange(publicKeys.exchange)).toBe(false);
		expect(isRefusedExchange(flipped(publicKeys.exchange, 255))).toBe(true);
		expect(isRefusedSigning(publicKeys.signing)).toBe(false);
		expect(isRefusedSigning(publicKeys.signing.subarray(1))).toBe(true);
	});

	it('of small order verifies no signature, not even one that fits the equation', async () => {
		// R = the neutral element and S = 0 fit under a key of small order for many messages.
		const forged = new Uint8Array(64);
		forged[0] = 1;
		for (const key of BAD_SIGNING) expect(await verifyBytes(key, message, forged)).toBe(false);
	});

	it('that is no point verifies nothing', async () => {
		const noPoint = littleEndian(2n);
		expect(await verifyBytes(noPoint, message, new Uint8Array(64))).toBe(false);
	});
});

describe('a signature', () => {
	it('has no second spelling: S + L does not verify', async () => {
		const device = await someDevice();
		const signature = await signAs(device, message);
		const { signing } = device.publicKeys;
		expect(await verifyBytes(signing, message, signature)).toBe(true);
		const second = signature.slice();
		second.set(littleEndian(numberOf(signature.subarray(32)) + ORDER), 32);
		expect(await verifyBytes(signing, message, second)).toBe(false);
		expect(await verifyBytes(signing, message, signature.subarray(0, 63))).toBe(false);
	});
});

describe('a device statement', () => {
	it('names its device for one firm, log and person', async () => {
		const device = await someDevice();
		const statement = await makeStatement(device, 'DEVICE', PLACE);
		const text = encodeStatement(statement);
		const stated = await verifyStatement(parseStatement(text), PLACE);
		expect(stated).toEqual({ id: device.id, kind: 'DEVICE', publicKeys: device.publicKeys });

		const elsewhere = [
			{ ...PLACE, firm: OTHER_FIRM },
			{ ...PLACE, genesis: '0'.repeat(64) },
			{ ...PLACE, person: OTHER_FIRM },
		];
		for (const place of elsewhere) {
			expect(await codeOf(() => verifyStatement(statement, place))).toBe('BAD_USER_INPUT');
		}
	});

	it('cannot take the signing key or the kind of another', async () => {
		const statement = await makeStatement(await someDevice(), 'DEVICE', PLACE);
		const other = await makeStatement(await someDevice(), 'DEVICE', PLACE);
		const forged: unknown[] = [
			{ ...statement, kind: 'RECOVERY' },
			{ ...statement, exchange: other.exchange },
			{ ...statement, signing: other.signing },
			{ ...statement, signature: other.signature },
			{ ...statement, signature: statement.signature.replace('==', '') },
			{ ...statement, kind: 'OTHER' },
			{ ...statement, more: 1 },
			null,
			[],
		];
		for (const bad of forged) expect(await codeOf(() => verifyStatement(bad, PLACE))).toBe('BAD_USER_INPUT');
	});

	it('with an exchange key of small order is refused, although it is signed', async () => {
		const device = await someDevice();
		for (const exchange of BAD_EXCHANGE) {
			const forger = { ...device, publicKeys: { ...device.publicKeys, exchange } };
			const statement = await makeStatement(forger, 'DEVICE', PLACE);
			expect(await codeOf(() => verifyStatement(statement, PLACE))).toBe('BAD_USER_INPUT');
		}
	});

	it('is read only in its canonical form', async () => {
		const text = encodeStatement(await makeStatement(await someDevice(), 'RECOVERY', PLACE));
		const others = [
			` ${text}`,
			text.replace('"kind":"RECOVERY",', '"kind":"DEVICE","kind":"RECOVERY",'),
			text.replace('RECOVERY', '\\u0052ECOVERY'),
			text.replace('{', '{"a":1,'),
			text.replace(/"kind":"RECOVERY",/, ''),
			text.slice(0, -1),
			'null',
		];
		for (const other of others) expect(await codeOf(() => parseStatement(other))).toBe('BAD_USER_INPUT');
		expect(await codeOf(() => parseStatement(text))).toBe('opened');
	});
});
