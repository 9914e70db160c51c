import { CONTENT_TYPES } from '../../../src/client/coordinates.generated.ts';
import type { OpenedRecord, RecordToOpen, RowToSeal } from '../../../src/client/opener.ts';
import { createVault, type VaultOperations } from '../../../src/client/vault/index.ts';
import { FIRM } from '../../custody/some.ts';
import { newLogKey } from './checkpoints.ts';
import { INSTALLATION, InMemoryApi } from './in-memory-api.ts';
import { MemoryStore } from './memory-store.ts';
import { SteppedTime } from './stepped-time.ts';

const numbered = (end: string): string => `0190a3c4-0000-7000-8000-${end.padStart(12, '0')}`;
export const ANNA = numbered('a1');
export const BERT = numbered('b1');
export const CARA = numbered('c1');
export const NOTE = numbered('d1');
export const CARAS_NOTE = numbered('d2');
export const MESSAGE = numbered('e1');
export const THREAD = numbered('e2');
export const OTHER_THREAD = numbered('e3');

/** A device: a vault with its own store. */
export class Device {
	readonly store: MemoryStore;
	readonly vault: VaultOperations;
	readonly name: string;
	readonly person: string;

	/** `vault`: one that is elsewhere, and has a store of its own. */
	constructor(name: string, person: string, store: MemoryStore, time: SteppedTime, vault?: VaultOperations) {
		this.name = name;
		this.person = person;
		this.store = store;
		this.vault = vault ?? createVault({ store, clock: time, types: CONTENT_TYPES });
	}

	get secret() {
		return { prf: new TextEncoder().encode(this.name.padEnd(32, '-')) };
	}

	static async make(name: string, person: string, time: SteppedTime, firm = FIRM): Promise<Device> {
		const device = new Device(name, person, new MemoryStore(), time);
		await device.vault.create({ name, firm, person, unlock: device.secret });
		await device.unlock();
		return device;
	}

	unlock() {
		return this.vault.unlock({ name: this.name, unlock: this.secret });
	}

	async id(): Promise<string> {
		return (await this.vault.state()).device.id;
	}

	/** Reads the log from what this device has on, then the wraps. */
	async sync(service: InMemoryApi): Promise<void> {
		const { log } = await this.vault.state();
		await this.vault.extend(await service.served(log?.size ?? 0));
		await this.vault.addWraps(service.wraps);
	}

	async send(service: InMemoryApi, changes: Parameters<InMemoryApi['append']>[0]): Promise<void> {
		await service.append(changes);
		await this.sync(service);
	}

	async write(service: InMemoryApi, row: Partial<RowToSeal> & Pick<RowToSeal, 'type' | 'id'>): Promise<void> {
		const whole = newRow(row);
		const [sealed] = await this.vault.seal([whole]);
		if (sealed === undefined) throw new Error('The vault sealed nothing.');
		service.store(whole, sealed);
	}

	async read(...records: readonly RecordToOpen[]): Promise<readonly OpenedRecord[]> {
		return this.vault.open(records);
	}
}

export function newRow(row: Partial<RowToSeal> & Pick<RowToSeal, 'type' | 'id'>): RowToSeal {
	return { kind: 'CREATE', expectedRevision: null, values: {}, thread: null, current: null, ...row };
}

/** An update of a stored row. */
export function change(service: InMemoryApi, id: string, values: Readonly<Record<string, unknown>>): RowToSeal {
	const { type, revision } = service.rows.get(id) as { type: string; revision: number };
	const current = service.record(id);
	return newRow({ type, id, kind: 'UPDATE', expectedRevision: revision, values, current });
}

/** The new device joins with the old one's help; both people see one code. */
export async function join(service: InMemoryApi, old: Device, joining: Device, isGivenWraps = true): Promise<void> {
	const { commitment } = await joining.vault.joinCommit();
	const challenge = await old.vault.answerJoin({ person: joining.person, commitment });
	const { code, ...revealed } = await joining.vault.joinChallenge(challenge);
	const checked = await old.vault.checkJoin(revealed);
	if (checked.code !== code) throw new Error('The codes differ.');
	await old.send(service, await old.vault.approveJoin());
	await joining.vault.joinCompared({ isSameCode: true });
	await joining.vault.joinFinish(await service.served());
	if (isGivenWraps) await joining.vault.addWraps(service.wraps);
}

/** One owner proposes, another agrees. */
export async function decide(
	service: InMemoryApi,
	proposer: Device,
	second: Device,
	decision: Parameters<VaultOperations['propose']>[0],
): Promise<void> {
	const proposal = await proposer.vault.propose(decision);
	const approval = await second.vault.agree(proposal);
	await proposer.send(service, await proposer.vault.complete({ proposal, approval }));
	await second.sync(service);
}

interface Built {
	readonly service: InMemoryApi;
	readonly stores: Readonly<Record<'anna' | 'bert' | 'cara', MemoryStore>>;
	/** Recovery codes of the owners. */
	readonly codes: { readonly anna: string; readonly bert: string };
}

/**
 * Two owners, Anna and Bert, each with a device and a code, and Cara, a member. Notes and messages are in custody of the firm; billing is
 * not, but has a key that Cara may not have. Anna wrote a note and a message, Cara another note.
 */
async function build(time: SteppedTime): Promise<Built> {
	const service = new InMemoryApi(time, await newLogKey());
	const anna = await Device.make('anna', ANNA, time);
	await anna.send(service, await anna.vault.beginFirm({ installation: INSTALLATION, name: 'Anna Berger' }));
	const recovery = await anna.vault.setRecovery({ code: true, owners: null });
	await anna.send(service, await anna.vault.complete({ proposal: recovery.proposal, approval: null }));
	await anna.vault.confirmRecovery({ code: recovery.code as string });
	await anna.send(service, await anna.vault.addMember({ person: BERT, name: 'Bert Conrad' }));
	await anna.send(service, await anna.vault.addMember({ person: CARA, name: 'Cara Diehl' }));
	const bert = await Device.make('bert', BERT, time);
	await join(service, anna, bert);
	const cara = await Device.make('cara', CARA, time);
	await join(service, anna, cara);
	const proposal = await anna.vault.propose({ what: 'ROLE', person: BERT, role: 'OWNER' });
	const approval = { recoveryCode: recovery.code as string };
	await anna.send(service, await anna.vault.complete({ proposal, approval }));
	await bert.sync(service);
	const berts = await bert.vault.setRecovery({ code: true, owners: null });
	const agreed = await anna.vault.agree(berts.proposal);
	await bert.send(service, await bert.vault.complete({ proposal: berts.proposal, approval: agreed }));
	await anna.sync(service);
	await anna.send(service, await anna.vault.restrictMembers({ classes: ['NOTE', 'COMMUNICATION'] }));
	for (const name of ['NOTE', 'COMMUNICATION', 'BILLING']) {
		await anna.send(service, await anna.vault.generateKey({ class: name, above: 0 }));
	}
	await bert.sync(service);
	for (const name of ['NOTE', 'COMMUNICATION']) {
		await decide(service, anna, bert, { what: 'CUSTODY', class: name, custody: 'FIRM' });
	}
	service.wraps.push(...(await bert.vault.wrapMissing()));
	await cara.sync(service);
	await anna.write(service, { type: 'Note', id: NOTE, values: { title: 'Plan', body: 'First draft' } });
	await anna.write(service, {
		type: 'Message',
		id: MESSAGE,
		thread: THREAD,
		values: { subject: 'Hello', body: 'Dear client' },
	});
	await cara.write(service, { type: 'Note', id: CARAS_NOTE, values: { title: 'Second' } });
	const stores = { anna: anna.store, bert: bert.store, cara: cara.store };
	return { service, stores, codes: { anna: recovery.code as string, bert: berts.code as string } };
}

let built: Promise<Built> | undefined;

/** A copy of the firm, which the test may change. Devices are unlocked and know the newest log. `now`: when it is built for the first time. */
export async function someFirm(now?: number) {
	built ??= build(new SteppedTime(now));
	const { service: original, stores, codes } = await built;
	const time = new SteppedTime(original.time.now());
	const service = original.copy(time);
	const device = async (name: 'anna' | 'bert' | 'cara', person: string): Promise<Device> => {
		const each = new Device(name, person, stores[name].copy(), time);
		const { log } = await each.unlock();
		// The wraps of this device are kept.
		await each.vault.extend(await service.served(log?.size));
		return each;
	};
	return {
		service,
		time,
		codes,
		anna: () => device('anna', ANNA),
		bert: () => device('bert', BERT),
		cara: () => device('cara', CARA),
	};
}
