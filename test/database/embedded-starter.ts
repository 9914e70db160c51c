import { SUPERUSER, startEmbeddedServer } from '../../src/database/index.ts';

/** A process that starts the embedded server of a directory, prints its URL and waits to be killed, or stops cleanly on SIGTERM. */
const [directory, forOneCommand] = process.argv.slice(2);
const server = await startEmbeddedServer({
	directory: directory ?? '',
	forOneCommand: forOneCommand === 'forOneCommand',
});
process.stdout.write(`${server.urlOf(SUPERUSER)}\n`);
process.once('SIGTERM', () => process.exit());
setInterval(() => {}, 60_000);
