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

/** Each as one that only its check is asked of. */
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
	// Who asks waits for five seconds at most (src/api/http/http-limits.ts).
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

describe('requests may be sent here', () => {
	it('when everything works', async () => {
		expect(await readinessOf({})).toMatchObject({ ok: true, checks: WELL });
	});

	it.each([
		['the key service', 'fails', { keyring: fails }, { 'keyring operator': false }],
		['the key service', 'hangs', { keyring: hangs }, { 'keyring operator': false }],
		['the object store', 'fails', { objects: fails }, { objects: false }],
		['the object store', 'hangs', { objects: hangs }, { objects: false }],
		['all of them', 'hang', { keyring: hangs, objects: hangs }, { 'keyring operator': false, objects: false }],
	])('while %s %s, which is told in time: metadata is served still', async (_, __, checks, told) => {
		expect(await readinessOf(checks)).toEqual({ ok: true, checks: { ...WELL, ...told } });
	});
});

describe('requests may not be sent here', () => {
	it.each([
		["a plane's database", { operator: fails }, { 'database operator': false }],
		['the log', { log: fails }, { log: false }],
		['the log and what is not needed', { log: fails, objects: fails }, { log: false, objects: false }],
	])('while %s is away', async (_, checks, told) => {
		expect(await readinessOf(checks)).toMatchObject({ ok: false, checks: { ...WELL, ...told } });
	});
});
