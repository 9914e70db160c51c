export { type ApiFetch, createApiFetch } from './api-fetch.ts';
export { createClient } from './client.ts';
export { failureOf, isConflict } from './errors.ts';
export { newId } from './new-id.ts';
export { refusalOf } from './refusal.ts';
export { reportConnection } from './status.ts';
