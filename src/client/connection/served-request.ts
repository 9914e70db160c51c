import { objectOf, textOf } from './served.ts';

/** Which step of joining was the last, and what it sent. */
export interface DeviceRequest {
	readonly id: string;
	readonly person: string;
	readonly commitment: string;
	readonly challenge: { readonly challenge: string; readonly genesis: string; readonly head: string } | null;
	readonly revealed: { readonly reveal: string; readonly statement: string } | null;
	/** What a holder released; null before, and for everyone but the person of the request. */
	readonly released: { readonly releasedBy: string; readonly share: string } | null;
	readonly state: string;
}

export function deviceRequestOf(value: unknown): DeviceRequest {
	const { id, person, commitment, challenge, genesis, head, reveal, statement, releasedBy, share, state } =
		objectOf(value);
	return {
		id: textOf(id),
		person: textOf(person),
		commitment: textOf(commitment),
		challenge:
			challenge === null ? null : { challenge: textOf(challenge), genesis: textOf(genesis), head: textOf(head) },
		revealed: reveal === null ? null : { reveal: textOf(reveal), statement: textOf(statement) },
		released: share === null ? null : { releasedBy: textOf(releasedBy), share: textOf(share) },
		state: textOf(state),
	};
}
