import { readdirSync, readFileSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import postgres from 'postgres';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { claimsOf } from '../attacks/scene.ts';
import { ask, ended, keysOf, readNotes, writeNotes } from '../jobs/stage.ts';
import { leasesOver } from '../leases/by-api.ts';
import { contentOf, filesAt, makeDocument, someBytes } from '../support/files.ts';
import type { Person, TestApi, TestFirm, TestInstallation } from '../support/installation.ts';
import { activeLease } from '../support/leases.ts';
import { makePopulated } from '../support/populated.ts';
import { findPostgres, serverOfWorker, startExternal, type TestServer } from '../support/servers.ts';
import { approveJobByCommand, firmsealJson, until } from './program.ts';
import { askForPasswords, copiesOf, copy, wrongAfterRestore } from './restore-scene.ts';

const NOTES = 'query ($firmId: ID) { notes(firmId: $firmId) { nodes { id title } } }';
const REMOVE = 'mutation ($input: RemoveMemberInput!) { removeMember(input: $input) { __typename } }';

const noServer = findPostgres() ? '' : ' (skipped: no PostgreSQL of the system)';

// Each test starts the program several times.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

/**
 * The drill of docs/how-to/back-up-and-restore.md on a PostgreSQL of the system: pg_dump, loss of everything, pg_restore. Between the copy
 * and the loss happens every kind of change that an older copy lacks.
 */
describe.skipIf(noServer)(`an installation that was lost and restored${noServer}`, () => {
	let installation: TestInstallation;
	let copies: ReturnType<typeof copiesOf>;
	let restore: () => Promise<void>;
	let api: TestApi;
	let north: TestFirm;
	let south: TestFirm;
	let east: TestFirm;
	let notes: string[];
	let lease: string;
	let approved: string;
	let job: string;
	const tokens: Record<string, Person> = {};
	/** The content of each document by name: one is kept, and the objects of the others are damaged. */
	const files = new Map<string, Buffer>();
	const documents: Record<string, string> = {};

	const as = (name: string) => ({ ...installation.env, FIRMSEAL_TOKEN: `${tokens[name]}` });
	/** An API that does not maintain the log: only a worker does here. */
	const serve = () => installation.serve({ FIRMSEAL_OPERATOR_PROOF: 'off' });
	const upload = async (name: string) => {
		const id = await makeDocument(api.ask, north.member, { name: `${name}.pdf` });
		const bytes = someBytes(70_000);
		expect((await filesAt(api.url).put(north.member, id, bytes)).status).toBe(201);
		documents[name] = id;
		files.set(name, bytes);
	};
	const fileOf = async (name: string) =>
		(await filesAt(api.url).get(north.member, contentOf(documents[name] ?? ''))).bytes.equals(
			files.get(name) ?? Buffer.alloc(0),
		);
	const tagOf = async (name: string): Promise<string> =>
		(await installation.admin`select tag from stored_objects where document_id = ${documents[name] as string}`)[0]?.tag;
	const objectOf = async (name: string) => {
		const folder = join(installation.directory, 'objects', await tagOf(name));
		return join(folder, readdirSync(folder)[0] ?? '');
	};
	const destroy = (version: number) =>
		firmsealJson(as('one'), 'keys', 'destroy', '--firm', 'north', '--class', 'NOTE', '--version', String(version));
	const approve = async (id: string) => {
		expect(await approveJobByCommand((...of) => firmsealJson(as('two'), ...of), id)).toMatchObject({ code: 0 });
		expect(await ended(installation, id)).toMatchObject({ state: 'DONE' });
	};
	/** Removes a member, disables an operator and suspends a firm. */
	const takeRights = async () => {
		const input = { userId: claimsOf(north.client).sub };
		expect((await api.ask(north.owner, REMOVE, { input })).errors).toEqual([]);
		const [row] = await installation.admin`select email from users where id = ${claimsOf(tokens.gone ?? '').sub}`;
		const disabled = await firmsealJson(as('one'), 'operator', 'disable', '--email', row?.email);
		const suspended = await firmsealJson(installation.env, 'firm', 'suspend', '--firm', east.id);
		expect([disabled.code, suspended.code]).toEqual([0, 0]);
	};
	const stateOf = async (version: number) =>
		(await keysOf(installation, north.id)).find((key) => key.class === 'NOTE' && key.version === version)?.state;
	const underLease = () => api.ask(tokens.operator ?? '', NOTES, { firmId: north.id }, { 'x-firmseal-lease': lease });
	const codesOf = ({ errors }: Awaited<ReturnType<typeof underLease>>) => [
		...new Set(errors.map(({ extensions }) => extensions.code)),
	];
	const anchored = async () =>
		Number((await installation.admin`select coalesce(max(size), 0) as size from audit_anchors`)[0]?.size);

	beforeAll(async () => {
		({ installation, north } = await makePopulated((await serverOfWorker('external')) as TestServer));
		south = await installation.addFirm('south');
		east = await installation.addFirm('east');
		for (const name of ['one', 'two', 'gone']) tokens[name] = await installation.addOperator('APPROVER');
		tokens.operator = await installation.addOperator('OPERATOR');
		api = await serve();
		const worker = await installation.startWorker({}, { propagationSeconds: 0 });
		const broker = await installation.startBroker();
		notes = await writeNotes(api, north, ['before the copy']);
		await writeNotes(api, south, ['of another firm']);
		for (const name of ['kept', 'missing', 'short', 'changed']) await upload(name);
		for (const kind of ['ROTATE', 'REENCRYPT'] as const) {
			const asked = await ask(installation, { firm: north.id, kind, class: 'NOTE', version: 2 });
			expect(await ended(installation, asked.job.id)).toMatchObject({ state: 'DONE' });
		}
		expect(await stateOf(1)).toBe('DISABLED');
		job = (await destroy(1)).result.jobs[0].id;
		const { operator = '', one = '' } = tokens;
		lease = (await activeLease({ ask: api.ask, firm: north, operator, approver: one })).id;
		expect(codesOf(await underLease())).toEqual([]);
		const persons = { operator, approver: one, owner: north.owner };
		approved = (await leasesOver(api.ask).approved(persons, north.id)).id;

		copies = copiesOf(installation);
		await copies.make();

		await approve(job);
		const closing = await ask(installation, { firm: south.id, kind: 'DISABLE', class: null, version: null });
		expect(await ended(installation, closing.job.id)).toMatchObject({ state: 'DONE' });
		await takeRights();
		await leasesOver(api.ask).step(north.owner, 'revoke', lease);
		await writeNotes(api, north, ['after the copy']);
		await upload('later');
		await worker.publishLog();
		const published = Number((await installation.admin`select max(size) as size from audit_root_checkpoints`)[0]?.size);
		await worker.stop();
		// A worker anchors the log when it starts.
		const another = await installation.startWorker();
		await installation.workUntil(async () => (await anchored()) >= published);
		await Promise.all([another.stop(), broker.stop(), api.stop()]);
		restore = await copies.loseAll();
	});
	afterAll(() => installation?.close());

	it('is reported as older than its anchors, and makes content unavailable to everyone', async () => {
		await restore();
		expect(await firmsealJson(installation.env, 'init')).toMatchObject({ code: 0 });
		const wrong = await wrongAfterRestore(installation.env);
		expect(wrong.map(({ check }) => check)).toEqual([
			'the log agrees with its anchors',
			'no lease from before the restore can be used',
		]);
		expect(wrong[0]?.fix).toMatch(/restore the log from its anchors\. .*`firmseal audit rebuild`/);
		expect(wrong[1]?.fix).toContain(`${lease} (ACTIVE)`);
		api = await serve();
		expect(codesOf(await api.ask(north.member, NOTES))).toEqual(['AUDIT_UNAVAILABLE']);
		expect(codesOf(await underLease())).toEqual(['AUDIT_UNAVAILABLE']);
		await api.stop();
	});

	it('is reported to have rows that contradict the log, once the log is rebuilt', async () => {
		expect(await firmsealJson(installation.env, 'audit', 'rebuild')).toMatchObject({
			code: 0,
			result: { state: 'REBUILT', endedLeases: 2 },
		});
		const wrong = new Map((await wrongAfterRestore(installation.env)).map(({ check, fix }) => [check, fix]));
		expect([...wrong.keys()]).toEqual([
			'no key that was disabled or destroyed by the log is back',
			'no job that has ended by the log is open',
			'no one has a right again that was taken away by the log',
		]);
		const [version, again, right] = [...wrong.values()];
		expect(version).toBe(
			[
				`NOTE version 1 of firm ${north.id} is DISABLED and was DESTROYED: \`firmseal keys destroy --firm north --class NOTE --version 1\``,
				`the wrapping key of firm ${south.id} is ENABLED and was DISABLED: \`firmseal keys disable --firm south\``,
			].join(', '),
		);
		expect(again).toContain(`${job} (DESTROY)`);
		expect(right).toContain(`removeMember): ${claimsOf(north.client).sub} (of firm ${north.id}).`);
		expect(right).toContain(`firmseal operator disable\` for the users ${claimsOf(tokens.gone ?? '').sub}.`);
		expect(right).toContain(`firmseal firm suspend\` for ${east.id}.`);
	});

	it('opens nothing under the old lease, though the keyring has its grants again', async () => {
		api = await serve();
		expect(codesOf(await underLease())).toEqual(['LEASE_NOT_ACTIVE']);
		const { notes: read } = await readNotes(api, north, notes);
		expect(read).toMatchObject([{ body: 'before the copy' }]);
		await api.stop();
	});

	it('reports each object that is missing, truncated or changed, and returns none of them', async () => {
		const tags = await Promise.all(['missing', 'short', 'changed'].map(tagOf));
		const [missing = '', short = '', changed = ''] = tags;
		rmSync(join(installation.directory, 'objects', missing), { recursive: true });
		truncateSync(await objectOf('short'), 60_000);
		const path = await objectOf('changed');
		const bytes = readFileSync(path);
		bytes[40_000] = (bytes[40_000] ?? 0) ^ 1;
		writeFileSync(path, bytes);
		const stray = join(installation.directory, 'objects', 'c0ffee00-0000-4000-8000-000000000000');
		await copy(join(installation.directory, 'objects', await tagOf('kept')), stray);

		const { result } = await firmsealJson(installation.env, 'doctor', '--objects', 'all');
		const about = (text: RegExp) => result.findings.find(({ check }: { check: string }) => text.test(check));
		expect(about(/^every file has its object/)).toMatchObject({ ok: false, fix: expect.stringContaining(missing) });
		expect(about(/the size/)).toMatchObject({ ok: false, fix: expect.stringContaining(short) });
		expect(about(/SHA-256/)).toMatchObject({ ok: false, fix: expect.stringContaining(changed) });
		expect(about(/^everything else/)).toMatchObject({
			ok: true,
			check: expect.stringContaining(': objects that no row names and no one can open: 1;'),
		});
		// Without --objects all, doctor compares sizes only.
		const sized = (await wrongAfterRestore(installation.env)).filter(({ check }) => /object/.test(check));
		expect(sized.map(({ fix }) => tags.filter((tag) => fix?.includes(tag)))).toEqual([[missing], [short]]);
		for (const { fix } of result.findings) expect(fix ?? '').not.toContain(await tagOf('kept'));

		api = await serve();
		for (const name of ['missing', 'short', 'changed'])
			expect([name, await fileOf(name).catch(() => false)]).toEqual([name, false]);
		expect(await fileOf('kept')).toBe(true);
		await api.stop();
		rmSync(stray, { recursive: true });
		for (const tag of tags) {
			await copy(copies.objectsOf(tag), join(installation.directory, 'objects', tag));
		}
	});

	it('reports a firm whose key was not restored, and other firms are not affected', async () => {
		const folder = join(installation.directory, 'keyring/firms', north.id);
		renameSync(folder, `${folder}.elsewhere`);
		try {
			const wrong = (await wrongAfterRestore(installation.env)).find(({ check }) =>
				check.endsWith('data key of north'),
			);
			expect(wrong?.fix).toMatch(
				new RegExp(`^None of its \\d+ was tried: the wrapping key of firm ${north.id} is MISSING`),
			);
			api = await serve();
			expect(codesOf(await api.ask(north.member, NOTES))).not.toEqual([]);
			expect((await api.ask(south.member, NOTES)).data.notes.nodes).toMatchObject([
				{ title: 'Title: of another firm' },
			]);
			await api.stop();
		} finally {
			renameSync(`${folder}.elsewhere`, folder);
		}
	});

	it('reports a data key that the keyring does not open, with its class and version', async () => {
		const { admin } = installation;
		const [{ wrapped } = { wrapped: null }] = await admin`
			select wrapped from data_keys where firm_id = ${south.id} and class = 'NOTE'`;
		const [{ own } = { own: null }] = await admin`
			select wrapped as own from data_keys where firm_id = ${north.id} and class = 'DOCUMENT'`;
		const put = (bytes: unknown) =>
			admin`update data_keys set wrapped = ${bytes as Buffer} where firm_id = ${north.id} and class = 'DOCUMENT'`;
		await put(wrapped);
		const wrong = (await wrongAfterRestore(installation.env)).find(({ check }) => check.endsWith('data key of north'));
		expect(wrong?.fix).toMatch(/^It does not open DOCUMENT version 1 of firm /);
		await put(own);
	});

	it('is complete again once every problem is fixed as doctor says', async () => {
		const worker = await installation.startWorker({}, { propagationSeconds: 0 });
		const broker = await installation.startBroker();
		api = await serve();
		await leasesOver(api.ask).step(tokens.operator ?? '', 'activate', approved);
		const states = async () =>
			(await installation.admin`select id, state from leases order by id`).map((row) => row.state);
		await until(async () => (await states()).every((state) => state === 'REVOKED'));
		expect(await firmsealJson(as('one'), 'job', 'cancel', '--job', job)).toMatchObject({ code: 0 });
		const again = (await destroy(1)).result.jobs[0].id;
		await approve(again);
		expect(await stateOf(1)).toBe('DESTROYED');
		await takeRights();
		// Enabling the key is a new decision, and the log now has it.
		const opening = await ask(installation, { firm: south.id, kind: 'ENABLE', class: null, version: null });
		expect(await ended(installation, opening.job.id)).toMatchObject({ state: 'DONE' });
		expect(await firmsealJson(installation.env, 'keys', 'rewrap', '--firm', 'north')).toMatchObject({ code: 0 });
		await worker.publishLog();
		expect(await wrongAfterRestore(installation.env, '--objects', 'all')).toEqual([]);
		expect(await firmsealJson(installation.env, 'audit', 'verify')).toMatchObject({ code: 0 });
		expect((await readNotes(api, north, notes)).notes).toMatchObject([{ body: 'before the copy' }]);
		for (const name of ['kept', 'missing', 'short', 'changed'])
			expect([name, await fileOf(name)]).toEqual([name, true]);
		expect(codesOf(await underLease())).toEqual(['LEASE_NOT_ACTIVE']);
		await Promise.all([api.stop(), broker.stop(), worker.stop()]);
	});

	it('starts on a server that never had its roles, with the old logins and passwords and the new server’s superuser', async () => {
		const server = await startExternal(join(installation.directory, 'another'));
		try {
			const to = await askForPasswords(server as NonNullable<typeof server>);
			await copies.restoreOn(to);
			const planes = Object.entries(installation.env).filter(([name]) => name.endsWith('DATABASE_URL'));
			const { host, pathname } = new URL(to);
			const moved = planes.map(([name, of]) => [name, Object.assign(new URL(of), { host, pathname }).href]);
			const env = { ...installation.env, ...Object.fromEntries(moved), FIRMSEAL_ADMIN_DATABASE_URL: to };
			expect(await firmsealJson(env, 'init')).toMatchObject({ code: 0 });
			// A new server lets every login connect to these two databases (docs/how-to/deploy.md).
			const root = postgres(to, { max: 1 });
			await root`revoke connect on database postgres, template1 from public`;
			await root.end();
			expect(await wrongAfterRestore(env)).toEqual([]);
		} finally {
			await server?.stop();
		}
	});
});
