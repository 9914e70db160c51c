import { claimDeliveries, type DueMessage, markDelivered, type Plane, postponeDelivery } from '../../database/index.ts';
import { FirmsealError } from '../../errors.ts';
import { STOPPED, type Webhook, type WebhookMessage } from './webhook.ts';

export interface DeliveryParts {
	/** The worker's plane. */
	readonly plane: Plane;
	readonly webhook: Webhook;
	/** The part of the message that lets the invited person join, or null if the invitation is over or its owner brings the link. Throws if that is unknown now. */
	readonly invitationOf: (id: string) => Promise<object | null>;
	/** `Math.random` unless given. */
	readonly random?: () => number;
}

export interface DeliveredBatch {
	/** Whether more messages may be due. */
	readonly more: boolean;
	/** The number of messages that were not delivered, by outcome. */
	readonly failed: ReadonlyMap<string, number>;
}

/** Messages that are sent at the same time. */
const MOST = 16;

/**
 * Sends some of the notices and alerts that are due. The outcome of each is recorded as soon as it is known. A message whose outcome can't be
 * recorded is sent again: delivery is at least once, and never by two workers at a time. A message that can't be made is postponed like one
 * that isn't delivered, so that it doesn't block others. Throws what the database throws.
 */
export async function deliverBatch({
	plane,
	webhook,
	invitationOf,
	random = Math.random,
}: DeliveryParts): Promise<DeliveredBatch> {
	const due = await plane.write(null, (tx) => claimDeliveries(tx, MOST));
	const failed = new Map<string, number>();
	const send = async (message: DueMessage) => {
		const id = 'notice' in message && message.notice.kind === INVITED ? message.notice.invitationId : null;
		try {
			const more = id === null ? undefined : { invitation: await invitationOf(id) };
			return await webhook.send(messageOf(message, more));
		} catch (error) {
			return { delivered: false, outcome: error instanceof FirmsealError ? error.code : 'INTERNAL' };
		}
	};
	const settled = await Promise.allSettled(
		due.map(async (message) => {
			const { delivered, outcome } = await send(message);
			if (delivered) return plane.write(null, (tx) => markDelivered(tx, message.id, outcome));
			if (outcome !== STOPPED) failed.set(outcome, (failed.get(outcome) ?? 0) + 1);
			const milliseconds = outcome === STOPPED ? 0 : webhookRetryDelay(message.attempts, random);
			return plane.write(null, (tx) => postponeDelivery(tx, message, { outcome, milliseconds }));
		}),
	);
	const broken = settled.find((each) => each.status === 'rejected');
	if (broken) throw broken.reason;
	return { more: due.length === MOST, failed };
}

/** The kind of notice that carries an invitation. */
const INVITED = 'MEMBER_INVITED';

/** Contains ids, our own words, numbers and times: no text that a person wrote, and no name. `more`: the part of an invitation. */
function messageOf(due: DueMessage, more?: object): WebhookMessage {
	const { type, at, data } = 'notice' in due ? ofNotice(due.notice) : ofAlert(due.alert);
	return { id: due.id, body: JSON.stringify({ type, timestamp: at.toISOString(), data: { ...data, ...more } }) };
}

const ofNotice = ({ id, kind, firmId, leaseId, createdAt }: Extract<DueMessage, { notice: unknown }>['notice']) => ({
	type: 'notice',
	at: createdAt,
	data: { id, kind, firmId, leaseId, createdAt },
});

const ofAlert = ({ openedAt, ...alert }: Extract<DueMessage, { alert: unknown }>['alert']) => ({
	type: 'alert',
	at: openedAt,
	data: { ...alert, openedAt },
});

/** Milliseconds: the longest wait after the first attempt, and after any attempt. */
const FIRST_DELAY = 1_000;
const MAX_DELAY = 60 * 60 * 1_000;

/**
 * Milliseconds to wait after attempt number `attempts`: a random part of a limit that is a second at first, doubles with each attempt, and is
 * an hour at most. The whole wait is random (full jitter), so that messages that failed together aren't sent again together. `random`
 * returns a number from 0 and below 1.
 */
export const webhookRetryDelay = (attempts: number, random: () => number): number =>
	Math.floor(random() * Math.min(MAX_DELAY, FIRST_DELAY * 2 ** Math.min(attempts - 1, 30)));
