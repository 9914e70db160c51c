import { parse } from 'graphql';
import type { Exchange, KitDocument, KitOptions, KitPrincipal } from './options.ts';
import { type Reading, type Returned, readAnswer } from './returned.ts';

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
): { readonly faults: readonly string[]; readonly readings: readonly Reading[] } {
	const { schema, registry, marker } = options;
	const readings = documents.map(({ query, variables }, index) =>
		readAnswer({ schema, registry, document: parse(query), variables }, exchange.answers[index]?.data),
	);
	const content = readings.flatMap((reading) => reading.content);
	const others = readings.flatMap((reading) => reading.others);
	const values = content.filter(({ value }) => value !== null && value !== undefined);
	const faults: string[] = [];
	const fault = (sentence: string, what: Iterable<string>) => {
		const named = [...new Set(what)];
		if (named.length > 0) faults.push(`${sentence}: ${named.slice(0, 5).join(', ')}${named.length > 5 ? ' …' : ''}.`);
	};

	const closed = registry.fields.filter((field) => principal.opens(field) !== true);
	fault(
		'A value is given without the right',
		values.filter(({ field }) => closed.includes(field as never)).map(coordinateOf),
	);
	fault(
		'Text is given that is not what was written',
		values.filter((each) => isOtherText(each, marker)).map(coordinateOf),
	);
	fault(
		'Content stands where none belongs',
		others.filter((value) => JSON.stringify(value ?? null).includes(marker)).map(() => 'a field that is not encrypted'),
	);
	const told = JSON.stringify(exchange.answers.map(({ errors, extensions }) => [errors, extensions]));
	if (told.includes(marker)) faults.push('Content stands in an error or an extension.');

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

	const returned = [...new Set(values.map(({ field, record }) => `${field.coordinate} ${record}`))];
	const recorded = exchange.entries
		.filter(({ action }) => action === 'content.open')
		.flatMap(({ coordinates, records }) => records.flatMap((record) => coordinates.map((each) => `${each} ${record}`)));
	differ('the log of openings', [...new Set(recorded)], 'what was returned', returned);
	if (exchange.opened) {
		const opened = new Set(exchange.opened.map(({ coordinate, record }) => `${coordinate} ${record}`));
		differ('what was opened', [...opened], 'what was returned', returned);
	}
	const unnamed = new Set(closed.filter((field) => !principal.mayName?.(field)).map(({ coordinate }) => coordinate));
	for (const column of options.columns) {
		if (!unnamed.has(`${column.typeName}.${column.fieldName}`)) continue;
		const names = [column.table, column.column].map((name) => new RegExp(`(^|[^\\w])"?${name}"?($|[^\\w])`));
		if (exchange.statements?.some((statement) => names.every((name) => name.test(statement))))
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
	field.valueType === 'String' && !(typeof value === 'string' && value.includes(marker));

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
