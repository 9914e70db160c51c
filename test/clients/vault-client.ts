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

/** A person with a device: a vault, its connection to the running service, and the unlock that a screen would do. */
export interface DeviceOfPerson {
	readonly person: Person;
	readonly vault: VaultOperations;
	readonly firmseal: Firmseal;
}

const CLOCK = { now: () => Date.now() };

async function deviceOf({ api, north }: Scene, person: Person): Promise<DeviceOfPerson> {
	const vault = createVault({ store: new MemoryStore(), clock: CLOCK, types: CONTENT_TYPES });
	const unlock = () => ({ prf: new TextEncoder().encode('a passkey of this person'.padEnd(32)) });
	await vault.create({ name: 'device', firm: north.id, person: idOf(person), unlock: unlock() });
	const firmseal = createFirmseal({
		url: api.url,
		token: () => `${person}`,
		vault,
		unlock: () => vault.unlock({ name: 'device', unlock: unlock() }),
	});
	await vault.unlock({ name: 'device', unlock: unlock() });
	return { person, vault, firmseal };
}

/** The owner’s first device, with a recovery code. Returns the code too. */
export async function beginCustody(scene: Scene, classes: readonly string[]) {
	const owner = await deviceOf(scene, scene.north.owner);
	const { vault, firmseal } = owner;
	const { connection } = firmseal;
	await connection.begin('Ada');
	await connection.refresh();
	const { proposal, code } = await vault.setRecovery({ code: true, owners: null });
	await connection.append(() => vault.complete({ proposal, approval: null }));
	await vault.confirmRecovery({ code: code as string });
	for (const name of classes) {
		await connection.generateKey(name);
		const custody = await vault.propose({ what: 'CUSTODY', class: name, custody: 'FIRM' });
		await connection.append(() => vault.complete({ proposal: custody, approval: { recoveryCode: code as string } }));
	}
	await firmseal.ready();
	return { ...owner, code: code as string };
}

/** A member’s device joins through the service; both people compare one code. */
export async function joinThrough(scene: Scene, owner: DeviceOfPerson, person: Person): Promise<DeviceOfPerson> {
	const member = await deviceOf(scene, person);
	const joining = new JoiningSteps(member.firmseal.connection);
	const answering = new AnsweringSteps(owner.firmseal.connection);
	const id = await joining.ask();
	const [request] = await answering.requests();
	if (request?.id !== id) throw new Error('The request is not listed.');
	await answering.answer(request, idOf(person));
	const code = await joining.reveal();
	const checked = await answering.check(id);
	if (code === null || checked?.code !== code) throw new Error('The codes differ.');
	await answering.approve(id);
	await joining.finish(true);
	await member.firmseal.ready();
	return member;
}

export const clientOfDevice = ({ api }: Scene, { person, firmseal }: DeviceOfPerson) =>
	connect({
		transport: new OpenFieldsLink(firmseal).concat(new HttpLink({ uri: `${api.url}/graphql` })),
		token: () => `${person}`,
	});
