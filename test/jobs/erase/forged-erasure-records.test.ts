import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TestApi, TestFirm, TestInstallation } from '../../support/installation.ts';
import { embedded } from '../../support/own-servers.ts';
import { makePopulated } from '../../support/populated.ts';
import { steppedClock } from '../../support/stepped-clock.ts';
import { readNotes, writeNotes } from '../stage.ts';
import { erasureRecordOf, storeErasureRecord } from './scene.ts';

const OF_FIRM = { FIRMSEAL_PLANE: 'firm' };
const CREATE = 'mutation ($input: CreateNoteInput!) { createNote(input: $input) { note { id } } }';

let installation: TestInstallation;
let north: TestFirm;
let notes: string[];
const clock = steppedClock();

beforeAll(async () => {
	({ installation, north } = await makePopulated(embedded));
	notes = await writeNotes(await installation.serve(OF_FIRM, { clock }), north, ['zero', 'one', 'two', 'three']);
});
afterAll(() => installation?.close());

const subject = (index: number) => `Note.${notes[index]}`;
const whole = (api: TestApi, index: number) => api.ask(north.member, `{ note(id: "${notes[index]}") { body } }`);
const erasedBySql = (number: number, row: { id: string; subject: string; mac: Uint8Array }) => installation.admin`
	insert into erasures (id, firm_id, subject, mac, number, erased_at, certificate)
	values (${row.id}, ${north.id}, ${row.subject}, ${Buffer.from(row.mac)}, ${number}, now(), '{}')`;
const areGone = async (...of: number[]) =>
	(await installation.admin`select 1 from notes where id = any(${of.map((index) => notes[index] ?? '')}::uuid[])`)
		.length === 0;
/** Waits for the next comparison of the database with the stored erasure records. */
async function opensAgain(api: TestApi): Promise<void> {
	await clock.advance(60_000);
	expect((await readNotes(api, north, [notes[3] ?? ''])).notes[0]?.body).toBe('three');
}

describe('a restored database with erasure records forged in SQL', () => {
	it('opens nothing that is present although recorded as erased, and erases it again', async () => {
		const real = await erasureRecordOf(installation, north.id, subject(0));
		await storeErasureRecord(installation, 0, real);
		await erasedBySql(0, { ...real, subject: subject(0) });
		const api = await installation.serve(OF_FIRM, { clock });
		expect((await whole(api, 0)).text).toContain('AUDIT_UNAVAILABLE');
		const worker = await installation.startWorker({}, { propagationSeconds: 0 });
		await installation.workUntil(() => areGone(0));
		await worker.stop();
		await opensAgain(api);
		// No one can insert a row with this id, which would be taken for restored data.
		const { errors } = await api.ask(north.member, CREATE, { input: { id: notes[0], title: 'again', body: 'again' } });
		expect(errors).toMatchObject([{ extensions: { code: 'CONFLICT' } }]);
	});

	it('reads each stored erasure record even if its row has another subject or an invalid proof', async () => {
		await storeErasureRecord(installation, 1, await erasureRecordOf(installation, north.id, subject(1)));
		await storeErasureRecord(installation, 2, await erasureRecordOf(installation, north.id, subject(2)));
		await erasedBySql(1, { id: randomUUID(), subject: `Client.${randomUUID()}`, mac: new Uint8Array(36) });
		await erasedBySql(2, { id: randomUUID(), subject: subject(2), mac: new Uint8Array(36) });
		const api = await installation.serve(OF_FIRM, { clock });
		expect((await whole(api, 1)).text).toContain('AUDIT_UNAVAILABLE');
		await installation.startWorker({}, { propagationSeconds: 0 });
		await installation.workUntil(() => areGone(1, 2));
		await opensAgain(api);
		const rows = await installation.admin`
			select number::int as number, subject from erasures where number is not null order by number`;
		expect(rows.map(({ number, subject: of }) => [number, of])).toEqual([0, 1, 2].map((n) => [n, subject(n)]));
	});
});
