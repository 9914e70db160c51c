import type { UnitCosts } from './unit-table.ts';

/** Assumptions about firms, machines and the cloud, which docs/how-to/scale.md states. */
export const ASSUMED = {
	/** People of a firm, with their hours a day and days a month. All firms work at the same time. */
	people: 20,
	hours: 8,
	days: 22,
	/** Of each person in an hour: pages, values of a page, writes. */
	pages: 60,
	values: 10,
	writes: 6,
	/** Peak load, relative to the mean of working hours. */
	peak: 2,
	/** Content classes that a firm uses, in addition to the class of proofs of rights. */
	classes: 2,
	/** Utilization of a processor at peak. */
	used: 0.5,
	/** API processes for one firm, if the load balancer assigns firms to processes. */
	own: 2,
	/** USD a month: a processor of the API; a processor of PostgreSQL and its standby; a GB of both. */
	server: 30,
	database: 120,
	gigabyte: 0.25,
	/** USD: a key a month; 10,000 requests to KMS. */
	key: 1,
	requests: 0.03,
} as const;

/** Bounds of Firmseal and of AWS. docs/how-to/scale.md has their sources. */
export const BOUNDS = {
	cacheSeconds: 300,
	cacheKeys: 10_000,
	connections: 26,
	/** Processors of one PostgreSQL. */
	database: 64,
	/** KMS: requests per second; keys of an account and region. */
	calls: 20_000,
	keys: 100_000,
	/** Firms whose grants the broker can compare in its minute. */
	broker: 3_000,
} as const;

export const FIRMS = [1, 10, 100, 1_000, 10_000, 100_000] as const;

export type Scaled = ReturnType<typeof scale>;

export function scale(firms: number, costs: UnitCosts) {
	const { people, hours, days, pages, values, writes, peak, used, own, classes } = ASSUMED;
	const perSecond = (each: number) => (firms * people * each) / 3600;
	const seconds = (page: number, value: number, write: number) =>
		(peak * (perSecond(pages) * (page + (values - 1) * value) + perSecond(writes) * write)) / 1e6;
	const servers = seconds(costs.pageServer, costs.valueServer, costs.writeServer) / used;
	// At least two, so that one can fail.
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
	/** Used part of each bound; 1 is all of it. */
	const shares: Readonly<Record<string, number>> = {
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
		/** Per second, at peak. */
		requests,
		processes,
		connections: processes * BOUNDS.connections,
		/** Processors of PostgreSQL. */
		database,
		/** Of a working day. */
		entries,
		/** Of a year. */
		logGigabytes,
		contentGigabytes,
		/** Calls of KMS per second, at peak: if any process serves a firm, and if firms are assigned to processes. */
		callsAnywhere,
		callsOwn,
		keys,
		/** USD a month in the first year, with firms assigned to processes. */
		money,
		shares,
	};
}

/**
 * Calls per second for one firm whose requests are spread over `each` processes. A process fetches the key of a class, caches it, and
 * fetches it again with the first request after the key has expired. A process that needs more keys than its cache holds fetches a key for
 * each use, in the worst case.
 */
function callsOfFirm(each: number, firms: number, processes: number): number {
	const { people, pages, writes, peak, classes } = ASSUMED;
	const requests = (peak * people * (pages + writes)) / 3600 / each;
	const wanted = (firms * classes * each) / processes;
	const fetched = (uses: number, isCached: boolean) => (isCached ? uses / (1 + uses * BOUNDS.cacheSeconds) : uses);
	const content = classes * fetched(requests / classes, wanted <= BOUNDS.cacheKeys);
	const rights = fetched(requests, wanted / classes <= BOUNDS.cacheKeys);
	return each * (content + rights);
}
