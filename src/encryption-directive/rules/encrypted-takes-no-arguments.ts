import type { StartUpRule } from './rule.ts';

/**
 * An encrypted field takes no arguments.
 *
 * What is stored is one value; an argument would select or test parts of it, beside what the audit log records.
 */
export const encryptedTakesNoArguments: StartUpRule = function* ({ fields }) {
	for (const { coordinate, field, encrypted } of fields) {
		if (encrypted.length > 0 && field.args.length > 0) {
			yield `${coordinate} is @encrypted and takes arguments (${field.args.map(({ name }) => name).join(', ')}): remove them.`;
		}
	}
};
