// This import comes first because it speeds up all later ones.
import './quick-imports.ts';

const { runCommand } = await import('./run-command.ts');
const { PROCESS_IO } = await import('./io.ts');
const { endWhenStopped } = await import('./until-stopped.ts');
const findOwn = async () => (await import('../database/index.ts')).serversOfThisProcess();
void endWhenStopped({ clock: PROCESS_IO.clock, stderr: process.stderr, findOwn });
process.exitCode = await runCommand(process.argv.slice(2), process.env, PROCESS_IO);
