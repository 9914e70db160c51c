import { CONTENT_CLASSES } from '../../access/index.ts';
import type { StartUpRule } from './rule.ts';

/**
 * The class of a mark is a content class. RIGHTS and JOB are not: they only have keys (FORMAT.md "Keys").
 *
 * An unknown class would get data keys that no capability, lease or rotation covers.
 */
export const classIsKnown: StartUpRule = function* ({ fields }) {
	for (const { coordinate, encrypted } of fields) {
		for (const mark of encrypted) {
			if (CONTENT_CLASSES.some((name) => name === mark.class)) continue;
			yield `${coordinate} has the class ${String(mark.class)}, which isn't a content class: use ${CONTENT_CLASSES.join(', ')}.`;
		}
	}
};
