import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** A process of its own that asks servers, so that its work is in no server's event loop. */
export interface LoadProcess<Question, Answer> {
	/** One at a time. @throws Error as the process says it. */
	run(question: Question): Promise<Answer>;
	stop(): Promise<void>;
}

/** `file`: a module that calls answerMessages(). Only where the peers are installed. */
export function startLoadProcess<Question extends object, Answer extends object>(
	file: URL,
	signal: AbortSignal,
): LoadProcess<Question, Answer> {
	const child = fork(fileURLToPath(file), { stdio: ['ignore', 'ignore', 'inherit', 'ipc'], signal });
	const ended = once(child, 'exit');
	// Whoever asks hears of it.
	ended.catch(() => {});
	return {
		async run(question) {
			signal.throwIfAborted();
			const answer = once(child, 'message');
			child.send(question);
			const [said] = await Promise.race([answer, ended.then(() => [{ failed: 'The asking process ended.' }])]);
			const { failed, ...answered } = said as Answer & { readonly failed?: string };
			if (failed !== undefined) throw new Error(failed);
			return answered as Answer;
		},
		async stop() {
			if (child.connected) child.disconnect();
			await ended.catch(() => {});
		},
	};
}

/** The process's side. */
export function answerMessages<Question>(answer: (question: Question) => Promise<object>): void {
	process.on('message', (question: Question) => {
		answer(question).then(
			(answered) => process.send?.(answered),
			(error: unknown) => process.send?.({ failed: error instanceof Error ? error.message : 'unknown error' }),
		);
	});
}
