import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect } from 'vitest';
import { AnsweringSteps } from '../../../src/client/connection/index.ts';
import type { Scene } from '../../attacks/scene.ts';
import type { DeviceOfPerson } from '../../clients/vault-client.ts';
import { idOf } from '../../support/claims.ts';
import type { Person } from '../../support/person.ts';
import { oneLine } from '../../system/program.ts';
import { atTerminal, type Session, withoutTerminal } from './terminal.ts';

export const PASSPHRASE = 'canary-passphrase-7731 of this device';

/** A person’s machine: a directory for devices, and a file with the passphrase. */
export interface Machine {
	readonly person: Person;
	readonly directory: string;
	/** Runs `firmseal device COMMAND --json` without a terminal. */
	run(command: string, ...args: readonly string[]): Promise<ReturnType<typeof oneLine>>;
	/** Runs `firmseal device COMMAND` at a terminal. */
	at(command: string, ...args: readonly string[]): Session;
}

/** Makes machines for the tests of a file. */
export function machines(sceneOf: () => Scene): (person: Person) => Machine {
	const base = mkdtempSync(join(tmpdir(), 'firmseal-devices-'));
	const file = join(base, 'passphrase');
	writeFileSync(file, `${PASSPHRASE}\n`, { mode: 0o600 });
	afterAll(() => rmSync(base, { recursive: true, force: true }));
	let made = 0;
	return (person) => {
		const directory = join(base, `machine-${made++}`);
		const env = () => ({ FIRMSEAL_URL: sceneOf().api.url, FIRMSEAL_TOKEN: `${person}` });
		const argsOf = (command: string, args: readonly string[]) => {
			const isLocked = !['list', 'remove-local'].includes(command);
			return ['device', command, '--devices', directory, ...(isLocked ? ['--passphrase-file', file] : []), ...args];
		};
		return {
			person,
			directory,
			run: async (command, ...args) => oneLine(await withoutTerminal(env(), ...argsOf(command, args), '--json')),
			at: (command, ...args) => atTerminal(env(), ...argsOf(command, args)),
		};
	};
}

/** The code to compare, up to the question. */
export const CODE = /code +│ (\S+)[\s\S]*yes or no: /;

/** A new recovery code, up to the question for it. */
export const SHOWN = /\n {4}(\S+)\n[\s\S]*from the paper: /;

/** A new device joins, and another one answers. Both persons compare the code on their screens. */
export async function joinAt(machine: Machine, old: Machine, ...approving: readonly string[]) {
	const joining = machine.at('join', '--json');
	await joining.sees(/Asked to join/);
	const answering = old.at('approve', ...approving, '--json');
	const codes = await Promise.all([joining, answering].map(async (each) => (await each.sees(CODE))[1]));
	joining.type('yes');
	answering.type('yes');
	return { codes, joined: await joining.ended, approved: await answering.ended };
}

/** A new device on the command line joins by one in memory. Both persons compare the code. */
export async function joinBy(by: DeviceOfPerson, machine: Machine): Promise<void> {
	expect(await machine.run('create', '--device', 'laptop')).toMatchObject({ code: 0 });
	const joining = machine.at('join', '--json');
	await joining.sees(/Asked to join/);
	const { steps, id } = await answeredBy(by, machine.person);
	await joining.sees(CODE);
	await steps.check(id);
	joining.type('yes');
	await steps.approve(id);
	expect(await joining.ended).toMatchObject({ code: 0 });
}

/** The request that waits, once a device in memory has answered that it is the person’s. */
export async function answeredBy(by: DeviceOfPerson, person: Person) {
	const steps = new AnsweringSteps(by.firmseal.connection);
	const request = (await steps.requests()).find(({ state }) => state === 'COMMITTED');
	if (!request) throw new Error('The request is not listed.');
	await steps.answer(request, idOf(person));
	return { steps, id: request.id };
}
