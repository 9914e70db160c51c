import { env } from 'node:process';

const { DATABASE_URL, DATA_DIR = 'data', PORT = '4100', TOKEN_SECRET } = env;
// Whoever has it can be anybody. Only the example's own database comes with one (main.ts).
if (!TOKEN_SECRET) throw new Error('Set TOKEN_SECRET: tokens are signed with it.');

/** PostgreSQL 15 or newer; unset: one of the example's own (embedded.ts). */
export const databaseUrl = DATABASE_URL;
export const dataDirectory = DATA_DIR;
export const port = Number(PORT);
export const tokenSecret = new TextEncoder().encode(TOKEN_SECRET);
