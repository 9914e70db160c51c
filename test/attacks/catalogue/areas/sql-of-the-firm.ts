import { v7 as uuidv7 } from 'uuid';
import { expect } from 'vitest';
import { envelopeOf } from '../../../database/two-firms.ts';
import { leafText } from '../../../support/leaf-text.ts';
import type { Area } from '../attack.ts';
import { requested } from '../lease-parts.ts';
import { authorOf, inNorth, inPortal, insertNote, noPrivilege, rule } from '../sql-attacks.ts';

const envelope = (firm: string) => `'\\x${envelopeOf(firm).toString('hex')}'`;

export const sqlOfTheFirm: Area = {
	title: 'SQL as the firm’s roles',
	attacks: [
		noPrivilege(
			'Firm: a condition that fails on another firm’s row before the row policy sees it',
			async (stage) => {
				const cheap = `select id from notes where 1 / (case when firm_id = '${stage.harbour.id}' then 0 else 1 end) = 1`;
				const rows = await stage.sql('firm', inNorth(stage), cheap);
				expect(rows.length).toBeGreaterThan(0);
				const cast = `select id from notes where (case when firm_id = '${stage.harbour.id}' then id::text else '1' end)::int = 1`;
				expect(await stage.states('firm', inNorth(stage), cast)).toEqual(['done']);
				return {
					states: await stage.states(
						'firm',
						inNorth(stage),
						'alter table notes disable row level security',
						'set local row_security = off; select id from notes',
					),
				};
			},
			'42501; the policy’s condition runs first: no error, no row',
		),
		noPrivilege(
			'Firm: reads another firm’s row by `on conflict do update … returning`',
			async (stage) => {
				const { harbour, theirs } = stage;
				const id = theirs.ids.note;
				const upsert = `${insertNote(stage, stage.north.id, 'null', id)} on conflict (id) do update set title = null returning *`;
				return { states: await stage.states('firm', inNorth(stage), upsert, insertNote(stage, harbour.id, 'null')) };
			},
			'42501: the row policy covers the conflicting row',
		),
		{
			attack: 'Firm: names another firm in its transaction, and reads its content',
			expected: 'Only ciphertext. SECURITY.md says that a dishonest process can name any firm',
			layer: 'envelope',
			async run(stage) {
				const rows = await stage.sql(
					'firm',
					{ firm: stage.harbour.id },
					'select title, body from notes where title is not null and body is not null',
				);
				expect(rows.length).toBeGreaterThan(0);
				return { values: rows.flatMap(({ title, body }: { title: Buffer; body: Buffer }) => [title, body]) };
			},
		},
		rule(
			'Firm: plaintext, an empty value, another suite or an envelope without a firm in a content column',
			'23514, without a default instead',
			async (stage) => ({
				states: await stage.states(
					'firm',
					inNorth(stage),
					...[
						"'\\x'",
						"convert_to('plaintext that is longer than any envelope has to be', 'UTF8')",
						"decode('f502' || repeat('00', 60), 'hex')",
						"decode('f501' || repeat('00', 60), 'hex')",
					].map((value) => insertNote(stage, stage.north.id, value)),
				),
			}),
		),
		rule(
			'Firm: another firm’s envelope in a content column, by insert and by update',
			'23514: the firm tag is another firm’s',
			async (stage) => ({
				states: await stage.states(
					'firm',
					inNorth(stage),
					insertNote(stage, stage.north.id, envelope(stage.harbour.id)),
					`update notes set title = ${envelope(stage.harbour.id)} where id = '${stage.ours.ids.note}'`,
				),
			}),
		),
		rule(
			'Firm: tests by foreign keys whether another firm’s document or client exists',
			'23503, whether it exists or not',
			async (stage) => {
				const about = (id: string) =>
					`insert into comments (firm_id, id, author_id, document_id) values ('${stage.north.id}', '${uuidv7()}', '${authorOf(stage)}', '${id}')`;
				const thread = (id: string) =>
					`insert into threads (firm_id, id, author_id, client_id) values ('${stage.north.id}', '${uuidv7()}', '${authorOf(stage)}', '${id}')`;
				const { document, client } = stage.theirs.ids;
				return {
					states: await stage.states(
						'firm',
						inNorth(stage),
						about(document),
						about(uuidv7()),
						thread(client),
						thread(uuidv7()),
					),
				};
			},
		),
		noPrivilege(
			'Firm: changes the firm, author or thread of a row, changes a data key, deletes rows',
			async (stage) => ({
				states: await stage.states(
					'firm',
					inNorth(stage),
					`update notes set firm_id = '${stage.harbour.id}'`,
					'update notes set author_id = author_id',
					'update messages set thread_id = thread_id',
					'update data_keys set wrapped = wrapped',
					'update data_keys set version = version + 1',
					'delete from data_keys',
					'delete from notes',
					'truncate notes',
				),
			}),
		),
		noPrivilege(
			'Firm: notices of leases and jobs that would only raise the count of existing ones, also in a statement that drops its role',
			async (stage) => {
				const { id: lease } = await requested(stage);
				const job = uuidv7();
				await stage.admin`insert into jobs (id, firm_id, kind, state, asked_on, asked_at, mac)
					values (${job}, ${stage.north.id}, 'MOVE', 'QUEUED', 'cli', now(), decode(repeat('00', 36), 'hex'))`;
				const counted = () =>
					stage.admin`select id, repeats, last_at from notices where firm_id = ${stage.north.id} order by id`;
				const before = await counted();
				const [was] = await stage.admin`select notices_before_folding from request_limits`;
				await stage.admin`update request_limits set notices_before_folding = 1`;
				const tell = (kind: string, about: string, values: string) =>
					`insert into notices (id, firm_id, kind, audience, created_at, ${about})
						select gen_random_uuid(), '${stage.north.id}', '${kind}', 'OWNERS', now(), ${values} from generate_series(1, 9)`;
				const states = await stage.states(
					'firm',
					inNorth(stage),
					tell('LEASE_REQUESTED', 'lease_id', `'${lease}'`),
					tell('JOB_REQUESTED', 'job_id, job_kind, job_state', `'${job}', 'MOVE', 'QUEUED'`),
					`insert into notices (id, firm_id, kind, audience, created_at, lease_id)
						select gen_random_uuid(), '${stage.north.id}', case when g = 1 then 'ACCESS_POLICY_CHANGED'
							when set_config('role', 'none', true) = 'none' then 'LEASE_REQUESTED' end, 'OWNERS', now(),
							case when g > 1 then '${lease}'::uuid end from generate_series(1, 9) g`,
				);
				await stage.admin`update request_limits set notices_before_folding = ${was?.notices_before_folding}`;
				expect(await counted()).toEqual(before);
				await stage.admin`update jobs set state = 'CANCELLED', ended_at = now() where id = ${job}`;
				return { states };
			},
		),
		noPrivilege('Firm: identities of accounts (issuer, subject, person), and operators', async (stage) => {
			const rows = await stage.sql('firm', inNorth(stage), 'select email from users');
			expect(rows.length).toBeGreaterThan(0);
			expect(rows.every(({ email }: { email: string }) => !/harbour|platform/.test(email))).toBe(true);
			return {
				states: await stage.states(
					'firm',
					inNorth(stage),
					'select issuer, subject from users',
					'select person_id from users',
					'select * from operators',
					'update users set email = email',
				),
			};
		}),
		noPrivilege(
			'Firm: a newcomer’s account that is created disabled, or in the future, to keep them out',
			async (stage) => {
				const account = (column: string, value: string) =>
					`insert into users (id, person_id, issuer, subject, email, name, ${column})
						values ('${uuidv7()}', '${uuidv7()}', 'firmseal-development', 'newcomer', 'newcomer@north.example', 'N', ${value})`;
				return {
					states: await stage.states(
						'firm',
						inNorth(stage),
						account('disabled_at', 'now()'),
						account('created_at', "'2100-01-01'"),
					),
				};
			},
		),
		{
			attack: 'Firm: records a legal hold that has no row, to block the firm’s erasure forever',
			expected: '42501: it may append only the actions of its own program, and holds are not among them',
			layer: 'audit log',
			async run(stage) {
				const says = (plane: string) => {
					const leaf = { action: 'hold.set', boot: uuidv7(), firm: stage.north.id, id: uuidv7(), plane };
					const text = leafText({ ...leaf, records: ['A'.repeat(22)], sequence: 1 });
					return `insert into audit_entries (id, firm_id, boot, sequence, leaf)
						values ('${leaf.id}', '${leaf.firm}', '${leaf.boot}', 1, '${text}')`;
				};
				return { states: await stage.states('firm', inNorth(stage), says('firm'), says('cli')) };
			},
		},
		noPrivilege('Portal: notes, comments, time entries, keys, the log and operators', async (stage) => ({
			states: await stage.states(
				'portal',
				inPortal(stage),
				...['notes', 'comments', 'time_entries', 'data_keys', 'audit_entries', 'operators', 'notices'].map(
					(table) => `select 1 from ${table}`,
				),
			),
		})),
		noPrivilege(
			'Portal: shares a document with itself, unshares, and moves objects to another client',
			async (stage) => ({
				states: await stage.states(
					'portal',
					inPortal(stage),
					`insert into shares (id, firm_id, client_id, author_id, document_id) values ('${uuidv7()}', '${stage.north.id}', '${stage.north.clientId}', '${authorOf(stage)}', '${stage.ours.ids.document}')`,
					'delete from shares',
					'update shares set client_id = client_id',
					'update documents set client_id = client_id',
					"update invoices set status = 'PAID'",
				),
			}),
		),
		{
			attack: 'Portal: injected SQL takes the firm’s role, which the same login may take',
			expected: 'Works, and returns ciphertext: both roles belong to the firm plane',
			layer: 'none',
			async run(stage) {
				const rows = await stage.sql('portal', inPortal(stage), async (tx) => {
					await tx`set local role firmseal_firm`;
					return tx`select title from notes where id = ${stage.ours.ids.note}`;
				});
				expect(rows[0].title.subarray(0, 2).toString('hex')).toBe('f501');
				return { admitted: 'a firm-plane process that is dishonest | it can name any firm' };
			},
		},
	],
};
