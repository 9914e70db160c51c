import { RecoverySteps } from '../../client/connection/index.ts';
import type { Config } from '../../config/index.ts';
import { FirmsealError } from '../../errors.ts';
import type { CommandResult } from '../command.ts';
import { currentIo } from '../io.ts';
import { BEFORE_COMPARING } from './comparing.ts';
import { type DecisionOptions, decide } from './decide.ts';
import { type DeviceOptions, type OpenedDevice, withDevice } from './open-device.ts';
import { assertTerminal, NEW_CODE, readRecoveryCode, saysYes, writeDown } from './secrets.ts';
import { recoverByHolders } from './shares.ts';
import { viewOf } from './status.ts';

/** Shows a new recovery code once, lets its owner type it back, and only then puts it into the key log. */
export async function setRecoveryCode(config: Config, options: DecisionOptions): Promise<CommandResult> {
	if (!options.dryRun) assertTerminal(NEW_CODE);
	return withDevice(config, options, async (device) => {
		const { vault, connection } = device;
		const state = await connection.refresh();
		const before = state.people.find(({ person }) => person === state.device.person)?.recovery ?? [];
		if (options.dryRun)
			return {
				result: { dryRun: true, recovery: before },
				text: `Would make a new recovery code. It would replace these ways of recovery: ${before.join(', ') || 'none'}.`,
			};
		const { proposal, code } = await vault.setRecovery({ code: true, owners: null });
		await writeDown(vault, code ?? '');
		return decide(device, state, proposal, options);
	});
}

export interface RecoverOptions extends DeviceOptions {
	readonly codeFile?: string;
	/** By shares of owners, not by the code. */
	readonly owners?: boolean;
	readonly yes?: boolean;
}

/** Makes this new device one of the firm, by the recovery code of its person, or by shares that owners hold. The person’s other devices are then revoked. */
export async function recoverFirm(config: Config, options: RecoverOptions): Promise<CommandResult> {
	if (!options.dryRun && options.owners) assertTerminal(BEFORE_COMPARING);
	if (!options.dryRun && !options.yes) assertTerminal('whether you know what the device shows: give --yes');
	return withDevice(config, options, async (device) => {
		const { vault, connection, stored } = device;
		const steps = new RecoverySteps(connection);
		const before = await vault.state();
		// A run that was ended may have added the device.
		const known = before.log === null ? before : await connection.sync();
		if (known.log !== null && !known.isUnconfirmed)
			throw new FirmsealError('CONFLICT', 'This device belongs to the firm already: see `firmseal device status`.');
		if (options.dryRun)
			return {
				result: { dryRun: true, ...stored },
				text: `Would add this device of ${stored.person} by ${options.owners ? 'shares of owners, which are' : 'the recovery code, which is'} then used up, and revoke the person’s other devices.`,
			};
		if (!known.device.isActive) await recoverBy(steps, device, options);
		const state = await connection.refresh();
		currentIo().stderr.write(`\n${viewOf(state)}\n\n`);
		const isRight = options.yes || (await saysYes('Are these the people and the custody that you know?'));
		if (!isRight)
			throw new FirmsealError(
				'CONFLICT',
				'You did not confirm what the device shows: nothing is sent from it. Ask another owner, then run the command again.',
			);
		await steps.confirm();
		const isKeyNeeded = state.classes.some(({ custody, writable }) => custody !== 'PLATFORM' && writable === null);
		const after = isKeyNeeded ? await connection.append(() => vault.renewKeys()) : await connection.refresh();
		return {
			result: after,
			text: [
				'This device belongs to the firm now, and your earlier devices do not any more: new data keys replace those that they know.',
				options.owners
					? 'The shares are used up: set owners again with `firmseal device recovery-owners`, or make a code with `firmseal device recovery-code`.'
					: 'The code is used up: make another with `firmseal device recovery-code`.',
			].join('\n'),
		};
	});
}

async function recoverBy(
	steps: RecoverySteps,
	device: OpenedDevice,
	{ owners, codeFile }: RecoverOptions,
): Promise<void> {
	if (owners) await recoverByHolders(steps, device);
	else await steps.byCode(await readRecoveryCode(codeFile));
}
