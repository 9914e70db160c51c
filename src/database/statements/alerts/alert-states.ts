import { and, eq, inArray, sql } from 'drizzle-orm';
import type { Transaction } from '../../plane.ts';
import { alertStates } from '../../tables/index.ts';
import { deleteRows } from '../delete-rows.ts';

export interface ReportedState {
	readonly rule: string;
	readonly subject: string;
	readonly mark: string;
	/** Seconds since the last report. */
	readonly seconds: number;
}

/** The states of these rules that were reported and still lasted at the last check. */
export const selectReportedStates = (tx: Transaction, rules: readonly string[]): Promise<ReportedState[]> =>
	tx
		.select({
			rule: alertStates.rule,
			subject: alertStates.subject,
			mark: alertStates.mark,
			seconds: sql<number>`extract(epoch from clock_timestamp() - ${alertStates.reportedAt})::float`,
		})
		.from(alertStates)
		.where(inArray(alertStates.rule, [...rules]));

type StateKey = Pick<ReportedState, 'rule' | 'subject' | 'mark'>;

export async function saveReportedStates(tx: Transaction, states: readonly StateKey[]): Promise<void> {
	await tx
		.insert(alertStates)
		.values([...states])
		.onConflictDoUpdate({
			target: [alertStates.rule, alertStates.subject],
			set: { mark: sql`excluded.mark`, reportedAt: sql`clock_timestamp()` },
		});
}

export async function deleteReportedState(tx: Transaction, { rule, subject }: Omit<StateKey, 'mark'>): Promise<void> {
	await deleteRows(tx, alertStates, and(eq(alertStates.rule, rule), eq(alertStates.subject, subject)));
}
