import type { UnitCosts } from './unit-table.ts';

/** What a firm does, and what machines and the cloud are: assumed, and said in docs/how-to/scale.md. */
export const ASSUMED = {
	/** People of a firm who work, each so many hours a day and days a month; all firms at the same time. */
	people: 20,
	hours: 8,
	days: 22,
	/** What each asks for in an hour: pages of so many values, and writes. */
	pages: 60,
	values: 10,
	writes: 6,
	/** The busiest moment, relative to the mean of working hours. */
	peak: 2,
	/** Content classes that a firm uses, beside what proves rights. */
	classes: 2,
	/** Part of a processor that is used in the busiest moment. */
	used: 0.5,
	/** Processes of the API for one firm, where the balancer sends each firm to its own. */
	own: 2,
	/** USD a month: a processor of the API's machines; one of PostgreSQL and its standby; a GB of both. */
	server: 30,
	database: 120,
	gigabyte: 0.25,
	/** USD: a key a month, 10,000 requests of KMS. */
	key: 1,
	requests: 0.03,
} as const;

/** Bounds of ours and of AWS: where each is from says docs/how-to/scale.md. */
export const BOUNDS = {
	cacheSeconds: 300,
	cacheKeys: 10_000,
	connections: 26,
	/** Processors of one PostgreSQL. */
	database: 64,
	/** KMS: requests a second, keys of an account and region. */
	calls: 20_000,
	keys: 100_000,
	/** Firms whose grants the broker compares in its minute. */
	broker: 3_000,
} as const;

export const FIRMS = [1, 10, 100, 1_000, 10_000, 100_000] as const;

export interface Scaled {
	readonly firms: number;
	/** In the busiest moment. */
	readonly requests: number;
	readonly processes: number;
	readonly connections: number;
	/** Processors that PostgreSQL needs. */
	readonly database: number;
	/** Entries of a working day, and gigabytes of a year: of the log, of content. */
	readonly entries: number;
	readonly logGigabytes: number;
	readonly contentGigabytes: number;
	/** Of KMS in the busiest moment: firms at any process, and each at its own. */
	readonly callsAnywhere: number;
	readonly callsOwn: number;
	readonly keys: number;
	/** USD of a month in the first year, with each firm at its own processes. */
	readonly money: number;
	/** What is used of each bound, 1 for all of it. */
	readonly shares: Readonly<Record<string, number>>;
}

export function scale(firms: number, costs: UnitCosts): Scaled {
	const { people, hours, days, pages, values, writes, peak, used, own, classes } = ASSUMED;
	const perSecond = (each: number) => (firms * people * each) / 3600;
	const seconds = (page: number, value: number, write: number) =>
		(peak * (perSecond(pages) * (page + (values - 1) * value) + perSecond(writes) * write)) / 1e6;
	const servers = seconds(costs.pageServer, costs.valueServer, costs.writeServer) / used;
	// Two, so that one may fail.
	const processes = Math.max(2, Math.ceil(servers));
	const database = seconds(costs.pageDatabase, costs.valueDatabase, costs.writeDatabase) / used;
	const entriesASecond = perSecond(pages) * costs.pageEntries + perSecond(writes) * costs.writeEntries;
	const entries = entriesASecond * 3600 * hours;
	const logGigabytes = (entries * days * 12 * costs.entryBytes) / 1e9;
	const contentGigabytes = (perSecond(writes) * 3600 * hours * days * 12 * costs.noteBytes) / 1e9;
	const requests = peak * perSecond(pages + writes);
	const callsAt = (each: number) => firms * callsOfFirm(Math.min(each, processes), firms, processes);
	const callsOwn = callsAt(own);
	const callsAnywhere = callsAt(processes);
	const keys = firms + 2;
	const calls = (callsOwn / peak) * 3600 * hours * days;
	const money =
		keys * ASSUMED.key +
		(calls / 10_000) * ASSUMED.requests +
		processes * ASSUMED.server +
		Math.max(2, Math.ceil(database)) * ASSUMED.database +
		(logGigabytes + contentGigabytes) * ASSUMED.gigabyte;
	const shares = {
		'the leader of the log': (peak * entriesASecond * costs.entryWorker) / 1e6,
		'one PostgreSQL': database / BOUNDS.database,
		'calls of KMS, a firm at any process': callsAnywhere / BOUNDS.calls,
		'calls of KMS, a firm at its own': callsOwn / BOUNDS.calls,
		'keys of KMS': keys / BOUNDS.keys,
		'the key cache, a firm at any process': (firms * classes) / BOUNDS.cacheKeys,
		'the broker’s minute': firms / BOUNDS.broker,
	};
	return {
		firms,
		requests,
		processes,
		connections: processes * BOUNDS.connections,
		database,
		entries,
		logGigabytes,
		contentGigabytes,
		callsAnywhere,
		callsOwn,
		keys,
		money,
		shares,
	};
}

/**
 * Calls a second for one firm whose requests are spread over `each` processes: of each class a key is fetched, is at hand for its time,
 * and is fetched again with the first request after that. A process that would need more keys than it may keep fetches one each time,
 * at worst.
 */
function callsOfFirm(each: number, firms: number, processes: number): number {
	const { people, pages, writes, peak, classes } = ASSUMED;
	const requests = (peak * people * (pages + writes)) / 3600 / each;
	const wanted = (firms * classes * each) / processes;
	const fetched = (uses: number, isKept: boolean) => (isKept ? uses / (1 + uses * BOUNDS.cacheSeconds) : uses);
	const content = classes * fetched(requests / classes, wanted <= BOUNDS.cacheKeys);
	const rights = fetched(requests, wanted / classes <= BOUNDS.cacheKeys);
	return each * (content + rights);
}
