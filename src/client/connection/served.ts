import type { SaltedName } from '../../custody/index.ts';
import { FirmsealError } from '../../errors.ts';
import { isObject } from './api-port.ts';

/** A page of the key log, as the service says it. Only its form is checked here. */
export interface ServedPage {
	readonly installation: string;
	readonly size: number;
	readonly entries: readonly string[];
	readonly names: readonly SaltedName[];
	readonly checkpoint: { readonly size: number; readonly note: string } | null;
	readonly newestVersions: ReadonlyMap<string, number>;
}

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

/** What an owner has proposed, and the signature of one who agrees. */
export interface ServedProposal {
	readonly id: string;
	readonly person: string;
	readonly kind: string;
	/** JSON. */
	readonly body: string;
	/** JSON; null before someone agrees. */
	readonly agreement: string | null;
}

export function servedProposalOf(value: unknown): ServedProposal {
	const { id, person, kind, body, agreement } = objectOf(value);
	return {
		id: textOf(id),
		person: textOf(person),
		kind: textOf(kind),
		body: textOf(body),
		agreement: agreement === null ? null : textOf(agreement),
	};
}

export function pageOf(value: unknown): ServedPage {
	const page = objectOf(value);
	const { checkpoint } = page;
	return {
		installation: textOf(page.installation),
		size: countOf(page.size),
		entries: textsOf(page.entries),
		names: listOf(page.names).map((name) => {
			const { person, salt, name: text } = objectOf(name);
			return { person: textOf(person), salt: textOf(salt), name: textOf(text) };
		}),
		checkpoint: checkpoint === null ? null : checkpointOf(checkpoint),
		newestVersions: new Map(
			listOf(page.newestVersions).map((each) => {
				const { class: name, version } = objectOf(each);
				return [textOf(name), countOf(version)] as const;
			}),
		),
	};
}

const checkpointOf = (value: unknown) => {
	const { size, note } = objectOf(value);
	return { size: countOf(size), note: textOf(note) };
};

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

export const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : fail());
export const textsOf = (value: unknown): readonly string[] => listOf(value).map(textOf);
export const textOf = (value: unknown): string => (typeof value === 'string' ? value : fail());
export const objectOf = (value: unknown): Readonly<Record<string, unknown>> => (isObject(value) ? value : fail());
export const countOf = (value: unknown): number =>
	Number.isSafeInteger(value) && (value as number) >= 0 ? (value as number) : fail();

function fail(): never {
	throw new FirmsealError(
		'INTERNAL',
		'What the service says of the firm’s keys is malformed. Nothing of it was used. Report it.',
	);
}
