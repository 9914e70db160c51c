// First: it is at work for what is loaded later.
import './quick-imports.ts';

const { runCommand } = await import('./run-command.ts');
const { PROCESS_IO } = await import('./io.ts');
process.exitCode = await runCommand(process.argv.slice(2), process.env, PROCESS_IO);
