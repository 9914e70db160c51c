import { type Command, CommanderError } from 'commander';
import { escapeHiddenCharacters } from '../access/index.ts';
import { jsonLine } from './command.ts';
import { type Io, withIo } from './io.ts';
import { Program, USAGE_ERROR_EXIT_CODE } from './program.ts';

/** In the order of --help. A command is loaded when it is named, so that a command that only calls the API doesn't load the server. */
export const COMMANDS: Readonly<Record<string, () => Promise<(program: Command) => void>>> = {
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
	device: async () => (await import('./commands/device.ts')).device,
	document: async () => (await import('./commands/document.ts')).document,
	audit: async () => (await import('./commands/audit.ts')).audit,
	clock: async () => (await import('./commands/clock.ts')).clock,
};

/** Runs `firmseal ARGS` and returns its exit code. Concurrent runs are independent. */
export async function runCommand(typed: readonly string[], env: NodeJS.ProcessEnv, io: Io): Promise<number> {
	// `help lease request` is `lease request --help`: commander's own `help` stops at the first name.
	const args = typed[0] === 'help' ? [...typed.slice(1), '--help'] : typed;
	const program = new Program(env);
	program
		.description("GraphQL API that keeps firms' content unreadable to the people who operate the platform")
		.version('0.1.0')
		// So that a command can have its own --version.
		.enablePositionalOptions()
		// Commands inherit exitOverride and configureOutput.
		.exitOverride()
		.configureOutput({
			writeOut: (text) => void io.stdout.write(text),
			// The text repeats what was typed or pasted.
			writeErr: (text) => void io.stderr.write(escapeHiddenCharacters(text, 'LINES')),
			getOutHelpWidth: () => io.stdout.columns ?? 80,
			getErrHelpWidth: () => io.stderr.columns ?? 80,
		});
	for (const load of commandsFor(args[0])) (await load())(program);
	pointToHelp(program, 'firmseal');
	try {
		await withIo(io, () => program.parseAsync(args, { from: 'user' }));
		return program.exitCode;
	} catch (error) {
		if (!(error instanceof CommanderError)) throw error;
		if (error.exitCode === 0) return 0;
		if (args.includes('--json')) {
			const failure = { code: 'BAD_USER_INPUT', message: error.message.replace(/^error: /, '') };
			io.stdout.write(jsonLine({ ok: false, command: nameOf(program, args), error: failure }));
		}
		return USAGE_ERROR_EXIT_CODE;
	}
}

/** After a mistake, each command points to its own help. */
function pointToHelp(command: Command, name: string): void {
	const has = command.commands.length > 0 ? 'lists the commands' : 'lists the options';
	command.showHelpAfterError(`(${name} --help ${has})`);
	for (const each of command.commands) pointToHelp(each, `${name} ${each.name()}`);
}

/** The commands to load: the named one, none for the version, all for anything else. */
function commandsFor(first: string | undefined) {
	if (first === '--version' || first === '-V') return [];
	const named = Object.entries(COMMANDS).filter(([name]) => name === first);
	return (named.length > 0 ? named : Object.entries(COMMANDS)).map(([, load]) => load);
}

/** The name of the command that was meant, as far as it exists. */
function nameOf(program: Command, args: readonly string[]): string {
	const names: string[] = [];
	let command: Command | undefined = program;
	for (const arg of args) {
		command = command.commands.find((each) => each.name() === arg);
		if (!command) break;
		names.push(arg);
	}
	return names.join(' ') || program.name();
}
