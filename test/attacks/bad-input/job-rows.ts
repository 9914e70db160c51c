import { v7 as uuidv7 } from 'uuid';
import { hashJob, wrappingKeyChangeRequest } from '../../../src/jobs/index.ts';
import { ask } from '../../jobs/stage.ts';
import type { TestFirm } from '../../support/installation.ts';
import type { LeaseScene } from './lease-rows.ts';

const KEY = 'arn:aws:kms:eu-central-1:111122223333:key/8f4a1d0e-0000-4000-8000-000000000001';

/** Jobs on a firm that wait for its owner. No worker does them. */
export function jobRows({ installation }: LeaseScene, firm: TestFirm) {
	let hash: string | undefined;
	return {
		/** Each about something of its own: of one that is open already there is no second. */
		async waiting(): Promise<string> {
			const { job } = await ask(installation, { ...wrappingKeyChangeRequest(firm.id, KEY), subject: uuidv7() });
			hash = hashJob(job);
			return job.id;
		},
		/** Of the job that was asked for last. */
		requestHash: (): string | undefined => hash,
	};
}
