import type { PathQuery } from './documents.ts';
import { FORMS, PLAIN } from './forms.ts';
import type { KitPrincipal, Outcome } from './options.ts';
import { type Path, typesOn } from './paths.ts';

/**
 * Each path plainly and, unless it changes something, in one other form, in turn; of each coordinate the shortest path in all
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
 * A mutation changes what the next would find, so each that goes through has a document of its own. Queries share documents
 * and batches; those that are refused as a whole are apart, since a refusal may take the whole answer away.
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
