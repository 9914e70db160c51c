import { readFileSync } from 'node:fs';
import { makeExecutableSchema } from '@graphql-tools/schema';
import { concatAST, GraphQLError, type GraphQLSchema, parse } from 'graphql';
import { validateSDL } from 'graphql/validation/validate.js';
import { FILE_LOCATION_COORDINATE } from '../content/index.ts';
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
import type { FieldMove, FileFields } from '../jobs/index.ts';
import { withArgumentChecks } from './argument-checks.ts';
import type { RequestContext } from './context.ts';
import { resolvers } from './resolvers/index.ts';
import { readSdlFiles } from './sdl-files.ts';
import { workspaceResolvers } from './workspace/index.ts';

export const SEALED_LOCK_FILE = new URL('../../drizzle/sealed.lock.json', import.meta.url);

/** The table behind each firm-owned type. */
export const TABLE_OF = Object.fromEntries(Object.entries(WORKSPACE).map(([type, { table }]) => [type, table]));

/** The SDL of schema/, directives first. */
export const readTypeDefs = (): string[] => readSdlFiles().map(({ text }) => text);

/**
 * Builds something from the SDL of schema/. If that fails because the SDL is wrong, says where.
 * @throws SetupError with file, line and column; what `build` throws for another reason
 */
export function buildFromSdl<T>(build: () => T): T {
	try {
		return build();
	} catch (error) {
		if (error instanceof SetupError) throw error;
		const flaw = findSdlFlaw() ?? (error instanceof GraphQLError ? error : null);
		if (!flaw) throw error;
		const file = readSdlFiles().find(({ text }) => text === flaw.source?.body)?.name;
		if (file === undefined) throw error;
		const [{ line, column } = { line: 1, column: 1 }] = flaw.locations ?? [];
		throw new SetupError(`schema/${file}:${line}:${column} is not valid SDL (${flaw.message}): correct the line.`);
	}
}

/** The first error of syntax, or the first name that is not defined, defined twice, or lacks an argument. null if there is none. */
function findSdlFlaw(): GraphQLError | null {
	try {
		return validateSDL(concatAST(readTypeDefs().map((text) => parse(text))))[0] ?? null;
	} catch (error) {
		if (error instanceof GraphQLError) return error;
		throw error;
	}
}

export interface SealedSchema {
	readonly schema: GraphQLSchema;
	readonly registry: Registry;
}

let created: SealedSchema | null = null;

/**
 * The executable schema, every marked field wrapped. Made once per process, since SDL, columns and lock are those of the installed
 * files.
 * @throws SetupError for each violated start-up rule.
 */
export function createSchema(): SealedSchema {
	created ??= buildFromSdl(sealSchema);
	return created;
}

function sealSchema(): SealedSchema {
	const { transformer, registryOf } = encryptedDirective<RequestContext, RequestContext>({
		columns: sealedColumns(TABLE_OF),
		lock: readLock(),
		// The content depends on the request's plane, which the gate has found.
		capabilityOf: (context) => context,
		rowOf: (parent) => {
			const { firmId, id, sharedWith } = parent as { firmId: string; id: string; sharedWith?: string | null };
			return { firm: firmId, id, sharedWith };
		},
		content: contentOfRequest,
	});
	const schema = transformer(createResolvedSchema(readTypeDefs()));
	const registry = registryOf(schema);
	assertEveryFieldWrapped(schema, registry);
	return { schema, registry };
}

/** The schema with its resolvers and argument checks, before the marks are applied. */
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

/** The table and the property behind a coordinate of the workspace. @throws Error if there is none. */
export function columnOfCoordinate(coordinate: string): { readonly table: FirmOwnedTable; readonly property: string } {
	const [type = '', property = ''] = coordinate.split('.');
	const table = TABLE_OF[type];
	// A file is no field. It exists if its row says where it is stored.
	if (table && property === 'content') return { table, property: 'objectKey' };
	if (!table) throw new Error(`There is no table behind ${coordinate}.`);
	return { table, property };
}

/** The fields whose sealed column takes over a plaintext column. */
export const fieldMoves = (registry: Registry = createSchema().registry): FieldMove[] =>
	sealedColumns(TABLE_OF).flatMap(({ typeName, fieldName, table, column, from }) => {
		const field = registry.get(`${typeName}.${fieldName}`);
		if (!field || !from?.type) return [];
		const file =
			field.coordinate === FILE_LOCATION_COORDINATE
				? { ofVersion: fileFields(registry, typeName), ofDocument: fileFields(registry, 'Document') }
				: null;
		return [{ coordinate: field.coordinate, field, table, from: from.column, to: column, type: from.type, file }];
	});

/** @throws Error if the type lacks one of the encrypted fields of a file. */
function fileFields(registry: Registry, type: string): FileFields {
	const fieldOf = (name: string) => {
		const field = registry.get(`${type}.${name}`);
		if (!field) throw new Error(`${type}.${name} is not an encrypted field.`);
		return field;
	};
	return { bucket: fieldOf('bucket'), objectKey: fieldOf('objectKey'), sha256: fieldOf('sha256') };
}
