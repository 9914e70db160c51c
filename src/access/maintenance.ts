/** A recorded job that was found proven: for one firm, one class of its content and one purpose. */
export interface MaintenanceJob {
	readonly id: string;
	readonly firm: string;
	/** null: about the firm's wrapping key, and so about no content. */
	readonly class: string | null;
	readonly kind: string;
}

/**
 * The right to maintain content: to seal it again, compare it or delete it, for one job, and never to see it. Only decideMaintenance makes
 * one.
 */
export interface MaintenanceCapability {
	readonly kind: 'maintenance';
	readonly job: string;
	readonly firm: string;
	readonly class: string | null;
	readonly purpose: string;
}

/** An object that merely looks like a capability maintains nothing. */
const issued = new WeakSet<MaintenanceCapability>();

/** `job`: a row whose proof was checked by the one who asks. */
export function decideMaintenance({ id, firm, class: of, kind }: MaintenanceJob): MaintenanceCapability {
	const capability = Object.freeze({ kind: 'maintenance', job: id, firm, class: of, purpose: kind } as const);
	issued.add(capability);
	return capability;
}

/**
 * Purposes for which values are opened: to be sealed again or compared, of the job's class; or, by what erases, to find where files lie, for its list. Any
 * other job is about keys alone.
 */
const MAY_OPEN_VALUES: Readonly<Record<string, (own: string | null, of: string) => boolean>> = {
	REENCRYPT: (own, of) => own === of,
	BACKFILL: (own, of) => own === of,
	VERIFY: (own, of) => own === of,
	CLEAR: (own, of) => own === of,
	ERASE: (own, of) => own === null && (of === 'DOCUMENT' || of === 'JOB'),
};

/** Whether values of a firm and class may be maintained by it. */
export const mayMaintain = (
	capability: MaintenanceCapability,
	of: { readonly firm: string; readonly class: string },
): boolean =>
	issued.has(capability) &&
	capability.firm === of.firm &&
	MAY_OPEN_VALUES[capability.purpose]?.(capability.class, of.class) === true;
