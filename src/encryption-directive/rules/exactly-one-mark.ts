import { isUnmarked } from '../survey.ts';
import type { StartUpRule } from './rule.ts';

/**
 * Every field of a firm-owned type has exactly one of `@encrypted` and `@metadata`. No field of any type has both.
 *
 * A forgotten field would be readable by the operators of the platform.
 */
export const exactlyOneMark: StartUpRule = function* ({ fields }) {
	for (const field of fields) {
		const { coordinate, encrypted, metadata } = field;
		if (isUnmarked(field)) {
			yield `${coordinate} has no mark: add @encrypted(class: …) if it is content, @metadata if an operator may see it.`;
		}
		if (encrypted.length + (metadata ? 1 : 0) > 1) {
			yield `${coordinate} has more than one mark, including those in type extensions: keep one @encrypted or one @metadata.`;
		}
	}
};
