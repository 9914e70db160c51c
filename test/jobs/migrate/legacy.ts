import { fork } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../../src/clock/clock.ts';
import type { TestInstallation } from '../../support/installation.ts';
import { clocksOfWorkers } from '../../support/stepped-clock.ts';
import {
	bare,
	type Ended,
	type Env,
	launch,
	oneLine,
	PROJECT,
	type RunningApi,
	startApi,
} from '../../system/program.ts';
import type { CommandRequest, Waiting } from '../commanding-process.ts';

/**
 * The program of a team that marks `Note.body`, which was plaintext before: our own sources with one more line in a table, and the
 * migration that adds the column. Its commands and workers run in their own processes.
 */
export interface LegacyProgram {
	readonly directory: string;
	/** Migrates the installation's database to this program's schema. */
	prepare(installation: TestInstallation): Promise<void>;
	serve(env: Env): Promise<RunningApi>;
	/** Runs a command and returns its JSON object. One process runs all commands. */
	command(env: Env, ...args: string[]): Promise<ReturnType<typeof oneLine>>;
	/** The program's worker, with short waits (working-process.ts). */
	readonly worker: string;
	remove(): void;
}

export interface LegacyOptions {
	/** The declaration of the column in the table. */
	readonly column?: string;
	readonly from?: string;
	readonly migration?: string;
	/** The line to replace if it is not the one of Note.body: its file, and the new text. */
	readonly edited?: { readonly file: string; readonly change: (text: string) => string };
}

/** The locations of documents' files were in the clear before, and so were the files. */
export const LEGACY_FILES: LegacyOptions = {
	migration: 'ALTER TABLE "document_versions" ADD COLUMN "location_plain" text;',
	edited: {
		file: 'src/database/tables/documents.ts',
		change(text) {
			const at = text.indexOf('export const documentVersions');
			const line = "objectKey: sealed('object_key'),";
			const moved =
				"locationPlain: text('location_plain'),\n\t\tobjectKey: sealed('object_key', { from: 'location_plain' }),";
			return text.slice(0, at) + text.slice(at).replace(line, moved);
		},
	},
};

const PROCESSES = ['jobs/working-process', 'jobs/commanding-process', 'support/stepped-clock'].map(
	(name) => `test/${name}.ts`,
);
const COPIED = ['src', 'schema', 'drizzle', 'package.json', 'tools/catalogue-lock.ts', ...PROCESSES, 'tsconfig.json'];

export async function makeLegacyProgram({
	column = "text('body_plain')",
	from = "{ from: 'body_plain' }",
	migration = 'ALTER TABLE "notes" ADD COLUMN "body_plain" text;',
	edited = {
		file: 'src/database/tables/notes.ts',
		change: (text) =>
			text
				.replace("body: sealed('body'),", `bodyPlain: ${column},\n\t\tbody: sealed('body', ${from}),`)
				.replace('foreignKey, index, pgTable,', 'foreignKey, index, integer, jsonb, numeric, pgTable, text,')
				.replace('{ firmOwned, uniqueByFirmAndId }', '{ bytea, firmOwned, uniqueByFirmAndId }'),
	},
}: LegacyOptions = {}): Promise<LegacyProgram> {
	const directory = mkdtempSync(join(tmpdir(), 'firmseal-legacy-'));
	for (const name of COPIED) cpSync(join(PROJECT, name), join(directory, name), { recursive: true });
	symlinkSync(join(PROJECT, 'node_modules'), join(directory, 'node_modules'));
	const edit = (name: string, change: (text: string) => string) => {
		const before = readFileSync(join(directory, name), 'utf8');
		const after = change(before);
		if (after === before) throw new Error(`${name} does not have the line that the test replaces.`);
		writeFileSync(join(directory, name), after);
	};
	edit(edited.file, edited.change);
	edit('drizzle/meta/_journal.json', (text) => {
		const journal = JSON.parse(text) as { entries: { idx: number; when: number }[] };
		const last = journal.entries.at(-1) as { idx: number; when: number };
		const entry = { ...last, idx: last.idx + 1, when: last.when + 1, tag: '9999_legacy' };
		return JSON.stringify({ ...journal, entries: [...journal.entries, entry] });
	});
	writeFileSync(join(directory, 'drizzle/9999_legacy.sql'), migration);
	const { code, stderr } = await launch({}, process.execPath, [join(directory, 'tools/catalogue-lock.ts')]).ended;
	if (code !== 0) throw new Error(stderr);
	const main = join(directory, 'src/cli/main.ts');
	const commands = commandsOf(join(directory, 'test/jobs/commanding-process.ts'));
	return {
		directory,
		async prepare({ env }) {
			const { ok, error } = await commands.run(env, 'init');
			if (!ok) throw new Error(error.message);
		},
		serve: (env) => startApi(env, [main, 'serve'], 600_000),
		command: commands.run,
		worker: join(directory, 'test/jobs/working-process.ts'),
		remove() {
			commands.end();
			rmSync(directory, { recursive: true, force: true });
		},
	};
}

function commandsOf(file: string) {
	const asked = new Map<number, { env: Env; resolve: (answer: Ended) => void; reject: (error: unknown) => void }>();
	const start = () =>
		fork(file, { env: bare(), stdio: ['ignore', 'ignore', 'ignore', 'ipc'] })
			.on('message', (said: (Ended & CommandRequest) | Waiting) => {
				const command = asked.get(said.id);
				if ('code' in said) command?.resolve(said);
				else wait(said).catch((error: unknown) => command?.reject(error));
			})
			.once('exit', () => {
				for (const { reject } of asked.values()) reject(new Error('the process that runs commands has ended'));
			});
	let child: ReturnType<typeof start> | undefined;
	async function wait({ id, milliseconds }: Waiting): Promise<void> {
		const url = asked.get(id)?.env.FIRMSEAL_WORKER_DATABASE_URL ?? '';
		await (clocksOfWorkers.get(url) ?? systemClock).sleep(milliseconds);
		child?.send({ id });
	}
	const run: LegacyProgram['command'] = async (env, ...args) => {
		child ??= start();
		const { promise, ...settle } = Promise.withResolvers<Ended>();
		const id = asked.size;
		asked.set(id, { env, ...settle });
		child.send({ id, env, args: [...args, '--json'] } satisfies CommandRequest);
		return oneLine(await promise);
	};
	return { run, end: () => void child?.kill() };
}
