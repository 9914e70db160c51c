import { randomBytes } from 'node:crypto';
import type { TransactionSql } from 'postgres';
import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { CustodyFirm } from '../support/firm-custody.ts';
import { LOGINS } from '../support/installation.ts';
import { embedded } from '../support/own-servers.ts';
import { makePopulated, type Populated } from '../support/populated.ts';
import { addAccount } from './leases-by-sql.ts';
import { codeOf, NO_PRIVILEGE, roleOf, type Side } from './two-firms.ts';

const OTHER_CUSTODY = 'FS004';
const SIDES = Object.keys(LOGINS) as Side[];

let populated: Populated;
let custody: CustodyFirm;
let user: string;
beforeAll(async () => {
	populated = await makePopulated(embedded);
	custody = await CustodyFirm.begin(populated.installation, populated.north);
	await custody.take('NOTE');
	user = await addAccount(populated.installation.admin, 'OPERATOR');
});
beforeEach(() => custody.setCustody('NOTE', 'FIRM'));
afterAll(() => populated?.installation.close());

const insertion =
	(classes: readonly string[], id = uuidv7()) =>
	(tx: TransactionSql) =>
		tx`insert into leases (id, firm_id, requested_by, purpose, classes, minutes, reason_hash, ticket_hash, request_hash, request_mac, acted_by)
		values (${id}, ${populated.north.id}, ${user}, 'INCIDENT', ${[...classes]}, 30, ${randomBytes(32)}, ${randomBytes(32)},
			${randomBytes(32)}, ${randomBytes(36)}, ${user})`;

/** As the login of a plane, in its role; or as the database’s administrator. */
const attempt = (side: Side | 'admin', work: (tx: TransactionSql) => Promise<unknown>): Promise<string> => {
	const { installation, north } = populated;
	if (side === 'admin') return codeOf(installation.admin.begin(work));
	return codeOf(
		installation.signIn(side).begin(async (tx) => {
			await tx`select set_config('role', ${roleOf(side)}, true), set_config('firmseal.firm', ${north.id}, true)`;
			return work(tx);
		}),
	);
};

it.each(['MOVING', 'FIRM', 'BACK'])('no login makes a lease on a class in %s custody', async (state) => {
	await custody.setCustody('NOTE', state);
	for (const classes of [['NOTE'], ['BILLING', 'NOTE']]) {
		const codes = await Promise.all(
			[...SIDES, 'admin' as const].map(async (side) => [side, await attempt(side, insertion(classes))]),
		);
		expect(Object.fromEntries(codes)).toEqual({
			firm: NO_PRIVILEGE,
			operator: OTHER_CUSTODY,
			worker: NO_PRIVILEGE,
			broker: NO_PRIVILEGE,
			admin: OTHER_CUSTODY,
		});
	}
	// A class beside it, and the same class of another firm, can have leases as before.
	expect(await attempt('operator', insertion(['BILLING']))).toBe('done');
});

it('no login adds such a class to a lease, makes one by copying rows, or switches the trigger off', async () => {
	const id = uuidv7();
	expect(await attempt('operator', insertion(['BILLING'], id))).toBe('done');
	for (const side of SIDES) {
		const change = (tx: TransactionSql) => tx`update leases set classes = ${['NOTE']} where id = ${id}`;
		expect([side, await attempt(side, change)]).toEqual([side, NO_PRIVILEGE]);
		const off = (tx: TransactionSql) => tx.unsafe('alter table leases disable trigger in_custody');
		expect([side, await attempt(side, off)]).toEqual([side, NO_PRIVILEGE]);
		const replica = (tx: TransactionSql) => tx.unsafe('set local session_replication_role = replica');
		expect([side, await attempt(side, replica)]).toEqual([side, NO_PRIVILEGE]);
	}
	const copied = (tx: TransactionSql) =>
		tx.unsafe(`insert into leases select (jsonb_populate_record(l, jsonb_build_object(
			'id', gen_random_uuid(), 'classes', array['NOTE']))).* from leases l where id = '${id}'`);
	expect(await attempt('operator', copied)).not.toBe('done');
	const [row] = await populated.installation.admin`select classes from leases where id = ${id}`;
	expect(row?.classes).toEqual(['BILLING']);
});
