import { setTimeout as delay } from 'node:timers/promises';
import { readConfig } from '../../src/config/config.ts';
import { openDatabase } from '../../src/wiring/index.ts';
import { type Action, type Cast, openActors } from './actors.ts';

/** The parent's message: an act on a lease, and its time. */
export interface Race {
	readonly id: string;
	readonly requestHash: string;
	readonly action: Action;
	/** Milliseconds, as from Date.now(). */
	readonly at: number;
}

/** A process that acts on leases on the parent's message, and sends the result: null, or the error code. */
const { CAST = '', ...env } = process.env;
const config = readConfig(env);
const cast: Cast = JSON.parse(CAST);
const actors = await openActors(config, await openDatabase(config), cast);
const tell = (message: object) => process.send?.(message);

process.on('message', (race: Race | 'stop') => {
	if (race === 'stop') return void actors.close().then(() => process.exit(0));
	void (async () => {
		await delay(Math.max(0, race.at - Date.now() - 2));
		while (Date.now() < race.at);
		tell({ refusal: await actors.attempt(race.id, race.requestHash, race.action) });
	})();
});
tell({ ready: true });
