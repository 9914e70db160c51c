import type { Readiness } from '../api/index.ts';
import { type Clock, waitAtMost } from '../clock/index.ts';
import { assertMayAppend, type Plane } from '../database/index.ts';
import type { ObjectStore } from '../documents/index.ts';
import type { Keyring } from '../keys/index.ts';

/** Milliseconds after which a check of something that isn't needed counts as failed. */
const SOON = 3_000;

export interface ReadinessParts {
	readonly clock: Clock;
	readonly planes: ReadonlyMap<string, Plane>;
	readonly logPlanes: ReadonlyMap<string, Plane>;
	readonly keyrings: ReadonlyMap<string, Keyring>;
	readonly store: ObjectStore;
}

/** Checks each part. The server is ready if its databases and its log work. */
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
	// Without these parts the server still serves metadata, so a failure doesn't make it unready.
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
