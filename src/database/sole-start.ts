import { withoutParameters } from './database-error.ts';
import { connect } from './plane.ts';

/** Any number, the same in every `npm start`. */
const STARTED = 4_611_002;

/** Only one `npm start` at a time on a database. Held by a connection, so that it is free the moment the process is gone. */
export async function holdSoleStart(url: string): Promise<{ release(): Promise<void> } | null> {
	const connection = connect(url, 1, { idle_timeout: 0, max_lifetime: null });
	const release = () => connection.end({ timeout: 5 });
	const [answer] = await withoutParameters(() => connection`select pg_try_advisory_lock(${STARTED}) as held`);
	if (answer?.held === true) return { release };
	await release();
	return null;
}
