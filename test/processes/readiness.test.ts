import { describe, expect, it } from 'vitest';
import type { Plane } from '../../src/database/index.ts';
import type { ObjectStore } from '../../src/documents/index.ts';
import type { Keyring } from '../../src/keys/index.ts';
import { checkReadiness } from '../../src/processes/readiness.ts';
import { steppedClock } from '../support/stepped-clock.ts';

type Check = () => Promise<void>;

const works: Check = async () => {};
const fails: Check = async () => {
	throw new Error('away');
};
const hangs: Check = () => new Promise(() => {});

/** The parts have only the method that is checked. */
const readinessOf = async ({ firm = works, operator = works, log = works, keyring = works, objects = works }) => {
	const plane = (check: Check) => ({ read: check }) as unknown as Plane;
	const clock = steppedClock();
	const asked = checkReadiness({
		clock,
		planes: new Map([
			['firm', plane(firm)],
			['operator', plane(operator)],
		]),
		logPlanes: new Map([['firm', plane(log)]]),
		keyrings: new Map([
			['firm', { check: works } as unknown as Keyring],
			['operator', { check: keyring } as unknown as Keyring],
		]),
		store: { check: objects } as unknown as ObjectStore,
	});
	// The caller waits for five seconds at most (src/api/http/http-limits.ts).
	await clock.advance(3_500);
	return asked;
};

const WELL = {
	'database firm': true,
	'database operator': true,
	log: true,
	'keyring firm': true,
	'keyring operator': true,
	objects: true,
};

describe('a server that is ready', () => {
	it('passes every check', async () => {
		expect(await readinessOf({})).toMatchObject({ ok: true, checks: WELL });
	});

	it.each([
		['the key service', 'fails', { keyring: fails }, { 'keyring operator': false }],
		['the key service', 'hangs', { keyring: hangs }, { 'keyring operator': false }],
		['the object store', 'fails', { objects: fails }, { objects: false }],
		['the object store', 'hangs', { objects: hangs }, { objects: false }],
		['all of them', 'hang', { keyring: hangs, objects: hangs }, { 'keyring operator': false, objects: false }],
	])('still serves metadata while %s %s, and reports that in time', async (_, __, checks, failed) => {
		expect(await readinessOf(checks)).toEqual({ ok: true, checks: { ...WELL, ...failed } });
	});
});

describe('a server that is not ready', () => {
	it.each([
		["a plane's database", { operator: fails }, { 'database operator': false }],
		['the log', { log: fails }, { log: false }],
		['the log, and a part that is not required,', { log: fails, objects: fails }, { log: false, objects: false }],
	])('reports %s as unavailable', async (_, checks, failed) => {
		expect(await readinessOf(checks)).toMatchObject({ ok: false, checks: { ...WELL, ...failed } });
	});
});
