export { type GetOptions, get } from './get.ts';
export { type PutOptions, put } from './put.ts';
