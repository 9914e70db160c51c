import { expect, it } from 'vitest';
import { promisesPage } from '../../tools/promises/page.ts';
import { quotedBy } from '../../tools/promises/quotes.ts';
import { read } from './tree.ts';

it('docs/reference/promises.md names a fast test for each promise, as `npm run generate` writes it', () => {
	expect(read('docs/reference/promises.md')).toBe(promisesPage());
});

it('a test counts for a sentence only if it quotes words that no other sentence has', () => {
	const [moons, suns, shared] = [
		'The moon … has no crater wide enough for the lander: choose a flatter one.',
		'The sun … has no spot wide enough for the lander: choose a cooler one.',
		'wide enough for the lander: choose',
	];
	const tests = new Map([
		['a whole quote', moons.replace('…', 'Io')],
		['a part on two lines', 'has no crater\n\twide enough for the lander'],
		['words of both', shared],
		['another subject', 'has no runway wide enough for the plane'],
	]);
	expect(quotedBy([moons, suns], tests)).toEqual(
		new Map([
			[moons, ['a whole quote', 'a part on two lines']],
			[suns, []],
		]),
	);
});
