import { basename, dirname, join, resolve } from 'node:path';
import type { Config } from '../../config/index.ts';
import { FirmsealError, SetupError } from '../../errors.ts';
import { type CallApiPartially, credentialsOf, partialQueryCaller, type RetryPolicy } from '../call/index.ts';
import { type CommandResult, plural } from '../command.ts';
import { acquireLockFile, lockOf, RESUME_HINT, sizeOf, withHint } from '../files/index.ts';
import { currentIo, stopSignal } from '../io.ts';
import { measureFile } from './contents.ts';
import type { ExportFailure } from './failures.ts';
import { fetchFiles, filesOf, type VersionFile } from './fetch-files.ts';
import { FILE_OF, FIRM_FILE } from './lists.ts';
import {
	FORMAT,
	MANIFEST_FILE,
	type Manifest,
	type ManifestFile,
	NOT_A_SNAPSHOT,
	textOfManifest,
	VERSION,
} from './manifest.ts';
import { type OwnFirm, ownFirm } from './owner.ts';
import { openPartDirectory, openRecordFiles, removeUnlisted, writeWhole } from './part-directory.ts';
import {
	assertExportPathFree,
	findReplacedExports,
	partialPathOf,
	publishExport,
	type RemainingExport,
} from './publish-export.ts';
import { VIEWER } from './queries.ts';
import { type RecordSource, readRecords } from './read-records.ts';
import { README_FILE, readmeOf } from './readme.ts';
import { addTo, type Tally } from './records.ts';
import { readSchema } from './schema.ts';

export interface FirmExportOptions {
	readonly firm?: string;
	readonly out?: string;
	readonly force?: boolean;
	readonly dryRun?: boolean;
}

/** Saves everything of a firm that its owner may read, as files. */
export async function exportFirm(config: Config, options: FirmExportOptions): Promise<CommandResult> {
	const { firm: named, force = false, dryRun = false } = options;
	const person = credentialsOf(config);
	const { stderr } = currentIo();
	const signal = stopSignal();
	const retry: RetryPolicy = { signal, notify: (text) => void stderr.write(`${text}\n`), wasReached: false };
	const ask = explainingOtherSchema(partialQueryCaller(person, { retry, signal }));
	const schema = readSchema();
	const own = await ownFirm(ask, schema, named);
	const out = options.out ?? `export-${own.firm.slug}`;
	// Absolute and without a slash at its end, so that its dirname is the directory that contains it.
	const path = join(dirname(resolve(out)), basename(resolve(out)));
	await assertExportPathFree(path, force);
	const source: RecordSource = { ask, schema, firmId: own.firm.id, signal };
	if (dryRun) return wouldExport(await count(source), own, out);

	const part = partialPathOf(path);
	const release = await acquireLockFile(lockOf(part));
	try {
		const isResumed = await openPartDirectory(part, own.values);
		try {
			const manifest = await fill(part, own, source, (wanted) =>
				fetchFiles({ person, directory: part, retry, ping: () => ask(`query { ${VIEWER} }`, {}) }, wanted),
			);
			const kept = await publishExport(path, force, signal);
			return resultOf(manifest, { out, isResumed, kept, replaced: await findReplacedExports(path) });
		} catch (error) {
			throw withHint(error, RESUME_HINT);
		}
	} finally {
		await release();
	}
}

/** The queries are made from this program's schema, so the API refuses them only if it has another. */
const explainingOtherSchema =
	(ask: CallApiPartially): CallApiPartially =>
	(query, variables) =>
		ask(query, variables).catch((error: unknown) => {
			if (!(error instanceof FirmsealError && error.code === 'GRAPHQL_VALIDATION_FAILED')) throw error;
			throw new SetupError(
				'The API has another schema than this version of the program: use the version that belongs to the API.',
			);
		});

type Fetch = (wanted: readonly VersionFile[]) => ReturnType<typeof fetchFiles>;

/** Writes a complete export into the directory, and its manifest last. */
async function fill(path: string, { firm }: OwnFirm, source: RecordSource, fetch: Fetch): Promise<Manifest> {
	const begun = new Date().toISOString();
	const tally: Tally = { counts: {}, files: 0, bytes: 0 };
	const failures: ExportFailure[] = [];
	const wanted: VersionFile[] = [];
	const recordFiles = await openRecordFiles(path);
	try {
		await readRecords(source, false, async (page) => {
			await recordFiles.write(page.records);
			failures.push(...page.failures);
			for (const record of page.records) {
				addTo(tally, source.schema, record);
				if (record.type === 'Document') wanted.push(...filesOf(record.values));
			}
		});
	} finally {
		await recordFiles.close();
	}
	const fetched = await fetch(wanted);
	await writeWhole(join(path, README_FILE), [readmeOf(firm)]);
	const describe = async (name: string, records: number | null) => ({
		name,
		...(await measureFile(join(path, name))),
		records,
	});
	const files: ManifestFile[] = [await describe(README_FILE, null), await describe(FIRM_FILE, 1)];
	for (const [type, name] of Object.entries(FILE_OF)) files.push(await describe(name, tally.counts[type] ?? 0));
	const manifest: Manifest = {
		format: FORMAT,
		version: VERSION,
		firm: { id: firm.id, slug: firm.slug, name: firm.name },
		begun,
		ended: new Date().toISOString(),
		isSnapshot: false,
		note: NOT_A_SNAPSHOT,
		counts: tally.counts,
		files: [...files, ...fetched.files],
		failures: [...failures, ...fetched.failures],
	};
	await removeUnlisted(path, new Set(manifest.files.map(({ name }) => name)));
	await writeWhole(join(path, MANIFEST_FILE), textOfManifest(manifest));
	return manifest;
}

interface Outcome {
	readonly out: string;
	/** Whether this run continued an incomplete export. */
	readonly isResumed: boolean;
	/** The replaced export, if it is still there. */
	readonly kept: RemainingExport | null;
	/** The paths of all replaced exports that are still there, also those of earlier runs. */
	readonly replaced: readonly string[];
}

function resultOf(
	{ firm, counts, files, failures }: Manifest,
	{ out, isResumed, kept, replaced }: Outcome,
): CommandResult {
	const ofVersions = files.filter(({ versionId }) => versionId !== undefined);
	const bytes = ofVersions.reduce((sum, file) => sum + file.bytes, 0);
	const lost = `${plural(failures.length, 'value or file', 'values or files')} could not be read: see failures in manifest.json.`;
	const problems = [...(failures.length === 0 ? [] : [lost]), ...(kept === null ? [] : [sentenceOf(kept)])];
	const records = Object.values(counts).reduce((sum, each) => sum + each, 0);
	const done = `Exported ${plural(records, 'record')} and ${plural(ofVersions.length, 'file')} to ${out}.`;
	const earlier = replaced.filter((path) => path !== kept?.path).map((path) => JSON.stringify(path));
	const left = `Earlier exports of this name are still in ${earlier.join(' and ')}: remove what you don’t need.`;
	return {
		result: {
			firmId: firm.id,
			slug: firm.slug,
			directory: out,
			counts,
			files: ofVersions.length,
			bytes,
			failures: failures.length,
			isResumed,
		},
		text: [done, ...problems, ...(earlier.length === 0 ? [] : [left])].join('\n'),
		problem: problems.join(' ') || undefined,
	};
}

const sentenceOf = ({ path, isWhole }: RemainingExport): string =>
	isWhole
		? `The directory that had this name may hold something of yours: it is kept as ${JSON.stringify(path)}.`
		: `The old export could not be removed completely: the rest is in ${JSON.stringify(path)}.`;

/** Counts what an export would hold. */
async function count(source: RecordSource): Promise<Tally> {
	const tally: Tally = { counts: {}, files: 0, bytes: 0 };
	await readRecords(source, true, async ({ records }) => {
		for (const record of records) addTo(tally, source.schema, record);
	});
	return tally;
}

function wouldExport({ counts, files, bytes }: Tally, { firm }: OwnFirm, out: string): CommandResult {
	const lines = Object.entries(counts).map(([type, count]) => `${type.padEnd(16)}${count.toLocaleString('en')}`);
	const text = `Would export to ${out}:\n${[...lines, `files           ${files.toLocaleString('en')}, ${sizeOf(bytes)}`].join('\n')}`;
	return { result: { dryRun: true, firmId: firm.id, slug: firm.slug, directory: out, counts, files, bytes }, text };
}
