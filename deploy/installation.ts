import { z } from 'zod';

const principal = z
	.string()
	.regex(/^arn:aws[a-z-]*:iam::\d{12}:(?:role|user)\/[\w+=,.@/-]+$/, 'must be the ARN of an IAM role or user');

/** ARNs that may assume the role in addition to ECS tasks of this account, such as the role of a machine. */
const trusted = z.array(principal).default([]);

const schema = z.strictObject({
	/** Prefix of the names of roles. IAM belongs to the whole account, so each region needs a different prefix. */
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
			/** The machine of the worker, if the worker runs on one: its process signs checkpoints. */
			signer: trusted,
			setup: trusted,
		})
		.default({ firm: [], operator: [], broker: [], worker: [], signer: [], setup: [] }),
	/** Days during which no one can delete an anchor, not even the account's root user. Lowering it later does not affect existing anchors. */
	anchorDays: z.int().min(1).max(36_500).default(365),
	/** Days after which S3 removes a version that was deleted by hand; the program itself deletes all versions. `firmseal doctor` requires at most 30. */
	deletedObjectDays: z.int().min(1).max(30).default(30),
});

/** What differs between installations. It contains no secrets. */
export type Installation = z.output<typeof schema>;

/** @throws Error with a line for each problem: the property and its rule */
export function readInstallation(json: string): Installation {
	const parsed = schema.safeParse(JSON.parse(json));
	if (parsed.success) return parsed.data;
	throw new Error(parsed.error.issues.map(({ path, message }) => `${path.join('.') || 'file'}: ${message}`).join('\n'));
}
