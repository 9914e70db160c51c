import type { Command } from 'commander';
import { type ClockResetStep, planClockReset, resetClock } from '../../firms/index.ts';
import { withInstallation } from '../../installation.ts';
import { approver } from '../approver.ts';
import { act, dryRun } from '../command.ts';

const DONE: Readonly<Record<ClockResetStep, string>> = {
	ASKED: 'Asked that the clock’s floor be taken back: another approver must ask too, within an hour.',
	RESET: 'The clock’s floor is the database’s clock again: leases can be activated and used.',
};
const PLANNED: Readonly<Record<ClockResetStep, string>> = {
	ASKED: 'Would ask that the clock’s floor be taken back, as the first of two persons.',
	RESET: 'Would take the clock’s floor back to the database’s clock, as the second of two persons.',
};

/** `firmseal clock reset`: leases again on a database whose clock was wrongly ahead, by two persons. */
export function clock(program: Command): void {
	const group = program.command('clock').description("the database's clock, by which leases begin and end");

	act<{ dryRun?: boolean }>(
		dryRun(group.command('reset')).description(
			"take the greatest time seen back to the database's clock, with an approver's FIRMSEAL_TOKEN; a second approver must do the same within an hour",
		),
		({ config, options }) =>
			withInstallation(config, async (installation) => {
				const by = await approver(config, installation);
				if (options.dryRun) {
					const step = await planClockReset(installation, by);
					return { result: { dryRun: true, step }, text: PLANNED[step] };
				}
				const step = await resetClock(installation, by);
				return { result: { step }, text: DONE[step] };
			}),
	);
}
