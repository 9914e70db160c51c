import { v7 as uuidv7 } from 'uuid';
import { expect } from 'vitest';
import { type StateCheck, watchEntries, watchStates } from '../../src/alerts/index.ts';
import {
	type AlertRule,
	chunkDraft,
	type EntryDraft,
	encodeLeaf,
	leafVersionOf,
	type Thresholds,
	thresholdsWith,
} from '../../src/audit/index.ts';
import { openLog, openPlaneOf } from '../../src/wiring/index.ts';
import { makeInstallation, type TestInstallation } from '../support/installation.ts';
import { embedded } from '../support/own-servers.ts';

export { idOf as userOf } from '../support/claims.ts';

/** A log of each role, and the checks for alerts, which no worker runs. */
export async function makeAlertStage(given?: TestInstallation) {
	const installation = given ?? (await makeInstallation(embedded));
	const { admin, database } = installation;
	const planes = {
		log: openPlaneOf(database, 'firmseal_log', 4),
		firm: openPlaneOf(database, 'firmseal_firm', 1),
		operator: openPlaneOf(database, 'firmseal_operator', 1),
		broker: openPlaneOf(database, 'firmseal_broker', 1),
		worker: openPlaneOf(database, 'firmseal_worker', 1),
	};
	const logs = {
		firm: openLog(planes.firm),
		operator: openLog(planes.operator),
		broker: openLog(planes.broker),
		worker: openLog(planes.worker),
	};
	const parts = (thresholds: Thresholds) => ({ plane: planes.log, audit: logs.worker, thresholds });

	/** Checks all entries since the last check. */
	async function look(thresholds: Thresholds = thresholdsWith()): Promise<AlertRule[]> {
		const opened: AlertRule[] = [];
		for (;;) {
			const watched = await watchEntries(parts(thresholds));
			opened.push(...watched.opened.map(({ rule }) => rule));
			if (!watched.more) return opened.sort();
		}
	}

	async function know(drafts: readonly EntryDraft[]): Promise<void> {
		const users = [...new Set(drafts.flatMap(({ actor }) => actor.user ?? []))];
		const firms = [...new Set(drafts.flatMap(({ firm: id }) => id ?? []))];
		await admin`insert into users (id, person_id, issuer, subject, email, name)
			select id, id, 'https://issuer.example', id, id || '@example.com', 'N' from unnest(${users}::uuid[]) id on conflict do nothing`;
		await admin`insert into firms (id, slug, name) select id, 'f' || left(replace(id::text, '-', ''), 38), 'F' from unnest(${firms}::uuid[]) id
			on conflict do nothing`;
	}

	const columns = (table: string) =>
		admin`select rule, subject, count, actor_id, firm_id, lease_id, severity from ${admin(table)} order by opened_at, id`;

	/** Changes a table without its triggers and foreign keys. */
	async function unguarded(table: string, change: (sql: typeof admin) => Promise<unknown>): Promise<void> {
		await admin.begin(async (sql) => {
			await sql`alter table ${sql(table)} disable trigger all`;
			await change(sql as unknown as typeof admin);
			await sql`alter table ${sql(table)} enable trigger all`;
			const triggers =
				await sql`select tgname as name from pg_trigger where tgrelid = ${table}::regclass and not tgisinternal`;
			for (const { name } of triggers) await sql`alter table ${sql(table)} enable always trigger ${sql(name)}`;
		});
	}

	return {
		installation,
		admin,
		unguarded,
		/** Inserts a lease. Returns its id. */
		async leaseWith(columns: Readonly<Record<string, unknown>>): Promise<string> {
			const id = uuidv7();
			const bytes = Buffer.alloc(32);
			const row = { id, purpose: 'INCIDENT', classes: ['NOTE'], minutes: 30, request_mac: Buffer.alloc(36) };
			const hashes = { reason_hash: bytes, ticket_hash: bytes, request_hash: bytes };
			await unguarded('leases', (sql) => sql`insert into leases ${sql({ ...row, ...hashes, ...columns })}`);
			return id;
		},
		planes,
		logs,
		parts,
		look,
		/** Appends through the log, as the role of the plane that an entry names. Creates the accounts and firms that it names. */
		async append(...drafts: EntryDraft[]): Promise<void> {
			await know(drafts);
			const planes = Map.groupBy(drafts, ({ plane }) => (plane === 'cli' ? 'worker' : plane));
			await Promise.all([...planes].map(([plane, of]) => logs[plane].append(of)));
		},
		/** Inserts entries as if they had been appended so many seconds ago. */
		async appendAgo(seconds: number, ...drafts: EntryDraft[]): Promise<void> {
			await know(drafts);
			for (const [index, draft] of drafts.flatMap(chunkDraft).entries()) {
				const at = new Date(Date.now() - seconds * 1_000).toISOString();
				const entry = { ...draft, id: uuidv7(), boot: uuidv7(), sequence: index + 1, at };
				const leaf = encodeLeaf({ v: leafVersionOf(entry), ...entry });
				const role = `firmseal_${entry.plane === 'cli' ? 'worker' : entry.plane}`;
				await admin`insert into audit_entries (id, firm_id, role, boot, sequence, leaf, appended_at)
					values (${entry.id}, ${entry.firm}, ${role}, ${entry.boot}, ${entry.sequence}, ${leaf}, clock_timestamp() - ${seconds} * interval '1 second')`;
			}
		},
		/** Checks the states. Returns the rules of new alerts. */
		states: async (more: Partial<StateCheck> = {}, thresholds = thresholdsWith()): Promise<AlertRule[]> => {
			const at = { when: 'SELDOM', isDue: true, sharedLogin: true, ...more } as const;
			const { opened, failures } = await watchStates(parts(thresholds), at);
			expect(failures).toEqual([]);
			return opened.map(({ rule }) => rule);
		},
		alerts: () => columns('alerts'),
		/** Acknowledges all open alerts. */
		async acknowledgeAll(user: string): Promise<void> {
			await planes.operator.write(null, async (tx) => {
				await tx.execute(`update alerts set acknowledged_by = '${user}' where acknowledged_at is null`);
			});
		},
		async close(): Promise<void> {
			await Promise.all(Object.values(logs).map((log) => log.close()));
			await Promise.all(Object.values(planes).map((plane) => plane.close()));
			await installation.close();
		},
	};
}

export type AlertStage = Awaited<ReturnType<typeof makeAlertStage>>;
