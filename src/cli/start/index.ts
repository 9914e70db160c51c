export { serveUntilStopped } from './open-serving-database.ts';
export { tokenLifetime } from './tokens-file.ts';
