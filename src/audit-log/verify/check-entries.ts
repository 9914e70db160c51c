import type { LogFindings } from '../../audit/verify/log.ts';
import {
	type LogExtent,
	type Plane,
	type ProcessRun,
	processRunName,
	selectEntryPage,
	selectGappedRuns,
	selectInconsistentRuns,
	selectLeafPositions,
	selectTruncatedRuns,
} from '../../database/index.ts';

export interface CheckEntriesParts {
	readonly plane: Plane;
	readonly findings: LogFindings;
	readonly yieldThread: () => Promise<void>;
}

/** Entries, and runs of processes, per query. */
const PAGE = 10_000;
const RUNS = 1_000;
const MOST = 100;
const BEGINNING = { transaction: '0', id: '00000000-0000-0000-0000-000000000000' } as const;

/**
 * Checks the sequenced entries for what no tree shows: that each entry is exactly one leaf, and that no number of a process run is missing.
 */
export async function checkEntries(
	{ plane, findings, yieldThread }: CheckEntriesParts,
	{ after: to }: LogExtent,
): Promise<void> {
	const runs = new Map<string, ProcessRun & { count: number; max: number }>();
	let above: LogExtent['after'] = BEGINNING;
	for (;;) {
		await yieldThread();
		const page = await plane.read(null, (tx) => selectEntryPage(tx, { above, to, most: PAGE }));
		for (const entry of page.unknown) findings.add('ENTRY_UNKNOWN', { entry });
		if (page.repeated.length > 0) await reportRepeated(plane, findings, page.repeated);
		for (const { role, boot, count, max } of page.runs) {
			const run = runs.get(`${role} ${boot}`) ?? { role, boot, count: 0, max: 0 };
			runs.set(`${role} ${boot}`, run);
			run.count += count;
			run.max = Math.max(run.max, max);
		}
		if (page.last === null) break;
		above = page.last;
	}
	// Entries after the end may have lower numbers than entries of the same transaction before it, so the current rows decide.
	const uneven = [...runs.values()].filter(({ count, max }) => count !== max);
	for (let at = 0; at < uneven.length; at += RUNS) {
		await yieldThread();
		const found = await plane.read(null, (tx) => selectInconsistentRuns(tx, uneven.slice(at, at + RUNS)));
		for (const run of found) findings.add('NUMBERS_MISSING', { run: processRunName(run) });
	}
	await checkEnds(plane, findings, yieldThread);
	for (const run of await plane.read(null, (tx) => selectGappedRuns(tx, MOST + 1)))
		findings.add('NUMBERS_MISSING', { run: processRunName(run) });
}

async function reportRepeated(plane: Plane, findings: LogFindings, entries: readonly string[]): Promise<void> {
	const places = await plane.read(null, (tx) => selectLeafPositions(tx, entries));
	for (const own of Map.groupBy(places, ({ entry }) => entry).values())
		for (const place of own.slice(1)) findings.add('ENTRY_REPEATED', place);
}

/** Checks that the last sequenced number of each run still exists. */
async function checkEnds(
	plane: Plane,
	findings: LogFindings,
	yieldThread: CheckEntriesParts['yieldThread'],
): Promise<void> {
	let last: ProcessRun | null = null;
	for (let isLast = false; !isLast; ) {
		await yieldThread();
		const above: ProcessRun | null = last;
		const page: (ProcessRun & { readonly shortened: boolean })[] = await plane.read(null, (tx) =>
			selectTruncatedRuns(tx, above, RUNS),
		);
		for (const run of page) if (run.shortened) findings.add('NUMBERS_MISSING', { run: processRunName(run) });
		last = page.at(-1) ?? null;
		isLast = page.length < RUNS;
	}
}
