import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { assertCanListen, createLogger } from '../../api/index.ts';
import { type Config, readConfig } from '../../config/index.ts';
import { SetupError } from '../../errors.ts';
import { makeDataDirectory } from '../../local-files/index.ts';
import { startServer } from '../../processes/server.ts';
import { startWorker } from '../../processes/worker.ts';
import { initInstallation } from '../../wiring/index.ts';
import { runAsCommand, toCommandError } from '../command.ts';
import { importDemo } from '../demo-data.ts';
import { type Io, PROCESS_IO, withIo } from '../io.ts';
import { type RunningCommand, showProgress } from '../print/index.ts';
import { endAfter, STOPPING, untilStopped } from '../until-stopped.ts';
import { buildPages } from './build-pages.ts';
import { startChildBroker } from './child-broker.ts';
import { type LogFile, openLogFile } from './log-file.ts';
import { openServingDatabase } from './open-serving-database.ts';
import { type StartLine, startLine, startMessage } from './start-output.ts';
import { type DemoTokens, openDemoTokens, tokensFileOf } from './tokens-file.ts';

/** Milliseconds. Approving needs a sign-in within the last five minutes, and a new token counts as one. */
const RENEWAL = 4 * 60_000;

const { clock } = PROCESS_IO;

interface Starting {
	readonly config: Config;
	readonly log: LogFile;
	readonly line: StartLine;
	/** Aborts when no further part may start. */
	readonly signal: AbortSignal;
	/** The started parts, which are stopped in reverse order. */
	readonly begun: { stop(): Promise<unknown> }[];
}

/** `npm start`: database, keyring, demo, API, worker and broker on one machine. Prints what to try. */
async function start(config: Config): Promise<void> {
	if (config.env === 'production')
		throw new SetupError('npm start is for development: in production run the processes of docs/how-to/deploy.md.');
	const line = startLine(process.stderr);
	const stopping = new AbortController();
	const stopped = untilStopped().then(() => {
		line.end(STOPPING);
		stopping.abort();
	});
	await assertCanListen(config.server);
	makeDataDirectory(config.dataDir);
	const log = openLogFile(join(config.dataDir, 'log'));
	const begun: Starting['begun'] = [];
	const io: Io = { ...PROCESS_IO, log, progress: line.progress };
	const all = withIo(io, () => startAll({ config, log, line, signal: stopping.signal, begun }));
	try {
		await run();
		await stopAll(begun);
	} finally {
		log.close();
	}

	async function run(): Promise<void> {
		try {
			await Promise.race([all, stopped]);
			if (stopping.signal.aborted) await giveUp(all, begun);
			const { screen, lost } = await all;
			process.stdout.write(screen);
			const why = await Promise.race([stopped, lost]);
			if (why) throw why;
		} catch (error) {
			if (stopping.signal.aborted) await giveUp(all, begun);
			line.end();
			// The first failure is the one to report.
			await stopAll(begun).catch(() => {});
			throw error;
		}
	}
}

/** Stops a start that is under way. The end of the process closes what is still open. */
async function giveUp(all: Promise<unknown>, begun: Starting['begun']): Promise<never> {
	const ended = stopAll(begun)
		.then(() => all.catch(() => {}))
		// Parts that started meanwhile.
		.then(() => stopAll(begun));
	return endAfter(clock, ended);
}

/** Stops each part once, in reverse order. */
async function stopAll(begun: Starting['begun']): Promise<void> {
	for (let part = begun.pop(); part; part = begun.pop()) await part.stop();
}

/** Returns what to print, and a promise of the error if the database is lost. */
async function startAll({ config, log, line, signal, begun }: Starting) {
	const logger = createLogger({ level: config.log.level, destination: log });
	const step = (name: string) => {
		signal.throwIfAborted();
		line.step(name);
	};
	const pages = config.pages && buildPages({ logger, signal });
	step('database');
	const database = await openServingDatabase(config, { alone: true, signal });
	begun.push(database);
	step('schema');
	await initInstallation(config, database);
	const data = config.tokens ? null : await importDemo();
	if (data) {
		step('demo');
		await data.loadDemo(config, database, { log, showProgress });
	}
	step('servers');
	const demo = data && (await openDemoTokens(config, database, data.sharedFileId));
	const server = await startServer(config, database, logger, {
		...(demo && { demo, signIn: demo.signIn }),
		...(pages && { pagesBuilding: pages }),
	});
	begun.push(server);
	signal.throwIfAborted();
	begun.push(await startChildBroker(database, { logger, log, signal }));
	signal.throwIfAborted();
	begun.push(await startWorker(config, database, logger));
	const tokens = demo && (await keepTokens(config, demo, server.url));
	if (tokens) begun.push(tokens);
	signal.throwIfAborted();
	line.end();
	const say = (sentence: string) => void process.stderr.write(`${sentence}\n`);
	const lost = database.supervise({ logger, say });
	return {
		screen: startMessage({
			url: server.url,
			hasPages: pages !== null,
			page: server.page,
			log: log.path,
			tokens,
		}),
		lost,
	};
}

/** Keeps the file of tokens until `stop()`, which deletes the file. */
async function keepTokens(config: Config, { people, write }: DemoTokens, url: string) {
	const file = tokensFileOf(config);
	await write(file, url);
	const renewing = clock.every(
		async () => {
			// On a full disk the previous file stays.
			await write(file, url).catch(() => {});
			return RENEWAL;
		},
		{ after: RENEWAL },
	);
	return {
		file,
		people,
		async stop() {
			await renewing.stop();
			rmSync(file, { force: true });
		},
	};
}

const run: RunningCommand = { name: 'start', config: null };
await runAsCommand(run, async () => {
	try {
		run.config = readConfig();
		await start(run.config);
	} catch (error) {
		process.stderr.write(`firmseal: ${toCommandError(error).message}\n`);
		process.exitCode = 1;
	}
});
