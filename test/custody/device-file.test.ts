import { describe, expect, it } from 'vitest';
import {
	devicePrfInput,
	encodeDeviceFile,
	generateSeed,
	openDeviceFile,
	parseDeviceFile,
	sealDeviceFile,
} from '../../src/custody/index.ts';
import { codeOf, FIRM, flipped, HEAD, OTHER_FIRM, PERSON, randomBytes } from './some.ts';

const PLACE = { firm: FIRM, person: PERSON };
const LOCKED = { ...PLACE, kind: 'DEVICE', genesis: HEAD, seq: 4, head: HEAD, seed: generateSeed() } as const;
const plaintext = encodeDeviceFile(LOCKED);
const text = new TextDecoder().decode(plaintext);
const prf = randomBytes(32);

describe('a device file', () => {
	it('keeps the device and where it began to believe the log', async () => {
		const file = await sealDeviceFile(plaintext, prf, PLACE);
		expect(parseDeviceFile(await openDeviceFile(file, prf, PLACE))).toEqual(LOCKED);
		expect(await devicePrfInput(PLACE)).toHaveLength(32);
	});

	it('opens with its own passkey only, for its own firm and person', async () => {
		const file = await sealDeviceFile(plaintext, prf, PLACE);
		const attempts = [
			() => openDeviceFile(file, flipped(prf, 3), PLACE),
			() => openDeviceFile(file, prf, { ...PLACE, firm: OTHER_FIRM }),
			() => openDeviceFile(file, prf, { ...PLACE, person: OTHER_FIRM }),
			() => openDeviceFile(flipped(file, 300), prf, PLACE),
			() => openDeviceFile(flipped(file, 3), prf, PLACE),
			() => openDeviceFile(file.subarray(0, 5), prf, PLACE),
			() => openDeviceFile(file.subarray(0, 20), prf, PLACE),
		];
		for (const attempt of attempts) expect(await codeOf(attempt)).toBe('CIPHERTEXT_INVALID');
		expect(await codeOf(() => sealDeviceFile(plaintext, prf.subarray(1), PLACE))).toBe('RangeError');
	});

	it('is read only in its canonical form', async () => {
		const others = [
			text.replace('{', '{ '),
			text.replace('"v":1', '"v":2'),
			text.replace('"kind":"DEVICE"', '"kind":"OTHER"'),
			text.replace(/"seq":4,/, ''),
			text.replace('{', '{"a":1,'),
			text.replace('=",', '",'),
			'',
		];
		for (const each of others) {
			expect(await codeOf(() => parseDeviceFile(new TextEncoder().encode(each)))).toBe('BAD_USER_INPUT');
		}
		expect(await codeOf(() => parseDeviceFile(Uint8Array.of(0xff, 0xfe)))).toBe('BAD_USER_INPUT');
	});
});
