import { expect } from 'vitest';
import type { Answer } from '../../support/ask.ts';
import { isSoak } from '../../support/scale.ts';
import type { Bad } from './bad-values.ts';
import { byLiterals, byVariables, type Variables } from './document.ts';
import type { FirmRows } from './firm-rows.ts';
import { type Call, type Place, withValue } from './input-positions.ts';
import { MARKER } from './malformed-values.ts';

/** Literals above this many characters are nothing but slow: the variables have been tried. */
const MAX_LITERAL_LENGTH = 5_000;

/** What an answer has for the call, wherever it stands. */
export const calledOf = ({ data }: Answer) => data?.called ?? data?.node?.called ?? null;

/**
 * Kinds of place that were given every value: how it is refused depends on the type and the limit alone. Of a kind that is known, none
 * is written into a document any more, and the fast tier gives two: that the place is checked at all.
 */
const written = new Set<string>();
export const forgetKinds = () => written.clear();

/** Gives each bad value, as a variable and in the document, and tells which were not refused as they must be. */
export async function refuse(
	rows: FirmRows,
	place: Place,
	variables: Variables,
	values: readonly Bad[],
): Promise<string[]> {
	const { call, path, type, limit } = place;
	const node = { node: await rows.nodeOf(call) };
	const kind = JSON.stringify([String(type), limit]);
	const isWritten = written.has(kind);
	written.add(kind);
	const given =
		isWritten && !isSoak ? values.filter(({ code }, index) => index < 2 || code !== 'BAD_USER_INPUT') : values;
	const wrong = await inParallel(given, async ({ what, value, code }) => {
		const broken = withValue(variables, path, value) as Variables;
		const faults = faultsOf(await rows.ask(byVariables(call, broken, node)), [code], value);
		if (!isWritten && JSON.stringify(broken).length < MAX_LITERAL_LENGTH) {
			const codes = [
				code,
				'GRAPHQL_VALIDATION_FAILED',
				...(what.includes('surrogate') ? ['GRAPHQL_PARSE_FAILED'] : []),
				// Who has no place is asked for one, unless the document is read to be an acceptance.
				...(what.includes('surrogate') && call.field.name === 'acceptInvitation' ? ['UNAUTHENTICATED'] : []),
			];
			const literals = faultsOf(await rows.ask(byLiterals(call, broken, node)), codes, value);
			faults.push(...literals.map((fault) => `${fault}, in the document`));
		}
		return faults.map((fault) => `${what}: ${fault}`);
	});
	return wrong.flat();
}

/** What is wrong with the refusal of a value. */
export function faultsOf(answer: Answer, codes: readonly string[], value: unknown): string[] {
	const given = answer.errors.map(({ extensions }) => extensions?.code);
	// A document may have several mistakes: each of two wrong items of a list is one.
	const isOne = given.length === 1 || (given.length > 1 && given.includes('GRAPHQL_VALIDATION_FAILED'));
	const echo = typeof value === 'string' && value.length >= 6 ? [MARKER, JSON.stringify(value).slice(1, 41)] : [MARKER];
	return [
		...(isOne && given.every((each) => codes.includes(String(each))) ? [] : [`[${given}] instead of [${codes}]`]),
		...(calledOf(answer) === null ? [] : ['an answer']),
		...(answer.status === 200 || (answer.status >= 400 && answer.status < 500) ? [] : [`status ${answer.status}`]),
		...(echo.some((text) => answer.text.includes(text)) ? ['repeats the value'] : []),
		...(/harbour/.test(answer.text) ? ['tells of the other firm'] : []),
	];
}

/** The call with these variables is answered, without an error. */
export async function expectAnswer(rows: FirmRows, call: Call, variables: Variables): Promise<Answer> {
	const answer = await rows.ask(byVariables(call, variables, { node: await rows.nodeOf(call) }));
	if (answer.errors.length > 0 || calledOf(answer) === null)
		throw new Error(
			`${call.name} must be answered, or the refusal of bad input proves nothing: say in test/attacks/bad-input/valid-values.ts what it needs. It answered ${answer.text.slice(0, 500)}`,
		);
	expect(answer.text).not.toContain('harbour');
	return answer;
}

/** Does the work for a few at a time. */
export async function inParallel<T, R>(items: readonly T[], work: (item: T) => Promise<R>, most = 8): Promise<R[]> {
	const results: R[] = [];
	let next = 0;
	const worker = async () => {
		while (next < items.length) {
			const index = next++;
			results[index] = await work(items[index] as T);
		}
	};
	await Promise.all(Array.from({ length: most }, worker));
	return results;
}
