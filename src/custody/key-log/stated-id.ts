import { FirmsealError } from '../../errors.ts';
import { type DeviceStatement, type StatementPlace, verifyStatement } from '../device-statement.ts';
import { KeyLogError } from './key-log-error.ts';

/** The id of the device that signed the statement. Throws KeyLogError unless it is for this place. */
export async function statedId(statement: DeviceStatement, place: StatementPlace, seq: number): Promise<string> {
	try {
		return (await verifyStatement(statement, place)).id;
	} catch (error) {
		throw error instanceof FirmsealError ? new KeyLogError('statement', seq) : error;
	}
}
