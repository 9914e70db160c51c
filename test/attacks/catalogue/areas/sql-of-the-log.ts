import { randomBytes } from 'node:crypto';
import { v7 as uuidv7 } from 'uuid';
import { expect } from 'vitest';
import { leafText } from '../../../support/leaf-text.ts';
import { claimsOf } from '../../scene.ts';
import type { Area } from '../attack.ts';
import { GIVEN_UP, inNorth, inPortal, rule } from '../sql-attacks.ts';
import { findsDenial } from '../watched.ts';

export const sqlOfTheLog: Area = {
	title: 'SQL on the log',
	attacks: [
		{
			attack: 'Each role, the tables’ owner and a superuser: change, delete and truncate audit entries',
			expected: '42501: no privilege, and a trigger that also fires for the superuser and in replica mode',
			layer: 'audit log',
			async run(stage) {
				const changes = ["update audit_entries set leaf = '{}'", 'delete from audit_entries', 'truncate audit_entries'];
				const states: string[] = [];
				for (const role of ['firm', 'portal', 'operator', 'worker'] as const)
					states.push(...(await stage.states(role, inNorth(stage), ...changes)));
				for (const first of ['set local role firmseal_owner', 'set local session_replication_role = replica'])
					for (const change of changes)
						states.push(
							await stage.admin
								.begin((tx) => tx.unsafe(`${first}; ${change}`))
								.then(
									() => 'done',
									(error: { code: string }) => error.code,
								),
						);
				return { states };
			},
		},
		{
			attack: 'Each plane: appends an entry in the name of another plane, or with an action that is not its own',
			expected: '42501: row policies decide who may append which entry',
			layer: 'audit log',
			async run(stage) {
				const append = (leaf: object) => {
					const names = { id: uuidv7(), boot: uuidv7(), sequence: 1, firm: stage.north.id };
					return `insert into audit_entries (id, firm_id, boot, sequence, leaf) values ('${names.id}', '${names.firm}', '${names.boot}', 1, '${JSON.stringify({ ...names, ...leaf })}')`;
				};
				return {
					states: [
						...(await stage.states('operator', {}, append({ plane: 'firm', action: 'content.open' }))),
						...(await stage.states('operator', {}, append({ plane: 'operator', action: 'content.open' }))),
						...(await stage.states('worker', {}, append({ plane: 'worker', action: 'content.open' }))),
						...(await stage.states('worker', {}, append({ plane: 'firm', action: 'log.read' }))),
						...(await stage.states('firm', inNorth(stage), append({ plane: 'cli', action: 'firm.create' }))),
						...(await stage.states('portal', inPortal(stage), append({ plane: 'firm', action: 'content.open' }))),
					],
				};
			},
		},
		rule(
			'Operator: appends entries that make the log look tampered with: no time, a space, skipped numbers, another plane’s numbers',
			'23514: the table takes only entries that every verification accepts, so there is no false alert on a gap or fork',
			async (stage) => {
				const [boot] = await stage.admin`select boot from audit_runs where role = 'firmseal_firm' limit 1`;
				const append = (sequence: number, more: object, written = (text: string) => text) => {
					const names = { id: uuidv7(), boot: uuidv7(), sequence, firm: stage.north.id, ...more };
					const leaf = written(leafText({ plane: 'operator', action: 'log.read', ...names }));
					return `insert into audit_entries (id, firm_id, boot, sequence, leaf) values ('${names.id}', '${names.firm}', '${names.boot}', ${sequence}, '${leaf}')`;
				};
				return {
					states: await stage.states(
						'operator',
						{},
						append(1, { at: undefined }),
						append(1, {}, (text) => text.replace(':', ': ')),
						append(1_000, {}),
						append(1, { boot: boot?.boot }),
					),
				};
			},
		),
		rule(
			'Each login: drops its role within the statement, and appends an entry that no verification accepts',
			'23514: the signed-in login decides whose entry it is, and no statement changes it',
			async (stage) => {
				const states: string[] = [];
				for (const role of ['firm', 'operator', 'worker'] as const) {
					const append = (sequence: number, written = (text: string) => text) => {
						const names = { id: uuidv7(), boot: uuidv7(), sequence, firm: stage.north.id };
						const leaf = written(leafText({ plane: role, action: 'log.read', ...names }));
						return `insert into audit_entries (id, firm_id, boot, sequence, leaf)
							select '${names.id}', '${names.firm}', '${names.boot}', ${sequence}, '${leaf}' where ${GIVEN_UP}`;
					};
					states.push(
						...(await stage.states(
							role,
							inNorth(stage),
							append(7),
							append(1, (text) => text.replace(':', ': ')),
						)),
					);
				}
				const strange = await stage.admin`select distinct role from audit_entries
					where role not in ('firmseal_firm', 'firmseal_operator', 'firmseal_worker', 'firmseal_broker')`;
				expect([...strange]).toEqual([]);
				return { states };
			},
		),
		{
			attack: 'Operator: locks the row of an alert, and of its replacement, to read without an alert',
			expected: 'Another alert counts the read, and no one waits for the locked rows',
			layer: 'audit log',
			run: (stage) =>
				findsDenial(stage, async (find) => {
					await find();
					await stage.sql('operator', {}, async (tx) => {
						const held = () => tx`select from alerts where rule = 'CONTENT_WITHOUT_LEASE' for update`;
						await held();
						await find();
						await held();
						await tx`update alerts set acknowledged_by = ${claimsOf(stage.auditor).sub} where acknowledged_at is null and actor_id = ${claimsOf(stage.operator).sub}`;
						await find();
					});
				}),
		},
		{
			attack: 'Operator: writes more records into the log than can be counted, to hide a read behind them',
			expected:
				'The search reads a limited number of bytes and stops counting at the threshold, so it finds the later read',
			layer: 'audit log',
			run: (stage) =>
				findsDenial(stage, async (find) => {
					const [boot, lease, user] = [uuidv7(), uuidv7(), claimsOf(stage.operator).sub];
					await stage.sql('operator', {}, async (tx) => {
						const record = () => randomBytes(16).toString('base64url');
						for (let sequence = 1; sequence <= 50; sequence++) {
							const names = { id: uuidv7(), boot, sequence, firm: stage.north.id };
							const leaf = leafText({
								...names,
								action: 'lease.use',
								actor: { kind: 'operator', roles: ['OPERATOR'], user },
								coordinates: ['Note.title'],
								lease,
								plane: 'operator',
								records: Array.from({ length: 1_000 }, record),
								request: uuidv7(),
							});
							await tx`insert into audit_entries (id, firm_id, boot, sequence, leaf)
								values (${names.id}, ${names.firm}, ${boot}, ${sequence}, ${leaf})`;
						}
					});
					await find();
					const [kept] = await stage.admin`
						select max(items)::int as most from (select count(*) as items from alert_tallies where subject = ${user} group by rule, bucket) t`;
					expect(kept).toEqual({ most: 51 });
				}),
		},
	],
};
