import { hash } from 'node:crypto';
import { type Command, Option } from 'commander';
import type { Config } from '../../config/index.ts';
import { type JobRow, selectEntryNamingHash, selectEscrowFiles, selectJob } from '../../database/index.ts';
import { FirmsealError } from '../../errors.ts';
import { escrowRequest, readHolders, type ShareHolder, wasJobProven } from '../../jobs/index.ts';
import { type InstallationWithOperatorPlane, withInstallation, withOperatorPlane } from '../../wiring/index.ts';
import { type CommandResult, defineCommand, dryRun, table, UsageError } from '../command.ts';
import { readSmallFile } from '../files/index.ts';
import { findOwnedKeys, type KeyOwnerOptions, requestAndFollow, withLeftOut, writeDirectory } from '../jobs/index.ts';
import { idOf, wholeNumber } from '../parse/index.ts';

interface Escrow extends KeyOwnerOptions {
	readonly holders?: string;
	readonly threshold?: number;
	readonly job?: string;
	readonly out?: string;
	readonly dryRun?: boolean;
}

/** Bytes. 32 holders with the longest possible recipients take less. */
const LONGEST_PLAN = 131_072;

/** `firmseal keys escrow`: asks for an escrow of the data keys of a firm or of the platform, and writes its files. */
export function escrowKeys(group: Command): void {
	defineCommand<Escrow>(
		dryRun(group.command('escrow'))
			.description(
				'write the data keys of a firm, or of the platform, into age files for the holders of shares; an owner of the firm, or another approver, must agree; then run it with --job and --out',
			)
			.addOption(new Option('--firm <slug-or-id>', 'which firm').conflicts(['job', 'platform']))
			.addOption(new Option('--platform', "the platform's own keys: FIRMSEAL_TOKEN is an approver's").conflicts('job'))
			.addOption(
				new Option(
					'--holders <file>',
					'JSON: a list of {"name", "recipient", "side"}, each side FIRM or PLATFORM',
				).conflicts('job'),
			)
			// readHolders() and escrowRequest() check the real limits.
			.addOption(
				new Option('--threshold <number>', 'number of shares that open the escrow')
					.argParser(wholeNumber(1, 1_000))
					.conflicts('job'),
			)
			.option('--job <id>', 'the job that has made an escrow', idOf)
			.option('--out <directory>', 'a new directory for the files of this escrow'),
		({ config, options }) => (options.job === undefined ? ask(config, options) : giveOut(config, options)),
	);
}

async function ask(config: Config, options: Escrow): Promise<CommandResult> {
	const { firm, platform, holders: file, threshold } = options;
	if ((firm === undefined && !platform) || file === undefined || threshold === undefined)
		throw new UsageError('Give --firm or --platform, --holders and --threshold; or --job and --out.');
	if (options.out !== undefined) throw new UsageError('Give --out together with --job, once the job is done.');
	const holders = readHolders(await readSmallFile(file, LONGEST_PLAN));
	return withInstallation(config, async (installation) => {
		const of = await findOwnedKeys(installation, options);
		const request = await escrowRequest(of.id, { holders, threshold });
		const answer = await requestAndFollow(config, installation, [request], { ...options, wait: false });
		if (!options.dryRun) return withLeftOut(answer, of);
		const keys = of.keys.filter(({ state }) => state !== 'DESTROYED').length;
		const planned = {
			result: { ...(answer.result as object), keys, threshold, holders },
			text: [`${answer.text}: ${keys} data keys; ${threshold} of these shares are needed.`, tableOf(holders)].join(
				'\n',
			),
		};
		return withLeftOut(planned, of);
	});
}

const tableOf = (holders: readonly ShareHolder[]) =>
	table(
		['holder', 'side', 'recipient'],
		holders.map(({ name, side, recipient }) => [name, side, recipient]),
	);

async function giveOut(config: Config, { job: id = '', out, dryRun: only }: Escrow): Promise<CommandResult> {
	if (out === undefined) throw new UsageError('Give --out: a new directory for the files.');
	return withOperatorPlane(config, async (installation) => {
		const { worker } = installation;
		const job = await worker.read(null, (tx) => selectJob(tx, id));
		if (job?.kind !== 'ESCROW')
			throw new FirmsealError('NOT_FOUND', 'No escrow job has this id: `firmseal job list` lists the newest jobs.');
		const rows = await worker.read(job.firmId, (tx) => selectEscrowFiles(tx, job.firmId, id));
		if (job.state !== 'DONE' || rows.length === 0)
			throw new FirmsealError(
				'CONFLICT',
				`The job is ${job.state}, and has written no escrow: see \`firmseal job list\`.`,
			);
		const files = rows.map(({ number, holder, side, file }) => ({
			name: holder === null ? 'escrow.age' : `share-${number}-${holder}.age`,
			holder,
			side,
			bytes: file,
			sha256: hash('sha256', file, 'hex'),
		}));
		const isProven = await assertMade(installation, job, files[0]?.sha256 ?? '');
		if (!only) await writeDirectory(out, files);
		const lost =
			job.failed > 0
				? `Data keys that did not open, and are in no escrow: ${job.failed}. Recover them from an older escrow, or rotate them, then make another escrow.`
				: undefined;
		const unproven = isProven
			? undefined
			: 'The key that proves the job does not open: recover from these files, but do not give their shares to holders again.';
		return {
			result: {
				...(only && { dryRun: true }),
				job: id,
				firmId: job.firmId,
				keys: job.done,
				files: files.map(({ bytes: _, ...file }) => file),
			},
			text: [
				table(
					['file', 'of', 'side', 'SHA-256'],
					files.map(({ name, holder, side, sha256 }) => [name, holder, side, sha256]),
				),
				only
					? `Would write these files to ${out}.`
					: 'Give each holder their share and its digest, and keep escrow.age in more than one place.',
			].join('\n'),
			problem: [lost, unproven].filter(Boolean).join(' ') || undefined,
		};
	});
}

/**
 * Checks that a worker made the escrow in a job that was agreed to. Returns false if the key that proves the job is lost and only the log says
 * so: a recovery still needs the files. @throws FirmsealError CONFLICT
 */
async function assertMade(
	{ rights, operatorPlane }: InstallationWithOperatorPlane,
	job: JobRow,
	hash: string,
): Promise<boolean> {
	const of = { firm: job.firmId, action: 'escrow.make', hash } as const;
	const isNamed = (await operatorPlane.read(job.firmId, (tx) => selectEntryNamingHash(tx, of))) !== null;
	const isProven = isNamed && (await wasJobProven(rights, job));
	if (isProven === false)
		throw new FirmsealError(
			'CONFLICT',
			'Nothing proves that a worker made this escrow in a job that was agreed to: ask for another escrow.',
		);
	return isProven === true;
}
