import type { OperatorRole } from '../../access/index.ts';

/** Who is to operate the platform, and as what: all that an approver agrees to. */
export interface PersonTerms {
	/** User id. */
	readonly user: string;
	/** false: the account is there, and gets other roles. */
	readonly isNew: boolean;
	readonly email: string;
	readonly name: string;
	readonly roles: readonly OperatorRole[];
	/** Id of the natural person. */
	readonly person: string;
	/** What the claim that tells persons apart says of them; null: none does. */
	readonly said: string | null;
	/** The e-mail address of the account that the person has already; null: none. */
	readonly sameAs: string | null;
	readonly issuer: string;
	readonly subject: string;
}

const KEYS = ['user', 'isNew', 'email', 'name', 'roles', 'person', 'said', 'sameAs', 'issuer', 'subject'] as const;

/** The terms as a job has them: one text for the same terms. */
export const writePersonTerms = (terms: PersonTerms): string =>
	JSON.stringify(Object.fromEntries(KEYS.map((key) => [key, terms[key]])));

/** null: these are none. They are proven with the job, so that only a program of another version has written others. */
export function readPersonTerms(text: string | null): PersonTerms | null {
	if (text === null) return null;
	try {
		const terms = JSON.parse(text) as PersonTerms;
		return Array.isArray(terms.roles) && writePersonTerms(terms) === text ? terms : null;
	} catch {
		return null;
	}
}
