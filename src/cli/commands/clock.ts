import type { Command } from 'commander';
import type { Config } from '../../config/index.ts';
import { type ClockReset, type ClockResetRequest, planClockReset, resetClock } from '../../firms/index.ts';
import { withInstallation } from '../../wiring/index.ts';
import { type CommandResult, defineCommand, dryRun } from '../command.ts';
import { approverOfToken } from '../jobs/index.ts';
import { type ApprovalOptions, approveByHash, assertCanConfirmHash, hashOption } from '../parse/index.ts';
import { markedRows } from '../print/index.ts';

/** `firmseal clock reset`: allows leases again on a database whose clock was wrongly ahead. Needs two persons. */
export function clock(program: Command): void {
	const group = program.command('clock').description("the database's clock, which decides when leases begin and end");

	defineCommand<ApprovalOptions>(
		dryRun(group.command('reset'))
			.description(
				"set the latest time seen back to the database's clock, with an approver's FIRMSEAL_TOKEN; a second approver must do the same within an hour, and sees what the first asked for",
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
				text: 'Would ask to set the clock’s high-water mark back, as the first of two persons.',
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
		text: `Asked to set the clock’s high-water mark back: within an hour, another approver must ask for exactly this:\n${linesOf(pendingRequest)}`,
	};
}

/** The whole request: what it changes, who asked, and until when it is valid. */
const linesOf = ({ votes, latestTimeSeen, now, requestHash }: ClockResetRequest): string =>
	markedRows([
		...votes.flatMap(
			({ by, askedAt, goodUntil }) =>
				[
					['asked for by', `${by}, on ${askedAt.toISOString()}`],
					['good until', goodUntil.toISOString()],
				] as const,
		),
		['time seen', `${latestTimeSeen.toISOString()}, the latest`],
		['set back', `to the database’s clock, which is at ${now.toISOString()} now`],
		['request hash', requestHash],
	]);
