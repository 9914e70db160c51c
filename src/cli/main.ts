// First: it is at work for what is loaded later.
import './quick-imports.ts';
import { Command, CommanderError } from 'commander';

/** In the order in which --help lists them. Loaded when named, so that a command which only asks the API need not load the server. */
const COMMANDS: Readonly<Record<string, () => Promise<(program: Command) => void>>> = {
	serve: async () => (await import('./commands/serve.ts')).serve,
	worker: async () => (await import('./commands/worker.ts')).worker,
	broker: async () => (await import('./commands/broker.ts')).broker,
	init: async () => (await import('./commands/init.ts')).init,
	demo: async () => (await import('./commands/demo.ts')).demo,
	token: async () => (await import('./commands/token.ts')).token,
	doctor: async () => (await import('./commands/doctor.ts')).doctor,
	firm: async () => (await import('./commands/firm.ts')).firm,
	operator: async () => (await import('./commands/operator.ts')).operator,
	keys: async () => (await import('./commands/keys.ts')).keys,
	migrate: async () => (await import('./commands/migrate.ts')).migrate,
	job: async () => (await import('./commands/job.ts')).job,
	erase: async () => (await import('./commands/erase.ts')).erase,
	hold: async () => (await import('./commands/hold.ts')).hold,
	lease: async () => (await import('./commands/lease.ts')).lease,
	document: async () => (await import('./commands/document.ts')).document,
	audit: async () => (await import('./commands/audit.ts')).audit,
	clock: async () => (await import('./commands/clock.ts')).clock,
};

const WRONG_USE = 2;

const program = new Command('firmseal')
	.description("GraphQL API that keeps firms' content unreadable to the people who operate the platform")
	.version('0.1.0')
	// --version of a command is the command's own.
	.enablePositionalOptions()
	.showHelpAfterError('(firmseal --help lists the commands)');

const named = Object.entries(COMMANDS).filter(([name]) => name === process.argv[2]);
for (const [, load] of named.length > 0 ? named : Object.entries(COMMANDS)) (await load())(program);

const everyCommand = (command: Command): Command[] => [command, ...command.commands.flatMap(everyCommand)];
for (const command of everyCommand(program)) command.exitOverride();

/** The command that was meant, as far as there is such. */
function nameOf(args: readonly string[]): string {
	const names: string[] = [];
	let command: Command | undefined = program;
	for (const arg of args) {
		command = command.commands.find((each) => each.name() === arg);
		if (!command) break;
		names.push(arg);
	}
	return names.join(' ') || program.name();
}

try {
	await program.parseAsync();
} catch (error) {
	if (!(error instanceof CommanderError)) throw error;
	process.exitCode = error.exitCode === 0 ? 0 : WRONG_USE;
	if (process.exitCode === WRONG_USE && process.argv.includes('--json')) {
		const told = { code: 'BAD_USER_INPUT', message: error.message.replace(/^error: /, '') };
		process.stdout.write(`${JSON.stringify({ ok: false, command: nameOf(process.argv.slice(2)), error: told })}\n`);
	}
}
