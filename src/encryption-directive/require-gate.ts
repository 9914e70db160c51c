import { GraphQLError, type GraphQLSchema } from 'graphql';
import { SetupError } from '../errors.ts';

/**
 * Makes a schema invalid as long as `isThere` returns false. graphql-js, and so every server, validates the schema before it executes
 * anything, and Apollo Server before it starts. GraphQL Yoga validates at the first request; at its start it only reads the schema's
 * toStringTag, so that throws too.
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

/** Each plugin throws this from a hook that only the other kind of server calls. */
export const refuseOtherServer = (): never => {
	throw new SetupError(
		"The server got the plugin for the other kind of server, with which nothing would be opened: give Apollo Server adopt()'s plugin, and Yoga or Envelop its envelopPlugin.",
	);
};

const MISSING =
	"No response gate is in place, so nothing would be opened or recorded: add adopt()'s plugin to Apollo Server's plugins, or its envelopPlugin as the first plugin of Yoga or Envelop.";
