export { openServingDatabase } from './open-to-serve.ts';
export { tokenLifetime } from './token-life.ts';
