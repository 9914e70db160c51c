import { and, eq, inArray, isNull, sql } from 'drizzle-orm';
import type { Transaction } from '../../plane.ts';
import { alerts, invitations, notices, webhookDeliveries } from '../../tables/index.ts';
import type { NoticeRow } from '../people/notices.ts';
import { type AlertMessageRow, selectAlertsToSend } from './alerts.ts';

/** Stands where a message's id would: that there is a webhook, and since when. */
const BEGINNING = '00000000-0000-0000-0000-000000000000';

/** From the first time on, notices and alerts are queued as they are told. */
export async function enableDeliveries(tx: Transaction): Promise<void> {
	await tx
		.insert(webhookDeliveries)
		.values({ messageId: BEGINNING, nextAt: sql`now()`, deliveredAt: sql`now()` })
		.onConflictDoNothing();
}

/** What is to be sent now; `attempts`: this one included. */
export type DueMessage = { readonly id: string; readonly attempts: number } & (
	| { readonly notice: Pick<NoticeRow, 'id' | 'firmId' | 'kind' | 'leaseId' | 'invitationId' | 'createdAt'> }
	| { readonly alert: AlertMessageRow }
);

/**
 * Takes messages that are due for half a minute, those of jobs after all others and the others in turn, so that no one else sends them
 * meanwhile; those of a process that is gone are sent again after that. What is due later than any wait can be has its time from a clock that was ahead. An invitation whose
 * notice is counted in another is sent as a notice of its own; what is there no more is done with.
 */
export async function claimDeliveries(tx: Transaction, most: number): Promise<DueMessage[]> {
	const { rows } = await tx.execute(sql`
		with due as (
			select message_id from public.webhook_deliveries
			where delivered_at is null and (next_at <= now() or next_at > now() + interval '61 minutes')
			order by after_others, turn_at limit ${most} for update skip locked
		)
		update public.webhook_deliveries d set attempts = d.attempts + 1, next_at = clock_timestamp() + interval '30 seconds'
		from due where d.message_id = due.message_id
		returning d.message_id as id, d.attempts`);
	if (rows.length === 0) return [];
	const attempts = new Map(rows.map((row) => [row.id as string, Number(row.attempts)]));
	const ids = [...attempts.keys()];
	const toldNotices = await tx
		.select({
			id: notices.id,
			firmId: notices.firmId,
			kind: notices.kind,
			leaseId: notices.leaseId,
			invitationId: notices.invitationId,
			createdAt: notices.createdAt,
		})
		.from(notices)
		.where(inArray(notices.id, ids));
	const due = (id: string) => ({ id, attempts: attempts.get(id) ?? 1 });
	const without = (found: readonly { readonly id: string }[], all: readonly string[]) =>
		all.filter((id) => !found.some((each) => each.id === id));
	const rest = without(toldNotices, ids);
	const counted = await selectInvitationsToSend(tx, rest);
	const others = await selectAlertsToSend(tx, without(counted, rest));
	for (const id of without(others, without(counted, rest))) await markDelivered(tx, id, 'GONE');
	return [
		...[...toldNotices, ...counted].map((notice) => ({ ...due(notice.id), notice })),
		...others.map((alert) => ({ ...due(alert.id), alert })),
	];
}

async function selectInvitationsToSend(tx: Transaction, ids: readonly string[]) {
	if (ids.length === 0) return [];
	const { id, firmId, createdAt } = invitations;
	const rows = await tx
		.select({ id, firmId, createdAt })
		.from(invitations)
		.where(inArray(id, [...ids]));
	return rows.map((row) => ({ ...row, kind: 'MEMBER_INVITED' as const, leaseId: null, invitationId: row.id }));
}

/** `outcome`: capitals, digits and underscores, at most 32. */
export async function markDelivered(tx: Transaction, id: string, outcome: string): Promise<void> {
	await tx
		.update(webhookDeliveries)
		.set({ outcome, deliveredAt: sql`clock_timestamp()` })
		.where(and(eq(webhookDeliveries.messageId, id), isNull(webhookDeliveries.deliveredAt)));
}

/** To be sent again after `milliseconds`; nothing if someone else has taken it since. */
export async function postponeDelivery(
	tx: Transaction,
	{ id, attempts }: Pick<DueMessage, 'id' | 'attempts'>,
	{ outcome, milliseconds }: { readonly outcome: string; readonly milliseconds: number },
): Promise<void> {
	await tx
		.update(webhookDeliveries)
		.set({ outcome, nextAt: sql`clock_timestamp() + ${milliseconds} * interval '1 millisecond'` })
		.where(
			and(
				eq(webhookDeliveries.messageId, id),
				eq(webhookDeliveries.attempts, attempts),
				isNull(webhookDeliveries.deliveredAt),
			),
		);
}

export type DeliveryRow = typeof webhookDeliveries.$inferSelect;

export const selectDeliveries = (tx: Transaction, messages: readonly string[]): Promise<DeliveryRow[]> =>
	tx
		.select()
		.from(webhookDeliveries)
		.where(inArray(webhookDeliveries.messageId, [...messages]));

export interface LateDeliveries {
	readonly count: number;
	/** When the oldest was told; null: there are none. */
	readonly oldest: Date | null;
	/** What the last attempt at the oldest came to; null: there was none. */
	readonly outcome: string | null;
}

/** Messages that the webhook hasn't taken within 24 hours. */
export async function selectLateDeliveries(tx: Transaction): Promise<LateDeliveries> {
	const toldAt = sql<Date>`coalesce(${notices.createdAt}, ${alerts.openedAt})`;
	const [row] = await tx
		.select({
			count: sql<number>`(count(*) over ())::int`,
			oldest: toldAt.mapWith(notices.createdAt),
			outcome: webhookDeliveries.outcome,
		})
		.from(webhookDeliveries)
		.leftJoin(notices, eq(notices.id, webhookDeliveries.messageId))
		.leftJoin(alerts, eq(alerts.id, webhookDeliveries.messageId))
		.where(and(isNull(webhookDeliveries.deliveredAt), sql`${toldAt} <= clock_timestamp() - interval '24 hours'`))
		.orderBy(toldAt)
		.limit(1);
	return row ?? { count: 0, oldest: null, outcome: null };
}
