import type { Config } from '../../config/index.ts';
import { FirmsealError } from '../../errors.ts';
import type { CommandResult } from '../command.ts';
import { type DeviceOptions, withDevice } from './open-device.ts';
import { requirePerson } from './person.ts';

export interface RenameOptions extends DeviceOptions {
	readonly name: string;
	/** A name or an id; the own person unless given. */
	readonly person?: string;
}

/** An owner gives a person a name, or the own one again: that is the entry that takes back what this device agreed to. */
export async function renamePerson(config: Config, options: RenameOptions): Promise<CommandResult> {
	return withDevice(config, options, async ({ vault, connection }) => {
		const state = await connection.refresh();
		const { person: own } = state.device;
		if (requirePerson(state, own).role !== 'OWNER')
			throw new FirmsealError('FORBIDDEN', 'Only an owner gives names: ask one.');
		const { person, name: before } = requirePerson(state, options.person ?? own);
		const { name } = options;
		const what = `${before === null ? person : `${JSON.stringify(before)} (${person})`} ${JSON.stringify(name)}`;
		if (options.dryRun) return { result: { dryRun: true, person, before, name }, text: `Would name ${what}.` };
		const after = await connection.append(() => vault.renameMember({ person, name }));
		return {
			result: { person, before, name, state: after },
			text: `Named ${what}. What this device had agreed to and is not decided yet, it agrees to no more.`,
		};
	});
}
