import type { Config } from '../../config/index.ts';
import {
	type CallApi,
	firmIdOf,
	followPages,
	invalidApiAnswer,
	isListOf,
	operationCaller,
	pages,
} from '../call/index.ts';
import { type CommandResult, table } from '../command.ts';
import { type LabelledValue, markedRows } from '../print/index.ts';
import { type ApiLease, assertLeaseForm, decisionRows, findLease, requestRows } from './api-lease.ts';
import { assertKnownForms } from './known-forms.ts';

export interface ListOptions {
	readonly firm?: string;
	readonly state?: string;
}

export async function listLeases(config: Config, options: ListOptions): Promise<CommandResult> {
	const ask = operationCaller(config);
	const firmId = options.firm === undefined ? null : await firmIdOf(ask, options.firm);
	const leases: ApiLease[] = [];
	const filter = options.state === undefined ? null : { state: options.state };
	const variables = { firmId, orderBy: 'REQUESTED_AT_DESC', filter };
	for await (const page of pages<ApiLease>(ask, 'break-glass-leases', 'breakGlassLeases', variables))
		leases.push(...page.map(assertLeaseForm));
	const rows = leases.map((each) => [
		each.id,
		each.firm.slug,
		each.state,
		each.purpose,
		each.ticket,
		each.classes.join(','),
		each.requestedAt,
		each.expiresAt,
		each.used,
		each.isReviewed ? 'yes' : 'no',
	]);
	const head = ['lease', 'firm', 'state', 'purpose', 'ticket', 'classes', 'requested', 'expires', 'taken', 'reviewed'];
	return { result: { leases }, text: table(head, rows) };
}

export interface LeaseOpening {
	readonly at: string;
	readonly coordinates: readonly string[];
	readonly recordIds: readonly string[];
}

interface Report {
	readonly nodes: readonly LeaseOpening[];
	readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
}

/** Shows all of one lease. `isWithOpenings` adds the report of what was opened; the audit log records each reading of the report. */
export async function showLease(config: Config, id: string, isWithOpenings: boolean): Promise<CommandResult> {
	const ask = operationCaller(config);
	const lease = await findLease(ask, id);
	const lines = markedRows([...leaseStatusRows(lease), ...decisionRows(lease)]);
	if (!isWithOpenings) return { result: { lease }, text: lines };
	const openings = await openingsOf(ask, id);
	if (openings === null) return { result: { lease, openings }, text: `${lines}\n${NOT_FOR_YOU}` };
	const opened = openings.map((each) => [each.at, each.coordinates.join(','), each.recordIds.join(',')]);
	return { result: { lease, openings }, text: `${lines}\n\n${table(['opened', 'fields', 'records'], opened)}` };
}

/** The request, and the state of the lease now. */
export const leaseStatusRows = (lease: ApiLease): LabelledValue[] => [
	...requestRows(lease),
	['values taken', `${lease.used}`],
	...(lease.expiresAt === null ? [] : [['ends', lease.endedAt ?? lease.expiresAt] as const]),
	['reviewed', lease.isReviewed ? 'yes' : 'no'],
];

/** The whole report of what was opened; null if this person may not see it. */
export async function openingsOf(ask: CallApi, id: string): Promise<LeaseOpening[] | null> {
	const pageAfter = async (after: string | null) => {
		const data = await ask('break-glass-openings', { id, first: 500, after });
		return (data.breakGlassLease as { readonly openings: Report | null } | null)?.openings ?? null;
	};
	const first = await pageAfter(null);
	if (first === null) return null;
	const openings: LeaseOpening[] = [];
	const pages = followPages<LeaseOpening>(async (after) =>
		after === null ? first : ((await pageAfter(after)) as Report),
	);
	for await (const page of pages) {
		if (!page.every(isOpening)) throw invalidApiAnswer();
		openings.push(...page);
	}
	assertKnownForms({
		times: openings.map(({ at }) => at),
		fields: openings.flatMap(({ coordinates }) => coordinates),
	});
	return openings;
}

const isOpening = ({ at, coordinates, recordIds }: LeaseOpening): boolean =>
	typeof at === 'string' &&
	[coordinates, recordIds].every((list) => isListOf(list, (each) => typeof each === 'string'));

export const NOT_FOR_YOU =
	'Only the firm’s owners, the operator who asked for the lease, approvers and auditors may see what was opened.';
