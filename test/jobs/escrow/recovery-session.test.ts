import { describe, expect, it } from 'vitest';
import { createRecoverySession, type HolderSide } from '../../../src/jobs/escrow/index.ts';
import { encrypt, holdersOf, KEYS, sealedFor } from './escrows.ts';
import { expectRefusal } from './expect-refusal.ts';
import { ESCROW_ID, forge, shareText } from './forge.ts';

const utf8 = (text: string) => new TextEncoder().encode(text);

/** A recovery, and the file that each holder would send to it. */
async function begin(...[threshold, ...sides]: readonly [number, ...HolderSide[]]) {
	const session = await createRecoverySession();
	const { id, escrow, plaintexts } = await sealedFor(await holdersOf(...sides), threshold);
	const files = (await Promise.all(plaintexts.map((plaintext) => encrypt(session.recipient, plaintext)))) as [
		Uint8Array,
		Uint8Array,
		Uint8Array,
	];
	return { session, id, escrow, files };
}

describe('a recovery', () => {
	it('accepts shares one by one and opens once they suffice', async () => {
		const { session, id, escrow, files } = await begin(2, 'FIRM', 'PLATFORM', 'FIRM');
		expect(session.recipient).toMatch(/^age1[02-9a-z]{58}$/);
		await expectRefusal(session.open(escrow), 'BAD_USER_INPUT', /No share was given/);
		const first = { escrowId: id, holder: 'holder-2', side: 'PLATFORM', index: 2, have: 1, need: 2 };
		expect(await session.acceptShare(files[1])).toStrictEqual(first);
		await expectRefusal(session.open(escrow), 'BAD_USER_INPUT', /needs 2 shares and has 1/);
		const second = { escrowId: id, holder: 'holder-3', side: 'FIRM', index: 3, have: 2, need: 2 };
		expect(await session.acceptShare(files[2])).toStrictEqual(second);
		const { header, keys } = await session.open(escrow);
		expect(keys).toEqual(KEYS);
		expect(header.id).toBe(id);
		expect((await session.open(escrow)).keys).toEqual(KEYS);
		session.close();
	});

	it('has its own key, and accepts nothing that is encrypted to another key', async () => {
		const [one, other] = [await begin(2, 'FIRM', 'FIRM'), await begin(2, 'FIRM', 'FIRM')];
		expect(one.session.recipient).not.toBe(other.session.recipient);
		const refused = one.session.acceptShare(other.files[0]);
		await expectRefusal(
			refused,
			'BAD_USER_INPUT',
			/not a share for this recovery: encrypt a share in binary with `age -r age1/,
		);
	});

	it.each([
		['nothing', utf8('')],
		['a text', utf8('hello')],
	])('refuses a file that is %s', async (_, file) => {
		const { session } = await begin(2, 'FIRM', 'FIRM');
		await expectRefusal(session.acceptShare(file), 'BAD_USER_INPUT', /not a share for this recovery/);
	});

	it('refuses a share that is not encrypted, and one that is longer than a share can be', async () => {
		const { session } = await begin(2, 'FIRM', 'FIRM');
		const { shares } = await forge();
		await expectRefusal(
			session.acceptShare(shares[0] as Uint8Array),
			'BAD_USER_INPUT',
			/not a share for this recovery/,
		);
		const long = await encrypt(session.recipient, new Uint8Array(5000));
		await expectRefusal(session.acceptShare(long), 'BAD_USER_INPUT', /not a share for this recovery/);
	});

	it('refuses an invalid or damaged share, and keeps the shares that it has', async () => {
		const { session, escrow, files } = await begin(2, 'FIRM', 'PLATFORM', 'FIRM');
		await session.acceptShare(files[0]);
		const other = await encrypt(session.recipient, utf8('hello\n'));
		await expectRefusal(session.acceptShare(other), 'BAD_USER_INPUT', /The content of the file is not a share/);
		const damaged = utf8(
			Buffer.from((await forge()).shares[1] as Uint8Array)
				.toString()
				.replace('holder-2', 'holder-9'),
		);
		const refused = session.acceptShare(await encrypt(session.recipient, damaged));
		await expectRefusal(refused, 'CIPHERTEXT_INVALID', /The content of the file is damaged/);
		expect(await session.acceptShare(files[1])).toMatchObject({ have: 2, need: 2 });
		expect((await session.open(escrow)).keys).toEqual(KEYS);
	});

	it('refuses a second share of a holder, one of another escrow, and one that contradicts the others', async () => {
		const { session, files } = await begin(2, 'FIRM', 'PLATFORM', 'FIRM');
		await session.acceptShare(files[0]);
		await expectRefusal(session.acceptShare(files[0]), 'BAD_USER_INPUT', /holder-1 was already given/);
		const { shares } = await forge();
		const foreign = await encrypt(session.recipient, shares[1] as Uint8Array);
		await expectRefusal(session.acceptShare(foreign), 'BAD_USER_INPUT', /holder-2 belongs to another escrow/);
		const second = await createRecoverySession();
		const forged = (await forge()).shares.map((share) => JSON.parse(Buffer.from(share).toString()));
		const [one, two] = forged.map(({ checksum, ...members }) => ({ ...members, escrow: ESCROW_ID }));
		await second.acceptShare(await encrypt(second.recipient, shareText(one)));
		const odd = await encrypt(second.recipient, shareText({ ...two, threshold: 3 }));
		await expectRefusal(second.acceptShare(odd), 'CIPHERTEXT_INVALID', /contradicts/);
	});

	it('counts a share that arrives twice at once as one', async () => {
		const { session, files } = await begin(2, 'FIRM', 'PLATFORM', 'FIRM');
		const taken = await Promise.allSettled([
			session.acceptShare(files[0]),
			session.acceptShare(files[0]),
			session.acceptShare(files[1]),
		]);
		expect(taken.map(({ status }) => status).sort()).toEqual(['fulfilled', 'fulfilled', 'rejected']);
		await expectRefusal(session.acceptShare(files[1]), 'BAD_USER_INPUT', /was already given/);
		expect(await session.acceptShare(files[2])).toMatchObject({ have: 3, need: 2 });
	});

	it('opens no other escrow', async () => {
		const { session, escrow, files } = await begin(2, 'FIRM', 'PLATFORM', 'FIRM');
		for (const file of files) await session.acceptShare(file);
		const message = /does not belong to these shares/;
		await expectRefusal(session.open((await forge()).escrow), 'CIPHERTEXT_INVALID', message);
		expect((await session.open(escrow)).keys).toEqual(KEYS);
	});

	it('discards everything when it is closed, including shares in transfer', async () => {
		const { session, escrow, files } = await begin(2, 'FIRM', 'PLATFORM', 'FIRM');
		await session.acceptShare(files[0]);
		const late = session.acceptShare(files[1]);
		session.close();
		await expectRefusal(late, 'CONFLICT', /This recovery session is closed: begin another/);
		await expectRefusal(session.acceptShare(files[1]), 'CONFLICT', /closed/);
		await expectRefusal(session.open(escrow), 'CONFLICT', /closed/);
		session.close();
	});

	it('reveals only its recipient', async () => {
		const { session, files } = await begin(2, 'FIRM', 'FIRM');
		await session.acceptShare(files[0]);
		expect(JSON.parse(JSON.stringify(session))).toEqual({ recipient: session.recipient });
	});
});
