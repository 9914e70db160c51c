import {
	type ConstDirectiveNode,
	type FieldDefinitionNode,
	type InputValueDefinitionNode,
	Kind,
	print,
	type StringValueNode,
	type TypeNode,
} from 'graphql';
import { linkTo } from './markdown.ts';
import type { Sdl } from './sdl.ts';

/** The paging arguments of every list. The page describes them once, and the SDL does not. */
const PAGE_ARGUMENTS: readonly string[] = ['first', 'after', 'last', 'before'];

interface Described {
	readonly description?: StringValueNode | undefined;
	readonly directives?: readonly ConstDirectiveNode[] | undefined;
}

export const sentences = (...parts: readonly (string | false | undefined)[]): string => parts.filter(Boolean).join(' ');

/** A type in the notation of the SDL, with each name as a link to its heading. */
export const typeText = (sdl: Sdl, type: TypeNode): string =>
	print(type)
		.replaceAll(/[[\]]/g, '\\$&')
		.replaceAll(/\w+/g, (name) => (sdl.types.has(name) ? linkTo(name) : name));

const namedType = (type: TypeNode): string => (type.kind === Kind.NAMED_TYPE ? type.name.value : namedType(type.type));

/** The description of a field or argument, or else that of its input type. */
export function descriptionOf(sdl: Sdl, node: FieldDefinitionNode | InputValueDefinitionNode): string {
	if (node.description) return node.description.value;
	const inputs = (sdl.types.get(namedType(node.type)) ?? []).filter(
		(part) => part.kind === Kind.INPUT_OBJECT_TYPE_DEFINITION,
	);
	return inputs[0]?.description?.value ?? '';
}

/** The directives of a node except `@deprecated`, in the notation of the SDL. */
export const marksOf = ({ directives = [] }: Described): string =>
	directives
		.filter(({ name }) => name.value !== 'deprecated')
		.map((directive) => `\`${print(directive)}\``)
		.join(' ');

/** Empty unless the node is deprecated. */
export function deprecationOf({ directives = [] }: Described): string {
	const deprecated = directives.find(({ name }) => name.value === 'deprecated');
	if (!deprecated) return '';
	const [reason] = deprecated.arguments ?? [];
	return `**Deprecated.** ${reason?.value.kind === Kind.STRING ? reason.value.value : ''}`.trimEnd();
}

export const isPaged = (field: FieldDefinitionNode): boolean =>
	PAGE_ARGUMENTS.every((name) => field.arguments?.some((argument) => argument.name.value === name));

/** The arguments except those of paging. */
export const ownArguments = (field: FieldDefinitionNode): readonly InputValueDefinitionNode[] =>
	(field.arguments ?? []).filter(({ name }) => !(isPaged(field) && PAGE_ARGUMENTS.includes(name.value)));
