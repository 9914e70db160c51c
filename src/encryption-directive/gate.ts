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
	/** The door to content of the request's plane. */
	contentOf(context: Context): Content;
	/** Who asks, as the API has found out; null: no one is known to ask, and no encrypted field is answered. */
	principalOf(context: Context): Principal | null;
	/** The request's id in the log, a UUID that the server has made; a new one unless given. */
	requestIdOf?(context: Context): string;
	/** The break-glass lease that the request is under, found active and proven; null: none. */
	leaseOf?(context: Context): GateLease | null;
	/**
	 * Reserves memory for an answer of so many bytes of JSON, more than 1 MiB, before it is made into text. What was asked for is done and on
	 * record by then. @throws FirmsealError RATE_LIMITED, which leaves in its place.
	 */
	reserveMemory?(context: Context, bytes: number): void;
	/** Called for each schema before anything is executed by it, since a server may get another one at any time; throws for one that must not be used. */
	checkSchema?(schema: GraphQLSchema): void;
}

/** A lease, and the way to the values that it opens. */
export interface GateLease extends LeaseReader {
	readonly activeLease: ActiveLease;
}

/** What is about to be executed. */
export interface ExecutedOperation {
	readonly document: DocumentNode;
	readonly schema: GraphQLSchema;
	/** Of several operations, which one. */
	readonly operationName?: string | null | undefined;
}

/** A request that has passed a gate. */
interface GatedRequest {
	readonly session: ContentSession;
	readonly content: Content;
	/** Whose time slices the answer waits for. */
	readonly party: string;
	/** The changes of a mutation stay even if its answer is withheld. */
	readonly isMutation: boolean;
}

/** By the context object of an operation: servers make one for each, also for those of one batch. */
const gatedRequests = new WeakMap<object, GatedRequest | 'ANONYMOUS'>();

/** @throws FirmsealError UNAUTHENTICATED if no one is known to ask; INTERNAL if the response gate is not in place. */
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
 * What the request that the context belongs to may open, and its memory for the log.
 * @throws FirmsealError UNAUTHENTICATED if no one is known to ask; INTERNAL if the response gate is not in place.
 */
export const contentSessionOf = (context: object): ContentSession => gatedRequestOf(context).session;

/** Opens values by the content and the session that the gate has found for the context: for a server with several contents. */
export const contentOfRequest: ValueOpener<object> = {
	openValue(context, field, row, sealed) {
		const { content, session } = gatedRequestOf(context);
		return content.openValue(session, field, row, sealed);
	},
};

/** An answer in one piece. */
export interface CompleteAnswer {
	readonly errors?: readonly { readonly extensions?: Readonly<Record<string, unknown>> }[] | undefined;
	readonly extensions?: Readonly<Record<string, unknown>> | undefined;
}

export interface RefusedAnswer {
	readonly data: null;
	readonly errors: readonly [GraphQLFormattedError];
}

/** What stands between a server's execution and its answer, whichever the server is. */
export class ResponseGate<Context extends object> {
	readonly #options: GateOptions<Context>;
	readonly #checkedSchemas = new WeakSet<GraphQLSchema>();

	constructor(options: GateOptions<Context>) {
		this.#options = options;
	}

	/** @throws what the option checkSchema says of the schema, each time. */
	checkSchema(schema: GraphQLSchema): void {
		if (this.#checkedSchemas.has(schema)) return;
		this.#options.checkSchema?.(schema);
		this.#checkedSchemas.add(schema);
	}

	/** Decides on content: the document is known, and nothing is resolved yet. @throws what checkSchema says of the schema. */
	begin(context: Context, { document, schema, operationName }: ExecutedOperation): void {
		this.checkSchema(schema);
		// Another gate's decision must not be exchanged, nor what it has opened be forgotten.
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
	 * Resolves once what the request opened, was refused or did is on record: the answer, with what was withheld, or what leaves in its
	 * place. undefined: it leaves as it is, since nothing can have been opened. null: the answer comes in parts, which would be opened after
	 * the record is closed.
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
		// The text is made in one stretch.
		await waitForTimeSlice(request.party);
		return leaving;
	}

	/** @throws FirmsealError TOO_EXPENSIVE for an answer above the maximum; RATE_LIMITED by the option reserveMemory. */
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

	/** Nothing is answered, but what was opened is on record. */
	async abandon(context: Context): Promise<void> {
		const request = gatedRequests.get(context);
		if (request && request !== 'ANONYMOUS') await request.content.settle(request.session);
	}
}

export interface ResponseGateOptions<Context extends object> extends GateOptions<Context> {
	/** Called with the answer as it will leave. */
	onAnswered?(answered: GraphQLRequestContextWillSendResponse<Context>): void;
}

/**
 * The response gate, a plugin of Apollo Server: decides on content once the document is known and before anything is
 * resolved, and lets nothing leave before what the request opened, was refused or did is on record. What can't be
 * recorded isn't answered. The body is replaced here, because an error thrown here would be a bare 500.
 */
export function responseGate<Context extends object>(
	options: ResponseGateOptions<Context>,
): ApolloServerPlugin<Context> & { readonly onPluginInit: () => never } {
	const gate = new ResponseGate(options);
	return {
		/** Envelop and Yoga call it; they would ignore the rest. */
		onPluginInit: refuseOtherServer,
		/** What checkSchema throws stops the start. For a schema that comes later the server logs it, and executes no request by that schema. */
		async serverWillStart({ schema }) {
			gate.checkSchema(schema);
			return { schemaDidLoadOrUpdate: ({ apiSchema }) => gate.checkSchema(apiSchema) };
		},
		/** Another plugin failed, and willSendResponse is not reached. */
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

/** A change that could not be recorded was undone; then no part of the request is answered. */
const isUnrecorded = ({ extensions }: NonNullable<CompleteAnswer['errors']>[number]) =>
	extensions?.code === 'AUDIT_UNAVAILABLE';

/** What settling, or a lack of memory, may answer instead of what was asked for. */
const DISCLOSED_CODES: ReadonlySet<string> = new Set([
	'AUDIT_UNAVAILABLE',
	'TOO_EXPENSIVE',
	'RATE_LIMITED',
	'LEASE_NOT_ACTIVE',
	'LEASE_SCOPE',
]);

/** So that no one repeats a mutation because its answer did not come. */
const MUTATION_APPLIED = ' What the mutation has changed stays changed: look before you repeat it.';

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
 * Bytes of the longest answer as JSON. It stays in memory until the client has read it, and occupies the thread while it is measured and again
 * while it is written.
 */
const MAX_ANSWER_BYTES = 16 * 1024 * 1024;

/** Bytes of an answer that is measured and written without waiting for a time slice. */
const SMALL_ANSWER_BYTES = 1024 * 1024;

/** Characters that JSON does not escape. */
const UNESCAPED = /^[\x20\x21\x23-\x5b\x5d-\x7e]*$/;

/** Bytes of a text as JSON. */
const bytesOf = (text: string): number =>
	UNESCAPED.test(text) ? text.length + 2 : Buffer.byteLength(JSON.stringify(text));

/** Bytes of an answer as JSON, counted without writing it; some number above `most` for a longer one. */
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
 * SHA-256, in hex, of a document with every literal blanked: which query it was, without what a client wrote into it.
 * Remembered for as long as the server keeps the parsed document.
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
