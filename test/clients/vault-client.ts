import { HttpLink } from '@apollo/client';
import { OpenFieldsLink } from '../../src/client/index.ts';
import { beginFirmCustody, createTestDevice, joinTestDevice, type TestDevice } from '../../src/testing/index.ts';
import type { Scene } from '../attacks/scene.ts';
import { idOf } from '../support/claims.ts';
import type { Person } from '../support/person.ts';
import { connect } from './apollo-client.ts';

/** A device that keeps everything in memory, connected to the running service. */
export type Device = TestDevice;

export interface DeviceOfPerson extends Device {
	readonly person: Person;
}

/** Whose device it is, and where the service answers. */
interface NewDevice {
	readonly url: string;
	readonly firm: string;
	readonly person: string;
	readonly token: string;
}

export const makeDevice = ({ token, ...given }: NewDevice): Promise<Device> =>
	createTestDevice({ ...given, token: () => token });

/** A new device of the person, unlocked. */
export async function deviceOf({ api, north }: Scene, person: Person): Promise<DeviceOfPerson> {
	const device = await makeDevice({ url: api.url, firm: north.id, person: idOf(person), token: `${person}` });
	return { ...device, person };
}

/** The firm’s first device, of its one owner, begins the key log and puts the classes into custody of the firm. Returns the recovery code. */
export const beginFirm = (device: Device, classes: readonly string[]): Promise<string> =>
	beginFirmCustody(device, { name: 'Ada', classes });

/** The owner’s first device, with a recovery code. Returns the code too. */
export async function beginCustody(scene: Scene, classes: readonly string[]) {
	const owner = await deviceOf(scene, scene.north.owner);
	return { ...owner, code: await beginFirm(owner, classes) };
}

/** A member’s device joins through the service; both people compare one code. */
export async function joinThrough(scene: Scene, owner: Device, person: Person): Promise<DeviceOfPerson> {
	const device = await joinWith(await deviceOf(scene, person), owner, idOf(person));
	return { ...device, person };
}

/** A new device of the person joins by one of the firm’s. */
export async function joinWith(joins: Device, answers: Device, person: string): Promise<Device> {
	await joinTestDevice(answers, joins, { person, name: 'Bo' });
	return joins;
}

export const clientOfDevice = ({ api }: Scene, { person, firmseal }: DeviceOfPerson) =>
	connect({
		transport: new OpenFieldsLink(firmseal).concat(new HttpLink({ uri: `${api.url}/graphql` })),
		token: () => `${person}`,
	});
