import { FirmsealError } from '../errors.ts';
import { describeQuery, type PathQuery, writeDocument } from './documents.ts';
import { PLAIN } from './forms.ts';
import { judge } from './judge.ts';
import type { KitDocument, KitOptions, KitPrincipal, Outcome } from './options.ts';
import { type Path, pathName, pathsOf } from './paths.ts';
import { batchQueries, expectedOutcome, pathQueriesFor } from './plan.ts';
import type { Returned } from './returned.ts';
import { checkSchema, checkSessions, coverageGaps } from './setup-checks.ts';
import { sweepsOf } from './sweeps.ts';

export interface WalkedPath {
	readonly path: Path;
	readonly outcomes: Readonly<Record<string, Outcome>>;
}

export interface Finding {
	/** Null if the finding is about no single principal. */
	readonly principal: string | null;
	/** What is wrong; never contains a value. */
	readonly sentence: string;
	/** The document that shows the finding. Null if no document is needed. */
	readonly query: string | null;
}

export interface KitReport {
	readonly findings: readonly Finding[];
	readonly walked: readonly WalkedPath[];
	/** Skipped paths, because no object can be reached: see argumentsOf and leads. */
	readonly leftOut: readonly string[];
	/** Number of executed documents. */
	readonly documents: number;
}

/**
 * Walks every path to every encrypted field as every principal, in several forms. Compares each answer with the log, the opened values and
 * the statements. Also checks the schema and the principals' own database sessions.
 */
export async function runKit(options: KitOptions): Promise<KitReport> {
	const {
		schema,
		registry,
		principals,
		pathsPerDocument = 20,
		batch = 1,
		leads = () => true,
		only,
		onProgress,
	} = options;
	const findings: Finding[] = [...checkSchema(options), ...(await checkSessions(options))];
	const paths: Path[] = [];
	const leftOut: string[] = [];
	for (const path of pathsOf(schema, registry)) {
		if (only && !only(path)) continue;
		const [principal] = principals;
		if (principal && leads(path) && (await writeDocument([{ path, form: PLAIN }], options, principal)))
			paths.push(path);
		else leftOut.push(pathName(path));
	}
	const queries = pathQueriesFor(paths);
	const outcomes = new Map<Path, Record<string, Outcome>>(paths.map((path) => [path, {}]));
	let documents = 0;
	for (const principal of only ? [] : principals)
		for (const document of await sweepsOf(options, principal)) {
			documents += 1;
			const { faults } = judge(options, principal, [document], await principal.ask([document]));
			findings.push(...faults.map((sentence) => ({ principal: principal.name, sentence, query: document.query })));
		}
	for (const [at, principal] of principals.entries()) {
		const calls = batchQueries(queries, principal, pathsPerDocument, batch);
		for (const [done, asked] of calls.entries()) {
			documents += asked.length;
			findings.push(...(await ask(options, principal, asked, outcomes)));
			onProgress?.(at + (done + 1) / calls.length, principals.length);
		}
	}
	const walked = paths.map((path) => ({ path, outcomes: outcomes.get(path) ?? {} }));
	if (!only) findings.push(...coverageGaps(registry, walked));
	return { findings, walked, leftOut, documents };
}

/** @throws FirmsealError INTERNAL with the first ten findings. */
export function assertNoFindings({ findings }: Pick<KitReport, 'findings'>): void {
	if (findings.length === 0) return;
	const lines = findings
		.slice(0, 10)
		.map(({ principal, sentence, query }) => `${principal ?? 'anyone'}: ${sentence}${query ? `\n${query}` : ''}`);
	throw new FirmsealError('INTERNAL', `${findings.length} findings, of which the first:\n${lines.join('\n')}`);
}

async function ask(
	options: KitOptions,
	principal: KitPrincipal,
	asked: readonly (readonly PathQuery[])[],
	outcomes: ReadonlyMap<Path, Record<string, Outcome>>,
): Promise<Finding[]> {
	const findings = await askOnce(options, principal, asked, outcomes);
	const queries = asked.flat();
	if (findings.length === 0 || queries.length === 1) return findings;
	// Repeats each query alone to find the faulty one. A fault that needs all queries is reported with all.
	const alone: Finding[] = [];
	for (const each of queries) alone.push(...(await askOnce(options, principal, [[each]], outcomes)));
	return alone.length > 0 ? alone : findings;
}

async function askOnce(
	options: KitOptions,
	principal: KitPrincipal,
	asked: readonly (readonly PathQuery[])[],
	outcomes: ReadonlyMap<Path, Record<string, Outcome>>,
): Promise<Finding[]> {
	const documents: KitDocument[] = [];
	for (const queries of asked) {
		const document = await writeDocument(queries, options, principal);
		if (!document)
			throw new FirmsealError(
				'INTERNAL',
				`argumentsOf returned null for ${principal.name}, but not before: return the same for every principal.`,
			);
		documents.push(document);
	}
	const exchange = await principal.ask(documents);
	const { faults, readings } = judge(options, principal, documents, exchange);
	const query = documents.map((each) => each.query).join('\n---\n');
	const findings = faults.map((sentence) => ({ principal: principal.name, sentence, query }));
	for (const [at, queries] of asked.entries()) {
		const codes = (exchange.answers[at]?.errors ?? []).map(({ extensions }) => String(extensions?.code));
		if (codes.length > 0 && queries.every((each) => expectedOutcome(principal, each) !== 'CLOSED'))
			findings.push({
				principal: principal.name,
				sentence: `The document is answered with ${codes.join(', ')}.`,
				query,
			});
		for (const [index, each] of queries.entries()) {
			const expected = expectedOutcome(principal, each);
			const outcome = outcomeOf((readings[at] ?? []).filter(({ keys }) => keys[0] === `p${index}`));
			const known = outcomes.get(each.path);
			if (known) known[principal.name] ??= outcome;
			if (outcome === expected) continue;
			const errors = codes.length > 0 ? ` (errors: ${[...new Set(codes)].join(', ')})` : '';
			const sentence = `${describeQuery(each)} is ${outcome}${errors}, where ${expected} was expected.`;
			findings.push({ principal: principal.name, sentence, query });
		}
	}
	return findings;
}

function outcomeOf(content: readonly Returned[]): Outcome {
	const met = content.filter(({ value }) => value !== undefined);
	if (met.length === 0) return 'CLOSED';
	return met.some(({ value }) => value !== null) ? 'VALUE' : 'WITHHELD';
}
