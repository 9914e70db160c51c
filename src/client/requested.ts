import type { FieldNode } from 'graphql';
import { CONTENT_INPUTS, CONTENT_MUTATIONS, QUERIES_BY_ID } from './coordinates.generated.ts';
import { evaluate, type VariableValues } from './evaluate.ts';
import { isRecord, ownValue } from './nodes.ts';
import type { ObjectShape } from './shape.ts';

/** A record whose id the document names. */
export interface RequestedRecord {
	readonly id: string;
	/** The only type that it is the id of; null for any. */
	readonly type: string | null;
}

/** The record that a field at the top of an answer is asked for. A mutation names the record that it writes. */
export function requestedBy(root: string, field: FieldNode, values: VariableValues): RequestedRecord | null {
	const argumentValue = (argument: string): unknown => {
		const node = field.arguments?.find(({ name }) => name.value === argument)?.value;
		return node && evaluate(node, values);
	};
	const name = field.name.value;
	if (root === 'Query') {
		const id = QUERIES_BY_ID.includes(name) ? argumentValue('id') : undefined;
		return typeof id === 'string' ? { id, type: null } : null;
	}
	const mutation = ownValue(CONTENT_MUTATIONS, name);
	const input = mutation && argumentValue(mutation.argument);
	const id = isRecord(input) ? ownValue(input, 'id') : undefined;
	const type = mutation && ownValue(CONTENT_INPUTS, mutation.input)?.type;
	return typeof id === 'string' && type !== undefined ? { id, type } : null;
}

/** What a field below is asked for: the record in a payload is the one that the mutation names. */
export const passedOn = (requested: RequestedRecord | null, { content }: ObjectShape): RequestedRecord | null =>
	requested?.type && !content ? requested : null;
