import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { createRecoverySession, openEscrow } from '../../../src/jobs/escrow/index.ts';
import { decrypt, encrypt, holdersOf, KEYS, sealedFor } from './escrows.ts';
import { refusalOf } from './expect-refusal.ts';
import { forge, shareText } from './forge.ts';

const flipped = (bytes: Uint8Array, at: number) => bytes.with(at, (bytes[at] ?? 0) ^ (1 << (at % 8))) as Uint8Array;
const everywhere = (bytes: Uint8Array) => Array.from(bytes, (_, at) => flipped(bytes, at));

describe('a changed bit, in any byte', () => {
	it('of the escrow file is detected, and the escrow does not open', async () => {
		const { escrow, plaintexts } = await sealedFor(await holdersOf('FIRM', 'PLATFORM', 'FIRM'), 2);
		for (const changed of everywhere(escrow)) await refusalOf(openEscrow({ escrow: changed, shares: plaintexts }));
		expect((await openEscrow({ escrow, shares: plaintexts })).keys).toEqual(KEYS);
	}, 60_000);

	it('of the escrow file is detected by age alone, even if the shares have the digest of the changed file', async () => {
		const { escrow, shares } = await forge();
		const members = shares.map((share) => JSON.parse(Buffer.from(share).toString()));
		for (const changed of everywhere(escrow)) {
			const digest = createHash('sha256').update(changed).digest('hex');
			const forged = members.map(({ checksum, ...rest }) => shareText({ ...rest, digest }));
			const { code, message } = await refusalOf(openEscrow({ escrow: changed, shares: forged }));
			expect(`${code}: ${message}`).toMatch(/does not open the escrow file|not a binary age file/);
		}
	}, 60_000);

	it('of a share is detected, and the escrow does not open', async () => {
		const { escrow, shares } = await forge();
		const [one, two] = shares as [Uint8Array, Uint8Array];
		for (const changed of everywhere(two)) await refusalOf(openEscrow({ escrow, shares: [one, changed] }));
		for (const at of two.keys()) await refusalOf(openEscrow({ escrow, shares: [one, two.slice(0, at)] }));
		expect((await openEscrow({ escrow, shares: [one, two] })).keys).toEqual(KEYS);
	}, 60_000);

	it('of a share file is detected by its holder', async () => {
		const holders = await holdersOf('FIRM', 'PLATFORM');
		const { shares } = await sealedFor(holders, 2);
		const [holder] = holders;
		for (const changed of everywhere(shares[0]?.file ?? new Uint8Array())) {
			await expect(decrypt(holder?.identity ?? '', changed)).rejects.toThrow();
		}
	}, 60_000);

	it('of a holder’s message to a recovery is detected there, and the message is refused', async () => {
		const { shares } = await forge();
		const session = await createRecoverySession();
		const file = await encrypt(session.recipient, shares[0] as Uint8Array);
		for (const changed of everywhere(file))
			expect((await refusalOf(session.acceptShare(changed))).code).toBe('BAD_USER_INPUT');
		expect(await session.acceptShare(file)).toMatchObject({ have: 1, need: 2 });
		session.close();
	}, 60_000);
});
