import type { StartUpRule } from './rule.ts';

/**
 * Every field of a firm-owned type carries exactly one of `@encrypted` and `@metadata`; no field anywhere carries both.
 *
 * A field that was forgotten would be plaintext to the operators of the platform.
 */
export const exactlyOneMark: StartUpRule = function* ({ fields }) {
	for (const { coordinate, firmOwned, encrypted, metadata } of fields) {
		const marks = encrypted.length + (metadata ? 1 : 0);
		if (marks === 0 && firmOwned) {
			yield `${coordinate} has no mark: add @encrypted(class: …) if it is content, @metadata if an operator may see it.`;
		}
		if (marks > 1) {
			yield `${coordinate} has more than one mark, extensions of the type included: keep either one @encrypted or @metadata.`;
		}
	}
};
