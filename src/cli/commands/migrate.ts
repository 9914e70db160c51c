import { hash } from 'node:crypto';
import { type Command, InvalidArgumentError } from 'commander';
import { fieldMoves } from '../../api/index.ts';
import type { Config } from '../../config/index.ts';
import {
	type ColumnMoveRow,
	type JobRow,
	selectAllFirms,
	selectColumnMoves,
	selectEntryNamingHash,
	selectMovePlan,
	selectNewestJobs,
	selectOwnersOfClass,
	selectPlaintextOnlyWrites,
} from '../../database/index.ts';
import { FirmsealError } from '../../errors.ts';
import { findFirm } from '../../firms/index.ts';
import type { FieldMove, JobRequest, MoveTarget } from '../../jobs/index.ts';
import {
	type Installation,
	type InstallationWithOperatorPlane,
	PLATFORM_FIRM_ID,
	withInstallation,
	withOperatorPlane,
} from '../../wiring/index.ts';
import { type CommandResult, defineCommand, dryRun, table } from '../command.ts';
import { noWait, type RequestJobsOptions, requestAndFollow } from '../jobs/index.ts';
import { rateOf } from '../parse/index.ts';

interface OfColumn extends RequestJobsOptions {
	readonly coordinate: string;
}

interface OfRows extends OfColumn {
	readonly firm?: string;
	readonly rate?: number;
}

/** `firmseal migrate`: moves plaintext columns to sealed ones, online (src/jobs/migrate/README.md). */
export function migrate(program: Command): void {
	const group = program.command('migrate').description('move plaintext columns to sealed ones, online');

	defineCommand(
		group.command('plan').description('list the plaintext columns that sealed() columns replace'),
		({ config }) => withInstallation(config, plan),
	);
	defineCommand(
		group.command('status').description('show the phase of each column, and what was counted'),
		({ config }) => withOperatorPlane(config, status),
	);
	move(group, 'expand', 'EXPANDED', 'begin: from now on, values are also written sealed');
	rows(group, 'backfill', 'BACKFILL', 'seal the values that are only plaintext, and keep the plaintext');
	rows(group, 'verify', 'VERIFY', 'open every sealed value and compare it with the plaintext');
	move(group, 'cutover', 'CUTOVER', 'read only the sealed values; needs a verification of all firms');
	move(group, 'rollback', 'ROLLED_BACK', 'go back to plaintext, before `contract`; nothing is lost');
	defineCommand<OfColumn & { rate?: number }>(
		rated(
			ofColumn(
				dryRun(group.command('contract')).description(
					'remove the plaintext for good and rewrite the files of the table, while requests to the table wait; needs two approvers (FIRMSEAL_TOKEN is the token of one)',
				),
			),
		),
		({ config, options }) =>
			onColumn(config, options, async (installation, { coordinate }) =>
				requestAndFollow(
					config,
					installation,
					[{ ...ofPlatform(coordinate), kind: 'CONTRACT', rate: options.rate ?? null }],
					options,
				),
			),
	);
}

/** @throws InvalidArgumentError */
function coordinateOf(text: string): string {
	if (text === '') throw new InvalidArgumentError('Give the column as Type.field.');
	return text;
}

const ofColumn = (command: Command) =>
	noWait(command).requiredOption('--coordinate <Type.field>', 'which column', coordinateOf);

const rated = (command: Command) => command.option('--rate <rows>', 'rows of a firm per second at most', rateOf);

const ofPlatform = (subject: string) => ({ firm: PLATFORM_FIRM_ID, class: null, version: null, subject });

const moveTo = (coordinate: string, phase: MoveTarget): JobRequest => ({
	...ofPlatform(coordinate),
	kind: 'MOVE',
	terms: phase,
});

function move(group: Command, name: string, phase: MoveTarget, does: string): void {
	defineCommand<OfColumn>(ofColumn(dryRun(group.command(name)).description(does)), ({ config, options }) =>
		onColumn(config, options, async (installation, { coordinate, field }) => {
			if (phase === 'EXPANDED') await assertHeldByPlatform(installation, field.class);
			return requestAndFollow(config, installation, [moveTo(coordinate, phase)], options);
		}),
	);
}

function rows(group: Command, name: string, kind: 'BACKFILL' | 'VERIFY', does: string): void {
	defineCommand<OfRows>(
		rated(ofColumn(dryRun(group.command(name)).description(does))).option('--firm <slug-or-id>', 'only of this firm'),
		({ config, options }) =>
			onColumn(config, options, async (installation, { coordinate, field }) => {
				const { firms, leftOut } = await firmsFor(installation, field.class, options.firm);
				const asked = firms.map(({ id }) => ({
					firm: id,
					kind,
					class: field.class,
					version: null,
					subject: coordinate,
					rate: options.rate ?? null,
				}));
				const answer = withFirmsLeftOut(await requestAndFollow(config, installation, asked, options), leftOut);
				const isWhole = kind === 'VERIFY' && options.firm === undefined && options.wait !== false && !options.dryRun;
				if (!isWhole || answer.problem) return answer;
				const verified = await requestAndFollow(config, installation, [moveTo(coordinate, 'VERIFIED')], options);
				return { ...verified, text: `${answer.text}\n${verified.text}` };
			}),
	);
}

/** The named firm, or all but those in whose own custody the class is: for them the platform can seal and open nothing. */
async function firmsFor({ worker }: Installation, className: string, named: string | undefined) {
	if (named !== undefined) return { firms: [await findFirm({ worker }, named)], leftOut: [] };
	const [all, owners] = await worker.read(null, async (tx) => [
		await selectAllFirms(tx),
		await selectOwnersOfClass(tx, className),
	]);
	const [leftOut = [], firms = []] = [true, false].map((isOwn) =>
		all.filter(({ id }) => owners.includes(id) === isOwn),
	);
	return { firms, leftOut: leftOut.map(({ slug }) => ({ firm: slug, class: className, reason: 'FIRM_CUSTODY' })) };
}

function withFirmsLeftOut(
	answer: CommandResult,
	leftOut: readonly { readonly firm: string; readonly class: string }[],
): CommandResult {
	const [first] = leftOut;
	if (!first) return answer;
	const firms = leftOut.map(({ firm }) => firm).join(', ');
	return {
		...answer,
		result: { ...(answer.result as object), leftOut },
		text: `${answer.text}\nLeft out, because only their own devices have the keys of ${first.class}: ${firms}.`,
	};
}

/** @throws FirmsealError CONFLICT if a firm has the class in its own custody, because its plaintext could not be moved */
async function assertHeldByPlatform(installation: Installation, className: string): Promise<void> {
	const { leftOut } = await firmsFor(installation, className, undefined);
	if (leftOut.length === 0) return;
	throw new FirmsealError(
		'CONFLICT',
		`The class ${className} is in the own custody of ${leftOut.map(({ firm }) => firm).join(', ')}, so the platform cannot seal this column for every firm: leave the column as it is while a firm has the class in its own custody.`,
	);
}

/** @throws FirmsealError NOT_FOUND if no sealed() column of this name replaces a plaintext column */
const onColumn = (
	config: Config,
	{ coordinate }: OfColumn,
	work: (installation: Installation, field: FieldMove) => Promise<CommandResult>,
): Promise<CommandResult> =>
	withInstallation(config, async (installation) => {
		const field = fieldMoves().find((each) => each.coordinate === coordinate);
		if (!field)
			throw new FirmsealError(
				'NOT_FOUND',
				`${coordinate} replaces no plaintext column: declare it with sealed(…, { from: … }). \`firmseal migrate plan\` lists the columns that do.`,
			);
		return work(installation, field);
	});

async function plan({ worker }: Installation): Promise<CommandResult> {
	const fields = fieldMoves();
	const moves = await worker.read(null, selectColumnMoves);
	const columns = [];
	for (const { coordinate, table: of, from, type, to, field, file } of fields) {
		const { rows: about, bytes, isPrepared } = await worker.read(null, (tx) => selectMovePlan(tx, { table: of, from }));
		const phase = moves.find((each) => each.coordinate === coordinate)?.phase ?? 'PLANNED';
		const format = file ? 'object' : field.movedFrom;
		columns.push({
			coordinate,
			table: of,
			from,
			type,
			format,
			to,
			class: field.class,
			phase,
			isPrepared,
			rows: about,
			bytes,
		});
	}
	if (columns.length === 0)
		return {
			result: { columns },
			text: 'No sealed() column replaces a plaintext column: declare one with { from: … }.',
		};
	return {
		result: { columns },
		text: table(
			['column', 'from', 'type', 'format', 'to', 'phase', 'rows, about', 'bytes'],
			columns.map((each) => [
				each.coordinate,
				`${each.table}.${each.from}`,
				each.type,
				each.format,
				each.to,
				each.phase,
				each.rows,
				each.bytes,
			]),
		),
		problem: columns.some(({ isPrepared }) => !isPrepared)
			? 'The database is not prepared for all of these columns: run `firmseal init`.'
			: undefined,
	};
}

const KINDS = ['BACKFILL', 'VERIFY', 'CLEAR'] as const;

interface Counted {
	readonly firms: number;
	readonly open: number;
	readonly failedFirms: number;
	readonly done: number;
	readonly failed: number;
	readonly findings: Readonly<Record<string, number>>;
}

/** The sums over the newest job of each firm. */
function countOf(jobs: readonly JobRow[]): Counted {
	const findings: Record<string, number> = {};
	for (const each of jobs)
		for (const [name, count] of Object.entries(each.findings ?? {}))
			if (name !== 'plaintextOnlyWrites') findings[name] = (findings[name] ?? 0) + count;
	const sum = (of: (job: JobRow) => number) => jobs.reduce((all, job) => all + of(job), 0);
	return {
		firms: jobs.length,
		open: jobs.filter(({ endedAt }) => endedAt === null).length,
		failedFirms: jobs.filter(({ state }) => state === 'FAILED').length,
		done: sum(({ done }) => done),
		failed: sum(({ failed }) => failed),
		findings,
	};
}

/** The report's SHA-256, and the log entry that has it. */
async function namedOf({ operatorPlane }: Pick<InstallationWithOperatorPlane, 'operatorPlane'>, report: string | null) {
	if (report === null) return { reportSha256: null, reportEntryId: null };
	const reportSha256 = hash('sha256', report, 'hex');
	const of = { firm: PLATFORM_FIRM_ID, action: 'column.report', hash: reportSha256 } as const;
	return { reportSha256, reportEntryId: await operatorPlane.read(null, (tx) => selectEntryNamingHash(tx, of)) };
}

async function status({ worker, operatorPlane }: InstallationWithOperatorPlane): Promise<CommandResult> {
	const { moves, writes, counts } = await worker.read(null, async (tx) => {
		const found = await selectColumnMoves(tx);
		const counted: Record<string, Record<string, Counted>> = {};
		for (const { coordinate } of found) {
			const byKind: Record<string, Counted> = {};
			for (const kind of KINDS) byKind[kind] = countOf(await selectNewestJobs(tx, kind, coordinate));
			counted[coordinate] = byKind;
		}
		return { moves: found, writes: await selectPlaintextOnlyWrites(tx), counts: counted };
	});
	const shown = async ({ coordinate, table: of, from, to, phase, movedAt, rewrittenAt, report }: ColumnMoveRow) => ({
		coordinate,
		table: of,
		from,
		to,
		phase,
		movedAt,
		rewrittenAt,
		jobs: counts[coordinate],
		report: report === null ? null : (JSON.parse(report) as unknown),
		reportText: report,
		...(await namedOf({ operatorPlane }, report)),
	});
	const lines = table(
		['column', 'phase', 'since', 'backfilled', 'same', 'different', 'cleared', 'firms failed'],
		moves.map(({ coordinate, phase, movedAt }) => {
			const { BACKFILL, VERIFY, CLEAR } = counts[coordinate] ?? {};
			const failures = [BACKFILL, VERIFY, CLEAR].reduce((all, each) => all + (each?.failedFirms ?? 0), 0);
			return [
				coordinate,
				phase,
				movedAt.toISOString(),
				BACKFILL?.done,
				VERIFY?.done,
				VERIFY?.failed,
				CLEAR?.done,
				failures,
			];
		}),
	);
	return {
		result: {
			columns: await Promise.all(moves.map(shown)),
			writesWithoutCiphertext: writes.plaintextOnly,
			writesRefused: writes.refused,
		},
		text: `${moves.length === 0 ? 'No column is being migrated.' : lines}\nWrites without ciphertext: ${writes.plaintextOnly}; refused: ${writes.refused}.`,
	};
}
