import type { FirmPrincipal } from '../../src/access/index.ts';
import { readConfig } from '../../src/config/config.ts';
import { openDatabase, openLog, openPlaneOf } from '../../src/wiring/index.ts';
import { appendAll } from '../audit/measure-append.ts';
import { compare, type Table } from '../comparison.ts';
import type { Settings } from '../installation.ts';
import { startServerProcess } from '../list/server-process.ts';
import { type Load, startLoadClient } from '../load/client.ts';
import { measureRounds, type RoundsOptions, type TimedSide } from '../rounds.ts';

/** At most a tenth more than with the fewest. */
const TARGET = 1.1;
const WAITERS = 32;
/** Entries of each in one round. */
const EACH = 50;
/** Rounds that are thrown away. */
const WARM_UPS = 3;

/** What there is more and more of, and what is done meanwhile. */
export interface Axis {
	readonly title: string;
	readonly of: string;
}

type Copies = ReadonlyMap<number, Settings>;

/** The same request to a server on each of the copies, in turns. */
export async function growthOfAnswer(
	axis: Axis,
	copies: Copies,
	load: Omit<Load, 'url' | 'connections'>,
	options: RoundsOptions,
): Promise<Table> {
	const processes = [...copies.values()].map((settings) => startServerProcess('firmseal', settings));
	const client = startLoadClient(options.signal);
	try {
		const urls = (await Promise.all(processes)).map(({ url }) => url);
		const ask =
			(url = ''): TimedSide =>
			async () =>
				(await client.run({ ...load, url, connections: 1 })).microseconds;
		return await measureCurve(axis, new Map([...copies.keys()].map((size, at) => [size, ask(urls[at])])), options);
	} finally {
		await client.stop();
		for (const each of await Promise.allSettled(processes)) if (each.status === 'fulfilled') await each.value.stop();
	}
}

/** Appends to the log in each of the copies, in turns. */
export async function growthOfAppend(
	axis: Axis,
	copies: Copies,
	member: FirmPrincipal,
	options: RoundsOptions,
): Promise<Table> {
	const opened: { close(): Promise<void> }[] = [];
	try {
		const sides = new Map<number, TimedSide>();
		for (const [size, settings] of copies) {
			const plane = openPlaneOf(await openDatabase(readConfig(settings)), 'firmseal_firm', 1);
			const log = openLog(plane);
			opened.push({ close: () => log.close().then(() => plane.close()) });
			sides.set(size, () => appendAll(log, member, WAITERS, EACH));
		}
		return await measureCurve(axis, sides, options);
	} finally {
		for (const each of opened) await each.close();
	}
}

async function measureCurve(
	{ title, of }: Axis,
	sides: ReadonlyMap<number, TimedSide>,
	options: RoundsOptions,
): Promise<Table> {
	for (let n = 0; n < WARM_UPS; n++) for (const side of sides.values()) await side();
	const times = await measureRounds<string>(Object.fromEntries(sides), options);
	const [fewest = 0, ...more] = [...sides.keys()];
	const written = (size: number) => size.toLocaleString('en-US');
	return {
		title,
		base: `at ${written(fewest)}`,
		compared: 'at so many',
		growth: { of, from: fewest },
		comparisons: more.map((size) => ({
			...compare(`${written(size)} ${of}`, times, { base: `${fewest}`, compared: `${size}`, target: TARGET }),
			at: size,
		})),
	};
}
