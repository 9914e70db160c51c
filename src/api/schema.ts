import { readdirSync, readFileSync } from 'node:fs';
import { makeExecutableSchema } from '@graphql-tools/schema';
import type { GraphQLSchema } from 'graphql';
import { sealedColumns, tables } from '../database/index.ts';
import { assertEveryFieldWrapped, encryptedDirective, type Registry, type SealedLock } from '../directives/index.ts';
import { SetupError } from '../errors.ts';
import { accessOf, type RequestContext } from './context.ts';
import { resolvers } from './resolvers/index.ts';

const SDL = new URL('../../schema/', import.meta.url);
export const LOCK = new URL('../../drizzle/sealed.lock.json', import.meta.url);

/** Which table is behind which firm-owned type. */
export const TABLE_OF = { Note: tables.notes };

/** The schema's own SDL, directives first. */
export const readTypeDefs = (): string[] =>
	readdirSync(SDL)
		.filter((name) => name.endsWith('.graphql'))
		.map((name) => readFileSync(new URL(name, SDL), 'utf8'));

export interface SealedSchema {
	readonly schema: GraphQLSchema;
	readonly registry: Registry;
}

/**
 * The executable schema, every marked field behind its wrapper.
 * @throws SetupError for each start-up rule that is broken.
 */
export function createSchema(): SealedSchema {
	const { transformer, registryOf } = encryptedDirective<RequestContext, RequestContext>({
		columns: sealedColumns(TABLE_OF),
		lock: readLock(),
		capabilityOf: (context) => context,
		rowOf: (parent) => {
			const { firmId, id } = parent as { firmId: string; id: string };
			return { firm: firmId, id };
		},
		content: {
			reveal: (context, field, row, sealed) => context.desk.content.reveal(accessOf(context), field, row, sealed),
		},
	});
	const schema = transformer(makeExecutableSchema({ typeDefs: readTypeDefs(), resolvers }));
	const registry = registryOf(schema);
	assertEveryFieldWrapped(schema, registry);
	return { schema, registry };
}

function readLock(): SealedLock {
	try {
		return JSON.parse(readFileSync(LOCK, 'utf8')) as SealedLock;
	} catch {
		throw new SetupError('drizzle/sealed.lock.json is missing or damaged: restore it from version control.');
	}
}

/** Encrypted fields of a type by name, as use cases ask for them. */
export const fieldsByName = (registry: Registry) => (type: string) =>
	Object.fromEntries(registry.ofType(type).map((field) => [field.fieldName, field]));
