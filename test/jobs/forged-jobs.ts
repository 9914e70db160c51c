import { v7 as uuidv7 } from 'uuid';
import { systemClock } from '../../src/clock/clock.ts';
import type { JobRow } from '../../src/database/index.ts';
import { proveApproval, proveJob } from '../../src/jobs/engine/job-proof.ts';
import type { JobStep } from '../../src/jobs/engine/job-step.ts';
import { runNextPage } from '../../src/jobs/index.ts';
import { openPlaneOf } from '../../src/wiring/index.ts';
import { withAdminContext } from '../../src/wiring/installation.ts';
import type { TestInstallation } from '../support/installation.ts';
import { embedded } from '../support/own-servers.ts';
import { makePopulated } from '../support/populated.ts';

export type Forged = Pick<
	JobRow,
	'id' | 'firmId' | 'kind' | 'class' | 'version' | 'askedOn' | 'askedBy' | 'askedAt' | 'subject' | 'terms' | 'state'
> & { readonly mac: Buffer; readonly step?: number; readonly agreedBy?: string; readonly agreedMac?: Buffer };

/** A job with the proof that the program would make. It is not inserted. */
export const proven = (
	{ config, database }: TestInstallation,
	of: Pick<JobRow, 'firmId' | 'kind' | 'class' | 'version'> &
		Partial<Pick<JobRow, 'askedOn' | 'askedBy' | 'askedAt' | 'subject' | 'terms'>>,
): Promise<Forged> =>
	withAdminContext(config, database, async ({ rights }) => {
		const job = {
			id: uuidv7(),
			askedOn: 'cli' as const,
			askedBy: null,
			askedAt: new Date(),
			subject: null,
			terms: null,
			...of,
		};
		return { ...job, state: 'QUEUED', mac: Buffer.from(await proveJob(rights, job)) };
	});

/** The same job with an approval that the program would have proven. */
export const agreed = ({ config, database }: TestInstallation, job: Forged, user: string): Promise<Forged> =>
	withAdminContext(config, database, async ({ rights }) => ({
		...job,
		agreedBy: user,
		agreedMac: Buffer.from(await proveApproval(rights, job, user)),
	}));

/** Inserts a job as a database administrator would. */
export async function put({ admin }: TestInstallation, job: Forged): Promise<string> {
	await admin`
		insert into jobs (id, firm_id, kind, class, version, state, asked_on, asked_by, asked_at, subject, terms, mac, step, agreed_by, agreed_mac)
		values (${job.id}, ${job.firmId}, ${job.kind}, ${job.class}, ${job.version}, ${job.state}, ${job.askedOn}, ${job.askedBy},
			${job.askedAt}, ${job.subject}, ${job.terms}, ${job.mac}, ${job.step ?? 0}, ${job.agreedBy ?? null}, ${job.agreedMac ?? null})`;
	return job.id;
}

/** Runs a statement with the trigger disabled that controls how a job moves. */
export async function pastGuard({ admin }: TestInstallation, statement: string): Promise<void> {
	await admin.begin(async (tx) => {
		await tx.unsafe('alter table jobs disable trigger guard');
		await tx.unsafe(statement);
		await tx.unsafe('alter table jobs enable always trigger guard');
	});
}

/** Makes all disabled operators look disabled for `days`, with the trigger that records the time disabled. */
export async function disabledAgo({ admin }: TestInstallation, days: number): Promise<void> {
	await admin.begin(async (tx) => {
		await tx`alter table operators disable trigger stamp_disabled`;
		await tx`update operators set disabled_at = now() - ${`${days} days`}::interval where disabled_at is not null`;
		await tx`alter table operators enable always trigger stamp_disabled`;
	});
}

export type JobRuns = Awaited<ReturnType<typeof makeJobRuns>>;

/** Firms whose jobs the test runs itself. Each job has one step and needs no people. */
export async function makeJobRuns() {
	const { installation, north } = await makePopulated(embedded);
	const plane = openPlaneOf(installation.database, 'firmseal_maintenance', 2);
	const standing = () => Promise.reject(new Error('asked for people'));
	return {
		installation,
		north,
		plane,
		take: (step: JobStep, by = plane) =>
			withAdminContext(installation.config, installation.database, ({ rights, audit }) =>
				runNextPage({ clock: systemClock, plane: by, rights, audit, operatorsNow: standing, stepsOf: () => [step] }),
			),
		async close() {
			await plane.close();
			await installation.close();
		},
	};
}
