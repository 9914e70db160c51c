import { randomUUID } from 'node:crypto';
import { type DocumentNode, type GraphQLFormattedError, type GraphQLSchema, getOperationAST } from 'graphql';
import { type ActiveLease, type Principal, partyNameOf } from '../access/index.ts';
import { waitForTimeSlice } from '../clock/index.ts';
import { authorizationOf, type Content, type ContentSession, type LeaseReader } from '../content/index.ts';
import { FirmsealError } from '../errors.ts';
import { MAX_ANSWER_BYTES, measureAnswer, SMALL_ANSWER_BYTES } from './answer-size.ts';
import { deriveDocumentHash } from './document-hash.ts';

export interface GateOptions<Context extends object> {
	/** The door to content of the request's plane. */
	contentOf(context: Context): Content;
	/** Who asks, as the API has found out; null: nobody knows, and no encrypted field is answered. */
	principalOf(context: Context): Principal | null;
	/** The request's id in the log, a UUID that the server has made; a new one unless given. */
	requestIdOf?(context: Context): string;
	/** The break-glass lease that the request is under, found active and proven; null: none. */
	leaseOf?(context: Context): GateLease | null;
	/**
	 * Takes room for an answer of so many bytes of JSON, more than 1 MiB, before it is made into text. What was asked for is done and on record
	 * by then. @throws FirmsealError RATE_LIMITED, which leaves in its place.
	 */
	reserveMemory?(context: Context, bytes: number): void;
	/** Asked of each schema before anything is executed by it, since a server may be given another one at any time; throws for one that isn't to be used. */
	checkSchema?(schema: GraphQLSchema): void;
}

/** A lease, and the way to what it opens. */
export interface GateLease extends LeaseReader {
	readonly activeLease: ActiveLease;
}

interface GatedRequest {
	readonly access: ContentSession;
	readonly content: Content;
	/** Whose turns it waits for. */
	readonly party: string;
	/** A mutation: its changes stay even if its answer is withheld. */
	readonly isMutation: boolean;
}

/** What is about to be executed. */
export interface ExecutedOperation {
	readonly document: DocumentNode;
	readonly schema: GraphQLSchema;
	/** Of several operations, which one. */
	readonly operationName?: string | null | undefined;
}

/** By the context object of an operation: servers make one for each, also for those that come in one batch. NOBODY: no one is known to ask. */
const gatedRequests = new WeakMap<object, GatedRequest | 'NOBODY'>();

/**
 * What the request that the context belongs to may open, and its memory for the log.
 * @throws FirmsealError UNAUTHENTICATED when nobody is known to ask; INTERNAL when the response gate is not in place.
 */
export function contentSessionOf(context: object): ContentSession {
	const begun = gatedRequests.get(context);
	if (!begun)
		throw new FirmsealError(
			'INTERNAL',
			"The request went through no response gate, so nothing is opened: add adopt()'s plugin to Apollo Server's plugins, or its envelopPlugin to those of Yoga or Envelop.",
		);
	if (begun === 'NOBODY') throw new FirmsealError('UNAUTHENTICATED', 'Sign in to read encrypted fields.');
	return begun.access;
}

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
export interface ResponseGate<Context extends object> {
	/** Decides on content: the document is known, and nothing is resolved yet. @throws what checkSchema says of the schema. */
	begin(context: Context, executed: ExecutedOperation): void;
	/** @throws what checkSchema says of the schema, each time. */
	checkSchema(schema: GraphQLSchema): void;
	/**
	 * Resolves once what the request opened, was refused or did is on record: the answer, with what was withheld, or what leaves in its
	 * place. undefined: it leaves as it is, since nothing can have been opened. null: the answer comes in parts, which would be opened after
	 * the record is closed.
	 */
	settle<Answer extends CompleteAnswer>(
		context: Context,
		answer: Answer | null,
	): Promise<Answer | RefusedAnswer | undefined>;
	/** Nothing is answered, but what was opened is on record. */
	abandon(context: Context): Promise<void>;
}

export function createGate<Context extends object>({
	contentOf,
	principalOf,
	requestIdOf = () => randomUUID(),
	leaseOf = () => null,
	reserveMemory = () => {},
	checkSchema = () => {},
}: GateOptions<Context>): ResponseGate<Context> {
	const checked = new WeakSet<GraphQLSchema>();
	const checkOnce = (schema: GraphQLSchema) => {
		if (checked.has(schema)) return;
		checkSchema(schema);
		checked.add(schema);
	};
	const begunOf = (context: Context): GatedRequest | undefined => {
		const begun = gatedRequests.get(context);
		return begun === 'NOBODY' ? undefined : begun;
	};
	return {
		checkSchema: checkOnce,
		begin(context, { document, schema, operationName }) {
			checkOnce(schema);
			// Another gate's decision must not be exchanged, nor what it has opened be forgotten.
			if (gatedRequests.has(context))
				throw new FirmsealError('INTERNAL', 'The request went through two response gates: keep one plugin.');
			const principal = principalOf(context);
			if (!principal) return void gatedRequests.set(context, 'NOBODY');
			const content = contentOf(context);
			const lease = leaseOf(context);
			const terms = authorizationOf(
				principal,
				requestIdOf(context),
				deriveDocumentHash(document),
				lease?.activeLease ?? null,
			);
			gatedRequests.set(context, {
				access: content.begin(terms, lease),
				content,
				party: partyNameOf(principal),
				isMutation: getOperationAST(document, operationName)?.operation === 'mutation',
			});
		},
		async settle(context, answer) {
			const begun = begunOf(context);
			if (!begun) return undefined;
			const withhold = (error: unknown) => withheldBy(error, begun.isMutation);
			const sealed = begun.content.withheld(begun.access);
			try {
				await begun.content.settle(begun.access);
			} catch (error) {
				return withhold(error);
			}
			if (answer === null || answer.errors?.some(isUnrecorded)) return withhold(null);
			const leaving = sealed.length === 0 ? answer : { ...answer, extensions: { ...answer.extensions, sealed } };
			if (measureAnswer(leaving, SMALL_ANSWER_BYTES) <= SMALL_ANSWER_BYTES) return leaving;
			try {
				await waitForTimeSlice(begun.party);
				const size = measureAnswer(leaving, MAX_ANSWER_BYTES);
				if (size > MAX_ANSWER_BYTES) throw tooLong();
				reserveMemory(context, size);
			} catch (error) {
				return withhold(error);
			}
			// It is made into text in one stretch.
			await waitForTimeSlice(begun.party);
			return leaving;
		},
		async abandon(context) {
			const begun = begunOf(context);
			await begun?.content.settle(begun.access);
		},
	};
}

/** A change that could not be recorded was undone; then no part of the request is answered. */
const isUnrecorded = ({ extensions }: NonNullable<CompleteAnswer['errors']>[number]) =>
	extensions?.code === 'AUDIT_UNAVAILABLE';

const tooLong = () =>
	new FirmsealError('TOO_EXPENSIVE', 'The answer would be longer than 16 MiB: ask for fewer records or fields.');

/** What settling, or the want of room, may answer instead of what was asked for. */
const DISCLOSED_CODES: ReadonlySet<string> = new Set([
	'AUDIT_UNAVAILABLE',
	'TOO_EXPENSIVE',
	'RATE_LIMITED',
	'LEASE_NOT_ACTIVE',
	'LEASE_SCOPE',
]);

/** So that no one repeats it for want of its answer. */
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
