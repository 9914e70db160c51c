/** A recorded job whose MAC was checked: for one firm, one class of its content and one purpose. */
export interface MaintenanceJob {
	readonly id: string;
	readonly firm: string;
	/** Null for a job about the firm's wrapping key, and so about no content. */
	readonly class: string | null;
	readonly kind: string;
}

/**
 * The right to maintain content for one job: to seal it again, compare it or delete it, but never to read it. Only decideMaintenance
 * makes one.
 */
export interface MaintenanceCapability {
	readonly kind: 'maintenance';
	readonly job: string;
	readonly firm: string;
	readonly class: string | null;
	readonly purpose: string;
}

/** The capabilities of decideMaintenance. An object of the same form that is not in this set allows nothing. */
const issued = new WeakSet<MaintenanceCapability>();

/** The caller must have checked the MAC of the job's row. */
export function decideMaintenance({ id, firm, class: of, kind }: MaintenanceJob): MaintenanceCapability {
	const capability = Object.freeze({ kind: 'maintenance', job: id, firm, class: of, purpose: kind } as const);
	issued.add(capability);
	return capability;
}

/**
 * The purposes for which values are opened, by the job's class and the value's. ERASE opens the locations of files, for its deletion
 * list; the others seal again or compare values of the job's class. Every other kind of job works on keys only.
 */
const MAY_OPEN_VALUES: Readonly<Record<string, (own: string | null, of: string) => boolean>> = {
	REENCRYPT: (own, of) => own === of,
	BACKFILL: (own, of) => own === of,
	VERIFY: (own, of) => own === of,
	CLEAR: (own, of) => own === of,
	ERASE: (own, of) => own === null && (of === 'DOCUMENT' || of === 'JOB'),
};

export const mayMaintain = (
	capability: MaintenanceCapability,
	of: { readonly firm: string; readonly class: string },
): boolean =>
	issued.has(capability) &&
	capability.firm === of.firm &&
	MAY_OPEN_VALUES[capability.purpose]?.(capability.class, of.class) === true;
