import { v7 as uuidv7 } from 'uuid';
import { expect } from 'vitest';
import { openKeyring } from '../../../../src/wiring/index.ts';
import { ROW_BY_ROW, takingApart } from '../../../database/leases-by-sql.ts';
import { codeOf } from '../../../database/two-firms.ts';
import { claimsOf } from '../../scene.ts';
import type { Area } from '../attack.ts';
import { breaking, reasonOf, requested } from '../lease-parts.ts';
import { noPrivilege, rule } from '../sql-attacks.ts';
import type { Stage } from '../stage.ts';

/** Runs SQL with the broker's login and role. */
async function asBroker(stage: Stage, statement: string): Promise<unknown> {
	const sql = stage.installation.signIn('broker');
	try {
		return await sql.begin(async (tx) => {
			await tx`select set_config('role', 'firmseal_broker', true)`;
			return tx.unsafe(statement);
		});
	} finally {
		await sql.end();
	}
}

export const leasesBySql: Area = {
	title: 'Leases by SQL and through the keyring',
	attacks: [
		noPrivilege(
			'Operator: activates, prolongs or widens a lease, approves for the firm, removes an end mark, resets a budget',
			async (stage) => {
				const [{ id: waiting }, { id }] = [await requested(stage), await stage.lease()];
				const of = `where id = '${id}'`;
				const owner = claimsOf(stage.north.owner).sub;
				return {
					states: await stage.states(
						'operator',
						{ firm: stage.north.id },
						`update leases set state = 'ACTIVE', activated_at = now(), expires_at = now() + interval '1 day', activation_mac = request_mac ${of}`,
						`update leases set expires_at = expires_at + interval '1 hour' ${of}`,
						`update leases set classes = '{NOTE,BILLING}' ${of}`,
						`update leases set coordinates = null ${of}`,
						`update leases set requested_by = reviewed_by ${of}`,
						`insert into leases select (l).* from (select l from leases l ${of}) l`,
						`insert into lease_approvals (lease_id, firm_id, side, user_id, request_hash, mac) select id, firm_id, 'FIRM', '${owner}', request_hash, request_mac from leases where id = '${waiting}'`,
						'delete from lease_ends',
						'delete from lease_approvals',
						'update lease_budgets set used = 0',
						'update lease_budgets set budget = null',
						"update access_policies set policy = 'NOTIFY'",
						'update clock_high_water_marks set at = now()',
						'truncate lease_ends',
					),
				};
			},
		),
		rule(
			'Operator and worker: a reason, ticket, field, name or address that displays as other text than it holds: direction overrides, escapes, zero-width, tag and private characters, needless joiners and variation selectors, 1,900 line feeds',
			'23514: a text that people decide by has only visible characters and at most 40 lines',
			async (stage) => {
				const { id } = await requested(stage);
				const seen = ['\u202e', '\u2066', '\x1b[2J', '\u2028', '\ue000', '\u{f0000}'];
				const unseen = [
					'\u200b',
					'\u200c',
					'\u200d',
					'\ufe0f',
					'\u{e0100}',
					'\u{e0041}',
					'\u{e0061}',
					'\u{e0063}',
					'\u{e007f}',
				];
				const hidden = [...seen, ...unseen];
				const words = (reason: string, ticket: string) =>
					`insert into lease_texts (lease_id, firm_id, reason, ticket) values ('${id}', '${stage.north.id}', '${reason}', '${ticket}')`;
				const columns =
					'firm_id, requested_by, purpose, classes, minutes, reason_hash, ticket_hash, request_hash, request_mac';
				const field = (coordinate: string) =>
					`insert into leases (id, ${columns}, coordinates)
						select '${uuidv7()}', ${columns}, array['Note.body', '${coordinate}'] from leases where id = '${id}'`;
				const reason = 'x'.repeat(30);
				const states = await stage.states(
					'operator',
					{ firm: stage.north.id },
					...[...hidden, '\n'.repeat(1900), '\n \n\n', '\nx'.repeat(40)].map((each) =>
						words(`${reason}${each}yes`, 'SUP-1'),
					),
					...[...hidden.map((each) => `SUP-1${each}`), 'SUP-1\n', 'SUP-1 minutes 5'].map((each) => words(reason, each)),
					...[...hidden.map((each) => `Note.title${each}`), 'Note.title\n', 'Note.title minutes 5'].map(field),
				);
				const account = (email: string, name: string) => {
					const user = uuidv7();
					return `insert into users (id, person_id, issuer, subject, email, name)
						values ('${user}', '${user}', 'sql', '${user}', '${email}', '${name}')`;
				};
				const named = [...hidden, '\n'].flatMap((each) => [
					account(`sam${each}@sql.example`, 'Sam'),
					account('sam@sql.example', `Sam${each}`),
					`insert into firms (id, slug, name) values ('${uuidv7()}', 'by-sql', 'North${each}gate')`,
				]);
				states.push(...(await stage.states('worker', {}, ...named)));
				expect(new Set(states)).toEqual(new Set(['23514']));
				return { states };
			},
		),
		rule(
			'Operator: transitions of a lease that its role may not make, and any from a terminal state',
			'23000: a trigger enforces the transition table',
			async (stage) => {
				const [{ id: waiting }, { id: active }] = [await requested(stage), await stage.lease()];
				const move = (id: string, state: string) => `update leases set state = '${state}' where id = '${id}'`;
				const states = await stage.states(
					'operator',
					{},
					move(waiting, 'ACTIVATING'),
					move(waiting, 'ACTIVE'),
					move(waiting, 'LAPSED'),
					move(active, 'APPROVED'),
					move(active, 'ACTIVATING'),
					move(active, 'EXPIRED'),
					// Without its end mark.
					move(active, 'REVOKED'),
					move(active, 'RELEASED'),
				);
				await stage.sql('operator', {}, move(waiting, 'CANCELLED'));
				states.push(...(await stage.states('operator', {}, move(waiting, 'REQUESTED'), move(waiting, 'APPROVED'))));
				return { states };
			},
		),
		rule(
			'A superuser: a lease with an invalid hash, activation, scope, budget or duration',
			'23514, for every role',
			async (stage) => {
				const { id } = await stage.lease();
				const states: string[] = [];
				for (const set of [
					"classes = '{}'",
					"classes = '{EVERYTHING}'",
					'minutes = 241',
					'minutes = 0',
					'read_budget = 0',
					"coordinates = '{}'",
					"record_ids = '{}'",
					'activation_mac = null',
					"request_hash = ''",
				])
					states.push(
						await codeOf(
							stage.admin.begin(async (tx) => {
								await tx.unsafe('alter table leases disable trigger guard');
								await tx.unsafe(`update leases set ${set} where id = '${id}'`);
							}),
						),
					);
				return { states };
			},
		),
		noPrivilege(
			'The break-glass role: reads without a lease and under a pending one, writes under an active one',
			async (stage) => {
				const { id: waiting } = await requested(stage);
				for (const lease of ['', uuidv7(), waiting])
					for (const table of ['notes', 'messages', 'documents', 'invoices', 'data_keys'])
						expect([table, [...(await breaking(stage, lease, `select * from ${table}`))]]).toEqual([table, []]);
				const { id } = await stage.lease();
				expect((await breaking(stage, id, 'select title from notes')).length).toBeGreaterThan(0);
				expect([...(await breaking(stage, id, 'select body from messages'))]).toEqual([]);
				const states: string[] = [];
				for (const statement of [
					'update notes set revision = revision + 1',
					'delete from notes',
					'insert into notes select * from notes',
					'select 1 from notes for update',
					'lock table notes in share mode',
					'select * from leases',
					"update leases set state = 'ACTIVE'",
					'update lease_budgets set used = 0',
					'select * from audit_entries',
					'copy notes from stdin',
				])
					states.push(await codeOf(breaking(stage, id, statement)));
				return { states };
			},
			'No row for a read; 42501 for a write',
		),
		noPrivilege(
			'The break-glass role: changes the named firm and lease for each row of one statement, so that each check of the policy sees another',
			async (stage) => {
				const { id: lease } = await stage.lease();
				const [ours, theirs] = [await stage.note(), await stage.note({}, stage.harbour)];
				const [north, harbour] = [
					{ firm: stage.north.id, lease },
					{ firm: stage.harbour.id, lease },
				];
				const rows = takingApart(
					[north, ours, false, false],
					[harbour, theirs, true, false],
					[{ ...harbour, lease: uuidv7() }, theirs],
					[harbour, theirs],
				);
				const answers = await breaking(
					stage,
					lease,
					[...ROW_BY_ROW, rows, 'select body from messages for update'].join(';'),
				).then(
					() => 'done',
					({ code }) => code,
				);
				const seen = await breaking(stage, lease, [...ROW_BY_ROW, rows].join(';'));
				expect((seen as unknown as unknown[][]).at(-1)).toEqual([]);
				return { states: [answers] };
			},
			'No row; 42501',
		),
		noPrivilege(
			'Operator: reads content columns after it returns to its own role, in the transaction of an active lease and later',
			async (stage) => {
				const { id } = await stage.lease();
				const back = `select title from notes; set local role firmseal_operator; select title from notes`;
				const left = await codeOf(breaking(stage, id, back));
				return {
					states: [left, ...(await stage.states('operator', { firm: stage.north.id }, 'select title from notes'))],
				};
			},
		),
		noPrivilege(
			'Broker: reads content, approves, widens or requests a lease, writes members, operators or policies',
			async (stage) => {
				const { id } = await stage.lease();
				const states: string[] = [];
				for (const statement of [
					'select id from notes',
					'select body from messages',
					`insert into lease_approvals (lease_id, firm_id, side, user_id, request_hash, mac) select id, firm_id, 'PLATFORM', requested_by, request_hash, request_mac from leases where id = '${id}'`,
					`update leases set classes = '{NOTE,BILLING}' where id = '${id}'`,
					'insert into leases select * from leases',
					'update lease_budgets set used = 0',
					"update memberships set role = 'OWNER'",
					"update operators set roles = '{APPROVER}'",
					"update access_policies set policy = 'NOTIFY'",
					'set local role firmseal_break_glass',
					'set local role firmseal_operator',
				])
					states.push(await codeOf(asBroker(stage, statement)));
				return { states };
			},
		),
		{
			attack:
				'Operator’s process: unwraps a key without a grant, a key of another class, the firm’s RIGHTS key, and creates a grant',
			expected: 'REFUSED by the keyring',
			layer: 'key lock',
			async run(stage) {
				const keyring = await openKeyring(stage.installation.config, 'operator');
				const firm = stage.north.id;
				const unwrap = async (of: string) => {
					const [row] =
						await stage.admin`select wrapped from data_keys where firm_id = ${firm} and class = ${of} limit 1`;
					return reasonOf(keyring.unwrap({ firm, class: of }, row?.wrapped));
				};
				const before = await unwrap('NOTE');
				await stage.lease();
				expect(await unwrap('NOTE')).toBe('done');
				return {
					keyring: [
						before,
						await unwrap('COMMUNICATION'),
						await unwrap('RIGHTS'),
						await reasonOf(keyring.createGrant({ name: 'bg-mine-BILLING', firm, class: 'BILLING' })),
					],
				};
			},
		},
		{
			attack: 'Operator’s process: unwraps a key again after the lease was revoked and the broker revoked the grant',
			expected: 'REFUSED by the keyring, also in a process that has unwrapped the key before',
			layer: 'key lock',
			async run(stage) {
				const keyring = await openKeyring(stage.installation.config, 'operator');
				const firm = stage.north.id;
				const [row] =
					await stage.admin`select wrapped from data_keys where firm_id = ${firm} and class = 'NOTE' limit 1`;
				const unwrap = () => reasonOf(keyring.unwrap({ firm, class: 'NOTE' }, row?.wrapped));
				await stage.lease();
				expect(await unwrap()).toBe('done');
				await stage.clear();
				return { keyring: [await unwrap()] };
			},
		},
	],
};
