import { assertAble, UnableError } from '../../verify/self-test.ts';
import { sha256 } from '../../verify/sha256.ts';
import { LogAlarm } from './alarm.ts';
import { BundleFile } from './bundle-file.ts';
import { openForgetfulStore, openKeptStore } from './kept-store.ts';
import { LogSession } from './log-session.ts';
import type { FromLogWorker, LogTasks, TaskName, ToLogWorker } from './messages.ts';
import type { OfferedCheckpoint } from './offered-log.ts';

/** Checks the log beside the page, so that the page can always be used. It has no token and sends nothing: the page gives it what it reads. */
let session: LogSession | null = null;
let offeredCheckpoint: OfferedCheckpoint | null = null;
let bundle: BundleFile | null = null;

function begun(): LogSession {
	if (session === null) throw new Error('The check has not begun.');
	return session;
}

type Awaitable<Task> = Task extends (input: infer Input) => infer Output
	? (input: Input) => Output | Promise<Output>
	: never;

const tasks: { readonly [Name in TaskName]: Awaitable<LogTasks[Name]> } = {
	async BEGIN(firm) {
		await assertAble();
		const options = { firm, sha256, now: () => new Date().toISOString() };
		session = new LogSession({ ...options, store: openKeptStore() });
		try {
			return { size: await session.begin(), keeps: true, summary: session.summary() };
		} catch {
			session = new LogSession({ ...options, store: openForgetfulStore() });
			return { size: await session.begin(), keeps: false, summary: null };
		}
	},
	async ACCEPT({ offered, trustsOffered }) {
		const accepted = await begun().accept(offered, trustsOffered);
		offeredCheckpoint = offered.checkpoint;
		return { ...accepted, summary: begun().summary() };
	},
	ADD: (leaves) => begun().add(leaves),
	FINISH: async () => ({ again: await begun().finish(), summary: begun().summary() }),
	async KEEP_ALARM({ alarm, why }) {
		await begun().keepAlarm(new LogAlarm(alarm, why));
		return begun().summary();
	},
	COMPARE: ({ shown, size }) => begun().compare(shown, size),
	BUNDLE_BEGIN() {
		const { kept } = begun();
		if (kept === null || offeredCheckpoint === null) throw new Error('No checkpoint was accepted.');
		bundle = new BundleFile(kept, offeredCheckpoint);
		return { size: kept.head.size };
	},
	BUNDLE_ADD: (leaves) => bundle?.add(leaves) ?? 0,
	async BUNDLE_END() {
		const ended = await bundle?.end(sha256);
		bundle = null;
		return ended ?? { refused: 'Nothing was exported.' };
	},
};

async function answer({ name, input }: ToLogWorker): Promise<FromLogWorker['answer']> {
	try {
		return { kind: 'DONE', output: await (tasks[name] as (input: unknown) => unknown)(input) };
	} catch (error) {
		if (error instanceof LogAlarm)
			return { kind: 'ALARM', alarm: error.kind, why: error.message, summary: session?.summary() ?? null };
		const isKnown = error instanceof UnableError;
		return {
			kind: 'FAILED',
			why: isKnown ? error.message : `The check itself failed (${Object(error).name}): reload the page.`,
		};
	}
}

self.addEventListener('message', ({ data }: MessageEvent<ToLogWorker>) => {
	void answer(data).then((answered) => self.postMessage({ id: data.id, answer: answered } satisfies FromLogWorker));
});
