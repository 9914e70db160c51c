import { commandEntry } from '../../audit/index.ts';
import { countOfFindings } from '../../audit/verify/log.ts';
import type { AnchorComparison } from '../../audit-log/anchors/index.ts';
import { nodeSha256 } from '../../audit-log/leader/index.ts';
import { type DatabaseVerification, verifyDatabase } from '../../audit-log/verify/index.ts';
import type { Config } from '../../config/index.ts';
import type { Plane } from '../../database/index.ts';
import { compareLogWithAnchors } from '../../processes/anchor-health.ts';
import { type Installation, openPlaneOf, withInstallation } from '../../wiring/index.ts';
import type { CommandResult } from '../command.ts';
import { UNSTOPPED } from '../io.ts';
import { type Progress, showProgress } from '../print/index.ts';
import { keyLine, linesOfFindings } from './findings.ts';

export interface VerifyInstallationOptions {
	/** The vkey of the root tree that the log must begin with; null to accept the key that the log names. */
	readonly pinned: string | null;
	/** Whether to compare the newest anchor too. */
	readonly withAnchors: boolean;
}

export const verifyInstallation = (config: Config, options: VerifyInstallationOptions): Promise<CommandResult> =>
	withInstallation(config, async (installation) => {
		await recordReading(installation);
		const plane = openPlaneOf(installation.database, 'firmseal_log', 2);
		try {
			const verified = await verify(plane, options.pinned);
			let { abortedBy } = verified;
			const compared = options.withAnchors ? compareLogWithAnchors(config, plane, UNSTOPPED) : null;
			const anchors = await Promise.resolve(compared).catch((error: unknown) => {
				abortedBy ??= { error };
				return null;
			});
			// Findings are reported even if the rest could not be verified.
			if (abortedBy !== null && verified.findings.length === 0) throw abortedBy.error;
			return answerOf({ ...verified, abortedBy }, anchors, options.pinned !== null);
		} finally {
			await plane.close();
		}
	});

const recordReading = ({ audit, osAccount }: Installation) =>
	audit.append([commandEntry(osAccount, { action: 'log.read', firm: null })]);

async function verify(plane: Plane, rootVkey: string | null): Promise<DatabaseVerification> {
	let progress: Progress | null = null;
	let shown = 0;
	try {
		return await verifyDatabase({
			plane,
			sha256: nodeSha256,
			rootVkey,
			onProgress(done, total) {
				progress ??= showProgress('Entries', total);
				for (; shown < Math.min(done, total); shown++) progress.step();
			},
		});
	} finally {
		(progress as Progress | null)?.end();
	}
}

function answerOf(verified: DatabaseVerification, anchors: AnchorComparison | null, isPinned: boolean): CommandResult {
	const { findings, isCut, rootVkey, incarnation, leaves, trees, rootLeaves, rootCheckpoints, keyLogs } = verified;
	const { abortedBy } = verified;
	const found = countOfFindings({ list: findings, isCut });
	const rest = abortedBy && 'The rest could not be verified: run the command again.';
	const wrong = [found && `${found} in the database.`, rest, anchors?.why ?? null].filter((why) => why !== null);
	const problem = wrong.length === 0 ? undefined : wrong.join(' ');
	const lines = [
		problem ?? 'The log is complete and unchanged.',
		`entries     ${leaves.toLocaleString('en')} in ${trees.toLocaleString('en')} trees`,
		`root tree   ${rootLeaves.toLocaleString('en')} leaves, ${rootCheckpoints.toLocaleString('en')} signed checkpoints`,
		...(keyLogs === 0 ? [] : [`key logs    ${keyLogs.toLocaleString('en')} of firms`]),
		keyLine(rootVkey, isPinned),
		...(anchors === null ? [] : [`anchors     ${anchorsLine(anchors)}`]),
		...linesOfFindings(findings),
	];
	const result = {
		vkey: rootVkey,
		isPinned,
		incarnation,
		entries: leaves,
		trees,
		rootLeaves,
		rootCheckpoints,
		keyLogs,
		findings,
		isCut,
		anchors,
	};
	return { result, text: lines.join('\n'), problem };
}

const anchorsLine = ({ state, number }: AnchorComparison): string =>
	state === 'NONE'
		? 'nothing is anchored yet'
		: state === 'SOUND'
			? `the database has everything that the newest anchor, ${number}, has`
			: state;
