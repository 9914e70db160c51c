/** The message of one notice or alert. */
export interface WebhookMessage {
	/** The same in each attempt, so that the receiver recognizes a repetition. */
	readonly id: string;
	/** JSON. */
	readonly body: string;
}

export interface WebhookOutcome {
	/** Whether the receiver confirmed the message. */
	readonly delivered: boolean;
	/** The status of the answer, or a word that says why there is none, such as TIMEOUT: at most 32 capitals, digits and underscores. */
	readonly outcome: string;
}

/** The outcome of a message that was under way at close(). It is not a failure of the receiver. */
export const STOPPED = 'STOPPED';

/** The receiver of notices and alerts. */
export interface Webhook {
	/**
	 * Signs and sends a message, and waits for the answer, 10 seconds at most. Never throws: every failure is an outcome. A message that
	 * wasn't delivered may still have arrived.
	 */
	send(message: WebhookMessage): Promise<WebhookOutcome>;
	/** Breaks off messages under way, whose outcome is then STOPPED. Nothing is sent after that. */
	close(): void;
}
