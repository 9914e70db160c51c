import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/clock/clock.ts';
import type { Plane } from '../../src/database/index.ts';
import { guardKeyring, type Keyring, KeyUnavailableError } from '../../src/keys/index.ts';
import type { BrokerParts } from '../../src/leases/broker/parts.ts';
import { createLeaseTasks } from '../../src/leases/broker/tasks.ts';
import { sweepGrants } from '../../src/leases/broker/watch.ts';
import { grantName } from '../../src/leases/index.ts';
import { openKeyring, openLog, openPlaneOf, openRights } from '../../src/wiring/index.ts';
import type { TestApi } from '../support/installation.ts';
import { makeNote } from '../support/notes.ts';
import { type LeaseStage, makeLeaseStage } from './stage.ts';

const NOTES = 'query ($firm: ID!) { notes(firmId: $firm, first: 5) { nodes { id title } } }';

/**
 * A key service with delays: a new grant works at once only with its token, which differs each time it is made, and it is listed only when the test
 * says so.
 */
function slowService() {
	const newest = new Map<string, string>();
	const shown: { readonly class: string; readonly tokens: readonly string[] }[] = [];
	const state = { lists: true, cutsOff: false };
	let made = 0;
	const forBroker = (keyring: Keyring): Keyring => ({
		...keyring,
		async createGrant(grant) {
			const answer = await keyring.createGrant(grant);
			const token = `token-${++made}`;
			newest.set(`${grant.firm} ${grant.class}`, token);
			if (state.cutsOff) throw new Error('cut off');
			return { ...answer, token };
		},
		listGrants: async (firm) => (state.lists ? keyring.listGrants(firm) : []),
	});
	const forOperator = (keyring: Keyring): Keyring => ({
		...keyring,
		async unwrap(context, wrapped, tokens = []) {
			if (context.class === 'RIGHTS') return keyring.unwrap(context, wrapped);
			shown.push({ class: context.class, tokens });
			if (!tokens.includes(newest.get(`${context.firm} ${context.class}`) ?? ''))
				throw new KeyUnavailableError('REFUSED', 'not known yet');
			return keyring.unwrap(context, wrapped);
		},
	});
	return { forBroker, forOperator, shown, state };
}

describe('a grant that has not propagated yet', () => {
	let stage: LeaseStage;
	let api: TestApi;
	let parts: BrokerParts;
	let close: () => Promise<void>;
	const service = slowService();
	const withdrawn: string[] = [];

	beforeAll(async () => {
		stage = await makeLeaseStage();
		const { installation, firm } = stage;
		const { config, database } = installation;
		const planes = [6, 2, 1].map((connections) => openPlaneOf(database, 'firmseal_broker', connections));
		const [plane, keyPlane, logPlane] = planes as [Plane, Plane, Plane];
		const audit = openLog(logPlane);
		const keyring = guardKeyring(service.forBroker(await openKeyring(config, 'broker')));
		const rights = openRights({ plane: keyPlane, keyring, audit, config, clock: systemClock, onUnrecorded: () => {} });
		const nothing = () => {};
		const report: BrokerParts['report'] = {
			started: nothing,
			refused: nothing,
			approvalsIgnored: nothing,
			orphanGrantRevoked: nothing,
			failed: nothing,
			revoked: ({ lease }, because) => void withdrawn.push(`${lease} ${because}`),
		};
		parts = { plane, keyring, rights, audit, report };
		close = async () => {
			await audit.close();
			await Promise.all(planes.map((each) => each.close()));
		};
		api = await installation.serve(
			{},
			{ wrapKeyring: (of, side) => (side === 'operator' ? guardKeyring(service.forOperator(of)) : of) },
		);
		await makeNote(api.ask, firm.member, { title: 'a title' });
	});
	afterEach(() => {
		Object.assign(service.state, { lists: true, cutsOff: false });
	});
	afterAll(async () => {
		await close?.();
		await stage?.close();
	});

	/** Runs the broker's due tasks. */
	async function round(): Promise<void> {
		const tasks = createLeaseTasks(parts, systemClock);
		for (const wereActive of [true, false]) await tasks.startDue(wereActive, () => {});
		await tasks.whenIdle();
	}
	const sweep = () =>
		sweepGrants(parts, (error) => {
			throw error;
		});
	const tokensOf = async (lease: string) =>
		(
			await stage.installation
				.admin`select class, token from lease_grant_tokens where lease_id = ${lease} order by class`
		).map(({ class: of, token }) => [of, token]);
	const age = (lease: string, minutes: number) =>
		stage.installation
			.admin`update lease_grant_tokens set created_at = clock_timestamp() - ${`${minutes} minutes`}::interval where lease_id = ${lease}`;
	async function active(...classes: ('NOTE' | 'BILLING')[]): Promise<string> {
		const lease = await stage.activating({ classes });
		await round();
		expect(await stage.stateOf(lease)).toBe('ACTIVE');
		return lease;
	}
	async function read(lease: string) {
		service.shown.length = 0;
		const answer = await api.ask(stage.tokens.requester, NOTES, { firm: stage.firm.id }, { 'x-firmseal-lease': lease });
		return answer.data?.notes.nodes[0]?.title ?? answer.errors[0]?.extensions.code;
	}

	it('opens content at once for its lease’s requests, which present the token of the class and no other', async () => {
		const lease = await active('NOTE', 'BILLING');
		const tokens = await tokensOf(lease);
		expect(tokens.map(([of]) => of)).toEqual(['BILLING', 'NOTE']);
		expect(await read(lease)).toBe('a title');
		expect(service.shown).toEqual([{ class: 'NOTE', tokens: [tokens[1]?.[1]] }]);
	});

	it('is presented for ten minutes', async () => {
		const lease = await active('NOTE');
		await age(lease, 9.9);
		expect(await read(lease)).toBe('a title');
		await age(lease, 10.1);
		expect(await read(lease)).toBe('KEY_UNAVAILABLE');
		expect(service.shown).toEqual([{ class: 'NOTE', tokens: [] }]);
	});

	it('is created again by a broker that was interrupted before it stored the token', async () => {
		const lease = await stage.activating({ classes: ['NOTE'] });
		service.state.cutsOff = true;
		await round();
		expect(await stage.stateOf(lease)).toBe('ACTIVATING');
		expect(await stage.grants()).toContain(grantName(lease, 'NOTE'));
		expect(await tokensOf(lease)).toEqual([]);
		service.state.cutsOff = false;
		await round();
		expect(await stage.stateOf(lease)).toBe('ACTIVE');
		expect(await tokensOf(lease)).toHaveLength(1);
		expect((await stage.grants()).filter((name) => name.includes(lease))).toEqual([grantName(lease, 'NOTE')]);
		expect(await read(lease)).toBe('a title');
	});

	it('counts as missing only after five minutes', async () => {
		const lease = await active('NOTE', 'BILLING');
		service.state.lists = false;
		await age(lease, 4.9);
		await sweep();
		expect(await stage.stateOf(lease)).toBe('ACTIVE');
		// One missing grant of two is enough.
		await stage.installation
			.admin`update lease_grant_tokens set created_at = clock_timestamp() - interval '5.1 minutes' where lease_id = ${lease} and class = 'NOTE'`;
		await sweep();
		expect(await stage.stateOf(lease)).toBe('REVOKED');
		expect(withdrawn).toContain(`${lease} GRANT`);
	});

	it('is removed together with its token', async () => {
		const lease = await active('NOTE', 'BILLING');
		expect(await tokensOf(lease)).toHaveLength(2);
		await stage.revoke(lease);
		await round();
		expect((await stage.find(lease)).clearedAt).not.toBeNull();
		expect(await tokensOf(lease)).toEqual([]);
	});
});
