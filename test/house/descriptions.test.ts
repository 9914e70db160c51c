import { makeExecutableSchema } from '@graphql-tools/schema';
import { Kind, lexicographicSortSchema, printSchema, type StringValueNode } from 'graphql';
import { expect, it } from 'vitest';
import { createSchema, readTypeDefs } from '../../src/api/index.ts';
import { readSdlFiles } from '../../src/api/sdl-files.ts';
import { fieldsOf, inputFieldsOf, parseSdl, type Sdl, valuesOf } from '../../tools/pages/sdl.ts';
import { descriptionOf, ownArguments } from '../../tools/pages/words.ts';

/** Coordinates without a description. Paging has one description for all lists, and an input argument has that of its type. */
function undescribed(sdl: Sdl): string[] {
	const ownDescription = (node: { readonly description?: StringValueNode | undefined }) =>
		node.description?.value ?? '';
	const types = sdl.files.flatMap(({ types }) => types).map((type) => [type.name.value, ownDescription(type)] as const);
	const directives = sdl.definitions.filter((node) => node.kind === Kind.DIRECTIVE_DEFINITION);
	const fields = [...sdl.types.keys()].flatMap((type) =>
		fieldsOf(sdl, type).map((field) => [`${type}.${field.name.value}`, field] as const),
	);
	const all: (readonly [coordinate: string, description: string])[] = [
		...types,
		...[...sdl.types.keys()].flatMap((type) =>
			[...inputFieldsOf(sdl, type), ...valuesOf(sdl, type)].map(
				(node) => [`${type}.${node.name.value}`, ownDescription(node)] as const,
			),
		),
		...fields.map(([coordinate, field]) => [coordinate, ownDescription(field)] as const),
		...fields.flatMap(([coordinate, field]) =>
			ownArguments(field).map((own) => [`${coordinate}(${own.name.value}:)`, descriptionOf(sdl, own)] as const),
		),
		...directives.map((node) => [`@${node.name.value}`, ownDescription(node)] as const),
		...directives.flatMap((node) =>
			(node.arguments ?? []).map((own) => [`@${node.name.value}(${own.name.value}:)`, ownDescription(own)] as const),
		),
	];
	return all.filter(([, description]) => !description.trim()).map(([coordinate]) => coordinate);
}

it('everything in the SDL is described', () => {
	expect(undescribed(parseSdl(readSdlFiles()))).toEqual([]);
});

it('a missing description is found anywhere in the SDL', () => {
	const text = `
		"Told." type Query {
			ping(loud: Boolean, "Told." often: Int): Pong
			"Told." pongs(first: Int, after: String, last: Int, before: String): Pong
			"Told." some(first: Int, input: Told, ask: Ask): Pong
		}
		type Pong
		extend type Pong { by: String }
		input Ask { how: Mood }
		"Told." input Told { "Told." how: Mood }
		" " enum Mood { GOOD "Told." BAD }
		scalar Odd
		union Some = Pong
		directive @mark(size: Int, "Told." form: String) on FIELD_DEFINITION`;
	expect(undescribed(parseSdl([{ name: 'untold.graphql', text }])).sort()).toEqual([
		'@mark',
		'@mark(size:)',
		'Ask',
		'Ask.how',
		'Mood',
		'Mood.GOOD',
		'Odd',
		'Pong',
		'Pong.by',
		'Query.ping',
		'Query.ping(loud:)',
		'Query.some(ask:)',
		'Query.some(first:)',
		'Some',
	]);
});

it('the served schema has the names and descriptions of the SDL', () => {
	const written = makeExecutableSchema({ typeDefs: readTypeDefs() });
	expect(printSchema(lexicographicSortSchema(createSchema().schema))).toBe(
		printSchema(lexicographicSortSchema(written)),
	);
});
