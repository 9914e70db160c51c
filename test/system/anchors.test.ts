import { chmodSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { makeOtherRoot } from '../audit-log/anchors/other-root.ts';
import { leasesOver } from '../leases/by-api.ts';
import type { Answer } from '../support/ask.ts';
import type { Person, TestApi, TestFirm, TestInstallation } from '../support/installation.ts';
import { activeLease } from '../support/leases.ts';
import { embedded } from '../support/own-servers.ts';
import { makePopulated } from '../support/populated.ts';
import { until } from './program.ts';

const CREATE = 'mutation ($input: CreateNoteInput!) { createNote(input: $input) { note { id } } }';
const NOTES = 'query ($firmId: ID) { notes(firmId: $firmId) { nodes { id title } } }';
const METADATA = 'query ($firmId: ID) { notes(firmId: $firmId) { nodes { id } } }';

describe('the anchors of the log', () => {
	let installation: TestInstallation;
	let firm: TestFirm;
	let operator: Person;
	let approver: Person;
	let lease: string;
	let store: string;
	const apis: TestApi[] = [];

	beforeAll(async () => {
		({ installation, north: firm, operator, approver } = await makePopulated(embedded));
		store = join(installation.directory, 'anchors');
		const api = await serve();
		await installation.startBroker();
		await api.ask(firm.member, CREATE, { input: { title: 'A title.', body: 'A body.' } });
		lease = (await activeLease({ ask: api.ask, firm, operator, approver })).id;
		await until(async () => (await anchors()).length > 0);
	});
	afterEach(async () => {
		await Promise.all(apis.splice(0).map((api) => api.stop()));
	});
	afterAll(() => installation?.close());

	async function serve(): Promise<TestApi> {
		const api = await installation.serve();
		apis.push(api);
		return api;
	}
	const anchors = () => installation.admin`select number::int, size::int from audit_anchors order by number`;
	const codesOf = ({ errors }: Answer) => [...new Set(errors.map(({ extensions }) => extensions.code))];
	const readUnder = (api: TestApi) => api.ask(operator, NOTES, { firmId: firm.id }, { 'x-firmseal-lease': lease });
	const titleIn = ({ data }: Answer) => data?.notes?.nodes?.[0]?.title ?? null;
	const filesOf = () =>
		readdirSync(store, { recursive: true, withFileTypes: true })
			.filter((entry) => entry.isFile())
			.map((entry) => join(entry.parentPath, entry.name));

	it('are written after the end of each lease, within seconds', async () => {
		const api = await serve();
		const other = await activeLease({ ask: api.ask, firm, operator, approver });
		const before = (await anchors()).length;
		await leasesOver(api.ask).step(firm.owner, 'revoke', other.id);
		// An anchor is written each minute anyway. The last one was written when the first lease began.
		await until(async () => (await anchors()).length > before, 30_000);
	});

	it('let everyone read while they agree with the database', async () => {
		const api = await serve();
		expect(titleIn(await api.ask(firm.member, NOTES))).toBe('A title.');
		expect(titleIn(await readUnder(api))).toBe('A title.');
	});

	it('make content, but not metadata, unavailable to everyone while the database has another log', async () => {
		const restoreRoot = await makeOtherRoot(installation.admin);
		const api = await serve();
		const member = await api.ask(firm.member, NOTES);
		expect([member.data, codesOf(member)]).toEqual([null, ['AUDIT_UNAVAILABLE']]);
		expect(member.errors[0]?.message).toMatch(/firmseal audit verify/);
		expect(codesOf(await readUnder(api))).toEqual(['AUDIT_UNAVAILABLE']);
		const refused = await api.ask(firm.member, CREATE, { input: { title: 'Not stored.' } });
		expect(codesOf(refused)).toEqual(['AUDIT_UNAVAILABLE']);
		expect((await api.ask(firm.member, METADATA)).data?.notes.nodes).toHaveLength(1);
		expect(api.lines.join('')).toMatch(/DISAGREES/);
		await restoreRoot();
		await until(async () => titleIn(await api.ask(firm.member, NOTES)) === 'A title.');
	});

	it('make content unavailable if the name of the log was removed from the database', async () => {
		const { admin } = installation;
		const restoreRoot = await makeOtherRoot(installation.admin);
		const [{ name } = { name: '' }] = await admin`select installation as name from audit_state`;
		await admin`update audit_state set installation = null`;
		try {
			const api = await serve();
			expect(codesOf(await api.ask(firm.member, NOTES))).toEqual(['AUDIT_UNAVAILABLE']);
		} finally {
			await admin`update audit_state set installation = ${name}`;
			await restoreRoot();
		}
	});

	it('make content unavailable to operators only while the anchor store is unreachable', async () => {
		renameSync(store, `${store}.away`);
		writeFileSync(store, 'no directory');
		try {
			const api = await serve();
			expect(titleIn(await api.ask(firm.member, NOTES))).toBe('A title.');
			expect(codesOf(await readUnder(api))).toEqual(['AUDIT_UNAVAILABLE']);
			expect((await api.ask(operator, METADATA, { firmId: firm.id })).data?.notes.nodes).toHaveLength(1);
		} finally {
			renameSync(store, `${store}.file`);
			renameSync(`${store}.away`, store);
		}
		const [api] = apis as [TestApi];
		await until(async () => titleIn(await readUnder(api)) === 'A title.');
	});

	it('make content unavailable if a written anchor is missing or was changed', async () => {
		await installation.admin.begin(async (tx) => {
			// The lock keeps this anchor the newest until the end: another is written each minute otherwise.
			await tx`lock table audit_anchors in share mode`;
			const [{ number } = { number: 0 }] = await tx`select max(number)::int as number from audit_anchors`;
			const newest = filesOf().find((file) => readFileSync(file, 'utf8').includes(`"number":${number},`)) as string;
			const bytes = readFileSync(newest);
			const [text, other] = [bytes.toString(), Buffer.from(bytes)];
			other[text.lastIndexOf('=')] = 'A'.charCodeAt(0);
			for (const change of [() => renameSync(newest, `${newest}.gone`), () => writeFileSync(newest, other)]) {
				change();
				const api = await serve();
				expect(codesOf(await api.ask(firm.member, NOTES))).toEqual(['AUDIT_UNAVAILABLE']);
				await api.stop();
				apis.length = 0;
				mkdirSync(join(newest, '..'), { recursive: true });
				writeFileSync(newest, bytes);
				chmodSync(newest, 0o600);
			}
		});
	});
});
