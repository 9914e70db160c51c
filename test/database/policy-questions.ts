import type { Sql } from 'postgres';

/**
 * A session may name another firm, lease, job or role while its statement runs, and influence when each sub-select of a policy is evaluated,
 * which happens once. So facts that must agree are one question.
 */
export interface PolicyText {
	readonly name: string;
	readonly text: string;
}

/** Questions whose answer is about one firm or names it: all else in the answer is about that firm, with which the row's firm is compared. */
const OF_A_FIRM =
	/^(current_firm\(\), current_client\(\)|(firm_of_job|firm_of_role|lease_scope)\('\w+'::text\)|firm_of_erasure\(\))$/;
/** A question with the row's own firm as an argument is evaluated completely for each row. */
const OF_THE_ROW = /^(\w+\((firm_id\b|id\)|notices\.\*\))|firm_of_job\(class\))/;

/** The part of a policy that a session could split; null if there is none. `readers`: the functions that return what the session has set. */
export function takenApart(text: string, readers: readonly string[]): string | null {
	const reads = new RegExp(String.raw`\b(?:${readers.join('|')}|current_setting)\(`);
	const questions: string[] = [];
	let rest = text.replaceAll('public.', '').replaceAll(/\s+/g, ' ');
	for (let before = ''; before !== rest; ) {
		before = rest;
		rest = rest.replace(/\( SELECT ((?:(?:, )?\w+\([^()]*\) AS \w+)+)\)/g, (_, asked: string) => {
			const question = asked.replaceAll(/ AS \w+/g, '');
			// A session can't change its login.
			if (reads.test(question) && question !== 'session_plane()') questions.push(question);
			return '?';
		});
	}
	const [more, ...others] = questions.filter((question) => question !== 'current_firm()');
	if (others.length > 0) return `asks ${[more, ...others].join(' and ')}`;
	if (more?.includes('?')) return `asks ${more} about the answer to another question`;
	if (more && questions.length > 1 && !OF_A_FIRM.test(more)) return `asks ${more} beside the firm`;
	const ofRows = [...rest.matchAll(new RegExp(`${reads.source}[^()]*\\)?`, 'g'))].map(([call]) => call);
	// Only functions of the owner read the role, during which the session cannot change it.
	const apart = ofRows.filter((call) => !OF_THE_ROW.test(call) && !/^current_setting\('role'::text\)$/.test(call));
	return apart.length > 0 ? `asks ${apart.join(' and ')} of no row` : null;
}

/** The functions that return what a session has set, directly or by another function. */
export async function readersOf(admin: Sql): Promise<string[]> {
	const functions =
		await admin`select proname as name, coalesce(pg_get_function_sqlbody(oid), prosrc) as body from pg_proc
		where pronamespace = 'public'::regnamespace`;
	const readers = new Set<string>(['current_setting']);
	for (let known = 0; known !== readers.size; ) {
		known = readers.size;
		const reads = new RegExp(String.raw`\b(?:${[...readers].join('|')})\(`);
		for (const { name, body } of functions) if (reads.test(body)) readers.add(name);
	}
	readers.delete('current_setting');
	return [...readers];
}

export const policyTexts = (admin: Sql) =>
	admin<PolicyText[]>`select p.polname || ' on ' || p.polrelid::regclass as name, asked.text
		from pg_policy p, unnest(array[pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid)]) as asked (text)
		where asked.text is not null order by 1`;
