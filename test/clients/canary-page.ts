import { gql, HttpLink } from '@apollo/client';
import { OpenFieldsLink } from '../../src/client/apollo-link.ts';
import { AnsweringSteps, createFirmseal, type Firmseal, JoiningSteps } from '../../src/client/connection/index.ts';
import type { ResealedClass } from '../../src/client/connection/resealing.ts';
import { createWorkerVault, type WorkerVault } from '../../src/client/worker/index.ts';
import { IndexedDbStore } from '../../src/client/worker/indexed-db-store.ts';
import { beginFirmCustody } from '../../src/testing/firm-custody.ts';
import { connect } from './apollo-client.ts';

/* The page of the canary’s browsers: an application with a vault in its worker. Each page has one device. */

declare const Worker: new (
	address: string,
	options: { readonly type: 'module' },
) => ReturnType<Parameters<typeof createWorkerVault>[0]>;

declare const indexedDB: Parameters<typeof IndexedDbStore.open>[0];

interface DeviceOfPage {
	readonly vault: WorkerVault;
	readonly firmseal: Firmseal;
	readonly client: ReturnType<typeof connect>;
	readonly joining: JoiningSteps;
	readonly answering: AnsweringSteps;
}

let device: DeviceOfPage | null = null;
const own = (): DeviceOfPage => {
	if (device === null) throw new Error('The page has no device yet.');
	return device;
};

/** All that a worker has told this page. */
export const heard: string[] = [];

/** Everything that can be cloned, as a text; bytes as numbers. */
export const spelled = (value: unknown): string =>
	JSON.stringify(value, (_, each: unknown) => {
		if (each instanceof CryptoKey) return 'CryptoKey';
		if (each instanceof ArrayBuffer) return new Uint8Array(each).join();
		return ArrayBuffer.isView(each) ? new Uint8Array(each.buffer, each.byteOffset, each.byteLength).join() : each;
	});

/** A new device, or the one that this browser keeps, unlocked. `secret` stands for what a passkey would give: 32 characters. */
export async function open(given: {
	readonly url: string;
	readonly token: string;
	readonly firm: string;
	readonly person: string;
	readonly secret: string;
}): Promise<void> {
	const { url, firm, person } = given;
	const vault = createWorkerVault(() => {
		const worker = new Worker('/worker.js', { type: 'module' });
		worker.addEventListener('message', ({ data }) => void heard.push(spelled(data)));
		return worker;
	});
	const secret = () => ({ prf: new TextEncoder().encode(given.secret) });
	if ((await vault.devices()).length === 0) await vault.create({ name: 'device', firm, person, unlock: secret() });
	const unlock = async () => void (await vault.unlock({ name: 'device', unlock: secret() }));
	await unlock();
	const token = () => given.token;
	const firmseal = createFirmseal({ url, token, vault, unlock });
	const transport = new OpenFieldsLink(firmseal).concat(new HttpLink({ uri: `${url}/graphql` }));
	device = {
		vault,
		firmseal,
		client: connect({ transport, token }),
		joining: new JoiningSteps(firmseal.connection),
		answering: new AnsweringSteps(firmseal.connection),
	};
}

/** The first device of the firm takes classes into custody, and adds a colleague. */
export async function begin(classes: readonly string[], colleague: string): Promise<void> {
	const { vault, firmseal } = own();
	await beginFirmCustody({ vault, firmseal }, { classes });
	await firmseal.connection.append(() => vault.addMember({ person: colleague, name: 'Bo' }));
	await firmseal.ready();
}

export const ask = (): Promise<string> => own().joining.ask();
export const reveal = (): Promise<string | null> => own().joining.reveal();
export const check = async (id: string): Promise<string | null> => (await own().answering.check(id))?.code ?? null;

export async function answer(id: string, person: string): Promise<void> {
	const { answering } = own();
	const request = (await answering.requests()).find((each) => each.id === id);
	if (!request) throw new Error('The request is not listed.');
	await answering.answer(request, person);
}

export async function approve(id: string): Promise<void> {
	await own().answering.approve(id);
}

export async function finish(): Promise<void> {
	await own().joining.finish(true);
	await own().firmseal.ready();
}

/** The data of an operation of the application. */
export async function run(text: string, variables: Record<string, unknown>): Promise<Record<string, unknown>> {
	const { client } = own();
	const operation = gql(text);
	const { data } = /^\s*mutation/.test(text)
		? await client.mutate({ mutation: operation, variables })
		: await client.query({ query: operation, variables, fetchPolicy: 'network-only' });
	return data as Record<string, unknown>;
}

/** Seals the records of a class again. */
export const reseal = (className: string): Promise<ResealedClass> => own().firmseal.connection.reseal(className);

/** The device file, as IndexedDB has it. */
export async function keptFile(): Promise<number[]> {
	const store = await IndexedDbStore.open(indexedDB, 'firmseal');
	return [...((await store.read('device/device')) ?? [])];
}

export const lock = (): Promise<void> => own().firmseal.lock();
