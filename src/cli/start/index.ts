export { openServingDatabase } from './open-serving-database.ts';
export { tokenLifetime } from './token-lifetime.ts';
