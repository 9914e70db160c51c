import { Command } from 'commander';

/** Exit code of a command that was put wrongly. */
export const USAGE_ERROR_EXIT_CODE = 2;

/** What all commands of one run are part of. */
export class Program extends Command {
	readonly env: NodeJS.ProcessEnv;
	exitCode = 0;

	constructor(env: NodeJS.ProcessEnv) {
		super('firmseal');
		this.env = env;
	}
}

/** The one that a command is part of. */
export function programOf(command: Command): Program {
	if (command.parent) return programOf(command.parent);
	if (command instanceof Program) return command;
	throw new TypeError('The command is of no program.');
}
