import type { GraphQLResolveInfo } from 'graphql';
import { denialOfField } from '../../access/index.ts';
import type { Selection } from '../../database/index.ts';
import { contentSessionOf } from '../../encryption-directive/index.ts';
import type { WorkspaceTypeName } from '../../firms/index.ts';
import { clientOf, type RequestContext } from '../context.ts';
import { selectedFields } from '../selected-fields.ts';

/** The names of the fields of a type that are selected: columns and the ids that relations go by, as a statement reads them. */
function selectionOf(context: RequestContext, type: WorkspaceTypeName, names: Iterable<string>): Selection {
	const { decision } = contentSessionOf(context).authorization;
	const encrypted = context.services.fieldsOf(type);
	// What a lease opens is read by the lease's own transactions: the operator's role has no privilege on it.
	const isReadHere = decision.allowed && decision.kind === 'membership';
	const columns = new Set<string>();
	for (const name of names) {
		const field = encrypted[name];
		// A sealed column is read only if the request may open values of it.
		if (!field) columns.add(name).add(`${name}Id`);
		else if (isReadHere && denialOfField(decision, field) === null) columns.add(name);
	}
	return { columns, client: clientOf(context) };
}

/** The same for the objects at `paths` below the field that is resolved; `concrete` where its own type is abstract. */
export const selectionAt = (
	context: RequestContext,
	info: GraphQLResolveInfo,
	type: WorkspaceTypeName,
	paths: readonly (readonly string[])[],
	concrete?: WorkspaceTypeName,
): Selection => selectionOf(context, type, selectedFields(info, paths, concrete));
