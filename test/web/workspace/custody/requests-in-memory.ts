import type { InMemoryApi } from '../../../client/vault/in-memory-api.ts';

type Fields = Readonly<Record<string, unknown>>;

/** Requests of new devices at a service. */
const requests = new WeakMap<InMemoryApi, Fields[]>();

/** The part of the service that carries requests of new devices, and shares; null for another request. */
export function carryRequest(service: InMemoryApi, person: string, document: string, variables: Fields): Fields | null {
	const stored = requests.get(service) ?? [];
	requests.set(service, stored);
	const input = (variables.input ?? {}) as Fields;
	const change = (at: string, changes: Fields) => {
		const index = stored.findIndex(({ id }) => id === input.id);
		const request = { ...stored[index], ...changes };
		stored[index] = request;
		return { [at]: { request } };
	};
	if (document.startsWith('query DeviceRequests')) return { deviceRequests: stored.toReversed() };
	if (document.startsWith('query RecoveryShares')) {
		const held = service.shares.filter(({ recipient }) => recipient === variables.recipient);
		return { recoveryShares: held.map((each) => ({ ...each, person: personOf(service, each.device) })) };
	}
	if (document.startsWith('mutation RequestDevice')) {
		const id = `0190a3c4-0000-7000-8000-00000000e0${10 + stored.length}`;
		const request = { ...EMPTY, id, person, commitment: input.commitment };
		stored.push(request);
		return { requestDevice: { request } };
	}
	const { id: _, ...given } = input;
	if (document.startsWith('mutation ChallengeDevice'))
		return change('challengeDevice', { ...given, state: 'CHALLENGED' });
	if (document.startsWith('mutation RevealDevice')) return change('revealDevice', { ...given, state: 'REVEALED' });
	if (document.startsWith('mutation ReleaseShare')) return change('releaseShare', { ...given, state: 'RELEASED' });
	if (document.startsWith('mutation EndDevice')) return change('endDevice', { state: given.reason });
	return null;
}

/** Whose recovery key it is. */
const personOf = ({ log }: InMemoryApi, device: string): string =>
	[...(log?.people ?? [])].find(([, { ways }]) => ways.some(({ id }) => id === device))?.[0] ?? '';

const EMPTY = {
	challenge: null,
	genesis: null,
	head: null,
	reveal: null,
	statement: null,
	releasedBy: null,
	share: null,
	state: 'COMMITTED',
};
