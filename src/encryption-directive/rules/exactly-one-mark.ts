import { isUnmarked } from '../survey.ts';
import type { StartUpRule } from './rule.ts';

/**
 * Every field of a firm-owned type carries exactly one of `@encrypted` and `@metadata`; no field anywhere carries both.
 *
 * A field that was forgotten would be plaintext to the operators of the platform.
 */
export const exactlyOneMark: StartUpRule = function* ({ fields }) {
	for (const field of fields) {
		const { coordinate, encrypted, metadata } = field;
		if (isUnmarked(field)) {
			yield `${coordinate} has no mark: add @encrypted(class: …) if it is content, @metadata if an operator may see it.`;
		}
		if (encrypted.length + (metadata ? 1 : 0) > 1) {
			yield `${coordinate} has more than one mark, extensions of the type included: keep either one @encrypted or @metadata.`;
		}
	}
};
