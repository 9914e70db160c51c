import { isTypeDefinitionNode, Kind, type TypeDefinitionNode } from 'graphql';
import { linkTo, page } from './markdown.ts';
import { fieldsOf, type Sdl } from './sdl.ts';
import { directiveSection, operationSection, typeSection } from './sections.ts';

const HEAD = `<!-- Written by \`npm run generate\` from schema/ and src/access/rights.ts: change those. -->

# The GraphQL API

*Reference. For anyone who calls the API.*

Send requests to \`POST /graphql\` as JSON, with \`Authorization: Bearer TOKEN\`. Queries may use GET too.
[The tutorial](../tutorial/first-firm.md) has examples to copy. See also [errors](errors.md), [limits](limits.md) and
[who may read which content](content-fields.md).

- A content field that the caller may not read is null, which is not an error. \`extensions.sealed\` then gives the coordinate, the
  reason, and the number of objects that it was asked for.
- A query or mutation that the caller's role may not call is FORBIDDEN.
- An object that the caller may not see is not found, exactly as if it did not exist. A portal client (role CLIENT) sees only its
  own client and what is shared with that client.`;

const LISTS = `## Lists

A list is a connection: \`nodes\` holds its objects, \`edges\` holds the same objects with a cursor each. \`first: 20\` returns the
first 20 in the order of the list, and \`after: CURSOR\` continues behind a cursor; \`last\` and \`before\` go backwards. A cursor is
valid only for the list and the order that it came from. \`totalCount\` is counted only when it is selected.`;

interface Chapter {
	readonly title: string;
	readonly opening?: string | undefined;
	readonly sections: readonly string[];
	/** Links to the sections. */
	readonly links: readonly string[];
}

/**
 * docs/reference/api.md: every query, mutation and type, with the descriptions and in the order of the SDL.
 * @param whoMayCall returns who may call an operation, by its name.
 */
export function apiPage(sdl: Sdl, whoMayCall: (operation: string) => string): string {
	const chapters = [
		operations(sdl, 'Queries', 'Query', whoMayCall),
		operations(sdl, 'Mutations', 'Mutation', whoMayCall),
		answers(sdl),
		ofKind(sdl, 'Inputs', Kind.INPUT_OBJECT_TYPE_DEFINITION),
		ofKind(sdl, 'Enums', Kind.ENUM_TYPE_DEFINITION),
		ofKind(sdl, 'Scalars', Kind.SCALAR_TYPE_DEFINITION),
		directives(sdl),
	].filter(({ sections }) => sections.length > 0);
	const contents = chapters.map(({ title, links }) => `- **${linkTo(title)}**: ${links.join(', ')}`);
	const written = chapters.map(({ title, opening, sections }) => page([`## ${title}`, opening, ...sections]));
	return page([HEAD, contents.join('\n'), LISTS, ...written]);
}

function operations(sdl: Sdl, title: string, type: string, whoMayCall: (operation: string) => string): Chapter {
	const fields = fieldsOf(sdl, type);
	return {
		title,
		opening: sdl.types.get(type)?.find(isTypeDefinitionNode)?.description?.value,
		sections: fields.map((field) => operationSection(sdl, type, field, whoMayCall(field.name.value))),
		links: fields.map(({ name }) => linkTo(`${type}.${name.value}`, name.value)),
	};
}

/** The types of answers, by SDL file; a file is a domain. */
function answers(sdl: Sdl): Chapter {
	const domains = sdl.files
		.map(({ name, types }) => ({ name, types: types.filter(isAnswer) }))
		.filter(({ types }) => types.length > 0);
	const names = domains.flatMap(({ types }) => types.map(({ name }) => name.value));
	return {
		title: 'Types',
		sections: domains.flatMap(({ name, types }) => [
			`### ${name}`,
			...types.map((type) => typeSection(sdl, type, '####')),
		]),
		links: names.filter((name) => !/(Connection|Edge|Payload)$/.test(name)).map((name) => linkTo(name)),
	};
}

const isAnswer = ({ kind, name }: TypeDefinitionNode): boolean =>
	(kind === Kind.OBJECT_TYPE_DEFINITION && name.value !== 'Query' && name.value !== 'Mutation') ||
	kind === Kind.INTERFACE_TYPE_DEFINITION ||
	kind === Kind.UNION_TYPE_DEFINITION;

function ofKind(sdl: Sdl, title: string, kind: TypeDefinitionNode['kind']): Chapter {
	const types = sdl.files.flatMap((file) => file.types).filter((type) => type.kind === kind);
	return {
		title,
		sections: types.map((type) => typeSection(sdl, type, '###')),
		links: types.map(({ name }) => linkTo(name.value)),
	};
}

function directives(sdl: Sdl): Chapter {
	const defined = sdl.definitions.filter((node) => node.kind === Kind.DIRECTIVE_DEFINITION);
	return {
		title: 'Directives',
		opening: 'The marks beside fields and arguments.',
		sections: defined.map((directive) => directiveSection(sdl, directive)),
		links: defined.map(({ name }) => linkTo(`@${name.value}`)),
	};
}
