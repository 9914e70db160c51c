import { expect, it } from 'vitest';
import { leavesOf } from '../../src/cli/audit/leaves.ts';
import { FirmsealError } from '../../src/errors.ts';

/** An API that sends at most `most` leaves in one response. `asked` lists how many leaves each request wanted. */
function answering(most: number) {
	const asked: number[] = [];
	const tooMuch = new FirmsealError('TOO_EXPENSIVE', 'The answer would be too long.');
	const read = async (end: number) => {
		const leaves: string[] = [];
		const ask = async (_: string, variables: Readonly<Record<string, unknown>>) => {
			const [from, first] = [variables.fromIndex as number, variables.first as number];
			asked.push(first);
			if (first > most) throw tooMuch;
			const nodes = Array.from({ length: first }, (_, n) => ({ index: from + n, leaf: `leaf ${from + n}` }));
			return { auditEntries: { nodes } };
		};
		const signal = new AbortController().signal;
		for await (const page of leavesOf(ask, 'firm', { from: 0, end, signal })) leaves.push(...page);
		return leaves;
	};
	return { read, asked };
}

it('requests fewer leaves if they are too long for one response', async () => {
	const { read, asked } = answering(300);
	expect(await read(1_100)).toEqual(Array.from({ length: 1_100 }, (_, n) => `leaf ${n}`));
	expect(asked).toEqual([1_000, 500, 250, 250, 250, 250, 100]);
});

it('fails if a single leaf is too long', async () => {
	await expect(answering(0).read(3)).rejects.toMatchObject({ code: 'TOO_EXPENSIVE' });
});
