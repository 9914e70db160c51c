import { AnsweringSteps, JoiningSteps } from '../../client/connection/index.ts';
import type { VaultState } from '../../client/vault/index.ts';
import type { Config } from '../../config/index.ts';
import { FirmsealError } from '../../errors.ts';
import { type CommandResult, shortenList } from '../command.ts';
import { currentIo } from '../io.ts';
import { markedRows } from '../print/index.ts';
import { type DeviceOptions, type OpenedDevice, withDevice } from './open-device.ts';
import { personOf } from './person.ts';
import { assertTerminal, saysYes } from './secrets.ts';

/** Milliseconds between two questions to the service, and how long a request to join is open. */
const POLL_EVERY = 2_000;
const LONGEST_WAIT = 15 * 60_000;
/** Each so many questions, the person who waits reads that the command is alive. */
const SAY_EVERY = 15;

const BEFORE_COMPARING = 'whether the codes are the same: run the command in a terminal, next to the other device';

/** The side of a new device: asks, shows the code, and believes the firm's log once both persons have compared. */
export async function joinFirm(config: Config, options: DeviceOptions): Promise<CommandResult> {
	if (!options.dryRun) assertTerminal(BEFORE_COMPARING);
	return withDevice(config, options, async ({ vault, connection, stored }) => {
		if ((await vault.state()).log !== null)
			throw new FirmsealError('CONFLICT', 'This device belongs to the firm already: see `firmseal device status`.');
		const { person } = stored;
		if (options.dryRun)
			return {
				result: { dryRun: true, ...stored },
				text: `Would ask the firm’s devices to add this one of ${person}.`,
			};
		const steps = new JoiningSteps(connection);
		await steps.ask();
		say(
			`Asked to join. Within 15 minutes, on a device of the firm: \`firmseal device approve --person ${person}\`, or the pages.`,
		);
		const code = await waitFor('a device of the firm', () => steps.reveal());
		const isSameCode = await compare(code, stored.person, null);
		// Refuses with a sentence if the codes differ.
		const state = await waitFor('the other device to add this one', () => steps.finish(isSameCode));
		return {
			result: state,
			text: `This device belongs to the firm now: ${state.people.length} people, ${state.log?.size} entries of its key log.`,
		};
	});
}

export interface ApproveJoinOptions extends DeviceOptions {
	readonly person?: string;
	readonly name?: string;
}

/** The side of a device of the firm: answers the newest request of a person, shows the code, and adds the device. */
export async function approveJoin(config: Config, options: ApproveJoinOptions): Promise<CommandResult> {
	if (!options.dryRun) assertTerminal(BEFORE_COMPARING);
	return withDevice(config, options, async (device) => {
		const state = await device.connection.refresh();
		const person = await newcomer(device, state, options);
		if (options.dryRun) return dryRunOf(device, person, options.name);
		const steps = new AnsweringSteps(device.connection);
		const request = await waitFor('the new device to ask', async () => await openRequest(steps, person));
		await steps.answer(request, person);
		const { code, name, device: id } = await waitFor('the new device to show its code', () => steps.check(request.id));
		if (!(await compare(code, person, name))) {
			await steps.refuse(request.id);
			throw new FirmsealError(
				'CONFLICT',
				'You said that the codes differ: the device was not added. If they did differ, report it.',
			);
		}
		await steps.approve(request.id);
		return {
			result: { person, name, device: id },
			text: `Added the device ${id.slice(0, 16)} of ${shown(name, person)} to the firm, with the keys that it may have.`,
		};
	});
}

/** The person whose device wants to join. One who is not in the key log is added as a member first, by the name that was given. */
async function newcomer(
	{ vault, connection, stored }: OpenedDevice,
	state: VaultState,
	{ person: given, name, dryRun }: ApproveJoinOptions,
): Promise<string> {
	const known = given === undefined ? stored.person : personOf(state, given);
	if (known !== null && state.people.some(({ person }) => person === known)) return known;
	if (known === null || name === undefined)
		throw new FirmsealError(
			'BAD_USER_INPUT',
			'This person is not in the firm’s key log: give --person with the id, and --name to add the person as a member.',
		);
	if (!dryRun) await connection.append(() => vault.addMember({ person: known, name }));
	return known;
}

async function openRequest(steps: AnsweringSteps, person: string) {
	const requests = await steps.requests();
	return requests.find((each) => each.person === person && each.state === 'COMMITTED') ?? null;
}

async function dryRunOf(
	{ connection }: OpenedDevice,
	person: string,
	name: string | undefined,
): Promise<CommandResult> {
	const requests = (await new AnsweringSteps(connection).requests()).filter((each) => each.person === person);
	const ids = requests.map(({ id }) => id);
	return {
		result: { dryRun: true, person, name: name ?? null, requests: ids },
		text: `Would answer the newest request of ${person}. There are ${ids.length}: ${shortenList(ids) || 'none'}.`,
	};
}

function compare(code: string, person: string, name: string | null): Promise<boolean> {
	say(
		`\n${markedRows([
			['device of', shown(name, person)],
			['code', code],
		])}\n`,
	);
	return saysYes('Compare all of the code with the other screen, at its side or by a call. Is it the same?');
}

const shown = (name: string | null, person: string): string =>
	name === null ? person : `${JSON.stringify(name)} (${person})`;

/** Asks until there is an answer. @throws FirmsealError NOT_FOUND after fifteen minutes */
async function waitFor<T>(what: string, ask: () => Promise<T | null>): Promise<T> {
	const { clock } = currentIo();
	const end = clock.now() + LONGEST_WAIT;
	for (let asked = 0; ; asked++) {
		const answer = await ask();
		if (answer !== null) return answer;
		if (asked % SAY_EVERY === 0) say(`Waiting for ${what}. Ctrl-C stops.`);
		if (clock.now() > end)
			throw new FirmsealError('NOT_FOUND', `Waited 15 minutes for ${what}: begin again on both devices.`);
		await clock.sleep(POLL_EVERY);
	}
}

const say = (line: string): void => void currentIo().stderr.write(`${line}\n`);
