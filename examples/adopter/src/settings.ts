import { env } from 'node:process';

const { DATABASE_URL, DATA_DIR = 'data', PORT = '4100' } = env;
/** Whoever has it can be anybody: a database of yours asks for a secret of yours. */
const TOKEN_SECRET = env.TOKEN_SECRET ?? (DATABASE_URL ? '' : 'only-for-development');
if (!TOKEN_SECRET) throw new Error('Set TOKEN_SECRET beside DATABASE_URL.');

/** PostgreSQL 15 or newer; unset: one of the example's own (embedded.ts). */
export const databaseUrl = DATABASE_URL;
export const dataDirectory = DATA_DIR;
export const port = Number(PORT);
export const tokenSecret = new TextEncoder().encode(TOKEN_SECRET);
