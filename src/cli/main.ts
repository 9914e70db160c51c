import { Command, CommanderError } from 'commander';
import { broker } from './commands/broker.ts';
import { clock } from './commands/clock.ts';
import { demo } from './commands/demo.ts';
import { doctor } from './commands/doctor.ts';
import { document } from './commands/document.ts';
import { firm } from './commands/firm.ts';
import { init } from './commands/init.ts';
import { keys } from './commands/keys.ts';
import { lease } from './commands/lease.ts';
import { operator } from './commands/operator.ts';
import { serve } from './commands/serve.ts';
import { token } from './commands/token.ts';
import { worker } from './commands/worker.ts';

const WRONG_USE = 2;

const program = new Command('firmseal')
	.description("GraphQL API that keeps firms' content unreadable to the people who operate the platform")
	.version('0.1.0')
	// --version of a command is the command's own.
	.enablePositionalOptions()
	.showHelpAfterError('(firmseal --help lists the commands)');

for (const add of [serve, worker, broker, init, demo, token, doctor, firm, operator, keys, lease, document, clock])
	add(program);

const everyCommand = (command: Command): Command[] => [command, ...command.commands.flatMap(everyCommand)];
for (const command of everyCommand(program)) command.exitOverride();

try {
	await program.parseAsync();
} catch (error) {
	if (!(error instanceof CommanderError)) throw error;
	process.exitCode = error.exitCode === 0 ? 0 : WRONG_USE;
	if (process.exitCode === WRONG_USE && process.argv.includes('--json')) {
		const told = { code: 'BAD_USER_INPUT', message: error.message.replace(/^error: /, '') };
		process.stdout.write(`${JSON.stringify({ ok: false, error: told })}\n`);
	}
}
