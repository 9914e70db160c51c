import { makeExecutableSchema } from '@graphql-tools/schema';
import type { GraphQLSchema } from 'graphql';
import { readSdlFiles } from '../../src/api/sdl-files.ts';
import { CONTENT_INPUTS } from '../../src/client/content-inputs.generated.ts';
import { CONTENT_TYPES } from '../../src/client/coordinates.generated.ts';

const OWN_TYPES = `
type SealedField { name: String! envelope: String stamp: String! }
input SealedFieldInput { name: String! envelope: String }
input SealedInput { stamp: String! fields: [SealedFieldInput!]! }`;

function extended(texts: readonly string[]): string[] {
	if (texts.some((text) => text.includes('type SealedField '))) return [...texts];
	const types = Object.keys(CONTENT_TYPES).map(
		(type) => `extend type ${type} { sealedFields(names: [String!]): [SealedField!]! @metadata }`,
	);
	const inputs = Object.entries(CONTENT_INPUTS).map(([name, { kind, metadata }]) => {
		const id = kind === 'CREATE' && !metadata.includes('id') ? 'id: ID ' : '';
		return `extend input ${name} { ${id}sealed: SealedInput }`;
	});
	const without = texts.map((text) => text.replace('\ttotal: Decimal!', '\ttotal: Decimal'));
	return [...without, OWN_TYPES, ...types, ...inputs];
}

/** The schema of schema/, with sealed values and inputs if it does not have them itself. */
export const sealedSchema: GraphQLSchema = makeExecutableSchema({
	typeDefs: extended(readSdlFiles().map(({ text }) => text)),
});
