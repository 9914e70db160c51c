import { v7 as uuidv7 } from 'uuid';
import { expect } from 'vitest';
import { readMail } from '../../examples/demo/mail.ts';
import type { ContentField } from '../../src/content/index.ts';
import { insertRows, tables } from '../../src/database/index.ts';
import { actAs, memberOf } from '../support/act-as.ts';
import type { TestApi, TestFirm, TestInstallation } from '../support/installation.ts';
import type { Expected } from './load.ts';

const TOGETHER = 500;
/** The number of notes that one request reads, each with its own field. */
const ASKED = 50;
const LIST = `query ($after: String) {
	notes(first: 500, after: $after) { nodes { id title body revision } pageInfo { endCursor hasNextPage } }
}`;

/** Writes every real e-mail as a note, sealed like any value. Returns the expected content. */
export async function writeMails(installation: TestInstallation, { id: firm, slug }: TestFirm) {
	const notes = new Map<string, Expected>();
	const mails = await readMail();
	expect(mails.length).toBeGreaterThan(5_000);
	const { config, database } = installation;
	const member = await memberOf(installation, `member@${slug}.example`);
	await actAs(config, database, member, async ({ content, fieldsOf, plane }, { session, user }) => {
		const fields = fieldsOf('Note');
		const conceal = (id: string, { title, body }: Expected) =>
			content.sealValues(session, id, [
				{ field: fields.title as ContentField, value: title },
				{ field: fields.body as ContentField, value: body },
			]);
		for (let from = 0; from < mails.length; from += TOGETHER) {
			const rows: Record<string, unknown>[] = [];
			for (const { subject, body } of mails.slice(from, from + TOGETHER)) {
				const id = uuidv7();
				const note = { title: subject, body, revision: 1 };
				notes.set(id, note);
				const [title, sealed] = await conceal(id, note);
				rows.push({ firmId: firm, id, authorId: user, title, body: sealed });
			}
			await plane.write(firm, (tx) => insertRows(tx, tables.notes, rows));
		}
	});
	return notes;
}

/** Reads every note of a firm as a member, and checks its content. */
export async function expectAll(
	api: Pick<TestApi, 'ask'>,
	{ member }: TestFirm,
	notes: ReadonlyMap<string, Expected>,
): Promise<void> {
	let after: string | null = null;
	let read = 0;
	do {
		const { data, errors } = await api.ask(member, LIST, { after });
		expect(errors).toEqual([]);
		for (const { id, ...note } of data.notes.nodes) {
			expect(note).toEqual(notes.get(id));
			read += 1;
		}
		after = data.notes.pageInfo.hasNextPage ? data.notes.pageInfo.endCursor : null;
	} while (after);
	expect(read).toBe(notes.size);
}

/** Reads each note by id as a member of its firm, and expects that none is readable. */
export async function expectNone(
	api: Pick<TestApi, 'ask'>,
	{ member }: TestFirm,
	notes: ReadonlyMap<string, Expected>,
): Promise<void> {
	const ids = [...notes.keys()];
	for (let from = 0; from < ids.length; from += ASKED) {
		const part = ids.slice(from, from + ASKED).map((id, index) => `n${index}: note(id: "${id}") { title body }`);
		const { data, errors } = await api.ask(member, `{ ${part.join('\n')} }`);
		expect(errors.length).toBeGreaterThan(0);
		const opened = Object.values<{ title: unknown; body: unknown } | null>(data ?? {}).filter(
			(note) => note !== null && (note.title !== null || note.body !== null),
		);
		expect(opened).toEqual([]);
	}
}
