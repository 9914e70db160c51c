import { type GraphQLSchema, isObjectType } from 'graphql';
import { SetupError } from '../errors.ts';
import type { Registry } from './registry.ts';
import { surveySchema } from './survey.ts';
import { wrappedField } from './wrapper.ts';

/**
 * Looks at the schema as it will be executed: each marked field of each object type has the wrapper of its own coordinate,
 * and each coordinate of the registry is there. Call it again on the final schema if anything touches it after the transformer.
 * @throws SetupError one sentence a line for each field that would be answered by something else.
 */
export function assertEveryFieldWrapped(schema: GraphQLSchema, registry: Registry): void {
	const marked = surveySchema(schema, { columns: [] }).sealedFields.map(({ coordinate }) => coordinate);
	const known = registry.fields.map(({ coordinate }) => coordinate);
	const bare = [...new Set([...marked, ...known])].filter((coordinate) => {
		const field = registry.get(coordinate);
		return !field || wrappedField(resolverAt(schema, coordinate)) !== field;
	});
	if (bare.length === 0) return;
	throw new SetupError(
		bare.map((coordinate) => `${coordinate} is @encrypted but its resolver isn't the wrapper: ${REMEDY}`).join('\n'),
	);
}

const REMEDY = "apply encryptedDirective's transformer once, after every other schema transform.";

function resolverAt(schema: GraphQLSchema, coordinate: string) {
	const [typeName = '', fieldName = ''] = coordinate.split('.');
	const type = schema.getType(typeName);
	return isObjectType(type) ? type.getFields()[fieldName]?.resolve : undefined;
}
