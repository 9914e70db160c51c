import type { OperatorRole } from '../../access/index.ts';

/** The operator to appoint, and their roles: everything that an approver approves. */
export interface PersonTerms {
	readonly user: string;
	/** False if the account exists and gets other roles. */
	readonly isNew: boolean;
	readonly email: string;
	readonly name: string;
	readonly roles: readonly OperatorRole[];
	readonly person: string;
	/** The value of the claim that identifies persons; null if no claim does. */
	readonly said: string | null;
	/** The e-mail address of the person's other account; null if none. */
	readonly sameAs: string | null;
	readonly issuer: string;
	readonly subject: string;
}

const KEYS = ['user', 'isNew', 'email', 'name', 'roles', 'person', 'said', 'sameAs', 'issuer', 'subject'] as const;

/** The text of the terms in a job's row. Equal terms give equal text. */
export const writePersonTerms = (terms: PersonTerms): string =>
	JSON.stringify(Object.fromEntries(KEYS.map((key) => [key, terms[key]])));

/**
 * null if the text is not the canonical form of terms. Terms are proven with the job, so only another version of the program can have
 * written another form.
 */
export function readPersonTerms(text: string | null): PersonTerms | null {
	if (text === null) return null;
	try {
		const terms = JSON.parse(text) as PersonTerms;
		return Array.isArray(terms.roles) && writePersonTerms(terms) === text ? terms : null;
	} catch {
		return null;
	}
}
