import { type ExecutionResult, GraphQLError, type GraphQLFormattedError, type GraphQLSchema } from 'graphql';
import { FirmsealError } from '../errors.ts';
import { type ExecutedOperation, type GateOptions, type RefusedAnswer, ResponseGate } from './gate.ts';
import { refuseOtherServer } from './require-gate.ts';

/** What Envelop gives a plugin before an operation is executed: as much of it as is used. */
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

/** A plugin of Envelop, and so of GraphQL Yoga. */
export interface EnvelopGate {
	/** Apollo Server asks it, which would ignore the rest. */
	serverWillStart(): never;
	onSchemaChange(change: { readonly schema: GraphQLSchema }): void;
	onSubscribe(before: BeforeSubscription): void;
	onExecute(before: BeforeExecution): { onExecuteDone(after: AfterExecution): Promise<void> };
}

/**
 * The response gate for GraphQL Yoga and whatever else runs plugins of Envelop, first of them: what the one for Apollo Server does.
 */
export function envelopGate<Context extends object>(options: GateOptions<Context>): EnvelopGate {
	const gate = new ResponseGate(options);
	return {
		serverWillStart: refuseOtherServer,
		/** What it throws stops the start, if the schema is given then. */
		onSchemaChange: ({ schema }) => gate.checkSchema(schema),
		/** A subscription opens nothing, if its fields are wrapped. */
		onSubscribe({ subscribeFn, setSubscribeFn }) {
			setSubscribeFn((...args) => {
				// Another plugin may have exchanged it.
				gate.checkSchema(args[0].schema);
				return subscribeFn(...args);
			});
		},
		onExecute({ args: { contextValue, ...executed }, executeFn, setExecuteFn }) {
			gate.begin(contextValue, executed);
			setExecuteFn(async (...args) => {
				try {
					// Another plugin may have exchanged it.
					gate.checkSchema(args[0].schema);
					return await executeFn(...args);
				} catch (error) {
					// No one is told that it is done.
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

/** What isn't an error of GraphQL's own is masked. */
const asError = ({ message, extensions = {} }: GraphQLFormattedError) => new GraphQLError(message, { extensions });

const isInParts = (result: unknown): result is AsyncIterator<unknown> =>
	typeof result === 'object' && result !== null && Symbol.asyncIterator in result;

/** With the errors of ours as they are: as errors that a resolver threw they would be masked, codes included. */
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
