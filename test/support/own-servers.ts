import { serverOfWorker, type TestServer } from './servers.ts';

/** The PostgreSQL of this test worker. No other test file uses it at the same time. */
export const embedded = (await serverOfWorker('embedded')) as TestServer;
