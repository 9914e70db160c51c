import { basename, dirname, join, resolve } from 'node:path';
import type { GraphQLSchema } from 'graphql';
import type { Config } from '../../config/index.ts';
import { SetupError } from '../../errors.ts';
import { type CallApiPartially, credentialsOf, invalidApiAnswer, partialQueryCaller } from '../call/index.ts';
import type { CommandResult } from '../command.ts';
import { sizeOf, withHint } from '../files/index.ts';
import { currentIo, stopSignal } from '../io.ts';
import { type ApiRetry, createApiRetry } from './api-retry.ts';
import { countQuestion, createExportQueries, VIEWER } from './export-queries.ts';
import { fetchFiles } from './fetch-files.ts';
import { writeWhole } from './line-file.ts';
import { FIRM_FILE, type List } from './lists.ts';
import { type ExportSummary, readSummary, writeManifest } from './manifest.ts';
import { type OwnFirm, ownFirm } from './owner.ts';
import { at, createPageFetcher, type FetchPage } from './pages.ts';
import { openExportPart, removeResume } from './part.ts';
import {
	assertExportPathFree,
	findReplacedExports,
	partialPathOf,
	publishExport,
	type RemainingExport,
} from './publish-export.ts';
import { type ExportPosition, isOver, readNextPage, START } from './read-next-page.ts';
import { readRecords } from './read-records.ts';
import { README_FILE, readmeOf } from './readme.ts';
import { readSchema } from './schema.ts';
import { add, NOTHING, type Tally, tallyOf } from './tally.ts';

export interface FirmExportOptions {
	readonly firm?: string;
	readonly out?: string;
	readonly force?: boolean;
	readonly dryRun?: boolean;
}

const HINT = 'What has come is kept, and the same command goes on from there.';

/** Saves everything of a firm that its owner may read, as files. */
export async function exportFirm(config: Config, options: FirmExportOptions): Promise<CommandResult> {
	const person = credentialsOf(config);
	const signal = stopSignal();
	const retry = createApiRetry({ signal, notify: (sentence) => void currentIo().stderr.write(`${sentence}\n`) });
	const ask = partialQueryCaller(person, signal);
	const schema = readSchema();
	const own = await retry.run(() => ownFirm(ask, schema, options.firm));
	const { firm } = own;
	const out = options.out ?? `export-${firm.slug}`;
	const path = pathOf(out);
	await assertExportPathFree(path, options.force === true);
	const askPage = createPageFetcher({ ask, schema, retry, firmId: firm.id });
	if (options.dryRun) return wouldExport(await countAll({ schema, askPage, signal }), { ...own, out });

	const part = await openExportPart(path, firm.id);
	if (part === null) {
		const done = await readSummary(partialPathOf(path), firm.id);
		await removeResume(path);
		const kept = await publishExport(path, options.force === true, signal);
		return resultOf({ ...done, isResumed: true }, { ...own, out, kept, replaced: await findReplacedExports(path) });
	}
	try {
		const questions = createExportQueries(schema);
		await readRecords({ part, schema, questions, askPage, count: counting(ask, retry), signal });
		await fetchFiles({ person, part, retry, signal, ping: () => ask(`query { ${VIEWER} }`, {}) });
		await writeWhole(join(part.path, FIRM_FILE), `${JSON.stringify(own.values, null, '\t')}\n`);
		await writeWhole(join(part.path, README_FILE), readmeOf(firm));
		await writeManifest(part, firm);
		await part.complete();
		const kept = await publishExport(path, options.force === true, signal);
		const { counts, fetched, failures } = part.state;
		const { count: files, bytes } = fetched;
		return resultOf(
			{ counts, files, bytes, failures, isResumed: part.isResumed, madeAt: null },
			{ ...own, out, kept, replaced: await findReplacedExports(path) },
		);
	} catch (error) {
		throw withHint(error, HINT);
	} finally {
		await part.leave();
	}
}

/** The rows of a list, for its progress. */
const counting = (ask: CallApiPartially, retry: ApiRetry) => async (list: List) => {
	const { data } = await retry.run(() => ask(countQuestion(list), {}));
	const total = at(data, [...list.path, 'totalCount']);
	if (!Number.isSafeInteger(total)) throw invalidApiAnswer();
	return total as number;
};

/** Absolute, so that what stands beside it is in the same directory however it was written. */
function pathOf(out: string): string {
	const path = resolve(out);
	return join(dirname(path), basename(path));
}

interface ExportedTo extends OwnFirm {
	readonly out: string;
	/** What had the name before, which was to be replaced, if it is still there. */
	readonly kept: RemainingExport | null;
	/** Where that is, and what earlier runs have left of that kind. */
	readonly replaced: readonly string[];
}

function resultOf(
	{ counts, files, bytes, failures, isResumed, madeAt }: ExportSummary,
	{ firm, out, kept, replaced }: ExportedTo,
): CommandResult {
	const problems = [
		...(failures === 0
			? []
			: [
					`${failures.toLocaleString('en')} ${failures === 1 ? 'value or file' : 'values or files'} could not be read: failures in manifest.json names them.`,
				]),
		...(kept === null ? [] : [sentenceOf(kept)]),
	];
	const problem = problems.join(' ') || undefined;
	const records = Object.values(counts).reduce((sum, count) => sum + count, 0);
	const made = `${records.toLocaleString('en')} records and ${files.toLocaleString('en')} files`;
	const done =
		madeAt === null
			? `Exported ${made} to ${out}.`
			: `An earlier run has exported ${made}, and ended at ${madeAt}: this one has only given that its name, ${out}.`;
	const earlier = replaced.filter((path) => path !== kept?.path).map((path) => JSON.stringify(path));
	const left = `Of exports that had this name before there is still ${earlier.join(' and ')}: remove what you don’t need.`;
	return {
		result: { firmId: firm.id, slug: firm.slug, directory: out, counts, files, bytes, failures, isResumed },
		text: [done, ...(problem === undefined ? [] : [problem]), ...(earlier.length === 0 ? [] : [left])].join('\n'),
		problem,
	};
}

const sentenceOf = ({ path, isWhole }: RemainingExport): string =>
	isWhole
		? `What had this name may hold something of yours: it is kept as ${JSON.stringify(path)}.`
		: `The old export could not be removed completely: the rest is in ${JSON.stringify(path)}.`;

interface CountOptions {
	readonly schema: GraphQLSchema;
	readonly askPage: FetchPage;
	readonly signal: AbortSignal;
}

/** How much an export would hold. It reads the same pages as an export, and asks for nothing that has to be opened. */
async function countAll({ schema, askPage, signal }: CountOptions): Promise<Tally> {
	const questions = createExportQueries(schema, { toCount: true });
	let tally = NOTHING;
	for (let position: ExportPosition = START; !isOver(position); ) {
		if (signal.aborted) throw new SetupError('Interrupted.');
		const { page, next } = await readNextPage(questions, askPage, position);
		if (page) tally = add(tally, tallyOf(schema, page.records));
		position = next;
	}
	return tally;
}

function wouldExport({ counts, files }: Tally, { firm, out }: Omit<ExportedTo, 'kept' | 'replaced'>): CommandResult {
	const lines = Object.entries(counts).map(([type, count]) => `${type.padEnd(16)}${count.toLocaleString('en')}`);
	const text = `Would export to ${out}:\n${[...lines, `files           ${files.count.toLocaleString('en')}, ${sizeOf(files.bytes)}`].join('\n')}`;
	const result = {
		dryRun: true,
		firmId: firm.id,
		slug: firm.slug,
		directory: out,
		counts,
		files: files.count,
		bytes: files.bytes,
	};
	return { result, text };
}
