import { randomBytes } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createNodeAead } from '../../src/adapters/aead-node/index.ts';
import { systemClock } from '../../src/clock/clock.ts';
import { createDataKeyStore, selectDataKeyListing } from '../../src/database/index.ts';
import { createDataKeys, type DataKeyStore, type NewDataKey, PLATFORM_FIRM_ID } from '../../src/keys/index.ts';
import { createFakeKeyring } from '../keys/fake-keyring.ts';
import { FIELDS, isSameKey } from '../keys/new-data-keys.ts';
import { untilBlocked } from '../support/blocked.ts';
import { servers } from '../support/both-servers.ts';
import { codeOf, makeTwoFirms, NO_PRIVILEGE, type TwoFirms } from './two-firms.ts';

describe.each(servers)('wrapped data keys on $name', (server) => {
	let two: TwoFirms;
	let stores: DataKeyStore[];
	let firm: string;
	beforeAll(async () => {
		two = await makeTwoFirms(server);
		firm = two.north.id;
		// Each store stands for a process, with its own pool.
		stores = Array.from({ length: 4 }, () => createDataKeyStore(two.plane('firm', 3)));
	});
	afterAll(() => two?.close());

	const newKey = (keyClass: string, version: number): NewDataKey => ({
		firm,
		class: keyClass,
		version,
		wrapped: randomBytes(60),
		commitment: randomBytes(32),
		keyId: 'key-1',
		ownKey: version % 2 === 0,
	});
	const store = () => stores[0] as DataKeyStore;
	const states = async (keyClass: string) => {
		const rows =
			await two.admin`select version::int, state, sealed::int from data_keys where firm_id = ${firm} and class = ${keyClass} order by version`;
		return rows.map(({ version, state, sealed }) => `${version} ${state} ${sealed}`);
	};

	it('are returned as they were stored', async () => {
		const key = newKey('COMMUNICATION', 1);
		expect(await store().find(firm, 'COMMUNICATION', 1)).toBeNull();
		expect(await store().findActive(firm, 'COMMUNICATION')).toBeNull();
		expect(await store().activate(key)).toBe(true);
		const found = await store().find(firm, 'COMMUNICATION', 1);
		expect(found).toMatchObject({
			firm,
			class: 'COMMUNICATION',
			version: 1,
			state: 'ACTIVE',
			keyId: 'key-1',
			ownKey: false,
			sealed: 0,
			createdAt: expect.any(Date),
		});
		expect(Buffer.from(found?.wrapped ?? []).equals(key.wrapped)).toBe(true);
		expect(Buffer.from(found?.commitment ?? []).equals(key.commitment)).toBe(true);
		expect(await store().findActive(firm, 'COMMUNICATION')).toEqual(found);
		expect(await store().find(two.harbour.id, 'COMMUNICATION', 1)).toBeNull();
		expect(await store().findActive(firm, 'BILLING')).toBeNull();
	});

	it('have one ACTIVE version, whichever process was first, for any number of versions', async () => {
		for (let version = 1; version <= 6; version++) {
			const outcomes = await Promise.all(stores.map((each) => each.activate(newKey('NOTE', version))));
			expect(outcomes.filter(Boolean)).toHaveLength(1);
			const expected = Array.from(
				{ length: version },
				(_, i) => `${i + 1} ${i + 1 === version ? 'ACTIVE' : 'RETIRED'} 0`,
			);
			expect(await states('NOTE')).toEqual(expected);
			expect((await store().findActive(firm, 'NOTE'))?.ownKey).toBe(version % 2 === 0);
		}
	});

	it('cannot become ACTIVE out of order, and then nothing is written', async () => {
		const before = await states('NOTE');
		for (const version of [1, 5, 6, 9])
			expect([version, await store().activate(newKey('NOTE', version))]).toEqual([version, false]);
		expect(await states('NOTE')).toEqual(before);
	});

	it('with an invalid state, class, version or commitment are refused by the database', async () => {
		const insert = (more: object) =>
			two.admin`insert into data_keys ${two.admin({ firm_id: firm, class: 'BILLING', version: 1, state: 'RETIRED', wrapped: randomBytes(60), commitment: randomBytes(32), key_id: 'k', ...more })}`;
		for (const wrong of [{ state: 'SEALING' }, { class: 'OTHER' }, { version: 0 }, { commitment: randomBytes(31) }]) {
			expect([wrong, await codeOf(insert(wrong))]).toEqual([wrong, '23514']);
		}
		await insert({ state: 'ACTIVE' });
		expect(await codeOf(insert({ state: 'ACTIVE', version: 2 }))).toBe('23505');
	});

	it('count reservations up to the limit, and not one more', async () => {
		await store().activate(newKey('DOCUMENT', 1));
		const limit = 100;
		const outcomes = await Promise.all(
			Array.from({ length: 40 }, (_, i) => (stores[i % 4] as DataKeyStore).reserve(firm, 'DOCUMENT', 1, 7, limit)),
		);
		const given = outcomes.filter((total) => total !== null);
		// 14 times 7 is 98: each total was returned once.
		expect(given.sort((a, b) => a - b)).toEqual(Array.from({ length: 14 }, (_, i) => (i + 1) * 7));
		expect(await states('DOCUMENT')).toEqual(['1 ACTIVE 98']);
		expect(await store().reserve(firm, 'DOCUMENT', 1, 3, limit)).toBeNull();
		expect(await store().reserve(firm, 'DOCUMENT', 1, 2, limit)).toBe(100);
		expect(await store().reserve(firm, 'DOCUMENT', 2, 1, limit)).toBeNull();
		expect(await store().reserve(two.harbour.id, 'DOCUMENT', 1, 1, limit)).toBeNull();
	});

	it('grant no reservation for a version that no longer seals', async () => {
		await store().activate(newKey('DOCUMENT', 2));
		expect(await store().reserve(firm, 'DOCUMENT', 1, 1, 1_000)).toBeNull();
		await two.admin`update data_keys set state = 'DISABLED' where firm_id = ${firm} and class = 'DOCUMENT' and version = 2`;
		expect(await store().reserve(firm, 'DOCUMENT', 2, 1, 1_000)).toBeNull();
		expect(await store().findActive(firm, 'DOCUMENT')).toBeNull();
	});

	it('continue from the highest version if none is ACTIVE', async () => {
		expect(await store().findLatest(firm, 'BILLING')).toMatchObject({ version: 1 });
		expect(await store().findLatest(two.harbour.id, 'BILLING')).toBeNull();
		expect(await store().findLatest(firm, 'DOCUMENT')).toMatchObject({ version: 2, state: 'DISABLED' });
		for (const version of [1, 2, 4])
			expect([version, await store().activate(newKey('DOCUMENT', version))]).toEqual([version, false]);
		expect(await store().activate(newKey('DOCUMENT', 3))).toBe(true);
		expect(await states('DOCUMENT')).toEqual(['1 RETIRED 100', '2 DISABLED 0', '3 ACTIVE 0']);
	});

	it('have a count that only rises, for each login that writes it', async () => {
		const [platform, note, checkpoint] = [PLATFORM_FIRM_ID, uuidv7(), 'CHECKPOINT'];
		await two.admin`insert into data_keys ${two.admin({ firm_id: platform, class: checkpoint, version: 9, state: 'RETIRED', wrapped: randomBytes(60), commitment: randomBytes(32), key_id: 'k' })}`;
		await two.admin`insert into jobs (id, firm_id, kind, class, version, state, asked_on, asked_at, mac)
			values (${note}, ${firm}, 'REENCRYPT', 'NOTE', 2, 'RUNNING', 'cli', now(), decode(repeat('00', 36), 'hex'))`;
		await two.admin`update data_keys set sealed = sealed + 5`;
		const asSigner = (statement: string) =>
			two.as('worker', null, async (tx) => {
				await tx`set local role firmseal_signer`;
				return tx.unsafe(statement);
			});
		const logins: Record<string, (set: string) => Promise<{ readonly count: number }>> = {
			firm: (set) => two.as('firm', firm, (tx) => tx.unsafe(`update data_keys set ${set} where class = 'NOTE'`)),
			'firm, as it retires': (set) =>
				two.as('firm', firm, (tx) => tx.unsafe(`update data_keys set state = 'RETIRED', ${set} where class = 'NOTE'`)),
			worker: (set) =>
				two.as('worker', null, (tx) =>
					tx.unsafe(
						`update data_keys set state = 'RETIRED', ${set} where class = 'RIGHTS' and firm_id = '${platform}'`,
					),
				),
			signer: (set) => asSigner(`update data_keys set ${set} where class = '${checkpoint}'`),
			maintenance: (set) => two.maintain({ job: note, firm }, `update data_keys set ${set}`),
			superuser: (set) => two.admin.unsafe(`update data_keys set ${set}`),
		};
		for (const [login, update] of Object.entries(logins)) {
			for (const set of ['sealed = sealed - 1', 'sealed = 0'])
				expect([login, set, await codeOf(update(set))]).toEqual([login, set, NO_PRIVILEGE]);
			// Without a row, nothing is refused either.
			const { count } = await update('sealed = sealed + 1');
			expect([login, count > 0]).toEqual([login, true]);
			if (login.includes('retires'))
				await two.admin`update data_keys set state = 'ACTIVE' where firm_id = ${firm} and class = 'NOTE' and version = 6`;
		}
		await two.admin`update jobs set state = 'DONE', ended_at = now() where id = ${note}`;
	});

	it('have consecutive versions for each login, so that none is the last of its firm and class', async () => {
		const job = uuidv7();
		await two.admin`insert into jobs (id, firm_id, kind, class, version, state, asked_on, asked_at, mac)
			values (${job}, ${firm}, 'ROTATE', 'NOTE', 2, 'RUNNING', 'cli', now(), decode(repeat('00', 36), 'hex'))`;
		const make = (of: string, keyClass: string, version: bigint, state = 'ACTIVE') =>
			`update data_keys set state = 'RETIRED' where state = 'ACTIVE' and firm_id = '${of}' and class = '${keyClass}';
				insert into data_keys (firm_id, class, version, state, wrapped, commitment, key_id)
				values ('${of}', '${keyClass}', ${version}, '${state}', '\\x00', decode(repeat('00', 32), 'hex'), 'k')`;
		const logins: Record<string, [string, string, (sql: string) => Promise<unknown>]> = {
			firm: [firm, 'NOTE', (sql) => two.as('firm', firm, (tx) => tx.unsafe(sql))],
			worker: [PLATFORM_FIRM_ID, 'RIGHTS', (sql) => two.as('worker', null, (tx) => tx.unsafe(sql))],
			signer: [
				PLATFORM_FIRM_ID,
				'CHECKPOINT',
				(sql) =>
					two.as('worker', null, async (tx) => {
						await tx`set local role firmseal_signer`;
						await tx.unsafe(sql);
					}),
			],
			maintenance: [firm, 'NOTE', (sql) => two.maintain({ job, firm }, sql)],
		};
		for (const [login, [of, keyClass, attempt]] of Object.entries(logins)) {
			const [row] =
				await two.admin`select coalesce(max(version), 0) as latest from data_keys where firm_id = ${of} and class = ${keyClass}`;
			const latest = BigInt(row?.latest);
			const made = (version: bigint, state?: string) => codeOf(attempt(make(of, keyClass, version, state)));
			for (const version of [latest + 2n, 2n ** 32n - 1n, 2n ** 63n - 1n])
				expect([login, version, await made(version)]).toEqual([login, version, NO_PRIVILEGE]);
			for (const state of ['RETIRED', 'DISABLED', 'DESTROYED'])
				expect([login, state, await made(latest + 1n, state)]).toEqual([login, state, NO_PRIVILEGE]);
			if (latest > 0n) expect([login, await made(latest)]).toEqual([login, '23505']);
			expect([login, await made(latest + 1n)]).toEqual([login, 'done']);
		}
		await two.admin`update jobs set state = 'DONE', ended_at = now() where id = ${job}`;
	});

	it('never seal again once they have stopped, for any login; only the platform’s latest does, to replace a lost key', async () => {
		const job = async (of: string, kind: string, keyClass: string | null) => {
			const id = uuidv7();
			await two.admin`insert into jobs (id, firm_id, kind, class, version, state, asked_on, asked_at, mac)
				values (${id}, ${of}, ${kind}, ${keyClass}, 2, 'RUNNING', 'cli', now(), decode(repeat('00', 36), 'hex'))`;
			return id;
		};
		const [note, wrapping] = [await job(firm, 'REENCRYPT', 'NOTE'), await job(PLATFORM_FIRM_ID, 'REWRAP', null)];
		const asJob = (id: string, of: string) => (sql: string) => two.maintain({ job: id, firm: of }, sql);
		const asSigner = (sql: string) =>
			two.as('worker', null, async (tx) => {
				await tx`set local role firmseal_signer`;
				return tx.unsafe(sql);
			});
		const attempts = [
			['maintenance', firm, 'NOTE', asJob(note, firm)],
			['maintenance', PLATFORM_FIRM_ID, 'RIGHTS', asJob(wrapping, PLATFORM_FIRM_ID)],
			['maintenance', PLATFORM_FIRM_ID, 'CHECKPOINT', asJob(wrapping, PLATFORM_FIRM_ID)],
			['signer', PLATFORM_FIRM_ID, 'CHECKPOINT', asSigner],
		] as const;
		for (const [login, of, keyClass, run] of attempts) {
			const [row] =
				await two.admin`select max(version)::int as latest from data_keys where firm_id = ${of} and class = ${keyClass}`;
			const latest = row?.latest as number;
			expect(latest).toBeGreaterThan(1);
			const move = (version: number, ...states: readonly string[]) =>
				states.map(
					(state) =>
						`update data_keys set state = '${state}' where firm_id = '${of}' and class = '${keyClass}' and version = ${version}`,
				);
			for (const version of [latest - 1, latest])
				for (const state of ['RETIRED', 'DISABLED', 'DESTROYED']) {
					const back = [...move(latest, 'RETIRED'), ...move(version, state, 'ACTIVE')];
					const comesBack = of === PLATFORM_FIRM_ID && version === latest && state === 'DISABLED';
					expect([login, of, version, state, await codeOf(run(back.join(';')))]).toEqual([
						login,
						of,
						version,
						state,
						comesBack ? 'done' : NO_PRIVILEGE,
					]);
				}
			// The sealing version continues its count.
			expect((await run(`update data_keys set sealed = sealed + 1 where class = '${keyClass}'`)).count).toBeGreaterThan(
				0,
			);
			expect(await codeOf(run(move(latest, 'ACTIVE').join()))).toBe('done');
		}
		await two.admin`update jobs set state = 'DONE', ended_at = now() where id in ${two.admin([note, wrapping])}`;
	});

	it('are re-enabled only if they are the latest, even if a later one is created at that moment', async () => {
		const ofRights = `firm_id = '${PLATFORM_FIRM_ID}' and class = 'RIGHTS'`;
		const [row] = await two.admin.unsafe(
			`update data_keys set state = 'DISABLED' where ${ofRights} and state = 'ACTIVE' returning version::int`,
		);
		const latest = row?.version as number;
		const job = uuidv7();
		await two.admin`insert into jobs (id, firm_id, kind, state, asked_on, asked_at, mac)
			values (${job}, ${PLATFORM_FIRM_ID}, 'REWRAP', 'RUNNING', 'cli', now(), decode(repeat('00', 36), 'hex'))`;
		let late: Promise<string> | undefined;
		await two.as('worker', null, async (tx) => {
			await tx.unsafe(`insert into data_keys (firm_id, class, version, state, wrapped, commitment, key_id)
				values ('${PLATFORM_FIRM_ID}', 'RIGHTS', ${latest + 1}, 'ACTIVE', '\\x00', decode(repeat('00', 32), 'hex'), 'k');
				update data_keys set state = 'RETIRED' where ${ofRights} and version = ${latest + 1}`);
			late = codeOf(
				two.maintain(
					{ job, firm: PLATFORM_FIRM_ID },
					`update data_keys set state = 'ACTIVE' where ${ofRights} and version = ${latest}`,
				),
			);
			await untilBlocked(two.admin, 'firmseal_worker_login');
		});
		expect(await late).toBe(NO_PRIVILEGE);
		await two.admin`update jobs set state = 'DONE', ended_at = now() where id = ${job}`;
	});

	it('are listed without key material', async () => {
		const listing = await two.plane('worker', 1).read(null, (tx) => selectDataKeyListing(tx, firm));
		expect(listing.length).toBeGreaterThan(6);
		for (const row of listing)
			expect(Object.keys(row)).toEqual(['firm', 'class', 'version', 'state', 'keyId', 'ownKey', 'sealed', 'createdAt']);
	});

	it('serve processes that seal concurrently: no version twice, one key for each version, no count too low', async () => {
		const other = two.harbour.id;
		const { keyring } = createFakeKeyring();
		const aead = createNodeAead();
		const open = () =>
			createDataKeys({
				keyring,
				store: createDataKeyStore(two.plane('firm', 3)),
				aead,
				fields: FIELDS,
				ttlSeconds: 300,
				maxKeys: 50,
				clock: systemClock,
				sealBlock: 10,
				sealLimit: 60,
			});
		const instances = [open(), open(), open()];
		const used = new Map<number, number>();
		const keys = new Map<number, Awaited<ReturnType<(typeof instances)[0]['loadSealingKey']>>>();
		await Promise.all(
			Array.from({ length: 90 }, async (_, i) => {
				for (let left = (i * 13) % 97; left > 0; left--) await nextTurn();
				const count = 1 + (i % 6);
				const instance = instances[i % 3] as (typeof instances)[0];
				const key = instance.sealingKey(other, 'NOTE', count) ?? (await instance.loadSealingKey(other, 'NOTE', count));
				used.set(key.version, (used.get(key.version) ?? 0) + count);
				const known = keys.get(key.version) ?? key;
				keys.set(key.version, known);
				expect(isSameKey(known, key)).toBe(true);
				// A restarted process has no key in its cache.
				if (i % 29 === 0) instance.purge();
			}),
		);
		const rows =
			await two.admin`select version::int, state, sealed::int from data_keys where firm_id = ${other} and class = 'NOTE' order by version`;
		expect(rows.map(({ version }) => version)).toEqual(rows.map((_, i) => i + 1));
		expect(rows.filter(({ state }) => state === 'ACTIVE').map(({ version }) => version)).toEqual([rows.length]);
		expect(rows.length).toBeGreaterThanOrEqual(5);
		for (const { version, sealed } of rows) {
			expect(sealed).toBeLessThanOrEqual(60);
			expect(sealed).toBeGreaterThanOrEqual(used.get(version) ?? 0);
		}
		expect([...used.values()].reduce((sum, n) => sum + n, 0)).toBe(15 * 21);
		for (const [version, key] of keys) {
			const opening = await open().loadOpeningKey(other, 'NOTE', version);
			expect(isSameKey(opening, key)).toBe(true);
		}
	});
});
