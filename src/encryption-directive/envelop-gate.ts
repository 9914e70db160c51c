import { type ExecutionResult, GraphQLError, type GraphQLFormattedError, type GraphQLSchema } from 'graphql';
import { FirmsealError } from '../errors.ts';
import { type ExecutedOperation, type GateOptions, type RefusedAnswer, ResponseGate } from './gate.ts';
import { refuseOtherServer } from './require-gate.ts';

/** The used part of what Envelop gives a plugin before it executes an operation. */
interface BeforeExecution {
	// biome-ignore lint/suspicious/noExplicitAny: Envelop knows a context as any
	readonly args: ExecutedOperation & { readonly contextValue?: any };
	// biome-ignore lint/suspicious/noExplicitAny: the function takes whatever it was given
	readonly executeFn: (...args: any[]) => any;
	// biome-ignore lint/suspicious/noExplicitAny: the same
	setExecuteFn(execute: (...args: any[]) => any): void;
}

/** The same before a subscription. */
interface BeforeSubscription {
	// biome-ignore lint/suspicious/noExplicitAny: the function takes whatever it was given
	readonly subscribeFn: (...args: any[]) => any;
	// biome-ignore lint/suspicious/noExplicitAny: the same
	setSubscribeFn(subscribe: (...args: any[]) => any): void;
}

interface AfterExecution {
	// biome-ignore lint/suspicious/noExplicitAny: a whole answer, or one in parts
	readonly result: any;
	// biome-ignore lint/suspicious/noExplicitAny: the same
	setResult(result: any): void;
}

/** A plugin for Envelop, and so for GraphQL Yoga. */
export interface EnvelopGate {
	/** Apollo Server calls it. It would ignore the other hooks. */
	serverWillStart(): never;
	onSchemaChange(change: { readonly schema: GraphQLSchema }): void;
	onSubscribe(before: BeforeSubscription): void;
	onExecute(before: BeforeExecution): { onExecuteDone(after: AfterExecution): Promise<void> };
}

/**
 * The response gate for GraphQL Yoga and other servers with Envelop plugins: does the same as the one for Apollo Server. It must be
 * the first plugin.
 */
export function envelopGate<Context extends object>(options: GateOptions<Context>): EnvelopGate {
	const gate = new ResponseGate(options);
	return {
		serverWillStart: refuseOtherServer,
		/** An error thrown here stops the start, if the server gets the schema at the start. */
		onSchemaChange: ({ schema }) => gate.checkSchema(schema),
		/** A subscription opens nothing if its fields are wrapped. */
		onSubscribe({ subscribeFn, setSubscribeFn }) {
			setSubscribeFn((...args) => {
				// Another plugin may have replaced the schema.
				gate.checkSchema(args[0].schema);
				return subscribeFn(...args);
			});
		},
		onExecute({ args: { contextValue, ...executed }, executeFn, setExecuteFn }) {
			gate.begin(contextValue, executed);
			setExecuteFn(async (...args) => {
				try {
					// Another plugin may have replaced the schema.
					gate.checkSchema(args[0].schema);
					return await executeFn(...args);
				} catch (error) {
					// Envelop calls no hook after a failed execution.
					await gate.abandon(contextValue);
					throw error;
				}
			});
			return {
				async onExecuteDone({ result, setResult }) {
					const isWhole = !isInParts(result);
					if (!isWhole) await result.return?.();
					const answer = isWhole ? exposeFirmsealErrors(result) : null;
					const leaving = (await gate.settle(contextValue, answer)) ?? answer;
					if (leaving) setResult(isWithheld(leaving) ? { data: null, errors: leaving.errors.map(asError) } : leaving);
				},
			};
		},
	};
}

const isWithheld = (leaving: ExecutionResult | RefusedAnswer): leaving is RefusedAnswer =>
	leaving.errors?.some((error) => !(error instanceof GraphQLError)) === true;

/** Servers mask errors that aren't GraphQLErrors. */
const asError = ({ message, extensions = {} }: GraphQLFormattedError) => new GraphQLError(message, { extensions });

const isInParts = (result: unknown): result is AsyncIterator<unknown> =>
	typeof result === 'object' && result !== null && Symbol.asyncIterator in result;

/** Rethrows our errors as GraphQLErrors of their own: servers mask errors from resolvers, including their codes. */
function exposeFirmsealErrors(result: ExecutionResult): ExecutionResult {
	const { errors } = result;
	if (!errors?.some(({ originalError }) => originalError instanceof FirmsealError)) return result;
	return {
		...result,
		errors: errors.map((error) => {
			const { nodes = null, source = null, positions = null, path = null, originalError } = error;
			if (!(originalError instanceof FirmsealError)) return error;
			const { message, extensions } = originalError;
			return new GraphQLError(message, { nodes, source, positions, path, extensions });
		}),
	};
}
