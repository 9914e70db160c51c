import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Keyring } from '../../src/keys/index.ts';
import { openKeyring } from '../../src/wiring/index.ts';
import { leasesOver } from '../leases/by-api.ts';
import type { Ask } from '../support/ask.ts';
import {
	LOGINS,
	makeInstallation,
	PASSWORD,
	type TestApi,
	type TestFirm,
	type TestInstallation,
} from '../support/installation.ts';
import { embedded } from '../support/own-servers.ts';
import { PGBOUNCER, type Pooler, startPgbouncer } from '../support/pgbouncer.ts';
import { steppedClock } from '../support/stepped-clock.ts';
import { endAll, MAIN, startApi, until } from './program.ts';

const CREATE_NOTE = 'mutation ($input: CreateNoteInput!) { createNote(input: $input) { note { id title } } }';
const CREATE_INVOICE =
	'mutation ($input: CreateInvoiceInput!) { createInvoice(input: $input) { invoice { id memo } } }';
const NOTES = '{ notes(first: 5) { totalCount nodes { id createdAt title } } }';
const INVOICES = '{ invoices(first: 5) { nodes { id memo } } }';

/** Milliseconds between two checks for refusals. */
const CHECK = 250;

const POOLED = `through pgbouncer${PGBOUNCER ? '' : ' (skipped: it is not installed)'}`;
const titleBy = (way: string) => `a disabled key of a firm, in processes that learn of the refusal ${way}`;

describe(titleBy('without a pooler'), () => disabledKey({ pooled: false }));
describe.skipIf(!PGBOUNCER)(titleBy(POOLED), () => disabledKey({ pooled: true }));

function disabledKey({ pooled }: { readonly pooled: boolean }) {
	let pooler: Pooler | null = null;
	let installation: TestInstallation;
	let firm: TestFirm;
	let other: TestFirm;
	let keyring: Keyring;
	const clock = steppedClock();
	const clockOfBroker = steppedClock();
	let one: TestApi;
	let two: TestApi;
	let brokerLines: string[];

	beforeAll(async () => {
		if (pooled)
			pooler = await startPgbouncer(embedded, {
				users: Object.fromEntries(Object.values(LOGINS).map((login) => [login, PASSWORD])),
				serverConnections: 8,
			});
		installation = await makeInstallation(embedded, pooler ? { pooled: pooler.pooled } : {});
		firm = await installation.addFirm('north');
		other = await installation.addFirm('south');
		keyring = await openKeyring(installation.config, 'worker');
		[one, two] = await Promise.all([installation.serve({}, { clock }), installation.serve({}, { clock })]);
		brokerLines = (await installation.startBroker({}, { clock: clockOfBroker })).lines;
		const write = async (of: TestFirm, query: string, input: object) => {
			const { data, text } = await two.ask(of.member, query, { input });
			if (!data) throw new Error(text);
		};
		await write(firm, CREATE_NOTE, { title: 'kept' });
		await write(other, CREATE_NOTE, { title: 'of another firm' });
		await write(firm, CREATE_INVOICE, {
			clientId: firm.clientId,
			number: '1',
			currency: 'EUR',
			total: '10',
			memo: 'a memo',
		});
	});
	afterAll(async () => {
		await endAll();
		await installation?.close();
		await pooler?.stop();
	});

	const title = async (ask: Ask, token = firm.member) => {
		const { data, errors } = await ask(token, NOTES);
		return data?.notes.nodes[0]?.title ?? errors[0]?.extensions.code;
	};
	/** Every process caches the note keys. The first process has no invoice key. */
	async function cacheKeys(...asks: Ask[]): Promise<void> {
		for (const ask of [one.ask, two.ask, ...asks]) {
			expect(await title(ask)).toBe('kept');
			expect(await title(ask, other.member)).toBe('of another firm');
		}
	}
	const refusals = () =>
		installation.admin`select clock_timestamp() - refused_at > '1.5 s' as "isEverybodys" from key_refusals`;
	/** Makes the key service refuse the first process a key that it has not cached. The next check of every process finds the refusal. */
	async function refuseFirst(): Promise<void> {
		await installation.admin`delete from key_refusals`;
		// A process records one refusal of a firm between two checks.
		await clock.advance(CHECK);
		const { errors } = await one.ask(firm.member, INVOICES);
		expect(errors[0]?.extensions.code).toBe('KEY_UNAVAILABLE');
		await until(async () => (await refusals()).length > 0);
	}

	it('makes content unavailable in every process by its next check after the first refusal, and only that firm’s', async () => {
		await cacheKeys();
		await keyring.disableKey(firm.id);
		try {
			await clock.advance(1_500);
			// No process has called the key service since, so no process knows of the refusal.
			expect(await title(two.ask)).toBe('kept');
			expect(await title(one.ask)).toBe('kept');
			await refuseFirst();
			expect(await title(one.ask)).toBe('KEY_UNAVAILABLE');
			await clock.advance(CHECK);
			expect(await title(two.ask)).toBe('KEY_UNAVAILABLE');
			for (const { ask } of [one, two]) expect(await title(ask, other.member)).toBe('of another firm');
		} finally {
			await keyring.enableKey(firm.id);
		}
		await cacheKeys();
	});

	it('leaves metadata available, and refuses writes without writing anything', async () => {
		await cacheKeys();
		await keyring.disableKey(firm.id);
		try {
			await refuseFirst();
			await clock.advance(CHECK);
			for (const { ask } of [one, two]) {
				const { data, errors } = await ask(firm.member, NOTES);
				expect(data.notes.totalCount).toBe(1);
				expect(data.notes.nodes[0]).toMatchObject({
					id: expect.any(String),
					createdAt: expect.any(String),
					title: null,
				});
				expect(errors.map(({ extensions }) => extensions.code)).toEqual(['KEY_UNAVAILABLE']);
				const write = await ask(firm.member, CREATE_NOTE, { input: { title: 'never written' } });
				expect(write.data?.createNote ?? null).toBeNull();
				expect(write.errors[0]?.extensions.code).toBe('KEY_UNAVAILABLE');
				// The message must not ask the reader to wait: the service does answer, and its answer is no.
				for (const { message } of [...errors, ...write.errors]) expect(message).toMatch(/refuses|disabled/);
			}
			const [{ count }] = (await installation.admin`select count(*)::int from notes where firm_id = ${firm.id}`) as [
				{ count: number },
			];
			expect(count).toBe(1);
		} finally {
			await keyring.enableKey(firm.id);
		}
		await cacheKeys();
	});

	it('ends the leases on the firm', async () => {
		await cacheKeys();
		const people = {
			operator: await installation.addOperator('OPERATOR'),
			approver: await installation.addOperator('APPROVER'),
			owner: firm.owner,
		};
		const leases = leasesOver(one.ask);
		const { id } = await leases.approved(people, firm.id);
		const activating = leases.step(people.operator, 'activate', id);
		await clock.asleep();
		await clockOfBroker.advance(1_000);
		await clock.advance(80);
		expect((await activating).data.activateBreakGlass.lease.state).toBe('ACTIVE');
		await keyring.disableKey(firm.id);
		try {
			await refuseFirst();
			await clockOfBroker.advance(CHECK);
			expect((await leases.see(people.operator, id)).state).toBe('REVOKED');
			expect(brokerLines.join()).toContain('the wrapping key of its firm is not enabled');
		} finally {
			await keyring.enableKey(firm.id);
		}
	});

	it('makes content unavailable in a process that was suspended meanwhile, from its first response on', async () => {
		const still = await startApi(installation.env, [MAIN, 'serve']);
		await cacheKeys(still.ask);
		await keyring.disableKey(firm.id);
		still.kill('SIGSTOP');
		try {
			await refuseFirst();
			await until(async () => (await refusals()).some(({ isEverybodys }) => isEverybodys));
			// These requests arrive before the process can learn of the refusal.
			const waiting = Array.from({ length: 5 }, () => title(still.ask));
			for (let turn = 0; turn < 200; turn++) await new Promise(setImmediate);
			still.kill('SIGCONT');
			expect(await Promise.all(waiting)).toEqual(Array(5).fill('KEY_UNAVAILABLE'));
		} finally {
			still.kill('SIGCONT');
			await keyring.enableKey(firm.id);
		}
		await cacheKeys(still.ask);
	});
}

describe('a process that cannot read refusals', () => {
	it('caches no key, calls the key service for each value, and reports the change once', async () => {
		const installation = await makeInstallation(embedded);
		const clock = steppedClock();
		try {
			const firm = await installation.addFirm('north');
			let unwraps = 0;
			const { ask, lines } = await installation.serve(
				{},
				{
					clock,
					wrapKeyring: (keyring) => ({
						...keyring,
						unwrap: (context, ...rest) => {
							if (context.class === 'NOTE') unwraps++;
							return keyring.unwrap(context, ...rest);
						},
					}),
				},
			);
			await ask(firm.member, CREATE_NOTE, { input: { title: 'kept' } });
			const read = async () => (await ask(firm.member, NOTES)).data.notes.nodes[0].title;
			const before = unwraps;
			for (let time = 0; time < 3; time++) expect(await read()).toBe('kept');
			expect(unwraps).toBe(before);
			const said = (text: string) => lines.filter((line) => line.includes(text)).length;
			await installation.admin`revoke select on key_refusals from firmseal_firm`;
			// Four checks fail, which is as long as cached keys may be used without one.
			for (let check = 0; check < 4; check++) await clock.advance(250);
			expect(said('cached keys are dropped')).toBe(1);
			for (let time = 0; time < 3; time++) {
				expect(await read()).toBe('kept');
				await clock.advance(50);
			}
			expect(unwraps).toBe(before + 3);
			await installation.admin`grant select on key_refusals to firmseal_firm`;
			await clock.advance(250);
			expect(said('are refused works again')).toBe(1);
			await read();
			const after = unwraps;
			await clock.advance(500);
			await read();
			expect(unwraps).toBe(after);
			expect(said('cached keys are dropped')).toBe(1);
		} finally {
			await installation.close();
		}
	});
});
