import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
	inspectDatabase,
	inspectSignIn,
	measureClockDifference,
	openPlane,
	type Plane,
	prepareDatabase,
} from '../../src/database/index.ts';
import { makeTwoFirms, servers, type TwoFirms } from './two-firms.ts';

interface Break {
	readonly check: string;
	/** What the finding names. */
	readonly names: string;
	readonly broken: string;
	readonly mended: string;
	/** Whether `firmseal init` puts it right. */
	readonly byInit?: boolean;
}

const ROWS = 'row level security is on and forced on every table of firms';
const SEALED = 'no operator and no worker may read or write a sealed column';
const TAGS = 'every sealed column has its firm tag check';
const AUDIT = 'nobody may change, remove or truncate audit entries';
const TEMPORARY = 'no role of a plane may make temporary tables';

const TITLE_TAG = `check (substring(title from 7 for 4) = substring(sha256(convert_to(firm_id::text, 'UTF8')) from 1 for 4))`;

/** `DB` stands for the database's name. Nothing here changes a role, which other databases share. */
const BREAKS: Break[] = [
	{
		check: ROWS,
		names: 'notes',
		broken: 'alter table notes no force row level security',
		mended: 'alter table notes force row level security',
	},
	{
		check: ROWS,
		names: 'data_keys',
		broken: 'alter table data_keys disable row level security',
		mended: 'alter table data_keys enable row level security',
	},
	{ check: ROWS, names: 'forgotten', broken: 'create table forgotten (firm_id uuid)', mended: 'drop table forgotten' },
	...['firmseal_operator', 'firmseal_worker', 'public'].flatMap((role): Break[] => [
		{
			check: SEALED,
			names: 'notes.title',
			broken: `grant select on notes to ${role}`,
			mended:
				role === 'firmseal_operator'
					? `revoke select on notes from ${role}; grant select (firm_id, id, revision, created_at, updated_at, deleted_at, author_id) on notes to ${role}`
					: `revoke select on notes from ${role}`,
		},
		{
			check: SEALED,
			names: 'notes.body',
			broken: `grant select (body) on notes to ${role}`,
			mended: `revoke select (body) on notes from ${role}`,
		},
		{
			check: SEALED,
			names: 'notes.title',
			broken: `grant update (title) on notes to ${role}`,
			mended: `revoke update (title) on notes from ${role}`,
		},
		{
			check: SEALED,
			names: 'notes.title',
			broken: `grant insert (title) on notes to ${role}`,
			mended: `revoke insert (title) on notes from ${role}`,
		},
	]),
	{
		check: SEALED,
		names: 'peek.title',
		broken: 'create view peek as select title from notes; grant select on peek to firmseal_operator',
		mended: 'drop view peek',
	},
	{
		check: SEALED,
		names: 'stored.title',
		broken: 'create materialized view stored as select title from notes; grant select on stored to firmseal_worker',
		mended: 'drop materialized view stored',
	},
	{
		check: TAGS,
		names: 'notes.title',
		broken: 'alter table notes drop constraint notes_title_firm_tag',
		mended: `alter table notes add constraint notes_title_firm_tag ${TITLE_TAG}`,
	},
	{
		check: TAGS,
		names: 'notes.title',
		broken: `alter table notes drop constraint notes_title_firm_tag; alter table notes add constraint notes_title_firm_tag ${TITLE_TAG} not valid`,
		mended: 'alter table notes validate constraint notes_title_firm_tag',
	},
	...['firm', 'operator', 'worker'].flatMap((side): Break[] => [
		{
			check: AUDIT,
			names: `firmseal_${side}`,
			broken: `grant delete on audit_entries to firmseal_${side}`,
			mended: `revoke delete on audit_entries from firmseal_${side}`,
		},
		{
			check: AUDIT,
			names: `firmseal_${side}`,
			broken: `grant truncate on audit_entries to firmseal_${side}`,
			mended: `revoke truncate on audit_entries from firmseal_${side}`,
		},
		{
			check: AUDIT,
			names: `firmseal_${side}`,
			broken: `grant update (leaf) on audit_entries to firmseal_${side}`,
			mended: `revoke update (leaf) on audit_entries from firmseal_${side}`,
		},
	]),
	...['append_only_row', 'append_only_statement', 'append_only_truncate'].flatMap((trigger): Break[] => [
		{
			check: AUDIT,
			names: trigger,
			broken: `alter table audit_entries disable trigger ${trigger}`,
			mended: `alter table audit_entries enable always trigger ${trigger}`,
		},
		// Fires no more in replication mode.
		{
			check: AUDIT,
			names: trigger,
			broken: `alter table audit_entries enable trigger ${trigger}`,
			mended: `alter table audit_entries enable always trigger ${trigger}`,
		},
	]),
	{
		check: TEMPORARY,
		names: 'firmseal_firm',
		broken: 'grant temporary on database DB to public',
		mended: 'revoke temporary on database DB from public',
		byInit: true,
	},
	{
		check: TEMPORARY,
		names: 'firmseal_worker',
		broken: 'grant temporary on database DB to firmseal_worker',
		mended: 'revoke temporary on database DB from firmseal_worker',
	},
	{
		check: 'the server logs no rows in the detail of its errors',
		names: 'log_error_verbosity',
		broken: "alter database DB set log_error_verbosity = 'default'",
		mended: 'alter database DB reset log_error_verbosity',
	},
];

describe.each(servers)('what the doctor asks the database on $name', (server) => {
	let two: TwoFirms;
	let plane: Plane;
	beforeAll(async () => {
		two = await makeTwoFirms(server);
		plane = two.plane('worker', 1);
	});
	afterAll(() => two?.close());

	const run = (statement: string) => two.admin.unsafe(statement.replaceAll('DB', two.admin.options.database));
	/** On a connection that has seen what is set for the database since. */
	async function findWrong() {
		const fresh = openPlane({
			url: two.installation.env.FIRMSEAL_WORKER_DATABASE_URL as string,
			role: 'firmseal_worker',
			connections: 1,
		});
		try {
			return (await inspectDatabase(fresh)).filter(({ ok }) => !ok);
		} finally {
			await fresh.close();
		}
	}

	it('is all right after preparing', async () => {
		const findings = await inspectDatabase(plane);
		expect(findings.length).toBeGreaterThanOrEqual(7);
		for (const finding of findings) expect(finding).toEqual({ check: finding.check, ok: true, mend: null });
	});

	it.each(BREAKS)(
		'is found wrong, and only that: $broken',
		async ({ check, names, broken, mended, byInit = false }) => {
			await run(broken);
			try {
				const wrong = await findWrong();
				expect(wrong.map((finding) => finding.check)).toEqual([check]);
				expect(wrong[0]?.mend).toContain(names);
				await prepareDatabase(two.installation.env.FIRMSEAL_ADMIN_DATABASE_URL as string, []);
				expect(await findWrong()).toHaveLength(byInit ? 0 : 1);
			} finally {
				await run(mended);
			}
			expect(await findWrong()).toEqual([]);
		},
	);

	it('says who signs in', async () => {
		for (const side of ['firm', 'operator', 'worker'] as const) {
			expect(await inspectSignIn(two.plane(side, 1))).toEqual({ isOwner: false, isSuperuser: false });
		}
		const superuser = openPlane({
			url: two.installation.env.FIRMSEAL_ADMIN_DATABASE_URL as string,
			role: 'firmseal_firm',
			connections: 1,
		});
		expect(await inspectSignIn(superuser)).toMatchObject({ isSuperuser: true });
		await superuser.close();
	});

	it('measures how far the clocks are apart', async () => {
		expect(Math.abs(await measureClockDifference(plane))).toBeLessThan(1_000);
	});
});
