import type { GraphQLFieldResolver } from 'graphql';
import type { EncryptedField } from './encrypted-field.ts';
import type { RowIdentity, ValueOpener } from './value-opener.ts';

/** How a wrapper gets from a row and a request to a value. Methods, so that an application may name its own types. */
export interface FieldBinding<Context, Access> {
	readonly content: ValueOpener<Access>;
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
	opening: FieldBinding<Context, Access>,
): Resolver {
	const { fieldName } = field;
	const reveal = (parent: unknown, context: unknown, stored: unknown): unknown => {
		const access = opening.capabilityOf(context as Context);
		return opening.content.openValue(access, field, opening.rowOf(parent), bytesOf(stored));
	};
	const wrapper: Resolver = (parent, args, context, info) => {
		const stored = source ? source(parent, args, context, info) : ownValue(parent, fieldName);
		return isPromiseLike(stored)
			? stored.then((settled) => reveal(parent, context, settled))
			: reveal(parent, context, stored);
	};
	wrappers.set(wrapper, field);
	return wrapper;
}

/** Opens as nothing. */
const NO_ENVELOPE = new Uint8Array(0);

/**
 * Fail closed: plaintext that was left in a column must not pass as a value that needs no opening. content/ refuses it, tells
 * and records it as what doesn't open.
 */
function bytesOf(stored: unknown): Uint8Array | null | undefined {
	if (stored === null || stored === undefined) return stored;
	return stored instanceof Uint8Array ? stored : NO_ENVELOPE;
}

/** Not what every object inherits: a field may be called `constructor`. */
const ownValue = (parent: unknown, name: string): unknown =>
	Object.hasOwn(parent as object, name) ? (parent as Record<string, unknown>)[name] : undefined;

function isPromiseLike(value: unknown): value is PromiseLike<unknown> {
	return typeof (value as PromiseLike<unknown> | null | undefined)?.then === 'function';
}
