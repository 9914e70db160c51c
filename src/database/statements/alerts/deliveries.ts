import { and, eq, inArray, isNull, sql } from 'drizzle-orm';
import type { Transaction } from '../../plane.ts';
import { alerts, invitations, notices, webhookDeliveries } from '../../tables/index.ts';
import type { NoticeRow } from '../people/notices.ts';
import { type AlertMessageRow, selectAlertsToSend } from './alerts.ts';

/** Message id of the row that says that there is a webhook, and since when. */
const BEGINNING = '00000000-0000-0000-0000-000000000000';

/** From the first call on, new notices and alerts are queued for the webhook. */
export async function enableDeliveries(tx: Transaction): Promise<void> {
	await tx
		.insert(webhookDeliveries)
		.values({ messageId: BEGINNING, nextAt: sql`now()`, deliveredAt: sql`now()` })
		.onConflictDoNothing();
}

/** A message to send now. `attempts` includes this one. */
export type DueMessage = { readonly id: string; readonly attempts: number } & (
	| { readonly notice: Pick<NoticeRow, 'id' | 'firmId' | 'kind' | 'leaseId' | 'invitationId' | 'createdAt'> }
	| { readonly alert: AlertMessageRow }
);

/**
 * Claims due messages for 30 seconds, so that no other process sends them; if this process ends, another one sends them after that. Messages about
 * jobs come last, the others by turn. A due time beyond the longest wait comes from a clock that was ahead, and counts as due. An invitation
 * whose notice is counted in another one is sent as a separate notice. A message whose row is gone is marked delivered.
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
	const dueNotices = await tx
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
	const rest = without(dueNotices, ids);
	const counted = await selectInvitationsToSend(tx, rest);
	const others = await selectAlertsToSend(tx, without(counted, rest));
	for (const id of without(others, without(counted, rest))) await markDelivered(tx, id, 'GONE');
	return [
		...[...dueNotices, ...counted].map((notice) => ({ ...due(notice.id), notice })),
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

/** Schedules the next attempt in `milliseconds`. Does nothing if another process has claimed the message since. */
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
	/** When the oldest was created; null if there are none. */
	readonly oldest: Date | null;
	/** Outcome of the last attempt at the oldest; null if there was none. */
	readonly outcome: string | null;
}

/** Messages that the webhook has not accepted within 24 hours. */
export async function selectLateDeliveries(tx: Transaction): Promise<LateDeliveries> {
	const createdAt = sql<Date>`coalesce(${notices.createdAt}, ${alerts.openedAt})`;
	const [row] = await tx
		.select({
			count: sql<number>`(count(*) over ())::int`,
			oldest: createdAt.mapWith(notices.createdAt),
			outcome: webhookDeliveries.outcome,
		})
		.from(webhookDeliveries)
		.leftJoin(notices, eq(notices.id, webhookDeliveries.messageId))
		.leftJoin(alerts, eq(alerts.id, webhookDeliveries.messageId))
		.where(and(isNull(webhookDeliveries.deliveredAt), sql`${createdAt} <= clock_timestamp() - interval '24 hours'`))
		.orderBy(createdAt)
		.limit(1);
	return row ?? { count: 0, oldest: null, outcome: null };
}
