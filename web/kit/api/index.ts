export { type ApiFetch, createApiFetch } from './api-fetch.ts';
export { createClient } from './client.ts';
export { failureOf } from './errors.ts';
