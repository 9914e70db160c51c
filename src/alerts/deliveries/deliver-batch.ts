import { claimDeliveries, type DueMessage, markDelivered, type Plane, postponeDelivery } from '../../database/index.ts';
import { FirmsealError } from '../../errors.ts';
import { STOPPED, type Webhook, type WebhookMessage } from './webhook.ts';

export interface DeliveryParts {
	/** The worker's. */
	readonly plane: Plane;
	readonly webhook: Webhook;
	/** What is sent of an invitation beside its id; null: nothing. Throws when that can't be found out now. */
	readonly invitationOf: (id: string) => Promise<object | null>;
	/** `Math.random` unless given. */
	readonly random?: () => number;
}

/** What came of some messages. */
export interface DeliveredBatch {
	/** There may be more that are due. */
	readonly more: boolean;
	/** How often which outcome kept a message from being delivered. */
	readonly failed: ReadonlyMap<string, number>;
}

/** Sent at the same time. */
const MOST = 16;

/**
 * Sends some of the notices and alerts that are due. Each is recorded by itself as soon as it has its answer; one whose answer can't be recorded
 * is sent again: at least once, and never by two workers at a time. One that can't be made is put off like one that isn't taken, so that it
 * comes before no other at once again. Throws what the database throws.
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

/** The kind of notice that may take a link to where no one else would bring it. */
const INVITED = 'MEMBER_INVITED';

/** Ids, words of ours, numbers and times: nothing of what anybody wrote, and no name. `more`: what of an invitation is to be sent. */
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

/** Milliseconds: the most to wait after the first attempt, and after any. */
const FIRST_DELAY = 1_000;
const MAX_DELAY = 60 * 60 * 1_000;

/**
 * Milliseconds to wait after the attempt of this number: anything up to a second that doubles with each, and up to an hour at most.
 * The whole of it is left to chance, so that what failed together isn't tried again together. `random`: from 0, below 1.
 */
export const webhookRetryDelay = (attempts: number, random: () => number): number =>
	Math.floor(random() * Math.min(MAX_DELAY, FIRST_DELAY * 2 ** Math.min(attempts - 1, 30)));
