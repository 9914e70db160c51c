import { readFileSync } from 'node:fs';
import { makeExecutableSchema } from '@graphql-tools/schema';
import { GraphQLError, type GraphQLSchema, parse } from 'graphql';
import { type FirmOwnedTable, sealedColumns } from '../database/index.ts';
import {
	assertEveryFieldWrapped,
	contentOfRequest,
	encryptedDirective,
	type Registry,
	type SealedLock,
} from '../encryption-directive/index.ts';
import { SetupError } from '../errors.ts';
import { WORKSPACE } from '../firms/index.ts';
import { withArgumentChecks } from './argument-checks.ts';
import type { RequestContext } from './context.ts';
import { resolvers } from './resolvers/index.ts';
import { readSdlFiles } from './sdl-files.ts';
import { workspaceResolvers } from './workspace/index.ts';

export const SEALED_LOCK_FILE = new URL('../../drizzle/sealed.lock.json', import.meta.url);

/** Which table is behind which firm-owned type. */
export const TABLE_OF = Object.fromEntries(Object.entries(WORKSPACE).map(([type, { table }]) => [type, table]));

/** The schema's own SDL, directives first. */
export const readTypeDefs = (): string[] => readSdlFiles().map(({ text }) => text);

/** @throws SetupError for the first file of schema/ that isn't SDL: with its line and column. */
export function assertSdlParses(): void {
	for (const { name, text } of readSdlFiles())
		try {
			parse(text);
		} catch (error) {
			if (!(error instanceof GraphQLError)) throw error;
			const [{ line, column } = { line: 1, column: 1 }] = error.locations ?? [];
			throw new SetupError(`schema/${name}:${line}:${column} is no SDL (${error.message}): correct the line.`);
		}
}

export interface SealedSchema {
	readonly schema: GraphQLSchema;
	readonly registry: Registry;
}

let created: SealedSchema | null = null;

/**
 * The executable schema, every marked field behind its wrapper. A process makes it once and shares it: its SDL, columns and
 * lock are those of the installed files.
 * @throws SetupError for each start-up rule that is broken.
 */
export function createSchema(): SealedSchema {
	created ??= sealSchema();
	return created;
}

function sealSchema(): SealedSchema {
	const { transformer, registryOf } = encryptedDirective<RequestContext, RequestContext>({
		columns: sealedColumns(TABLE_OF),
		lock: readLock(),
		// Each plane has content of its own, and the gate knows which of them the request has.
		capabilityOf: (context) => context,
		rowOf: (parent) => {
			const { firmId, id, sharedWith } = parent as { firmId: string; id: string; sharedWith?: string | null };
			return { firm: firmId, id, sharedWith };
		},
		content: contentOfRequest,
	});
	const schema = transformer(parsedSchema());
	const registry = registryOf(schema);
	assertEveryFieldWrapped(schema, registry);
	return { schema, registry };
}

function parsedSchema(): GraphQLSchema {
	try {
		return createResolvedSchema(readTypeDefs());
	} catch (error) {
		if (error instanceof GraphQLError) assertSdlParses();
		throw error;
	}
}

/** The schema with its resolvers, arguments checked, and the marks not yet acted on. */
export function createResolvedSchema(typeDefs: string[]): GraphQLSchema {
	const ofWorkspace = workspaceResolvers(makeExecutableSchema({ typeDefs }), { ...resolvers });
	return withArgumentChecks(makeExecutableSchema({ typeDefs, resolvers: [resolvers, ofWorkspace] }));
}

function readLock(): SealedLock {
	try {
		return JSON.parse(readFileSync(SEALED_LOCK_FILE, 'utf8')) as SealedLock;
	} catch {
		throw new SetupError('drizzle/sealed.lock.json is missing or damaged: restore it from version control.');
	}
}

/** The table and property behind a coordinate of the workspace. @throws Error for one that has none. */
export function columnOfCoordinate(coordinate: string): { readonly table: FirmOwnedTable; readonly property: string } {
	const [type = '', property = ''] = coordinate.split('.');
	const table = TABLE_OF[type];
	// A file is no field: it is there if its row says where it lies.
	if (table && property === 'content') return { table, property: 'objectKey' };
	if (!table) throw new Error(`There is no table behind ${coordinate}.`);
	return { table, property };
}
