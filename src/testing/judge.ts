import { parse } from 'graphql';
import type { SealedColumn } from '../encryption-directive/index.ts';
import type { Exchange, KitDocument, KitOptions, KitPrincipal } from './options.ts';
import { type Returned, readAnswer } from './returned.ts';

/**
 * Holds one call against what must be true of every call, whatever was asked. Answers a sentence for each fault.
 * 1. A value comes only of a field that the principal opens; every other is null and told in extensions.sealed, exactly.
 * 2. What was returned, what was opened and what is in the log are the same records of the same coordinates.
 * 3. Content is nowhere but in the place of content.
 * 4. No statement names a sealed column of which the principal opens nothing.
 */
export function judge(
	options: KitOptions,
	principal: KitPrincipal,
	documents: readonly KitDocument[],
	exchange: Exchange,
): { readonly faults: readonly string[]; readonly readings: readonly (readonly Returned[])[] } {
	const { schema, registry, marker } = options;
	const readings = documents.map(({ query, variables }, index) =>
		readAnswer({ schema, registry, document: parse(query), variables }, exchange.answers[index]?.data),
	);
	const content = readings.flat();
	const values = content.filter(({ value }) => value !== null && value !== undefined);
	const faults: string[] = [];
	const fault = (sentence: string, what: Iterable<string>) => {
		const named = [...new Set(what)];
		if (named.length > 0) faults.push(`${sentence}: ${named.slice(0, 5).join(', ')}${named.length > 5 ? ' …' : ''}.`);
	};

	const closed = new Set(registry.fields.filter((field) => principal.opens(field) !== true));
	fault('A value is given without the right', values.filter(({ field }) => closed.has(field)).map(coordinateOf));
	fault(
		'Text is given that is not what was written',
		values.filter((each) => isOtherText(each, marker)).map(coordinateOf),
	);
	// Wherever it is found beyond the values of encrypted fields, under whatever name.
	const found = exchange.answers.map(({ data }) => timesIn(data, marker)).reduce((sum, times) => sum + times, 0);
	if (
		found >
		timesIn(
			content.map(({ value }) => value),
			marker,
		)
	)
		faults.push('Content stands where none belongs, among metadata or in what was not asked for.');
	const told = exchange.answers.map(({ errors, extensions }) => [errors, extensions]);
	if (timesIn(told, marker) > 0) faults.push('Content stands in an error or an extension.');
	if (timesIn(exchange.entries, marker) > 0) faults.push('Content stands in the log.');
	if (timesIn(exchange.statements, marker) > 0) faults.push('Content stands in a statement.');
	if (exchange.entries.some(({ action }) => action === 'content.fail')) faults.push('A value did not open.');

	const withheld = content.flatMap(({ field, value }) => {
		const reason = principal.opens(field);
		return reason === true || value === undefined ? [] : [`${field.coordinate} ${reason}`];
	});
	const sealed = exchange.answers.flatMap(({ extensions }) =>
		(extensions?.sealed ?? []).flatMap(({ coordinate, reason, count }) =>
			Array<string>(count).fill(`${coordinate} ${reason}`),
		),
	);
	const denied = exchange.entries
		.filter(({ action }) => action === 'content.deny')
		.flatMap(({ counts = {}, reason }) =>
			Object.entries(counts).flatMap(([coordinate, count]) => Array<string>(count).fill(`${coordinate} ${reason}`)),
		);
	differ('extensions.sealed', sealed, 'what was withheld', withheld);
	differ('the log of denials', denied, 'what was withheld', withheld);

	// Of each request of a batch by itself: none may be on record in another's place.
	const placesOf = (list: readonly Returned[]) =>
		list.flatMap(({ field, record, value }) =>
			value === null || value === undefined ? [] : [`${field.coordinate} ${record}`],
		);
	const returned = readings.map((reading) => [...new Set(placesOf(reading))].toSorted().join());
	const opens = Map.groupBy(
		exchange.entries.filter(({ action }) => action === 'content.open'),
		({ request }) => request ?? null,
	);
	const recorded = [...opens.values()].map((entries) => {
		const all = entries.flatMap(({ coordinates, records }) =>
			records.flatMap((record) => coordinates.map((each) => `${each} ${record}`)),
		);
		return [...new Set(all)].toSorted().join();
	});
	differ('the log of openings', recorded, 'what was returned', returned.filter(Boolean));
	if (exchange.opened) {
		const opened = exchange.opened.map(({ coordinate, record }) => `${coordinate} ${record}`);
		differ('what was opened', opened, 'what was returned', placesOf(content));
	}
	const unnamed = new Set(
		[...closed].filter((field) => !principal.mayName?.(field)).map(({ coordinate }) => coordinate),
	);
	for (const column of options.columns) {
		if (!unnamed.has(`${column.typeName}.${column.fieldName}`)) continue;
		if (exchange.statements?.some((statement) => reads(statement, column)))
			faults.push(`A statement names ${column.table}.${column.column}, of which nothing may be opened.`);
	}
	return { faults, readings };

	function differ(what: string, found: readonly string[], than: string, expected: readonly string[]): void {
		if (JSON.stringify(found.toSorted()) === JSON.stringify(expected.toSorted())) return;
		const [more] = without(found, expected);
		const [less] = without(expected, found);
		faults.push(
			`${what} is not ${than}:${more ? ` ${more} is too much` : ''}${more && less ? ',' : ''}${less ? ` ${less} is missing` : ''}.`,
		);
	}
}

const coordinateOf = ({ field }: Returned): string => field.coordinate;

const isOtherText = ({ field, value }: Returned, marker: string): boolean =>
	field.valueType.includes('String') && timesIn(value, marker) === 0;

/** Whether a statement names the column with its table, or takes the table's rows whole. A view hides what it reads. */
function reads(statement: string, { table, column }: SealedColumn): boolean {
	const named = (name: string) => new RegExp(`(^|[^\\w])"?${name}"?($|[^\\w])`, 'i').test(statement);
	const whole = new RegExp(`select\\s+\\*|"?\\b${table}"?\\.\\*|\\w\\(\\s*"?${table}"?\\s*\\)|\\b${table}"?::`, 'i');
	return named(table) && (named(column) || whole.test(statement));
}

/** Whatever the case of its letters. */
const timesIn = (value: unknown, marker: string): number =>
	JSON.stringify(value ?? null)
		.toLowerCase()
		.split(marker.toLowerCase()).length - 1;

/** What is in one list and not in the other, repeats counted. */
function without(list: readonly string[], other: readonly string[]): string[] {
	const left = [...other];
	return list.filter((each) => {
		const index = left.indexOf(each);
		if (index < 0) return true;
		left.splice(index, 1);
		return false;
	});
}
