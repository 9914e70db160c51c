import { randomUUID } from 'node:crypto';
import type { ApolloServerPlugin, GraphQLRequestContextWillSendResponse } from '@apollo/server';
import type { GraphQLFormattedError } from 'graphql';
import type { OpenLease, Principal } from '../access/index.ts';
import { type Access, type Content, type LeaseUse, termsOf, type Withheld } from '../content/index.ts';
import { FirmsealError } from '../errors.ts';
import { deriveDocumentHash } from './document-hash.ts';

export interface ResponseGateOptions<Context extends object> {
	/** The door to content of the request's plane. */
	contentOf(context: Context): Content;
	/** Who asks, as the API has found out; null: nobody knows, and no encrypted field is answered. */
	principalOf(context: Context): Principal | null;
	/** The request's id in the log, a UUID that the server has made; a new one unless given. */
	requestIdOf?(context: Context): string;
	/** The break-glass lease that the request is under, found active and proven; null: none. */
	leaseOf?(context: Context): NamedLease | null;
	/** Called with the answer as it will leave. */
	onAnswered?(answered: GraphQLRequestContextWillSendResponse<Context>): void;
}

/** A lease, and the way to what it opens. */
export interface NamedLease extends LeaseUse {
	readonly open: OpenLease;
}

/** By the context object of an operation: Apollo makes one for each, also for those that come in one batch. */
const accesses = new WeakMap<object, { readonly access: Access; readonly content: Content }>();

/**
 * What the request that the context belongs to may open, and its memory for the log.
 * @throws FirmsealError UNAUTHENTICATED when nobody is known to ask, or the response gate is not in place.
 */
export function accessOf(context: object): Access {
	const begun = accesses.get(context);
	if (!begun) throw new FirmsealError('UNAUTHENTICATED', 'Sign in: what is asked for is content of somebody.');
	return begun.access;
}

/**
 * The response gate, a plugin of Apollo Server: decides on content once the document is known and before anything is
 * resolved, and lets nothing leave before what the request opened, was refused or did is on record. What can't be
 * recorded isn't answered. The body is replaced here, because an error thrown here would be a bare 500.
 */
export const responseGate = <Context extends object>({
	contentOf,
	principalOf,
	requestIdOf = () => randomUUID(),
	leaseOf = () => null,
	onAnswered,
}: ResponseGateOptions<Context>): ApolloServerPlugin<Context> => ({
	/** Another plugin failed, and willSendResponse is not reached: nothing is answered, but what was opened is on record. */
	async unexpectedErrorProcessingRequest({ requestContext: { contextValue } }) {
		const begun = accesses.get(contextValue);
		await begun?.content.settle(begun.access);
	},
	async requestDidStart() {
		return {
			async didResolveOperation({ contextValue, document }) {
				// Another gate's decision must not be exchanged, nor what it has opened be forgotten.
				if (accesses.has(contextValue))
					throw new FirmsealError('INTERNAL', 'The request went through two response gates: keep one plugin.');
				const principal = principalOf(contextValue);
				if (!principal) return;
				const content = contentOf(contextValue);
				const lease = leaseOf(contextValue);
				const terms = termsOf(principal, requestIdOf(contextValue), deriveDocumentHash(document), lease?.open ?? null);
				accesses.set(contextValue, { access: content.begin(terms, lease), content });
			},
			async willSendResponse(answered) {
				const { contextValue, response } = answered;
				const begun = accesses.get(contextValue);
				if (begun) {
					tellWithheld(response, begun.content.withheld(begun.access));
					try {
						await begun.content.settle(begun.access);
						if (mayNotLeave(response)) withhold(response, null);
					} catch (error) {
						withhold(response, error);
					}
				}
				onAnswered?.(answered);
			},
		};
	},
});

type Response = GraphQLRequestContextWillSendResponse<object>['response'];

function tellWithheld({ body }: Response, sealed: readonly Withheld[]): void {
	if (body.kind !== 'single' || sealed.length === 0) return;
	body.singleResult.extensions = { ...body.singleResult.extensions, sealed };
}

/**
 * What comes in parts would be opened after the record is closed. A change that could not be recorded was undone; then no part
 * of the request is answered.
 */
const mayNotLeave = ({ body }: Response): boolean =>
	body.kind !== 'single' ||
	(body.singleResult.errors ?? []).some(({ extensions }) => extensions?.code === 'AUDIT_UNAVAILABLE');

/** What settling may answer instead of what was asked for. */
const WITHHELD: ReadonlySet<string> = new Set([
	'AUDIT_UNAVAILABLE',
	'TOO_EXPENSIVE',
	'LEASE_NOT_ACTIVE',
	'LEASE_SCOPE',
]);

function withhold(response: Response, error: unknown): void {
	const { code, message } =
		error instanceof FirmsealError && WITHHELD.has(error.code)
			? error
			: new FirmsealError(
					'AUDIT_UNAVAILABLE',
					'The request could not be recorded, so nothing is answered; try again later.',
				);
	const withheld: GraphQLFormattedError = { message, extensions: { code } };
	response.body = { kind: 'single', singleResult: { data: null, errors: [withheld] } };
}
