import type { EntryPlane as AuditPlane } from '../audit/index.ts';
import { type AppendingLog, type AuditLogOptions, createAuditLog } from '../audit-log/index.ts';
import { appendEntriesSql, type Plane, type PlaneRole, selectLastSequence } from '../database/index.ts';

/** The log for appending. `plane` must have a connection that nothing else uses: otherwise an append could wait for a pool that waits for the append. */
export function openLog(plane: Plane, onAppend?: AuditLogOptions['onAppend']): AppendingLog {
	return createAuditLog({
		write: (rows) => plane.append(null, appendEntriesSql(rows)),
		lastSequence: (boot) => plane.read(null, (tx) => selectLastSequence(tx, boot)),
		...(onAppend && { onAppend }),
	});
}

const AUDIT_PLANES: Readonly<Record<PlaneRole, AuditPlane>> = {
	firmseal_firm: 'firm',
	firmseal_portal: 'firm',
	firmseal_operator: 'operator',
	firmseal_break_glass: 'operator',
	firmseal_broker: 'broker',
	firmseal_worker: 'worker',
	firmseal_maintenance: 'worker',
	firmseal_log: 'worker',
	firmseal_signer: 'worker',
};

/** The log's name for the part of the program that uses the plane. */
export const auditPlaneOf = ({ role }: Pick<Plane, 'role'>): AuditPlane => AUDIT_PLANES[role];
