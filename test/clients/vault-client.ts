import { HttpLink } from '@apollo/client';
import { OpenFieldsLink } from '../../src/client/apollo-link.ts';
import { AnsweringSteps, createFirmseal, type Firmseal, JoiningSteps } from '../../src/client/connection/index.ts';
import { CONTENT_TYPES } from '../../src/client/index.ts';
import { createVault, type VaultOperations } from '../../src/client/vault/index.ts';
import type { Scene } from '../attacks/scene.ts';
import { MemoryStore } from '../client/vault/memory-store.ts';
import { idOf } from '../support/claims.ts';
import type { Person } from '../support/person.ts';
import { connect } from './apollo-client.ts';
import { takeClasses } from './custody-steps.ts';

/** Whose device it is, and where the service answers. */
interface NewDevice {
	readonly url: string;
	readonly firm: string;
	readonly person: string;
	readonly token: string;
}

/** A person with a device: a vault, its connection to the running service, and the unlock that a screen would do. */
export interface Device {
	readonly vault: VaultOperations;
	readonly firmseal: Firmseal;
}

export interface DeviceOfPerson extends Device {
	readonly person: Person;
}

const CLOCK = { now: () => Date.now() };

export async function makeDevice({ url, firm, person, token }: NewDevice): Promise<Device> {
	const vault = createVault({ store: new MemoryStore(), clock: CLOCK, types: CONTENT_TYPES });
	const unlock = () => ({ prf: new TextEncoder().encode('a passkey of this person'.padEnd(32)) });
	await vault.create({ name: 'device', firm, person, unlock: unlock() });
	const firmseal = createFirmseal({
		url,
		token: () => token,
		vault,
		unlock: () => vault.unlock({ name: 'device', unlock: unlock() }),
	});
	await vault.unlock({ name: 'device', unlock: unlock() });
	return { vault, firmseal };
}

/** A new device of the person, unlocked. */
export async function deviceOf({ api, north }: Scene, person: Person): Promise<DeviceOfPerson> {
	const device = await makeDevice({ url: api.url, firm: north.id, person: idOf(person), token: `${person}` });
	return { ...device, person };
}

/** The owner’s first device, with a recovery code. Returns the code too. */
export async function beginCustody(scene: Scene, classes: readonly string[]) {
	const owner = await deviceOf(scene, scene.north.owner);
	const { vault, firmseal } = owner;
	const code = await takeClasses(vault, firmseal.connection, classes);
	await firmseal.ready();
	return { ...owner, code };
}

/** A member’s device joins through the service; both people compare one code. */
export async function joinThrough(scene: Scene, owner: Device, person: Person): Promise<DeviceOfPerson> {
	const device = await joinWith(await deviceOf(scene, person), owner, idOf(person));
	return { ...device, person };
}

/** A new device of the person joins by one of the firm’s. */
export async function joinWith(joins: Device, answers: Device, person: string): Promise<Device> {
	const joining = new JoiningSteps(joins.firmseal.connection);
	const answering = new AnsweringSteps(answers.firmseal.connection);
	const id = await joining.ask();
	const request = (await answering.requests()).find((each) => each.id === id);
	if (request === undefined) throw new Error('The request is not listed.');
	await answering.answer(request, person);
	const code = await joining.reveal();
	const checked = await answering.check(id);
	if (code === null || checked?.code !== code) throw new Error('The codes differ.');
	await answering.approve(id);
	await joining.finish(true);
	await joins.firmseal.ready();
	return joins;
}

export const clientOfDevice = ({ api }: Scene, { person, firmseal }: DeviceOfPerson) =>
	connect({
		transport: new OpenFieldsLink(firmseal).concat(new HttpLink({ uri: `${api.url}/graphql` })),
		token: () => `${person}`,
	});
