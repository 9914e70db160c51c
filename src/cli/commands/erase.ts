import type { Command } from 'commander';
import type { Config } from '../../config/index.ts';
import { selectEntryNamingHash, selectErasure, selectErasures, selectJob } from '../../database/index.ts';
import type { RetainedObjects } from '../../documents/index.ts';
import { FirmsealError } from '../../errors.ts';
import { findFirm } from '../../firms/index.ts';
import {
	countInventory,
	type ErasureSelector,
	findErasureTarget,
	findRetainedObjects,
	KEY_DELETION_DAYS,
	MAX_WAIT_DAYS,
	requestErasure,
	sha256Hex,
} from '../../jobs/index.ts';
import {
	type Installation,
	type InstallationWithOperatorPlane,
	openObjects,
	withInstallation,
	withOperatorPlane,
} from '../../wiring/index.ts';
import { type CommandResult, defineCommand, dryRun, plural, table } from '../command.ts';
import { noWait, requestAndFollow } from '../jobs/index.ts';
import { idOf, rateOf, wholeNumber } from '../parse/index.ts';

/** Days until the erasure of a firm begins, unless `--days` is given. The erasure can be cancelled until then. */
const FIRM_DAYS = 30;

const NO_DAYS = '0 unless given';

interface EraseOptions {
	readonly firm: string;
	readonly client?: string;
	readonly record?: string;
	readonly days?: number;
	readonly keyDays?: number;
	readonly rate?: number;
	readonly dryRun?: boolean;
	readonly wait?: boolean;
}

/** `firmseal erase`: erases for good. Needs two persons. */
export function erase(program: Command): void {
	const group = program.command('erase').description('erase a firm, a client or a record for good');
	defineFirm(group);
	defineClient(group);
	defineRecord(group);
	defineList(group);
	defineCertificate(group);
}

/** A command that asks for an erasure and waits until it is done. */
const erasureCommand = (group: Command, name: string, does: string, usual: string) =>
	noWait(dryRun(group.command(name)))
		.description(`${does}; needs two approvers (FIRMSEAL_TOKEN is the token of one)`)
		.requiredOption('--firm <slug-or-id>', 'which firm')
		.option(
			'--days <number>',
			`days until the erasure begins, during which \`firmseal job cancel\` cancels it: 0 to ${MAX_WAIT_DAYS}, ${usual}`,
			wholeNumber(0, MAX_WAIT_DAYS),
		)
		.option('--rate <rows>', 'rows per second at most', rateOf);

function defineFirm(group: Command): void {
	const usual = `at least 1 in production; ${FIRM_DAYS} unless given`;
	defineCommand<EraseOptions>(
		erasureCommand(group, 'firm', 'erase everything of a firm: files, rows, keys, accounts', usual).option(
			'--key-days <number>',
			`days that the wrapping key stays pending deletion: ${KEY_DELETION_DAYS.least} to ${KEY_DELETION_DAYS.most}, ${KEY_DELETION_DAYS.most} unless given`,
			wholeNumber(KEY_DELETION_DAYS.least, KEY_DELETION_DAYS.most),
		),
		({ config, options }) => requestAndShow(config, options, FIRM_DAYS),
	);
}

function defineClient(group: Command): void {
	const does = 'erase a client, with its documents, threads, invoices, time entries and portal users';
	defineCommand<EraseOptions>(
		erasureCommand(group, 'client', does, NO_DAYS).requiredOption('--client <id>', 'which client', idOf),
		({ config, options }) => requestAndShow(config, options, 0),
	);
}

function defineRecord(group: Command): void {
	const does = 'erase a document, thread, message, comment, note, invoice or time entry, with what belongs to it';
	defineCommand<EraseOptions>(
		erasureCommand(group, 'record', does, NO_DAYS).requiredOption('--record <id>', 'which record', idOf),
		({ config, options }) => requestAndShow(config, options, 0),
	);
}

async function requestAndShow(config: Config, options: EraseOptions, usual: number): Promise<CommandResult> {
	const { days = usual, keyDays = KEY_DELETION_DAYS.most, rate = null } = options;
	if (usual > 0 && days === 0 && config.env === 'production')
		throw new FirmsealError(
			'BAD_USER_INPUT',
			`In production, the erasure of a firm waits for at least a day: give --days from 1 to ${MAX_WAIT_DAYS}.`,
		);
	return withOperatorPlane(config, async (installation) => {
		const { id: firm } = await findFirm(installation, options.firm);
		const selector: ErasureSelector = { firm, client: options.client, record: options.record };
		const erasing = await findErasureTarget(installation, selector);
		const inventory = await countInventory(installation, erasing);
		const retained = await findRetainedObjects({ ...installation, store: await openObjects(config) }, erasing);
		const request = await requestErasure(installation, erasing, { days, keyDays, rate });
		if (options.dryRun) {
			const counts = Object.entries(inventory.rows).map(([name, count]) => [name, count, 'erased'] as const);
			const kept = Object.entries(inventory.kept).map(([name, count]) => [name, count, 'kept'] as const);
			return {
				result: { dryRun: true, erases: erasing, days, inventory, retained },
				text: [table(['what', 'rows', ''], [...counts, ...kept]), ...retentionLines(retained)].join('\n'),
			};
		}
		const answer = await requestAndFollow(config, installation, [request], options);
		return {
			...answer,
			result: { ...(answer.result as object), inventory, retained },
			text: [answer.text, ...retentionLines(retained)].join('\n'),
		};
	});
}

/** What the store retains. Empty if it retains nothing. */
function retentionLines(retained: RetainedObjects | null): string[] {
	if (!retained) return [];
	const { objects, until, onHold } = retained;
	const end = until ? ` until ${until.toISOString()}` : '';
	const hold = onHold > 0 ? `; of these, ${onHold} on a legal hold of the store, which has no end` : '';
	return [
		`The object store retains ${plural(objects, 'file')}${end}${hold}. The erasure closes these files at once, and deletes them, their keys and their rows only after that.`,
	];
}

function defineList(group: Command): void {
	defineCommand<{ firm?: string }>(
		group
			.command('list')
			.description('list erasures that have begun or are done')
			.option('--firm <slug-or-id>', 'only of this firm'),
		({ config, options }) => withInstallation(config, (installation) => listErasures(installation, options.firm)),
	);
}

async function listErasures({ worker }: Installation, named: string | undefined): Promise<CommandResult> {
	const firm = named === undefined ? null : (await findFirm({ worker }, named)).id;
	const rows = await worker.read(null, (tx) => selectErasures(tx, firm));
	const erasures = rows.map(({ id, firmId, subject, number, begunAt, erasedAt }) => ({
		job: id,
		firmId,
		subject,
		tombstone: number,
		begunAt,
		erasedAt,
	}));
	const lines = erasures.map(({ job, firmId, subject, tombstone, begunAt, erasedAt }) => [
		job,
		firmId,
		subject ?? 'the firm',
		tombstone,
		begunAt.toISOString(),
		erasedAt?.toISOString(),
	]);
	return { result: { erasures }, text: table(['job', 'firm', 'what', 'erasure record', 'begun', 'erased'], lines) };
}

function defineCertificate(group: Command): void {
	defineCommand<{ job: string }>(
		group
			.command('certificate')
			.description('print the certificate of an erasure that is done')
			.requiredOption('--job <id>', 'which job', idOf),
		({ config, options }) => withOperatorPlane(config, (installation) => showCertificate(installation, options.job)),
	);
}

async function showCertificate(
	{ worker, operatorPlane }: InstallationWithOperatorPlane,
	id: string,
): Promise<CommandResult> {
	const job = await worker.read(null, (tx) => selectJob(tx, id));
	const erasure = job && (await worker.read(null, (tx) => selectErasure(tx, job)));
	const certificate = erasure?.certificate;
	if (!job || !certificate)
		throw new FirmsealError(
			'NOT_FOUND',
			'No finished erasure has this job id: `firmseal job list` shows the state of its job.',
		);
	const hash = sha256Hex(certificate);
	const of = { firm: job.firmId, action: 'erasure.end', hash } as const;
	const entryId = await operatorPlane.read(job.firmId, (tx) => selectEntryNamingHash(tx, of));
	return {
		result: { certificate: JSON.parse(certificate), text: certificate, sha256: hash, firmId: job.firmId, entryId },
		text: certificate,
		problem:
			entryId === null
				? 'No entry of the log names this certificate, so it is not the one that was issued.'
				: undefined,
	};
}
