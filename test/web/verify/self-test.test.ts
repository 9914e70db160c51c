import { afterEach, expect, it, vi } from 'vitest';
import { assertAble } from '../../../web/verify/self-test.ts';
import { HONEST } from '../../audit/verify/bundle-cases.ts';
import { verdictOn } from './given.ts';

afterEach(() => {
	vi.restoreAllMocks();
	vi.unstubAllGlobals();
});

it('finds a browser able that verifies what it should, and only that', async () => {
	await expect(assertAble()).resolves.toBeUndefined();
});

it.each([
	['takes every signature', () => vi.spyOn(crypto.subtle, 'verify').mockResolvedValue(true), 'Ed25519'],
	['takes no signature', () => vi.spyOn(crypto.subtle, 'verify').mockResolvedValue(false), 'Ed25519'],
	[
		'does not know the algorithm',
		() => vi.spyOn(crypto.subtle, 'importKey').mockRejectedValue(new DOMException('', 'NotSupportedError')),
		'Ed25519',
	],
	[
		'hashes in another way',
		() => vi.spyOn(crypto.subtle, 'digest').mockResolvedValue(new ArrayBuffer(32)),
		'wrong hashes',
	],
	['has no WebCrypto, as on a page without https', () => vi.stubGlobal('crypto', {}), 'not secure'],
])('verifies nothing in a browser that %s', async (_, break_, says) => {
	break_();
	const { outcome, findings, summary } = await verdictOn(HONEST);
	expect([outcome, summary, findings[0]?.why]).toEqual(['UNREAD', null, expect.stringContaining(says)]);
});
