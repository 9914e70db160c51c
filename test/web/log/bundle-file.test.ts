import { expect, it } from 'vitest';
import { BundleFile } from '../../../web/kit/log/bundle-file.ts';
import { sha256 } from '../../../web/verify/sha256.ts';
import { FIRM } from '../../audit/verify/write-log.ts';
import { verdictOn } from '../verify/given.ts';
import { entryAt, logOf, MemoryStore, offerOf, visit } from './visits.ts';

const entries = Array.from({ length: 20 }, (_, at) => entryAt(at));
const log = logOf(entries);

async function fileOf(leaves: readonly string[]) {
	const { kept } = await visit(new MemoryStore(), log);
	if (kept === null) throw new Error('Nothing was kept.');
	const file = new BundleFile(kept, offerOf(log, null).checkpoint);
	for (let at = 0; at < leaves.length; at += 7) file.add(leaves.slice(at, at + 7));
	return file.end(sha256);
}

it('writes a verified log byte by byte as the command exports it, and the page at /verify accepts it', async () => {
	const ended = await fileOf(entries);
	if ('refused' in ended) throw new Error(ended.refused);
	const text = await ended.file.text();
	expect(text).toBe(log.bundle(FIRM));
	expect((await verdictOn(text)).outcome).toBe('WHOLE');
});

it.each([
	['an entry is changed', entries.with(4, entryAt(99))],
	['an entry is missing', entries.slice(1)],
	['there is one more', [...entries, entryAt(20)]],
])('gives no file if %s', async (_name, leaves) => {
	expect(await fileOf(leaves)).toEqual({ refused: expect.stringContaining('does not verify') });
});
