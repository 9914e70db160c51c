import { Command } from 'commander';

/** Exit code for wrong use of the command line. */
export const USAGE_ERROR_EXIT_CODE = 2;

/** The root of all commands of one run. */
export class Program extends Command {
	readonly env: NodeJS.ProcessEnv;
	exitCode = 0;

	constructor(env: NodeJS.ProcessEnv) {
		super('firmseal');
		this.env = env;
	}
}

export function programOf(command: Command): Program {
	if (command.parent) return programOf(command.parent);
	if (command instanceof Program) return command;
	throw new TypeError('The command belongs to no program.');
}
