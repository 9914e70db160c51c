import { GraphQLError, type GraphQLSchema } from 'graphql';
import { SetupError } from '../errors.ts';

/**
 * Lets a schema say that it isn't valid while `isThere` says that no gate is in place: graphql-js, and with it each server, asks that
 * before it executes anything, and Apollo Server before it starts. GraphQL Yoga asks it at the first request, and of a schema that it is given at
 * the start no more than what kind of object it is; so that is refused too.
 */
export function requireGate(schema: GraphQLSchema, isThere: () => boolean): void {
	let found = schema.__validationErrors;
	Object.defineProperties(schema, {
		__validationErrors: {
			configurable: true,
			enumerable: true,
			get: () => (isThere() ? found : [new GraphQLError(MISSING)]),
			set(errors: typeof found) {
				found = errors;
			},
		},
		[Symbol.toStringTag]: {
			configurable: true,
			get() {
				if (!isThere()) throw new SetupError(MISSING);
				return 'GraphQLSchema';
			},
		},
	});
}

/** What each plugin throws that a server of the other kind begins with. */
export const refuseOtherServer = (): never => {
	throw new SetupError(
		"The server got the other kind of server's plugin, by which nothing would be opened: give Apollo Server adopt()'s plugin, and Yoga or Envelop its envelopPlugin.",
	);
};

const MISSING =
	"No response gate is in place, so nothing would be opened, or be on record: add adopt()'s plugin to Apollo Server's plugins, or its envelopPlugin, the first of them, to those of Yoga or Envelop.";
