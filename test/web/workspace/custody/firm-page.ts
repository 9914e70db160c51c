import { openerOf, type ServicePort } from '../../../../src/client/connection/index.ts';
import { portOf as servicePortOf } from '../../../client/connection/in-memory-port.ts';
import { newLogKey } from '../../../client/vault/checkpoints.ts';
import { ANNA, BERT, CARA, Device, decide, join, someFirm } from '../../../client/vault/firm.ts';
import { INSTALLATION, InMemoryApi } from '../../../client/vault/in-memory-api.ts';
import { SteppedTime } from '../../../client/vault/stepped-time.ts';
import { carryRequest } from './requests-in-memory.ts';

/* What the page of the browser tests shows: devices with real vaults, and the service in the memory of the page. */

/** A name that would turn the text around it, and end in the middle of a line. */
const HOSTILE = 'Eve \u202Erenwo\u202C\u200B Stone';

interface StoredProposal {
	readonly id: string;
	readonly person: string;
	readonly kind: string;
	readonly body: string;
	readonly agreement: string | null;
	readonly createdAt: string;
}

/** What owners have proposed at a service. */
const proposals = new WeakMap<InMemoryApi, StoredProposal[]>();

/** The part of the service that carries proposals; null for another request. */
function carryProposal(service: InMemoryApi, person: string, document: string, input: Partial<StoredProposal>) {
	const stored = proposals.get(service) ?? [];
	const keep = (next: readonly StoredProposal[]) => void proposals.set(service, [...next]);
	const [found] = stored.filter(({ id }) => id === input.id);
	if (document.includes('query OwnerProposals')) return { ownerProposals: stored.toReversed() };
	if (document.includes('proposeToOwners')) {
		const { kind = '', body = '' } = input;
		const createdAt = new Date(service.time.now()).toISOString();
		const id = `0190a3c4-0000-7000-8000-00000000f0${10 + stored.length}`;
		const proposal = { id, person, kind, body, agreement: null, createdAt };
		keep([...stored, proposal]);
		return { proposeToOwners: { proposal } };
	}
	if (document.includes('agreeToProposal') && found) {
		const proposal = { ...found, agreement: input.agreement ?? null };
		keep(stored.map((each) => (each === found ? proposal : each)));
		return { agreeToProposal: { proposal } };
	}
	if (document.includes('endProposal')) {
		keep(stored.filter((each) => each !== found));
		return { endProposal: { proposal: found } };
	}
	return null;
}

/** The service, as the API answers it to a person. */
function portOf(service: InMemoryApi, person: string): ServicePort {
	const port = servicePortOf(service);
	return {
		...port,
		request: async (document, variables) =>
			carryProposal(service, person, document, variables.input ?? {}) ??
			carryRequest(service, person, document, variables) ??
			port.request(document, variables),
	};
}

function firmsealOf(device: Device, service: InMemoryApi) {
	const clock = { now: () => service.time.now(), sleep: async () => undefined };
	return openerOf({ vault: device.vault, unlock: () => device.unlock(), clock }, portOf(service, device.person));
}

/** Anna and Bert are owners with a device and a code each, Cara is a member. */
export async function openTwoOwners() {
	const { service, anna, bert, cara } = await someFirm(Date.now());
	const [annas, berts, caras] = [await anna(), await bert(), await cara()];
	return {
		anna: firmsealOf(annas, service),
		bert: firmsealOf(berts, service),
		cara: firmsealOf(caras, service),
		/** As a malicious service may: other content under the id of each proposal. */
		change(changes: Partial<StoredProposal>) {
			proposals.set(
				service,
				(proposals.get(service) ?? []).map((each) => ({ ...each, ...changes })),
			);
		},
		agreements: () => (proposals.get(service) ?? []).map(({ agreement }) => agreement),
	};
}

/** Anna, Bert and Cara are owners, and Anna has a new device that knows nothing. */
export async function openThreeOwners() {
	const { service, anna, bert, cara } = await someFirm(Date.now());
	const [annas, berts, caras] = [await anna(), await bert(), await cara()];
	await decide(service, annas, berts, { what: 'ROLE', person: CARA, role: 'OWNER' });
	await caras.sync(service);
	return {
		anna: firmsealOf(annas, service),
		bert: firmsealOf(berts, service),
		cara: firmsealOf(caras, service),
		lost: firmsealOf(await Device.make('new', ANNA, service.time), service),
	};
}

/** Anna is the only owner and has two devices and no recovery; a member has a hostile name and a device. */
export async function openOneOwner() {
	const time = new SteppedTime(Date.now());
	const service = new InMemoryApi(time, await newLogKey());
	const anna = await Device.make('anna', ANNA, time);
	await anna.send(service, await anna.vault.beginFirm({ installation: INSTALLATION, name: 'Anna Berger' }));
	await anna.send(service, await anna.vault.addMember({ person: BERT, name: HOSTILE }));
	const phone = await Device.make('phone', ANNA, time);
	await join(service, anna, phone);
	await join(service, anna, await Device.make('bert', BERT, time));
	const lost = await Device.make('new', ANNA, time);
	return {
		anna: firmsealOf(anna, service),
		phone: firmsealOf(phone, service),
		lost: firmsealOf(lost, service),
		time,
	};
}
