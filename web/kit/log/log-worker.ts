import { trustWorker } from '../trusted-worker.ts';
import { WorkerAlarm } from './alarm.ts';
import type { FromLogWorker, LogWorker, TaskInput, TaskName, TaskOutput, ToLogWorker } from './messages.ts';
// oxlint-disable-next-line import/default -- Vite builds the worker as a file of its own, and gives its address.
import workerUrl from './worker.ts?worker&url';

const startWorker = trustWorker(workerUrl);

export function startLogWorker(): LogWorker {
	const worker = startWorker();
	const waiting = new Map<number, PromiseWithResolvers<unknown>>();
	let last = 0;
	let failure: Error | null = null;
	const fail = (error: Error) => {
		failure = error;
		for (const asked of waiting.values()) asked.reject(error);
		waiting.clear();
	};
	worker.addEventListener('message', ({ data: { id, answer } }: MessageEvent<FromLogWorker>) => {
		const asked = waiting.get(id);
		waiting.delete(id);
		if (answer.kind === 'DONE') asked?.resolve(answer.output);
		else if (answer.kind === 'ALARM') asked?.reject(new WorkerAlarm(answer.alarm, answer.why, answer.summary));
		else asked?.reject(new Error(answer.why));
	});
	// Fail closed: a worker that can't be loaded has verified nothing.
	worker.addEventListener('error', () => fail(new Error('The check could not be started: reload the page.')));
	return {
		do<Name extends TaskName>(name: Name, input: TaskInput<Name>) {
			if (failure !== null) return Promise.reject(failure);
			const asked = Promise.withResolvers<unknown>();
			waiting.set(++last, asked);
			worker.postMessage({ id: last, name, input } satisfies ToLogWorker);
			return asked.promise as Promise<TaskOutput<Name>>;
		},
		end() {
			worker.terminate();
			fail(new Error('The check was ended.'));
		},
	};
}
