import { createRequire } from 'node:module';
import { ApolloServer } from '@apollo/server';
import { ApolloServerPluginCacheControlDisabled } from '@apollo/server/plugin/disabled';
import type { GraphQLSchema } from 'graphql';
import type { Caller } from '../../../src/library/index.ts';
import type { Adoption } from '../../../src/wiring/library/index.ts';

export interface Context {
	readonly caller: Caller | null;
}

/** The types that are used here, because the package's own types bring those of browsers into the whole project. */
interface Yoga {
	fetch(url: string, request: RequestInit, context: object): Promise<Response>;
	dispose(): unknown;
}
const require = createRequire(import.meta.url);
const { createYoga } = require('graphql-yoga') as { createYoga: (options: object) => Yoga };

interface Asked {
	readonly data?: unknown;
	readonly codes?: readonly unknown[] | undefined;
	readonly extensions?: unknown;
	readonly text: string;
}

export interface Server {
	ask(context: Context, query: string): Promise<Asked>;
	/** Gives the server the later schema. */
	change(): void;
	stop(): Promise<void>;
}

interface Serving {
	readonly schema: GraphQLSchema;
	/** undefined if the plugin was forgotten. */
	readonly gate?: Adoption<Context>;
	/** Runs in the context of the operation, like a resolver. */
	readonly within?: (context: Context) => unknown;
	/** The schema that the source of the server's schema returns later. */
	readonly later?: GraphQLSchema;
	/** The schema that another Envelop plugin, after the gate, installs for each operation. */
	readonly exchanged?: GraphQLSchema;
}

const answered = (result: {
	data?: unknown;
	errors?: readonly Readonly<Record<string, unknown>>[];
	extensions?: unknown;
}) => ({
	data: result.data,
	codes: result.errors?.map(({ extensions }) => (extensions as { code?: unknown } | undefined)?.code),
	extensions: result.extensions,
	text: JSON.stringify(result),
});

const SILENT = { debug() {}, info() {}, warn() {}, error() {} };

/** The servers that have a gate, each set up as in its documentation. */
export const SERVERS: Readonly<Record<string, (serving: Serving) => Promise<Server>>> = {
	async 'Apollo Server'({ schema, gate, within, later }) {
		let update: (schema: GraphQLSchema) => void = () => {};
		const gateway = {
			onSchemaLoadOrUpdate(listen: (of: { apiSchema: GraphQLSchema; coreSupergraphSdl: string }) => void) {
				update = (apiSchema) => listen({ apiSchema, coreSupergraphSdl: '' });
				return () => {};
			},
			async load() {
				update(schema);
				return { executor: null };
			},
			async stop() {},
		};
		const seeing = {
			requestDidStart: async () => ({
				responseForOperation: async ({ contextValue }: { contextValue: Context }) => {
					await within?.(contextValue);
					return null;
				},
			}),
		};
		const apollo = new ApolloServer<Context>({
			...(later ? { gateway } : { schema }),
			plugins: [ApolloServerPluginCacheControlDisabled(), ...(gate ? [gate.plugin] : []), seeing],
			logger: SILENT,
			formatError: (formatted) =>
				formatted.extensions?.code === 'INTERNAL_SERVER_ERROR' ? { message: 'Something went wrong.' } : formatted,
		});
		await apollo.start();
		return {
			async ask(context, query) {
				const { body } = await apollo.executeOperation({ query }, { contextValue: { ...context } });
				if (body.kind !== 'single') throw new Error('An answer in parts.');
				return answered(body.singleResult as never);
			},
			change: () => later && update(later),
			stop: () => apollo.stop(),
		};
	},
	async 'GraphQL Yoga'({ schema, gate, within, later, exchanged }) {
		let current = schema;
		const seen = ({ args }: { args: { contextValue?: Context; schema: GraphQLSchema } }) => {
			args.schema = exchanged ?? args.schema;
			return within?.(args.contextValue as Context);
		};
		const seeing = { onExecute: seen, onSubscribe: seen };
		const yoga = createYoga({
			schema: later ? () => current : schema,
			plugins: [...(gate ? [gate.envelopPlugin] : []), seeing],
			logging: SILENT,
			maskedErrors: { isDev: false },
		});
		return {
			async ask(context, query) {
				const headers = { 'content-type': 'application/json', accept: 'application/json, text/event-stream' };
				const answer = await yoga.fetch(
					'http://yoga/graphql',
					{ method: 'POST', headers, body: JSON.stringify({ query }) },
					{ ...context },
				);
				const body = await answer.text();
				// The first result of a subscription.
				const [, event = body] = /^event: next\ndata: (.+)$/m.exec(body) ?? [];
				return answered(JSON.parse(event));
			},
			change() {
				current = later ?? current;
			},
			stop: async () => void (await yoga.dispose()),
		};
	},
};
