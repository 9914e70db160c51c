import type { StartUpRule } from './rule.ts';

/**
 * An encrypted field takes no arguments.
 *
 * The stored content is one value. An argument could select or test parts of it, which the audit log would not record.
 */
export const encryptedTakesNoArguments: StartUpRule = function* ({ fields }) {
	for (const { coordinate, field, encrypted } of fields) {
		if (encrypted.length > 0 && field.args.length > 0) {
			yield `${coordinate} is @encrypted and takes arguments (${field.args.map(({ name }) => name).join(', ')}): remove them.`;
		}
	}
};
