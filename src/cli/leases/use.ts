import { escapeHiddenCharacters } from '../../access/index.ts';
import type { Config } from '../../config/index.ts';
import { FirmsealError } from '../../errors.ts';
import {
	type CallApiPartially,
	invalidApiAnswer,
	isListOf,
	isObject,
	leaseCaller,
	operationCaller,
	type PartialAnswer,
} from '../call/index.ts';
import { type CommandResult, jsonLine, plural, toCommandError } from '../command.ts';
import { currentIo } from '../io.ts';
import { type ApiLease, findLease } from './api-lease.ts';
import { readListOperation, readOneOperation } from './read-operations.ts';

export interface UseOptions {
	readonly lease: string;
	readonly id?: readonly string[];
	readonly type?: string;
	readonly thread?: string;
	readonly on?: string;
	readonly first?: number;
	readonly after?: string;
	readonly json?: boolean;
}

/** A query under the lease. It answers one record or a page of records. */
export interface ReadOperation {
	readonly operation: string;
	readonly variables: Readonly<Record<string, unknown>>;
	/** The type of the records. */
	readonly type: string;
	/** For a page that belongs to a record: the field of the record that holds the page. */
	readonly within?: string;
}

interface Page {
	readonly nodes: readonly object[];
	readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string };
}

/** Reads content under a lease: the named records, or one page of a list. Writes each record as a line of JSON to standard output. */
export async function useLease(config: Config, options: UseOptions): Promise<CommandResult> {
	const ask = operationCaller(config);
	const lease = await findLease(ask, options.lease);
	requireActive(lease);
	// Looks up all records before opening the first, so that a wrong id costs nothing of the budget.
	const readings = options.id
		? await Promise.all(options.id.map((id) => readOneOperation(ask, lease, id)))
		: [await readListOperation(ask, lease, options)];
	const { read, end: endOfReading } = await readAll(leaseCaller(config, lease.id), readings, options.json !== true);
	let end = endOfReading;
	const after = await findLease(ask, lease.id).catch((error: unknown) => {
		end ??= toCommandError(error);
		return null;
	});
	const problem =
		end?.message ??
		(read.errors.length > 0
			? `${plural(read.errors.length, 'value')} could not be opened, and ${read.errors.length === 1 ? 'is' : 'are'} null: ${read.errors[0]?.message}`
			: undefined);
	return {
		result: { ...read, lease: after && budgetOf(after) },
		text: [
			`${plural(read.records.length, 'record')} read.`,
			...sealedLines(read),
			...(after === null ? [] : [budgetLine(after)]),
			...(read.next === null
				? []
				: [`There are more: continue with --after ${escapeHiddenCharacters(read.next, 'LINE')}`]),
		].join('\n'),
		hasWrittenOutput: options.json !== true,
		problem,
		code: end?.code,
	};
}

interface Read {
	readonly records: object[];
	readonly sealed: PartialAnswer['sealed'][number][];
	readonly errors: { readonly path: readonly (string | number)[]; readonly code: string; readonly message: string }[];
	/** The cursor where the rest of the list begins; null at the end of the list. */
	next: string | null;
}

interface AllRead {
	readonly read: Read;
	/** The error that stopped the reading early; null if everything was read. */
	readonly end: { readonly code: string; readonly message: string } | null;
}

/**
 * Returns what was opened even if a later query fails, because opened values count against the budget and are on record.
 * @throws the error of the query, if nothing was opened before it
 */
async function readAll(
	under: CallApiPartially,
	readings: readonly ReadOperation[],
	isPrinted: boolean,
): Promise<AllRead> {
	const read: Read = { records: [], sealed: [], errors: [], next: null };
	for (const { operation, variables, type, within } of readings) {
		let answer: PartialAnswer;
		let page: Page;
		try {
			answer = await under(operation, variables);
			const [root] = Object.values(answer.data) as (Record<string, unknown> | null)[];
			page = pageOf(within === undefined ? root : root?.[within]);
		} catch (error) {
			if (read.records.length === 0) throw error;
			return { read, end: toCommandError(error) };
		}
		const { sealed, errors } = answer;
		if (page.pageInfo.hasNextPage) read.next = page.pageInfo.endCursor;
		for (const record of page.nodes) {
			const typed = { type, ...record };
			read.records.push(typed);
			if (isPrinted) currentIo().stdout.write(jsonLine(typed));
		}
		read.sealed.push(...sealed);
		read.errors.push(...errors.map(({ path, error: { code, message } }) => ({ path, code, message })));
	}
	return { read, end: null };
}

/** A single record becomes a page of one. @throws SetupError for an answer that is neither a record nor a page */
function pageOf(found: unknown): Page {
	if (isObject(found) && !('nodes' in found)) return { nodes: [found], pageInfo: NO_MORE };
	const { nodes, pageInfo }: Partial<Page> = found ?? { nodes: [], pageInfo: NO_MORE };
	if (!isListOf(nodes, isObject) || !isObject(pageInfo) || typeof (pageInfo.endCursor ?? '') !== 'string')
		throw invalidApiAnswer();
	return { nodes, pageInfo };
}

const NO_MORE = { hasNextPage: false, endCursor: '' };

/** The API refuses such a lease too, but this error also names the missing step. @throws FirmsealError LEASE_NOT_ACTIVE */
function requireActive({ id, state }: ApiLease): void {
	if (state === 'ACTIVE') return;
	const next =
		state === 'APPROVED'
			? `Activate it with \`firmseal lease activate --lease ${id}\`.`
			: state === 'REQUESTED'
				? 'It waits for approvals.'
				: state === 'ACTIVATING'
					? 'It waits for the broker.'
					: 'It has ended: ask for another one.';
	throw new FirmsealError('LEASE_NOT_ACTIVE', `The lease is ${state}, so it opens nothing. ${next}`);
}

const budgetOf = ({ id, state, used, readBudget, expiresAt }: ApiLease) => ({
	id,
	state,
	used,
	readBudget,
	remaining: readBudget === null ? null : Math.max(0, readBudget - used),
	expiresAt,
});

function budgetLine(lease: ApiLease): string {
	const { state, used, readBudget, remaining, expiresAt } = budgetOf(lease);
	const budget = readBudget === null ? `${used}, without a limit` : `${used} of ${readBudget}, ${remaining} remain`;
	if (state !== 'ACTIVE') return `Values taken under the lease: ${budget}. The lease is ${state}.`;
	const minutes = Math.max(0, Math.ceil((Date.parse(expiresAt ?? '') - Date.now()) / 60_000));
	return `Values taken under the lease: ${budget}. It ends on ${expiresAt}, in ${plural(minutes, 'minute')}.`;
}

const REASONS: Readonly<Record<string, string>> = {
	NO_LEASE: 'no lease covers it',
	CLASS: 'its class is outside the lease',
	COORDINATE: 'the field is outside the lease',
	RECORD: 'the record is outside the lease',
};

const sealedLines = ({ sealed }: Read): string[] =>
	sealed.map(
		({ coordinate, reason, count }) =>
			`Withheld: ${escapeHiddenCharacters(`${coordinate}`, 'LINE')} on ${plural(Number(count), 'record')}, because ${REASONS[reason] ?? escapeHiddenCharacters(`${reason}`, 'LINE')}.`,
	);
