import { describe, expect, it } from 'vitest';
import { stateOf } from '../../../web/kit/parts/use-draft.ts';

const at = (revision: number, text: string) => ({ revision, values: { text } });
const UNTOUCHED = { hasChanges: false, isStale: false, isSaved: false };

describe('a form on an object that others may change', () => {
	it.each([
		['nothing is typed', at(1, 'a'), at(1, 'a'), 'a', UNTOUCHED],
		['something is typed', at(1, 'a'), at(1, 'a'), 'b', { ...UNTOUCHED, hasChanges: true }],
		['nothing is typed, and someone else was faster', at(1, 'a'), at(2, 'c'), 'a', { ...UNTOUCHED, isStale: true }],
		[
			'something is typed, and someone else was faster',
			at(1, 'a'),
			at(2, 'c'),
			'b',
			{ hasChanges: true, isStale: true, isSaved: false },
		],
		[
			'what is typed is already there: the answer to a save was lost, or someone else typed the same',
			at(1, 'a'),
			at(2, 'b'),
			'b',
			{ hasChanges: true, isStale: false, isSaved: true },
		],
		[
			'only other parts of the object have changed',
			at(1, 'a'),
			at(2, 'a'),
			'b',
			{ hasChanges: true, isStale: false, isSaved: false },
		],
	])('%s', (_what, base, present, text, expected) => {
		expect(stateOf(base, present, { text })).toEqual(expected);
	});
});
