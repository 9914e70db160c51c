import { type DocumentNode, Kind, OperationTypeNode, parse } from 'graphql';
import { MAX_TOKENS } from '../limits/index.ts';

/** Whether a request does nothing but accept an invitation: the only one that is looked at of who has no place here. */
export function isInvitationAcceptance({ method, body }: { readonly method: string; readonly body: unknown }): boolean {
	const query = (body as { readonly query?: unknown } | null | undefined)?.query;
	// Nothing else is worth to be parsed twice.
	if (method !== 'POST' || typeof query !== 'string' || !query.includes('acceptInvitation')) return false;
	try {
		return acceptsOnlyInvitation(parse(query, { maxLexicalTokens: MAX_TOKENS, noLocation: true }));
	} catch {
		// Apollo says what is wrong with it, to those who may know.
		return false;
	}
}

function acceptsOnlyInvitation({ definitions: [operation, ...others] }: DocumentNode): boolean {
	if (others.length > 0 || operation?.kind !== Kind.OPERATION_DEFINITION) return false;
	const [field, ...more] = operation.selectionSet.selections;
	return (
		operation.operation === OperationTypeNode.MUTATION &&
		more.length === 0 &&
		field?.kind === Kind.FIELD &&
		field.name.value === 'acceptInvitation'
	);
}
