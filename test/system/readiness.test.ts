import { afterAll, beforeAll, expect, it } from 'vitest';
import { ObjectStoreError } from '../../src/documents/index.ts';
import { SetupError } from '../../src/errors.ts';
import { type Keyring, KeyUnavailableError } from '../../src/keys/index.ts';
import { openObjects } from '../../src/wiring/index.ts';
import { makeInstallation, type TestInstallation } from '../support/installation.ts';
import { embedded } from '../support/own-servers.ts';
import { steppedClock } from '../support/stepped-clock.ts';

let installation: TestInstallation;
beforeAll(async () => {
	installation = await makeInstallation(embedded);
});
afterAll(() => installation?.close());

it('a process with an unavailable object store reports it, stays ready for requests, and serves metadata', async () => {
	const firm = await installation.addFirm('north');
	const clock = steppedClock();
	let isAway = true;
	const store = {
		...(await openObjects(installation.config)),
		async check() {
			if (isAway) throw new ObjectStoreError('AWAY', 'The object store does not answer: try again later.');
		},
	};
	const api = await installation.serve({}, { store, clock });
	const ready = async () => {
		const answer = await fetch(`${api.url}/health/ready`);
		return { status: answer.status, body: await answer.json() };
	};
	const checks = {
		'database firm': true,
		'database operator': true,
		log: true,
		'keyring firm': true,
		'keyring operator': true,
	};
	expect(await ready()).toEqual({ status: 200, body: { ok: true, checks: { ...checks, objects: false } } });
	const { data } = await api.ask(firm.member, '{ documents(first: 1) { totalCount } }');
	expect(data.documents).toEqual({ totalCount: 0 });
	isAway = false;
	await clock.advance(1_000);
	expect(await ready()).toEqual({ status: 200, body: { ok: true, checks: { ...checks, objects: true } } });
});

/** The keyring, but every call throws the error that `fault` returns, while it returns one. */
function failing(keyring: Keyring, fault: () => Error | null): Keyring {
	const entries = Object.entries(keyring).map(([name, act]) => [
		name,
		async (...given: unknown[]) => {
			const error = fault();
			if (error) throw error;
			return (act as (...all: unknown[]) => unknown)(...given);
		},
	]);
	return Object.fromEntries(entries) as Keyring;
}

it.each(['AWAY', 'THROTTLED'] as const)(
	'a process that starts while the key service is %s serves metadata, and content once the service is back',
	async (reason) => {
		const firm = await installation.addFirm(reason.toLowerCase());
		const first = await installation.serve();
		const made = await first.ask(
			firm.member,
			'mutation { createNote(input: { title: "Kept", body: "text" }) { note { id } } }',
		);
		expect(made.errors).toEqual([]);
		let isAway = true;
		const around = (keyring: Keyring) =>
			failing(keyring, () => (isAway ? new KeyUnavailableError(reason, 'Not now.') : null));
		const api = await installation.serve({}, { wrapKeyring: around });
		const notes = () => api.ask(firm.member, '{ notes(first: 1) { totalCount nodes { title } } }');
		const without = await notes();
		expect(without.errors.map(({ extensions }: { extensions: { code: string } }) => extensions.code)).toEqual([
			'KEY_UNAVAILABLE',
		]);
		expect(without.data.notes).toEqual({ totalCount: 1, nodes: [{ title: null }] });
		isAway = false;
		expect((await notes()).data.notes).toEqual({ totalCount: 1, nodes: [{ title: 'Kept' }] });
	},
);

it.each([new KeyUnavailableError('REFUSED', 'No right.'), new SetupError('Not so.')])(
	'a process does not start if its keyring refuses it: %s',
	async (error) => {
		const around = (keyring: Keyring) => failing(keyring, () => error);
		await expect(installation.serve({}, { wrapKeyring: around })).rejects.toThrow(error.message);
	},
);
