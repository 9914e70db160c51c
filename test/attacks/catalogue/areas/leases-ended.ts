import type { Client } from 'pg';
import { v7 as uuidv7 } from 'uuid';
import { expect } from 'vitest';
import { openConnection } from '../../../../src/database/connection.ts';
import { SUPERUSER } from '../../../../src/database/index.ts';
import { openKeyring } from '../../../../src/wiring/index.ts';
import { type LeaseAnswer, leasesOver } from '../../../leases/by-api.ts';
import { unguarded } from '../../../leases/forgeries.ts';
import { askBySql, moveAllBySql, withOpenTransaction } from '../../../leases/open-login-transaction.ts';
import { until } from '../../../leases/stage.ts';
import { addInitialOperator } from '../../../support/admin-context.ts';
import { untilBlocked } from '../../../support/blocked.ts';
import { LOGINS } from '../../../support/installation.ts';
import { firmsealJson } from '../../../system/program.ts';
import { claimsOf } from '../../scene.ts';
import type { Area, Attack } from '../attack.ts';
import { reasonOf, requested } from '../lease-parts.ts';
import { codesOf } from '../proofs.ts';
import type { Stage } from '../stage.ts';

const revoke = async ({ api, north }: Stage, lease: string): Promise<LeaseAnswer> =>
	(await leasesOver(api.ask).step(north.owner, 'revoke', lease)).data.revokeBreakGlass.lease;

/** The owner's revoke succeeds during the attack, and afterwards the lease opens nothing. */
const ends = (attack: string, expected: string, during: (stage: Stage, lease: string) => Promise<unknown>): Attack => ({
	attack,
	expected,
	layer: 'lease',
	async run(stage) {
		const { id } = await stage.lease();
		await during(stage, id);
		return { answers: [await stage.under(id, `{ note(id: "${stage.ours.ids.note}") { title } }`)] };
	},
});

export const leasesEnded: Area = {
	title: 'Leases that end although someone tries to prevent it',
	attacks: [
		ends(
			'The operator reads a page while the owner revokes, to make the log report damaged content',
			'No CIPHERTEXT_INVALID for the page, then LEASE_NOT_ACTIVE',
			async (stage, lease) => {
				const [page] = await Promise.all([
					stage.under(lease, '{ notes(first: 50) { nodes { title body } } }'),
					revoke(stage, lease),
				]);
				expect(JSON.stringify(await stage.entriesOf(page))).not.toContain('CIPHERTEXT_INVALID');
			},
		),
		ends(
			'The operator’s login takes every connection it can get before the owner revokes',
			'PostgreSQL refuses connections beyond the login’s limit (53300); the revoke succeeds, then LEASE_NOT_ACTIVE',
			async (stage, lease) => {
				const url = stage.installation.env.FIRMSEAL_OPERATOR_DATABASE_URL as string;
				const [{ most } = { most: 0 }] =
					await stage.admin`select rolconnlimit as most from pg_roles where rolname = ${LOGINS.operator}`;
				// Opens the API's own connections first.
				expect((await stage.under(lease, `{ note(id: "${stage.ours.ids.note}") { title } }`)).errors).toEqual([]);
				const taken: Client[] = [];
				try {
					let refusal: string | undefined;
					while (refusal === undefined && taken.length <= most)
						await openConnection(url).then(
							(client) => taken.push(client),
							({ code }) => {
								refusal = code;
							},
						);
					expect(refusal).toBe('53300');
					expect((await revoke(stage, lease)).state).toBe('REVOKED');
				} finally {
					await Promise.all(taken.map((client) => client.end()));
				}
			},
		),
		ends(
			'On a server that lets every login take advisory locks, the operator’s login holds each one that Firmseal uses, before the owner revokes and an operator is disabled',
			'Neither waits, since neither takes such a lock; then LEASE_NOT_ACTIVE',
			async (stage, lease) => {
				const { admin, approver, installation } = stage;
				const taking = 'pg_try_advisory_xact_lock(bigint), pg_try_advisory_xact_lock(int, int)';
				// A lock that a process of Firmseal holds at the moment is skipped.
				const claims = await admin`
					select format('select pg_try_advisory_xact_lock(%s)', p) as claim from generate_series(4611000, 4611008) p
					union all select format('select pg_try_advisory_xact_lock(hashtextextended(%L, 0))', person_id) from users
					union all select format('select pg_try_advisory_xact_lock(4611005, hashtext(%L))', person_id) from users
					union all select format('select pg_try_advisory_xact_lock(4611006, hashtext(%L))', id) from firms`;
				const email = `${uuidv7()}@platform.example`;
				await installation.adminContext.use((admin) =>
					addInitialOperator(admin, { email, name: 'Operator' }, ['OPERATOR']),
				);
				await admin.unsafe(`grant execute on function ${taking} to public`);
				try {
					await withOpenTransaction(
						stage,
						'operator',
						async (tx) => {
							for (const { claim } of claims) await tx.unsafe(claim);
						},
						async () => {
							expect((await revoke(stage, lease)).state).toBe('REVOKED');
							const env = { ...installation.env, FIRMSEAL_TOKEN: `${approver}` };
							expect(await firmsealJson(env, 'operator', 'disable', '--email', email)).toMatchObject({ code: 0 });
						},
					);
				} finally {
					await admin.unsafe(`revoke execute on function ${taking} from public`);
				}
			},
		),
		ends(
			'The operator’s login floods a lease and a request with end marks, in an open transaction and in others',
			'At most one mark per lease and transaction, and none where a mark exists. The revoke succeeds, then LEASE_NOT_ACTIVE',
			async (stage, lease) => {
				const { id: request } = await requested(stage);
				const flood = `insert into lease_ends (lease_id, firm_id) select l, '${stage.north.id}'
					from unnest('{${lease},${request}}'::uuid[]) l, generate_series(1, 500)`;
				await withOpenTransaction(
					stage,
					'operator',
					(tx) => tx.unsafe(flood),
					async () => {
						expect((await revoke(stage, lease)).state).toBe('REVOKED');
						for (let tries = 0; tries < 3; tries++) await stage.sql('operator', {}, (tx) => tx.unsafe(flood));
						await stage.broker.look();
					},
				);
				const [{ marks } = { marks: 0 }] = await stage.admin`
					select count(*)::int as marks from lease_ends where lease_id = any (${[lease, request]})`;
				expect(marks).toBe(4);
				expect((await stage.admin`select from leases where id = ${lease} and cleared_at is not null`).length).toBe(1);
			},
		),
		ends(
			'The owner revokes while a page is read, after its rows and before their keys',
			'LEASE_NOT_ACTIVE for the whole request; no entry says that a value was damaged',
			async (stage, lease) => {
				const page = `{ notes(firmId: "${stage.north.id}", first: 5) { nodes { title body } } }`;
				const { reading, revoked } = await stage.admin.begin(async (tx) => {
					await tx`lock table data_keys in access exclusive mode`;
					const reading = stage.under(lease, page);
					await untilBlocked(stage.admin, SUPERUSER);
					const revoked = revoke(stage, lease);
					await until(async () => (await stage.admin`select from lease_ends where lease_id = ${lease}`).length > 0);
					return { reading: [reading], revoked: [revoked] };
				});
				const [told] = await Promise.all(reading);
				expect((await Promise.all(revoked)).map(({ state }) => state)).toEqual(['REVOKED']);
				expect([told?.status, codesOf(told as never)]).toEqual([403, ['LEASE_NOT_ACTIVE']]);
				const entries = await stage.entriesOf(told as never);
				expect(entries.map(({ reason }) => reason)).not.toContain('CIPHERTEXT_INVALID');
				expect(entries.map(({ action }) => action)).not.toContain('content.fail');
			},
		),
		{
			attack:
				'The operator’s login locks the rows of more leases than the broker handles at once, cancelled or never approved, to block the broker and key changes; then it unwraps under a revoked lease',
			expected:
				'REFUSED by the keyring after the broker’s next pass; ended leases delay a key change for at most a minute',
			layer: 'key lock',
			async run(stage) {
				const { admin, installation, north } = stage;
				const ids = Array.from({ length: 9 }, (_, n) => `00000000-0000-7000-8000-00000000000${n}`);
				await stage.sql('operator', {}, async (tx) => {
					await askBySql(tx, { ids, firm: north.id, requester: claimsOf(stage.operator).sub });
					await moveAllBySql(tx, ids.slice(0, 7), 'CANCELLED');
					await moveAllBySql(tx, ids.slice(7), 'APPROVED', 'ACTIVATING');
				});
				const keyring = await openKeyring(installation.config, 'operator');
				const [row] = await admin`select wrapped from data_keys where firm_id = ${north.id} and class = 'NOTE' limit 1`;
				const unwrap = () => reasonOf(keyring.unwrap({ firm: north.id, class: 'NOTE' }, row?.wrapped));
				const { id } = await stage.lease();
				expect(await unwrap()).toBe('done');
				const job = uuidv7();
				await admin`insert into jobs (id, firm_id, kind, state, asked_on, asked_at, mac)
					values (${job}, ${north.id}, 'REWRAP', 'RUNNING', 'cli', now(), decode(repeat('00', 36), 'hex'))`;
				const isHeldBack = async () =>
					stage.sql('worker', {}, async (tx) => {
						await tx`select set_config('role', 'firmseal_maintenance', true), set_config('firmseal.job', ${job}, true)`;
						return tx`select lease_may_have_grants() as so`;
					});
				expect([...(await isHeldBack())]).toEqual([{ so: true }]);
				const after = await withOpenTransaction(
					stage,
					'operator',
					(tx) => tx`select from leases where id = any (${ids}) for update`,
					async () => {
						await revoke(stage, id);
						await stage.broker.look();
						await unguarded(stage, 'lease_ends', "update lease_ends set ended_at = ended_at - interval '61 seconds'");
						expect([...(await isHeldBack())]).toEqual([{ so: false }]);
						return unwrap();
					},
				);
				await admin`update jobs set state = 'DONE', ended_at = now() where id = ${job}`;
				return { keyring: [after] };
			},
		},
	],
};
