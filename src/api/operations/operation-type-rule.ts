import { GraphQLError, type ValidationRule } from 'graphql';

/** A subscription, which version 1 doesn't have: a mistake of the document, where graphql-js would only fail to execute it. */
export const operationTypeRule: ValidationRule = (context) => ({
	OperationDefinition(node) {
		if (context.getSchema().getRootType(node.operation)) return;
		context.reportError(new GraphQLError(`There is no ${node.operation} here: ask by a query.`, { nodes: node }));
	},
});
