import { commandEntry } from '../../src/audit/index.ts';
import { type DataKeyListing, selectDataKeyListing } from '../../src/database/index.ts';
import { type JobRequest, type RequestedJob, requestJob } from '../../src/jobs/index.ts';
import { withAdminContext } from '../../src/wiring/installation.ts';
import type { TestApi, TestFirm, TestInstallation } from '../support/installation.ts';
import { makeNote } from '../support/notes.ts';

/** Writes notes and returns their ids. */
export async function writeNotes(api: TestApi, { member }: TestFirm, texts: readonly string[]): Promise<string[]> {
	const ids: string[] = [];
	for (const text of texts) ids.push(await makeNote(api.ask, member, { title: `Title: ${text}`, body: text }));
	return ids;
}

/** Reads notes by id as a member. */
export async function readNotes(api: TestApi, { member }: TestFirm, ids: readonly string[]) {
	const query = ids.map((id, index) => `n${index}: note(id: "${id}") { title body revision }`).join('\n');
	const { data, errors } = await api.ask(member, `{ ${query} }`);
	return { notes: ids.map((_, index) => data?.[`n${index}`]), errors };
}

/** Requests a job as a command does, without starting a process. */
export const ask = (installation: TestInstallation, request: JobRequest): Promise<RequestedJob> =>
	withAdminContext(installation.config, installation.database, ({ worker, rights, audit, osAccount }) =>
		requestJob({ plane: worker, rights }, request, {
			on: 'cli',
			user: null,
			record: (act) => audit.append([commandEntry(osAccount, act)]),
		}),
	);

export const keysOf = (installation: TestInstallation, firm: string): Promise<DataKeyListing[]> =>
	withAdminContext(installation.config, installation.database, ({ worker }) =>
		worker.read(null, (tx) => selectDataKeyListing(tx, firm)),
	);

/** Steps the workers until a job has ended, and returns its row. */
export async function ended({ admin, workUntil }: TestInstallation, id: string) {
	await workUntil(async () => {
		const [row] = await admin`select 1 from jobs where id = ${id} and ended_at is not null`;
		return row !== undefined;
	});
	const [row] = await admin`select * from jobs where id = ${id}`;
	return row as unknown as {
		state: string;
		done: string;
		failed: string;
		total: string;
		trouble: string | null;
		round: number;
	};
}

/** The number of values of notes under each key version. */
export async function versionsOf({ admin }: TestInstallation, firm: string): Promise<Record<string, number>> {
	const rows = await admin`
		select get_byte(v, 5) as version, count(*)::int as count
		from notes n, unnest(array[n.title, n.body]::bytea[]) v where n.firm_id = ${firm} and v is not null group by 1`;
	return Object.fromEntries(rows.map(({ version, count }) => [String(version), count as number]));
}
