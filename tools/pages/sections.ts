import {
	type DirectiveDefinitionNode,
	type FieldDefinitionNode,
	type InputValueDefinitionNode,
	print,
	type TypeDefinitionNode,
} from 'graphql';
import { linkTo, page, table } from './markdown.ts';
import { alternativesOf, fieldsOf, implementationsOf, inputFieldsOf, interfacesOf, type Sdl, valuesOf } from './sdl.ts';
import { deprecationOf, descriptionOf, isPaged, marksOf, ownArguments, sentences, typeText } from './words.ts';

/** A query or mutation: `type` is Query or Mutation. */
export const operationSection = (sdl: Sdl, type: string, field: FieldDefinitionNode, callers: string): string =>
	page([
		`### ${type}.${field.name.value}`,
		sentences(descriptionOf(sdl, field), deprecationOf(field)),
		`Answers ${typeText(sdl, field.type)}. May be called by ${callers}.`,
		isPaged(field) && `A [list](#lists): takes \`first\`, \`after\`, \`last\` and \`before\`.`,
		table(['argument', 'type', 'description', 'mark'], inputRows(sdl, ownArguments(field))),
	]);

/** An object, interface, union, input, enum or scalar type. */
export function typeSection(sdl: Sdl, type: TypeDefinitionNode, level: '###' | '####'): string {
	const name = type.name.value;
	return page([
		`${level} ${name}`,
		sentences(type.description?.value, deprecationOf(type), marksOf(type)),
		sentences(
			listed('Implements', interfacesOf(sdl, name)),
			listed('Implemented by', implementationsOf(sdl, name)),
			listed('One of', alternativesOf(sdl, name)),
		),
		table(['field', 'type', 'description', 'mark'], fieldRows(sdl, fieldsOf(sdl, name))),
		table(['field', 'type', 'description', 'mark'], inputRows(sdl, inputFieldsOf(sdl, name))),
		table(
			['value', 'description', 'mark'],
			valuesOf(sdl, name).map((value) => [
				code(value.name.value),
				sentences(value.description?.value, deprecationOf(value)),
				marksOf(value),
			]),
		),
	]);
}

export const directiveSection = (sdl: Sdl, directive: DirectiveDefinitionNode): string =>
	page([
		`### @${directive.name.value}`,
		directive.description?.value,
		table(['argument', 'type', 'description', 'mark'], inputRows(sdl, directive.arguments ?? [])),
	]);

const code = (text: string): string => `\`${text}\``;

const listed = (words: string, names: readonly string[]): string =>
	names.length > 0 ? `${words} ${names.map((name) => linkTo(name)).join(', ')}.` : '';

const fieldRows = (sdl: Sdl, fields: readonly FieldDefinitionNode[]) =>
	fields.map((field) => [
		code(field.name.value),
		typeText(sdl, field.type),
		sentences(descriptionOf(sdl, field), argumentWords(sdl, field), deprecationOf(field)),
		marksOf(field),
	]);

function argumentWords(sdl: Sdl, field: FieldDefinitionNode): string {
	const words = ownArguments(field).map(
		(own) => `\`${own.name.value}\` (${typeText(sdl, own.type)}): ${descriptionOf(sdl, own)}`,
	);
	return sentences(isPaged(field) && 'A [list](#lists).', ...words);
}

const inputRows = (sdl: Sdl, inputs: readonly InputValueDefinitionNode[]) =>
	inputs.map((input) => [
		code(input.name.value),
		sentences(typeText(sdl, input.type), input.defaultValue && `= ${code(print(input.defaultValue))}`),
		sentences(descriptionOf(sdl, input), deprecationOf(input)),
		marksOf(input),
	]);
