import { randomUUID } from 'node:crypto';
import { v7 as uuidv7 } from 'uuid';
import { describe, expect, it } from 'vitest';
import { servers } from '../support/both-servers.ts';
import { documentsBySql, STATES, type State } from './documents-by-sql.ts';
import type { Named, Role } from './firm-owned-tables.ts';
import { deletionOf, NO_PRIVILEGE } from './two-firms.ts';

const COLUMNS = [
	'tag',
	'firm_id',
	'document_id',
	'version_id',
	'client_id',
	'state',
	'size',
	'sha256',
	'created_at',
	'touched_at',
];
const WHOLE = `size = 5, sha256 = decode(repeat('ab', 32), 'hex')`;

describe.each(servers)('objects by SQL on $name', (server) => {
	const { at, inNorth, inPortal, run, attempt, change, others, object } = documentsBySql(server);
	/** One object in each state. */
	const objectsOf = async (document: string, by: string | null = null) =>
		Object.fromEntries(
			await Promise.all(STATES.map(async (state) => [state, await object(document, state, by)])),
		) as Record<State, string>;
	const tagsSeen = async (role: Role, named: Named): Promise<string[]> =>
		(await run(role, named, 'select tag from stored_objects')).map(({ tag }: { tag: string }) => tag).toSorted();
	const rows = () => at.two.admin`select * from stored_objects order by tag`.then((all) => [...all]);
	const begins = (firm: string, document: string, state: State = 'UPLOADING', by: string | null = null) =>
		`insert into stored_objects (tag, firm_id, document_id, version_id, client_id, state, size, sha256)
			values ('${randomUUID()}', '${firm}', '${document}', '${uuidv7()}', ${by === null ? 'null' : `'${by}'`}, '${state}', 5,
				decode(repeat('ab', 32), 'hex'))`;

	it('are seen and moved by the firm that is named, and by none if no firm is named', async () => {
		const [mine, theirs] = [await objectsOf(at.own), await objectsOf(at.foreign)];
		expect(await tagsSeen('firm', inNorth())).toEqual(Object.values(mine).toSorted());
		expect(await tagsSeen('firm', {})).toEqual([]);
		const before = (await rows()).filter(({ firm_id }) => firm_id === at.two.harbour.id);
		for (const tag of Object.values(theirs))
			for (const set of [`state = 'DELETING'`, `touched_at = now()`, WHOLE])
				for (const named of [inNorth(), {}])
					expect(await change('firm', named, `update stored_objects set ${set} where tag = '${tag}'`)).toBe(0);
		expect((await rows()).filter(({ firm_id }) => firm_id === at.two.harbour.id)).toEqual(before);
		for (const set of [`touched_at = now()`, `state = 'STORED', ${WHOLE}`, `state = 'DELETING'`])
			expect(await change('firm', inNorth(), `update stored_objects set ${set} where tag = '${mine.UPLOADING}'`)).toBe(
				1,
			);
	});

	it('are created for a document of the firm’s own, and not as stored', async () => {
		const { north, harbour } = at.two;
		expect(await attempt('firm', inNorth(), begins(north.id, at.own, 'STORED'))).toBe(NO_PRIVILEGE);
		expect(await attempt('firm', inNorth(), begins(harbour.id, at.foreign))).toBe(NO_PRIVILEGE);
		// It would block harbour's own upload.
		expect(await attempt('firm', inNorth(), begins(north.id, at.foreign))).toBe(NO_PRIVILEGE);
		expect(await attempt('firm', {}, begins(north.id, at.own))).toBe(NO_PRIVILEGE);
		expect(await attempt('firm', inNorth(), begins(north.id, at.own))).toBe('done');
		expect(await attempt('firm', { firm: harbour.id }, begins(harbour.id, at.foreign))).toBe('done');
	});

	it.each([
		['firm', 'state, size, sha256, touched_at'],
		['portal', 'state, size, sha256, touched_at'],
		['worker', 'state, touched_at'],
		['operator', ''],
	] as const)('stay of the same version for the %s, which may write: %s', async (role, moved) => {
		await object(at.shared, 'DELETING');
		const named = role === 'portal' ? inPortal() : inNorth();
		for (const column of COLUMNS) {
			const outcome = await attempt(role, named, `update stored_objects set ${column} = ${column}`);
			expect([column, outcome]).toEqual([column, moved.split(', ').includes(column) ? 'done' : NO_PRIVILEGE]);
		}
		expect(await attempt(role, named, 'truncate stored_objects')).toBe(NO_PRIVILEGE);
		expect(await attempt(role, named, 'delete from stored_objects')).toBe(NO_PRIVILEGE);
		const removal = await attempt(role, named, deletionOf('stored_objects', "state = 'STORED'"));
		expect(removal).toBe(role === 'worker' ? 'done' : NO_PRIVILEGE);
	});

	it('marked for deletion are never restored, by any role', async () => {
		const tag = await object(at.shared, 'DELETING', at.client);
		const before = await rows();
		const back = [`state = 'STORED'`, `state = 'UPLOADING'`, `state = 'STORED', ${WHOLE}`, `${WHOLE}`].flatMap(
			(set) => [
				`update stored_objects set ${set} where tag = '${tag}'`,
				`insert into stored_objects (tag, firm_id, document_id, version_id, client_id) values ('${tag}', '${at.two.north.id}', '${at.shared}', '${uuidv7()}', '${at.client}')
				on conflict (tag) do update set ${set}`,
			],
		);
		for (const statement of back) {
			for (const role of ['firm', 'portal', 'worker', 'operator'] as const)
				for (const named of [inNorth(), inPortal()])
					expect(await change(role, named, statement), `${role} ${statement}`).toEqual(
						expect.toSatisfy((result) => result === 0 || result === NO_PRIVILEGE),
					);
			for (const other of others) expect(await other(statement)).toBe(NO_PRIVILEGE);
		}
		expect(await rows()).toEqual(before);
	});

	it('are accessible to the portal only if shared with its client, and only during upload', async () => {
		const [seen, hidden, theirs] = [
			await objectsOf(at.shared, at.client),
			await objectsOf(at.own),
			await objectsOf(at.foreign),
		];
		expect(await tagsSeen('portal', inPortal())).toEqual(Object.values(seen).toSorted());
		for (const named of [{}, inNorth(), { client: at.client }, { firm: at.two.harbour.id, client: at.client }])
			expect(await tagsSeen('portal', named)).toEqual([]);
		const before = await rows();
		const out = [seen.STORED, seen.DELETING, ...Object.values(hidden), ...Object.values(theirs)];
		for (const tag of out)
			for (const set of [`state = 'DELETING'`, `state = 'UPLOADING'`, `touched_at = now()`, WHOLE])
				expect(await change('portal', inPortal(), `update stored_objects set ${set} where tag = '${tag}'`)).toBe(0);
		expect(await rows()).toEqual(before);
		const moves = `update stored_objects set state = 'STORED', ${WHOLE} where state = 'UPLOADING' returning tag`;
		expect([...(await run('portal', inPortal(), moves))]).toEqual([{ tag: seen.UPLOADING }]);
		// The portal can abandon its own upload without the share, which everything else needs.
		const unshared = await object(uuidv7(), 'UPLOADING', at.client);
		expect(await tagsSeen('portal', inPortal())).toContain(unshared);
		const setTo = (state: State) => `update stored_objects set state = '${state}' where tag = '${unshared}'`;
		expect(await attempt('portal', inPortal(), setTo('UPLOADING'))).toBe(NO_PRIVILEGE);
		expect(await change('portal', inPortal(), setTo('DELETING'))).toBe(1);
		// The portal sees an upload of the firm's own people to the same document, but cannot change it.
		const member = await object(at.shared, 'UPLOADING');
		expect(await tagsSeen('portal', inPortal())).toContain(member);
		expect([...(await run('portal', inPortal(), moves))]).toEqual([]);
	});

	it('are created by the portal for shared documents, for its client and not as stored', async () => {
		const { north, harbour } = at.two;
		const begin = (named: Named, firm: string, document: string, state?: State, by: string | null = at.client) =>
			attempt('portal', named, begins(firm, document, state, by));
		for (const [firm, document] of [
			[north.id, at.own],
			[harbour.id, at.foreign],
			[north.id, at.foreign],
			[harbour.id, at.shared],
		] as const)
			expect(await begin(inPortal(), firm, document)).toBe(NO_PRIVILEGE);
		expect(await begin(inPortal(), north.id, at.shared, 'STORED')).toBe(NO_PRIVILEGE);
		for (const by of [null, uuidv7()])
			expect(await begin(inPortal(), north.id, at.shared, 'UPLOADING', by)).toBe(NO_PRIVILEGE);
		for (const named of [{}, inNorth(), { client: at.client }])
			expect(await begin(named, north.id, at.shared)).toBe(NO_PRIVILEGE);
		expect(await begin(inPortal(), north.id, at.shared)).toBe('done');
	});

	it('are read by the operator, for every firm, and not written', async () => {
		const tags = [await objectsOf(at.shared), await objectsOf(at.foreign)].flatMap((all) => Object.values(all));
		const read = await run(
			'operator',
			{},
			'select tag, firm_id, document_id, version_id, state, size from stored_objects',
		);
		expect(read.map(({ tag }: { tag: string }) => tag).toSorted()).toEqual(tags.toSorted());
		for (const statement of [
			begins(at.two.north.id, at.own),
			'delete from stored_objects',
			'select tag from stored_objects for update',
		])
			for (const named of [{}, inNorth()]) expect(await attempt('operator', named, statement)).toBe(NO_PRIVILEGE);
	});

	it('are abandoned and deleted by the worker, except stored ones; it creates none', async () => {
		const [{ UPLOADING, STORED, DELETING }, theirs] = [await objectsOf(at.own), await objectsOf(at.foreign)];
		expect(await tagsSeen('worker', {})).toHaveLength(6);
		for (const state of STATES)
			expect(await change('worker', {}, `update stored_objects set state = '${state}' where tag = '${STORED}'`)).toBe(
				0,
			);
		expect(await change('worker', {}, `update stored_objects set touched_at = now() where tag = '${STORED}'`)).toBe(0);
		// The worker can only mark what it updates for deletion.
		expect(await attempt('worker', {}, `update stored_objects set touched_at = now() where tag = '${UPLOADING}'`)).toBe(
			NO_PRIVILEGE,
		);
		for (const tag of [UPLOADING, STORED])
			expect(await change('worker', {}, deletionOf('stored_objects', `tag = '${tag}'`))).toBe(0);
		const giveUp = `update stored_objects set state = 'DELETING', touched_at = now() where tag = '${UPLOADING}'`;
		expect(await change('worker', {}, giveUp)).toBe(1);
		expect(await attempt('worker', inNorth(), begins(at.two.north.id, at.own, 'DELETING'))).toBe(NO_PRIVILEGE);
		expect(await change('worker', {}, deletionOf('stored_objects'))).toBe(3);
		const left = (await rows()).map(({ tag }) => tag);
		expect(left).toEqual([STORED, theirs.UPLOADING, theirs.STORED].toSorted());
		expect(left).not.toContain(DELETING);
	});
});
