import {
	type DefinitionNode,
	type FieldDefinitionNode,
	type InputValueDefinitionNode,
	isTypeDefinitionNode,
	isTypeExtensionNode,
	Kind,
	type NamedTypeNode,
	parse,
	type TypeDefinitionNode,
	type TypeExtensionNode,
} from 'graphql';
import type { SdlFile } from '../../src/api/sdl-files.ts';

type TypePart = TypeDefinitionNode | TypeExtensionNode;

/** The parsed SDL. Keeps the order of the files. */
export interface Sdl {
	readonly files: readonly { readonly name: string; readonly types: readonly TypeDefinitionNode[] }[];
	readonly definitions: readonly DefinitionNode[];
	/** The definition and extensions of each type, by name. */
	readonly types: ReadonlyMap<string, readonly TypePart[]>;
}

export function parseSdl(texts: readonly SdlFile[]): Sdl {
	const parsed = texts.map(({ name, text }) => ({ name, definitions: parse(text).definitions }));
	const definitions = parsed.flatMap((file) => file.definitions);
	const parts = definitions.filter((node) => isTypeDefinitionNode(node) || isTypeExtensionNode(node));
	return {
		files: parsed.map((file) => ({ name: file.name, types: file.definitions.filter(isTypeDefinitionNode) })),
		definitions,
		types: Map.groupBy(parts, ({ name }) => name.value),
	};
}

const partsOf = (sdl: Sdl, type: string) => sdl.types.get(type) ?? [];

const membersIn = (sdl: Sdl, type: string): readonly (FieldDefinitionNode | InputValueDefinitionNode)[] =>
	partsOf(sdl, type).flatMap<FieldDefinitionNode | InputValueDefinitionNode>((part) =>
		'fields' in part ? (part.fields ?? []) : [],
	);

/** The fields of an object or interface type. */
export const fieldsOf = (sdl: Sdl, type: string) =>
	membersIn(sdl, type).filter((node) => node.kind === Kind.FIELD_DEFINITION);

/** The fields of an input type. */
export const inputFieldsOf = (sdl: Sdl, type: string) =>
	membersIn(sdl, type).filter((node) => node.kind === Kind.INPUT_VALUE_DEFINITION);

export const valuesOf = (sdl: Sdl, type: string) =>
	partsOf(sdl, type).flatMap((part) => ('values' in part ? (part.values ?? []) : []));

/** The interfaces of a type. */
export const interfacesOf = (sdl: Sdl, type: string) =>
	partsOf(sdl, type)
		.flatMap((part) => ('interfaces' in part ? (part.interfaces ?? []) : []))
		.map(nameOf);

/** The types that implement an interface. */
export const implementationsOf = (sdl: Sdl, type: string) =>
	[...sdl.types.keys()].filter((name) => interfacesOf(sdl, name).includes(type));

/** The members of a union. */
export const alternativesOf = (sdl: Sdl, type: string) =>
	partsOf(sdl, type)
		.flatMap((part) => ('types' in part ? (part.types ?? []) : []))
		.map(nameOf);

const nameOf = ({ name }: NamedTypeNode): string => name.value;
