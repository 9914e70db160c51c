import { parse } from 'graphql';
import { expect, it } from 'vitest';
import { type Firmseal, openerOf, type ServicePort } from '../../../src/client/connection/index.ts';
import { prepareRequest } from '../../../src/client/exchange.ts';
import type { KeyLog } from '../../../src/custody/index.ts';
import { FirmsealError } from '../../../src/errors.ts';
import { forgedEntry, refusal, stolenKeys } from '../vault/attacker.ts';
import { ANNA, Device, someFirm } from '../vault/firm.ts';
import { INSTALLATION, InMemoryApi } from '../vault/in-memory-api.ts';
import { HOUR, type SteppedTime } from '../vault/stepped-time.ts';
import { portOf } from './in-memory-port.ts';

const CREATE_NOTE = parse(`mutation { createNote(input: { title: "canary-sending-6120", body: "x" }) { id } }`);

const clientOf = (device: Device, time: SteppedTime, service: ServicePort): Firmseal =>
	openerOf(
		{
			vault: device.vault,
			unlock: () => device.unlock(),
			clock: { now: () => time.now(), sleep: async () => {} },
		},
		service,
	);

/** What a page sends for a new note, or why it sends nothing. */
const sentBy = (client: Firmseal): Promise<string> =>
	prepareRequest(client, { document: CREATE_NOTE, variables: {}, operationName: undefined }, async () => {
		throw new Error('A create reads nothing.');
	}).then(({ variables, prepared }) => JSON.stringify([variables, prepared.document]));

/** A firm of one owner, whose notes are in custody of the firm. */
async function firmOfOne() {
	const { service, time } = await someFirm();
	const firm = new InMemoryApi(time, service.key);
	const solo = await Device.make('solo', ANNA, time);
	await solo.send(firm, await solo.vault.beginFirm({ installation: INSTALLATION, name: 'Anna Berger' }));
	const recovery = await solo.vault.setRecovery({ code: true, owners: null });
	const recoveryCode = recovery.code as string;
	await solo.send(firm, await solo.vault.complete({ proposal: recovery.proposal, approval: null }));
	await solo.vault.confirmRecovery({ code: recoveryCode });
	const withoutCustody = firm.entries.length;
	await solo.send(firm, await solo.vault.generateKey({ class: 'NOTE', above: 0 }));
	const proposal = await solo.vault.propose({ what: 'CUSTODY', class: 'NOTE', custody: 'FIRM' });
	await solo.send(firm, await solo.vault.complete({ proposal, approval: { recoveryCode } }));
	return { firm, time, solo, recoveryCode, withoutCustody };
}

/** A thief of the owner’s device, with the service, announces a change of custody and makes it at once. */
async function takeBack(firm: InMemoryApi, keys: Awaited<ReturnType<typeof stolenKeys>>, custody: 'BACK' | 'PLATFORM') {
	const body = { class: 'NOTE', custody } as const;
	const announced = await forgedEntry(firm.log as KeyLog, keys, 'notice', { body, kind: 'custody.set' });
	await firm.append({ entries: [announced], wraps: [], names: [], shares: [] });
	const agreement = { notice: firm.entries.length - 1 };
	const made = await forgedEntry(firm.log as KeyLog, keys, 'custody.set', body, agreement);
	await firm.append({ entries: [made], wraps: [], names: [], shares: [] });
}

it('a thief who takes a class to the platform by notices gets nothing plain, and plain answers do not count, for 72 hours', async () => {
	const { firm, time, solo } = await firmOfOne();
	const client = clientOf(solo, time, portOf(firm));
	await client.ready();
	expect(await sentBy(client)).not.toContain('canary-sending');
	const keys = await stolenKeys(solo);
	await takeBack(firm, keys, 'BACK');
	await takeBack(firm, keys, 'PLATFORM');
	await client.connection.sync();
	expect(client.custody('NOTE')).toBe('FIRM');
	expect(await refusal(sentBy(client))).toBe('noticed');
	time.step(72 * HOUR);
	expect(await sentBy(client)).toContain('canary-sending');
	expect(client.custody('NOTE')).toBe('PLATFORM');
});

it('a device that recovered by a log cut before the class moved sends nothing plain before its person confirms', async () => {
	const { firm, time, recoveryCode, withoutCustody } = await firmOfOne();
	const cut = firm.copy();
	await cut.show(firm.entries.slice(0, withoutCustody));
	const device = await Device.make('new', ANNA, time);
	const way = (cut.log as KeyLog).people.get(ANNA)?.ways[0]?.id as string;
	const served = { log: await cut.served(), wraps: cut.wrapsFor(way) };
	await device.send(cut, (await device.vault.recover({ code: recoveryCode, ...served })).changes);
	const client = clientOf(device, time, portOf(cut));
	await client.ready();
	expect(client.custody('NOTE')).toBe('PLATFORM');
	expect(await refusal(sentBy(client))).toBe('unconfirmed');
});

it('a service that fails each request for keys keeps no older custody in the page', async () => {
	const { service, time, anna, bert } = await someFirm();
	const honest = portOf(service);
	let isFailing = false;
	const [first, second] = [await bert(), await anna()];
	const client = clientOf(first, time, {
		...honest,
		request: async (document, variables) => {
			if (isFailing && document.startsWith('query KeyWraps(')) throw new FirmsealError('INTERNAL', 'Try again later.');
			return honest.request(document, variables);
		},
	});
	await client.ready();
	expect(client.custody('BILLING')).toBe('PLATFORM');
	const { wraps } = service;
	await second.send(service, await second.vault.generateKey({ class: 'BILLING', above: 1 }));
	await first.vault.extend(await service.served((await first.vault.state()).log?.size));
	service.wraps = wraps;
	isFailing = true;
	await decideBilling(service, second, first);
	await expect(client.connection.sync()).rejects.toThrow('Try again later');
	expect(client.custody('BILLING')).toBe('FIRM');
});

/** One owner proposes, and the other agrees and has not seen the outcome. */
async function decideBilling(service: InMemoryApi, proposer: Device, agreeing: Device): Promise<void> {
	const proposal = await proposer.vault.propose({ what: 'CUSTODY', class: 'BILLING', custody: 'FIRM' });
	const approval = await agreeing.vault.agree(proposal);
	await service.append(await proposer.vault.complete({ proposal, approval }));
}
