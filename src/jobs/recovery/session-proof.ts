import { recoverySessionStatement } from '../../access/index.ts';
import type { RecoverySessionRow } from '../../database/index.ts';
import { PLATFORM_FIRM_ID, type RightsProofs } from '../../keys/index.ts';

type Of = Pick<RecoverySessionRow, 'jobId' | 'firmId' | 'session' | 'recipient'>;

const statementOf = ({ jobId: job, firmId: firm, session, recipient }: Of) =>
	recoverySessionStatement({ job, firm, session, recipient });

export const proveSession = (rights: RightsProofs, of: Of): Promise<Uint8Array> =>
	rights.prove(PLATFORM_FIRM_ID, statementOf(of));

/** Whether a worker has made this session: whoever encrypts to another recipient gives the share away. @throws KeyUnavailableError */
export const isSessionProven = (rights: RightsProofs, row: RecoverySessionRow): Promise<boolean> =>
	rights.verify(PLATFORM_FIRM_ID, statementOf(row), row.mac);
