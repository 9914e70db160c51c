import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { servers } from '../support/both-servers.ts';
import { documentsBySql } from './documents-by-sql.ts';
import { deletionOf, NO_PRIVILEGE } from './two-firms.ts';

const OF_TICKET = ['hash', 'firm_id', 'user_id', 'document_id', 'version_id', 'expires_at', 'mac'];

describe.each(servers)('tickets by SQL on $name', (server) => {
	const { at, inNorth, inPortal, run, attempt, change, ticket } = documentsBySql(server);
	const hashes = async () =>
		(await at.two.admin`select hash from download_tickets`).map(({ hash }) => hash.toString('hex'));
	const makes = (firm: string, document: string) =>
		`insert into download_tickets (hash, firm_id, user_id, document_id, expires_at, mac)
			values (decode('${randomBytes(32).toString('hex')}', 'hex'), '${firm}', '${at.two.north.author}', '${document}', now(),
				decode('${randomBytes(36).toString('hex')}', 'hex'))`;

	it('are created, read and used up by the firm that is named, and never changed', async () => {
		const { north, harbour } = at.two;
		const [mine, theirs] = [await ticket(at.own, 60), await ticket(at.foreign, 60)];
		const seen = await run('firm', inNorth(), 'select hash from download_tickets');
		expect(seen.map(({ hash }: { hash: Buffer }) => hash)).toEqual([mine]);
		expect([...(await run('firm', {}, 'select hash from download_tickets'))]).toEqual([]);
		expect(await attempt('firm', inNorth(), makes(harbour.id, at.foreign))).toBe(NO_PRIVILEGE);
		expect(await attempt('firm', {}, makes(north.id, at.own))).toBe(NO_PRIVILEGE);
		expect(await attempt('firm', inNorth(), makes(north.id, at.own))).toBe('done');
		for (const role of ['firm', 'portal', 'operator', 'worker'] as const)
			for (const column of OF_TICKET)
				expect(await attempt(role, inPortal(), `update download_tickets set ${column} = ${column}`)).toBe(NO_PRIVILEGE);
		expect(await change('firm', inNorth(), deletionOf('download_tickets'))).toBe(2);
		expect(await hashes()).toEqual([theirs.toString('hex')]);
	});

	it('are created by the portal for what is shared, and neither read nor used there', async () => {
		const { north, harbour } = at.two;
		await ticket(at.shared, 60);
		for (const [firm, document] of [
			[north.id, at.own],
			[harbour.id, at.foreign],
			[harbour.id, at.shared],
		] as const)
			expect(await attempt('portal', inPortal(), makes(firm, document))).toBe(NO_PRIVILEGE);
		for (const named of [{}, inNorth(), { client: at.client }])
			expect(await attempt('portal', named, makes(north.id, at.shared))).toBe(NO_PRIVILEGE);
		expect(await attempt('portal', inPortal(), makes(north.id, at.shared))).toBe('done');
		for (const statement of [
			...OF_TICKET.map((column) => `select ${column} from download_tickets`),
			'delete from download_tickets',
		])
			expect([statement, await attempt('portal', inPortal(), statement)]).toEqual([statement, NO_PRIVILEGE]);
	});

	it('are inaccessible to the operator', async () => {
		await ticket(at.own, 60);
		for (const statement of [
			...OF_TICKET.map((column) => `select ${column} from download_tickets`),
			'select count(*) from download_tickets',
			'delete from download_tickets',
			makes(at.two.north.id, at.own),
		])
			for (const named of [{}, inNorth()])
				expect([statement, await attempt('operator', named, statement)]).toEqual([statement, NO_PRIVILEGE]);
	});

	it('are deleted by the worker after they expire, which reads nothing else of them', async () => {
		const valid = await ticket(at.own, 60);
		await ticket(at.own, -1);
		await ticket(at.foreign, -60);
		for (const column of OF_TICKET) {
			const outcome = await attempt('worker', {}, `select ${column} from download_tickets`);
			expect([column, outcome]).toEqual([column, column === 'expires_at' ? 'done' : NO_PRIVILEGE]);
		}
		for (const statement of [
			'select * from download_tickets',
			deletionOf('download_tickets', 'hash is not null'),
			'delete from download_tickets',
			makes(at.two.north.id, at.own),
		])
			expect([statement, await attempt('worker', inNorth(), statement)]).toEqual([statement, NO_PRIVILEGE]);
		expect(await run('worker', {}, 'select expires_at from download_tickets')).toHaveLength(2);
		expect(await change('worker', {}, deletionOf('download_tickets'))).toBe(2);
		expect(await hashes()).toEqual([valid.toString('hex')]);
	});
});
