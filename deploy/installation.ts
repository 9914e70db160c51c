import { z } from 'zod';

const principal = z
	.string()
	.regex(/^arn:aws[a-z-]*:iam::\d{12}:(?:role|user)\/[\w+=,.@/-]+$/, 'must be the ARN of an IAM role or user');

/** Beside ECS tasks of this account: who else may become the role, such as the role of a machine. */
const trusted = z.array(principal).default([]);

const schema = z.strictObject({
	/** Before the names of the roles: IAM is of the whole account, and two regions of it can't have the same. */
	name: z
		.string()
		.regex(/^[a-z][a-z0-9-]{1,20}$/, 'must be 2 to 21 small letters, digits and hyphens')
		.default('firmseal'),
	trust: z
		.strictObject({
			firm: trusted,
			operator: trusted,
			broker: trusted,
			worker: trusted,
			/** The machine of the worker, if there is one: its process signs. */
			signer: trusted,
			setup: trusted,
		})
		.default({ firm: [], operator: [], broker: [], worker: [], signer: [], setup: [] }),
	/** Days that nobody, the account's root included, can delete an anchor for. Fewer later does nothing for those that are there. */
	anchorDays: z.int().min(1).max(36_500).default(365),
	/** Days that a version of an object is kept which was deleted by hand; the program deletes all versions. Doctor wants 30 at most. */
	deletedObjectDays: z.int().min(1).max(30).default(30),
});

/** What differs between installations. Nothing of it is a secret. */
export type Installation = z.output<typeof schema>;

/** @throws Error with each problem in a line: what it is of, and what it must be. */
export function readInstallation(json: string): Installation {
	const parsed = schema.safeParse(JSON.parse(json));
	if (parsed.success) return parsed.data;
	throw new Error(parsed.error.issues.map(({ path, message }) => `${path.join('.') || 'file'}: ${message}`).join('\n'));
}
