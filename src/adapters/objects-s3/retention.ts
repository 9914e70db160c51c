const DAY = 86_400_000;

/** null: objects may be deleted at any time. */
export interface Retention {
	/** Whole days for which nobody can delete an object or change it, whatever their rights. */
	readonly retainDays: number | null;
}

/** What a new object asks for; only a bucket with Object Lock takes it. */
export const retentionOf = ({ retainDays }: Retention) =>
	retainDays === null
		? {}
		: ({
				ObjectLockMode: 'COMPLIANCE',
				ObjectLockRetainUntilDate: new Date(Date.now() + retainDays * DAY),
			} as const);

/** The setting that names such a bucket. */
export const settingOf = ({ retainDays }: Retention): string =>
	retainDays === null ? 'FIRMSEAL_S3_BUCKET' : 'FIRMSEAL_ANCHOR_BUCKET';
