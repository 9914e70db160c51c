import {
	AnsweringSteps,
	CONTENT_TYPES,
	createFirmseal,
	createVault,
	type Firmseal,
	JoiningSteps,
	type KeptStore,
	type VaultOperations,
} from '../client/index.ts';
import { FirmsealError } from '../errors.ts';

export interface TestDeviceOptions {
	/** The address of a running API. */
	readonly url: string;
	/** The bearer token of the device's person. Called before each request. */
	readonly token: () => string | Promise<string>;
	/** Id of the firm. */
	readonly firm: string;
	/** Id of the person. */
	readonly person: string;
	readonly fetch?: typeof fetch;
}

/** A device that keeps everything in memory. */
export interface TestDevice {
	readonly vault: VaultOperations;
	/** What the link for Apollo Client or the exchange for urql opens and seals with. */
	readonly firmseal: Firmseal;
}

/**
 * A person's unlocked device that its firm does not know yet: give it to beginFirmCustody() or joinTestDevice(). It is locked as by a
 * passkey, so that a test pays for no scrypt.
 */
export async function createTestDevice({ firm, person, ...service }: TestDeviceOptions): Promise<TestDevice> {
	const vault = createVault({ store: storeInMemory(), clock: Date, types: CONTENT_TYPES });
	const secret = crypto.getRandomValues(new Uint8Array(32));
	const unlock = () => vault.unlock({ name: 'device', unlock: { prf: secret.slice() } });
	await vault.create({ name: 'device', firm, person, unlock: { prf: secret.slice() } });
	const firmseal = createFirmseal({ ...service, vault, unlock });
	await unlock();
	return { vault, firmseal };
}

/**
 * Begins the key log of a firm that has none, with the device of its only owner, and moves classes without content into FIRM custody.
 * Returns the owner's recovery code, which a firm of one owner also needs for later decisions. Throws what the vault and the API refuse.
 */
export async function beginFirmCustody(
	{ vault, firmseal }: TestDevice,
	{ name = 'Owner', classes }: { readonly name?: string; readonly classes: readonly string[] },
): Promise<string> {
	const { connection } = firmseal;
	await connection.begin(name);
	await connection.refresh();
	const { proposal, code } = await vault.setRecovery({ code: true, owners: null });
	if (code === null) throw new FirmsealError('INTERNAL', 'The vault made no recovery code for the firm. Report it.');
	await connection.append(() => vault.complete({ proposal, approval: null }));
	await vault.confirmRecovery({ code });
	for (const each of classes) {
		await connection.generateKey(each);
		const custody = await vault.propose({ what: 'CUSTODY', class: each, custody: 'FIRM' });
		await connection.append(() => vault.complete({ proposal: custody, approval: { recoveryCode: code } }));
	}
	await firmseal.ready();
	return code;
}

/** Of whom a device is that joins. */
export interface JoiningPerson {
	/** Id of the person. */
	readonly person: string;
	/** For the key log, if it does not have the person yet. */
	readonly name?: string;
}

/**
 * Lets a device join the firm with the help of one that it has. Both codes are compared, as two people do. A person whom the key log does
 * not have is added to it. Throws FORBIDDEN if the codes differ, and what the vaults and the API refuse.
 */
export async function joinTestDevice(
	old: TestDevice,
	joining: TestDevice,
	{ person, name = 'Member' }: JoiningPerson,
): Promise<void> {
	const { connection } = old.firmseal;
	const { people } = await connection.refresh();
	if (!people.some((each) => each.person === person))
		await connection.append(() => old.vault.addMember({ person, name }));
	const asking = new JoiningSteps(joining.firmseal.connection);
	const answering = new AnsweringSteps(connection);
	const id = await asking.ask();
	const request = (await answering.requests()).find((each) => each.id === id);
	if (!request) throw new FirmsealError('NOT_FOUND', 'The API does not list the request to join. Begin again.');
	await answering.answer(request, person);
	const code = await asking.reveal();
	const checked = await answering.check(id);
	if (code === null || checked?.code !== code)
		throw new FirmsealError('FORBIDDEN', 'The codes of the two devices differ. The device was not added.');
	await answering.approve(id);
	await asking.finish(true);
	await joining.firmseal.ready();
}

function storeInMemory(): KeptStore {
	const kept = new Map<string, Uint8Array>();
	return {
		read: async (name) => kept.get(name)?.slice() ?? null,
		write: async (name, bytes) => void kept.set(name, bytes.slice()),
		remove: async (name) => void kept.delete(name),
	};
}
