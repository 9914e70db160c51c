import type { StartUpRule } from './rule.ts';

const MAX_PAD = 65_536;

/**
 * `pad` is a whole number from 1 to 65,536, or left out.
 *
 * Padding to less is impossible; padding to more would make every short value large.
 */
export const padIsInRange: StartUpRule = function* ({ fields }) {
	for (const { coordinate, encrypted } of fields) {
		for (const { pad } of encrypted) {
			if (pad === undefined || pad === null) continue;
			if (Number.isInteger(pad) && Number(pad) >= 1 && Number(pad) <= MAX_PAD) continue;
			yield `${coordinate} has the pad ${JSON.stringify(pad)}: give a whole number from 1 to ${MAX_PAD}, or leave pad out.`;
		}
	}
};
