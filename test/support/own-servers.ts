import { serverOfWorker, type TestServer } from './servers.ts';

/** The worker's PostgreSQL: no other test file uses it at the same time. */
export const embedded = (await serverOfWorker('embedded')) as TestServer;
