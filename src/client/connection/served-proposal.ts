import { objectOf, textOf } from './served.ts';

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
