import type { Command } from 'commander';
import { rotateCheckpointKey } from '../audit/index.ts';
import { defineCommand, dryRun, plural } from '../command.ts';
import { vkeyOf } from '../parse/index.ts';
import { type Progress, showProgress } from '../print/index.ts';
import { type RebuildLogResult, rebuildFromAnchors } from '../recovery/index.ts';

interface RebuildCommand {
	readonly dryRun?: boolean;
	readonly vkey?: string;
}

/** `firmseal audit rebuild` and `firmseal audit rotate`, which work on the installation itself, not through the API. */
export function auditLog(group: Command): void {
	defineCommand<RebuildCommand>(
		dryRun(group.command('rebuild'))
			.description("on the installation: restore the database's log from its anchors, while no worker runs")
			.option(
				'--vkey <root-vkey>',
				"the log's first key, from a source that you trust; otherwise the first key that the log names",
				vkeyOf,
			),
		async ({ config, options }) => {
			let progress: Progress | null = null;
			const rebuilt = await rebuildFromAnchors(config, {
				dryRun: options.dryRun === true,
				vkey: options.vkey ?? null,
				onProgress(_, total) {
					progress ??= showProgress('Verifying anchors', total);
					progress.step();
				},
			}).finally(() => progress?.end());
			const isPinned = options.vkey !== undefined;
			return { result: { ...rebuilt, isPinned, dryRun: options.dryRun === true }, text: textOf(rebuilt, isPinned) };
		},
	);
	defineCommand<{ dryRun?: boolean }>(
		dryRun(group.command('rotate')).description('on the installation: create the key that signs the log from now on'),
		async ({ config, options }) => {
			const key = await rotateCheckpointKey(config, { dryRun: options.dryRun === true });
			if (key === null) return { result: { dryRun: true }, text: 'Would create another key to sign the log.' };
			return { result: key, text: `The key ${key.version} signs the log from now on: ${key.vkey}` };
		},
	);
}

function textOf(rebuilt: RebuildLogResult, isPinned: boolean): string {
	const { anchors, vkey, state, incarnation, disputed, endedLeases } = rebuilt;
	const trusted = isPinned ? 'with the given key' : `with the key that the log names as its first, ${vkey}`;
	const verified = `${plural(anchors, 'anchor')} verified, ${trusted}.`;
	if (state === 'SOUND') return `${verified}\nThe database agrees with its anchors. Nothing was changed.`;
	const found = findings(rebuilt).map((line) => `  ${line}`);
	if (state === 'DIFFERS') return [verified, "The database's log differs, and would be restored:", ...found].join('\n');
	const kept = disputed ? [`${plural(disputed.rows, 'replaced row')} saved to ${disputed.file}`] : [];
	const next = `The log continues as its incarnation ${incarnation}, under a new key: start \`firmseal worker\`.`;
	const ended = endedLeases > 0 ? [`${plural(endedLeases, 'lease')} that the rows showed as open ended.`] : [];
	return [verified, "The database's log was restored:", ...found, ...kept, ...ended, next].join('\n');
}

function findings({ differences, wrongAnchors, isNewerSound, isSignedLost }: RebuildLogResult): string[] {
	const counted: [number, string][] = [
		[differences.entriesMissing, 'missing entries'],
		[differences.entriesChanged, 'changed entries'],
		[differences.leaves, "missing or changed leaves of firms' trees"],
		[differences.rootLeaves, 'missing or changed leaves of the root tree'],
		[differences.rootCheckpoints, 'missing or changed checkpoints of the root tree'],
		[wrongAnchors, 'recorded anchors that do not exist'],
	];
	const lines = counted.filter(([count]) => count > 0).map(([count, what]) => `${what}: ${count}`);
	if (lines.length === 0 && !isNewerSound) lines.push('the rows after the last anchor do not follow from it');
	if (isSignedLost) lines.push('a checkpoint was signed that the database does not have');
	return lines;
}
