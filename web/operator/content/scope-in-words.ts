import {
	type ContentType,
	type Coordinate,
	classNameOf,
	fieldNameOf,
	fieldsOfClass,
	manyOf,
	typeOf,
} from './content-fields.ts';
import type { Scope } from './coverage.ts';

/** A scope in sentences that a person can check before agreeing to it. */
export function scopeInWords({ classes, coordinates, recordIds }: Scope, firm: string): readonly string[] {
	const fields = (coordinates ?? classes.flatMap(fieldsOfClass)) as readonly Coordinate[];
	const types = [...new Set(fields.map(typeOf))];
	const of = coordinates === null ? allOf(classes) : `Only ${listed(types.map((type) => fieldsInWords(type, fields)))}`;
	const records =
		recordIds === null
			? `In every such record of ${firm}, also those written until the lease ends`
			: `In ${recordIds.length === 1 ? '1 record' : `${recordIds.length} records`} of ${firm} and no other`;
	return [`${of}.`, `${records}.`];
}

const allOf = (classes: Scope['classes']): string => `Every field of: ${listed(classes.map(classNameOf))}`;

/** Such as the title and text of notes. */
const fieldsInWords = (type: ContentType, fields: readonly Coordinate[]): string =>
	`the ${listed(fields.filter((each) => typeOf(each) === type).map(nameInSentence))} of ${manyOf(type)}`;

const nameInSentence = (coordinate: Coordinate): string => {
	const name = fieldNameOf(coordinate);
	return /^[A-Z]{2}/.test(name) ? name : name.charAt(0).toLowerCase() + name.slice(1);
};

const LISTS = new Intl.ListFormat('en', { style: 'long', type: 'conjunction' });
const listed = (parts: readonly string[]): string => LISTS.format(parts);
