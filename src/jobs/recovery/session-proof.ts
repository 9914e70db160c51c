import { recoverySessionStatement } from '../../access/index.ts';
import type { RecoverySessionRow } from '../../database/index.ts';
import { PLATFORM, type Rights } from '../../keys/index.ts';

type Of = Pick<RecoverySessionRow, 'jobId' | 'firmId' | 'session' | 'recipient'>;

const statementOf = ({ jobId: job, firmId: firm, session, recipient }: Of) =>
	recoverySessionStatement({ job, firm, session, recipient });

export const proveSession = (rights: Rights, of: Of): Promise<Uint8Array> => rights.prove(PLATFORM, statementOf(of));

/** Whether a worker has made this session: whoever encrypts to another recipient gives the share away. @throws KeyUnavailableError */
export const isSessionProven = (rights: Rights, row: RecoverySessionRow): Promise<boolean> =>
	rights.holds(PLATFORM, statementOf(row), row.mac);
