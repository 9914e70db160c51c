import { type GraphQLObjectType, getNamedType, isLeafType } from 'graphql';

/** What a form writes with: where it is, and where its fragments go. */
export interface Writing {
	readonly type: GraphQLObjectType;
	/** The field's name. */
	readonly name: string;
	/** Takes a fragment's selection; answers its name. */
	fragment(on: string, selection: string): string;
}

/** A way of writing the same question. Whatever it is, the same values must come, from the same openings. */
export interface Form {
	readonly name: string;
	/** The encrypted field, at least once. `$yes` is true and `$no` false. */
	content(writing: Writing): string;
	/** What is put before the name of a field that leads on; nothing unless given. */
	alias?(writing: Omit<Writing, 'fragment'>): string;
	/** What is put around each selection on the way; nothing unless given. */
	around?(on: string, selection: string): string;
}

/** The name of something else of the type that may be shown, to be misused as an alias. */
function publicName({ type, name }: Pick<Writing, 'type' | 'name'>): string {
	const others = Object.values(type.getFields()).filter((field) => field.name !== name);
	return (
		(others.find((field) => field.name !== 'id' && isLeafType(getNamedType(field.type))) ?? others[0])?.name ?? 'id'
	);
}

export const PLAIN: Form = { name: 'plain', content: ({ name }) => name };

/** Every other way of asking that has been seen to step around a check somewhere. */
export const FORMS: readonly Form[] = [
	{
		name: 'content under the name of metadata',
		content: (writing) => `${publicName(writing)}: ${writing.name}`,
		alias: (writing) => `${publicName(writing)}: `,
	},
	{ name: 'names exchanged', content: ({ name }) => `${name}: id id: ${name}` },
	{ name: 'the same field again', content: ({ name }) => `${name} again: ${name} ${name}` },
	{
		name: 'inline fragments',
		content: ({ type, name }) => `... on ${type.name} { ${name} }`,
		around: (on, selection) => `... on ${on} { ${selection} }`,
	},
	{
		name: 'inline fragments without a type',
		content: ({ name }) => `... { ... { ${name} } }`,
		around: (_on, selection) => `... { ${selection} }`,
	},
	{
		name: 'through an interface',
		content: ({ type, name }) =>
			type
				.getInterfaces()
				.map((each) => `... on ${each.name} { ${each.getFields()[name] ? name : `... on ${type.name} { ${name} }`} }`)
				.join(' ') || name,
	},
	{
		name: 'a named fragment',
		content: ({ type, name, fragment }) => `...${fragment(type.name, name)}`,
	},
	{
		name: 'fragments in fragments that look like a ring',
		content({ type, name, fragment }) {
			const inner = fragment(type.name, name);
			const middle = fragment(type.name, `...${inner} ... { ...${inner} }`);
			return `...${fragment(type.name, `...${middle} ...${inner} ${name}`)}`;
		},
	},
	{
		name: '@skip and @include',
		content: ({ type, name }) =>
			`${name} @include(if: $yes) left: ${name} @skip(if: $yes) ... @include(if: $no) { out: ${name} }
			... on ${type.name} @skip(if: $no) { kept: ${name} @include(if: true) @skip(if: false) }`,
	},
];
