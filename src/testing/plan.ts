import type { PathQuery } from './documents.ts';
import { FORMS, PLAIN } from './forms.ts';
import type { KitPrincipal, Outcome } from './options.ts';
import { type Path, typesOn } from './paths.ts';

/**
 * Each path in the plain form and, unless it is a mutation, in one other form, in rotation; and the shortest path to each coordinate in all
 * forms.
 */
export function pathQueriesFor(paths: readonly Path[]): PathQuery[] {
	const shortest = new Map<string, Path>();
	for (const path of paths) {
		const known = shortest.get(path.field.coordinate);
		if (!known || path.steps.length < known.steps.length) shortest.set(path.field.coordinate, path);
	}
	return [
		...paths.map((path) => ({ path, form: PLAIN })),
		...paths
			.filter((path) => !isChange(path))
			.map((path, index) => ({ path, form: FORMS[index % FORMS.length] ?? PLAIN })),
		...[...shortest.values()].flatMap((path) => FORMS.map((form) => ({ path, form }))),
	];
}

const isChange = ({ steps: [root] }: Path): boolean => root.type.name === 'Mutation';

/**
 * A mutation changes the data for the next one, so each successful mutation has its own document. Queries share documents and batches.
 * Operations that are refused as a whole are separate, because a refusal may replace the whole answer.
 */
export function batchQueries(
	queries: readonly PathQuery[],
	principal: KitPrincipal,
	size: number,
	batch: number,
): PathQuery[][][] {
	const [through, refused] = parted(queries, ({ path }) => reachesStep(principal, path, 0));
	const [changes, reads] = parted(through, ({ path }) => isChange(path));
	const [refusedChanges, refusedReads] = parted(refused, ({ path }) => isChange(path));
	return [
		...chunked(chunked(reads, size), batch),
		...[...chunked(refusedReads, size), ...chunked(refusedChanges, size)].map((each) => [each]),
		...changes.map((each) => [[each]]),
	];
}

const parted = <T>(list: readonly T[], is: (each: T) => boolean): [T[], T[]] => [
	list.filter(is),
	list.filter((each) => !is(each)),
];

const chunked = <T>(list: readonly T[], size: number): T[][] =>
	Array.from({ length: Math.ceil(list.length / size) }, (_, index) => list.slice(index * size, (index + 1) * size));

export function expectedOutcome(principal: KitPrincipal, { path }: PathQuery): Outcome {
	if (!path.steps.every((_, at) => reachesStep(principal, path, at))) return 'CLOSED';
	return principal.opens(path.field) === true ? 'VALUE' : 'WITHHELD';
}

const reachesStep = ({ reaches }: KitPrincipal, path: Path, at: number): boolean =>
	reaches?.(path.steps[at]?.coordinate ?? '', typesOn(path)[at]?.name ?? '') ?? true;
