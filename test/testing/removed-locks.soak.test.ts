import type { GraphQLObjectType } from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Operation, RIGHTS, VISIBILITY, type VisibleType } from '../../src/access/index.ts';
import { PORTAL } from '../../src/access/portal.ts';
import { createSchema } from '../../src/api/index.ts';
import type { Content, ContentRow } from '../../src/content/index.ts';
import { type EncryptedField, type Registry, readRegistry } from '../../src/encryption-directive/index.ts';
import { startUpRules } from '../../src/encryption-directive/rules/index.ts';
import { surveySchema } from '../../src/encryption-directive/survey.ts';
import { SetupError } from '../../src/errors.ts';
import { type Finding, type Path, runKit, runRandom } from '../../src/testing/index.ts';
import { BROKEN } from '../encryption-directive/broken-schemas.ts';
import { buildSchema, COLUMNS, WORKSPACE } from '../encryption-directive/workspace.ts';
import { MARKER } from './kit-firm.ts';
import { makeWorkspaceKit, type WorkspaceKit } from './workspace-kit.ts';

let kit: WorkspaceKit;
beforeAll(async () => {
	kit = await makeWorkspaceKit();
});
afterAll(() => kit?.close());

/** The kit on a few paths: enough to see what is taken away here. */
async function findings(only: (path: Path) => boolean): Promise<readonly Finding[]> {
	return (await runKit({ ...kit.options, only })).findings;
}

const isShort = ({ steps }: Path) => steps.length <= 3;
const from = (root: string) => (path: Path) => path.steps.length <= 4 && path.steps[0].coordinate === root;
const to = (coordinate: string) => (path: Path) =>
	isShort(path) && path.steps[0].coordinate.startsWith('Query.') && path.field.coordinate === coordinate;
const byAsking = (found: readonly Finding[]) => found.filter(({ query }) => query !== null);
const ofSessions = (found: readonly Finding[]) =>
	found.filter(({ query, principal }) => query === null && principal !== null);

const { registry } = createSchema();
const coordinates = registry.fields.map(({ coordinate }) => coordinate);

describe('with everything in place', () => {
	it('there is nothing to find on the paths below', async () => {
		expect(await findings(isShort)).toEqual([]);
	});
});

describe('without the wrapper of', () => {
	const exchanged = async (coordinate: string, resolve: (row: Record<string, unknown>) => unknown) => {
		const [type = '', name = ''] = coordinate.split('.');
		const field = (kit.options.schema.getType(type) as GraphQLObjectType).getFields()[name];
		const kept = field?.resolve;
		if (!field || !kept) throw new Error(coordinate);
		field.resolve = resolve as never;
		try {
			return await findings(to(coordinate));
		} finally {
			field.resolve = kept;
		}
	};

	it.each(coordinates)('%s, the column is answered as it is', async (coordinate) => {
		const found = await exchanged(coordinate, (row) => row[coordinate.split('.')[1] ?? '']);
		expect(found.some(({ principal }) => principal === null)).toBe(true);
		expect(byAsking(found).map(({ principal }) => principal)).toContain('OPERATOR');
	});

	it.each(coordinates)('%s, the value is given to everybody and never recorded', async (coordinate) => {
		const found = byAsking(await exchanged(coordinate, () => (coordinate.includes('memo') ? `${MARKER} x` : '1.5')));
		expect(new Set(found.map(({ principal }) => principal))).toContain('OPERATOR');
		expect(found.map(({ sentence }) => sentence).join()).toMatch(/without the right.*is missing/s);
	});
});

describe('a random document', () => {
	it('finds a leak too, and shrinks to the field that leaks', async () => {
		const field = (kit.options.schema.getType('Message') as GraphQLObjectType).getFields().body;
		const kept = field?.resolve;
		if (!field || !kept) throw new Error('Message.body');
		field.resolve = () => `${MARKER} leaked`;
		try {
			const found = await runRandom(kit.options, { runs: 2_000, seed: 7 });
			expect(found.length).toBeGreaterThan(0);
			for (const { query } of found) {
				expect(query).toContain('body');
				expect(query?.match(/\b[a-z]+\w*: (title|subject|description|memo|text)\b/g)).toBeNull();
			}
		} finally {
			field.resolve = kept;
		}
	});
});

describe('without a rule of access', () => {
	const openly = (change: (content: Content) => Content, only = isShort) =>
		kit.without({ services: (_letter, services) => ({ ...services, content: change(services.content) }) }, () =>
			findings(only),
		);
	const rowsAs = (change: (row: ContentRow) => ContentRow) =>
		openly((content) => ({
			...content,
			openValue: (access, field, row, sealed) => content.openValue(access, field, change(row), sealed),
		}));

	it('an operator is decided for as a member', async () => {
		const found = await kit.without(
			{
				principal: (letter, principal) =>
					letter === 'P'
						? {
								kind: 'firm',
								user: principal.user,
								person: principal.person,
								firm: kit.firm.id,
								role: 'OWNER',
								client: null,
								proven: true,
							}
						: principal,
			},
			() => findings(to('Note.title')),
		);
		expect(byAsking(found).map(({ principal }) => principal)).toContain('OPERATOR');
	});

	it('the firm of a row is not compared: the row policies still hold, and the refusal is seen to be theirs alone', async () => {
		const found = await rowsAs((row) => ({ ...row, firm: kit.firm.id }));
		expect(found).toEqual([]);
		const alone = await kit.without(
			{
				services: (letter, services, planes) =>
					letter === 'X'
						? { ...services, plane: { ...planes.firm, read: (_firm, work) => planes.firm.read(kit.firm.id, work) } }
						: services,
			},
			() => findings(to('Note.title')),
		);
		expect(alone.map(({ principal }) => principal)).toContain('OWNER of another firm');
	});

	it('what is shared is not compared', async () => {
		const found = await kit.without(
			{
				services: (letter, services, planes) =>
					letter === 'c' ? { ...services, plane: planes.portal.forClient(kit.firm.client) } : services,
			},
			() => findings(to('Document.description')),
		);
		expect(found.map(({ principal }) => principal)).toContain('CLIENT, nothing shared');
	});

	it.each(Object.keys(PORTAL))('%s is not for clients', async (type) => {
		const portal = PORTAL as Record<string, string>;
		const kept = portal[type];
		const before = Object.isFrozen(PORTAL);
		expect([before, kept]).toEqual([true, expect.any(String)]);
		const found = await openly(
			(content) => ({
				...content,
				openValue: (access, field, row, sealed) =>
					content.openValue(
						access,
						field.coordinate.startsWith(`${type}.`) ? { ...field, coordinate: `No${field.coordinate}` } : field,
						row,
						sealed,
					),
			}),
			(path) => isShort(path) && path.steps[0].coordinate.startsWith('Query.') && path.type.name === type,
		);
		expect(byAsking(found).map(({ principal }) => principal)).toContain('CLIENT');
	});

	const rows = RIGHTS as unknown as Record<string, Record<string, string>>;
	const queries = Object.keys(RIGHTS).filter(
		(name) => /^(node|document|thread|message|note|invoice|timeEntr)/.test(name) && name !== 'notices',
	) as Operation[];
	it.each(queries)('everybody may call %s', async (operation) => {
		const kept = rows[operation];
		rows[operation] = { OWNER: 'all', MEMBER: 'all', CLIENT: 'all', OPERATOR: 'all', APPROVER: 'all', AUDITOR: 'all' };
		try {
			const found = await findings(from(`Query.${operation}`));
			// One object by its id, and the messages of threads, are SIGHT's to refuse.
			if (operation.endsWith('s') && operation !== 'threads') expect(byAsking(found)).not.toEqual([]);
			else expect(found).toEqual([]);
		} finally {
			rows[operation] = kept as never;
		}
	});

	const sights = VISIBILITY as unknown as Record<string, Record<string, string>>;
	it.each(
		Object.keys(VISIBILITY).filter(
			(type) => registry.ofType(type).length > 0 && type !== 'InvoiceLineItem',
		) as VisibleType[],
	)('everybody sees %s', async (type) => {
		const kept = sights[type];
		sights[type] = { OWNER: 'all', MEMBER: 'all', CLIENT: 'all', OPERATOR: 'all', APPROVER: 'all', AUDITOR: 'all' };
		try {
			expect(byAsking(await findings((path) => from('Query.node')(path) && path.type.name === type))).not.toEqual([]);
		} finally {
			sights[type] = kept as never;
		}
	});
});

describe('without a policy', () => {
	const tables = [...new Set(registry.tables.map(({ table }) => table))];
	const type = (table: string) => registry.tables.find((each) => each.table === table)?.fields[0] as EncryptedField;

	it.each(tables)('of %s', async (table) => {
		const { admin } = kit.installation;
		await admin`alter table ${admin(table)} disable row level security`;
		try {
			const found = await findings(to(type(table).coordinate));
			expect(ofSessions(found).map(({ principal }) => principal)).toContain('OWNER of another firm');
		} finally {
			await admin`alter table ${admin(table)} enable row level security`;
		}
	});

	it('of what is shared with whom', async () => {
		const { admin } = kit.installation;
		const shared = new Set(Object.keys(PORTAL));
		const opened = registry.tables.filter(({ fields }) => shared.has(fields[0]?.typeName ?? ''));
		expect(opened).toHaveLength(shared.size);
		for (const { table, fields } of opened) {
			await admin.unsafe(`create policy "opened" on "${table}" for select to firmseal_portal using (true)`);
			try {
				const found = await findings(to(fields[0]?.coordinate ?? ''));
				expect(
					ofSessions(found).map(({ principal }) => principal),
					table,
				).toEqual(expect.arrayContaining(['CLIENT, nothing shared']));
			} finally {
				await admin.unsafe(`drop policy "opened" on "${table}"`);
			}
		}
	});
});

describe('without a role', () => {
	it.each(['firm', 'portal', 'operator'] as const)(
		'of the %s’s plane, whose requests work as a superuser',
		async (of) => {
			const letter = ({ firm: 'X', portal: 'c', operator: 'P' } as const)[of];
			const { admin } = kit.installation;
			await admin`alter role ${admin(`firmseal_${of}`)} superuser`;
			try {
				const found = await findings(to('Document.description'));
				const name = { X: 'OWNER of another firm', c: 'CLIENT, nothing shared', P: 'OPERATOR' }[letter];
				expect(ofSessions(found).map(({ principal }) => principal)).toContain(name);
			} finally {
				await admin`alter role ${admin(`firmseal_${of}`)} nosuperuser`;
			}
		},
	);

	it('of the operator’s, which is granted a sealed column', async () => {
		const { admin } = kit.installation;
		for (const { table, fields } of registry.tables) {
			const column = kit.options.columns.find((each) => each.table === table)?.column ?? '';
			await admin.unsafe(`grant select ("${column}") on "${table}" to firmseal_operator`);
			try {
				const found = ofSessions(await findings(to(fields[0]?.coordinate ?? '')));
				expect([table, found.map(({ principal }) => principal)]).toEqual([table, expect.arrayContaining(['OPERATOR'])]);
			} finally {
				await admin.unsafe(`revoke select ("${column}") on "${table}" from firmseal_operator`);
			}
		}
	});

	it('whose requests go through the plane of the firm', async () => {
		const found = await kit.without(
			{ services: (letter, services, planes) => (letter === 'P' ? { ...services, plane: planes.firm } : services) },
			() => findings(to('Note.title')),
		);
		expect(found.map(({ principal }) => principal)).toContain('OPERATOR');
	});
});

describe('without a start-up rule', () => {
	const broken = Object.entries(BROKEN).map(([name, { sdl = WORKSPACE, columns = COLUMNS, lock }]) => {
		const schema = buildSchema(sdl);
		const survey = surveySchema(schema, { columns, lock });
		const rules = startUpRules.filter((rule) => [...rule(survey)].length === 0);
		return { name, schema, columns, lock, rules };
	});

	it.each(broken)('the kit tells $name', async ({ schema, columns, lock, rules }) => {
		expect(() => readRegistry(schema, { columns, lock })).toThrow(SetupError);
		let started: Registry;
		try {
			started = readRegistry(schema, { columns, lock, rules });
		} catch (error) {
			// What has no mark, no column or no type of its own can't start without the rule either.
			return expect(error).toBeInstanceOf(SetupError);
		}
		const nothing = { principals: [], argumentsOf: () => null, marker: MARKER };
		const found = await runKit({ schema, registry: started, columns, lock, ...nothing, only: () => false });
		expect(found.findings.length).toBeGreaterThan(0);
	});
});
