import { expect, it } from 'vitest';
import { readSpeed } from '../../../bench/field/openssl-speed.ts';

it('reads the machine-readable output of OpenSSL', () => {
	expect(readSpeed('+H:500\n+F:25:AES-256-GCM:2500000000.00\n', 500)).toBeCloseTo(0.2);
});

it('accepts nothing else as a speed', () => {
	expect(() => readSpeed('+H:500\n', 500)).toThrow('The output of openssl speed has no result.');
});
