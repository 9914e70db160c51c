import { type GraphQLObjectType, getNamedType, isLeafType } from 'graphql';

/** The field that a form writes. */
export interface Writing {
	readonly type: GraphQLObjectType;
	/** The field's name. */
	readonly name: string;
	/** Adds a fragment with this selection to the document, and returns the fragment's name. */
	fragment(on: string, selection: string): string;
}

/** One way to write a query. All forms must give the same values, from the same openings. */
export interface Form {
	readonly name: string;
	/** Selects the encrypted field, at least once. `$yes` is true and `$no` false. */
	content(writing: Writing): string;
	/** The alias of a field that leads on; none by default. */
	alias?(writing: Omit<Writing, 'fragment'>): string;
	/** Wraps each selection on the path; unchanged by default. */
	around?(on: string, selection: string): string;
}

/** The name of another field of the type that may be shown, for use as a misleading alias. */
function publicName({ type, name }: Pick<Writing, 'type' | 'name'>): string {
	const others = Object.values(type.getFields()).filter((field) => field.name !== name);
	return (
		(others.find((field) => field.name !== 'id' && isLeafType(getNamedType(field.type))) ?? others[0])?.name ?? 'id'
	);
}

export const PLAIN: Form = { name: 'plain', content: ({ name }) => name };

/** Forms that have bypassed a check in some server. */
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
