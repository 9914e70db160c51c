import type { VaultOperations } from '../../../src/client/vault/index.ts';
import type { KeyLog } from '../../../src/custody/index.ts';
import { ANNA, CARA, Device, decide, join, NOTE, someFirm } from './firm.ts';
import type { InMemoryApi } from './in-memory-api.ts';

export type Share = InMemoryApi['shares'][number];
export type Released = Awaited<ReturnType<VaultOperations['releaseShare']>>;

/** Three owners: Bert and Cara, or Bert, Cara and Dora with `holders` 3, hold shares of Anna’s recovery key, of which two are enough. */
export async function heldFirm(holders: 2 | 3 = 2) {
	const { service, time, anna, bert, cara } = await someFirm();
	const [owner, second, third] = [await anna(), await bert(), await cara()];
	const others = [second, third];
	await decide(service, owner, second, { what: 'ROLE', person: CARA, role: 'OWNER' });
	if (holders === 3) others.push(await addOwner(service, owner, second));
	for (const each of others) await each.sync(service);
	const owners = { holders: others.map(({ person }) => person), k: 2 };
	const { proposal } = await owner.vault.setRecovery({ code: false, owners });
	const approval = await second.vault.agree(proposal);
	await owner.send(service, await owner.vault.complete({ proposal, approval }));
	for (const each of others) await each.sync(service);
	return { service, time, owner, holders: others };
}

async function addOwner(service: InMemoryApi, owner: Device, second: Device): Promise<Device> {
	const device = await Device.make('dora', DORA, service.time);
	await owner.send(service, await owner.vault.addMember({ person: DORA, name: 'Dora Ernst' }));
	await join(service, owner, device);
	await second.sync(service);
	await decide(service, owner, second, { what: 'ROLE', person: DORA, role: 'OWNER' });
	return device;
}

const DORA = NOTE.replace(/d1$/, 'd9');

/** What the service gives to someone who recovers. */
export async function forRecovery(service: InMemoryApi, person = ANNA) {
	const recovery = (service.log as KeyLog).people.get(person)?.ways[0]?.id as string;
	return { log: await service.served(), wraps: service.wrapsFor(recovery) };
}

/** The new device and a holder’s show one code. What the people say of it is still to come. */
export async function meet(device: Device, holder: Device): Promise<void> {
	const { commitment } = await device.vault.joinCommit();
	const challenge = await holder.vault.answerJoin({ person: device.person, commitment });
	const { code, ...revealed } = await device.vault.joinChallenge(challenge);
	if ((await holder.vault.checkJoin(revealed)).code !== code) throw new Error('The codes differ.');
}

/** The share that the service has for the holder’s device. */
export async function heldBy(service: InMemoryApi, holder: Device): Promise<Share> {
	const id = await holder.id();
	const way = (service.log as KeyLog).people.get(ANNA)?.ways[0]?.id;
	return service.shares.find(({ recipient, device }) => recipient === id && device === way) as Share;
}

/** Both people say that the codes are the same, and the holder releases the share. */
export async function gather(service: InMemoryApi, device: Device, holder: Device): Promise<Released> {
	await meet(device, holder);
	await device.vault.joinCompared({ isSameCode: true });
	return holder.vault.releaseShare(await heldBy(service, holder));
}
