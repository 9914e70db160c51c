import { type ErrorCode, FirmsealError } from '../../errors.ts';
import { type ToldError, VaultRefusal } from './refusal.ts';
import type { WORKER_SENTENCES } from './worker-sentences.ts';

export type WorkerReason = keyof typeof WORKER_SENTENCES;

const CODES: Readonly<Partial<Record<WorkerReason, ErrorCode>>> = {
	'not-asked': 'BAD_USER_INPUT',
	'other-tab': 'CONFLICT',
};

/** A refusal by the worker itself. Its message is the reason, until tellError() puts the sentence in. */
export const refusal = (reason: WorkerReason): VaultRefusal =>
	new VaultRefusal({ code: CODES[reason] ?? 'INTERNAL', message: reason, reason, detail: null });

/** What the page may know of an error. Only the sentences of FirmsealError are shown: others could have a value in them. */
export async function tellError(error: unknown): Promise<ToldError> {
	if (!(error instanceof FirmsealError)) return tellError(refusal('unforeseen'));
	const { code, message } = error;
	const { reason, detail } = error as { reason?: unknown; detail?: unknown };
	const textOf = (part: unknown): string | null => (typeof part === 'string' ? part : null);
	const sentence = error instanceof VaultRefusal ? await sentenceOf(message) : message;
	return { code, message: sentence, reason: textOf(reason), detail: textOf(detail) };
}

/** If the sentences do not load, a refusal says its reason: it stays a refusal. */
const sentenceOf = (reason: string): Promise<string> =>
	import('./worker-sentences.ts').then(
		({ WORKER_SENTENCES }) => WORKER_SENTENCES[reason as WorkerReason],
		() => reason,
	);
