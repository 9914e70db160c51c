import { inject } from 'vitest';

/**
 * The servers that no other test file uses at the same time: roles and their rights are of a whole cluster, and tests change them.
 */
const { embedded, external } = inject('servers')[Number(process.env.VITEST_POOL_ID) - 1] ?? unknownWorker();

export { embedded, external };

/** The same on the embedded server and on one of the system. */
export const servers = [embedded, external].filter((server) => server !== null);

function unknownWorker(): never {
	throw new Error(`No server was started for worker ${process.env.VITEST_POOL_ID}.`);
}
