import { serverOfWorker, type TestServer } from './servers.ts';

const [first, second] = [
	await serverOfWorker('embedded'),
	// One PostgreSQL shows what is promised; that it holds on another version too is for the runs that show everything.
	process.env.FIRMSEAL_TEST_TIER === 'soak' ? await serverOfWorker('external') : null,
];

export const embedded = first as TestServer;

/** The embedded server, and in soak one of the system too. */
export const servers: readonly TestServer[] = second ? [embedded, second] : [embedded];
