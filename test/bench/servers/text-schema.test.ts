import { expect, it } from 'vitest';
import { CONTENT } from '../../../bench/data/documents.ts';
import { cloakSchema, plainSchema } from '../../../bench/servers/composed-server.ts';
import { createSchema } from '../../../src/api/index.ts';

const { registry } = createSchema();
/** A stand-in for the peer that marks every value that it opens. */
const decrypt = async (stored: string) => `opened ${stored}`;

const resolverOf = (schema: ReturnType<typeof plainSchema>, coordinate: string) => {
	const [typeName = '', fieldName = ''] = coordinate.split('.');
	const type = schema.getType(typeName);
	return type && 'getInterfaces' in type ? type.getFields()[fieldName]?.resolve : undefined;
};
const resolve = (schema: ReturnType<typeof plainSchema>, coordinate: string, parent: object) =>
	resolverOf(schema, coordinate)?.(parent, {}, {}, {} as never);

it('measures exactly the encrypted fields of a document', () => {
	expect(CONTENT.map(([, name]) => name).toSorted()).toEqual(
		registry
			.ofType('Document')
			.map(({ fieldName }) => fieldName)
			.toSorted(),
	);
});

it('returns plain columns unchanged, without a resolver on a field that the project encrypts', () => {
	const schema = plainSchema();
	expect(registry.fields.length).toBeGreaterThan(10);
	expect(registry.fields.filter(({ coordinate }) => resolverOf(schema, coordinate))).toEqual([]);
});

it('opens with the peer each field that the project encrypts, and no other', async () => {
	const schema = cloakSchema({ decrypt }, registry);
	for (const { coordinate, fieldName } of registry.fields) {
		expect(await resolve(schema, coordinate, { [fieldName]: 'x' })).toBe('opened x');
		expect(await resolve(schema, coordinate, { [fieldName]: null })).toBeNull();
	}
	expect(resolverOf(schema, 'Document.name')).toBeUndefined();
});
