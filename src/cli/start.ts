import { assertCanListen, createLogger } from '../api/index.ts';
import { type Config, readConfig } from '../config.ts';
import { SetupError } from '../errors.ts';
import { initInstallation } from '../installation.ts';
import { startServer } from '../server.ts';
import { startWorker } from '../worker.ts';
import { startChildBroker } from './child-broker.ts';
import { asCommand, tell } from './command.ts';
import { loadDemo } from './demo.ts';
import type { RunningCommand } from './explain.ts';
import { invitation } from './invitation.ts';
import { openToServe } from './open-to-serve.ts';
import { untilStopped } from './until-stopped.ts';

/** `npm start`: everything on one machine. Database, keyring, demo, API, worker and broker, and what to try. */
async function start(config: Config): Promise<void> {
	if (config.env === 'production')
		throw new SetupError('npm start is for development: in production run the processes of docs/deployment.md.');
	let isStopped = false;
	const stopped = untilStopped().then(() => {
		isStopped = true;
	});
	const logger = createLogger({ level: config.log.level });
	await assertCanListen(config.server);
	const database = await openToServe(config, { alone: true });
	const running: { stop(): Promise<void> }[] = [];
	try {
		await initInstallation(config, database);
		if (!config.tokens) await loadDemo(config, database);
		// Stopped while that took its time: nothing more is begun.
		if (isStopped) return;
		const server = await startServer(config, database, logger);
		running.push(server);
		running.push(await startChildBroker(database, logger));
		running.push(await startWorker(config, database, logger));
		process.stdout.write(`\nTo ask in a browser, with a token as header: ${server.url}/graphiql\n`);
		process.stdout.write(await invitation(config, database, server.url));
		await stopped;
	} finally {
		try {
			await Promise.all(running.map((one) => one.stop()));
		} finally {
			await database.stop();
		}
	}
}

const run: RunningCommand = { name: 'start', config: null };
await asCommand(run, async () => {
	try {
		run.config = readConfig();
		await start(run.config);
	} catch (error) {
		process.stderr.write(`firmseal: ${tell(error).message}\n`);
		process.exitCode = 1;
	}
});
