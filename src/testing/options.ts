import type { GraphQLSchema } from 'graphql';
import type { EntryDraft } from '../audit/index.ts';
import type { EncryptedField, Registry, RegistryOptions } from '../encryption-directive/index.ts';
import type { Path } from './paths.ts';

/** The result of one principal on one path: it got values, got the reason for no value, or met no object. */
export type Outcome = 'VALUE' | 'WITHHELD' | 'CLOSED';

export interface KitDocument {
	readonly query: string;
	readonly variables: Readonly<Record<string, unknown>>;
}

/** The answer to one document, as a client gets it. */
export interface KitAnswer {
	readonly data?: unknown;
	readonly errors?: readonly { readonly message: string; readonly extensions?: { readonly code?: unknown } }[];
	readonly extensions?: { readonly sealed?: readonly SealedExtension[] };
}

/** `Withheld` of content/ for a client, which treats the reason as any text. */
interface SealedExtension {
	readonly coordinate: string;
	readonly reason: string;
	readonly count: number;
}

/** The answers of one call of the API, and its traces. */
export interface Exchange {
	/** One for each document. */
	readonly answers: readonly KitAnswer[];
	/** The entries of the audit log that the call made. */
	readonly entries: readonly (Pick<EntryDraft, 'action' | 'coordinates' | 'records' | 'counts' | 'reason'> &
		Partial<Pick<EntryDraft, 'request'>>)[];
	/** The SQL of the call, without parameters. Absent if it cannot be observed; then it is not checked. */
	readonly statements?: readonly string[];
	/** The values that were opened, observed below the wrapper: see watchContent. Absent if they cannot be observed. */
	readonly opened?: readonly OpenedField[];
}

/** A value that was opened. */
export interface OpenedField {
	readonly coordinate: string;
	/** Row id. */
	readonly record: string;
}

export interface KitPrincipal {
	readonly name: string;
	/** True if the principal gets values of the field; otherwise the reason in `extensions.sealed`. */
	opens(field: EncryptedField): true | string;
	/**
	 * Whether a field with objects, such as `Query.notes` or `Comment.note`, returns objects of the type to this principal. False for null, an
	 * empty list or an error. True by default.
	 */
	reaches?(coordinate: string, type: string): boolean;
	/**
	 * Whether statements for this principal may name the field's column; by default if the principal opens the field. For a principal whose
	 * right depends on the row, statements also name columns that it may not open.
	 */
	mayName?(field: EncryptedField): boolean;
	/** Calls the API: with one document, or with several in one batch. */
	ask(documents: readonly KitDocument[]): Promise<Exchange>;
	/**
	 * Whether the principal's own database session, without the API, shows values in the field's column. Absent if the database has no lock of
	 * its own.
	 */
	reads?(field: EncryptedField): Promise<boolean>;
}

/** The target of a call, for the choice of arguments. */
export interface KitTarget {
	readonly principal: KitPrincipal;
	/** The wanted object type; relevant for a field such as `node` that returns several. */
	readonly type: string;
	/** Null for a random document. */
	readonly path: Path | null;
}

export interface KitOptions extends Pick<RegistryOptions, 'columns' | 'lock' | 'ownership'> {
	/**
	 * The executed schema, which encryptedDirective's transformer returns. Apollo Server wraps the resolvers of a schema when it starts to
	 * serve it, unless its cache control plugin is off: turn the plugin off, or run the kit first.
	 */
	readonly schema: GraphQLSchema;
	readonly registry: Registry;
	readonly principals: readonly KitPrincipal[];
	/**
	 * Arguments of a field such as `Query.note` that lead to an object of the type for every principal. Every encrypted field of that object
	 * must have a value. Null if the field leads to no such object; the kit then skips the path.
	 */
	argumentsOf(
		coordinate: string,
		target: KitTarget,
	): Readonly<Record<string, unknown>> | null | Promise<Readonly<Record<string, unknown>> | null>;
	/**
	 * Whether the path can lead to a value; true by default. The kit skips other paths, such as the parts of an object that a mutation has
	 * just created, and the report lists them.
	 */
	leads?(path: Path): boolean;
	/** A text in every content value of the objects, and nowhere else, by which the kit recognizes content anywhere. */
	readonly marker: string;
	/** Documents in one batch, if the API supports batches; 1 by default. */
	readonly batch?: number;
	/** Paths in one document; 20 by default. */
	readonly pathsPerDocument?: number;
	/** The paths to walk; all by default. */
	only?(path: Path): boolean;
	readonly onProgress?: (done: number, of: number) => void;
}
