import type { GraphQLResolveInfo } from 'graphql';
import type { ConnectionArgs } from '../connection.ts';
import type { RequestContext } from '../context.ts';

/** A resolver whose parent and arguments the schema has checked. */
export type FieldResolver<Answer> = (
	parent: never,
	args: ConnectionArgs & { readonly [name: string]: unknown },
	context: RequestContext,
	info: GraphQLResolveInfo,
) => Answer;
