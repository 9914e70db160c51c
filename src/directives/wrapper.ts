import type { GraphQLFieldResolver } from 'graphql';
import { FirmsealError } from '../errors.ts';
import type { EncryptedField } from './encrypted-field.ts';
import type { Reveal, RowIdentity } from './reveal.ts';

/** How a wrapper gets from a row and a request to a value. Methods, so that an application may name its own types. */
export interface Opening<Context, Access> {
	readonly content: Reveal<Access>;
	/** The access that was decided for the request; called for each value, so it only looks up. */
	capabilityOf(context: Context): Access;
	/** Firm and id of the row that the parent object is. */
	rowOf(parent: unknown): RowIdentity;
}

type Resolver = GraphQLFieldResolver<unknown, unknown>;

const wrappers = new WeakMap<Resolver, EncryptedField>();

/** The field that a resolver is the wrapper of; undefined for any other resolver, a wrapper of a wrapper included. */
export const wrappedField = (resolver: Resolver | undefined): EncryptedField | undefined =>
	resolver && wrappers.get(resolver);

/**
 * Makes the one resolver that answers an encrypted field. What it gets from the row (by `source`, or the property with the
 * field's name) goes to content/ and nowhere else. It is bound to the coordinate when the schema is made: aliases,
 * fragments and the abstract type in the query play no part. No promise is made unless `source` or content/ makes one.
 */
export function wrapResolver<Context, Access>(
	field: EncryptedField,
	source: Resolver | undefined,
	opening: Opening<Context, Access>,
): Resolver {
	const { fieldName } = field;
	const reveal = (parent: unknown, context: unknown, stored: unknown): unknown => {
		// Fail closed: plaintext that was left in a column must not pass as a value that needs no opening.
		if (stored !== null && stored !== undefined && !(stored instanceof Uint8Array)) throw doesNotOpen(field);
		return opening.content.reveal(opening.capabilityOf(context as Context), field, opening.rowOf(parent), stored);
	};
	const wrapper: Resolver = (parent, args, context, info) => {
		const stored = source ? source(parent, args, context, info) : (parent as Record<string, unknown>)[fieldName];
		return isPromiseLike(stored)
			? stored.then((settled) => reveal(parent, context, settled))
			: reveal(parent, context, stored);
	};
	wrappers.set(wrapper, field);
	return wrapper;
}

function doesNotOpen({ coordinate }: EncryptedField): FirmsealError {
	return new FirmsealError(
		'CIPHERTEXT_INVALID',
		`A stored value of ${coordinate} doesn't open; ask support to look at the record.`,
	);
}

function isPromiseLike(value: unknown): value is PromiseLike<unknown> {
	return typeof (value as PromiseLike<unknown> | null | undefined)?.then === 'function';
}
