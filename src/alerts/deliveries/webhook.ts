/** What is sent of one notice or alert. */
export interface WebhookMessage {
	/** The same at each attempt, so that the receiver knows a repetition. */
	readonly id: string;
	/** JSON. */
	readonly body: string;
}

export interface WebhookOutcome {
	/** The receiver has said that it took the message. */
	readonly delivered: boolean;
	/** The status of its answer, or a word for why there is none, such as TIMEOUT: capitals, digits and underscores, at most 32. */
	readonly outcome: string;
}

/** What close() makes of a message that is under way: nobody's fault. */
export const STOPPED = 'STOPPED';

/** Where notices and alerts are sent to. */
export interface Webhook {
	/**
	 * Sends a message, signed, and waits for the answer, 10 seconds at most. Never throws: whatever keeps the message from
	 * being taken is an outcome. One that wasn't delivered may have arrived nevertheless.
	 */
	send(message: WebhookMessage): Promise<WebhookOutcome>;
	/** Gives up what is under way, which is STOPPED then; nothing is sent any more. */
	close(): void;
}
