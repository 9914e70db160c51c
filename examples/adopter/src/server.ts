import { ApolloServer } from '@apollo/server';
import { ApolloServerPluginCacheControlDisabled } from '@apollo/server/plugin/disabled';
import { startStandaloneServer } from '@apollo/server/standalone';
import type { GraphQLFormattedError } from 'graphql';
import { type Context, createContext } from './context.ts';
import { encryption } from './encryption.ts';
import { schema } from './schema.ts';

/** Hides the messages of unforeseen errors, because a message of the database contains the parameters of a statement. */
const formatError = (formatted: GraphQLFormattedError): GraphQLFormattedError =>
	formatted.extensions?.code === 'INTERNAL_SERVER_ERROR'
		? { ...formatted, message: 'Something went wrong.' }
		: formatted;

export async function startServer(port: number): Promise<{ url: string; stop(): Promise<void> }> {
	const server = new ApolloServer<Context>({
		schema,
		plugins: [ApolloServerPluginCacheControlDisabled(), encryption.plugin],
		allowBatchedHttpRequests: true,
		includeStacktraceInErrorResponses: false,
		stopOnTerminationSignals: false,
		formatError,
	});
	const { url } = await startStandaloneServer(server, {
		listen: { port, host: '127.0.0.1' },
		context: ({ req }) => createContext(req.headers.authorization),
	});
	return {
		url,
		async stop() {
			await server.stop();
			await encryption.close();
		},
	};
}
