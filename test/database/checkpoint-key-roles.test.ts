import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PLATFORM_FIRM_ID } from '../../src/keys/index.ts';
import { servers } from '../support/both-servers.ts';
import { type AuditLog, HASH, makeAuditLog, ROLES } from './audit-log-by-sql.ts';
import { NO_PRIVILEGE } from './two-firms.ts';

describe.each(servers)('checkpoint keys on $name', (server) => {
	let log: AuditLog;
	beforeAll(async () => {
		log = await makeAuditLog(server);
	});
	afterAll(() => log?.close());

	const KEYS = 'select firm_id, class from data_keys';
	const insert = (firm: string, keyClass: string) =>
		`update data_keys set state = 'RETIRED' where firm_id = '${firm}' and class = '${keyClass}';
		insert into data_keys (firm_id, class, version, state, wrapped, commitment, key_id)
		values ('${firm}', '${keyClass}', 2, 'ACTIVE', '\\x00', ${HASH}, 'k')`;

	it('are the only keys that the signer sees', async () => {
		for (const firm of ['', log.north, PLATFORM_FIRM_ID])
			expect([...(await log.run('signer', KEYS, firm))]).toEqual([{ firm_id: PLATFORM_FIRM_ID, class: 'CHECKPOINT' }]);
	});

	it('are invisible to every other role except the worker, which lists all keys', async () => {
		const mine = (row: Record<string, unknown>) => row.firm_id === PLATFORM_FIRM_ID && row.class === 'CHECKPOINT';
		for (const role of ['firm', 'operator', 'break_glass', 'broker'] as const)
			for (const firm of ['', log.north, PLATFORM_FIRM_ID])
				expect([role, [...(await log.run(role, KEYS, firm))].filter(mine)]).toEqual([role, []]);
		for (const role of ['portal', 'log'] as const) expect(await log.attempt(role, KEYS)).toBe(NO_PRIVILEGE);
		expect((await log.run('worker', KEYS)).filter(mine)).toHaveLength(1);
	});

	it('are created and retired by the signer, which does so with no other key', async () => {
		expect(await log.tried('signer', insert(PLATFORM_FIRM_ID, 'CHECKPOINT'))).toBe('done');
		for (const [firm, keyClass] of [
			[PLATFORM_FIRM_ID, 'RIGHTS'],
			[PLATFORM_FIRM_ID, 'JOB'],
			[log.north, 'CHECKPOINT'],
			[log.north, 'NOTE'],
		] as const)
			expect([keyClass, await log.tried('signer', insert(firm, keyClass))]).toEqual([keyClass, NO_PRIVILEGE]);
		const retired = await log.run(
			'signer',
			'update data_keys set state = state, sealed = sealed returning firm_id, class',
		);
		expect([...retired]).toEqual([{ firm_id: PLATFORM_FIRM_ID, class: 'CHECKPOINT' }]);
		for (const column of ['wrapped', 'commitment', 'key_id', 'version', 'firm_id', 'class'])
			expect(await log.attempt('signer', `update data_keys set ${column} = ${column}`), column).toBe(NO_PRIVILEGE);
		expect(await log.attempt('signer', 'delete from data_keys')).toBe(NO_PRIVILEGE);
	});

	it('are created and retired by no other role', async () => {
		for (const role of ROLES.filter((each) => each !== 'signer'))
			for (const firm of [log.north, PLATFORM_FIRM_ID]) {
				expect([role, await log.attempt(role, insert(PLATFORM_FIRM_ID, 'CHECKPOINT'), firm)]).toEqual([
					role,
					NO_PRIVILEGE,
				]);
				const retire = log
					.run(
						role,
						`update data_keys set state = 'RETIRED' where firm_id = '${PLATFORM_FIRM_ID}' and class = 'CHECKPOINT'`,
						firm,
					)
					.then(
						({ count }) => count,
						({ code }) => code,
					);
				expect([0, NO_PRIVILEGE]).toContain(await retire);
			}
		expect([
			...(await log.admin`select state from data_keys where class = 'CHECKPOINT' and firm_id = ${PLATFORM_FIRM_ID}`),
		]).toEqual([{ state: 'ACTIVE' }]);
	});
});
