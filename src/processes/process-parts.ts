import type { Logger } from '../api/index.ts';
import type { AppendingLog } from '../audit-log/index.ts';
import type { Clock } from '../clock/index.ts';
import type { Config } from '../config/index.ts';
import type { DatabaseAccess } from '../wiring/index.ts';

/** What each part of a broker or worker gets. */
export interface ProcessParts {
	readonly config: Config;
	readonly clock: Clock;
	readonly database: DatabaseAccess;
	readonly audit: AppendingLog;
	readonly logger: Logger;
}
