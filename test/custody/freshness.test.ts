import { expect, it } from 'vitest';
import { FreshnessError, type LogToProve, requireFresh } from '../../src/custody/index.ts';
import vectors from '../vectors/custody-v1.json' with { type: 'json' };

const [ofLog, ofOther, , ofSubLog] = vectors.vectors.checkpoints as [Vector, Vector, Vector, Vector];
type Vector = (typeof vectors.vectors.checkpoints)[number];

const MINUTE = 60_000;

function toProve({ origin, size, root, time, vkey, note }: Vector, change: Partial<LogToProve> = {}): LogToProve {
	const [installation = '', , firm = '', , subLog = null] = origin.split('/');
	const bytes = new Uint8Array(Buffer.from(root, 'hex'));
	return { note, vkeys: [vkey], installation, firm, subLog, size, root: bytes, now: time * 1_000, ...change };
}

async function refusal(change: Partial<LogToProve>): Promise<FreshnessError | null> {
	try {
		await requireFresh(toProve(ofLog, change));
		return null;
	} catch (error) {
		if (error instanceof FreshnessError) return error;
		throw error;
	}
}

it('a checkpoint of a log or sub-log proves it for ten minutes, and a minute before', async () => {
	for (const vector of [ofLog, ofOther, ofSubLog])
		for (const ahead of [-MINUTE, 0, 10 * MINUTE]) {
			const now = vector.time * 1_000 + ahead;
			expect((await requireFresh(toProve(vector, { now }))).size).toBe(vector.size);
		}
});

const { time, note, vkey, size } = ofLog;
const at = (milliseconds: number) => ({ now: time * 1_000 + milliseconds });
const lines = note.split('\n');

it.each<[string, string, string, Partial<LogToProve>]>([
	['older than ten minutes', 'STALE', 'AUDIT_UNAVAILABLE', at(10 * MINUTE + 1)],
	['of last year', 'STALE', 'AUDIT_UNAVAILABLE', at(365 * 24 * 60 * MINUTE)],
	['judged by no clock', 'STALE', 'AUDIT_UNAVAILABLE', { now: Number.NaN }],
	['more than a minute ahead', 'FUTURE', 'AUDIT_UNAVAILABLE', at(-MINUTE - 1)],
	['of another firm', 'ORIGIN', 'CIPHERTEXT_INVALID', { note: ofOther.note, vkeys: [ofOther.vkey] }],
	['of a sub-log', 'ORIGIN', 'CIPHERTEXT_INVALID', { note: ofSubLog.note, vkeys: [ofSubLog.vkey] }],
	['of another installation', 'ORIGIN', 'CIPHERTEXT_INVALID', { installation: 'vault2.example' }],
	['of a smaller log', 'SIZE', 'CONFLICT', { size: size + 1 }],
	['of a longer log', 'SIZE', 'CONFLICT', { size: size - 1 }],
	['of other entries', 'ROOT', 'CIPHERTEXT_INVALID', { root: new Uint8Array(32) }],
	['compared with half a root', 'ROOT', 'CIPHERTEXT_INVALID', { root: toProve(ofLog).root.subarray(0, 16) }],
	['signed by another key', 'KEY', 'CIPHERTEXT_INVALID', { vkeys: [ofOther.vkey] }],
	['judged by no key', 'KEY', 'CIPHERTEXT_INVALID', { vkeys: [] }],
	['changed', 'KEY', 'CIPHERTEXT_INVALID', { note: note.replace('\n36\n', '\n37\n'), size: 37 }],
	['not cosigned', 'COSIGNATURE', 'CIPHERTEXT_INVALID', { note: `${lines.slice(0, 5).join('\n')}\n` }],
])('is refused with a sentence: a checkpoint %s', async (_, reason, code, change) => {
	const error = await refusal(change);
	expect([error?.reason, error?.code]).toEqual([reason, code]);
	expect(error?.message).toMatch(/^The checkpoint of the key log .*\.$/);
	expect(error?.message).not.toContain(ofLog.origin);
});

it('says of a wrong clock that it is one', async () => {
	expect((await refusal(at(-2 * MINUTE)))?.message).toContain('this device’s clock or the service’s is wrong');
});

it('accepts a key that signs beside another, so that keys can change', async () => {
	expect((await requireFresh(toProve(ofLog, { vkeys: [ofOther.vkey, vkey] }))).time).toBe(time);
});
