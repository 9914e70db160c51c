import type { Command } from 'commander';
import type { Config } from '../../config/index.ts';
import { type ClockReset, type ClockResetRequest, planClockReset, resetClock } from '../../firms/index.ts';
import { withInstallation } from '../../wiring/index.ts';
import { type CommandResult, defineCommand, dryRun } from '../command.ts';
import { approverOfToken } from '../jobs/index.ts';
import { type ApprovalOptions, approveByHash, assertCanConfirmHash, hashOption } from '../parse/index.ts';
import { markedRows } from '../print/index.ts';

/** `firmseal clock reset`: leases again on a database whose clock was wrongly ahead, by two persons. */
export function clock(program: Command): void {
	const group = program.command('clock').description("the database's clock, by which leases begin and end");

	defineCommand<ApprovalOptions>(
		dryRun(group.command('reset'))
			.description(
				"take the greatest time seen back to the database's clock, with an approver's FIRMSEAL_TOKEN; a second approver must do the same within an hour, and is shown what the first has asked for",
			)
			.addOption(hashOption()),
		({ config, options }) => reset(config, options),
	);
}

const reset = (config: Config, options: ApprovalOptions): Promise<CommandResult> =>
	withInstallation(config, async (installation) => {
		const by = await approverOfToken(config, installation);
		const { step, others } = await planClockReset(installation, by);
		if (others) {
			assertCanConfirmHash(options);
			const shown = { ...others, lines: linesOf(others), result: { step } };
			return approveByHash(shown, options, async (requestHash) =>
				answerOf(await resetClock(installation, requestHash, by)),
			);
		}
		if (options.dryRun)
			return {
				result: { dryRun: true, step },
				text: 'Would ask that the clock’s high-water mark be taken back, as the first of two persons.',
			};
		return answerOf(await resetClock(installation, options.hash ?? null, by));
	});

function answerOf({ step, pendingRequest }: ClockReset): CommandResult {
	if (!pendingRequest)
		return {
			result: { step },
			text: 'The clock’s high-water mark is the database’s clock again: leases can be activated and used.',
		};
	return {
		result: { step, requestHash: pendingRequest.requestHash },
		text: `Asked that the clock’s high-water mark be taken back: another approver must ask too, within an hour, for exactly this:\n${linesOf(pendingRequest)}`,
	};
}

/** All that was asked for, by whom and until when it is good. */
const linesOf = ({ votes, latestTimeSeen, now, requestHash }: ClockResetRequest): string =>
	markedRows([
		...votes.flatMap(
			({ by, askedAt, goodUntil }) =>
				[
					['asked for by', `${by}, on ${askedAt.toISOString()}`],
					['good until', goodUntil.toISOString()],
				] as const,
		),
		['time seen', `${latestTimeSeen.toISOString()}, the greatest`],
		['taken back', `to the database’s clock, which says ${now.toISOString()} now`],
		['request hash', requestHash],
	]);
