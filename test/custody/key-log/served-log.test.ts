import { fc, test } from '@fast-check/vitest';
import { beforeAll, describe, expect, it } from 'vitest';
import { extendKeyLog, type KeyLog, readEntry, readKeyLog } from '../../../src/custody/index.ts';
import { scale } from '../../support/scale.ts';
import { NAME, personOf, ruleOf, type SomeFirm, twoOwners } from './some-firm.ts';

let firm: SomeFirm;
let texts: string[];

beforeAll(async () => {
	firm = await twoOwners();
	texts = Array.from({ length: firm.log.size }, (_, seq) => firm.log.chain.at(seq)?.text as string);
});

/** What a service may do to the list of entries. */
const tampering = fc.oneof(
	fc.record({ does: fc.constant('drop' as const), at: fc.nat(), other: fc.nat() }),
	fc.record({ does: fc.constant('repeat' as const), at: fc.nat(), other: fc.nat() }),
	fc.record({ does: fc.constant('swap' as const), at: fc.nat(), other: fc.nat() }),
	fc.record({ does: fc.constant('change' as const), at: fc.nat(), other: fc.nat() }),
);

function tampered({ does, at, other }: { does: string; at: number; other: number }): string[] {
	const list = [...texts];
	const [one, two] = [at % list.length, other % list.length];
	const [first, second] = [list[one] as string, list[two] as string];
	if (does === 'drop') list.splice(one, 1);
	if (does === 'repeat') list.splice(two, 0, first);
	if (does === 'swap') [list[one], list[two]] = [second, first];
	if (does === 'change') {
		const place = other % first.length;
		list[one] = `${first.slice(0, place)}${first[place] === 'a' ? 'b' : 'a'}${first.slice(place + 1)}`;
	}
	return list;
}

describe('a service that serves other entries', () => {
	test.prop([tampering], { numRuns: scale(400) })(
		'cannot drop, repeat, reorder or change one without being found: only a beginning of the log is left',
		async (how) => {
			const list = tampered(how);
			const isBeginning = list.every((text, seq) => text === texts[seq]) && list.length <= texts.length;
			expect((await ruleOf(readKeyLog(list))) === 'allowed').toBe(isBeginning);
		},
	);

	it('cannot put an entry of another history of the same firm into this one', async () => {
		const one = await readEntry(await firm.text('member.add', { name: NAME, person: personOf(7) }, 0));
		const other = await readEntry(await firm.text('member.add', { name: NAME, person: personOf(8) }, 0));
		const forked = await extendKeyLog(firm.log, other);
		expect(await ruleOf(extendKeyLog(forked, one))).toBe('order');
		const after = await readEntry(await firm.text('member.name', { name: NAME, person: personOf(2) }, 0));
		expect(await ruleOf(extendKeyLog(forked, after))).toBe('order');
	});
});

describe('two logs that grow from one', () => {
	let [one, other]: (KeyLog | undefined)[] = [];

	beforeAll(async () => {
		[one, other] = await Promise.all(
			[7, 8].map(async (person) => {
				const text = await firm.text('member.add', { name: NAME, person: personOf(person) }, 0);
				return extendKeyLog(firm.log, await readEntry(text));
			}),
		);
	});

	it('see their own entries, by number and by hash, and the first log stays as it was', () => {
		const seq = firm.log.size;
		expect(one?.chain.at(seq)?.hash).toBe(one?.head);
		expect(other?.chain.at(seq)?.hash).toBe(other?.head);
		expect(one?.chain.seqOf(other?.head as string)).toBeUndefined();
		expect(other?.chain.seqOf(one?.head as string)).toBeUndefined();
		expect([firm.log.chain.at(seq), firm.log.chain.seqOf(one?.head as string)]).toEqual([undefined, undefined]);
		expect(other?.chain.seqOf(firm.log.genesis)).toBe(0);
	});
});
