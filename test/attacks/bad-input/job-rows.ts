import { v7 as uuidv7 } from 'uuid';
import { hashJob, wrappingKeyChangeRequest } from '../../../src/jobs/index.ts';
import { ask } from '../../jobs/stage.ts';
import type { TestFirm } from '../../support/installation.ts';
import type { LeaseScene } from './lease-rows.ts';

const KEY = 'arn:aws:kms:eu-central-1:111122223333:key/8f4a1d0e-0000-4000-8000-000000000001';

/** Jobs on a firm that wait for its owner's approval. No worker runs them. */
export function jobRows({ installation }: LeaseScene, firm: TestFirm) {
	let hash: string | undefined;
	return {
		/** Each job has a new subject, since a subject has at most one open job. */
		async waiting(): Promise<string> {
			const { job } = await ask(installation, { ...wrappingKeyChangeRequest(firm.id, KEY), subject: uuidv7() });
			hash = hashJob(job);
			return job.id;
		},
		/** The hash of the last requested job. */
		requestHash: (): string | undefined => hash,
	};
}
