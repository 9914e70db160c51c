import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TestApi, TestFirm, TestInstallation } from '../support/installation.ts';
import { embedded } from '../support/own-servers.ts';
import { makePopulated } from '../support/populated.ts';

const CREATE = 'mutation ($input: CreateNoteInput!) { createNote(input: $input) { note { id } } }';

describe('creates that are sent again', () => {
	let installation: TestInstallation;
	let north: TestFirm;
	let harbour: TestFirm;
	let api: TestApi;
	beforeAll(async () => {
		({ installation, north, harbour } = await makePopulated(embedded));
		api = await installation.serve();
	});
	afterAll(() => installation?.close());

	it('are answered by a process without cached keys, even if more arrive at once than it has connections', async () => {
		const inputs = Array.from({ length: 30 }, (_, n) => ({ id: uuidv7(), title: `note ${n}` }));
		for (const input of inputs) expect((await api.ask(north.member, CREATE, { input })).errors).toEqual([]);
		const other = await installation.serve();
		const again = await Promise.all(inputs.map((input) => other.ask(north.member, CREATE, { input })));
		expect(again.map(({ data }) => data.createNote.note.id)).toEqual(inputs.map(({ id }) => id));
	});

	it('write one entry, and stall no process, if a role without the right sends many in one document', async () => {
		const count = async () =>
			(await installation.admin`select count(*)::int as n from audit_entries where leaf like '%request.deny%'`)[0]?.n;
		const many = (times: number) =>
			`mutation { ${Array.from({ length: times }, (_, i) => `a${i}: createNote(input: {}) { note { id } }`).join(' ')} }`;
		const before = await count();
		const refused = await api.ask(north.client, many(50));
		expect(refused.errors.every(({ extensions }) => extensions.code === 'FORBIDDEN')).toBe(true);
		expect(await count()).toBe(before + 1);
		const tooLong = await api.ask(north.client, many(15_000));
		expect({ status: tooLong.status, code: tooLong.errors[0]?.extensions.code }).toEqual({
			status: 400,
			code: 'TOO_EXPENSIVE',
		});
	});

	it("write nothing into another firm's log by requesting it", async () => {
		const ask = `{ auditEntries(firmId: "${harbour.id}") { totalCount } }`;
		expect((await api.ask(north.owner, ask)).data.auditEntries.totalCount).toBe(0);
		const [read] =
			await installation.admin`select firm_id from audit_entries where leaf like '%log.read%' order by appended_at desc limit 1`;
		expect(read?.firm_id).toBe(north.id);
	});
});
