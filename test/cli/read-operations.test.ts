import { getNamedType, isObjectType, parse, TypeInfo, visit, visitWithTypeInfo } from 'graphql';
import { describe, expect, it } from 'vitest';
import { createSchema } from '../../src/api/index.ts';
import { readOperationFiles } from '../../src/api/operations/operation-files.ts';
import { COMMENTED, COMMENTS, LISTS, ONE } from '../../src/cli/leases/read-operations.ts';

const { schema, registry } = createSchema();
const FILE = 'src/cli/leases/read-operations.ts';

/** Types whose content is read with the record that contains them. */
const READ_WITH: Readonly<Record<string, string>> = { DocumentVersion: 'Document', InvoiceLineItem: 'Invoice' };
/** Lists that `lease use` does not read, because they have no content. */
const WITHOUT_CONTENT = ['clients'];

/** The fields that each registered operation selects, as `Type.field`. */
const asked = new Map(
	readOperationFiles().map(({ name, text }) => {
		const info = new TypeInfo(schema);
		const fields = new Set<string>();
		const enter = () => void fields.add(`${info.getParentType()?.name}.${info.getFieldDef()?.name}`);
		visit(parse(text), visitWithTypeInfo(info, { Field: { enter } }));
		return [name.replace('.graphql', ''), fields] as const;
	}),
);
const fieldsOf = (operation: string | undefined) => [...(asked.get(operation ?? '') ?? [])];

const types = Object.values(schema.getTypeMap())
	.filter(isObjectType)
	.filter((type) => type.getInterfaces().some(({ name }) => name === 'FirmOwned'));
const lists = Object.values(schema.getQueryType()?.getFields() ?? {}).flatMap(({ name, type }) => {
	const of = types.find((each) => getNamedType(type).name === `${each.name}Connection`);
	return of ? [{ name, type: of.name }] : [];
});
const wordOf = (field: string) => field.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

describe('`lease use` reads under a lease', () => {
	it.each(
		types.flatMap(({ name }) => {
			const fields = registry.ofType(name).map(({ coordinate }) => coordinate);
			return fields.length > 0 ? [[name, fields] as const] : [];
		}),
	)('all content of a %s', (type, fields) => {
		const operation = ONE[READ_WITH[type] ?? type];
		expect(
			operation,
			`${type} has content, and \`lease use --id\` says that it can’t be read alone: add it to ONE of ${FILE}, or to READ_WITH here.`,
		).toBeDefined();
		expect(
			fieldsOf(operation),
			`Add what is missing to schema/operations/operator/${operation}.graphql, or name another operation in ONE of ${FILE}.`,
		).toEqual(expect.arrayContaining(fields));
	});

	it.each(lists)('the list $name', ({ name, type }) => {
		if (WITHOUT_CONTENT.includes(name)) return;
		expect(
			LISTS[wordOf(name)],
			`\`lease use --type ${wordOf(name)}\` is missing: add it to LISTS of ${FILE}, or the list to WITHOUT_CONTENT here.`,
		).toMatchObject({ type });
		expect(fieldsOf(LISTS[wordOf(name)]?.operation)).toEqual(
			expect.arrayContaining([`Query.${name}`, `${type}Connection.nodes`]),
		);
	});

	it.each(types.filter((type) => 'comments' in type.getFields()).map(({ name }) => name))(
		'the comments on a %s',
		(type) => {
			expect(
				COMMENTED,
				`\`lease use --type comments\` says that a ${type} has no comments: add it to COMMENTED of ${FILE}.`,
			).toContain(type);
			expect(fieldsOf(COMMENTS)).toEqual(expect.arrayContaining([`${type}.comments`, 'Comment.text']));
		},
	);

	it('only what is in the schema', () => {
		const names = types.map(({ name }) => name);
		for (const type of [...Object.keys(ONE), ...COMMENTED]) expect(names).toContain(type);
	});
});
