import { addTypenameToDocument } from '@apollo/client/utilities';
import { type ASTNode, type DefinitionNode, Kind, print, visit } from 'graphql';

const fragmentOf = (definition: DefinitionNode) =>
	definition.kind === Kind.FRAGMENT_DEFINITION ? definition.name.value : '';

/** The registered text of an operation: without the `__typename` that Apollo Client adds, and with sorted fragments. */
export const printRegistered = (document: ASTNode): string =>
	print(
		visit(document, {
			Field: (field) => (addTypenameToDocument.added(field) ? null : undefined),
			Document: {
				leave: ({ definitions, ...others }) => ({
					...others,
					definitions: [...definitions].sort((a, b) => (fragmentOf(a) < fragmentOf(b) ? -1 : 1)),
				}),
			},
		}),
	);
