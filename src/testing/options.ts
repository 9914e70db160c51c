import type { GraphQLSchema } from 'graphql';
import type { EntryDraft } from '../audit/index.ts';
import type { EncryptedField, Registry, RegistryOptions } from '../encryption-directive/index.ts';
import type { Path } from './paths.ts';

/** How one principal fared on one path: it got values, was told why not, or met no object. */
export type Outcome = 'VALUE' | 'WITHHELD' | 'CLOSED';

export interface KitDocument {
	readonly query: string;
	readonly variables: Readonly<Record<string, unknown>>;
}

/** One document's answer, as a client has it. */
export interface KitAnswer {
	readonly data?: unknown;
	readonly errors?: readonly { readonly message: string; readonly extensions?: { readonly code?: unknown } }[];
	readonly extensions?: { readonly sealed?: readonly SealedExtension[] };
}

/** `Withheld` of content/ as a client reads it, to whom a reason is any text. */
interface SealedExtension {
	readonly coordinate: string;
	readonly reason: string;
	readonly count: number;
}

/** What one call of the API answered, and what it left behind. */
export interface Exchange {
	/** One for each document. */
	readonly answers: readonly KitAnswer[];
	/** The entries of the audit log that the call made. */
	readonly entries: readonly (Pick<EntryDraft, 'action' | 'coordinates' | 'records' | 'counts' | 'reason'> &
		Partial<Pick<EntryDraft, 'request'>>)[];
	/** The SQL that the call ran, without its parameters; left out where no one can see it: then it isn't judged. */
	readonly statements?: readonly string[];
	/** Which values were opened, seen below the wrapper: see watchContent. Left out where no one can see it. */
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
	/** Whether it gets values of the field; else the reason that it is told. */
	opens(field: EncryptedField): true | string;
	/**
	 * Whether a field that leads on, such as `Query.notes` or `Comment.note`, leads this principal to objects of the type; not to
	 * null, an empty list or an error. Always, unless given.
	 */
	reaches?(coordinate: string, type: string): boolean;
	/**
	 * Whether statements on its behalf may name the field's column: of what it opens, unless given. A principal whose right depends
	 * on the row has statements that name columns of which it opens nothing.
	 */
	mayName?(field: EncryptedField): boolean;
	/** Calls the API: with one document, or with several in one batch. */
	ask(documents: readonly KitDocument[]): Promise<Exchange>;
	/**
	 * Whether its own database session, past the API, shows anything in the field's column. Left out where the database has no
	 * lock of its own.
	 */
	reads?(field: EncryptedField): Promise<boolean>;
}

/** What is asked for, for arguments to be found. */
export interface KitTarget {
	readonly principal: KitPrincipal;
	/** The object type to be met; of importance where a field such as `node` answers several. */
	readonly type: string;
	/** The path that is walked; null for a random document. */
	readonly path: Path | null;
}

export interface KitOptions extends Pick<RegistryOptions, 'columns' | 'lock' | 'ownership'> {
	/**
	 * As it is executed: what encryptedDirective's transformer answered. Apollo Server wraps the resolvers of a schema that it has
	 * begun to serve unless its cache control plugin is off: turn it off, or walk first.
	 */
	readonly schema: GraphQLSchema;
	readonly registry: Registry;
	readonly principals: readonly KitPrincipal[];
	/**
	 * Arguments of a field such as `Query.note` that lead to an object of the type for every principal; objects of which every
	 * encrypted field has a value. null: the field leads to no such object, and is left out of the walk.
	 */
	argumentsOf(
		coordinate: string,
		target: KitTarget,
	): Readonly<Record<string, unknown>> | null | Promise<Readonly<Record<string, unknown>> | null>;
	/**
	 * Whether the objects hold something at the end of a path; always, unless given. A path on which nothing can be, such as
	 * the parts of what a mutation has just made, is left out of the walk, and the report says so.
	 */
	leads?(path: Path): boolean;
	/** In every text that the objects hold as content, and nowhere else: so a value is known wherever it turns up. */
	readonly marker: string;
	/** Documents in one batch, where the API takes batches; 1 unless given: none. */
	readonly batch?: number;
	/** Paths in one document; 20 unless given. */
	readonly pathsPerDocument?: number;
	/** Which paths to walk; all unless given. */
	only?(path: Path): boolean;
	readonly onProgress?: (done: number, of: number) => void;
}
