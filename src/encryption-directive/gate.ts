import { hash, randomUUID } from 'node:crypto';
import type { ApolloServerPlugin, GraphQLRequestContextWillSendResponse } from '@apollo/server';
import {
	type DocumentNode,
	type GraphQLFormattedError,
	type GraphQLSchema,
	getOperationAST,
	Kind,
	print,
	visit,
} from 'graphql';
import { type ActiveLease, type Principal, partyNameOf } from '../access/index.ts';
import { waitForTimeSlice } from '../clock/index.ts';
import { authorizationOf, type Content, type ContentSession, type LeaseReader } from '../content/index.ts';
import { FirmsealError } from '../errors.ts';
import type { ValueOpener } from './encrypted-directive.ts';
import { refuseOtherServer } from './require-gate.ts';

export interface GateOptions<Context extends object> {
	/** The content of the request's plane. */
	contentOf(context: Context): Content;
	/** The principal that the API has identified; null if there is none, in which case no encrypted field is answered. */
	principalOf(context: Context): Principal | null;
	/** The request's id in the log, a UUID made by the server. Default: a new one. */
	requestIdOf?(context: Context): string;
	/** The request's break-glass lease, found active and proven; null if there is none. */
	leaseOf?(context: Context): GateLease | null;
	/**
	 * Reserves memory for an answer of `bytes` bytes of JSON, more than 1 MiB, before it is serialized. The operation is done and on
	 * record by then. @throws FirmsealError RATE_LIMITED, which is answered instead.
	 */
	reserveMemory?(context: Context, bytes: number): void;
	/**
	 * Called for each schema before it executes anything, since a server may get a new schema at any time. Throws for a schema that
	 * must not be used.
	 */
	checkSchema?(schema: GraphQLSchema): void;
}

/** A lease, and the reader of the values that it opens. */
export interface GateLease extends LeaseReader {
	readonly activeLease: ActiveLease;
}

/** An operation before its execution. */
export interface ExecutedOperation {
	readonly document: DocumentNode;
	readonly schema: GraphQLSchema;
	/** Which of several operations to execute. */
	readonly operationName?: string | null | undefined;
}

/** A request that has passed a gate. */
interface GatedRequest {
	readonly session: ContentSession;
	readonly content: Content;
	/** Whose time slices the answer waits for. */
	readonly party: string;
	/** A mutation's changes stay even if its answer is withheld. */
	readonly isMutation: boolean;
}

/** By the context object of an operation: servers create one per operation, even in a batch. */
const gatedRequests = new WeakMap<object, GatedRequest | 'ANONYMOUS'>();

/** @throws FirmsealError UNAUTHENTICATED without a principal; INTERNAL without a response gate. */
function gatedRequestOf(context: object): GatedRequest {
	const request = gatedRequests.get(context);
	if (!request)
		throw new FirmsealError(
			'INTERNAL',
			"The request went through no response gate, so nothing is opened: add adopt()'s plugin to Apollo Server's plugins, or its envelopPlugin to those of Yoga or Envelop.",
		);
	if (request === 'ANONYMOUS') throw new FirmsealError('UNAUTHENTICATED', 'Sign in to read encrypted fields.');
	return request;
}

/**
 * What the context's request may open, and what it has opened, for the log.
 * @throws FirmsealError UNAUTHENTICATED without a principal; INTERNAL without a response gate.
 */
export const contentSessionOf = (context: object): ContentSession => gatedRequestOf(context).session;

/** Opens values with the content and session that the gate has found for the context: for a server with several contents. */
export const contentOfRequest: ValueOpener<object> = {
	openValue(context, field, row, sealed) {
		const { content, session } = gatedRequestOf(context);
		return content.openValue(session, field, row, sealed);
	},
};

/** A complete answer. */
export interface CompleteAnswer {
	readonly errors?: readonly { readonly extensions?: Readonly<Record<string, unknown>> }[] | undefined;
	readonly extensions?: Readonly<Record<string, unknown>> | undefined;
}

export interface RefusedAnswer {
	readonly data: null;
	readonly errors: readonly [GraphQLFormattedError];
}

/** Stands between a server's execution and its answer, for any server. */
export class ResponseGate<Context extends object> {
	readonly #options: GateOptions<Context>;
	readonly #checkedSchemas = new WeakSet<GraphQLSchema>();

	constructor(options: GateOptions<Context>) {
		this.#options = options;
	}

	/** @throws the error of the option checkSchema, each time. */
	checkSchema(schema: GraphQLSchema): void {
		if (this.#checkedSchemas.has(schema)) return;
		this.#options.checkSchema?.(schema);
		this.#checkedSchemas.add(schema);
	}

	/** Decides on content: the document is known, and nothing is resolved yet. @throws the error of the option checkSchema. */
	begin(context: Context, { document, schema, operationName }: ExecutedOperation): void {
		this.checkSchema(schema);
		// Must not replace another gate's decision, nor forget what that gate has opened.
		if (gatedRequests.has(context))
			throw new FirmsealError('INTERNAL', 'The request went through two response gates: keep one plugin.');
		const options = this.#options;
		const principal = options.principalOf(context);
		if (!principal) {
			gatedRequests.set(context, 'ANONYMOUS');
			return;
		}
		const content = options.contentOf(context);
		const lease = options.leaseOf?.(context) ?? null;
		const requestId = options.requestIdOf ? options.requestIdOf(context) : randomUUID();
		const terms = authorizationOf(principal, requestId, deriveDocumentHash(document), lease?.activeLease ?? null);
		gatedRequests.set(context, {
			session: content.begin(terms, lease),
			content,
			party: partyNameOf(principal),
			isMutation: getOperationAST(document, operationName)?.operation === 'mutation',
		});
	}

	/**
	 * Resolves once everything that the request opened, was refused or did is on record. Returns the answer with its withheld fields,
	 * or the refusal to send instead; undefined if the answer needs no change, since nothing can have been opened. Pass null for an
	 * incremental answer, whose later parts would open values after the record is closed.
	 */
	async settle<Answer extends CompleteAnswer>(
		context: Context,
		answer: Answer | null,
	): Promise<Answer | RefusedAnswer | undefined> {
		const request = gatedRequests.get(context);
		if (!request || request === 'ANONYMOUS') return undefined;
		const { content, session, isMutation } = request;
		const sealed = content.withheld(session);
		try {
			await content.settle(session);
		} catch (error) {
			return withheldBy(error, isMutation);
		}
		if (answer === null || answer.errors?.some(isUnrecorded)) return withheldBy(null, isMutation);
		const leaving = sealed.length === 0 ? answer : { ...answer, extensions: { ...answer.extensions, sealed } };
		if (measureAnswer(leaving, SMALL_ANSWER_BYTES) <= SMALL_ANSWER_BYTES) return leaving;
		try {
			await this.#reserveMemoryFor(leaving, context, request);
		} catch (error) {
			return withheldBy(error, isMutation);
		}
		// Serializing takes one uninterrupted stretch.
		await waitForTimeSlice(request.party);
		return leaving;
	}

	/** @throws FirmsealError TOO_EXPENSIVE for an answer above the maximum; RATE_LIMITED from the option reserveMemory. */
	async #reserveMemoryFor(answer: CompleteAnswer, context: Context, { party }: GatedRequest): Promise<void> {
		await waitForTimeSlice(party);
		const size = measureAnswer(answer, MAX_ANSWER_BYTES);
		if (size > MAX_ANSWER_BYTES)
			throw new FirmsealError(
				'TOO_EXPENSIVE',
				'The answer would be longer than 16 MiB: ask for fewer records or fields.',
			);
		this.#options.reserveMemory?.(context, size);
	}

	/** Records what was opened, although nothing is answered. */
	async abandon(context: Context): Promise<void> {
		const request = gatedRequests.get(context);
		if (request && request !== 'ANONYMOUS') await request.content.settle(request.session);
	}
}

export interface ResponseGateOptions<Context extends object> extends GateOptions<Context> {
	/** Called with the final answer. */
	onAnswered?(answered: GraphQLRequestContextWillSendResponse<Context>): void;
}

/**
 * The response gate, a plugin for Apollo Server. It decides on content once the document is known and before anything is resolved. No
 * answer leaves before everything that the request opened, was refused or did is on record; if that can't be recorded, nothing is
 * answered. The body is replaced here because an error thrown here would become a bare 500.
 */
export function responseGate<Context extends object>(
	options: ResponseGateOptions<Context>,
): ApolloServerPlugin<Context> & { readonly onPluginInit: () => never } {
	const gate = new ResponseGate(options);
	return {
		/** Envelop and Yoga call it. They would ignore the other hooks. */
		onPluginInit: refuseOtherServer,
		/**
		 * An error of checkSchema stops the start. For a later schema, the server logs the error and executes no request with that
		 * schema.
		 */
		async serverWillStart({ schema }) {
			gate.checkSchema(schema);
			return { schemaDidLoadOrUpdate: ({ apiSchema }) => gate.checkSchema(apiSchema) };
		},
		/** Another plugin failed, so willSendResponse is not called. */
		unexpectedErrorProcessingRequest: ({ requestContext: { contextValue } }) => gate.abandon(contextValue),
		async requestDidStart() {
			return {
				async didResolveOperation({ contextValue, document, schema, operationName }) {
					gate.begin(contextValue, { document, schema, operationName });
				},
				async willSendResponse(answered) {
					const { contextValue, response } = answered;
					const { body } = response;
					const leaving = await gate.settle(contextValue, body.kind === 'single' ? body.singleResult : null);
					if (leaving) response.body = { kind: 'single', singleResult: leaving };
					options.onAnswered?.(answered);
				},
			};
		},
	};
}

/** A change that could not be recorded was rolled back; then no part of the request is answered. */
const isUnrecorded = ({ extensions }: NonNullable<CompleteAnswer['errors']>[number]) =>
	extensions?.code === 'AUDIT_UNAVAILABLE';

/** Codes that may be answered instead of the result when recording fails or memory is short. */
const DISCLOSED_CODES: ReadonlySet<string> = new Set([
	'AUDIT_UNAVAILABLE',
	'TOO_EXPENSIVE',
	'RATE_LIMITED',
	'LEASE_NOT_ACTIVE',
	'LEASE_SCOPE',
]);

/** Prevents that a client repeats a mutation because its answer did not arrive. */
const MUTATION_APPLIED = " The mutation's changes stay: check them before you repeat it.";

function withheldBy(error: unknown, isMutation: boolean): RefusedAnswer {
	const { code, message } =
		error instanceof FirmsealError && DISCLOSED_CODES.has(error.code)
			? error
			: new FirmsealError(
					'AUDIT_UNAVAILABLE',
					'The request could not be recorded, so nothing is answered; try again later.',
				);
	return { data: null, errors: [{ message: isMutation ? message + MUTATION_APPLIED : message, extensions: { code } }] };
}

/**
 * Bytes of the longest answer as JSON. It stays in memory until the client has read it, and blocks the thread while it is measured and
 * again while it is serialized.
 */
export const MAX_ANSWER_BYTES = 16 * 1024 * 1024;

/** Bytes of an answer that is measured and serialized without waiting for a time slice. */
export const SMALL_ANSWER_BYTES = 1024 * 1024;

/** Characters that JSON does not escape. */
const UNESCAPED = /^[\x20\x21\x23-\x5b\x5d-\x7e]*$/;

/** Bytes of a text as JSON. */
const bytesOf = (text: string): number =>
	UNESCAPED.test(text) ? text.length + 2 : Buffer.byteLength(JSON.stringify(text));

/** Bytes of an answer as JSON, counted without serializing it; any number above `most` for a longer answer. */
function measureAnswer(answer: unknown, most: number): number {
	let size = 0;
	const take = (value: unknown): void => {
		if (size > most) return;
		if (typeof value === 'string') size += bytesOf(value);
		else if (typeof value !== 'object' || value === null) size += String(value).length;
		else if ('toJSON' in value && typeof value.toJSON === 'function') take(value.toJSON());
		else if (Array.isArray(value)) {
			size += value.length + 1;
			for (const each of value) take(each);
		} else
			for (const [key, each] of Object.entries(value)) {
				size += bytesOf(key) + 2;
				take(each);
			}
	};
	take(answer);
	return size;
}

const documentHashes = new WeakMap<DocumentNode, string>();

/**
 * SHA-256, in hex, of a document with every literal blanked. It identifies the query, without the client's values. Cached as long as
 * the server keeps the parsed document.
 */
export function deriveDocumentHash(document: DocumentNode): string {
	let known = documentHashes.get(document);
	if (known === undefined) {
		known = hash('sha256', print(withoutLiterals(document)));
		documentHashes.set(document, known);
	}
	return known;
}

const withoutLiterals = (document: DocumentNode): DocumentNode =>
	visit(document, {
		OperationDefinition: ({ name: _, ...node }) => node,
		StringValue: () => ({ kind: Kind.STRING, value: '' }),
		IntValue: () => ({ kind: Kind.INT, value: '0' }),
		FloatValue: () => ({ kind: Kind.FLOAT, value: '0' }),
		ListValue: () => ({ kind: Kind.LIST, values: [] }),
		ObjectValue: () => ({ kind: Kind.OBJECT, fields: [] }),
	});
