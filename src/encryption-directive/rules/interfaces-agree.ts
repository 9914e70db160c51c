import type { SurveyedField } from '../survey.ts';
import type { StartUpRule } from './rule.ts';

/**
 * A marked field of an interface has the same mark, class and padding in every implementing type, and an encrypted field is encrypted
 * in every interface that has it.
 *
 * A mark on an interface protects nothing by itself, since resolvers belong to object types. But a reader of the interface must not
 * learn something else than the objects do.
 */
export const interfacesAgree: StartUpRule = function* ({ fields }) {
	const byCoordinate = new Map(fields.map((field) => [field.coordinate, field]));
	for (const own of fields) {
		for (const { name } of own.type.getInterfaces()) {
			const theirs = byCoordinate.get(`${name}.${own.field.name}`);
			if (!theirs || writtenAs(own) === writtenAs(theirs)) continue;
			const marked = theirs.metadata || theirs.encrypted.length > 0;
			if (!marked && own.encrypted.length === 0) continue;
			yield `${own.coordinate} has ${writtenAs(own)} but ${theirs.coordinate} has ${writtenAs(theirs)}: give both the same mark.`;
		}
	}
};

function writtenAs({ encrypted, metadata }: SurveyedField): string {
	const marks = encrypted.map(
		({ class: contentClass, pad }) => `@encrypted(class: ${contentClass}${pad ? `, pad: ${JSON.stringify(pad)}` : ''})`,
	);
	return [...marks, ...(metadata ? ['@metadata'] : [])].join(' and ') || 'no mark';
}
