import type { Command } from 'commander';
import { rotateCheckpointKey } from '../audit/index.ts';
import { defineCommand, dryRun } from '../command.ts';
import { vkeyOf } from '../parse/index.ts';
import { type Progress, showProgress } from '../print/index.ts';
import { type RebuildLogResult, rebuildFromAnchors } from '../recovery/index.ts';

interface RebuildCommand {
	readonly dryRun?: boolean;
	readonly vkey?: string;
}

/** `firmseal audit rebuild|rotate`: on the installation itself, not through the API. */
export function auditLog(group: Command): void {
	defineCommand<RebuildCommand>(
		dryRun(group.command('rebuild'))
			.description('on the installation: put the log of the database back from its anchors, while no worker runs')
			.option(
				'--vkey <root-vkey>',
				'the key that the log began with, from somewhere you trust; else the one it names',
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
		dryRun(group.command('rotate')).description('on the installation: another key signs the log from now on'),
		async ({ config, options }) => {
			const key = await rotateCheckpointKey(config, { dryRun: options.dryRun === true });
			if (key === null) return { result: { dryRun: true }, text: 'Would make another key the one that signs the log.' };
			return { result: key, text: `The key ${key.version} signs the log from now on: ${key.vkey}` };
		},
	);
}

function textOf(rebuilt: RebuildLogResult, isPinned: boolean): string {
	const { anchors, vkey, state, incarnation, disputed, endedLeases } = rebuilt;
	const trusted = isPinned ? `by the key given` : `by the key that the log says it began with, ${vkey}`;
	const verified = `${anchors} anchors verified, ${trusted}.`;
	if (state === 'SOUND') return `${verified}\nThe database has what is anchored, and nothing was changed.`;
	const found = findings(rebuilt).map((line) => `  ${line}`);
	if (state === 'DIFFERS') return [verified, 'The database differs, and would be put back:', ...found].join('\n');
	const kept = disputed ? [`What was there instead, ${disputed.rows} rows: ${disputed.file}`] : [];
	const next = `The log goes on as its incarnation ${incarnation}, under a new key: start \`firmseal worker\`.`;
	const ended = endedLeases > 0 ? [`${endedLeases} leases that were open by the rows have ended.`] : [];
	return [verified, 'The log of the database was put back:', ...found, ...kept, ...ended, next].join('\n');
}

function findings({ differences, wrongAnchors, isNewerSound, isSignedLost }: RebuildLogResult): string[] {
	const counted: [number, string][] = [
		[differences.entriesMissing, 'entries were missing'],
		[differences.entriesChanged, 'entries were others'],
		[differences.leaves, "leaves of firms' trees were missing or others"],
		[differences.rootLeaves, 'leaves of the root tree were missing or others'],
		[differences.rootCheckpoints, 'checkpoints of the root tree were missing or others'],
		[wrongAnchors, 'anchors were written down that are not there'],
	];
	const lines = counted.filter(([count]) => count > 0).map(([count, what]) => `${count} ${what}`);
	if (lines.length === 0 && !isNewerSound) lines.push('what is newer than the last anchor does not follow from it');
	if (isSignedLost) lines.push('a checkpoint was signed of which the database knows nothing');
	return lines;
}
