import { CONTENT_INPUTS, CONTENT_MUTATIONS } from './content-inputs.generated.ts';
import { evaluate } from './evaluate.ts';
import { isRecord, ownValue } from './nodes.ts';
import { NOT_NAMED, type RequestedBy, textOrNull } from './requested.ts';

/** A mutation names the record that it writes. */
export const requestedByMutation: RequestedBy = (field, values) => {
	const mutation = ownValue(CONTENT_MUTATIONS, field.name.value);
	const content = mutation && ownValue(CONTENT_INPUTS, mutation.input);
	const node = field.arguments?.find(({ name: { value } }) => value === mutation?.argument)?.value;
	const input = node && evaluate(node, values);
	if (!content || !isRecord(input)) return NOT_NAMED;
	const id = textOrNull(ownValue(input, 'id'));
	const thread = content.thread === undefined ? null : textOrNull(ownValue(input, content.thread));
	return { record: id === null ? null : { id, type: content.type }, thread };
};
