import { expect } from 'vitest';
import type { Answer } from '../../support/ask.ts';
import { isSoak } from '../../support/scale.ts';
import type { Bad } from './bad-values.ts';
import { byLiterals, byVariables, type Variables } from './document.ts';
import type { FirmRows } from './firm-rows.ts';
import { type Call, type Position, withValue } from './input-positions.ts';
import { MARKER } from './malformed-values.ts';

/** Maximum characters of a literal. Longer ones are slow, and the same value was already sent as a variable. */
const MAX_LITERAL_LENGTH = 5_000;

/** The result of the call in an answer: at the root, or in `node`. */
export const calledOf = ({ data }: Answer) => data?.called ?? data?.node?.called ?? null;

/**
 * Kinds of position that have been tried with every value. A refusal depends only on the type and the limits. For a known kind, no
 * value is sent as a literal, and the fast tier sends only two, to see that the position is checked at all.
 */
const written = new Set<string>();
export const forgetKinds = () => written.clear();

/** Sends each bad value as a variable and as a literal, and returns the faults of all refusals. */
export async function refuse(
	rows: FirmRows,
	position: Position,
	variables: Variables,
	values: readonly Bad[],
): Promise<string[]> {
	const { call, path, type, limit } = position;
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
				// A person without a seat is refused as such, unless the document parses as an acceptance.
				...(what.includes('surrogate') && call.field.name === 'acceptInvitation' ? ['UNAUTHENTICATED'] : []),
			];
			const literals = faultsOf(await rows.ask(byLiterals(call, broken, node)), codes, value);
			faults.push(...literals.map((fault) => `${fault}, in the document`));
		}
		return faults.map((fault) => `${what}: ${fault}`);
	});
	return wrong.flat();
}

/** The faults of a refusal, empty if it is correct. */
export function faultsOf(answer: Answer, codes: readonly string[], value: unknown): string[] {
	const given = answer.errors.map(({ extensions }) => extensions?.code);
	// A document may have several mistakes, such as two wrong items of a list.
	const isOne = given.length === 1 || (given.length > 1 && given.includes('GRAPHQL_VALIDATION_FAILED'));
	const echo = typeof value === 'string' && value.length >= 6 ? [MARKER, JSON.stringify(value).slice(1, 41)] : [MARKER];
	return [
		...(isOne && given.every((each) => codes.includes(String(each))) ? [] : [`[${given}] instead of [${codes}]`]),
		...(calledOf(answer) === null ? [] : ['an answer']),
		...(answer.status === 200 || (answer.status >= 400 && answer.status < 500) ? [] : [`status ${answer.status}`]),
		...(echo.some((text) => answer.text.includes(text)) ? ['repeats the value'] : []),
		...(/harbour/.test(answer.text) ? ['names the other firm'] : []),
	];
}

/** Checks that the call with these variables succeeds, and returns the answer. */
export async function expectAnswer(rows: FirmRows, call: Call, variables: Variables): Promise<Answer> {
	const answer = await rows.ask(byVariables(call, variables, { node: await rows.nodeOf(call) }));
	if (answer.errors.length > 0 || calledOf(answer) === null)
		throw new Error(
			`${call.name} must succeed with valid input, or its refusals prove nothing: add its input to test/attacks/bad-input/valid-values.ts. It answered ${answer.text.slice(0, 500)}`,
		);
	expect(answer.text).not.toContain('harbour');
	return answer;
}

/** Runs the work for all items, `most` at a time. The results keep the order of the items. */
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
