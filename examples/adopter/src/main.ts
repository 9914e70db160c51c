import { existsSync, mkdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { env, stdout } from 'node:process';
import { startEmbedded } from './embedded.ts';

const directory = resolve(env.DATA_DIR ?? 'data');
// Without `recursive`, with which Node never ends where no directory can be created, as below /proc.
if (!existsSync(directory)) mkdirSync(directory);
const embedded = env.DATABASE_URL ? null : await startEmbedded(directory);
if (embedded) {
	env.DATABASE_URL = embedded.url;
	env.TOKEN_SECRET ??= 'only-for-development';
}

// Imported when the address of the database is known.
const { prepareDatabase } = await import('./database.ts');
const { seedWorkspace } = await import('./seed.ts');
const { startServer } = await import('./server.ts');
const { port } = await import('./settings.ts');

await prepareDatabase();
const { board, tokens } = await seedWorkspace('Acme');
const { url, stop } = await startServer(port);
// The token goes through standard input, because every user of the machine can read the arguments of a program. `echo` is a shell builtin.
const ask = (role: keyof typeof tokens, query: string) =>
	`echo 'authorization: Bearer ${tokens[role]}' | curl -s ${url} -H @- -H 'content-type: application/json' -d '${JSON.stringify({ query })}'\n\n`;
stdout.write(
	`${url}\n\nAn editor writes a card. A viewer can read it, and the support staff of the platform can't:\n\n`,
);
stdout.write(
	ask('EDITOR', `mutation { createCard(input: { boardId: "${board}", title: "Call Ms Webb" }) { card { id } } }`),
);
for (const role of ['VIEWER', 'SUPPORT'] as const)
	stdout.write(ask(role, `{ board(id: "${board}") { cards { edges { node { id state title } } } } }`));

async function end(): Promise<void> {
	await stop();
	await embedded?.stop();
}

process.once('SIGINT', () => void end());
process.once('SIGTERM', () => void end());
