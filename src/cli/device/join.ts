import { JoiningSteps } from '../../client/connection/index.ts';
import type { VaultState } from '../../client/vault/index.ts';
import type { Config } from '../../config/index.ts';
import { FirmsealError } from '../../errors.ts';
import type { CommandResult } from '../command.ts';
import { answerNewest, BEFORE_COMPARING, compare, requestsOf, say, shown, waitFor } from './comparing.ts';
import { type DeviceOptions, type OpenedDevice, withDevice } from './open-device.ts';
import { personOf } from './person.ts';
import { assertTerminal } from './secrets.ts';

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
		if (options.dryRun)
			return requestsOf(device, person, `Would answer the newest request of ${person}.`, {
				name: options.name ?? null,
			});
		const { steps, request, device: id, name } = await answerNewest(device, person);
		await steps.approve(request);
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
