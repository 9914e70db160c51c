import {
	type GraphQLInputType,
	type GraphQLSchema,
	getNamedType,
	isEnumType,
	isInputObjectType,
	isInterfaceType,
	isObjectType,
} from 'graphql';
import type { SurveyedField } from '../survey.ts';
import type { StartUpRule } from './rule.ts';

/**
 * No filter, order or look-up argument depends on an encrypted field.
 *
 * An answer that depends on content reveals something about it, even to callers who may not read it. For a type `Note`, the rule
 * checks:
 * - input objects and enums named `Note…` or `Notes…` followed by Filter, Where, Order or Sort;
 * - arguments of fields outside Mutation that return Note, a list of it, or NoteConnection;
 * - input objects inside those (and, or, not …), unless their name belongs to another type.
 * A name that contains an encrypted field's name, in any letter case and with or without underscores, is a violation (titleContains,
 * TITLE_ASC), unless it names another field of the type that contains it (subjectId beside subject).
 */
export const noFilterOnContent: StartUpRule = function* ({ schema, fields }) {
	const violations = new Set<string>();
	for (const [type, own] of Map.groupBy(fields, (field) => field.type)) {
		const match = contentMatcher(own);
		if (!match) continue;
		for (const { path, name } of selectors(schema, fields, type.name)) {
			const content = match(name);
			if (content)
				violations.add(
					`${path} depends on ${content}, which is @encrypted: remove it, or rename it if it means something else.`,
				);
		}
	}
	yield* violations;
};

interface Selector {
	/** Schema coordinate, for the message. */
	readonly path: string;
	readonly name: string;
}

function contentMatcher(own: readonly SurveyedField[]): ((name: string) => string | undefined) | undefined {
	const content = own.filter(({ encrypted }) => encrypted.length > 0);
	if (content.length === 0) return undefined;
	const others = own.filter(({ encrypted }) => encrypted.length === 0).map(({ field }) => normalize(field.name));
	return (name) =>
		content.find(({ field }) => {
			const needle = normalize(field.name);
			const longer = others.filter((other) => other.includes(needle));
			return longer.reduce((rest, other) => rest.replaceAll(other, ' '), normalize(name)).includes(needle);
		})?.coordinate;
}

const normalize = (name: string): string => name.replaceAll('_', '').toLowerCase();

function* selectors(schema: GraphQLSchema, fields: readonly SurveyedField[], owner: string): Iterable<Selector> {
	const types = Object.values(schema.getTypeMap());
	const owners = types.filter((type) => isObjectType(type) || isInterfaceType(type)).map(({ name }) => name);
	const seen = new Set<string>();

	function* inside(type: GraphQLInputType): Iterable<Selector> {
		const named = getNamedType(type);
		const namedOwner = ownerByName(named.name, owners);
		if (seen.has(named.name) || (namedOwner && namedOwner !== owner)) return;
		seen.add(named.name);
		if (isEnumType(named) && /Order|Sort/.test(named.name)) {
			for (const { name } of named.getValues()) yield { path: `${named.name}.${name}`, name };
		}
		if (!isInputObjectType(named)) return;
		for (const { name, type: fieldType } of Object.values(named.getFields())) {
			yield { path: `${named.name}.${name}`, name };
			yield* inside(fieldType);
		}
	}

	for (const type of types) {
		if ((isInputObjectType(type) || isEnumType(type)) && ownerByName(type.name, owners) === owner) yield* inside(type);
	}
	for (const { coordinate, type, field } of fields) {
		const answers = getNamedType(field.type).name;
		if (type === schema.getMutationType() || (answers !== owner && answers !== `${owner}Connection`)) continue;
		for (const { name, type: argumentType } of field.args) {
			yield { path: `${coordinate}(${name}:)`, name };
			yield* inside(argumentType);
		}
	}
}

function ownerByName(inputName: string, owners: readonly string[]): string | undefined {
	return owners
		.filter((name) => inputName.startsWith(name) && /^s?(Filter|Where|Order|Sort)/.test(inputName.slice(name.length)))
		.sort((a, b) => b.length - a.length)[0];
}
