import { parse } from 'graphql';
import type { EncryptedField, SealedColumn } from '../encryption-directive/index.ts';
import type { Exchange, KitDocument, KitOptions, KitPrincipal } from './options.ts';
import { type Returned, readAnswer } from './returned.ts';

/** One call of the API by one principal, and the content in its answers. */
interface JudgedCall extends Exchange {
	readonly options: KitOptions;
	readonly principal: KitPrincipal;
	/** For each answer, the encrypted fields in it. */
	readonly readings: readonly (readonly Returned[])[];
	/** The encrypted fields of all answers. */
	readonly content: readonly Returned[];
	/** The fields that the principal may not open. */
	readonly closed: ReadonlySet<EncryptedField>;
}

/**
 * Checks one call against the rules for every call. Returns a sentence for each fault.
 * 1. Only fields that the principal may open have values; every other field is null and reported exactly in extensions.sealed, and
 * in the log unless the reason is FIRM_CUSTODY.
 * 2. The returned values, the opened values and the log have the same records of the same coordinates.
 * 3. Content is only in encrypted fields.
 * 4. No statement names a sealed column that the principal may not open.
 */
export function judge(
	options: KitOptions,
	principal: KitPrincipal,
	documents: readonly KitDocument[],
	exchange: Exchange,
): { readonly faults: readonly string[]; readonly readings: readonly (readonly Returned[])[] } {
	const { schema, registry } = options;
	const readings = documents.map(({ query, variables }, index) =>
		readAnswer({ schema, registry, document: parse(query), variables }, exchange.answers[index]?.data),
	);
	const closed = new Set(registry.fields.filter((field) => principal.opens(field) !== true));
	const call = { ...exchange, options, principal, readings, content: readings.flat(), closed };
	const faults = [
		...wrongValues(call),
		...misplacedContent(call),
		...wronglyReportedDenials(call),
		...wronglyRecordedOpenings(call),
		...columnsNamedWithoutRight(call),
	];
	return { faults, readings };
}

function wrongValues({ options: { marker }, content, closed }: JudgedCall): string[] {
	const values = content.filter(hasValue);
	return [
		...listFaults(
			'A value is returned without the right',
			values.filter(({ field }) => closed.has(field)).map(coordinateOf),
		),
		...listFaults(
			'A returned text is not the written one',
			values.filter((each) => isOtherText(each, marker)).map(coordinateOf),
		),
	];
}

function* misplacedContent({
	options: { marker },
	content,
	answers,
	entries,
	statements,
}: JudgedCall): Iterable<string> {
	const times = (value: unknown): number => timesIn(value, marker);
	// Counts content in the whole answer, under any name.
	const found = answers.map(({ data }) => times(data)).reduce((sum, each) => sum + each, 0);
	if (found > times(content.map(({ value }) => value)))
		yield 'Content is in the wrong place: in metadata, or in a field that was not requested.';
	if (times(answers.map(({ errors, extensions }) => [errors, extensions])) > 0)
		yield 'Content is in an error or an extension.';
	if (times(entries) > 0) yield 'Content is in the log.';
	if (times(statements) > 0) yield 'Content is in a statement.';
	if (entries.some(({ action }) => action === 'content.fail')) yield 'A value did not open.';
}

function wronglyReportedDenials({ principal, readings, answers, entries }: JudgedCall): string[] {
	// A request counts an object once for each field, however often its document selects the field.
	const withheld = readings.flatMap((reading) => {
		const denied = reading.flatMap(({ field, record, value }) => {
			const reason = principal.opens(field);
			return reason === true || value === undefined ? [] : [[`${record} ${field.coordinate}`, reason] as const];
		});
		return [...new Map(denied)].map(([at, reason]) => `${at.slice(at.indexOf(' ') + 1)} ${reason}`);
	});
	const reported = answers.flatMap(({ extensions }) =>
		(extensions?.sealed ?? []).flatMap(({ coordinate, reason, count }) =>
			Array<string>(count).fill(`${coordinate} ${reason}`),
		),
	);
	const recorded = entries
		.filter(({ action }) => action === 'content.deny')
		.flatMap(({ counts = {}, reason }) =>
			Object.entries(counts).flatMap(([coordinate, count]) => Array<string>(count).fill(`${coordinate} ${reason}`)),
		);
	return [
		...compare('extensions.sealed', reported, 'what was withheld', withheld),
		// A value of which the platform has no key was not refused.
		...compare(
			'the log of denials',
			recorded,
			'what was refused',
			withheld.filter((each) => !each.endsWith(' FIRM_CUSTODY')),
		),
	];
}

/** Compares each request of a batch separately, because no request may be recorded in place of another. */
function wronglyRecordedOpenings({ readings, content, entries, opened }: JudgedCall): string[] {
	const returned = readings.map((reading) => joined(recordsOf(reading)));
	const byRequest = Map.groupBy(
		entries.filter(({ action }) => action === 'content.open'),
		({ request }) => request ?? null,
	);
	const recorded = [...byRequest.values()].map((ofRequest) =>
		joined(
			ofRequest.flatMap(({ coordinates, records }) =>
				records.flatMap((record) => coordinates.map((coordinate) => `${coordinate} ${record}`)),
			),
		),
	);
	return [
		...compare('the log of openings', recorded, 'what was returned', returned.filter(Boolean)),
		...(opened
			? compare(
					'what was opened',
					opened.map(({ coordinate, record }) => `${coordinate} ${record}`),
					'what was returned',
					recordsOf(content),
				)
			: []),
	];
}

function* columnsNamedWithoutRight({ options, principal, closed, statements }: JudgedCall): Iterable<string> {
	const unnamed = new Set(
		[...closed].filter((field) => !principal.mayName?.(field)).map(({ coordinate }) => coordinate),
	);
	for (const column of options.columns) {
		if (!unnamed.has(`${column.typeName}.${column.fieldName}`)) continue;
		if (statements?.some((statement) => reads(statement, column)))
			yield `A statement names ${column.table}.${column.column}, which the principal may not open.`;
	}
}

/** The sentence with up to five of the coordinates. Empty if there are no coordinates. */
function listFaults(sentence: string, coordinates: Iterable<string>): string[] {
	const named = [...new Set(coordinates)];
	return named.length > 0 ? [`${sentence}: ${named.slice(0, 5).join(', ')}${named.length > 5 ? ' …' : ''}.`] : [];
}

/** A sentence with the first difference between two lists in any order. Empty if the lists are equal. */
function compare(what: string, found: readonly string[], than: string, expected: readonly string[]): string[] {
	if (JSON.stringify(found.toSorted()) === JSON.stringify(expected.toSorted())) return [];
	const [more] = without(found, expected);
	const [less] = without(expected, found);
	return [
		`${what} is not ${than}:${more ? ` ${more} is too much` : ''}${more && less ? ',' : ''}${less ? ` ${less} is missing` : ''}.`,
	];
}

const joined = (list: readonly string[]): string => [...new Set(list)].toSorted().join();

/** The coordinate and record of each value. */
const recordsOf = (content: readonly Returned[]): string[] =>
	content.filter(hasValue).map(({ field, record }) => `${field.coordinate} ${record}`);

const hasValue = ({ value }: Returned): boolean => value !== null && value !== undefined;

const coordinateOf = ({ field }: Returned): string => field.coordinate;

const isOtherText = ({ field, value }: Returned, marker: string): boolean =>
	field.valueType.includes('String') && timesIn(value, marker) === 0;

/** Whether a statement names the column with its table, or selects whole rows of the table. Does not see the columns behind a view. */
function reads(statement: string, { table, column }: SealedColumn): boolean {
	const named = (name: string) => new RegExp(`(^|[^\\w])"?${name}"?($|[^\\w])`, 'i').test(statement);
	const whole = new RegExp(`select\\s+\\*|"?\\b${table}"?\\.\\*|\\w\\(\\s*"?${table}"?\\s*\\)|\\b${table}"?::`, 'i');
	return named(table) && (named(column) || whole.test(statement));
}

/** Ignores the case of letters. */
const timesIn = (value: unknown, marker: string): number =>
	JSON.stringify(value ?? null)
		.toLowerCase()
		.split(marker.toLowerCase()).length - 1;

/** The items of `list` that are not in `other`; repeats count. */
function without(list: readonly string[], other: readonly string[]): string[] {
	const left = [...other];
	return list.filter((each) => {
		const index = left.indexOf(each);
		if (index < 0) return true;
		left.splice(index, 1);
		return false;
	});
}
