import { expect, it } from 'vitest';
import { AuditProofError } from '../../../src/audit/verify/index.ts';
import { verifyFreshCheckpoint } from '../../../src/audit/verify/log.ts';
import vectors from '../../vectors/custody-v1.json' with { type: 'json' };
import { leavesOf, sha256, treeHash } from './naive-tree.ts';
import { type NoteSigner, newSigner, signatureLine } from './note-signer.ts';

const ORIGIN = 'vault.example/firmseal/01980000-0000-7000-8000-0000000000f1/keys';
const TIME = 1_795_512_600;
const signer = newSigner(ORIGIN);
const body = `${ORIGIN}\n7\n${Buffer.from(treeHash(leavesOf(7))).toString('base64')}\n`;

const idOf = ({ publicKey }: NoteSigner, name = ORIGIN, type = '\x04') =>
	sha256(`${name}\n${type}`, publicKey).slice(0, 4);

function timeBytes(time: number | bigint): Uint8Array {
	const bytes = Buffer.alloc(8);
	bytes.writeBigUInt64BE(BigInt(time));
	return bytes;
}

/** A cosignature line as of C2SP tlog-cosignature; the parts can be made wrong one by one. */
function cosigned({
	by = signer,
	id = idOf(by),
	name = ORIGIN,
	stated = TIME,
	signed = `cosignature/v1\ntime ${stated}\n${body}`,
}: Partial<{ by: NoteSigner; id: Uint8Array; name: string; stated: number | bigint; signed: string }> = {}): string {
	return signatureLine(name, id, Buffer.concat([timeBytes(stated), by.sign(signed)]));
}

const note = (...lines: string[]) => `${body}\n${signer.line(body)}${lines.join('')}`;
const opened = (text: string, vkey = signer.vkey) => verifyFreshCheckpoint(text, vkey);

async function refuses(text: string, message: string): Promise<void> {
	await expect(opened(text)).rejects.toBeInstanceOf(AuditProofError);
	await expect(opened(text)).rejects.toThrow(message);
}

it('opens the checkpoints that an independent program made', async () => {
	const { checkpoints } = vectors.vectors;
	expect(checkpoints.length).toBeGreaterThan(2);
	for (const { note, vkey, origin, size, root, time } of checkpoints)
		expect(await opened(note, vkey)).toEqual({ origin, size, root: new Uint8Array(Buffer.from(root, 'hex')), time });
});

it('needs the log’s signature and a cosignature by the same key under the same name', async () => {
	expect(await opened(note(cosigned()))).toMatchObject({ origin: ORIGIN, size: 7, time: TIME });
	await refuses(note(), 'no cosignature');
	await refuses(`${body}\n${cosigned()}`, 'no signature by the verifier key');
	await refuses(note(cosigned({ by: newSigner(ORIGIN) })), 'no cosignature');
	await refuses(note(cosigned({ name: `${ORIGIN}2`, id: idOf(signer, `${ORIGIN}2`) })), 'no cosignature');
	await refuses(note(cosigned({ id: idOf(signer, ORIGIN, '\x06') })), 'no cosignature');
});

it('ignores lines of others, and takes the newest of several cosignatures', async () => {
	const other = cosigned({ by: newSigner('witness.example'), name: 'witness.example', stated: TIME + 500 });
	const text = note(cosigned({ stated: TIME + 7 }), other, cosigned(), newSigner('x').line('other'));
	expect(await opened(text)).toMatchObject({ time: TIME + 7 });
});

it.each([
	['moved to a later time', { signed: `cosignature/v1\ntime ${TIME - 1}\n${body}` }],
	['of another text', { signed: `cosignature/v1\ntime ${TIME}\n${body.replace('\n7\n', '\n8\n')}` }],
	['made as a plain signature', { signed: body }],
	['of another version', { signed: `cosignature/v2\ntime ${TIME}\n${body}` }],
	['under the id of plain signatures', { id: signer.keyId }],
])('refuses a cosignature that is %s', (_, parts) => refuses(note(cosigned(parts)), 'does not verify'));

it('refuses every cosignature by the key if one does not verify', () =>
	refuses(note(cosigned(), cosigned({ signed: body })), 'does not verify'));

it('refuses a time that is no number of seconds, and a cosignature without one', async () => {
	await refuses(note(cosigned({ stated: 2n ** 53n })), 'not a number of seconds');
	await refuses(note(signatureLine(ORIGIN, idOf(signer), timeBytes(TIME).subarray(1))), 'not a number of seconds');
	await refuses(note(signatureLine(ORIGIN, idOf(signer), timeBytes(TIME))), 'does not verify');
});
