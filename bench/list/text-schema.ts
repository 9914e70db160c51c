import { createResolvedSchema, readTypeDefs, type SealedSchema } from '../../src/api/index.ts';
import type { Cloak } from '../cloak.ts';

type Schema = SealedSchema['schema'];

/** Names the setting of a server's process with the key of the `cloak` variant. */
export const CLOAK_KEY = 'BENCH_CLOAK_KEY';

/** The project's own schema and resolvers with the marks of content taken off: the resolvers answer what the row holds. */
export function plainSchema(): Schema {
	const typeDefs = readTypeDefs().map((sdl) => sdl.replaceAll(/@encrypted\([^)]*\)(?=\s*$)/gm, '@metadata'));
	return createResolvedSchema(typeDefs);
}

/** The same, where a resolver of each field that the project encrypts opens what the peer has stored. */
export function cloakSchema(
	{ decrypt }: Pick<Cloak, 'decrypt'>,
	{ fields }: Pick<SealedSchema['registry'], 'fields'>,
): Schema {
	const schema = plainSchema();
	for (const { typeName, fieldName, coordinate } of fields) {
		const type = schema.getType(typeName);
		const field = type && 'getInterfaces' in type ? type.getFields()[fieldName] : undefined;
		if (!field) throw new Error(`The schema without marks has no ${coordinate}.`);
		field.resolve = async (parent: Readonly<Record<string, string | null>>) => {
			const stored = parent[fieldName] ?? null;
			return stored === null ? null : decrypt(stored);
		};
	}
	return schema;
}
