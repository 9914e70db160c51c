import type { Readiness } from '../api/index.ts';
import { type Clock, waitAtMost } from '../clock/index.ts';
import { assertMayAppend, type Plane } from '../database/index.ts';
import type { ObjectStore } from '../documents/index.ts';
import type { Keyring } from '../keys/index.ts';

/** Milliseconds. */
const SOON = 3_000;

export interface ReadinessParts {
	readonly clock: Clock;
	readonly planes: ReadonlyMap<string, Plane>;
	readonly logPlanes: ReadonlyMap<string, Plane>;
	readonly keyrings: ReadonlyMap<string, Keyring>;
	readonly store: ObjectStore;
}

/** What works, and whether requests may be sent here: database and log must for that. */
export async function checkReadiness({
	clock,
	planes,
	logPlanes,
	keyrings,
	store,
}: ReadinessParts): Promise<Readiness> {
	const works = (check: Promise<unknown>) =>
		check.then(
			() => true,
			() => false,
		);
	/** Without it metadata is served still: a process that were sent no requests for that would serve nothing. */
	const worksSoon = async (check: Promise<unknown>): Promise<boolean> =>
		(await waitAtMost(clock, SOON, works(check))) ?? false;
	const needed = [
		...[...planes].map(([side, plane]) => [`database ${side}`, works(plane.read(null, assertMayAppend))] as const),
		['log', works(Promise.all([...logPlanes.values()].map((plane) => plane.read(null, assertMayAppend))))] as const,
	];
	const others = [
		...[...keyrings].map(([side, keyring]) => [`keyring ${side}`, worksSoon(keyring.check())] as const),
		['objects', worksSoon(store.check())] as const,
	];
	const settled = (checks: readonly (readonly [string, Promise<boolean>])[]) =>
		Promise.all(checks.map(async ([name, check]) => [name, await check] as const));
	const [ofNeeded, ofOthers] = await Promise.all([settled(needed), settled(others)]);
	return { ok: ofNeeded.every(([, ok]) => ok), checks: Object.fromEntries([...ofNeeded, ...ofOthers]) };
}
