import { type GraphQLField, type GraphQLInputObjectType, getNamedType, isEnumType, isObjectType } from 'graphql';
import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WORKSPACE, type WorkspaceTypeName } from '../../src/firms/index.ts';
import { makeScene, type Scene } from '../attacks/scene.ts';
import { addRow, columnsOf, valuesOf } from '../database/firm-owned-tables.ts';
import { fieldOf, schema, tableNameOf } from './kinds.ts';
import { codesOf, type Shown } from './writer.ts';

interface List {
	readonly coordinate: string;
	readonly owner: string;
	readonly type: WorkspaceTypeName;
	readonly field: GraphQLField<unknown, unknown>;
}

/** Every ordered list of the workspace: of a query or of an object. */
const LISTS: readonly List[] = Object.values(schema.getTypeMap())
	.filter(isObjectType)
	.flatMap((owner) =>
		Object.values(owner.getFields()).flatMap((field) => {
			const type = getNamedType(field.type).name.replace(/Connection$/, '');
			const isOrdered = field.args.some(({ name }) => name === 'orderBy');
			return Object.hasOwn(WORKSPACE, type) && isOrdered
				? [{ coordinate: `${owner.name}.${field.name}`, owner: owner.name, type: type as WorkspaceTypeName, field }]
				: [];
		}),
	);

const ROWS = 26;
const START = Date.parse('2026-02-03T04:05:06.789Z');
const underscored = (name: string) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

let scene: Scene;
let author: string;
let member: string;
let client: string;
beforeAll(async () => {
	scene = await makeScene();
	const people = await scene.admin`select user_id, role from memberships where firm_id = ${scene.north.id}`;
	author = people.find(({ role }) => role === 'OWNER')?.user_id;
	member = people.find(({ role }) => role === 'MEMBER')?.user_id;
	client = scene.north.clientId;
});
afterAll(() => scene?.installation.close());

/** Values for the rows of a list, so that each order has ties, and each filter excludes some rows. */
function variationOf(n: number): Readonly<Record<string, unknown>> {
	const at = new Date(START + (n % 3));
	return {
		created_at: at,
		updated_at: new Date(START + (n % 4)),
		started_at: at,
		issued_at: n % 5 ? at : null,
		due_at: n % 5 ? new Date(START + (n % 2)) : null,
		client_id: n % 2 ? client : null,
		author_id: n % 3 ? author : member,
		name: `name ${n % 3}`,
		mime_type: n % 2 ? 'text/plain' : 'application/pdf',
	};
}

const STATUS: Readonly<Record<string, readonly string[]>> = {
	clients: ['ACTIVE', 'ARCHIVED'],
	documents: ['PENDING', 'AVAILABLE'],
	invoices: ['DRAFT', 'ISSUED', 'PAID'],
};

interface Filled {
	/** The list's own arguments, without those for paging. */
	readonly args: string;
	/** Id of the parent, for the list of one object. */
	readonly parent: string | null;
	/** The rows of the list, in SQL. */
	readonly where: string;
}

/** Fills a list with rows, and also the lists of another firm and another parent. */
async function fill({ owner, type, field }: List): Promise<Filled> {
	const table = tableNameOf(type);
	const firm = { id: scene.north.id, author };
	const required = field.args.find(({ type: of }) => String(of) === 'ID!')?.name;
	const parentColumn = owner === 'Query' ? (required ?? null) : `${fieldOf(owner)}Id`;
	const parentType = parentColumn && `${parentColumn.charAt(0).toUpperCase()}${parentColumn.slice(1, -2)}`;
	const parent = parentType && (await addRow(scene.admin, tableNameOf(parentType as WorkspaceTypeName), firm));
	const ofParent = parentColumn && parent ? { [underscored(parentColumn)]: parent } : {};
	const ofComment = type === 'Comment' && parentColumn !== 'noteId' ? { note_id: null } : {};
	const columns = await columnsOf(scene.admin, table);
	const names = new Set(columns.map(({ name }) => name));
	const notNull = new Set(columns.filter(({ isRequired }) => isRequired).map(({ name }) => name));
	const base = await valuesOf(scene.admin, table, firm, { ...ofComment, ...ofParent });
	for (let n = 0; n < ROWS; n++) {
		const given = Object.entries(variationOf(n)).filter(
			([name, value]) => names.has(name) && (value !== null || !notNull.has(name)),
		);
		const status = STATUS[table] ? { status: STATUS[table][n % STATUS[table].length] } : {};
		const number = names.has('number') ? { number: `number ${n}` } : {};
		const values = { ...base, ...Object.fromEntries(given), ...status, ...number, id: uuidv7() };
		await scene.admin`insert into ${scene.admin(table)} ${scene.admin(values as never)}`;
		const subject = ['documents', 'threads', 'invoices'].includes(table) && `${table.slice(0, -1)}_id`;
		if (subject && n % 4 === 0)
			await scene.admin`insert into shares ${scene.admin({ id: uuidv7(), firm_id: firm.id, client_id: client, author_id: author, [subject]: values.id })}`;
	}
	await addRow(scene.admin, table, { id: scene.harbour.id, author: await ownerOf(scene.harbour.id) });
	await addRow(scene.admin, table, firm, {
		...Object.fromEntries(
			(await columnsOf(scene.admin, table))
				.filter((column) => column.type === 'sealed')
				.map(({ name }) => [name, null]),
		),
		deleted_at: new Date(),
		...ofComment,
		...ofParent,
	});
	const of = parentColumn && parent ? ` and ${underscored(parentColumn)} = '${parent}'` : '';
	return {
		args: owner === 'Query' && required ? `${required}: "${parent}", ` : '',
		parent: owner === 'Query' ? null : parent,
		where: `from ${table} where firm_id = '${firm.id}' and deleted_at is null${of}`,
	};
}

async function ownerOf(firm: string): Promise<string> {
	const [row] = await scene.admin`select user_id from memberships where firm_id = ${firm} and role = 'OWNER'`;
	return row?.user_id;
}

async function page({ owner, field }: List, { args, parent }: Filled, further: string): Promise<Shown> {
	const list = `list: ${field.name}(${args}${further}) { totalCount nodes { id } edges { cursor node { id } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } }`;
	const query = owner === 'Query' ? `{ ${list} }` : `{ node(id: "${parent}") { ... on ${owner} { ${list} } } }`;
	const { data, errors, text } = await scene.api.ask(scene.north.member, query);
	if (errors.length > 0) throw new Error(text);
	return data.list ?? data.node.list;
}

const idsOf = (rows: readonly Record<string, unknown>[]): string[] => rows.map(({ id }) => id as string);

describe.each(LISTS)('$coordinate', (list) => {
	let filled: Filled;
	beforeAll(async () => {
		filled = await fill(list);
	});
	const argument = getNamedType(list.field.args.find(({ name }) => name === 'orderBy')?.type);
	const orders = isEnumType(argument) ? argument.getValues().map(({ name }) => name) : [];
	const inSql = async (order: string) => {
		const [, column, direction] =
			/^(\w+)_(ASC|DESC)$/.exec(order.toLowerCase().replace(/_(asc|desc)$/, (end) => end.toUpperCase())) ?? [];
		return idsOf(
			await scene.admin.unsafe(`select id ${filled.where} order by ${column} ${direction}, id ${direction}`),
		);
	};

	it.each(orders)('has each row once in the order %s, forwards and backwards, in pages of any size', async (order) => {
		const expected = await inSql(order);
		expect(expected.length).toBeGreaterThanOrEqual(ROWS);
		const whole = await page(list, filled, `first: 1000, orderBy: ${order}`);
		expect(idsOf(whole.nodes)).toEqual(expected);
		expect(whole.totalCount).toBe(expected.length);
		expect(whole.pageInfo).toMatchObject({ hasNextPage: false, hasPreviousPage: false });
		for (const size of [1, 4, 7].slice(list.owner === 'Query' ? 1 : 2)) {
			const forwards: string[] = [];
			const backwards: string[] = [];
			for (let after = ''; ; ) {
				const { nodes, pageInfo } = await page(list, filled, `first: ${size}${after}, orderBy: ${order}`);
				forwards.push(...idsOf(nodes));
				if (!pageInfo.hasNextPage) break;
				after = `, after: "${pageInfo.endCursor}"`;
			}
			for (let before = ''; ; ) {
				const { nodes, pageInfo } = await page(list, filled, `last: ${size}${before}, orderBy: ${order}`);
				backwards.unshift(...idsOf(nodes));
				if (!pageInfo.hasPreviousPage) break;
				before = `, before: "${pageInfo.startCursor}"`;
			}
			expect([size, forwards]).toEqual([size, expected]);
			expect([size, backwards]).toEqual([size, expected]);
		}
	});

	it('accepts a range of two cursors, and no cursor of another order', async () => {
		const [order = '', other = ''] = orders;
		const { edges } = await page(list, filled, `first: 12, orderBy: ${order}`);
		const [from, to] = [edges[2].cursor, edges[9].cursor];
		const between = await page(list, filled, `first: 50, after: "${from}", before: "${to}", orderBy: ${order}`);
		expect(idsOf(between.nodes)).toEqual(edges.slice(3, 9).map((edge: Shown) => edge.node.id));
		await expect(page(list, filled, `first: 5, after: "${from}", orderBy: ${other}`)).rejects.toThrow('BAD_USER_INPUT');
	});

	const filter = getNamedType(list.field.args.find(({ name }) => name === 'filter')?.type) as
		| GraphQLInputObjectType
		| undefined;
	if (filter)
		it('filters by each field alone, and by all of them together', async () => {
			const table = tableNameOf(list.type);
			const [middle] = await scene.admin.unsafe(
				`select * ${filled.where} and created_at = '${new Date(START + 1).toISOString()}' and updated_at in ('${new Date(START + 1).toISOString()}', '${new Date(START + 2).toISOString()}') ${table === 'invoices' ? 'and due_at is not null' : ''} limit 1`,
			);
			const conditions: string[] = [];
			const given: string[] = [];
			for (const { name, type } of Object.values(filter?.getFields() ?? {})) {
				const [, of, end] = /^(\w+)(From|Before)$/.exec(name) ?? [];
				const column = of ? `${underscored(of)}_at` : underscored(name);
				const value = name === 'sharedWithId' || name === 'clientId' ? client : middle?.[column];
				const text = value instanceof Date ? value.toISOString() : String(value);
				const condition =
					name === 'sharedWithId'
						? `id in (select ${table.slice(0, -1)}_id from shares where client_id = '${client}')`
						: `${column} ${end === 'From' ? '>=' : end === 'Before' ? '<' : '='} '${text}'`;
				const argumentText = `${name}: ${isEnumType(getNamedType(type)) ? text : JSON.stringify(text)}`;
				const expected = idsOf(await scene.admin.unsafe(`select id ${filled.where} and ${condition}`));
				const found = await page(list, filled, `first: 1000, filter: { ${argumentText} }`);
				expect([name, idsOf(found.nodes).sort()]).toEqual([name, expected.sort()]);
				expect([name, found.totalCount]).toEqual([name, expected.length]);
				expect(expected.length > 0 && expected.length < ROWS, `${name} ${expected.length}`).toBe(true);
				conditions.push(condition);
				given.push(argumentText);
			}
			const both = idsOf(await scene.admin.unsafe(`select id ${filled.where} and ${conditions.join(' and ')}`));
			const found = await page(list, filled, `first: 1000, filter: { ${given.join(', ')} }`);
			expect(idsOf(found.nodes).sort()).toEqual(both.sort());
			const none = await page(list, filled, 'first: 1000, filter: {}');
			expect(none.totalCount).toBeGreaterThanOrEqual(ROWS);
		});

	if (list.owner === 'Query')
		it('of another firm is empty for a member, and requires a firm from an operator', async () => {
			const asked = `{ list: ${list.field.name}(${filled.args}firmId: "${scene.harbour.id}") { totalCount nodes { id } } }`;
			expect((await scene.api.ask(scene.north.member, asked)).data.list).toEqual({ totalCount: 0, nodes: [] });
			const unnamed = `{ list: ${list.field.name}(${filled.args}first: 1) { totalCount } }`;
			expect(codesOf(await scene.api.ask(scene.operator, unnamed))).toEqual(['BAD_USER_INPUT']);
		});
});

describe('lists', () => {
	it('are all covered by this test, because each has an order and a filter, or belongs to one parent', () => {
		expect(LISTS.map(({ coordinate }) => coordinate)).toEqual(
			expect.arrayContaining(['Query.notes', 'Query.messages', 'Thread.messages', 'Invoice.comments']),
		);
	});
});
