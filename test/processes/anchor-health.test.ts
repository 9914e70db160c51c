import { chmodSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { nameOfAnchor } from '../../src/adapters/anchors/anchor-name.ts';
import { createLogger } from '../../src/api/index.ts';
import type { Plane } from '../../src/database/index.ts';
import { type AnchorHealth, watchAnchors } from '../../src/processes/anchor-health.ts';
import { openPlaneOf } from '../../src/wiring/index.ts';
import { openErasureRecords } from '../../src/wiring/open-erasure-records.ts';
import { makeOtherRoot } from '../audit-log/anchors/other-root.ts';
import { type Anchoring, makeAnchoring } from '../audit-log/rebuild/rebuilding.ts';
import { embedded } from '../support/own-servers.ts';
import { type SteppedClock, steppedClock } from '../support/stepped-clock.ts';
import { firmsealJson } from '../system/program.ts';

const KINDS = ['firm', 'operator'] as const;
type Kind = (typeof KINDS)[number];
const lines: string[] = [];
const logger = createLogger({ level: 'error', destination: { write: (line: string) => void lines.push(line) } });

/** For a running process. No leader keeps the log meanwhile: it would continue from the changed log. */
describe('access to content', () => {
	let log: Anchoring;
	let store: string;
	let plane: Plane;
	let health: AnchorHealth;
	let clock: SteppedClock;

	beforeAll(async () => {
		log = await makeAnchoring(embedded);
		await log.append(log.firms[0], 3);
		await log.anchor();
		const { database, directory } = log.installation;
		store = join(directory, 'anchors');
		plane = openPlaneOf(database, 'firmseal_firm', 1);
	});
	beforeEach(async () => {
		const { config } = log.installation;
		clock = steppedClock();
		health = await watchAnchors({ config, clock, plane, comparesErasureRecords: true, logger });
		expect(refused()).toEqual([]);
	});
	afterEach(() => health.stop());
	afterAll(async () => {
		await plane?.close();
		await log?.close();
	});

	const refused = (): Kind[] => KINDS.filter((kind) => health.refusalFor(kind)?.code === 'AUDIT_UNAVAILABLE');
	/** Runs the next comparison. */
	async function refuses(...kinds: Kind[]): Promise<void> {
		await clock.advance(60_000);
		expect(refused()).toEqual(kinds);
	}
	async function staysRefused(): Promise<void> {
		for (let look = 0; look < 5; look++) await refuses('firm', 'operator');
	}

	/** Replaces the store's directory by a file. Returns a function that undoes it. */
	function takeAway(): () => void {
		renameSync(store, `${store}.away`);
		writeFileSync(store, 'no directory');
		return () => {
			rmSync(store);
			renameSync(`${store}.away`, store);
		};
	}

	/** Makes the anchors unreadable: the store refuses files that other users can read. Returns a function that undoes it. */
	function spoil(): () => void {
		const set = (mode: number) => {
			for (const name of readdirSync(store)) chmodSync(join(store, name), mode);
		};
		set(0o755);
		return () => set(0o700);
	}

	/** The findings of doctor about the anchors. */
	async function compared(): Promise<unknown> {
		const { result } = await firmsealJson(log.installation.env, 'doctor');
		const { findings } = result as { readonly findings: readonly { check: string; ok: boolean; fix: string | null }[] };
		return findings
			.filter(({ check }) => check.startsWith('the log agrees with its anchors'))
			.map(({ ok, fix }) => [ok, fix]);
	}

	it('ends for everyone if the database changes, until it is restored, as doctor reports', async () => {
		const restore = await makeOtherRoot(log.admin);
		await refuses('firm', 'operator');
		expect(await compared()).toEqual([
			[
				false,
				expect.stringMatching(
					/^Content is closed\. If these anchors belong to another database, set FIRMSEAL_DATA_DIR .+audit rebuild/,
				),
			],
		]);
		await restore();
		await refuses();
		expect(await compared()).toEqual([[true, null]]);
	});

	it.each([
		['is missing', takeAway],
		['refuses reads', spoil],
	])('ends for operators only if the store %s', async (_, take) => {
		const bringBack = take();
		try {
			await refuses('operator');
			expect(await compared()).toEqual([[false, expect.any(String)]]);
		} finally {
			bringBack();
		}
		await refuses();
	});

	it.each([
		['is missing', takeAway],
		['refuses reads', spoil],
	])('stays closed to everyone if the store that revealed the change %s', async (_, take) => {
		const restore = await makeOtherRoot(log.admin);
		await refuses('firm', 'operator');
		const bringBack = take();
		try {
			await staysRefused();
		} finally {
			bringBack();
			await restore();
		}
		await refuses();
	});

	it.each([
		['another', 'is missing', takeAway],
		['another', 'refuses reads', spoil],
		['the same', 'is missing', takeAway],
		['the same', 'refuses reads', spoil],
	])(
		'stays closed to everyone if a database that was %s before is unreadable, and then its store %s',
		async (was, _, take) => {
			const restore = was === 'another' ? await makeOtherRoot(log.admin) : async () => {};
			if (was === 'another') await refuses('firm', 'operator');
			await log.admin`revoke select on audit_anchors from firmseal_firm`;
			await refuses('firm', 'operator');
			await staysRefused();
			const bringBack = take();
			try {
				await log.admin`grant select on audit_anchors to firmseal_firm`;
				await staysRefused();
			} finally {
				bringBack();
				await restore();
			}
			await refuses();
		},
	);

	it('ends for operators if the database is busy, and for everyone if it is busy again', async () => {
		const { config, database } = log.installation;
		const login = 'firmseal_firm_login';
		await log.admin.unsafe(`alter role ${login} set lock_timeout = '300ms'`);
		const busy = openPlaneOf(database, 'firmseal_firm', 1);
		try {
			await health.stop();
			health = await watchAnchors({ config, clock, plane: busy, comparesErasureRecords: true, logger });
			await log.admin.begin(async (sql) => {
				await sql`lock table audit_anchors in access exclusive mode`;
				await refuses('operator');
				await refuses('firm', 'operator');
			});
			await refuses();
		} finally {
			await health.stop();
			await busy.close();
			await log.admin.unsafe(`alter role ${login} reset lock_timeout`);
		}
	});

	it('ends for everyone if the database changes, even if erasure records cannot be compared', async () => {
		const [next] = await log.admin`select pg_get_functiondef('next_erasure_record_number'::regproc) as by`;
		await log.admin`
			create or replace function next_erasure_record_number() returns bigint language plpgsql stable security definer as $$
			begin raise 'busy' using errcode = 'lock_not_available'; end $$`;
		const restore = await makeOtherRoot(log.admin);
		await refuses('firm', 'operator');
		expect(JSON.parse(lines.at(-1) ?? '{}').msg).toBe('the erasure records could not be compared');
		await log.admin.unsafe(next?.by);
		await refuses('firm', 'operator');
		await restore();
		await refuses();
	});

	it('stays closed to everyone because of an unknown erasure record, though the log closes it to operators only', async () => {
		const { config } = log.installation;
		await (await openErasureRecords(config)).write(0, Buffer.from('one'), new AbortController().signal);
		await refuses('firm', 'operator');
		const bringBack = takeAway();
		try {
			await staysRefused();
		} finally {
			bringBack();
			rmSync(join(store, nameOfAnchor(config.installation, 0, 'tombstone')));
		}
		await refuses();
	});

	it('ends for everyone if the database refuses the comparison', async () => {
		await log.admin`revoke select on audit_anchors from firmseal_firm`;
		try {
			await refuses('firm', 'operator');
			// No difference was found.
			expect(health.refusalFor('firm')?.message).toMatch(/^Content is closed: the database refuses to compare/);
			expect(lines.join()).toContain(
				'"code":"UNREADABLE","msg":"content is closed: the database answers but repeatedly refuses',
			);
		} finally {
			await log.admin`grant select on audit_anchors to firmseal_firm`;
		}
		await refuses();
	});
});
