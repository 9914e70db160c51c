import { env } from 'node:process';

const { DATABASE_URL, DATA_DIR = 'data', PORT = '4100', TOKEN_SECRET } = env;
// Anyone who has the secret can act as any person. Only the embedded database has a default secret (main.ts).
if (!TOKEN_SECRET) throw new Error('Set TOKEN_SECRET, which signs tokens.');

/** PostgreSQL 15 or newer; the embedded one (embedded.ts) unless set. */
export const databaseUrl = DATABASE_URL;
export const dataDirectory = DATA_DIR;
export const port = Number(PORT);
export const tokenSecret = new TextEncoder().encode(TOKEN_SECRET);
