import {
	type Keyring,
	type KeyringHealthEvent,
	KeyUnavailableError,
	type KeyUnavailableReason,
	type ResilientKeyringOptions,
	resilientKeyring,
} from '../../src/keys/index.ts';
import { draws } from '../support/scale.ts';

export interface UnreliableCall {
	readonly method: keyof Keyring;
	readonly firm: string;
	/** Milliseconds of the fake clock. */
	readonly at: number;
}

/** A service whose calls end as `answer` says. The content of the answers does not matter to the tested layer. */
function unreliableKeyring(answer: (call: UnreliableCall, index: number) => unknown) {
	const calls: UnreliableCall[] = [];
	const firmOf = (given: unknown) =>
		typeof given === 'string' ? given : ((given as { firm?: string } | undefined)?.firm ?? '');
	const keyring = new Proxy({} as Keyring, {
		get: (_, method: keyof Keyring) => async (given: unknown) => {
			const call = { method, firm: firmOf(given), at: performance.now() };
			calls.push(call);
			return answer(call, calls.length - 1);
		},
	});
	return { keyring, calls };
}

/** The unreliable service behind a resilient keyring, with all its events. */
export function resilientKeyringOver(
	answer: (call: UnreliableCall, index: number) => unknown,
	{ side = 'firm', random = draws('jitter'), budget }: Partial<ResilientKeyringOptions> = {},
) {
	const events: KeyringHealthEvent[] = [];
	const shaky = unreliableKeyring(answer);
	const keyring = resilientKeyring(shaky.keyring, {
		side,
		random,
		onEvent: (event) => void events.push(event),
		...(budget && { budget }),
	});
	const waiting = () => events.findLast((event) => event.what === 'waiting')?.calls ?? 0;
	const states = () => events.flatMap((event) => (event.what === 'breaker' ? [event.state] : []));
	const retries = () => events.flatMap((event) => (event.what === 'retry' ? [event.reason] : []));
	return { ...shaky, keyring, events, waiting, states, retries };
}

export const unavailableError = (reason: KeyUnavailableReason) => new KeyUnavailableError(reason, 'later');

export function fail(reason: KeyUnavailableReason): never {
	throw unavailableError(reason);
}

export const never = () => new Promise<never>(() => {});

/** The result of a call, and its time on the fake clock. */
export async function outcomeOf(call: Promise<unknown>) {
	const start = performance.now();
	const ended = (outcome: unknown) => ({ outcome, after: performance.now() - start });
	return call.then(
		() => ended('ok'),
		(error: { reason?: unknown }) => ended(error.reason ?? error),
	);
}
