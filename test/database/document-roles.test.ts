import { randomBytes, randomUUID } from 'node:crypto';
import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { servers } from '../support/own-servers.ts';
import { addRow, type Named, type Role, runAs } from './firm-owned-tables.ts';
import { activeLeaseBySql, asBreakGlass, type SqlLease, under } from './leases-by-sql.ts';
import { codeOf, envelopeOf, makeTwoFirms, NO_PRIVILEGE, type TwoFirms } from './two-firms.ts';

type State = 'UPLOADING' | 'STORED' | 'DELETING';

const STATES: readonly State[] = ['UPLOADING', 'STORED', 'DELETING'];
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
const OF_TICKET = ['hash', 'firm_id', 'user_id', 'document_id', 'version_id', 'expires_at', 'mac'];
const WHOLE = `size = 5, sha256 = decode(repeat('ab', 32), 'hex')`;

describe.each(servers)('objects, tickets and files by SQL on $name', (server) => {
	let two: TwoFirms;
	let client: string;
	let lease: SqlLease;
	/** Documents of north: one that its client sees, and one that it doesn't; and one of harbour. */
	let shared: string;
	let own: string;
	let foreign: string;
	beforeAll(async () => {
		two = await makeTwoFirms(server);
		const { admin, north, harbour } = two;
		const [row] = await admin`select client_id from memberships where firm_id = ${north.id} and role = 'CLIENT'`;
		client = row?.client_id;
		shared = await addRow(admin, 'documents', north);
		own = await addRow(admin, 'documents', north);
		foreign = await addRow(admin, 'documents', harbour);
		await admin`insert into shares ${admin({ id: uuidv7(), firm_id: north.id, client_id: client, author_id: north.author, document_id: shared })}`;
		lease = await activeLeaseBySql(two, north, { classes: ['DOCUMENT'] });
	});
	afterAll(() => two?.close());
	beforeEach(async () => {
		await two.admin`delete from stored_objects`;
		await two.admin`delete from download_tickets`;
	});

	const inNorth = (): Named => ({ firm: two.north.id });
	const inPortal = (): Named => ({ firm: two.north.id, client });
	const run = (role: Role, named: Named, statement: string) => runAs(two, role, named, statement);
	const attempt = (role: Role, named: Named, statement: string) => codeOf(run(role, named, statement));
	/** How many rows it changes; the SQLSTATE if it is refused. */
	const change = async (role: Role, named: Named, statement: string): Promise<number | string> =>
		run(role, named, statement).then(
			({ count }) => count,
			({ code }) => code,
		);
	/** The broker, and who breaks glass under a lease on documents. */
	const others: readonly ((statement: string) => Promise<string>)[] = [
		(statement) => codeOf(two.as('broker', null, (tx) => tx.unsafe(statement))),
		(statement) => codeOf(asBreakGlass(two, under(lease), (tx) => tx.unsafe(statement))),
	];

	/** Begun by a portal's user of a client, or by one of the firm's own people. */
	async function object(document: string, state: State, by: string | null = null, of = uuidv7()): Promise<string> {
		const tag = randomUUID();
		const firm = document === foreign ? two.harbour.id : two.north.id;
		const whole = state === 'STORED' ? { size: 5, sha256: randomBytes(32) } : {};
		await two.admin`insert into stored_objects ${two.admin({ tag, firm_id: firm, document_id: document, version_id: of, client_id: by, state, ...whole })}`;
		return tag;
	}
	/** One of each state. */
	const objectsOf = async (document: string, by: string | null = null) =>
		Object.fromEntries(
			await Promise.all(STATES.map(async (state) => [state, await object(document, state, by)])),
		) as Record<State, string>;
	const tagsSeen = async (role: Role, named: Named): Promise<string[]> =>
		(await run(role, named, 'select tag from stored_objects')).map(({ tag }: { tag: string }) => tag).toSorted();
	const rows = () => two.admin`select * from stored_objects order by tag`.then((all) => [...all]);
	const begins = (firm: string, document: string, state: State = 'UPLOADING', by: string | null = null) =>
		`insert into stored_objects (tag, firm_id, document_id, version_id, client_id, state, size, sha256)
			values ('${randomUUID()}', '${firm}', '${document}', '${uuidv7()}', ${by === null ? 'null' : `'${by}'`}, '${state}', 5,
				decode(repeat('ab', 32), 'hex'))`;

	async function ticket(document: string, seconds: number): Promise<Buffer> {
		const hash = randomBytes(32);
		const { id, author } = document === foreign ? two.harbour : two.north;
		await two.admin`insert into download_tickets (hash, firm_id, user_id, document_id, expires_at, mac)
			values (${hash}, ${id}, ${author}, ${document}, now() + ${seconds} * interval '1 second', ${randomBytes(36)})`;
		return hash;
	}
	const hashes = async () =>
		(await two.admin`select hash from download_tickets`).map(({ hash }) => hash.toString('hex'));
	const makes = (firm: string, document: string) =>
		`insert into download_tickets (hash, firm_id, user_id, document_id, expires_at, mac)
			values (decode('${randomBytes(32).toString('hex')}', 'hex'), '${firm}', '${two.north.author}', '${document}', now(),
				decode('${randomBytes(36).toString('hex')}', 'hex'))`;

	describe('objects', () => {
		it('are seen and moved by the firm that is named, and by none without', async () => {
			const [mine, theirs] = [await objectsOf(own), await objectsOf(foreign)];
			expect(await tagsSeen('firm', inNorth())).toEqual(Object.values(mine).toSorted());
			expect(await tagsSeen('firm', {})).toEqual([]);
			const before = (await rows()).filter(({ firm_id }) => firm_id === two.harbour.id);
			for (const tag of Object.values(theirs))
				for (const set of [`state = 'DELETING'`, `touched_at = now()`, WHOLE])
					for (const named of [inNorth(), {}])
						expect(await change('firm', named, `update stored_objects set ${set} where tag = '${tag}'`)).toBe(0);
			expect((await rows()).filter(({ firm_id }) => firm_id === two.harbour.id)).toEqual(before);
			for (const set of [`touched_at = now()`, `state = 'STORED', ${WHOLE}`, `state = 'DELETING'`])
				expect(
					await change('firm', inNorth(), `update stored_objects set ${set} where tag = '${mine.UPLOADING}'`),
				).toBe(1);
		});

		it('are begun for a document of the firm’s own, and not as stored', async () => {
			const { north, harbour } = two;
			expect(await attempt('firm', inNorth(), begins(north.id, own, 'STORED'))).toBe(NO_PRIVILEGE);
			expect(await attempt('firm', inNorth(), begins(harbour.id, foreign))).toBe(NO_PRIVILEGE);
			// It would be in the way of harbour's own upload.
			expect(await attempt('firm', inNorth(), begins(north.id, foreign))).toBe(NO_PRIVILEGE);
			expect(await attempt('firm', {}, begins(north.id, own))).toBe(NO_PRIVILEGE);
			expect(await attempt('firm', inNorth(), begins(north.id, own))).toBe('done');
			expect(await attempt('firm', { firm: harbour.id }, begins(harbour.id, foreign))).toBe('done');
		});

		it.each([
			['firm', 'state, size, sha256, touched_at'],
			['portal', 'state, size, sha256, touched_at'],
			['worker', 'state, touched_at'],
			['operator', ''],
		] as const)('stay of the same version for the %s, which may write: %s', async (role, moved) => {
			await object(shared, 'DELETING');
			const named = role === 'portal' ? inPortal() : inNorth();
			for (const column of COLUMNS) {
				const outcome = await attempt(role, named, `update stored_objects set ${column} = ${column}`);
				expect([column, outcome]).toEqual([column, moved.split(', ').includes(column) ? 'done' : NO_PRIVILEGE]);
			}
			expect(await attempt(role, named, 'truncate stored_objects')).toBe(NO_PRIVILEGE);
			const removal = await attempt(role, named, `delete from stored_objects where state = 'STORED'`);
			expect(removal).toBe(role === 'worker' ? 'done' : NO_PRIVILEGE);
		});

		it('that are to be deleted are never brought back, whoever tries', async () => {
			const tag = await object(shared, 'DELETING', client);
			const before = await rows();
			const back = [`state = 'STORED'`, `state = 'UPLOADING'`, `state = 'STORED', ${WHOLE}`, `${WHOLE}`].flatMap(
				(set) => [
					`update stored_objects set ${set} where tag = '${tag}'`,
					`insert into stored_objects (tag, firm_id, document_id, version_id, client_id) values ('${tag}', '${two.north.id}', '${shared}', '${uuidv7()}', '${client}')
					on conflict (tag) do update set ${set}`,
				],
			);
			for (const statement of back) {
				for (const role of ['firm', 'portal', 'worker', 'operator'] as const)
					for (const named of [inNorth(), inPortal()])
						expect([role, statement, await change(role, named, statement)]).toEqual([
							role,
							statement,
							expect.toSatisfy((told) => told === 0 || told === NO_PRIVILEGE),
						]);
				for (const other of others) expect(await other(statement)).toBe(NO_PRIVILEGE);
			}
			expect(await rows()).toEqual(before);
		});

		it('are the portal’s only of what is shared with its client, and only as long as they are uploaded', async () => {
			const [seen, hidden, theirs] = [await objectsOf(shared, client), await objectsOf(own), await objectsOf(foreign)];
			expect(await tagsSeen('portal', inPortal())).toEqual(Object.values(seen).toSorted());
			for (const named of [{}, inNorth(), { client }, { firm: two.harbour.id, client }])
				expect(await tagsSeen('portal', named)).toEqual([]);
			const before = await rows();
			const out = [seen.STORED, seen.DELETING, ...Object.values(hidden), ...Object.values(theirs)];
			for (const tag of out)
				for (const set of [`state = 'DELETING'`, `state = 'UPLOADING'`, `touched_at = now()`, WHOLE])
					expect(await change('portal', inPortal(), `update stored_objects set ${set} where tag = '${tag}'`)).toBe(0);
			expect(await rows()).toEqual(before);
			const moves = `update stored_objects set state = 'STORED', ${WHOLE} where state = 'UPLOADING' returning tag`;
			expect([...(await run('portal', inPortal(), moves))]).toEqual([{ tag: seen.UPLOADING }]);
			// Its own it gives up without the share, which it needs for all else.
			const unshared = await object(uuidv7(), 'UPLOADING', client);
			expect(await tagsSeen('portal', inPortal())).toContain(unshared);
			const setTo = (state: State) => `update stored_objects set state = '${state}' where tag = '${unshared}'`;
			expect(await attempt('portal', inPortal(), setTo('UPLOADING'))).toBe(NO_PRIVILEGE);
			expect(await change('portal', inPortal(), setTo('DELETING'))).toBe(1);
			// What one of the firm's own people uploads to the same document is seen, and is not the portal's.
			const member = await object(shared, 'UPLOADING');
			expect(await tagsSeen('portal', inPortal())).toContain(member);
			expect([...(await run('portal', inPortal(), moves))]).toEqual([]);
		});

		it('are begun by the portal for what is shared, as its client’s and not as stored', async () => {
			const { north, harbour } = two;
			const begin = (named: Named, firm: string, document: string, state?: State, by: string | null = client) =>
				attempt('portal', named, begins(firm, document, state, by));
			for (const [firm, document] of [
				[north.id, own],
				[harbour.id, foreign],
				[north.id, foreign],
				[harbour.id, shared],
			] as const)
				expect(await begin(inPortal(), firm, document)).toBe(NO_PRIVILEGE);
			expect(await begin(inPortal(), north.id, shared, 'STORED')).toBe(NO_PRIVILEGE);
			for (const by of [null, uuidv7()])
				expect(await begin(inPortal(), north.id, shared, 'UPLOADING', by)).toBe(NO_PRIVILEGE);
			for (const named of [{}, inNorth(), { client }]) expect(await begin(named, north.id, shared)).toBe(NO_PRIVILEGE);
			expect(await begin(inPortal(), north.id, shared)).toBe('done');
		});

		it('are read by the operator, of every firm, and not written', async () => {
			const tags = [await objectsOf(shared), await objectsOf(foreign)].flatMap((all) => Object.values(all));
			const read = await run(
				'operator',
				{},
				'select tag, firm_id, document_id, version_id, state, size from stored_objects',
			);
			expect(read.map(({ tag }: { tag: string }) => tag).toSorted()).toEqual(tags.toSorted());
			for (const statement of [
				begins(two.north.id, own),
				'delete from stored_objects',
				'select tag from stored_objects for update',
			])
				for (const named of [{}, inNorth()]) expect(await attempt('operator', named, statement)).toBe(NO_PRIVILEGE);
		});

		it('are given up and deleted by the worker, but for what is stored; it makes none', async () => {
			const [{ UPLOADING, STORED, DELETING }, theirs] = [await objectsOf(own), await objectsOf(foreign)];
			expect(await tagsSeen('worker', {})).toHaveLength(6);
			for (const state of STATES)
				expect(await change('worker', {}, `update stored_objects set state = '${state}' where tag = '${STORED}'`)).toBe(
					0,
				);
			expect(await change('worker', {}, `update stored_objects set touched_at = now() where tag = '${STORED}'`)).toBe(
				0,
			);
			// What it touches, it gives up.
			expect(
				await attempt('worker', {}, `update stored_objects set touched_at = now() where tag = '${UPLOADING}'`),
			).toBe(NO_PRIVILEGE);
			for (const tag of [UPLOADING, STORED])
				expect(await change('worker', {}, `delete from stored_objects where tag = '${tag}'`)).toBe(0);
			const giveUp = `update stored_objects set state = 'DELETING', touched_at = now() where tag = '${UPLOADING}'`;
			expect(await change('worker', {}, giveUp)).toBe(1);
			expect(await attempt('worker', inNorth(), begins(two.north.id, own, 'DELETING'))).toBe(NO_PRIVILEGE);
			expect(await change('worker', {}, 'delete from stored_objects')).toBe(3);
			const left = (await rows()).map(({ tag }) => tag);
			expect(left).toEqual([STORED, theirs.UPLOADING, theirs.STORED].toSorted());
			expect(left).not.toContain(DELETING);
		});
	});

	describe('tickets', () => {
		it('are made, read and used up by the firm that is named, and changed by nobody', async () => {
			const { north, harbour } = two;
			const [mine, theirs] = [await ticket(own, 60), await ticket(foreign, 60)];
			const seen = await run('firm', inNorth(), 'select hash from download_tickets');
			expect(seen.map(({ hash }: { hash: Buffer }) => hash)).toEqual([mine]);
			expect([...(await run('firm', {}, 'select hash from download_tickets'))]).toEqual([]);
			expect(await attempt('firm', inNorth(), makes(harbour.id, foreign))).toBe(NO_PRIVILEGE);
			expect(await attempt('firm', {}, makes(north.id, own))).toBe(NO_PRIVILEGE);
			expect(await attempt('firm', inNorth(), makes(north.id, own))).toBe('done');
			for (const role of ['firm', 'portal', 'operator', 'worker'] as const)
				for (const column of OF_TICKET)
					expect(await attempt(role, inPortal(), `update download_tickets set ${column} = ${column}`)).toBe(
						NO_PRIVILEGE,
					);
			expect(await change('firm', inNorth(), 'delete from download_tickets')).toBe(2);
			expect(await hashes()).toEqual([theirs.toString('hex')]);
		});

		it('are made by the portal for what is shared, and neither read nor used there', async () => {
			const { north, harbour } = two;
			await ticket(shared, 60);
			for (const [firm, document] of [
				[north.id, own],
				[harbour.id, foreign],
				[harbour.id, shared],
			] as const)
				expect(await attempt('portal', inPortal(), makes(firm, document))).toBe(NO_PRIVILEGE);
			for (const named of [{}, inNorth(), { client }])
				expect(await attempt('portal', named, makes(north.id, shared))).toBe(NO_PRIVILEGE);
			expect(await attempt('portal', inPortal(), makes(north.id, shared))).toBe('done');
			for (const statement of [
				...OF_TICKET.map((column) => `select ${column} from download_tickets`),
				'delete from download_tickets',
			])
				expect([statement, await attempt('portal', inPortal(), statement)]).toEqual([statement, NO_PRIVILEGE]);
		});

		it('are nothing to the operator', async () => {
			await ticket(own, 60);
			for (const statement of [
				...OF_TICKET.map((column) => `select ${column} from download_tickets`),
				'select count(*) from download_tickets',
				'delete from download_tickets',
				makes(two.north.id, own),
			])
				for (const named of [{}, inNorth()])
					expect([statement, await attempt('operator', named, statement)]).toEqual([statement, NO_PRIVILEGE]);
		});

		it('go by the worker once their time is over, which reads nothing else of them', async () => {
			const valid = await ticket(own, 60);
			await ticket(own, -1);
			await ticket(foreign, -60);
			for (const column of OF_TICKET) {
				const outcome = await attempt('worker', {}, `select ${column} from download_tickets`);
				expect([column, outcome]).toEqual([column, column === 'expires_at' ? 'done' : NO_PRIVILEGE]);
			}
			for (const statement of [
				'select * from download_tickets',
				`delete from download_tickets where hash is not null`,
				'delete from download_tickets returning mac',
				makes(two.north.id, own),
			])
				expect([statement, await attempt('worker', inNorth(), statement)]).toEqual([statement, NO_PRIVILEGE]);
			expect(await run('worker', {}, 'select expires_at from download_tickets')).toHaveLength(2);
			expect(await change('worker', {}, 'delete from download_tickets')).toBe(2);
			expect(await hashes()).toEqual([valid.toString('hex')]);
		});
	});

	describe('both', () => {
		const TABLES = ['stored_objects', 'download_tickets'];

		it.each(TABLES)('%s are nothing to the broker, nor under a lease', async (table) => {
			await object(shared, 'STORED');
			await ticket(shared, 60);
			for (const statement of [
				`select 1 from ${table}`,
				`select count(*) from ${table}`,
				`insert into ${table} default values`,
				`update ${table} set firm_id = firm_id`,
				`delete from ${table}`,
				`truncate ${table}`,
			])
				for (const other of others) expect([statement, await other(statement)]).toEqual([statement, NO_PRIVILEGE]);
		});

		it.each(TABLES)('%s are nothing to a login that has taken no role, and to PUBLIC', async (table) => {
			for (const side of ['firm', 'operator', 'worker', 'broker'] as const) {
				const login = two.installation.signIn(side);
				for (const statement of [
					`select 1 from ${table}`,
					`delete from ${table}`,
					`insert into ${table} default values`,
				])
					expect([side, await codeOf(login.unsafe(statement))]).toEqual([side, NO_PRIVILEGE]);
			}
			const granted = await two.admin`
				select grantee::regrole::text as to, privilege_type from pg_class c, aclexplode(c.relacl)
				where c.oid = ${table}::regclass and grantee = 0
				union all select attname, privilege_type from pg_attribute a, aclexplode(a.attacl)
				where a.attrelid = ${table}::regclass and grantee = 0`;
			expect([...granted]).toEqual([]);
		});

		it.each(TABLES)('%s show their owner no row, whatever firm it names', async (table) => {
			await object(shared, 'DELETING');
			await ticket(shared, -60);
			const seen = two.admin.begin(async (tx) => {
				await tx`select set_config('firmseal.firm', ${two.north.id}, true), set_config('firmseal.client', ${client}, true)`;
				await tx`set local role firmseal_owner`;
				return [
					(await tx.unsafe(`select 1 from ${table}`)).length,
					(await tx.unsafe(`update ${table} set firm_id = firm_id`)).count,
					(await tx.unsafe(`delete from ${table}`)).count,
				];
			});
			expect(await seen).toEqual([0, 0, 0]);
		});
	});

	describe('what the portal writes of a file', () => {
		/** Bytes of an envelope's shape. */
		const envelope = () => `decode('${envelopeOf(two.north.id).toString('hex')}', 'hex')`;
		const place = () => `bucket = ${envelope()}, object_key = ${envelope()}, sha256 = ${envelope()}`;
		const latest = (version = uuidv7()) =>
			`version_id = '${version}', byte_size = 7, status = 'AVAILABLE', revision = revision + 1, ${place()}`;
		const version = (document: string, given: object = {}) =>
			addRow(two.admin, 'document_versions', document === foreign ? two.harbour : two.north, {
				document_id: document,
				...given,
			});
		/** With a file in the store, which a client or one of the firm's people has uploaded. */
		async function filed(document: string, number: number, by: string | null): Promise<string> {
			const id = await version(document, { number, byte_size: 7 });
			await object(document, 'STORED', by, id);
			return id;
		}

		it('is a later file of a document that is shared, and never its name, description or place', async () => {
			const { admin, north } = two;
			const document = await addRow(admin, 'documents', north);
			await admin`insert into shares ${admin({ id: uuidv7(), firm_id: north.id, client_id: client, author_id: north.author, document_id: document })}`;
			const [first, members, last] = [
				await filed(document, 1, client),
				await filed(document, 2, null),
				await filed(document, 3, client),
			];
			const elsewhere = await filed(shared, 199, client);
			const write = (named: Named, set: string, id = document) =>
				change('portal', named, `update documents set ${set} where id = '${id}'`);
			const before = await admin`select * from documents where id <> ${document} order by id`;
			for (const id of [own, foreign]) expect(await write(inPortal(), latest(last), id)).toBe(0);
			for (const named of [{}, inNorth(), { client }]) expect(await write(named, latest(last))).toBe(0);
			for (const wrong of [uuidv7(), members, elsewhere])
				expect(await write(inPortal(), latest(wrong))).toBe(NO_PRIVILEGE);
			expect(await write(inPortal(), latest(last))).toBe(1);
			for (const back of [
				latest(first),
				latest(last),
				place(),
				'version_id = null, byte_size = null',
				`status = 'PENDING'`,
				'object_key = null',
			])
				expect([back, await write(inPortal(), back)]).toEqual([back, NO_PRIVILEGE]);
			expect(await admin`select * from documents where id <> ${document} order by id`).toEqual(before);
			expect([...(await admin`select version_id from documents where id = ${document}`)]).toEqual([
				{ version_id: last },
			]);
			for (const column of [
				'name',
				'description',
				'mime_type',
				'client_id',
				'author_id',
				'firm_id',
				'id',
				'created_at',
				'deleted_at',
			])
				for (const value of [column, 'default'])
					expect([column, await write(inPortal(), `${column} = ${value}, byte_size = byte_size`)]).toEqual([
						column,
						NO_PRIVILEGE,
					]);
		});

		it('is the file of a version that has none, of a document that is shared', async () => {
			const empty = await version(shared);
			const out = [await version(shared, { byte_size: 5 }), await version(own), await version(foreign)];
			const fill = (id: string) =>
				change('portal', inPortal(), `update document_versions set byte_size = 7, ${place()} where id = '${id}'`);
			const before = await two.admin`select * from document_versions where id = any(${out}) order by id`;
			for (const id of out) expect(await fill(id)).toBe(0);
			expect(
				await change('portal', inPortal(), `update document_versions set ${place()} where id = any('{${out.join()}}')`),
			).toBe(0);
			expect(await fill(empty)).toBe(1);
			expect(await fill(empty)).toBe(0);
			expect(await two.admin`select * from document_versions where id = any(${out}) order by id`).toEqual(before);
			for (const column of ['number', 'document_id', 'author_id', 'change_summary', 'deleted_at'])
				expect(await attempt('portal', inPortal(), `update document_versions set ${column} = ${column}`)).toBe(
					NO_PRIVILEGE,
				);
			// The firm's own plane is bound by none of that.
			expect(await change('firm', inNorth(), `update document_versions set byte_size = 9 where id = '${empty}'`)).toBe(
				1,
			);
		});
	});
});
