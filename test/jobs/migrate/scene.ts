import { expect } from 'vitest';
import { LOGINS, type Person, type TestFirm, type TestInstallation } from '../../support/installation.ts';
import { approveJobByCommand, type Env, endAll } from '../../system/program.ts';
import { LEGACY_FILES, type LegacyOptions, makeLegacyProgram } from './legacy.ts';
import { keepWorking, migrateAs, PHASES, type Step, stepWorking } from './working.ts';

/** A plaintext column: the program that declares it, and its name in jobs. */
interface Moved {
	readonly legacy: LegacyOptions;
	readonly subject: string;
	readonly class: string;
}

export const NOTES: Moved = { legacy: {}, subject: 'Note.body', class: 'NOTE' };
export const FILES: Moved = { legacy: LEGACY_FILES, subject: 'DocumentVersion.objectKey', class: 'DOCUMENT' };

interface LegacySceneOptions {
	/** The column of notes by default. */
	readonly moved?: Moved;
	readonly firms: readonly string[];
	readonly make: () => Promise<TestInstallation>;
}

export type LegacyScene = Awaited<ReturnType<typeof makeLegacyScene>>;

/** An installation whose database a legacy program has prepared, with firms whose column moves, and two approvers. */
export async function makeLegacyScene({ moved = NOTES, firms: slugs, make }: LegacySceneOptions) {
	const program = await makeLegacyProgram(moved.legacy);
	const installation = await make();
	const firms: TestFirm[] = [];
	for (const slug of slugs) firms.push(await installation.addFirm(slug));
	const [one, two] = [await installation.addOperator('APPROVER'), await installation.addOperator('APPROVER')];
	await program.prepare(installation);
	let worker: Pick<ReturnType<typeof keepWorking>, 'stop'> | undefined;
	let readsFiles = false;
	let isServed = false;
	const { admin } = installation;
	/** The API reads the phases of columns while the test blocks them: when the next read waits, the first one has ended. */
	async function known(): Promise<void> {
		const waiting = () => admin`
			select 1 from pg_stat_activity where datname = current_database() and usename = ${LOGINS.firm}
				and wait_event_type = 'Lock' and query like '%column_moves%'`;
		for (let looks = 0; looks < 2; looks++)
			await admin.begin(async (tx) => {
				await tx`lock table column_moves`;
				await expect.poll(waiting).not.toEqual([]);
			});
	}
	const as = (token: Person, ...args: string[]) =>
		program.command({ ...installation.env, FIRMSEAL_TOKEN: `${token}` }, ...args);
	const ends = (step: Step) =>
		migrateAs(
			installation,
			step,
			firms.map(({ id }) => id),
			moved,
		);
	return {
		program,
		installation,
		firms,
		approvers: [one, two] as const,
		serve(env: Env = {}) {
			isServed = true;
			return program.serve({ ...installation.env, ...env });
		},
		/** Waits until the API knows the phase. */
		known,
		/** Keeps a worker of the program running; it may be killed. */
		work(env: Env = {}) {
			const working = keepWorking(program, { ...installation, env: { ...installation.env, ...env } });
			worker = working;
			return working;
		},
		/** Starts a worker of the program that works when the installation's workers are stepped. */
		workInSteps() {
			worker = stepWorking(program, installation);
		},
		/** Lets workers read the files of tables. */
		async letReadFiles(): Promise<void> {
			readsFiles = true;
			await installation.admin`grant pg_read_all_settings to firmseal_maintenance with inherit true`;
		},
		migrate: (name: string, ...args: string[]) => program.command(installation.env, 'migrate', name, ...args),
		/** Runs a step for each firm without starting a process. Returns how its jobs ended. */
		ends,
		/** Runs a step that must succeed, and waits until the API knows the phase. */
		async step(step: Step): Promise<void> {
			for (const end of await ends(step)) expect(end).toMatchObject({ state: 'DONE' });
			if (isServed && step in PHASES) await known();
		},
		/** Runs a step that must fail. Returns the reason. */
		failed: async (step: Step) => (await ends(step)).find(({ state }) => state === 'FAILED')?.trouble,
		/** Runs the last step, requested by one approver and approved by the other. Returns its job. */
		async contract(): Promise<string> {
			const asked = await as(one, 'migrate', 'contract', '--coordinate', moved.subject);
			expect(asked).toMatchObject({ ok: true, result: { jobs: [{ kind: 'CONTRACT', state: 'WAITING' }] } });
			const job: string = asked.result.jobs[0].id;
			expect(await approveJobByCommand((...of) => as(one, ...of), job)).toMatchObject({
				ok: false,
				error: { code: 'FORBIDDEN' },
			});
			expect(await approveJobByCommand((...of) => as(two, ...of), job)).toMatchObject({ ok: true });
			return job;
		},
		async close(): Promise<void> {
			await worker?.stop();
			// Roles belong to the whole cluster.
			if (readsFiles) await installation.admin`revoke pg_read_all_settings from firmseal_maintenance`;
			// The installation's own server may be one of this test's processes.
			await installation.close();
			await endAll();
			program.remove();
		},
	};
}
