import type { EventEmitter } from 'node:events';

/** What is used of it. Written down here: the package comes with the first run of the benchmarks. */
type Autocannon = (
	options: object,
) => EventEmitter & PromiseLike<{ readonly errors: number; readonly duration: number }>;

/** Not a literal, or the compiler would look for the package where only `npm ci` of the project has run. */
const PACKAGE: string = 'autocannon';
export const { default: autocannon }: { readonly default: Autocannon } = await import(PACKAGE);

/** Seconds that an answer may take. */
export const TIMEOUT = 30;
