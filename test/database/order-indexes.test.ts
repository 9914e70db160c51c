import { getTableName } from 'drizzle-orm';
import { type GraphQLField, getNamedType, isEnumType, isObjectType } from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSchema } from '../../src/api/index.ts';
import { orderOf } from '../../src/database/index.ts';
import { WORKSPACE, type WorkspaceTypeName } from '../../src/firms/index.ts';
import { servers } from '../support/both-servers.ts';
import { makeTwoFirms, type TwoFirms } from './two-firms.ts';

const { schema } = createSchema();
const underscored = (name: string) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** Every list of the workspace that can be ordered: of a query, or of an object's field. */
const lists = Object.values(schema.getTypeMap())
	.filter(isObjectType)
	.flatMap((owner) =>
		Object.values(owner.getFields()).flatMap((field) => {
			const type = getNamedType(field.type).name.replace(/Connection$/, '');
			return Object.hasOwn(WORKSPACE, type) && String(field.type).includes('Connection')
				? [{ coordinate: `${owner.name}.${field.name}`, owner: owner.name, type: type as WorkspaceTypeName, field }]
				: [];
		}),
	);

const ordersOf = (field: GraphQLField<unknown, unknown>): string[] => {
	const named = getNamedType(field.args.find(({ name }) => name === 'orderBy')?.type);
	return isEnumType(named) ? named.getValues().map(({ name }) => name) : ['CREATED_AT_ASC'];
};

/** The column that names the parent, for a list of an object's rows. */
const parentOf = ({ owner, field }: (typeof lists)[number]): string | null => {
	if (owner !== 'Query') return underscored(`${owner.charAt(0).toLowerCase()}${owner.slice(1)}Id`);
	const required = field.args.find(({ type }) => String(type) === 'ID!');
	return required ? underscored(required.name) : null;
};

describe.each(servers)('the lists of the workspace on $name', (server) => {
	let two: TwoFirms;
	beforeAll(async () => {
		two = await makeTwoFirms(server);
	});
	afterAll(() => two?.close());

	it('are found', () => {
		expect(lists.length).toBeGreaterThan(10);
	});

	it.each(lists)('$coordinate: an index covers every order, and the id ends it', async (list) => {
		const { table } = WORKSPACE[list.type];
		const indexes = await two.admin`
			select array(select a.attname::text from unnest(i.indkey::int2[]) with ordinality k(n, place)
				join pg_attribute a on a.attrelid = i.indrelid and a.attnum = k.n order by place) as columns
			from pg_index i where i.indpred is null and i.indrelid = (
				select oid from pg_class where relname = ${getTableName(table)})`;
		const parent = parentOf(list);
		for (const order of ordersOf(list.field)) {
			const by = orderOf(table, order);
			expect([order, by]).not.toEqual([order, null]);
			const wanted = ['firm_id', ...(parent ? [parent] : []), by?.column.name, 'id'].join();
			expect([order, indexes.map(({ columns }) => columns.join())]).toEqual([order, expect.arrayContaining([wanted])]);
		}
	});
});
